/* Replay is a fixed point: replay(trace) is the trace, whole and in pieces, with any
 * number of threads and any instruction set. */
#include "study_sample.h"

#include <unistd.h>

#include <sltrace/check.h>

#include "base/io.h"
#include "num/math.h"

static slt_error err;
static char path[] = "/tmp/slt-replay-XXXXXX";
static char written[64];

#define REPLAY_MANIFEST                                                                  \
    SAMPLE_HEAD("test/replay")                                                           \
    "sweep:\n  arithmetic: [f32, f64, fixed]\n"                                          \
    "run:\n  arithmetic: $arithmetic\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET                \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2, momentum: 0.9}\n    steps: 20\n"     \
    "    checkpoints: {every: 5, at: [0], state: all}\n"

#define LLC_MANIFEST                                                                     \
    SAMPLE_HEAD("test/replay-llc")                                                       \
    "sweep:\n  arithmetic: [f32, f64]\n"                                                 \
    "run:\n  arithmetic: $arithmetic\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET                \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 20\n"                   \
    "    checkpoints: {every: 5, state: all}\n"                                          \
    "  llc:\n"                                                                           \
    "    - {at: 10, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 20}\n"          \
    "    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 20}\n"

/* Marks at steps 5 and 15; the estimate at the first needs weights from before most
 * starts, those at all checkpoints from 15 on several. */
#define MARKS_MANIFEST                                                                   \
    SAMPLE_HEAD("test/replay-marks")                                                     \
    "sweep:\n  arithmetic: [f32, fixed]\n"                                               \
    "run:\n  arithmetic: $arithmetic\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET                \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2, momentum: 0.9}\n    steps: 20\n"     \
    "    checkpoints: {every: 5, at: [18], state: {every: 10}, hashes: joint}\n"         \
    "    marks:\n"                                                                       \
    "      a: {metric: loss, below: 1e9}\n"                                              \
    "      b: {metric: loss, below: 1e8, every: 15}\n"                                   \
    "      c: {metric: loss, below: -1}\n"                                               \
    "  llc:\n"                                                                           \
    "    - {at: {mark: b}, lr: 1e-4, localization: 1, num_draws: 9,\n"                   \
    "       when: {mark: a, then: b, apart: 9}}\n"                                       \
    "    - {at: checkpoints, from: 15, lr: 1e-4, localization: 1, num_chains: 2,\n"      \
    "       num_draws: 9}\n"                                                             \
    "    - {at: {mark: c}, lr: 1e-4, localization: 1, num_draws: 9}\n"

static slt_status replay(const slt_replay_options *options)
{
    err.text[0] = 0;
    return slt_replay(path, options, NULL, &err);
}

static void put(const slt_buffer *bytes)
{
    if (slt_io_replace(path, bytes->data, bytes->size, &err))
        tap_bail(err.text);
}

static void test_whole(const char *manifest, size_t index)
{
    slt_buffer bytes = sample_bytes(manifest, index, NULL), again = {0};
    put(&bytes);
    for (size_t jobs = 1; jobs <= 3; jobs += 2) {
        slt_replay_options options = {.jobs = jobs, .write = written};
        TAP_OK(!replay(&options), "replays with %zu jobs: %s", jobs, err.text);
        slt_buffer_clear(&again);
        slt_io_read(written, 1 << 24, &again, &err);
        TAP_OK(again.size == bytes.size && !memcmp(again.data, bytes.data, bytes.size),
               "and writes the trace's own bytes");
    }
    slt_buffer_free(&again);
    slt_buffer_free(&bytes);
}

static void test_pieces(const char *manifest, size_t index, uint64_t first)
{
    slt_buffer bytes = sample_bytes(manifest, index, NULL);
    size_t failed = 0, tried = 0;
    put(&bytes);
    for (uint64_t from = first; from <= 20; from += 5)
        for (uint64_t to = from; to <= 20; to += 5, tried++) {
            slt_replay_options options = {
                .has_from = true, .from = from, .has_to = true, .to = to, .jobs = 1};
            failed += replay(&options) != SLT_OK;
        }
    TAP_OK(!failed, "all %zu pieces reach their hashes %s", tried, err.text);
    slt_replay_options rest = {.has_from = true, .from = 15, .jobs = 1};
    TAP_OK(!replay(&rest), "from a checkpoint to the end, estimates included: %s",
           err.text);
    slt_replay_options odd = {.has_from = true, .from = 7, .jobs = 1};
    TAP_OK(replay(&odd) == SLT_USAGE && strstr(err.text, "10"),
           "a step without a checkpoint is refused: %s", err.text);
    slt_buffer_free(&bytes);
}

