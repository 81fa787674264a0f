#!/bin/sh
# arm64 and s390x (big-endian) under qemu-user: the smoke goldens, and on arm64 the kernel
# variants against their scalar definition, with less of the same (SLT_BRIEF).  SLT_LONG=1:
# all of it, and on s390x the scalar kernels, all that it has, against their references too.
. "$(dirname "$0")/lib.sh"

for arch in ${SLT_FOREIGN:-arm64 s390x}; do
    build=$work/$arch tests="variants;kat"
    [ "$arch" != s390x ] || [ -n "${SLT_LONG-}" ] || tests=kat
    if SLT_CROSS_DIR=${SLT_CROSS_DIR:-$top/.cross} SLT_BUILD_DIR=$build \
        "$top/tools/cross" "$arch" -DSLT_TESTS_ONLY="$tests" $near_release \
        >"$work/log" 2>&1; then
        expect 0 "$arch gives the smoke goldens" \
            "$build/run" "$build/sltrace" verify "$top"/golden/smoke/*.golden
        [ -n "${SLT_LONG-}" ] || export SLT_BRIEF=1
        expect_all "$arch " "$build/run" "$build"/tests/*.t
    else
        ok 1 "$arch builds"
        comment "$work/log"
    fi
done
finish
