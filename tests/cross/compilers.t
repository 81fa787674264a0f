#!/bin/sh
# gcc and clang, -O0 and -O3, x86-64-v3 and native, each of them beside the Release build
# of gcc: each build gives the smoke goldens.  It has the kernels that this CPU takes.
# SLT_LONG=1: every three of them together, with the kernels of other CPUs.
. "$(dirname "$0")/lib.sh"

builds="gcc:-O0:x86-64-v3 clang:-O3:native"
others="gcc:-O0:native gcc:-O3:x86-64-v3 gcc:-O3:native
    clang:-O0:x86-64-v3 clang:-O0:native clang:-O3:x86-64-v3"
[ -z "${SLT_LONG-}" ] || builds="$builds $others"
[ "$(uname -m)" = x86_64 ] ||
    builds="gcc:-O0:native gcc:-O3:native clang:-O0:native clang:-O3:native"
isa=$("$sltrace" doctor | sed -n 's/^ok  *instruction sets  *\([a-z0-9]*\) in use.*/\1/p')
[ -z "${SLT_LONG-}" ] || isa=
for one in $builds; do
    compiler=${one%%:*} march=${one##*:} level=${one#*:}
    level=${level%:*}
    name="$compiler $level -march=$march"
    build=$work/build
    rm -rf "$build"
    if cmake -S "$top" -B "$build" -G Ninja -DCMAKE_C_COMPILER="$compiler" \
        -DCMAKE_BUILD_TYPE=None -DSLT_CFLAGS_LAST="$level;-march=$march" \
        -DSLT_TESTS=OFF -DSLT_ISA="$isa" $together >"$work/log" 2>&1 &&
        cmake --build "$build" --target sltrace >>"$work/log" 2>&1; then
        expect 0 "$name gives the smoke goldens" \
            "$build/sltrace" verify "$top"/golden/smoke/*.golden
    else
        ok 1 "$name builds"
        comment "$work/log"
    fi
done
finish
