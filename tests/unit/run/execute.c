/* run/execute.c, sample.c, snapshot.c: one run from its beginning to its end. */
#include "study_sample.h"

#include "base/endian.h"
#include "codec/digest.h"
#include "run/snapshot.h"

static slt_error err;

/* ---- What a trace holds ------------------------------------------------------------ */

static void test_order(void)
{
    static const uint64_t steps[] = {0, 3, 4, 8, 10};
    slt_trace *trace = sample_trace(SAMPLE_MANIFEST, 0);
    size_t at = 1;
    bool states = true;
    for (size_t i = 0; i < 5; i++, at++) {
        const slt_record *record = slt_trace_record(trace, at);
        TAP_OK(record->kind == SLT_RECORD_CHECKPOINT && record->step == steps[i],
               "checkpoint at step %" PRIu64, steps[i]);
        states &= record->has_state == (i == 4);
    }
    TAP_OK(states, "the state in the last checkpoint alone");
    for (size_t i = 0; i < 4; i++, at++) {
        const slt_record *record = slt_trace_record(trace, at);
        TAP_OK(record->kind == SLT_RECORD_CHAIN && record->llc == (i == 3) &&
                   record->chain == i % 3 && record->at_step == (i < 3 ? 10 : 4),
               "chain %zu", i);
    }
    TAP_OK(slt_trace_record(trace, at)->kind == SLT_RECORD_TABLE, "then the table");
    TAP_EQ_U64(slt_trace_records(trace), at + 2, "then the end");
    slt_trace_free(trace);
}

static void test_results(void)
{
    static const char *const names[] = {"loss",        "step",        "llc/mean",
                                        "llc/std",     "llc-chain/0", "llc-chain/1",
                                        "llc-chain/2", "llc2/mean",   "llc2-chain/0"};
    slt_trace *trace = sample_trace(SAMPLE_MANIFEST, 1);
    const slt_record *table = slt_trace_record(trace, slt_trace_records(trace) - 2);
    TAP_EQ_U64(table->result_count, 9, "results");
    for (size_t i = 0; i < 9 && i < table->result_count; i++)
        TAP_OK(quantity_is(&table->results[i].quantity, names[i]), "result %s", names[i]);
    TAP_OK(sample_result(trace, "step")->value.bits == slt_real_of(10).bits, "the step");
    TAP_OK(sample_result(trace, "loss")->value.bits ==
               slt_trace_record(trace, 5)->metrics[0].value.bits,
           "the loss is the last checkpoint's");
    TAP_OK(sample_last(trace)->status == SLT_RUN_DONE, "done");
    slt_trace_free(trace);
}

/* An estimate at a step starts from that checkpoint's weights. */
static void test_kept_weights(void)
{
    slt_trace *trace = sample_trace(SAMPLE_MANIFEST, 0);
    const slt_record *at4 = slt_trace_record(trace, 3),
                     *last = slt_trace_record(trace, 5);
    const slt_record *chain0 = slt_trace_record(trace, 6);
    const slt_record *chain3 = slt_trace_record(trace, 9);
    TAP_OK(chain3->init_loss.bits == at4->metrics[0].value.bits,
           "loss at w* of the estimate at step 4");
    TAP_OK(chain0->init_loss.bits == last->metrics[0].value.bits,
           "loss at w* of the estimate at the end");
    TAP_OK(slt_load_le64(chain3->losses) == at4->metrics[0].value.bits,
           "its first draw, on full data, is w* itself");
    TAP_OK(at4->metrics[0].value.bits != last->metrics[0].value.bits, "two places");
    slt_trace_free(trace);
}

/* ---- Stopping and ending ----------------------------------------------------------- */

#define STOP_MANIFEST(rule)                                                              \
    SAMPLE_HEAD("test/stop")                                                             \
    "run:\n  arithmetic: f64\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 40\n" rule               \
    "    checkpoints: {every: 5, state: last}\n"

