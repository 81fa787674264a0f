/* run/snapshot_check.c: an execution as a snapshot gives it back stands; with one of
 * its numbers wrong it does not, and that is named. */
#include "study_sample.h"

#include "run/snapshot.h"

#define MANIFEST(arithmetic)                                                             \
    SAMPLE_HEAD("test/snapshot")                                                         \
    "run:\n  arithmetic: " arithmetic "\n  seed: 4\n" SAMPLE_DATA SAMPLE_NET             \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 12\n"                   \
    "    checkpoints: {every: 3, state: last}\n"                                         \
    "    marks:\n      a: {metric: loss, below: 1e9}\n"                                  \
    "      b: {metric: loss, below: 1e-30}\n"                                            \
    "    metrics:\n      size: {kind: norm, weight: W1}\n"                               \
    "  llc:\n    - {at: {mark: a}, lr: 1e-6, localization: 1, num_chains: 2,\n"          \
    "       num_draws: 4, num_burnin_steps: 2, num_steps_bw_draws: 6000,\n"              \
    "       mala_acceptance: true, stein: true,\n"                                       \
    "       observables: {losses: {first: 3, every: 2}, metrics: [size]}}\n"             \
    "    - {at: checkpoints, from: 9, lr: 1e-6, localization: 1, num_draws: 4}\n"

static slt_error err;
static const slt_real nan_real = {UINT64_C(0x7ff8000000000000)};

/* Stops where the phase is, with a checkpoint written. */
typedef struct stop {
    sample_run run;
    slt_phase phase;
    slt_trace_order order;
} stop;

static bool wants(void *context, uint64_t done)
{
    (void)context;
    (void)done;
    return true;
}

static slt_status put_aside(void *context, const slt_execution *at,
                            const slt_trace_writer *writer, slt_error *error)
{
    stop *s = (stop *)context;
    const bool under_way = at->chain_count && at->chains[1].draws > 1;
    if (at->phase != s->phase || !at->has_checkpoint ||
        (s->phase == SLT_PHASE_SAMPLE && !under_way))
        return SLT_OK;
    slt_snapshot_place place = {.records = writer->records,
                                .written = writer->written,
                                .hash = writer->hashes[writer->records - 1]};
    slt_snapshot_store(at, &place, &s->run.snapshot);
    return slt_fail(error, SLT_INTERRUPTED, "stopped");
}

static slt_status take_record(void *context, slt_trace_writer *writer, slt_error *error)
{
    return sample_record(&((stop *)context)->run, writer, error);
}

static stop stop_in(const char *manifest, slt_phase phase)
{
    stop s = {.run = sample_begin(manifest, 0), .phase = phase};
    slt_error ignored;
    slt_execute_hooks hooks = {
        .context = &s, .record = take_record, .wanted = wants, .pause = put_aside};
    if (slt_execute(&s.run.execution, s.run.canonical, s.run.canonical_size,
                    &s.run.writer, NULL, &hooks, &ignored) != SLT_INTERRUPTED)
        tap_bail("the run was not stopped");
    return s;
}

typedef enum change {
    NOTHING,
    STEP,
    WEIGHT,
    POWER,
    PHASE,
    NO_CHECKPOINT,
    OTHER_CHECKPOINT,
    METRIC_NAME,
    METRIC_NAN,
    FEWER_METRICS,
    MARK_LATER,
    MARK_STEP,
    ROW_OF_NONE,
    ROW_TOO_LONG,
    ROW_OVER,
    STOPPED_EARLY,
    KEPT_STEP,
    KEPT_WEIGHT,
    STATUS,
    LLC,
    END,
    RESULT,
    PLACE,
    WRITTEN,
    CHAIN_LOSS,
    CHAIN_DRAWS,
    CHAIN_UPDATES,
    CHAIN_WEIGHT,
    CHAIN_ENDED,
    CHAIN_STATUS,
    CHAIN_OVERFLOW,
    CHAIN_ACCEPTANCE,
    CHAIN_PULL,
    CHAIN_SQUARE,
    CHAIN_SHORT,
    CHAIN_STEP_SIZE,
    CHAIN_EXCHANGES,
    BESIDE_NAN,
    BESIDE_BELOW,
    BEHIND_CHAINS,
    BEHIND_TABLE,
    NO_RECORDS,
    STEP_BACK,
    NOTHING_BEFORE,
    TRAIN_AGAIN,
    WRITTEN_EARLY,
    WRITTEN_LLC,
    WRITTEN_STEP,
    WRITTEN_CHAIN,
    NONE_HELD
} change;

