/* run/execute_training.c, schedule.c: runs that are trained side by side write the
 * traces that they write alone, whatever stops them on the way. */
#include "study_sample.h"

#include <unistd.h>

#include <sltrace/study.h>

#include "base/io.h"
#include "num/math.h"

#define RUNS 23

/* A small toy model of superposition; the last of the checkpoints keeps its state. */
#define TOY_MANIFEST(arithmetic, optimizer, checkpoints)                                 \
    SAMPLE_HEAD("test/toy")                                                              \
    "sweep:\n  seed: {from: 0, count: 23}\n"                                             \
    "run:\n  arithmetic: " arithmetic "\n  seed: $seed\n"                                \
    "  data: {kind: one-hot, samples: 30, features: 5, value: uniform}\n"                \
    "  model:\n    weights:\n"                                                           \
    "      W: {shape: [2, 5], init: {kind: normal, std: 0.8}}\n"                         \
    "      b: {shape: [5], init: {kind: normal, std: 0.5}}\n"                            \
    "    ops:\n      - {op: linear, in: x, weight: W, out: h}\n"                         \
    "      - {op: linear, in: h, weight: W, transpose: true, bias: b, out: z}\n"         \
    "      - {op: relu, in: z, out: y}\n"                                                \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: " optimizer "\n"                                           \
    "    batch: {size: 7, order: epochs}\n    steps: 300\n"                              \
    "    checkpoints: " checkpoints "\n"                                                 \
    "  llc:\n    - {at: 100, lr: 5e-4, localization: 1, num_chains: 12, num_draws: "     \
    "90}\n"

static const char *const plain =
    TOY_MANIFEST("f32", "{kind: sgd, lr: 0.05, momentum: 0.9}",
                 "{every: 50, at: [0, 7, 8], state: {every: 100}}");
static const char *const adam =
    TOY_MANIFEST("f64", "{kind: adam, lr: 0.01, l1: 1e-3}", "{every: 100, state: all}");
/* A rate at which some runs leave the finite numbers, and others do not. */
static const char *const wild =
    TOY_MANIFEST("f32", "{kind: sgd, lr: 0.8, momentum: 0.9}", "{every: 50}");

/* Runs that a metric stops at steps of their own, one or the other only at the last. */
static const char *const enough =
    TOY_MANIFEST("f32", "{kind: sgd, lr: 0.05, momentum: 0.9}",
                 "{every: 20, state: last}\n"
                 "    metrics: {size: {kind: norm, weight: W}, wave: {kind: ipr, weight: "
                 "W},\n      z: {kind: loss, loss: {op: mse, in: z}}}\n"
                 "    stop: {metric: loss, below: 0.02, checkpoints: 2, after: 60}");

/* The same so many updates after a mark, between checkpoints. */
static const char *const after =
    TOY_MANIFEST("f32", "{kind: sgd, lr: 0.05, momentum: 0.9}",
                 "{every: 20, state: last}\n"
                 "    marks: {low: {metric: loss, below: 0.02},\n"
                 "      high: {metric: loss, above: 0.05, which: last}}\n"
                 "    stop: {mark: low, steps: 33, after: 60}");

static slt_error err;
static char root[] = "/tmp/slt-training-XXXXXX";
static slt_buffer alone[RUNS];

static void make_alone(const char *manifest)
{
    for (size_t i = 0; i < RUNS; i++)
        alone[i] = sample_bytes(manifest, i, NULL);
}

static void free_alone(void)
{
    for (size_t i = 0; i < RUNS; i++)
        slt_buffer_free(&alone[i]);
}

static bool same_bytes(const slt_buffer *a, const slt_buffer *b)
{
    return a->size == b->size && a->size && !memcmp(a->data, b->data, a->size);
}

/* ---- In memory --------------------------------------------------------------------- */

static bool wanted(void *context, uint64_t done)
{
    sample_run *run = context;
    (void)done;
    return run->stop_after && ++run->asked % run->stop_after == 0;
}

static slt_status stop(void *context, const slt_execution *at,
                       const slt_trace_writer *writer, slt_error *error)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(error, SLT_INTERRUPTED, "stopped");
}

/* Groups of 13 and 10, or of 8, 8 and 7, in which run i is stopped at each of its
 * stops[i]-th looks: what is stopped stands back, and catches up. */
static size_t train_stopping(const char *manifest, const size_t *stops)
{
    sample_run runs[RUNS];
    slt_execute_hooks hooks[RUNS];
    slt_execute_job jobs[RUNS];
    size_t stopped = 0;
    for (size_t i = 0; i < RUNS; i++) {
        runs[i] = sample_begin(manifest, i);
        runs[i].stop_after = stops[i];
        hooks[i] = (slt_execute_hooks){.context = &runs[i],
                                       .record = sample_record,
                                       .wanted = wanted,
                                       .pause = stop};
        jobs[i] = (slt_execute_job){.execution = &runs[i].execution,
                                    .canonical = runs[i].canonical,
                                    .size = runs[i].canonical_size,
                                    .writer = &runs[i].writer,
                                    .hooks = &hooks[i]};
    }
    for (int round = 0; round < 5; round++) {
        const size_t size = runs[0].spec->arithmetic == SLT_F32 ? 13 : 8;
        for (size_t i = 0; i < RUNS; i += size)
            slt_execute_training(jobs + i, RUNS - i < size ? RUNS - i : size, NULL);
        for (size_t i = 0; i < RUNS; i++)
            stopped += jobs[i].status == SLT_INTERRUPTED;
    }
    size_t wrong = 0;
    for (size_t i = 0; i < RUNS; i++) {
        runs[i].stop_after = 0;
        sample_go(&runs[i], NULL);
        wrong += !same_bytes(&runs[i].bytes, &alone[i]);
        sample_end(&runs[i]);
    }
    if (wrong)
        tap_note("%zu traces differ, %zu stops", wrong, stopped);
    return wrong ? SIZE_MAX : stopped;
}

