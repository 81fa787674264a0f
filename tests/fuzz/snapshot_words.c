/* Snapshots with a right checksum and wrong numbers, as a person can make them: refused,
 * or carried on to an end without an abort; and no trace that comes of one is read unless
 * it agrees with itself. */
#include "mutate.h"
#include "study_sample.h"

#include "base/endian.h"
#include "codec/digest.h"
#include "run/snapshot.h"

#define MANIFEST(arithmetic, optimizer)                                                  \
    SAMPLE_HEAD("test/snapshots")                                                        \
    "run:\n  arithmetic: " arithmetic "\n  seed: 4\n" SAMPLE_DATA SAMPLE_NET             \
    "  train:\n    optimizer: " optimizer "\n    steps: 12\n"                            \
    "    checkpoints: {every: 3, state: last}\n"                                         \
    "    marks:\n      a: {metric: loss, below: 1e9}\n"                                  \
    "  llc:\n    - {at: {mark: a}, lr: 1e-6, localization: 1, num_chains: 2,\n"          \
    "       num_draws: 4, num_burnin_steps: 2, num_steps_bw_draws: 3000,\n"              \
    "       mala_acceptance: true, stein: true}\n"                                       \
    "    - {at: checkpoints, from: 9, lr: 1e-6, localization: 1, num_draws: 4}\n"

static slt_error err;
static size_t refused, taken, carried, whole;

static bool wants(void *context, uint64_t done)
{
    sample_run *run = (sample_run *)context;
    (void)done;
    return run->stop_after && ++run->asked == run->stop_after;
}

static slt_status put_aside(void *context, const slt_execution *at,
                            const slt_trace_writer *writer, slt_error *error)
{
    sample_run *run = (sample_run *)context;
    slt_snapshot_place place = {.records = writer->records,
                                .written = writer->written,
                                .hash = writer->hashes[writer->records - 1]};
    slt_buffer_clear(&run->snapshot);
    slt_snapshot_store(at, &place, &run->snapshot);
    return slt_fail(error, SLT_INTERRUPTED, "stopped");
}

/* A run that was stopped at its n-th occasion; false where it has no such. */
static bool stopped(const char *manifest, size_t n, sample_run *run)
{
    slt_error ignored;
    *run = sample_begin(manifest, 0);
    slt_execute_hooks hooks = {
        .context = run, .record = sample_record, .wanted = wants, .pause = put_aside};
    run->stop_after = n;
    return slt_execute(&run->execution, run->canonical, run->canonical_size, &run->writer,
                       NULL, &hooks, &ignored) == SLT_INTERRUPTED;
}

static void seal(slt_buffer *snapshot)
{
    slt_digest sum = slt_digest_of(snapshot->data + 24, snapshot->size - 24);
    memcpy(snapshot->data + 8, sum.bytes, 16);
}

#define CARRIED_ONE_IN 15 /* of those that are taken: each costs a run */

/* Carries a run on from the snapshot as the program does, to its end. */
static void carry_on(const sample_run *from, const slt_buffer *snapshot, bool always)
{
    sample_run run = {.spec = from->spec};
    slt_snapshot_place place;
    size_t good;
    slt_trace *trace = NULL;
    slt_execute_hooks hooks = {.context = &run, .record = sample_record};
    if (slt_execution_create(run.spec, &run.execution, &err))
        tap_bail(err.text);
    bool stands = !slt_snapshot_load(snapshot->data, snapshot->size, &run.execution,
                                     &place, &err) &&
                  place.written <= from->bytes.size;
    if (stands) {
        stands = !slt_trace_writer_resume(&run.writer, from->bytes.data,
                                          (size_t)place.written, &good, &err) &&
                 good == place.written && run.writer.records == place.records &&
                 !slt_snapshot_check(&run.execution, &run.writer, &err);
        slt_buffer_append(&run.bytes, from->bytes.data, (size_t)place.written);
    }
    refused += !stands;
    if (stands && (taken++ % CARRIED_ONE_IN == 0 || always)) {
        carried++;
        if (!slt_execute(&run.execution, from->canonical, from->canonical_size,
                         &run.writer, NULL, &hooks, &err) &&
            !slt_trace_parse(run.bytes.data, run.bytes.size, "x", &trace, &err))
            whole++;
    }
    slt_trace_free(trace);
    slt_execution_free(&run.execution);
    slt_trace_writer_free(&run.writer);
    slt_buffer_free(&run.bytes);
}

/* Every number of eight bytes, one after the other, becomes each of these. */
static void change_words(const sample_run *run)
{
    static const uint64_t values[] = {0, 1, 9, UINT64_C(1) << 20, UINT64_MAX};
    for (size_t at = 24; at + 8 <= run->snapshot.size; at += 8)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            slt_buffer copy = {0};
            slt_buffer_append(&copy, run->snapshot.data, run->snapshot.size);
            slt_store_le64(copy.data + at, values[v]);
            seal(&copy);
            carry_on(run, &copy, false);
            slt_buffer_free(&copy);
        }
}

static void change_at_random(const sample_run *run)
{
    for (size_t i = 0; i < 150; i++) {
        slt_buffer copy = {0};
        copy.data = mutate(&run->snapshot, &copy.size);
        if (copy.size >= 24) {
            seal(&copy);
            carry_on(run, &copy, false);
        }
        free(copy.data);
    }
}

static void test_run(const char *name, const char *manifest)
{
    size_t stops = 0;
    for (size_t n = 1; n < 60; n += n < 4 ? 3 : 7) {
        sample_run run;
        if (stopped(manifest, n, &run)) {
            stops++;
            size_t before = whole;
            carry_on(&run, &run.snapshot, true);
            TAP_OK(whole == before + 1, "%s: stop %zu, undamaged: carried on to its end",
                   name, n);
            change_words(&run);
            change_at_random(&run);
        }
        sample_end(&run);
    }
    TAP_OK(stops > 2 && refused > 10 * stops,
           "%s: %zu snapshots; of those changed %zu refused, %zu taken, %zu carried on, "
           "%zu to a trace that is read",
           name, stops, refused, taken, carried, whole);
    refused = taken = carried = whole = 0;
}

int main(void)
{
    random_begin();
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_run("f32", MANIFEST("f32", "{kind: adam, lr: 1e-2}"));
    test_run("fixed", MANIFEST("fixed", "{kind: sgd, lr: 1e-2, momentum: 0.5}"));
    return tap_done();
}