static void test_stop_rule(void)
{
    slt_trace *trace =
        sample_trace(STOP_MANIFEST("    stop: {loss_below: 1e6, after: 10}\n"), 0);
    TAP_EQ_U64(slt_trace_records(trace), 5, "header, steps 5 and 10, table, end");
    const slt_record *five = slt_trace_record(trace, 1),
                     *ten = slt_trace_record(trace, 2);
    TAP_OK(five->step == 5 && !five->has_state, "step 5 without its state");
    TAP_OK(ten->step == 10 && ten->has_state,
           "a checkpoint that the stop rule makes the last holds its state");
    slt_trace_free(trace);
    trace = sample_trace(STOP_MANIFEST("    stop: {loss_below: 1e6, after: 12}\n"), 0);
    TAP_EQ_U64(slt_trace_records(trace), 6, "header, steps 5, 10, 12, table, end");
    TAP_OK(slt_trace_record(trace, 2)->step == 10 &&
               !slt_trace_record(trace, 2)->has_state,
           "step 10 is not the last");
    TAP_OK(slt_trace_record(trace, 3)->step == 12 &&
               slt_trace_record(trace, 3)->has_state,
           "step 12 is");
    slt_trace_free(trace);
}

/* The losses of all checkpoints are below, so the third in a row is the last. */
static void test_stop_by_metric(void)
{
    slt_trace *trace = sample_trace(
        STOP_MANIFEST("    stop: {metric: loss, below: 1e6, checkpoints: 3}\n"), 0);
    TAP_EQ_U64(slt_trace_records(trace), 6, "header, steps 5, 10 and 15, table, end");
    TAP_OK(!slt_trace_record(trace, 2)->has_state &&
               slt_trace_record(trace, 3)->has_state,
           "the last holds its state, as it is known to be the last");
    TAP_OK(slt_trace_record(trace, 5)->status == SLT_RUN_DONE &&
               slt_trace_record(trace, 5)->step == 15,
           "training is done at step 15");
    TAP_OK(slt_real_double(sample_result(trace, "step")->value) == 15, "result step");
    slt_trace_free(trace);
    trace = sample_trace(
        STOP_MANIFEST("    stop: {metric: loss, below: 1e6, after: 31}\n"), 0);
    TAP_EQ_U64(slt_trace_record(trace, slt_trace_records(trace) - 1)->step, 35,
               "not before step 31");
    slt_trace_free(trace);
    trace = sample_trace(STOP_MANIFEST("    stop: {metric: loss, at_least: 1e6}\n"), 0);
    slt_trace *without = sample_trace(STOP_MANIFEST(""), 0);
    TAP_EQ_U64(slt_trace_records(trace), slt_trace_records(without),
               "a rule that never holds");
    slt_trace_free(trace);
    slt_trace_free(without);
}

/* The rule decides after a checkpoint's step whether it was the last: both ways give the
 * same checkpoints. */
static void test_stop_rule_waits(void)
{
    slt_trace *with = sample_trace(STOP_MANIFEST("    stop: {loss_below: 1e-300}\n"), 0);
    slt_trace *without = sample_trace(STOP_MANIFEST(""), 0);
    bool same = slt_trace_records(with) == slt_trace_records(without);
    for (size_t i = 1; same && i + 2 < slt_trace_records(with); i++) {
        const slt_record *a = slt_trace_record(with, i),
                         *b = slt_trace_record(without, i);
        same =
            a->step == b->step && a->has_state == b->has_state &&
            !memcmp(&a->tensors[0].hash, &b->tensors[0].hash, sizeof a->tensors[0].hash);
    }
    TAP_OK(same, "a stop rule that never holds changes no checkpoint");
    slt_trace_free(with);
    slt_trace_free(without);
}

#define ENDS_MANIFEST(lr, llc_lr)                                                        \
    SAMPLE_HEAD("test/ends")                                                             \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: sgd, lr: " lr "}\n    steps: 400\n"                 \
    "    checkpoints: {every: 2}\n"                                                      \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: " llc_lr ", localization: 1, num_chains: 2, num_draws: 400}\n"

