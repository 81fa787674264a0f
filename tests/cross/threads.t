#!/bin/sh
# Thread sanitizer: programs with several threads, left alone and asked to end by signals at
# several moments.  SLT_LONG=1: all test programs, and more moments.
. "$(dirname "$0")/lib.sh"

build=$work/tsan
targets="sltrace test-unit-base-pool test-unit-cli-signals test-unit-run-sync
    test-unit-run-trial test-unit-verify-segments"
[ -z "${SLT_LONG-}" ] || targets=all
if cmake -S "$top" --preset tsan $together -B "$build" >"$work/log" 2>&1 &&
    cmake --build "$build" --target $targets >>"$work/log" 2>&1; then
    export TSAN_OPTIONS=halt_on_error=1:exitcode=66
    export SLT_UNTIMED=1
    expect_all "" "" "$build"/tests/*.t
    export SLTRACE="$build/sltrace" SLT_BUILD="$build"
    expect 0 "interrupted commands" perl "$top/tests/cli/interrupted.t"
else
    ok 1 "the sanitized build builds"
    comment "$work/log"
fi
finish