static void spoil(slt_tensor *tensor)
{
    if (tensor->arithmetic == SLT_FIXED)
        tensor->frac = 40;
    else
        memset(tensor->data, 0xff, slt_arithmetic_size(tensor->arithmetic));
}

/* Chain 0 at its end and written, as its record says. */
static void write_first(slt_execution *at, slt_trace_writer *writer)
{
    slt_chain *chain = &at->chains[0];
    chain->ended = true;
    chain->updates = slt_llc_updates(&at->run->llc[0]);
    chain->draws = at->run->llc[0].num_draws;
    at->chains_written = 1;
    writer->order.kind = SLT_RECORD_CHAIN;
    writer->order.at_step = at->kept.steps[0];
}

static void drop_chains(slt_execution *at)
{
    for (size_t i = 0; i < at->chain_count; i++)
        slt_chain_free(&at->chains[i]);
    at->chain_count = 0;
}

static void apply(change what, slt_execution *at, slt_trace_writer *writer)
{
    slt_chain *chain = at->chain_count ? &at->chains[0] : NULL;
    switch (what) {
    case NOTHING:
        break;
    case STEP:
        at->state.step = 13;
        break;
    case WEIGHT:
        spoil(&at->state.weights.tensor[1]);
        break;
    case POWER:
        at->state.powers[1] = slt_real_of(1.5);
        break;
    case PHASE:
        at->phase = SLT_PHASE_CLOSE;
        break;
    case NO_CHECKPOINT:
        at->has_checkpoint = false;
        break;
    case OTHER_CHECKPOINT:
        at->checkpoint_step++;
        break;
    case METRIC_NAME:
        at->metrics.list[0].quantity.kind = SLT_QUANTITY_ACCURACY;
        break;
    case METRIC_NAN:
        at->metrics.list[0].value = nan_real;
        break;
    case FEWER_METRICS:
        at->metrics.count = 0;
        break;
    case MARK_LATER:
        at->marks.step[0] = 100;
        break;
    case MARK_STEP:
        at->marks.step[1] = 3;
        break;
    case ROW_OF_NONE:
        at->marks.in_a_row = 0;
        break;
    case ROW_TOO_LONG:
        at->marks.in_a_row = 5;
        break;
    case ROW_OVER:
        at->marks.in_a_row = 2;
        break;
    case STOPPED_EARLY:
        at->marks.in_a_row = 1;
        break;
    case KEPT_STEP:
        at->kept.steps[0] = 1;
        break;
    case KEPT_WEIGHT:
        memset(at->kept.bytes.data, 0xff, 8);
        break;
    case STATUS:
        at->status = SLT_RUN_DIVERGED;
        break;
    case LLC:
        at->llc = 1;
        break;
    case END:
        at->end_step = 5;
        break;
    case RESULT:
        slt_results_add(&at->results, quantity_of("llc/mean"), slt_real_of(1));
        break;
    case PLACE:
        at->place = 3;
        break;
    case WRITTEN:
        write_first(at, writer);
        writer->order.kind = SLT_RECORD_CHECKPOINT;
        break;
    case WRITTEN_EARLY:
        at->chains_written = 1;
        break;
    case WRITTEN_LLC:
        write_first(at, writer);
        writer->order.llc = 1;
        break;
    case WRITTEN_STEP:
        write_first(at, writer);
        writer->order.at_step++;
        break;
    case WRITTEN_CHAIN:
        write_first(at, writer);
        writer->order.chain = 1;
        break;
    case NONE_HELD:
        drop_chains(at);
        at->chains_written = 1;
        break;
    case STEP_BACK:
        at->state.step = 2;
        break;
    case TRAIN_AGAIN:
        at->phase = SLT_PHASE_TRAIN;
        break;
    case NOTHING_BEFORE:
        writer->order.kind = SLT_RECORD_HEADER;
        at->has_checkpoint = false;
        at->checkpoint_step = 0;
        at->metrics.count = 0;
        at->marks = (slt_marks){0};
        break;
    case CHAIN_LOSS:
        chain->losses[0] = nan_real;
        break;
    case CHAIN_DRAWS:
        chain->draws++;
        break;
    case CHAIN_UPDATES:
        chain->updates = 1000000;
        break;
    case CHAIN_WEIGHT:
        spoil(&chain->weights.tensor[0]);
        break;
    case CHAIN_ENDED:
        chain->ended = true;
        break;
    case CHAIN_STATUS:
        chain->status = SLT_CHAIN_DIVERGED;
        break;
    case CHAIN_OVERFLOW:
        chain->status = SLT_CHAIN_OVERFLOW;
        chain->ended = true;
        break;
    case CHAIN_EXCHANGES:
        at->chains[0].exchange_sum[1] = slt_real_of(-1);
        break;
    case CHAIN_ACCEPTANCE:
        chain->acceptance_sum = slt_real_of(1e9);
        break;
    case CHAIN_PULL:
        chain->stein.pull[3] = slt_real_of(-1);
        break;
    case CHAIN_SQUARE:
        chain->stein.square[15] = slt_real_of(-1);
        break;
    case CHAIN_SHORT:
        chain->adapted.error = slt_real_of(-1.5);
        break;
    case CHAIN_STEP_SIZE:
        chain->adapted.log_step = nan_real;
        break;
    case BESIDE_NAN:
        memset(chain->slots.slot[0].tensor[1].data, 0xff, sizeof(float));
        break;
    case BESIDE_BELOW:
        ((float *)chain->slots.slot[0].tensor[1].data)[2] = -0x1p-149f;
        break;
    case BEHIND_CHAINS:
        writer->order.kind = SLT_RECORD_CHAIN;
        writer->order.llc = 5;
        break;
    case BEHIND_TABLE:
        writer->order.kind = SLT_RECORD_TABLE;
        break;
    case NO_RECORDS:
        writer->records = 0;
        break;
    }
}