static void test_diverged_training(void)
{
    slt_trace *trace = sample_trace(ENDS_MANIFEST("1e3", "1e-4"), 0);
    size_t records = slt_trace_records(trace);
    const slt_record *end = sample_last(trace);
    const slt_record *checkpoint = slt_trace_record(trace, records - 3);
    TAP_OK(end->status == SLT_RUN_DIVERGED, "training diverged");
    TAP_OK(checkpoint->kind == SLT_RECORD_CHECKPOINT && checkpoint->step <= end->step &&
               checkpoint->step + 2 >= end->step,
           "its last checkpoint is the last one that it passed");
    TAP_OK(!sample_result(trace, "llc/mean"), "no estimate");
    TAP_OK(sample_result(trace, "step")->value.bits ==
               slt_real_of((double)end->step).bits,
           "the table tells the step");
    slt_trace_free(trace);
}

static void test_diverged_chain(void)
{
    slt_trace *trace = sample_trace(ENDS_MANIFEST("1e-3", "1e4"), 0);
    size_t records = slt_trace_records(trace);
    const slt_record *chain = slt_trace_record(trace, records - 3);
    TAP_OK(sample_last(trace)->status == SLT_RUN_DIVERGED, "a chain diverged");
    TAP_OK(chain->kind == SLT_RECORD_CHAIN && chain->chain == 1 &&
               chain->chain_status == SLT_RUN_DIVERGED && chain->loss_count < 400,
           "its record holds the draws before");
    TAP_OK(sample_result(trace, "llc/mean") &&
               !slt_real_finite(sample_result(trace, "llc/mean")->value),
           "llc/mean is nil");
    TAP_OK(!sample_result(trace, "llc-chain/0"), "and no other result of it");
    slt_trace_free(trace);
}

/* ---- Interruptions ----------------------------------------------------------------- */

static bool wants(void *context, uint64_t done)
{
    sample_run *run = context;
    (void)done;
    return run->stop_after && ++run->asked % run->stop_after == 0;
}

static slt_status put_aside(void *context, const slt_execution *at,
                            const slt_trace_writer *writer, slt_error *error)
{
    sample_run *run = context;
    slt_snapshot_place place = {.records = writer->records,
                                .written = writer->written,
                                .hash = writer->hashes[writer->records - 1]};
    slt_buffer_clear(&run->snapshot);
    slt_snapshot_store(at, &place, &run->snapshot);
    return slt_fail(error, SLT_INTERRUPTED, "stopped");
}

/* Execution and writer made anew from the snapshot and the bytes of the trace. */
static bool restore(sample_run *run)
{
    slt_snapshot_place place;
    size_t good;
    slt_execution_free(&run->execution);
    slt_trace_writer_free(&run->writer);
    if (slt_execution_create(run->spec, &run->execution, &err) ||
        slt_snapshot_load(run->snapshot.data, run->snapshot.size, &run->execution, &place,
                          &err) ||
        slt_trace_writer_resume(&run->writer, run->bytes.data, (size_t)place.written,
                                &good, &err) ||
        slt_snapshot_check(&run->execution, &run->writer, &err))
        return false;
    return good == place.written && run->bytes.size == place.written;
}

/* Runs with a stop at every n-th occasion; how often it was stopped. */
static size_t run_in_pieces(sample_run *run, size_t n)
{
    slt_execute_hooks hooks = {
        .context = run, .record = sample_record, .wanted = wants, .pause = put_aside};
    size_t stops = 0;
    run->stop_after = n;
    while (slt_execute(&run->execution, run->canonical, run->canonical_size, &run->writer,
                       NULL, &hooks, &err) == SLT_INTERRUPTED) {
        if (!restore(run))
            return SIZE_MAX;
        if (++stops > 40)
            run->stop_after = 0;
    }
    return stops;
}