static void test_memory(const char *manifest, const char *name)
{
    size_t stops[RUNS] = {0};
    make_alone(manifest);
    TAP_OK(train_stopping(manifest, stops) == 0, "%s: the traces of runs alone", name);
    for (size_t i = 0; i < RUNS; i++)
        stops[i] = i % 3 ? 0 : 2 + i;
    const size_t stopped = train_stopping(manifest, stops);
    TAP_OK(stopped > 0 && stopped < SIZE_MAX, "%s: with %zu stops of some", name,
           stopped);
    free_alone();
}

/* ---- In a folder ------------------------------------------------------------------- */

static atomic_int cancel;
static size_t calls, calls_max; /* of progress: the last one cancels */

static void tire(void *context, const slt_progress *progress)
{
    (void)context;
    (void)progress;
    if (++calls == calls_max)
        cancel = 1;
}

static slt_status study(const char *text, const char *folder, size_t jobs, bool tires,
                        const bool *selected)
{
    char out[256];
    slt_study_counts counts;
    slt_manifest *manifest = sample_open(text);
    snprintf(out, sizeof out, "%s/%s", root, folder);
    cancel = 0;
    calls = 0;
    slt_study_options options = {.out = out,
                                 .jobs = jobs,
                                 .selected = selected,
                                 .snapshot_ms = 1,
                                 .progress = tires ? tire : NULL,
                                 .cancel = &cancel};
    slt_status status = slt_study_run(manifest, &options, &counts, &err);
    slt_manifest_free(manifest);
    return status;
}

static size_t traces_wrong(const char *folder, const bool *selected)
{
    size_t wrong = 0;
    for (size_t i = 0; i < RUNS; i++) {
        char path[256];
        slt_buffer bytes = {0};
        if (selected && !selected[i])
            continue;
        snprintf(path, sizeof path, "%s/%s/traces/%06zu.trace", root, folder, i);
        slt_io_read(path, 1 << 24, &bytes, NULL);
        wrong += !same_bytes(&bytes, &alone[i]);
        slt_buffer_free(&bytes);
    }
    return wrong;
}

static size_t test_folder(const char *manifest, const char *name)
{
    bool selected[RUNS];
    char folder[3][64];
    for (size_t i = 0; i < RUNS; i++)
        selected[i] = i % 8 != 3;
    for (size_t i = 0; i < 3; i++)
        snprintf(folder[i], sizeof folder[i], "%s-%zu", name, i);
    make_alone(manifest);
    TAP_OK(!study(manifest, folder[0], 1, false, NULL) && !traces_wrong(folder[0], NULL),
           "%s: a study by one thread", name);
    TAP_OK(!study(manifest, folder[1], 3, false, selected) &&
               !traces_wrong(folder[1], selected),
           "%s: some of its runs by three", name);
    size_t times = 0;
    slt_status status = SLT_INTERRUPTED;
    for (calls_max = 4; status == SLT_INTERRUPTED && calls_max < 1000; calls_max += 4) {
        status = study(manifest, folder[2], 2, true, NULL);
        times += status == SLT_INTERRUPTED;
    }
    TAP_OK(!status && !traces_wrong(folder[2], NULL), "%s: interrupted %zu times", name,
           times);
    free_alone();
    return times;
}

static size_t count_diverged(const char *manifest)
{
    size_t diverged = 0;
    for (size_t i = 0; i < RUNS; i++) {
        slt_trace *trace = sample_trace(manifest, i);
        diverged += sample_last(trace)->status == SLT_RUN_DIVERGED;
        slt_trace_free(trace);
    }
    return diverged;
}

/* How many runs end at several steps: the number of those steps. */
static size_t count_ends(const char *manifest)
{
    uint64_t ends[RUNS];
    size_t count = 0;
    for (size_t i = 0; i < RUNS; i++) {
        slt_trace *trace = sample_trace(manifest, i);
        const uint64_t end = sample_last(trace)->step;
        size_t at = 0;
        while (at < count && ends[at] != end)
            at++;
        if (at == count)
            ends[count++] = end;
        slt_trace_free(trace);
    }
    return count;
}

int main(void)
{
    char command[256];
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("no start");
    if (slt_num_available(SLT_F32, NULL) != SLT_OK || slt_num_isa() == SLT_ISA_SCALAR) {
        tap_skip("runs in lanes", "no fma on this CPU, or no vectors");
        return tap_done();
    }
    test_memory(plain, "f32, momentum");
    test_memory(adam, "f64, adam");
    test_memory(wild, "f32, some diverge");
    const size_t diverged = count_diverged(wild);
    TAP_OK(diverged > 0 && diverged < RUNS, "%zu of them do", diverged);
    test_memory(enough, "stopped by a metric");
    const size_t ends = count_ends(enough);
    TAP_OK(ends > 4, "they end at %zu steps", ends);
    test_memory(after, "stopped after a mark");
    const size_t later = count_ends(after);
    TAP_OK(later > 4, "they end at %zu steps", later);
    size_t times = test_folder(plain, "plain");
    times += test_folder(wild, "wild");
    times += test_folder(enough, "enough");
    times += test_folder(after, "after");
    TAP_OK(times > 0, "interrupted at all");
    snprintf(command, sizeof command, "rm -rf %s", root);
    TAP_OK(system(command) == 0, "the folder goes");
    return tap_done();
}
