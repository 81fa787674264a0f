/* study: estimates.c and figure/chains.c: diagnostics of the chains that a trace says it
 * holds, and what all runs of a study sum up to. */
#include "study_sample.h"

#include <math.h>

#include "figure/estimates.h"
#include "figure/figure.h"
#include "trace/trace_agree.h"
#include "trace/trace_writer.h"

static slt_error err;

static const uint8_t *canonical;
static size_t canonical_size;

/* What a chain records. */
typedef enum motion { MOVING, OTHER, CONSTANT, BROKEN } motion;
static slt_real losses[600];

static void fill(motion kind, uint32_t chain)
{
    uint64_t state = chain + 7;
    for (size_t i = 0; i < 600; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        double noise = (double)(state >> 33) / 2147483648.;
        losses[i] = slt_real_of(
            kind == CONSTANT ? 1 : noise + .04 * chain + (kind == OTHER) * chain);
    }
}

static void write_chain(slt_trace_writer *writer, motion kind, uint32_t chain,
                        uint64_t draws)
{
    const slt_llc_setup setup = {.nbeta = slt_real_of(2), .init_loss = slt_real_of(1)};
    const slt_llc_spec spec = {.num_draws = draws};
    const slt_model_spec model = {0};
    const bool broken = kind == BROKEN && chain == 1;
    const slt_chain result = {.draws = broken ? draws / 2 : draws,
                              .losses = losses,
                              .status = broken ? SLT_CHAIN_DIVERGED : SLT_CHAIN_DONE};
    fill(kind, chain);
    slt_trace_write_chain(writer, &model, &spec, 0, chain, 0, &setup, &result, true);
}

/* A trace of one estimate with two chains of so many draws. */
static slt_trace *trace_of(motion kind, uint64_t first, uint64_t second)
{
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    slt_trace_writer_init(&writer);
    slt_trace_write_header(&writer, canonical, canonical_size, 0, SLT_F32);
    write_chain(&writer, kind, 0, first);
    write_chain(&writer, kind, 1, second);
    slt_trace_write_end(&writer, SLT_RUN_DONE, NULL, 0);
    if (slt_trace_parse_form(writer.bytes.data, writer.bytes.size, "x", &trace, &err))
        tap_bail(err.text);
    slt_trace_writer_free(&writer);
    return trace;
}

static slt_status sum_up(uint64_t first, uint64_t second, slt_chain_summary *summary)
{
    slt_trace *trace = trace_of(MOVING, first, second);
    slt_runs runs = {0};
    slt_status status = slt_runs_add(&runs, 7, "", trace, &err);
    *summary = slt_chain_summary_of(&runs);
    slt_trace_free(trace);
    slt_runs_free(&runs);
    return status;
}

static void test_alike(void)
{
    slt_chain_summary summary;
    TAP_OK(sum_up(6, 6, &summary) == SLT_OK && summary.estimates == 1,
           "two chains of six draws make one estimate");
    TAP_OK(sum_up(6, 3, &summary) == SLT_FORMAT &&
               strstr(err.text, "run 7: estimate 0: expected 6 draws in each chain, "
                                "found 3 in chain 1"),
           "%s", err.text);
    TAP_OK(sum_up(3, 6, &summary) == SLT_FORMAT, "%s", err.text);
    TAP_OK(sum_up(0, 0, &summary) == SLT_FORMAT &&
               strstr(err.text, "run 7: estimate 0: expected draws in its chains"),
           "%s", err.text);
}

/* ---- A study of all kinds ---------------------------------------------------------- */

static void print(const motion *order, slt_buffer *text)
{
    slt_runs runs = {0};
    for (size_t i = 0; i < 4; i++) {
        slt_trace *trace = trace_of(order[i], 600, 600);
        if (slt_runs_add(&runs, order[i], "", trace, &err))
            tap_bail(err.text);
        slt_trace_free(trace);
    }
    slt_chain_summary summary = slt_chain_summary_of(&runs);
    slt_chain_summary_print(&summary, &runs, "  ", text);
    slt_runs_free(&runs);
}

