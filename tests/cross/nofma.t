#!/bin/sh
# An x86-64 CPU without fma: float runs cannot be judged (exit 3), fixed ones verify.
. "$(dirname "$0")/lib.sh"

sltrace=${SLTRACE:-$top/build/sltrace}
old() {
    qemu-x86_64 -cpu Nehalem "$@"
}
if [ "$(uname -m)" != x86_64 ]; then
    echo "1..0 # SKIP this machine is not x86-64"
    exit 0
fi
fixed=$(ls "$top"/golden/smoke/*-fixed.golden)
floats=$(ls "$top"/golden/smoke/*.golden | grep -v -- '-fixed\.golden$')
expect 0 "fixed runs verify without fma" old "$sltrace" verify $fixed
[ "$(grep -c '^ok ' "$work/output")" = "$(echo "$fixed" | wc -l)" ]
ok $? "each of them"
expect 3 "float runs are not judged without fma" old "$sltrace" verify $floats
[ "$(grep -c '^not ok .* # not judged$' "$work/output")" = "$(echo "$floats" | wc -l)" ]
ok $? "none of them"
expect 3 "doctor --strict says that floats cannot be judged" old "$sltrace" doctor --strict
expect 3 "a float run is refused" old "$sltrace" run "$top/manifests/smoke/linear.yaml" \
    --out "$work/out"

# A fixed run whose nbeta is n/ln(n) calls the scalars' logarithm, made in integers.
sed '/^figure:/,$d' "$top/manifests/smoke/linear-fixed.yaml" >"$work/log.yaml"
echo '  llc: [{at: last, lr: 1e-3, localization: 1, num_draws: 5}]' >>"$work/log.yaml"
expect 0 "a fixed run with n/ln(n) where there is fma" \
    "$sltrace" run "$work/log.yaml" --out "$work/with"
expect 0 "and without" old "$sltrace" run "$work/log.yaml" --out "$work/without"
expect 0 "gives the same bytes" diff -r "$work/with/traces" "$work/without/traces"
finish
