/* run/outcome.c, parts.c, chain_draws.c, needs.c: what is kept of a trace. */
#include "study_sample.h"

#include "base/endian.h"
#include "num/scalar.h"
#include "run/outcome.h"

/* Checkpoints at 0, 3, 4, 8, 10; llc 0: 3 chains of 12 draws; llc 1: one of 6. */
static slt_trace *trace;
static slt_error err;

static slt_outcome outcome_of(const slt_outcome_needs *needs)
{
    slt_outcome outcome;
    if (slt_outcome_of_trace(trace, needs, 0, &outcome, &err))
        tap_bail(err.text);
    return outcome;
}

static void test_results(void)
{
    slt_outcome outcome = outcome_of(NULL);
    const slt_real *mean =
        slt_outcome_find(&outcome, &(slt_quantity){.kind = SLT_QUANTITY_LLC_MEAN});
    TAP_OK(mean && mean->bits == sample_result(trace, "llc/mean")->value.bits,
           "a result of the table");
    const slt_quantity lacks = quantity_of("llc3/mean");
    TAP_OK(!slt_outcome_find(&outcome, &lacks), "none that it lacks");
    TAP_OK(outcome.status == SLT_RUN_DONE && outcome.has_step && outcome.step == 10,
           "how and where it ended");
    TAP_OK(!outcome.curve_count && !outcome.part_count && !outcome.curves,
           "and nothing that was not asked for");
    slt_outcome_free(&outcome);
}

static void test_curves(void)
{
    static const uint64_t steps[] = {0, 3, 4, 8, 10};
    const slt_quantity of_loss = quantity_of("loss"), of_share = quantity_of("accuracy");
    const slt_quantity of_val = quantity_of("val/loss");
    slt_outcome_needs needs = {.metrics = {of_loss, of_share}, .metric_count = 2};
    slt_outcome outcome = outcome_of(&needs);
    const slt_curve *loss = slt_outcome_curve(&outcome, &of_loss);
    TAP_OK(loss && loss->count == 5, "a point a checkpoint");
    for (size_t i = 0; loss && i < loss->count; i++)
        TAP_OK(loss->points[i].step == steps[i] &&
                   slt_curve_at(loss, steps[i]) == &loss->points[i].value,
               "step %d", (int)steps[i]);
    const slt_real *last = slt_curve_at(loss, 10);
    TAP_OK(last && last->bits == sample_result(trace, "loss")->value.bits,
           "the last is the loss among the results");
    TAP_OK(!slt_curve_at(loss, 5) && !slt_curve_at(NULL, 3), "no value elsewhere");
    const slt_curve *share = slt_outcome_curve(&outcome, &of_share);
    TAP_OK(share && !share->count, "a metric that no checkpoint has: no point");
    TAP_OK(!slt_outcome_curve(&outcome, &of_val), "one not asked for: no curve");
    slt_outcome_free(&outcome);
}

static void test_series(void)
{
    slt_result results[] = {
        result_of("llc/mean@8", 3),  {quantity_of("llc/mean@12"), slt_real_absent()},
        result_of("llc/std@10", 5),  result_of("llc2/mean@14", 5),
        result_of("llc/mean@20", 4), result_of("llc/mean", 4)};
    const slt_quantity mean = quantity_of("llc/mean");
    slt_outcome outcome = {.results = results, .result_count = 6};
    slt_curve curve;
    TAP_OK(!slt_outcome_series(&outcome, &mean, &curve, &err), "a series");
    TAP_EQ_U64(curve.count, 2, "of the results at steps");
    TAP_OK(curve.points[0].step == 8 && curve.points[1].step == 20, "by step");
    free(curve.points);
}

/* Mean of draws first to end - 1 of a chain, and its estimate. */
static double estimate(const slt_record *chain, size_t first, size_t end)
{
    double sum = 0;
    for (size_t i = first; i < end; i++)
        sum += slt_real_double((slt_real){slt_load_le64(chain->losses + 8 * i)});
    return slt_real_double(chain->nbeta) *
           (sum / (double)(end - first) - slt_real_double(chain->init_loss));
}

static double mean_estimate(uint32_t llc, size_t first, size_t end)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind != SLT_RECORD_CHAIN || record->llc != llc)
            continue;
        sum += estimate(record, first, end);
        count++;
    }
    return sum / count;
}

static double part(uint32_t llc, uint64_t number, uint64_t of)
{
    slt_outcome_needs needs = {.parts = {{.llc = llc, .part = number, .of = of}},
                               .part_count = 1};
    slt_outcome outcome = outcome_of(&needs);
    slt_real value = outcome.parts[0].value;
    slt_outcome_free(&outcome);
    return slt_real_finite(value) ? slt_real_double(value) : -1e300;
}

static bool near(double a, double b)
{
    return a - b < 1e-9 && b - a < 1e-9;
}