/* Chains of thousands of updates, so that sampling too has occasions to stop. */
#define LONG_MANIFEST(arithmetic)                                                        \
    SAMPLE_HEAD("test/long")                                                             \
    "run:\n  arithmetic: " arithmetic "\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET             \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 12\n"                   \
    "    stop: {loss_below: 1e-300}\n    checkpoints: {every: 4, state: last}\n"         \
    "  llc:\n"                                                                           \
    "    - {at: 4, lr: 1e-4, localization: 1, num_chains: 3, num_draws: 60,\n"           \
    "       num_steps_bw_draws: 200, sampler: rmsprop-sgld}\n"                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 60,\n"        \
    "       num_steps_bw_draws: 200, mala_acceptance: true, stein: true}\n"

/* Stopped by a metric, which a resumed run has to count on from. */
#define ENOUGH_MANIFEST                                                                  \
    SAMPLE_HEAD("test/enough")                                                           \
    "run:\n  arithmetic: f32\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 90\n"                   \
    "    stop: {metric: metric/wave, below: 1, checkpoints: 4, after: 13}\n"             \
    "    metrics: {wave: {kind: ipr, weight: W1}, size: {kind: norm, weight: W2},\n"     \
    "      other: {kind: loss, loss: {op: mse, in: y, mean_over: []}}}\n"                \
    "    checkpoints: {every: 4, at: [0], state: last}\n"                                \
    "  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: "     \
    "60,\n"                                                                              \
    "       num_steps_bw_draws: 200}\n"

/* Restricted chains, and probes of the Hessian at both estimates. */
#define PROBED_MANIFEST                                                                  \
    SAMPLE_HEAD("test/probed")                                                           \
    "run:\n  arithmetic: f32\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train: {optimizer: {kind: adam, lr: 1e-2}, steps: 12}\n"                          \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 60,\n"        \
    "       num_steps_bw_draws: 200, restrict: orthogonal, hessian_probes: 5}\n"         \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 6,\n"                        \
    "       hessian_probes: 3, hessian_method: exact}\n"

static void test_probed_results(void)
{
    slt_trace *trace = sample_trace(PROBED_MANIFEST, 0);
    const slt_result *first = sample_result(trace, "hessian/trace");
    const slt_result *second = sample_result(trace, "hessian2/trace");
    TAP_OK(first && second && slt_real_double(first->value) > 0 &&
               slt_real_double(second->value) > 0 &&
               first->value.bits != second->value.bits,
           "hessian/trace and hessian2/trace, by probes of their own");
    TAP_OK(sample_result(trace, "llc-chain/1") + 1 == first,
           "after the estimate's other results");
    slt_trace_free(trace);
}

/* Chains with replicas, which a resumed run goes on from. */
#define TEMPERED_MANIFEST(arithmetic)                                                    \
    SAMPLE_HEAD("test/tempered")                                                         \
    "run:\n  arithmetic: " arithmetic "\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET             \
    "  train: {optimizer: {kind: adam, lr: 1e-2}, steps: 12}\n"                          \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-2, localization: 1, num_chains: 2, num_draws: 30,\n"        \
    "       num_steps_bw_draws: 200, sampler: mala, nbeta: 9,\n"                         \
    "       tempering: {nbeta: [3, 1], lr: [2e-2, 5e-2], every: 3}}\n"                   \
    "    - {at: last, lr: 1e-3, localization: 1, num_draws: 30, nbeta: 9,\n"             \
    "       num_steps_bw_draws: 50, sampler: hmc, tempering: {nbeta: [3], lr: "          \
    "[1e-2]}}\n"

