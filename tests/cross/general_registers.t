#!/bin/sh
# The portable body of fixed point needs no floating-point register: gcc and clang compile
# it with -mgeneral-regs-only, for this CPU and for arm64 where a compiler is at hand.
. "$(dirname "$0")/lib.sh"

mkdir "$work/include"
cp "$(printf '#include <xxhash.h>\n' | gcc -E - | sed -n 's/^# 1 "\(.*xxhash\.h\)".*/\1/p' |
    head -n 1)" "$work/include/"
for compiler in gcc clang aarch64-linux-gnu-gcc "clang --target=aarch64-linux-gnu"; do
    if ! echo 'int f(int a) { return a; }' |
        $compiler -mgeneral-regs-only -x c -c -o "$work/f.o" - 2>/dev/null; then
        ok 0 "$compiler # SKIP it is not here, or has no -mgeneral-regs-only"
        continue
    fi
    : >"$work/log"
    bad=0
    for unit in "$top"/src/num/fixed/*.c "$top"/src/num/fixed/kernels/*.c; do
        $compiler -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Werror -mgeneral-regs-only \
            -DSLT_INTEGERS_ALONE -DSLT_VARIANT=scalar -DSLT_VARIANT_SCALAR \
            -I"$top/include" -I"$top/src" -I"$work/include" -c "$unit" \
            -o "$work/f.o" >>"$work/log" 2>&1 || bad=1
    done
    ok $bad "$compiler compiles fixed point with -mgeneral-regs-only"
    [ $bad = 0 ] || comment "$work/log"
done
finish