/* A line for each step, whose hashes are the checkpoints'. */
static void test_steps(void)
{
    slt_trace *trace = sample_trace(REPLAY_MANIFEST, 0);
    slt_buffer bytes = sample_bytes(REPLAY_MANIFEST, 0, NULL);
    FILE *steps = tmpfile();
    char line[512], hash[SLT_DIGEST_TEXT_MAX], wanted[64];
    size_t lines = 0, found = 0;
    put(&bytes);
    slt_replay_options options = {
        .has_from = true, .from = 5, .has_to = true, .to = 15, .steps = steps, .jobs = 1};
    TAP_OK(!replay(&options), "replays with steps: %s", err.text);
    rewind(steps);
    while (fgets(line, sizeof line, steps)) {
        if (*line == '#')
            continue;
        lines++;
        for (size_t i = 0; i < slt_trace_records(trace); i++) {
            const slt_record *record = slt_trace_record(trace, i);
            if (record->kind != SLT_RECORD_CHECKPOINT ||
                record->step != strtoull(line, NULL, 10))
                continue;
            slt_digest_text(record->tensors[0].hash, hash);
            snprintf(wanted, sizeof wanted, " W1=%s", hash);
            found += strstr(line, wanted) != NULL;
        }
    }
    TAP_EQ_U64(lines, 10, "a line for each step");
    TAP_EQ_U64(found, 2, "with the checkpoints' hashes at theirs");
    fclose(steps);
    slt_buffer_free(&bytes);
    slt_trace_free(trace);
}

/* A trace that holds other bits, its hashes right: what a build with a wrong kernel
 * would publish. */
static void test_wrong(void)
{
    sample_run run = sample_begin(REPLAY_MANIFEST, 0);
    slt_execute_hooks hooks = {
        .context = &run, .record = sample_record, .has_until = true, .until = 10};
    if (slt_execute(&run.execution, run.canonical, run.canonical_size, &run.writer, NULL,
                    &hooks, &err))
        tap_bail(err.text);
    slt_tensor *w2 = &run.execution.state.weights.tensor[1];
    uint32_t bits;
    memcpy(&bits, (char *)w2->data + 4 * 3, 4);
    bits ^= 1;
    memcpy((char *)w2->data + 4 * 3, &bits, 4);
    sample_go(&run, NULL);
    put(&run.bytes);
    slt_replay_options options = {.jobs = 1};
    TAP_OK(replay(&options) == SLT_DIFFERS && strstr(err.text, "step 15") &&
               strstr(err.text, "tensor") && strstr(err.text, "ulp"),
           "another bit is found by step, tensor and ulp: %s", err.text);
    sample_end(&run);
}

/* One hash for all tensors: the step is found, and what to do to find the tensor. */
static void test_wrong_joint(void)
{
    sample_run run = sample_begin(MARKS_MANIFEST, 0);
    slt_execute_hooks hooks = {
        .context = &run, .record = sample_record, .has_until = true, .until = 10};
    if (slt_execute(&run.execution, run.canonical, run.canonical_size, &run.writer, NULL,
                    &hooks, &err))
        tap_bail(err.text);
    *(uint8_t *)run.execution.state.weights.tensor[1].data ^= 1;
    sample_go(&run, NULL);
    put(&run.bytes);
    slt_replay_options options = {.jobs = 1};
    TAP_OK(replay(&options) == SLT_DIFFERS && strstr(err.text, "step 15") &&
               strstr(err.text, "joint hash") && strstr(err.text, "--from 10 --to 15"),
           "another bit is found by step: %s", err.text);
    sample_end(&run);
}

static void test_instruction_sets(void)
{
    for (size_t index = 0; index < 2; index++) {
        slt_buffer best = sample_bytes(LLC_MANIFEST, index, NULL);
        for (slt_isa isa = SLT_ISA_SCALAR; isa < SLT_ISA_COUNT; isa++) {
            if (!slt_cpu_has(isa))
                continue;
            slt_num_start(isa);
            slt_buffer other = sample_bytes(LLC_MANIFEST, index, NULL);
            TAP_OK(other.size == best.size && !memcmp(other.data, best.data, best.size),
                   "%s: the same bytes", slt_isa_name(slt_num_isa()));
            slt_buffer_free(&other);
        }
        slt_num_start((slt_isa)(SLT_ISA_COUNT - 1));
        slt_buffer_free(&best);
    }
}

int main(void)
{
    int fd = mkstemp(path);
    if (slt_start(NULL, &err) || fd < 0)
        tap_bail("cannot start");
    close(fd);
    snprintf(written, sizeof written, "%s.again", path);
    for (size_t index = 0; index < 3; index++) {
        test_whole(REPLAY_MANIFEST, index);
        test_pieces(REPLAY_MANIFEST, index, 0);
    }
    for (size_t index = 0; index < 2; index++) {
        test_whole(MARKS_MANIFEST, index);
        test_pieces(MARKS_MANIFEST, index, 5);
    }
    for (size_t index = 0; index < 2; index++) {
        test_whole(LLC_MANIFEST, index);
        test_pieces(LLC_MANIFEST, index, 5);
    }
    test_whole(SAMPLE_MANIFEST, 1);
    test_steps();
    test_wrong();
    test_wrong_joint();
    test_instruction_sets();
    unlink(path);
    unlink(written);
    return tap_done();
}