/* Weights kept at a mark and at each of several checkpoints must survive a stop. */
#define KEPT_MANIFEST                                                                    \
    SAMPLE_HEAD("test/kept")                                                             \
    "run:\n  arithmetic: fixed\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET                      \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 12\n"                    \
    "    checkpoints: {every: 4, at: [3], state: last}\n"                                \
    "    marks:\n      a: {metric: loss, below: 1e9, every: 4}\n"                        \
    "      b: {metric: loss, below: 1e8, every: 3}\n"                                    \
    "  llc:\n"                                                                           \
    "    - {at: checkpoints, from: 3, lr: 1e-4, localization: 1, num_chains: 2,\n"       \
    "       num_draws: 30, num_steps_bw_draws: 200, sampler: rmsprop-sgld}\n"            \
    "    - {at: {mark: b}, lr: 1e-4, localization: 1, num_draws: 30,\n"                  \
    "       num_steps_bw_draws: 200, when: {mark: a}}\n"

/* The same at a list of steps, of which the stop rule cuts off the later ones, with one
 * at the last that is none of them; and at steps in equal ratios. */
#define LISTED_MANIFEST                                                                  \
    SAMPLE_HEAD("test/listed")                                                           \
    "run:\n  arithmetic: f64\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 40\n"                    \
    "    stop: {metric: loss, below: 1e9, after: 14}\n"                                  \
    "    checkpoints: {every: 2, at: [0, 3], state: {every: 6}}\n"                       \
    "  llc:\n"                                                                           \
    "    - {at: [0, 3, 6, 20, last], lr: 1e-4, localization: 1, num_chains: 2,\n"        \
    "       num_draws: 30, num_steps_bw_draws: 200, store_losses: last}\n"               \
    "    - {at: {from: 2, to: 38, count: 5}, lr: 1e-4, localization: 1, num_draws: "     \
    "30,\n"                                                                              \
    "       num_steps_bw_draws: 200, hessian_probes: 2}\n"

/* 2, 4.2, 8.7, 18.2 and 38 are rounded to 2, 4, 8, 18 and 38. */
static void test_listed(void)
{
    static const char *const there[] = {"llc/mean@0",  "llc/mean@3",  "llc/mean@6",
                                        "llc/mean@14", "llc2/mean@2", "llc2/mean@4",
                                        "llc2/mean@8", "llc/mean",    "llc2/mean"};
    static const char *const not_there[] = {"llc/mean@20", "llc/mean@4", "llc2/mean@14",
                                            "llc2/mean@18", "llc-chain/2"};
    slt_trace *trace = sample_trace(LISTED_MANIFEST, 0);
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        TAP_OK(sample_result(trace, there[i]), "%s", there[i]);
    for (size_t i = 0; i < sizeof not_there / sizeof *not_there; i++)
        TAP_OK(!sample_result(trace, not_there[i]), "no %s", not_there[i]);
    TAP_OK(sample_result(trace, "llc2/mean")->value.bits ==
               sample_result(trace, "llc2/mean@8")->value.bits,
           "the last that was reached gives the result without a step");
    slt_trace_free(trace);
}

/* A stop after a mark between checkpoints, and a mark of the last of them. */
#define AFTER_MANIFEST                                                                   \
    SAMPLE_HEAD("test/after")                                                            \
    "run:\n  arithmetic: f64\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 40\n"                   \
    "    stop: {mark: a, steps: 7}\n"                                                    \
    "    checkpoints: {every: 4, state: last}\n"                                         \
    "    marks:\n      a: {metric: loss, below: 1e9, every: 8}\n"                        \
    "      b: {metric: loss, above: 0, which: last, every: 4}\n"                         \
    "  llc:\n"                                                                           \
    "    - {at: {mark: a}, lr: 1e-4, localization: 1, num_draws: 30,\n"                  \
    "       num_steps_bw_draws: 200, when: {mark: a, then: b, apart: 3}}\n"              \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 6}\n"

static void test_after(void)
{
    slt_trace *trace = sample_trace(AFTER_MANIFEST, 0);
    TAP_OK(slt_real_double(sample_result(trace, "step")->value) == 15 &&
               slt_real_double(sample_result(trace, "mark/a")->value) == 8,
           "seven updates after the mark");
    TAP_OK(slt_real_double(sample_result(trace, "mark/b")->value) == 12,
           "the last multiple of 4");
    TAP_OK(sample_result(trace, "llc/mean"), "later than the first by more than 3");
    slt_trace_free(trace);
}

