#!/bin/sh
# Address and undefined-behaviour sanitizers: the test programs and the smoke goldens.
# Programs that are others with an error planted (fault-backward-*, fault-planted-*) have no
# code of their own.  What repeats the same code does so a few times (SLT_BRIEF): statistics
# over fewer seeds, fewer random graphs and manifests, a forged value in one way.
# SLT_LONG=1 takes more: all of those; programs that hold chains to their laws or kill
# long runs, which are the code of unit tests and smoke goldens over and over; the targets of
# fuzz.t, which go through their corpora there under clang's sanitizers; kernels of vectors,
# which take minutes to compile here: without them the tests of variants end each operand at
# a page that cannot be touched; and where a kernel's pointers may go, which is most of the
# time of compiling it: what it reads and writes is watched all the same.  All but kernels and
# fixed point is compiled at -Og, which takes two thirds of the time that -O1 does.
. "$(dirname "$0")/lib.sh"

build=$work/asan
long='property-\(adapt\|chain_fields\|coverage\|energy\|hmc\|momentum\|preconditioned\)'
long="$long\|property-\(restricted\|sgld_fixed\|sgld_oracle\|tempering\|thermostat\)\|fault-kill"
long="$long\|fuzz-snapshot_words" # fuzz.t has its reader under clang's sanitizers
for target in $(grep -l '^FUZZ_MAIN' "$top"/tests/fuzz/*.c); do
    long="$long\|fuzz-$(basename "$target" .c)"
done
kernels="-DSLT_KERNEL_CFLAGS=-O1;-fno-sanitize=pointer-overflow;-fno-sanitize=object-size"
scalar=ON brief=1
[ -z "${SLT_LONG-}" ] || long=none scalar=OFF kernels=-USLT_KERNEL_CFLAGS brief=
targets() {
    echo sltrace
    ninja -C "$build" -t targets all | sed -n 's/^\(test-[^:]*\): phony$/\1/p' |
        grep -v "^test-fault-backward-\|^test-fault-planted-\|^test-\($long\)$"
}
if cmake -S "$top" --preset asan-ubsan -DSLT_SCALAR=$scalar $together \
    "$kernels" -DSLT_FIXED_CFLAGS=-O1 -B "$build" >"$work/log" 2>&1 &&
    cmake --build "$build" --target $(targets) >>"$work/log" 2>&1; then
    export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1
    export SLT_SAMPLE=300    # of the places where a call fails
    export SLT_MANIFESTS=150 # of property-runs
    export SLT_UNTIMED=1
    [ -z "$brief" ] || export SLT_BRIEF=1 SLT_SAMPLE=150
    expect_all "" "" "$build"/tests/*.t
    expect 0 "smoke goldens" "$build/sltrace" verify "$top"/golden/smoke/*.golden
else
    ok 1 "the sanitized build builds"
    comment "$work/log"
fi
finish
