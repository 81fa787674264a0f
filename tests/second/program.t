#!/usr/bin/python3
"""The program against the second implementation: what the smoke goldens leave out of
fixed point, early ends, shared weights and records, one manifest each in manifests/."""

import glob
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import second  # noqa: E402

program = os.path.abspath(os.environ.get("SLTRACE", HERE + "/../../build/sltrace"))
if not os.access(program, os.X_OK):
    print("1..0 # SKIP the program is not built")
    sys.exit()


def golden(manifest, folder):
    """The golden that the program makes of a manifest."""
    path = os.path.join(folder, os.path.basename(manifest)[:-5])
    for words in (["run", "--jobs", "1", "--out", path, manifest],
                  ["record", "--from", path, "--golden", path + ".golden", "--force",
                   "of one study all runs end early", manifest]):
        done = subprocess.run([program, "--quiet", *words], stdout=subprocess.DEVNULL,
                              check=False)
        what = f"sltrace {words[0]} {os.path.basename(manifest)}"
        second.report(done.returncode == 0, what)
    return path + ".golden"


def with_names(folder):
    """A manifest whose path and axis values are no words of a golden as they are, with a
    byte order mark and CR LF line ends."""
    folder = os.path.join(folder, "my runs \u00e9%41")
    os.mkdir(folder)
    names = ["a b.f32", "\u00e9 %20.f32"]
    for name in names:
        shutil.copy(HERE + "/manifests/start.f32", os.path.join(folder, name))
    with open(HERE + "/manifests/file-f32.yaml", encoding="utf-8") as file:
        text = file.read()
    text = text.replace("file: start.f32", "file: $start").replace(
        "run:", "sweep: {start: [" + ", ".join(map(repr, names)) + "]}\nrun:", 1)
    path = os.path.join(folder, "of names.yaml")
    with open(path, "w", encoding="utf-8-sig", newline="\r\n") as file:
        file.write(text)
    return path


with tempfile.TemporaryDirectory() as temporary:
    for name in sorted(glob.glob(HERE + "/manifests/*.yaml")):
        second.judge(golden(name, temporary))
    second.judge(golden(with_names(temporary), temporary))
second.plan()
