/* verify/state_check.c: which stored state comes before a step, and whether a state is
 * the one that a record tells of. */
#include "study_sample.h"

#include "trace/trace_writer.h"
#include "verify/state_check.h"

static slt_error err;

/* Records 1 to 5: checkpoints 0, 5, 10, 15, 20. */
#define MANIFEST(checkpoints)                                                            \
    SAMPLE_HEAD("test/checked")                                                          \
    "run:\n  arithmetic: fixed\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET "  train:\n"         \
    "    optimizer: {kind: sgd, lr: 1e-2, momentum: 0.5}\n    steps: 20\n"               \
    "    checkpoints: {every: 5, at: [0], " checkpoints "}\n"

static void before(const slt_trace *trace, uint64_t step, size_t record)
{
    const slt_record *found = slt_state_before(trace, step);
    TAP_OK(found == (record ? slt_trace_record(trace, record) : NULL),
           "the state before step %d", (int)step);
}

static void test_before(void)
{
    slt_trace *trace = sample_trace(MANIFEST("state: {every: 10}"), 0);
    before(trace, 0, 1);
    before(trace, 9, 1);
    before(trace, 10, 3);
    before(trace, 19, 3);
    before(trace, 20, 5);
    before(trace, 21, 5);
    slt_trace_free(trace);
    trace = sample_trace(MANIFEST("state: last"), 0);
    before(trace, 19, 0);
    before(trace, 20, 5);
    slt_trace_free(trace);
    trace = sample_trace(MANIFEST("state: none"), 0);
    before(trace, 20, 0);
    slt_trace_free(trace);
}

/* What is said of each tensor off by one unit in its last element; of `joint` records
 * only that it is the state. */
static void test_check(const char *stored, const char *told, bool joint)
{
    sample_run run = sample_begin(stored, 0);
    slt_trace *trace = sample_trace(stored, 0), *teller = sample_trace(told, 0);
    const slt_record *record = slt_trace_record(teller, 3);
    slt_state state;
    if (slt_trace_state(slt_trace_record(trace, 3), run.spec, &state, &err))
        tap_bail(err.text);
    TAP_OK(record->has_joint == joint &&
               !slt_state_check("x", &run.spec->model, record, &state, &err),
           "the state of step 10");
    for (size_t i = 0; i < 4; i++) {
        char want[200];
        const slt_trace_tensor *at = &slt_trace_record(trace, 3)->tensors[i];
        const slt_tensor *tensor = slt_state_tensor(&run.spec->model, &state, at->name);
        TAP_OK(tensor && slt_tensor_count(tensor) == at->rows * at->cols, "%s", at->name);
        uint8_t *last = (uint8_t *)tensor->data +
                        (slt_tensor_count(tensor) - 1) * slt_arithmetic_size(SLT_FIXED);
        *last ^= 1;
        snprintf(want, sizeof want,
                 "x: %s of step 10 is not what this machine computes; see sltrace replay",
                 joint ? "the state" : at->name);
        TAP_OK(slt_state_check("x", &run.spec->model, record, &state, &err) ==
                   SLT_DIFFERS,
               "another %s", at->name);
        TAP_EQ_TEXT(err.text, want, "named");
        *last ^= 1;
    }
    TAP_OK(!slt_state_tensor(&run.spec->model, &state, "W3"), "no such tensor");
    slt_state_free(&state);
    slt_trace_free(trace);
    slt_trace_free(teller);
    sample_end(&run);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_before();
    test_check(MANIFEST("state: all"), MANIFEST("state: all"), false);
    test_check(MANIFEST("state: all"), MANIFEST("state: none"), false);
    test_check(MANIFEST("state: all"), MANIFEST("state: last, hashes: joint"), true);
    return tap_done();
}
