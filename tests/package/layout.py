"""layout.py IMAGE FOLDER: checks an archive of an OCI image layout against the image
specification, blob by blob, and unpacks its layers into FOLDER.  Prints the program that it
starts, and the rest of its environment, a line each."""

import gzip
import hashlib
import io
import json
import os
import re
import sys
import tarfile

IMAGE = "application/vnd.oci.image."


def check(holds, what):
    if not holds:
        sys.exit("layout.py: " + what)


class Layout:
    def __init__(self, path):
        with tarfile.open(path) as archive:
            self.files = {os.path.normpath(member.name): archive.extractfile(member).read()
                          for member in archive.getmembers() if member.isfile()}
        self.seen = {"oci-layout", "index.json"}
        check(json.loads(self.files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}, "oci-layout")

    def blob(self, descriptor, kind):
        check(descriptor["mediaType"] == IMAGE + kind, f"{kind}: {descriptor['mediaType']}")
        algorithm, _, digest = descriptor["digest"].partition(":")
        check(algorithm == "sha256" and re.fullmatch("[0-9a-f]{64}", digest), "digest")
        name = "blobs/sha256/" + digest
        content = self.files[name]
        check(hashlib.sha256(content).hexdigest() == digest, f"{name}: another digest")
        check(len(content) == descriptor["size"], f"{name}: another size")
        self.seen.add(name)
        return content


def check_member(member, before):
    check(member.uid == member.gid == 0 and not member.uname and not member.gname,
          f"{member.name}: an owner")
    check(not member.mode & 0o6000, f"{member.name}: it changes its user")
    check(member.isfile() or member.isdir() or member.issym(), f"{member.name}: of another kind")
    path = os.path.normpath(member.name)
    check(not path.startswith(("/", "..")), f"{member.name}: outside")
    check(not member.issym() or not member.linkname.startswith("/"), f"{member.name}: link")
    check(path not in before, f"{member.name}: twice")
    before.add(path)


def unpack(layer, folder):
    before, times = set(), set()
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        for member in archive.getmembers():
            check_member(member, before)
            times.add(member.mtime)
        archive.extractall(folder)
    check(len(times) == 1, "files have times of their own")


def main(path, folder):
    layout = Layout(path)
    index = json.loads(layout.files["index.json"])
    check(index["schemaVersion"] == 2 and len(index["manifests"]) == 1, "index.json")
    of = index["manifests"][0]
    manifest = json.loads(layout.blob(of, "manifest.v1+json"))
    check(manifest["schemaVersion"] == 2, "schemaVersion of the manifest")
    config = json.loads(layout.blob(manifest["config"], "config.v1+json"))
    for name in ("architecture", "os"):
        check(config[name] == of["platform"][name], f"{name}: one in the index, another within")
    ids = []
    for descriptor in manifest["layers"]:
        layer = gzip.decompress(layout.blob(descriptor, "layer.v1.tar+gzip"))
        ids.append("sha256:" + hashlib.sha256(layer).hexdigest())
        unpack(layer, folder)
    check(config["rootfs"] == {"type": "layers", "diff_ids": ids}, "diff_ids")
    check(layout.seen == set(layout.files), f"left over: {set(layout.files) - layout.seen}")
    version = config["config"]["Labels"]["org.opencontainers.image.version"]
    check(of["annotations"] == {"org.opencontainers.image.ref.name": version,
                                "io.containerd.image.name": "localhost/sltrace:" + version},
          "its names")
    print(*config["config"]["Entrypoint"])
    print(config["config"]["WorkingDir"])
    print(*config["config"]["Env"], sep="\n")


main(*sys.argv[1:])
