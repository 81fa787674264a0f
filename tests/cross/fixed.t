#!/bin/sh
# Fixed point hangs on no floating point: the goldens of fixed runs, figure data and claims
# included, from its units under flags that change what floats compute, from a whole program
# without floats (SLT_FLOAT=OFF) under the same, which also starts with subnormals flushed,
# and from 32-bit CPUs, one of which (i386) computes floats in 80 bits.  gcc -O0 is in
# compilers.t, arm64 and s390x are in foreign.t, rounding modes in tests/cli/tamper.t.
. "$(dirname "$0")/lib.sh"

fast="-Ofast;-ffast-math"

# verify NAME COMMAND...: the goldens of fixed runs, judged by a program.  One thread:
# qemu-i386 7.2 hangs where a second one starts.
fixed=$(ls "$top"/golden/smoke/*-fixed.golden)
verify() {
    where=$1
    shift
    expect 0 "$where: the goldens of fixed runs" timeout 1200 "$@" verify $fixed --jobs 1
    [ "$(grep -c '^ok ' "$work/output")" = "$(echo "$fixed" | wc -l)" ]
    ok $? "$where: each of them"
}

# The program with its fixed units compiled again, by clang.
needs_ninja
name="clang, fixed units with $fast"
mkdir "$work/fixed"
grep -F -- "-c $top/src/num/fixed/" "$work/commands" | sed "s|^.* -DSLT_FLOAT |clang -w -DSLT_FLOAT |
    s| -MD .* -c | $(echo "$fast" | tr ';' ' ') -c |" | awk -v to="$work/fixed" \
    '{ print $0, "-o", to "/" NR ".o" }' >"$work/compile"
xargs -P "$(nproc)" -I '{}' sh -c '{}' <"$work/compile" >"$work/log" 2>&1 &&
    [ -s "$work/compile" ] && relink swapped "$work/fixed/*.o"
bad=$?
ok $bad "$name: it builds"
[ $bad = 0 ] || comment "$work/log"
verify "$name" "$work/swapped"

name="clang, everything with $fast, no floats"
if cmake -S "$top" -B "$work/build" -G Ninja -DSLT_TESTS=OFF -DCMAKE_C_COMPILER=clang \
    -DSLT_FLOAT=OFF -DSLT_CFLAGS_LAST="$fast" -DCMAKE_EXE_LINKER_FLAGS=-ffast-math \
    >"$work/log" 2>&1 && cmake --build "$work/build" --target sltrace >>"$work/log" 2>&1; then
    verify "$name" "$work/build/sltrace"
else
    ok 1 "$name builds"
    comment "$work/log"
fi
expect 3 "without floats a float run is not judged" \
    "$work/build/sltrace" verify "$top/golden/smoke/linear.golden"
grep -q '^  reason: ".*this build has no floating-point' "$work/output"
ok $? "and the reason is given"
expect 3 "nor run" "$work/build/sltrace" run "$top/manifests/smoke/linear.yaml" \
    --out "$work/out"
expect 3 "doctor --strict says so" "$work/build/sltrace" doctor --strict

# armhf takes the tests of scalars and fixed point too: it has no 128-bit integers either.
for arch in i386 armhf; do
    tests=none
    [ $arch = i386 ] || tests="unit;kat"
    build=$work/$arch
    if SLT_CROSS_DIR=${SLT_CROSS_DIR:-$top/.cross} SLT_BUILD_DIR=$build \
        "$top/tools/cross" "$arch" -DSLT_TESTS_ONLY="$tests" -DSLT_CFLAGS_LAST=-Werror \
        >"$work/log" 2>&1; then
        ok 0 "$arch builds without a warning"
        verify "$arch" "$build/run" "$build/sltrace"
        [ $arch = i386 ] || expect_all "$arch " "$build/run" "$build"/tests/*.t
    else
        ok 1 "$arch builds without a warning"
        comment "$work/log"
    fi
done
finish