/* The run of a stop as its snapshot gives it back, with one thing changed. */
static slt_status check_changed(const stop *s, change what)
{
    slt_execution at;
    slt_trace_writer writer;
    slt_snapshot_place place;
    size_t good;
    err.text[0] = 0;
    if (slt_execution_create(s->run.spec, &at, &err) ||
        slt_snapshot_load(s->run.snapshot.data, s->run.snapshot.size, &at, &place,
                          &err) ||
        slt_trace_writer_resume(&writer, s->run.bytes.data, (size_t)place.written, &good,
                                &err))
        tap_bail(err.text);
    apply(what, &at, &writer);
    slt_status status = slt_snapshot_check(&at, &writer, &err);
    if (what == NO_RECORDS)
        writer.records = place.records;
    slt_trace_writer_free(&writer);
    slt_execution_free(&at);
    return status;
}

typedef struct expected {
    change what;
    const char *words;
} expected;

static const expected training[] = {
    {STEP, "expected a step up to 12, found 13"},
    {WEIGHT, "tensor W2: expected "},
    {POWER, "expected powers from 0 to 1"},
    {PHASE, "phase: nothing is left to do"},
    {NO_CHECKPOINT, "has_checkpoint: expected 1, found 0"},
    {OTHER_CHECKPOINT, "checkpoint: expected 3, found 4"},
    {METRIC_NAME, "metrics: expected a number loss"},
    {METRIC_NAN, "metrics: expected a number loss"},
    {FEWER_METRICS, "metrics: expected 2, found 0"},
    {MARK_LATER, "mark a: expected no step beyond the last checkpoint"},
    {MARK_STEP, "mark b: expected no step"},
    {KEPT_STEP, "weights kept of step 1: no estimate is made there"},
    {KEPT_WEIGHT, "weights kept of step 3: expected finite numbers"},
    {STATUS, "status: expected 0, found 1"},
    {LLC, "llc: expected 0, found 1"},
    {PLACE, "place: expected 0, found 3"},
    {RESULT, "results: expected 0, found 1"},
    {END, "end: expected 0, found 5"},
    {BEHIND_CHAINS, "training behind chains"},
    {BEHIND_TABLE, "the trace has its table already"},
    {NO_RECORDS, "no records"},
    {STEP_BACK, "step: expected at least that of the checkpoint, 3, found 2"},
    {NOTHING_BEFORE, "kept weights of no checkpoint"},
};

