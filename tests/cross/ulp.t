#!/bin/sh
# A library whose matrix product is off by one ulp in one element of one shape: verify
# tells that bits differ, and with the publisher's traces says where; the hashes of every
# step name the first step and tensor.
. "$(dirname "$0")/lib.sh"

golden=$top/golden/smoke/linear.golden
manifest=$top/manifests/smoke/linear.yaml
needs_ninja

# The gradient of W2 at rank 3 is the only 5 x 3 product of 24 samples there.
doctor ulp src/num/ops.c 's/(->product\(SLT_TRANSPOSED, SLT_PLAIN, &from, b, c\);)/$1
    if (c->arithmetic == SLT_F32 && c->rows == 5 && c->cols == 3 && a->rows == 24)
        ((uint32_t *)c->data)[3 * 3 + 2] ^= 1;/'
doctored=$work/ulp

# seen PATTERN NAME: whether the last output has a line of that form.
seen() {
    grep -q "$1" "$work/output"
    ok $? "$2"
}

expect 0 "the publisher's traces" "$sltrace" run "$manifest" --only 2,3 --out "$work/ref"
expect 0 "runs of another shape stay identical" \
    "$doctored" verify "$golden" --only 0,1,4-7
expect 1 "the doctored runs differ" \
    "$doctored" verify "$golden" --only 2 --traces "$work/ref/traces"
seen '^  verdict: differs$' "the verdict"
seen '^  step: 20$' "the checkpoint where it shows is named"
seen '^  tensor: W1$' "so is the tensor"
seen '^  element: \[' "and the element"
seen '^  ulp: [1-9]' "and its distance"
step_one() {
    "$1" replay "$work/ref/traces/000002.trace" --from 0 --to 20 --steps - 2>/dev/null |
        grep '^1 ' | tr ' ' '\n'
}
step_one "$sltrace" >"$work/sound"
step_one "$doctored" >"$work/doctored"
diff "$work/sound" "$work/doctored" >"$work/output"
seen '^> m/W2=' "the steps' hashes differ at step 1, in the gradient of W2"
! grep -q '^> .*W1=' "$work/output"
ok $? "and not in that of W1"
finish
