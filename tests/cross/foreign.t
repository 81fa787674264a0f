#!/bin/sh
# arm64 and s390x (big-endian) under qemu-user: the smoke goldens, and the kernel variants
# against their scalar definition.
. "$(dirname "$0")/lib.sh"

for arch in ${SLT_FOREIGN:-arm64 s390x}; do
    build=$work/$arch
    if SLT_CROSS_DIR=${SLT_CROSS_DIR:-$top/.cross} SLT_BUILD_DIR=$build \
        "$top/tools/cross" "$arch" -DSLT_TESTS_ONLY="variants;kat" $near_release \
        >"$work/log" 2>&1; then
        expect 0 "$arch gives the smoke goldens" \
            "$build/run" "$build/sltrace" verify "$top"/golden/smoke/*.golden
        expect_all "$arch " "$build/run" "$build"/tests/variants-*.t "$build"/tests/kat-*.t
    else
        ok 1 "$arch builds"
        comment "$work/log"
    fi
done
finish
