#!/bin/sh
# Fixed point hangs on no floating point: the goldens of fixed runs, figure data and claims
# included, from its units under flags that change what floats compute, and from a whole
# program without floats (SLT_FLOAT=OFF) on a 32-bit CPU, armhf.  SLT_LONG=1: on i386 too,
# which computes floats in 80 bits, and here under such flags, where a program starts with
# subnormals flushed.  gcc -O0 is in compilers.t, arm64 and s390x are in foreign.t, rounding
# modes in tests/cli/tamper.t.
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

# A whole program without floats.  armhf has no 128-bit integers either, and takes the tests
# of scalars and fixed point too.
without_floats() {
    where=$1
    shift
    expect 3 "$where: a float run is not judged" \
        "$@" verify "$top/golden/smoke/linear.golden"
    grep -q '^  reason: ".*this build has no floating-point' "$work/output"
    ok $? "$where: and the reason is given"
    expect 3 "$where: nor run" "$@" run "$top/manifests/smoke/linear.yaml" \
        --out "$work/out" --jobs 1
    expect 3 "$where: doctor --strict says so" "$@" doctor --strict
}
cross() {
    arch=$1 tests=$2
    build=$work/$arch
    SLT_CROSS_DIR=${SLT_CROSS_DIR:-$top/.cross} SLT_BUILD_DIR=$build "$top/tools/cross" \
        "$arch" -DSLT_TESTS_ONLY="$tests" -DSLT_CFLAGS_LAST=-Werror $near_release \
        >"$work/log" 2>&1
    bad=$?
    ok $bad "$arch builds without a warning"
    if [ $bad = 0 ]; then
        verify "$arch" "$build/run" "$build/sltrace"
    else
        comment "$work/log"
    fi
}
cross armhf "unit;kat"
without_floats armhf "$build/run" "$build/sltrace"
expect_all "armhf " "$build/run" "$build"/tests/*.t
[ -n "${SLT_LONG-}" ] || finish

cross i386 none
no_floats="clang, everything with $fast, no floats"
cmake -S "$top" -B "$work/build" -G Ninja -DSLT_TESTS=OFF -DCMAKE_C_COMPILER=clang \
    -DSLT_FLOAT=OFF -DSLT_CFLAGS_LAST="$fast" -DCMAKE_EXE_LINKER_FLAGS=-ffast-math \
    >"$work/log" 2>&1 && cmake --build "$work/build" --target sltrace >>"$work/log" 2>&1
bad=$?
ok $bad "$no_floats: it builds"
[ $bad = 0 ] || comment "$work/log"
verify "$no_floats" "$work/build/sltrace"
without_floats "$no_floats" "$work/build/sltrace"
finish
