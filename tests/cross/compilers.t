#!/bin/sh
# gcc and clang, -O0 and -O3, x86-64-v3 and native: every build gives the smoke goldens.
. "$(dirname "$0")/lib.sh"

case $(uname -m) in
x86_64) marches="x86-64-v3 native" ;;
*) marches=native ;;
esac
for compiler in gcc clang; do
    for level in -O0 -O3; do
        for march in $marches; do
            name="$compiler $level -march=$march"
            build=$work/build
            rm -rf "$build"
            if cmake -S "$top" -B "$build" -G Ninja -DCMAKE_C_COMPILER="$compiler" \
                -DCMAKE_BUILD_TYPE=None -DSLT_CFLAGS_LAST="$level;-march=$march" \
                -DSLT_TESTS=OFF >"$work/log" 2>&1 &&
                cmake --build "$build" --target sltrace >>"$work/log" 2>&1; then
                expect 0 "$name gives the smoke goldens" \
                    "$build/sltrace" verify "$top"/golden/smoke/*.golden
            else
                ok 1 "$name builds"
                comment "$work/log"
            fi
        done
    done
done
finish