static void test_parts(void)
{
    TAP_OK(part(0, 1, 1) == slt_real_double(sample_result(trace, "llc/mean")->value),
           "one part is the estimate itself");
    TAP_OK(near(part(0, 2, 4), mean_estimate(0, 3, 6)), "the second quarter");
    TAP_OK(near(part(0, 4, 4), mean_estimate(0, 9, 12)), "the last quarter");
    TAP_OK(near(part(0, 2, 5), mean_estimate(0, 2, 4)), "twelve draws in five parts: 2");
    TAP_OK(near(part(0, 5, 5), mean_estimate(0, 9, 12)), "and 3 in the last");
    TAP_OK(near(part(1, 2, 2), mean_estimate(1, 3, 6)), "of the second estimate");
    TAP_OK(part(0, 1, 13) == -1e300 && part(0, 2, 13) > -1e300,
           "a part without a draw is absent");
    TAP_OK(part(2, 1, 4) == -1e300, "an estimate that was not made is absent");
}

/* Chains of items of figure.chains. */
static slt_status chains_of(const slt_chains_spec *spec, size_t run, slt_outcome *outcome)
{
    const slt_outcome_needs needs = {.chains = spec, .chain_count = 1};
    return slt_outcome_of_trace(trace, &needs, run, outcome, &err);
}

static void test_chains(void)
{
    slt_chains_spec spec = {.name = "n", .run = 1, .llc = 2, .at_last = true, .lags = 3};
    slt_outcome outcome;
    TAP_OK(!chains_of(&spec, 0, &outcome) && !slt_outcome_chains(&outcome, &spec),
           "chains of another run are not kept");
    slt_outcome_free(&outcome);
    TAP_OK(!chains_of(&spec, 1, &outcome), "those of an estimate: %s", err.text);
    const slt_chain_curves *c = slt_outcome_chains(&outcome, &spec);
    TAP_OK(c && c->chains == 1 && c->draws == 6 && c->points == 6 && c->lags == 4,
           "the second's one chain of six draws");
    double mean = 0;
    for (size_t i = 0; c && i < 6; i++)
        mean += slt_real_double(c->course[i]) / 6;
    TAP_OK(near(mean, mean_estimate(1, 0, 6)), "whose mean is the estimate");
    slt_outcome_free(&outcome);
    spec.llc = 1;
    spec.at_last = false;
    spec.step = 10;
    spec.of_loss = true;
    TAP_OK(!chains_of(&spec, 1, &outcome) &&
               slt_outcome_chains(&outcome, &spec)->chains == 3,
           "at a step");
    slt_outcome_free(&outcome);
    spec.step = 4;
    TAP_OK(chains_of(&spec, 1, &outcome) == SLT_FORMAT &&
               !strcmp(err.text, "figure.chains.n: run 1 has no estimate 1 at step 4"),
           "where none was made: %s", err.text);
    spec.llc = 3;
    spec.at_last = true;
    TAP_OK(chains_of(&spec, 1, &outcome) == SLT_FORMAT &&
               !strcmp(err.text, "figure.chains.n: run 1 has no estimate 3"),
           "one that there is not: %s", err.text);
}

/* A trace without losses, and its quarters. */
static void test_quarters(void)
{
    static const char stored[] = SAMPLE_MANIFEST;
    char text[sizeof stored + 32];
    const char *end = strstr(stored, "num_draws: 12}");
    snprintf(text, sizeof text, "%.*s, store_losses: none%s", (int)(end - stored) + 13,
             stored, end + 13);
    double whole[4], slim[4];
    for (uint64_t q = 0; q < 4; q++)
        whole[q] = part(0, q + 1, 4);
    slt_trace_free(trace);
    trace = sample_trace(text, 0);
    for (uint64_t q = 0; q < 4; q++)
        slim[q] = part(0, q + 1, 4);
    TAP_EQ_BYTES(whole, slim, sizeof whole, "the same quarters without losses");
    slt_outcome_needs needs = {.parts = {{.part = 1, .of = 2}}, .part_count = 1};
    slt_outcome outcome;
    TAP_OK(slt_outcome_of_trace(trace, &needs, 0, &outcome, &err) == SLT_FORMAT &&
               strstr(err.text, "expected `of: 4`, found 2"),
           "but no halves: %s", err.text);
    const slt_chains_spec chains = {.name = "n", .llc = 1, .at_last = true, .lags = 3};
    TAP_OK(chains_of(&chains, 0, &outcome) == SLT_FORMAT &&
               strstr(err.text, "does not store the losses of the chains of estimate 1"),
           "nor chains: %s", err.text);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    trace = sample_trace(SAMPLE_MANIFEST, 0);
    test_results();
    test_curves();
    test_series();
    test_parts();
    test_chains();
    test_quarters();
    slt_trace_free(trace);
    return tap_done();
}
