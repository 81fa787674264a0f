#!/bin/sh
# Address and undefined-behaviour sanitizers: the test programs and the smoke goldens.
. "$(dirname "$0")/lib.sh"

build=$work/asan
if cmake -S "$top" --preset asan-ubsan -B "$build" >"$work/log" 2>&1 &&
    cmake --build "$build" >>"$work/log" 2>&1; then
    export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
    export SLT_SAMPLE=1000 # of the places where a call fails
    export SLT_UNTIMED=1
    for test in "$build"/tests/*.t; do
        expect 0 "$(basename "$test")" "$test"
    done
    expect 0 "smoke goldens" "$build/sltrace" verify "$top"/golden/smoke/*.golden
else
    ok 1 "the sanitized build builds"
    comment "$work/log"
fi
finish
