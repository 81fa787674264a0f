#!/bin/sh
# A stranger's path, as docs/manual/publish.md has it: in a bare Debian 12 that holds a
# bundle of Figure 6, the package and nothing else of ours, its commands as they stand there
# verify a sample by the publisher's public key.  A bundle that was changed, or that another
# key signed, is refused, and what was signed but is wrong differs.  In the longer tier
# (SLT_LONG=1), as root; SLT_PACKAGES is a folder of Debian packages, which are made where it
# is not given.  tools/deps package installs what it needs.
. "$(dirname "$0")/lib.sh"

longer "makes Debian packages"
chroots debootstrap dpkg-buildpackage minisign

take_packages

# The publisher's side: a key, a signature, a bundle.
publish() { # BUNDLE KEY: of the tree as it is now
    (cd "$work/study" && minisign -S -s "$work/$2.sec" -m golden/lakkapragada2025/fig6.golden &&
        rm -f "$work/$1" && "$sltrace" bundle golden/lakkapragada2025/fig6.golden \
        --root . --out "$work/$1")
}
for key in ours theirs; do
    echo | minisign -GW -p "$work/$key.pub" -s "$work/$key.sec" >/dev/null
done
mkdir "$work/study"
cp -R "$top/golden" "$top/manifests" "$work/study"
expect 0 "a bundle of Figure 6 is published" publish fig6.tar ours
expect 0 "another by another key" publish theirs.tar theirs
sed 's/llc/lcl/' "$work/fig6.tar" >"$work/forged.tar"
sed -i 's/^\( *steps: \)[0-9]*/\112/' "$work/study/manifests/lakkapragada2025/fig6.yaml"
expect 0 "one whose manifest is another, signed" publish wrong.tar ours

# The stranger's.
root=$work/root
trap 'umount "$root/proc" 2>/dev/null; rm -rf "$work"' EXIT
expect 0 "a bare Debian" debootstrap --variant=minbase bookworm "$root" \
    "${SLT_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
mount -t proc proc "$root/proc"
mkdir "$root/stranger"
cp "$work"/*.tar "$packages"/sltrace_*.deb "$root/stranger"
sed -n '/^## What a stranger does/,/^## /p' "$top/docs/manual/publish.md" |
    sed -n '/^```sh/,/^```/{/^```/!p}' |
    sed "/^podman/d; s/RWQ\.\.\./$(tail -n 1 "$work/ours.pub" | sed 's,[/&],\\&,g')/" >"$work/commands"
[ "$(grep -c . "$work/commands")" = 2 ]
ok $? "the page has two commands"
inside() {
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive sh -c "cd /stranger && $1"
}
expect 0 "the package installs" inside "$(sed -n 1p "$work/commands")"
verify=$(sed -n 2p "$work/commands")
expect 0 "a sample of Figure 6 verifies by the key" inside "$verify"
grep -q '^# 2 identical, 0 differs, 0 not judged' "$work/output" &&
    grep -q '^# signed by key ' "$work/output"
ok $? "two runs are identical, and who signed is told"
of() { # the same of another bundle
    echo "$verify" | sed "s/fig6\.tar/$1/"
}
expect 1 "what another key signed is refused" inside "$(of theirs.tar)"
grep -q 'signed by another key' "$work/output"
ok $? "and called so"
expect 1 "a bundle that was changed is refused" inside "$(of forged.tar)"
grep -q 'forged' "$work/output"
ok $? "and called forged"
expect 1 "what is signed and wrong differs" inside "$(of wrong.tar)"
grep -q 'verdict: differs' "$work/output"
ok $? "and it is said where"
[ -z "$(ls "$root"/tmp)" ]
ok $? "nothing is left behind"
finish
