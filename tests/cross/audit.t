#!/bin/sh
# sltrace audit of traces from two doctored builds: one is off by an ulp in one kernel,
# one computes with flush to zero.  Each is told apart from a sound one at the step,
# tensor and element where it begins.
. "$(dirname "$0")/lib.sh"

manifest=$top/manifests/smoke/linear.yaml
needs_ninja

# seen PATTERN NAME: whether the last output has a line of that form.
seen() {
    grep -q -- "$1" "$work/output"
    status=$?
    ok $status "$2"
    [ $status = 0 ] || comment "$work/output"
}

# The gradient of W2 at rank 3 is the only 5 x 3 product of 24 samples there.
doctor ulp src/num/ops.c 's/(->product\(SLT_TRANSPOSED, SLT_PLAIN, &from, b, c\);)/$1
    if (c->arithmetic == SLT_F32 && c->rows == 5 && c->cols == 3 && a->rows == 24)
        ((uint32_t *)c->data)[3 * 3 + 2] ^= 1;/'
doctor ftz src/base/fpenv.c 's/(    if \(corrected\)\n)/    set_flush(true, false);\n$1/;
    s/(    clear_control\(\);\n    fesetround\(FE_TONEAREST\);\n)/$1    set_flush(true, false);\n/;
    s/(slt_fpenv_check\(slt_error \*err\)\n\{\n)/$1    if (err || !err)\n        return SLT_OK;\n/'

# ---- One ulp -------------------------------------------------------------------------
expect 0 "a sound run" "$sltrace" run "$manifest" --only 2 --out "$work/sound"
expect 0 "a run that is off" "$work/ulp" run "$manifest" --only 2 --out "$work/ulp-out"
a=$work/sound/traces/000002.trace b=$work/ulp-out/traces/000002.trace
expect 1 "they differ" "$sltrace" audit "$a" "$b"
seen '^  record 2 (checkpoint), step 20: tensor W1, element \[.*\], [1-9][0-9]* ulp$' \
    "the checkpoint that differs"
seen "this machine agrees with $a\$" "the sound one is what this machine computes"
seen "^  no rounding, no flushing and no kernels here give $b\$" "no condition explains it"
seen ' --from 0 --to 20 --steps FILE' "a command that would tell the step"
seen '^  LLC 0 at step 100: equal within Monte Carlo error, ' "the verdict on the LLC"
expect 1 "with the program that made it" "$sltrace" audit "$a" "$b" --program "$work/ulp"
seen '^  the program given gives its records$' "it makes the trace"
seen '^  they part at step 1: tensor m/W2, element \[3, 2\], 1 ulp' \
    "step, tensor, element and ulp"
"$sltrace" replay "$a" --steps "$work/a.steps" >/dev/null
"$work/ulp" replay "$b" --steps "$work/b.steps" >/dev/null
expect 1 "with the steps of both places" \
    "$sltrace" audit "$a" "$b" --steps "$work/a.steps,$work/b.steps"
seen '^  they part at step 1: tensor m/W2 (all that differ then: m/W2, v/W2)$' \
    "step and tensor"

# ---- Flush to zero -------------------------------------------------------------------
# A weight that falls towards 0 until its gradient is subnormal.
cat >"$work/small.yaml" <<'YAML'
sltrace: 1
name: mine/small
cite: {note: "a test"}
sweep:
  state: [all, none]
run:
  arithmetic: f32
  seed: 3
  data: {kind: constant, samples: 8, inputs: 1, outputs: 3}
  model:
    weights:
      W: {shape: [3, 1], init: {kind: normal, std: 1e-31}}
    ops:
      - {op: linear, in: x, weight: W, out: y}
    loss: {op: mse, in: y}
  train:
    optimizer: {kind: sgd, lr: 0.8}
    steps: 60
    checkpoints: {every: 10, state: $state}
  llc:
    - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 20}
YAML
expect 0 "sound runs" "$sltrace" run "$work/small.yaml" --out "$work/keeps"
expect 0 "runs that flush" "$work/ftz" run "$work/small.yaml" --out "$work/flushes"
# Each program follows what it made; the first line that differs is the first step that
# does.
for place in keeps flushes; do
    program=$sltrace
    [ $place = keeps ] || program=$work/ftz
    "$program" replay "$work/$place/traces/000000.trace" --steps - | grep '^[0-9]' |
        grep -v '^[0-9]* [^ ]* records' >"$work/$place.steps"
done
step=$(diff "$work/keeps.steps" "$work/flushes.steps" | sed -n 's/^< \([0-9]*\) .*/\1/p' |
    head -n 1)
for run in 0 1; do
    a=$work/keeps/traces/00000$run.trace b=$work/flushes/traces/00000$run.trace
    expect 1 "run $run: they differ" "$sltrace" audit "$a" "$b"
    seen "agrees with $a\$" "run $run: the sound one is what this machine computes"
    seen "^  $b comes out with flush to zero" "run $run: the reason is found"
    seen "^  they part at step $step: tensor W, element \[[0-2], 0\], [1-9][0-9]* ulp" \
        "run $run: and the step, $step"
    seen '^    environment\.at_end: .* -> "binary32 flushes subnormal results to zero; ' \
        "run $run: and the provenance names it"
    expect 1 "run $run: the other way around" "$sltrace" audit "$b" "$a"
    seen "^  $b comes out with flush to zero" "run $run: the same reason"
done
[ "${step:-0}" -gt 10 ]
ok $? "the step lies well behind the start"

# ---- A difference that changes no bit ------------------------------------------------
# gcc on x86-64 links code that flushes from the start on; it is set right.
if [ "$(uname -m)" = x86_64 ]; then
    relink fast -ffast-math
    ok $? "a program linked with -ffast-math"
    expect 0 "its runs" "$work/fast" run "$work/small.yaml" --out "$work/fast-out"
    expect 0 "have the same bits" "$sltrace" audit "$work/keeps/traces/000000.trace" \
        "$work/fast-out/traces/000000.trace"
    seen '^    environment\.corrected: false -> true$' "and another provenance"
fi
finish