/* Stopped between trials and between updates of one; more blocks than are under way at
 * once. */
#define TRIALS_MANIFEST                                                                  \
    SAMPLE_HEAD("test/trials")                                                           \
    "run:\n  arithmetic: f32\n  seed: 3\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 1\n"                    \
    "    checkpoints: {at: [0]}\n"                                                       \
    "    marks:\n      a: {metric: loss, below: 0.3}\n"                                  \
    "  trials:\n    count: 107\n    block: 3\n    tally:\n"                              \
    "      a: {kind: count, of: mark/a}\n"                                               \
    "      b: {kind: sum, of: loss}\n"                                                   \
    "      c: {kind: histogram, of: loss, from: 0, to: 1, bins: 3}\n"                    \
    "      d: {kind: curve, of: loss}\n"

/* A sum that is no number ends the run before its block. */
static void test_infinite_sum(void)
{
    slt_trace *trace = sample_trace(
        SAMPLE_HEAD("test/infinite") "run:\n  arithmetic: f64\n  seed: 3\n"
                                     "  data: {kind: linear-teacher, samples: 2, inputs: "
                                     "1, outputs: 1, rank: 1}\n"
                                     "  model:\n    weights: {W: {shape: [1, 1], init: "
                                     "{kind: normal, std: 1e80}}}\n"
                                     "    ops: [{op: linear, in: x, weight: W, out: y}]\n"
                                     "    loss: {op: mse, in: y}\n"
                                     "  trials: {count: 6, block: 2, tally: {a: {kind: "
                                     "sum, of: loss}}}\n",
        0);
    TAP_OK(sample_last(trace)->status == SLT_RUN_DIVERGED && !sample_last(trace)->step &&
               slt_trace_records(trace) == 3,
           "an infinite sum of squares: no block");
    slt_trace_free(trace);
}

static void test_pieces(const char *manifest, const char *name)
{
    slt_buffer whole = sample_bytes(manifest, 0, NULL);
    const size_t least = tap_times(1, 3), most = tap_times(5, 3);
    for (size_t n = least; n <= most; n += 2) {
        sample_run run = sample_begin(manifest, 0);
        size_t stops = run_in_pieces(&run, n);
        TAP_OK(stops != SIZE_MAX && stops >= 2, "%s: stopped %zu times", name, stops);
        TAP_OK(run.bytes.size == whole.size &&
                   !memcmp(run.bytes.data, whole.data, whole.size),
               "%s: the same bytes in pieces of %zu", name, n);
        sample_end(&run);
    }
    slt_buffer_free(&whole);
}

static void test_threads(const char *manifest)
{
    slt_pool *pool = NULL;
    slt_buffer one = sample_bytes(manifest, 0, NULL);
    if (slt_pool_create(3, &pool, &err))
        tap_bail(err.text);
    slt_buffer three = sample_bytes(manifest, 0, pool);
    TAP_OK(one.size == three.size && !memcmp(one.data, three.data, one.size),
           "three threads, the same bytes");
    slt_buffer_free(&one);
    slt_buffer_free(&three);
    slt_pool_free(pool);
}

/* ---- Snapshots that are none ------------------------------------------------------- */

