#!/bin/sh
# The image of containers: two builds have the same bytes, its layout is what the
# specification asks for, and what is in it, started in a chroot as the image says and
# without a network, judges: what is right verifies, what was changed does not, and the job
# of GitLab runs in it.  Where podman or skopeo are, they take it too.  In the longer tier
# (SLT_LONG=1), as root; SLT_PACKAGES is a folder of Debian packages, which are made where
# it is not given.  tools/deps package installs what it needs.
. "$(dirname "$0")/lib.sh"

longer "makes an image"
chroots busybox dpkg-buildpackage python3 unshare

take_packages
expect 0 "an image is made of them" "$top/tools/package/oci" "$packages" "$work/one"
expect 0 "and again, in another time zone and under another umask" env TZ=Asia/Tokyo \
    sh -c 'umask 077 && exec "$@"' sh "$top/tools/package/oci" "$packages" "$work/two"
image=$(echo "$work"/one/sltrace-*.oci.tar)
expect 0 "it has the same bytes" cmp "$image" "$work/two/$(basename "$image")"

# What it is, and what starts in it.
root=$work/root
mkdir "$root"
expect 0 "the layout is what the specification asks for" \
    python3 "$top/tests/package/layout.py" "$image" "$root"
start=$(sed -n 1p "$work/output")
folder=$(sed -n 2p "$work/output")
environment=$(sed 1,2d "$work/output")
inside() { # a program, where and as the image says, with no network
    # shellcheck disable=SC2086
    unshare -n chroot "$root" /usr/bin/env -i $environment \
        /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
}
if [ -z "${SLT_PACKAGES-}" ]; then
    expect 0 "it starts the program that was packaged" inside "$start" --version
    grep -q "^sltrace $("$sltrace" --version | sed -n 's/^sltrace \([0-9.]*\).*/\1/p')" "$work/output"
    ok $? "which says its version"
fi
expect 0 "every function in it computes the published bits" inside "$start" doctor --strict
cp -R "$top/golden" "$top/manifests" "$root$folder"
fig6() {
    inside "$start" verify golden/lakkapragada2025/fig6.golden --sample 2
}
expect 0 "a sample of Figure 6 verifies in it" fig6
sed -i 's/^\( *steps: \)[0-9]*/\112/' "$root$folder/manifests/lakkapragada2025/fig6.yaml"
expect 1 "a manifest that was changed does not" fig6
(cd "$root$folder/manifests/smoke/data" && python3 -m zipfile -c images.npz images.npy)
sum=$(sha256sum "$root$folder/manifests/smoke/data/images.npz" | cut -d ' ' -f 1)
sed "s/images.npy, sha256: [0-9a-f]*/images.npz, member: images, sha256: $sum/" \
    "$top/manifests/smoke/files.yaml" >"$root$folder/manifests/smoke/packed.yaml"
expect 0 "what is packed in an .npz file is read" inside "$start" \
    run manifests/smoke/packed.yaml --only 0 --quiet --out study

# The job for GitLab has its shell there.
/usr/bin/python3 -c 'import sys, yaml
print(*yaml.safe_load(open(sys.argv[1]))[".sltrace"]["script"], sep="\n")' \
    "$top/tools/gitlab/verify.yml" >"$root$folder/job"
expect 0 "the job for GitLab runs in it" inside env SLT_GOLDEN=golden/smoke/linear.golden \
    sh -e job
[ -s "$root$folder/sltrace.xml" ]
ok $? "and leaves its report"

if command -v skopeo >/dev/null; then
    expect 0 "skopeo takes it" skopeo copy --insecure-policy "oci-archive:$image" "dir:$work/taken"
fi
if command -v podman >/dev/null && podman info >/dev/null 2>&1; then
    expect 0 "podman takes it" podman load -q -i "$image"
    loaded=$(sed -n 's/^Loaded image[^:]*: *//p' "$work/output")
    expect 0 "and runs it" podman run --rm --network none "$loaded" doctor --strict
    podman rmi "$loaded" >/dev/null
fi
finish
