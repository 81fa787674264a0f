#!/bin/sh
# The Debian packages: lintian has nothing to say, two builds have the same bytes, and in a
# bare Debian (debootstrap, chroot) they install, the program has its pages, a signed golden
# of a stranger verifies and a forged one does not, a page that verifies itself is made, and a
# program links against the library.
# In the longer tier (SLT_LONG=1), as root; SLT_PACKAGES is a folder of packages made of the
# same commit, which are made where it is not given.  tools/deps package installs what it
# needs.
. "$(dirname "$0")/lib.sh"

longer "makes Debian packages"
chroots debootstrap lintian dpkg-buildpackage minisign

root=$work/root
trap 'umount "$root/proc" 2>/dev/null; rm -rf "$work"' EXIT
inside() {
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

take_packages
expect 0 "lintian finds nothing" \
    lintian --fail-on error,warning "$packages"/*.changes
expect 0 "they are made again" "$top/tools/package/debian" "$work/again"
for package in "$packages"/*.deb; do
    cmp -s "$package" "$work/again/$(basename "$package")"
    ok $? "$(basename "$package" | sed 's/_.*//') has the same bytes again"
done

expect 0 "a bare Debian" debootstrap --variant=minbase bookworm "$root" \
    "${SLT_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
mount -t proc proc "$root/proc"
mkdir "$root/packages"
cp "$packages"/*.deb "$root/packages"
expect 0 "the program and its library install" inside sh -c \
    'apt-get update && apt-get install -y --no-install-recommends /packages/sltrace_*.deb \
        /packages/libsltrace[0-9]*.deb /packages/sltrace-doc_*.deb'
expect 0 "every function here computes the published bits" inside sltrace doctor --strict

# A stranger publishes what the tree holds, signed; the reader has the public key alone.
expect 0 "a key" sh -c "echo | minisign -GW -p '$work/key.pub' -s '$work/key.sec'"
key=$(tail -n 1 "$work/key.pub")
mkdir "$root/study"
cp -R "$top/golden" "$top/manifests" "$root/study"
expect 0 "the golden is signed" minisign -S -s "$work/key.sec" \
    -m "$root/study/golden/lakkapragada2025/fig6.golden"
fig6() {
    inside sh -c "cd /study && sltrace verify golden/lakkapragada2025/fig6.golden \
        --sample 2 --public-key '$key'"
}
expect 0 "a sample of Figure 6 verifies by the key" fig6
sed -i '0,/llc/s//lcl/' "$root/study/golden/lakkapragada2025/fig6.golden"
expect 1 "a golden that was changed does not" fig6
grep -q 'forged' "$work/output"
ok $? "and is called forged"

expect 0 "a page that verifies itself is made" inside sh -c \
    'cd /study && sltrace figure golden/smoke/linear-fixed.golden --verify-in-page --out /page'
base64 -w 0 "$root/usr/share/sltrace/verify.wasm" >"$work/program"
grep -qFf "$work/program" "$root/page/linear-fixed.html"
ok $? "with its program"

expect 0 "what one links with installs" inside sh -c \
    'apt-get install -y --no-install-recommends gcc libc6-dev pkg-config /packages/libsltrace-dev_*.deb'
cat >"$root/user.c" <<'END'
#include <stdio.h>
#include <sltrace/sltrace.h>

int main(void)
{
    slt_error err;
    slt_lambda result;
    char text[SLT_RATIONAL_TEXT_MAX];
    if (slt_start(NULL, &err) || slt_theory_rrr(5, 3, 5, 2, &result, &err))
        return 1;
    slt_rational_text(result.lambda, text);
    return puts(text) < 0;
}
END
expect 0 "a program links with it" inside sh -c \
    'gcc user.c -o user $(pkg-config --cflags --libs sltrace) && ./user'
grep -qx '19/2' "$work/output"
ok $? "and computes"
expect 0 "all can be removed" inside apt-get purge -y sltrace libsltrace0 libsltrace-dev sltrace-doc
[ -z "$(find "$root/usr" -name '*sltrace*')" ]
ok $? "and leaves nothing"
finish