static const expected sampling[] = {
    {STEP, "expected a step up to 12, found 13"},
    {END, "end: expected 12, found 5"},
    {PLACE, "place: expected one of 1, found 3"},
    {WRITTEN, "chains written that are not there"},
    {WRITTEN_EARLY, "chain 0: written before its end"},
    {WRITTEN_LLC, "llc: expected 1, found 0"},
    {WRITTEN_STEP, "step of the chains: expected "},
    {WRITTEN_CHAIN, "chains written: expected 2, found 1"},
    {NONE_HELD, "chains written, none held"},
    {TRAIN_AGAIN, "chains: expected 0, found 2"},
    {STEP_BACK, "step: expected 12, found 2"},
    {CHAIN_LOSS, "chain 0: expected finite losses"},
    {CHAIN_DRAWS, "chain 0: draws: expected 2, found 3"},
    {CHAIN_UPDATES, "chain 0: updates: expected at most 18002, found 1000000"},
    {CHAIN_WEIGHT, "chain 0: expected finite weights"},
    {CHAIN_ENDED, "chain 0: updates: expected "},
    {CHAIN_STATUS, "chain 0: a status before its end"},
    {CHAIN_ACCEPTANCE, "chain 0: acceptance beyond [0, 1]"},
    {CHAIN_PULL, "chain 0: a sum of squares below 0"},
    {CHAIN_SQUARE, "chain 0: a sum of squares below 0"},
    {CHAIN_SHORT, "chain 0: an acceptance that falls short by more than 1"},
    {CHAIN_STEP_SIZE, "chain 0: expected finite step sizes"},
    {BEHIND_CHAINS, "the next chain: expected chains in rising order"},
    {BEHIND_TABLE, "the trace has its table already"},
};

static void test_phase(const char *arithmetic, const stop *s, const expected *list,
                       size_t count)
{
    TAP_OK(check_changed(s, NOTHING) == SLT_OK, "%s: as it was left: %s", arithmetic,
           err.text);
    for (size_t i = 0; i < count; i++)
        if (!TAP_OK(check_changed(s, list[i].what) == SLT_FORMAT &&
                        strstr(err.text, list[i].words),
                    "%s: %s", arithmetic, list[i].words))
            tap_note("said '%s'", err.text);
}

static void test_arithmetic(const char *arithmetic, const char *manifest)
{
    stop train = stop_in(manifest, SLT_PHASE_TRAIN);
    stop sample = stop_in(manifest, SLT_PHASE_SAMPLE);
    test_phase(arithmetic, &train, training, sizeof training / sizeof *training);
    test_phase(arithmetic, &sample, sampling, sizeof sampling / sizeof *sampling);
    if (strcmp(arithmetic, "fixed"))
        TAP_OK(check_changed(&sample, CHAIN_OVERFLOW) == SLT_FORMAT &&
                   strstr(err.text, "overflow without fixed point"),
               "%s: an overflow", arithmetic);
    else
        TAP_OK(check_changed(&sample, CHAIN_OVERFLOW) == SLT_OK, "fixed: an overflow");
    for (size_t i = 0; i < sample.run.spec->llc_count; i++)
        sample.run.spec->llc[i].prior.given = true;
    TAP_OK(check_changed(&sample, CHAIN_PULL) == SLT_OK,
           "%s: with a prior the pull is no sum of squares: %s", arithmetic, err.text);
    sample_end(&train.run);
    sample_end(&sample.run);
}

