#!/bin/sh
# A stranger's path, as docs/manual/publish.md has it: in a bare Debian 12 that holds a
# bundle of Figure 6, the page of its fixed twin, the package and nothing else of ours, its
# commands as they stand there verify a sample by the publisher's public key, and the page
# too, which Chromium opens (from without, where it is installed) and whose button is pressed.
# A bundle or page that was changed, or that another key signed, is refused, and what was
# signed but is wrong differs.  In the longer tier (SLT_LONG=1), as root; SLT_PACKAGES is a
# folder of Debian packages, which are made where it is not given.  tools/deps package and
# tools/deps browser install what it needs.
. "$(dirname "$0")/lib.sh"

longer "makes Debian packages"
chroots debootstrap dpkg-buildpackage minisign chromium chromedriver
python3=/usr/bin/python3 # Debian's, which has its modules
"$python3" -c 'import selenium' 2>/dev/null || skip "no selenium (tools/deps browser)"

take_packages

# The publisher's side, by the program of the package: a key, a signature, a bundle, a page.
dpkg-deb -x "$packages"/sltrace_*.deb "$work/package"
sltrace=$work/package/usr/bin/sltrace
publish() { # BUNDLE KEY: of the tree as it is now
    (cd "$work/study" && minisign -S -s "$work/$2.sec" -m golden/lakkapragada2025/fig6.golden &&
        rm -f "$work/$1" && "$sltrace" bundle golden/lakkapragada2025/fig6.golden \
        --root . --out "$work/$1")
}
page() { # KEY
    (cd "$work/study" && "$sltrace" figure golden/lakkapragada2025/fig6-fixed.golden \
        --verify-in-page --out page && minisign -S -s "$work/$1.sec" -m page/fig6-fixed.html)
}
for key in ours theirs; do
    echo | minisign -GW -p "$work/$key.pub" -s "$work/$key.sec" >/dev/null
done
mkdir "$work/study"
cp -R "$top/golden" "$top/manifests" "$work/study"
expect 0 "a bundle of Figure 6 is published" publish fig6.tar ours
expect 0 "another by another key" publish theirs.tar theirs
sed 's/llc/lcl/' "$work/fig6.tar" >"$work/forged.tar"
expect 0 "and a page of its fixed twin, signed" page ours
sed -i 's/^\( *steps: \)[0-9]*/\112/' "$work/study/manifests/lakkapragada2025/fig6.yaml"
expect 0 "one whose manifest is another, signed" publish wrong.tar ours

# The stranger's.
root=$work/root
trap 'umount "$root/proc" 2>/dev/null; rm -rf "$work"' EXIT
expect 0 "a bare Debian" debootstrap --variant=minbase bookworm "$root" \
    "${SLT_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
mount -t proc proc "$root/proc"
mkdir "$root/stranger"
cp "$work"/*.tar "$work"/study/page/*.html* "$packages"/sltrace_*.deb "$root/stranger"
sed -n '/^## What a stranger does/,/^## /p' "$top/docs/manual/publish.md" |
    sed -n '/^```sh/,/^```/{/^```/!p}' |
    sed "s/RWQ\.\.\./$(tail -n 1 "$work/ours.pub" | sed 's,[/&],\\&,g')/" >"$work/commands"
[ "$(grep -c . "$work/commands")" = 4 ]
ok $? "the page has four commands"
inside() {
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive sh -c "cd /stranger && $1"
}
# What opens a page for the reader, who then presses its button.
mkdir "$work/bin"
printf '%s\n' '#!/bin/sh' "exec $python3 $top/tests/browser/press.py \"\$@\"" >"$work/bin/xdg-open"
chmod +x "$work/bin/xdg-open"
outside() {
    (cd "$root/stranger" && PATH=$work/bin:$PATH sh -c "$1")
}
command_at() {
    sed -n "$1p" "$work/commands"
}
# step N NAME WHERE: the page's Nth command, and how long it took.
step() {
    at=$(date +%s)
    expect 0 "$2" "$3" "$(command_at "$1")"
    echo "# $(($(date +%s) - at)) s: $(command_at "$1")"
}
began=$(date +%s)
times >"$work/began"
step 1 "the package installs" inside
step 2 "a sample of Figure 6 verifies by the key" inside
grep -q '^# 2 identical, 0 differs, 0 not judged' "$work/output" &&
    grep -q '^# signed by key ' "$work/output"
ok $? "two runs are identical, and who signed is told"
step 3 "the page is the publisher's" inside
step 4 "it opens, and its button is pressed" outside
grep -q '^told yes: .*run 0 of .*fig6-fixed.*: identical' "$work/output"
ok $? "the run made there is identical"
comment "$work/output"
times >"$work/ended"
echo "# the stranger's part: $(($(date +%s) - began)) s, of CPU $(tail -qn 1 "$work/began" \
    "$work/ended" | tr ms '  ' | awk '{t = -t + $1 * 60 + $2 + $3 * 60 + $4} END {print int(t)}') s"

# What a stranger is to find out.
verify=$(command_at 2)
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
sed 's/\(value="0" data-sha256="\)[0-9a-f]*/\1'"$(printf '%064d' 0)/" \
    "$root/stranger/fig6-fixed.html" >"$root/stranger/forged.html"
! cmp -s "$root/stranger/fig6-fixed.html" "$root/stranger/forged.html" &&
    cp "$root/stranger/fig6-fixed.html.minisig" "$root/stranger/forged.html.minisig"
ok $? "a page is changed"
expect 1 "the key did not sign it" inside "$(command_at 3 | sed 's/fig6-fixed/forged/')"
expect 1 "nor is it green" outside "$(command_at 4 | sed 's/fig6-fixed/forged/')"
grep -q '^told no: .*differs' "$work/output" && grep -q 'the page says' "$work/output"
ok $? "and why is shown"
[ -z "$(ls "$root"/tmp)" ]
ok $? "nothing is left behind"
finish
