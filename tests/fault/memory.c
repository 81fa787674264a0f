/* A run of a sweep too large for all its runs to be checked when it is read: whatever
 * allocation fails, once or from there on, it says so.  Commands with such a sweep take
 * too long for inject.c. */
#include "failing_world.h"
#include "study_sample.h"

static slt_run_spec *spec;

static slt_manifest *open_huge(void)
{
    return sample_open(SAMPLE_HEAD("test/x") //
        "sweep:\n  n: {from: 20, count: 1000}\n  inputs: {from: 1, count: 100}\n"
        "run:\n  arithmetic: f64\n  seed: 1\n"
        "  data: {kind: constant, samples: $n, inputs: $inputs, outputs: 2, "
        "x_value: 0.5}\n"
        "  model:\n    weights:\n      W: {shape: [2, inputs], init: {kind: zero}}\n"
        "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
        "    loss: {op: mse, in: y}\n");
}

/* One that has not been used before: the manifest keeps what it made. */
static slt_status use_run(slt_manifest *huge, slt_error *err)
{
    static size_t run = 50000;
    const uint8_t *bytes;
    size_t size;
    slt_status status = slt_manifest_run(huge, ++run, spec, err);
    return status ? status : slt_manifest_canonical(huge, run, &bytes, &size, err);
}

static void run_out(slt_manifest *huge, int call, long count, world_way way)
{
    size_t wrong = 0;
    for (long at = 0; at < count; at++) {
        world_counts seen = {0};
        slt_error err = {0};
        world_plan = (world_fault){call, at, way, ENOMEM};
        world_begin(&seen);
        slt_status status = use_run(huge, &err);
        world_end();
        wrong += status != SLT_RESOURCE || !*err.text;
    }
    TAP_OK(wrong == 0, "each of %ld failures of %s is told", count,
           world_calls[call].name);
}

int main(void)
{
    slt_error err = {0};
    world_counts seen = {0};
    spec = calloc(1, sizeof *spec);
    if (!spec || slt_start(NULL, &err))
        tap_bail("cannot start");
    slt_manifest *huge = open_huge();
    TAP_OK(slt_manifest_checked(huge) < slt_manifest_runs(huge), "not all are checked");
    world_begin(&seen);
    if (use_run(huge, &err))
        tap_bail(err.text);
    world_end();
    for (int call = 0; call < WORLD_CALLS; call++)
        if (seen.calls[call] && strcmp(world_calls[call].kind, "memory") == 0) {
            run_out(huge, call, seen.calls[call], WORLD_ONCE);
            run_out(huge, call, seen.calls[call], WORLD_ON);
        }
    slt_manifest_free(huge);
    free(spec);
    return tap_done();
}
