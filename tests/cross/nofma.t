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
for golden in "$top"/golden/smoke/*.golden; do
    name=$(basename "$golden" .golden)
    case $name in
    *-fixed) expect 0 "$name verifies without fma" old "$sltrace" verify "$golden" ;;
    *) expect 3 "$name is not judged without fma" old "$sltrace" verify "$golden" ;;
    esac
done
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