/* Every order of runs gives the same text, in which no number is nan. */
static void test_order(void)
{
    slt_buffer first = {0};
    size_t orders = 0, wrong = 0;
    for (size_t code = 0; code < 256; code++) {
        motion order[4];
        unsigned seen = 0;
        for (size_t i = 0; i < 4; i++) {
            order[i] = (motion)(code >> 2 * i & 3);
            seen |= 1u << order[i];
        }
        if (seen != 15)
            continue;
        slt_buffer text = {0};
        print(order, &text);
        if (!orders++)
            slt_buffer_append(&first, text.data, text.size);
        wrong += strcmp(slt_buffer_text(&first), slt_buffer_text(&text)) != 0;
        slt_buffer_free(&text);
    }
    const char *text = slt_buffer_text(&first);
    TAP_OK(orders == 24 && wrong == 0, "one text for 24 orders of runs");
    TAP_OK(!strstr(text, "nan") && !strstr(text, "inf"), "without nan");
    TAP_OK(strstr(text, "1 of 3 estimates settled, of 1 it is not known; 1 more have a "
                        "chain that ended early\n") == text,
           "how many have settled");
    TAP_OK(strstr(text, "\n  2 chains constant, first in run 2\n") &&
               strstr(text, "\n  1 chain diverged or overflowed, first in run 3\n"),
           "chains that tell nothing are counted and named");
    TAP_OK(
        strstr(text,
               "\n  run 1, llc at step 0, the worst: The sampler has not settled: R-hat"),
        "the worst is one that is known not to have settled");
    tap_note("%s", text);
    slt_buffer_free(&first);
}

static void test_list(void)
{
    slt_trace *trace = trace_of(BROKEN, 600, 600);
    slt_estimates all;
    TAP_OK(!slt_estimates_of_trace(trace, &all, &err) && all.count == 1 &&
               all.list[0].chains == 2 && all.list[0].ended_early == 1 &&
               !all.list[0].whole && all.list[0].last,
           "an estimate with a chain that ended early is listed");
    TAP_OK(slt_estimates_find(&all, 0, 0) == all.list &&
               !slt_estimates_find(&all, 0, 1) &&
               slt_estimates_last(&all, 0) == all.list && !slt_estimates_last(&all, 1),
           "and found");
    slt_estimates_free(&all);
    slt_trace_free(trace);
}

#define SERIES                                                                           \
    SAMPLE_HEAD("test/series")                                                           \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                       \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 6\n"                     \
    "    checkpoints: {every: 3, at: [0]}\n"                                             \
    "  llc:\n"                                                                           \
    "    - {at: checkpoints, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 8}\n"  \
    "    - {at: 3, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 8}\n"

/* The last of each series, whatever stands beside it. */
static void test_series(void)
{
    slt_trace *trace = sample_trace(SERIES, 0);
    slt_estimates all;
    size_t last = 0, alike = 0;
    TAP_OK(!slt_estimates_of_trace(trace, &all, &err) && all.count == 4,
           "three estimates of a series and one by itself");
    for (size_t i = 0; i < all.count; i++)
        last += all.list[i].last;
    TAP_OK(last == 2, "two are the last of theirs");
    const slt_estimate *end = slt_estimates_last(&all, 0);
    const slt_estimate *single = slt_estimates_last(&all, 1);
    TAP_OK(end && end->at_step == 6 && single && single->at_step == 3,
           "those at 6 and 3");
    for (size_t i = 0; i < all.count; i++)
        for (size_t j = 0; j < all.count; j++)
            alike += slt_estimate_same(&all.list[i], &all.list[j]);
    TAP_OK(alike == 4, "each is the same as itself alone");
    slt_estimates_free(&all);
    slt_trace_free(trace);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    slt_manifest *manifest = sample_open(SAMPLE_MANIFEST);
    if (slt_manifest_canonical(manifest, 0, &canonical, &canonical_size, &err))
        tap_bail(err.text);
    test_alike();
    test_order();
    test_list();
    test_series();
    slt_manifest_free(manifest);
    return tap_done();
}
