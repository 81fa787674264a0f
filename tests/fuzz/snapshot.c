/* Snapshots: what is taken for the state of its run, stored again, is the same bytes; and
 * carried on it comes to its end, or is refused before, and the trace that it makes
 * agrees with itself or is refused. */
#include "fuzz.h"
#include "study_sample.h"

#include "base/endian.h"
#include "codec/digest.h"
#include "run/snapshot.h"

#define MANIFEST(arithmetic, optimizer, more)                                            \
    SAMPLE_HEAD("test/snapshots")                                                        \
    "run:\n  arithmetic: " arithmetic "\n  seed: 4\n" SAMPLE_DATA SAMPLE_NET             \
    "  train:\n    optimizer: " optimizer "\n    steps: 6\n"                             \
    "    checkpoints: {every: 3, state: last}\n"                                         \
    "    marks:\n      a: {metric: loss, below: 1e9}\n"                                  \
    "  llc:\n    - {at: {mark: a}, lr: 1e-6, localization: 1, num_chains: 2,\n"          \
    "       num_draws: 3, num_burnin_steps: 1, num_steps_bw_draws: 3000,\n"              \
    "       stein: true, " more "}\n"                                                    \
    "    - {at: checkpoints, from: 3, lr: 1e-6, localization: 1, num_draws: 2}\n"

static const char *const manifests[] = {
    MANIFEST("f32", "{kind: adam, lr: 1e-2}", "mala_acceptance: true"),
    MANIFEST("fixed", "{kind: sgd, lr: 1e-2, momentum: 0.5}", "mala_acceptance: true"),
    MANIFEST("f64", "{kind: sgd, lr: 1e-2}",
             "mala_acceptance: true, observables: {losses: {first: 3}}"),
    MANIFEST("f64", "{kind: sgd, lr: 1e-2}",
             "sampler: hmc, leapfrog_steps: 2, adapt: {}, observables: {energy: true}"),
    MANIFEST("f32", "{kind: sgd, lr: 1e-2}",
             "sampler: mala, nbeta: 9, tempering: {nbeta: [3, 1], lr: [1e-6, 1e-6]}")};
#define MANIFESTS 5
#define STOPS 12
#define HEAD 24 /* of a snapshot: magic and checksum */
#define CARRIED_ONE_IN 8 /* of those taken, by their checksum: each costs a run */

/* A run of each manifest, whole; and snapshots of it.  One byte before a snapshot says
 * which run it is of. */
static sample_run runs[MANIFESTS];
static slt_buffer seeds[MANIFESTS * STOPS];

static bool wants(void *context, uint64_t done)
{
    sample_run *run = (sample_run *)context;
    (void)done;
    return ++run->asked == run->stop_after;
}

static slt_status put_aside(void *context, const slt_execution *at,
                            const slt_trace_writer *writer, slt_error *err)
{
    sample_run *run = (sample_run *)context;
    slt_snapshot_place place = {.records = writer->records,
                                .written = writer->written,
                                .hash = writer->hashes[writer->records - 1]};
    slt_snapshot_store(at, &place, &run->snapshot);
    return slt_fail(err, SLT_INTERRUPTED, "stopped");
}

/* Stopped at one occasion; where it has no such, it is a seed of an earlier one. */
static void make_seed(size_t manifest, size_t stop)
{
    slt_error err = {0};
    slt_buffer *seed = &seeds[stop * MANIFESTS + manifest];
    sample_run run = sample_begin(manifests[manifest], 0);
    run.stop_after = 1 + stop;
    slt_execute_hooks hooks = {
        .context = &run, .record = sample_record, .wanted = wants, .pause = put_aside};
    slt_execute(&run.execution, run.canonical, run.canonical_size, &run.writer, NULL,
                &hooks, &err);
    const slt_buffer *from = run.snapshot.size ? &run.snapshot : seed - MANIFESTS;
    if (from == &run.snapshot)
        slt_buffer_byte(seed, (uint8_t)manifest);
    slt_buffer_append(seed, from->data, from->size);
    sample_end(&run);
}

