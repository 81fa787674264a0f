# What the tests of packages share: they are of the longer tier, and need root or programs
# that are not everywhere.  Sourced; prints TAP.
. "$(dirname "$0")/../cross/lib.sh"

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

# longer WHAT: with SLT_LONG=1 alone, since it does so much.
longer() {
    [ -n "${SLT_LONG-}" ] || skip "SLT_LONG=1 $1"
}

# chroots PROGRAM...: with these programs, and as root.
chroots() {
    [ "$(id -u)" = 0 ] || skip "a chroot needs root"
    for program; do
        command -v "$program" >/dev/null || skip "$program is not here (tools/deps package)"
    done
}

# take_packages: $packages, a folder of Debian packages: SLT_PACKAGES, or made now.
take_packages() {
    packages=${SLT_PACKAGES-}
    if [ -z "$packages" ]; then
        packages=$work/packages
        expect 0 "Debian packages are made" "$top/tools/package/debian" "$packages"
    fi
}