static void test_bad_snapshots(void)
{
    sample_run run = sample_begin(LONG_MANIFEST("f32"), 0);
    slt_execute_hooks hooks = {
        .context = &run, .record = sample_record, .wanted = wants, .pause = put_aside};
    run.stop_after = 6;
    slt_status status = slt_execute(&run.execution, run.canonical, run.canonical_size,
                                    &run.writer, NULL, &hooks, &err);
    TAP_OK(status == SLT_INTERRUPTED && run.snapshot.size > 100, "a snapshot");
    size_t accepted = 0;
    slt_snapshot_place place;
    for (size_t bit = 0; bit < 8 * run.snapshot.size; bit += 7) {
        slt_execution fresh;
        slt_execution_create(run.spec, &fresh, &err);
        run.snapshot.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        accepted += !slt_snapshot_load(run.snapshot.data, run.snapshot.size, &fresh,
                                       &place, &err);
        run.snapshot.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        slt_execution_free(&fresh);
    }
    TAP_EQ_U64(accepted, 0, "no snapshot with a flipped bit is taken");
    for (size_t size = 0; size < run.snapshot.size; size += 3) {
        slt_execution fresh;
        slt_execution_create(run.spec, &fresh, &err);
        accepted += !slt_snapshot_load(run.snapshot.data, size, &fresh, &place, &err);
        slt_execution_free(&fresh);
    }
    TAP_EQ_U64(accepted, 0, "no snapshot that was cut is taken");
    sample_end(&run);
}

/* The snapshot of the first stop at which there is a metric, "loss". */
static void stop_with_metric(sample_run *run)
{
    for (size_t n = 2; n < 12; n++) {
        *run = sample_begin(LONG_MANIFEST("f32"), 0);
        slt_execute_hooks hooks = {
            .context = run, .record = sample_record, .wanted = wants, .pause = put_aside};
        run->stop_after = n;
        slt_execute(&run->execution, run->canonical, run->canonical_size, &run->writer,
                    NULL, &hooks, &err);
        if (run->snapshot.size &&
            memmem(run->snapshot.data, run->snapshot.size, "loss", 5))
            return;
        sample_end(run);
    }
    tap_bail("no snapshot with a metric");
}

/* Nothing may stand behind a name: a snapshot is what is stored of what is loaded. */
static void test_stray_byte(void)
{
    sample_run run;
    slt_snapshot_place place;
    stop_with_metric(&run);
    slt_buffer *bytes = &run.snapshot;
    uint8_t *name = memmem(bytes->data, bytes->size, "loss", 5);
    for (uint8_t stray = 0; stray < 2; stray++) {
        slt_execution fresh;
        name[8] = stray;
        slt_digest sum = slt_digest_of(bytes->data + 24, bytes->size - 24);
        memcpy(bytes->data + 8, sum.bytes, sizeof sum.bytes);
        slt_execution_create(run.spec, &fresh, &err);
        slt_status status =
            slt_snapshot_load(bytes->data, bytes->size, &fresh, &place, &err);
        TAP_OK(stray ? status == SLT_FORMAT : !status, "%u behind a name: %s", stray,
               stray ? "refused" : "taken");
        slt_execution_free(&fresh);
    }
    sample_end(&run);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_order();
    test_results();
    test_kept_weights();
    test_stop_rule();
    test_stop_by_metric();
    test_stop_rule_waits();
    test_diverged_training();
    test_diverged_chain();
    test_pieces(LONG_MANIFEST("f32"), "f32");
    test_pieces(LONG_MANIFEST("f64"), "f64");
    test_listed();
    test_pieces(LISTED_MANIFEST, "lists of steps");
    test_after();
    test_pieces(AFTER_MANIFEST, "a stop after a mark");
    test_pieces(ENOUGH_MANIFEST, "stopped by a metric");
    test_pieces(KEPT_MANIFEST, "kept weights");
    test_pieces(TRIALS_MANIFEST, "trials");
    test_infinite_sum();
    test_pieces(SAMPLE_MANIFEST, "mini batches");
    test_probed_results();
    test_pieces(PROBED_MANIFEST, "restricted, with probes");
    test_pieces(TEMPERED_MANIFEST("f32"), "replicas");
    test_pieces(TEMPERED_MANIFEST("fixed"), "replicas in fixed point");
    test_threads(LONG_MANIFEST("f32"));
    test_threads(SAMPLE_MANIFEST);
    test_threads(TRIALS_MANIFEST);
    test_bad_snapshots();
    test_stray_byte();
    return tap_done();
}