/* Training that a metric stops, at the second checkpoint, step 6; then chains that keep
 * squares beside their weights. */
#define ENOUGH                                                                           \
    SAMPLE_HEAD("test/enough")                                                           \
    "run:\n  arithmetic: f32\n  seed: 4\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 12\n"                   \
    "    stop: {metric: loss, below: 1e9, checkpoints: 2}\n"                             \
    "    checkpoints: {every: 3}\n"                                                      \
    "  llc:\n    - {at: last, lr: 1e-6, localization: 1, num_chains: 2, num_draws: 4,\n" \
    "       num_burnin_steps: 2, num_steps_bw_draws: 6000, sampler: rmsprop-sgld}\n"

static void test_stop_by_metric(void)
{
    static const expected in_training[] = {
        {ROW_OF_NONE, "in a row: expected a checkpoint"},
        {ROW_TOO_LONG, "in a row: expected fewer than 2, found 5"},
        {ROW_OVER, "in a row: expected fewer than 2, found 2"},
    };
    static const expected in_sampling[] = {
        {ROW_OF_NONE, "in a row: expected a checkpoint"},
        {ROW_TOO_LONG, "in a row: expected fewer than 3, found 5"},
        {STOPPED_EARLY, "phase: training has not stopped at step 6"},
        {TRAIN_AGAIN, "phase: training stopped at its last checkpoint"},
        {BESIDE_NAN, "chain 0: expected numbers beside its weights that a chain may"},
        {BESIDE_BELOW, "chain 0: expected numbers beside its weights that a chain may"},
    };
    stop train = stop_in(ENOUGH, SLT_PHASE_TRAIN);
    stop sample = stop_in(ENOUGH, SLT_PHASE_SAMPLE);
    test_phase("stopping", &train, in_training, sizeof in_training / sizeof *in_training);
    test_phase("stopped", &sample, in_sampling, sizeof in_sampling / sizeof *in_sampling);
    sample_end(&train.run);
    sample_end(&sample.run);
}

/* Chains of MALA with two replicas. */
#define TEMPERED                                                                         \
    SAMPLE_HEAD("test/tempered")                                                         \
    "run:\n  arithmetic: f32\n  seed: 4\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train: {optimizer: {kind: adam, lr: 1e-2}, steps: 4}\n"                           \
    "  llc:\n    - {at: last, lr: 1e-6, localization: 1, num_chains: 2, num_draws: 4,\n" \
    "       num_burnin_steps: 2, num_steps_bw_draws: 6000, sampler: mala, nbeta: 9,\n"   \
    "       tempering: {nbeta: [3, 1], lr: [1e-6, 1e-6]}}\n"

static void test_replicas(void)
{
    static const expected in_sampling[] = {
        {BESIDE_NAN, "chain 0: expected numbers beside its weights that a chain may"},
        {CHAIN_EXCHANGES, "chain 0: exchanges of pair 1 beyond [0, 1]"},
    };
    stop sample = stop_in(TEMPERED, SLT_PHASE_SAMPLE);
    test_phase("replicas", &sample, in_sampling,
               sizeof in_sampling / sizeof *in_sampling);
    sample_end(&sample.run);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_arithmetic("f32", MANIFEST("f32"));
    test_arithmetic("fixed", MANIFEST("fixed"));
    test_stop_by_metric();
    test_replicas();
    return tap_done();
}