static void begin(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < MANIFESTS; i++) {
        runs[i] = sample_begin(manifests[i], 0);
        sample_go(&runs[i], NULL);
        for (size_t stop = 0; stop < STOPS; stop++)
            make_seed(i, stop);
    }
}

static void seed(size_t n, slt_buffer *bytes)
{
    slt_buffer_append(bytes, seeds[n].data, seeds[n].size);
}

static void repair(slt_buffer *bytes)
{
    if (bytes->size < 1 + HEAD)
        return;
    slt_digest sum = slt_digest_of(bytes->data + 1 + HEAD, bytes->size - 1 - HEAD);
    memcpy(bytes->data + 1 + 8, sum.bytes, sizeof sum.bytes);
}

static void check_stored(const slt_execution *at, const slt_snapshot_place *place,
                         const uint8_t *bytes, size_t size)
{
    slt_buffer again = {0};
    slt_snapshot_store(at, place, &again);
    FUZZ_REQUIRE(fuzz_same(&again, bytes, size), "stored again it is other bytes");
    slt_buffer_free(&again);
}

/* The run goes on from what was loaded, as the program does. */
static bool carry_on(sample_run *run, const sample_run *from,
                     const slt_snapshot_place *place)
{
    size_t good;
    slt_error err = {0};
    slt_trace *trace = NULL;
    if (place->written > from->bytes.size ||
        slt_trace_writer_resume(&run->writer, from->bytes.data, (size_t)place->written,
                                &good, &err) ||
        good != place->written || run->writer.records != place->records ||
        slt_snapshot_check(&run->execution, &run->writer, &err))
        return false;
    slt_execute_hooks hooks = {.context = run, .record = sample_record};
    slt_buffer_append(&run->bytes, from->bytes.data, (size_t)place->written);
    slt_status status =
        slt_execute(&run->execution, from->canonical, from->canonical_size, &run->writer,
                    NULL, &hooks, &err);
    if (status) { /* of weights at which no chain can start */
        FUZZ_REFUSED(status, err, "llc ");
        FUZZ_REQUIRE(strstr(err.text, "where the chains start"), "%s", err.text);
        return false;
    }
    status = slt_trace_parse(run->bytes.data, run->bytes.size, "x", &trace, &err);
    if (status)
        FUZZ_REFUSED(status, err, "x: ");
    slt_trace_free(trace);
    return true;
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_snapshot_place place;
    slt_error err = {0};
    if (!size || bytes[0] >= MANIFESTS)
        return false;
    const sample_run *from = &runs[bytes[0]];
    sample_run run = {.spec = from->spec};
    if (slt_execution_create(run.spec, &run.execution, &err))
        tap_bail(err.text);
    slt_status status =
        slt_snapshot_load(bytes + 1, size - 1, &run.execution, &place, &err);
    bool taken = !status;
    if (status)
        FUZZ_REFUSED(status, err, "");
    else {
        check_stored(&run.execution, &place, bytes + 1, size - 1);
        if (bytes[1 + 8] % CARRIED_ONE_IN == 0)
            taken = carry_on(&run, from, &place);
    }
    slt_execution_free(&run.execution);
    slt_trace_writer_free(&run.writer);
    slt_buffer_free(&run.bytes);
    return taken;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_snapshot_place place;
    slt_execution at;
    if (!size || bytes[0] >= MANIFESTS)
        return SLT_FORMAT;
    slt_status status = slt_execution_create(runs[bytes[0]].spec, &at, NULL);
    if (status)
        return status;
    status = slt_snapshot_load(bytes + 1, size - 1, &at, &place, NULL);
    if (!status)
        slt_snapshot_store(&at, &place, said);
    slt_execution_free(&at);
    return status;
}

static const fuzz_target fuzz_this = {.name = "snapshot",
                                      .mutants = 500,
                                      .seeds = MANIFESTS * STOPS,
                                      .begin = begin,
                                      .seed = seed,
                                      .repair = repair,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
