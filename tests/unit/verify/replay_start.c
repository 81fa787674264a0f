/* Where a replay starts: by hand, for a trace with checkpoints at 0, 5, 10, 15, 20, which
 * are its records 1 to 5. */
#include "study_sample.h"

#include "verify/replay_start.h"

static slt_error err;

#define TRAIN(more)                                                                      \
    SAMPLE_HEAD("test/start")                                                            \
    "run:\n  arithmetic: fixed\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET "  train:\n"         \
    "    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 20\n" more

#define EVERY(state) "    checkpoints: {every: 5, at: [0], state: " state "}\n"
#define LLC(where) "  llc:\n    - {" where ", lr: 1e-4, localization: 1, num_draws: 4}\n"
#define MARKS                                                                            \
    "    marks:\n"                                                                       \
    "      a: {metric: loss, below: 1e8}\n"                                              \
    "      b: {metric: loss, below: 1e9, every: 15}\n"                                   \
    "      never: {metric: loss, below: 0}\n"

typedef struct opened {
    sample_run run;
    slt_trace *trace;
} opened;

static opened open_trace(const char *manifest)
{
    opened o = {.run = sample_begin(manifest, 0)};
    sample_go(&o.run, NULL);
    if (slt_trace_parse(o.run.bytes.data, o.run.bytes.size, "x", &o.trace, &err))
        tap_bail(err.text);
    return o;
}

static void close_trace(opened *o)
{
    slt_trace_free(o->trace);
    sample_end(&o->run);
}

static void test_checkpoints(void)
{
    opened o = open_trace(TRAIN(EVERY("{every: 10}") LLC("at: 10")));
    for (uint64_t i = 0; i < 5; i++)
        TAP_EQ_U64(slt_replay_start_checkpoint(o.trace, 5 * i), i + 1, "a checkpoint");
    TAP_EQ_U64(slt_replay_start_checkpoint(o.trace, 7), SIZE_MAX, "none");
    TAP_EQ_U64(slt_replay_start_state(o.trace, 2), 1, "a state before it");
    TAP_EQ_U64(slt_replay_start_state(o.trace, 3), 3, "a state there");
    TAP_EQ_U64(slt_replay_start_state(o.trace, 4), 3, "a state before it");
    TAP_EQ_U64(slt_replay_start_state(o.trace, 5), 5, "the last state");
    TAP_EQ_U64(slt_replay_start_state(o.trace, 0), SIZE_MAX, "none at the header");
    close_trace(&o);
    o = open_trace(TRAIN(EVERY("last")));
    TAP_EQ_U64(slt_replay_start_state(o.trace, 4), SIZE_MAX, "the last state alone");
    TAP_EQ_U64(slt_replay_start_state(o.trace, 5), 5, "at its record");
    close_trace(&o);
}

/* The latest start for what is compared from step 20 on, and from step 5 on. */
static void limits(const char *manifest, size_t late, size_t early, const char *name)
{
    opened o = open_trace(manifest);
    TAP_EQ_U64(slt_replay_start_limit(o.trace, o.run.spec, 5), late, name);
    TAP_EQ_U64(slt_replay_start_limit(o.trace, o.run.spec, 2), early, "from step 5 on");
    close_trace(&o);
}

static void test_limits(void)
{
    limits(TRAIN(EVERY("all")), 5, 2, "no estimate");
    limits(TRAIN(EVERY("all") LLC("at: last")), 5, 2, "an estimate at the end");
    limits(TRAIN(EVERY("all") LLC("at: 10")), 3, 2, "one at step 10");
    limits(TRAIN(EVERY("all") LLC("at: 5")), 2, 2, "one at step 5");
    limits(TRAIN(EVERY("all") LLC("at: checkpoints")), 1, 1, "one at all checkpoints");
    limits(TRAIN(EVERY("all") LLC("at: checkpoints, from: 11")), 4, 2,
           "one at those from step 11 on");
    limits(TRAIN(EVERY("all") LLC("at: checkpoints, from: 15")), 4, 2,
           "one at those from step 15 on");
    limits(TRAIN(EVERY("all") LLC(
               "at: last") "    - {at: 15, lr: 1e-4, localization: 1, num_draws: 4}\n"),
           4, 2, "the first of two");
    limits(TRAIN(EVERY("all") MARKS LLC("at: {mark: a}")), 1, 1, "one at a mark");
    limits(TRAIN(EVERY("all") MARKS LLC("at: {mark: never}")), 5, 2,
           "one at a mark that is not reached");
}

static void test_marks(void)
{
    opened o = open_trace(TRAIN(EVERY("all") MARKS));
    const slt_train_spec *train = &o.run.spec->train;
    size_t a = slt_mark_find(train, "a"), never = slt_mark_find(train, "never");
    slt_marks marks = slt_replay_start_marks(o.trace, o.run.spec, 1);
    TAP_OK(!marks.reached[a] && !marks.reached[never], "a header reaches no mark");
    marks = slt_replay_start_marks(o.trace, o.run.spec, 2);
    TAP_OK(marks.reached[a] && marks.step[a] == 0 && !marks.reached[never],
           "the first checkpoint does");
    close_trace(&o);
}

/* Behind a checkpoint an execution has its state and the marks up to it. */
static void test_behind(void)
{
    opened o = open_trace(TRAIN(EVERY("all") MARKS LLC("at: last")));
    slt_execution at = {0};
    if (slt_execution_create(o.run.spec, &at, &err))
        tap_bail(err.text);
    TAP_OK(!slt_replay_start_behind(o.trace, 3, &at, &err), "behind step 10");
    const slt_record *record = slt_trace_record(o.trace, 3);
    const slt_tensor *weight = &at.state.weights.tensor[0];
    uint8_t bytes[4096];
    if (slt_tensor_bytes(weight) > sizeof bytes)
        tap_bail("a larger weight than this test has room for");
    slt_tensor_store(weight, bytes);
    TAP_EQ_U64(record->tensors[0].size, slt_tensor_bytes(weight), "as many bytes");
    TAP_EQ_U64(at.state.step, 10, "its step");
    TAP_EQ_BYTES(bytes, record->tensors[0].data, record->tensors[0].size, "its weights");
    TAP_OK(at.marks.reached[slt_mark_find(&o.run.spec->train, "a")], "its marks");
    slt_execution_free(&at);
    close_trace(&o);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_checkpoints();
    test_limits();
    test_marks();
    test_behind();
    return tap_done();
}
