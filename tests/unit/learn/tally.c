/* learn/tally*.c: what trials add up to, against sums and counts taken another way. */
#include <math.h>
#include <stdlib.h>

#include "learn/tally.h"
#include "quantity_sample.h"

#define TRIALS 200

static slt_run_spec run;
static slt_tally_layout layout;
static slt_error err;

static slt_tally_spec *tally(const char *name, slt_tally_kind kind, const char *of)
{
    slt_tally_spec *added = &run.trials.tally[run.trials.tally_count++];
    *added = (slt_tally_spec){.kind = kind, .of = quantity_of(of)};
    snprintf(added->name, sizeof added->name, "%s", name);
    return added;
}

static void begin(void)
{
    memset(&run, 0, sizeof run);
    run.train = (slt_train_spec){.steps = 6,
                                 .every = 2,
                                 .at = {0, 1},
                                 .at_count = 2,
                                 .mark_count = 1,
                                 .marks = {{.name = "low"}}};
    run.trials.count = TRIALS;
}

/* The value of trial i: of about equally many below 0 and above 1. */
static double value(size_t i)
{
    return sin(12.9898 * (double)i) * 1.5 + 0.5;
}

/* A trial that ends with this loss; half of them reach the mark at step 2. */
static void add(size_t i, slt_run_status status, uint64_t *words)
{
    slt_results results = {0};
    slt_marks marks = {.reached = {i % 2 == 0}, .step = {2}};
    slt_trial_point points[5] = {{.step = 0}, {.step = 1}, {.step = 2}, {.step = 4}};
    for (size_t k = 0; k < 4; k++)
        for (size_t t = 0; t < SLT_TALLIES_MAX; t++)
            points[k].value[t] = slt_real_of(value(i) + (double)k);
    slt_results_add(&results, quantity_of("loss"), slt_real_of(value(i)));
    slt_results_add(&results, quantity_of("step"), slt_real_of(4));
    if (marks.reached[0])
        slt_results_add(&results, quantity_of("mark/low"), slt_real_of(2));
    const slt_trial trial = {.status = status,
                             .results = &results,
                             .marks = &marks,
                             .points = points,
                             .point_count = 4};
    slt_tally_add(&run, &layout, i, &trial, words);
    slt_results_free(&results);
}

/* The numbers of trials first to end - 1 as one block. */
static uint64_t *block(size_t first, size_t end)
{
    uint64_t *words = calloc(layout.words, sizeof *words);
    uint64_t *numbers = calloc(layout.numbers, sizeof *numbers);
    for (size_t i = first; i < end; i++)
        add(i, SLT_RUN_DONE, words);
    slt_tally_close(&layout, words, numbers);
    free(words);
    return numbers;
}

static uint64_t *counts_of(size_t number, uint64_t *numbers)
{
    return numbers + layout.table[layout.first[number]].number;
}

static double result(const uint64_t *totals, const char *name)
{
    const slt_quantity wanted = quantity_of(name);
    slt_results results = {0};
    double found = -1;
    slt_tally_results(&run, &layout, totals, &results);
    for (size_t i = 0; i < results.count; i++)
        if (slt_quantity_equal(&results.list[i].quantity, &wanted))
            found = slt_real_double(results.list[i].value);
    slt_results_free(&results);
    return found;
}

static void test_counts(void)
{
    begin();
    tally("all", SLT_TALLY_COUNT, "loss");
    slt_tally_spec *between = tally("between", SLT_TALLY_COUNT, "loss");
    between->has_at_least = between->has_below = true;
    between->at_least = slt_real_of(0);
    between->below = slt_real_of(1);
    slt_tally_spec *exact = tally("exact", SLT_TALLY_COUNT, "step");
    exact->has_equals = true;
    exact->equals = slt_real_of(4);
    tally("low", SLT_TALLY_COUNT, "mark/low");
    TAP_OK(!slt_tally_layout_of(&run, &layout, &err), "a layout: %s", err.text);
    size_t within = 0;
    for (size_t i = 0; i < TRIALS; i++)
        within += value(i) >= 0 && value(i) < 1;
    uint64_t *numbers = block(0, TRIALS);
    TAP_OK(numbers[0] == TRIALS && numbers[1] == 0, "all trials are done");
    TAP_OK(*counts_of(0, numbers) == TRIALS, "all have a loss");
    TAP_OK(within && *counts_of(1, numbers) == within, "within bounds: %zu", within);
    TAP_OK(*counts_of(2, numbers) == TRIALS, "an exact value");
    TAP_OK(*counts_of(3, numbers) == TRIALS / 2, "half reach the mark");
    TAP_OK(result(numbers, "tally/low/share") == 0.5, "their share");
    free(numbers);
}

/* Step 4 less the mark's 2, of the trials that reach it. */
static void test_since(void)
{
    begin();
    slt_tally_spec *all = tally("all", SLT_TALLY_SUM, "step");
    slt_tally_spec *exact = tally("exact", SLT_TALLY_COUNT, "step");
    slt_tally_spec *h = tally("h", SLT_TALLY_HISTOGRAM, "step");
    exact->has_equals = true;
    exact->equals = slt_real_of(2);
    h->from = slt_real_of(1);
    h->to = slt_real_of(4);
    h->bins = 3;
    for (size_t i = 0; i < 3; i++)
        snprintf(run.trials.tally[i].since, SLT_NAME_MAX, "low");
    slt_tally_layout_of(&run, &layout, &err);
    uint64_t *numbers = block(0, TRIALS);
    TAP_OK(result(numbers, "tally/all/mean") == 2 &&
               result(numbers, "tally/all/trials") == TRIALS / 2,
           "since a mark: its step is taken off");
    TAP_OK(*counts_of(1, numbers) == TRIALS / 2 &&
               result(numbers, "tally/h/bin@1") == TRIALS / 2 &&
               result(numbers, "tally/h/trials") == TRIALS / 2,
           "in counts and histograms too");
    free(numbers);
    snprintf(all->since, SLT_NAME_MAX, "high");
    numbers = block(0, TRIALS);
    TAP_OK(*counts_of(0, numbers) == 0, "without the mark there is nothing");
    free(numbers);
}

static void test_ends(void)
{
    begin();
    tally("all", SLT_TALLY_COUNT, "loss");
    slt_tally_layout_of(&run, &layout, &err);
    uint64_t words[8] = {0}, numbers[8] = {0};
    add(0, SLT_RUN_DONE, words);
    add(1, SLT_RUN_DIVERGED, words);
    add(2, SLT_RUN_OVERFLOW, words);
    add(3, SLT_RUN_OVERFLOW, words);
    slt_tally_close(&layout, words, numbers);
    TAP_OK(numbers[0] == 1 && numbers[1] == 1 && numbers[2] == 2, "how trials ended");
    TAP_OK(*counts_of(0, numbers) == 1, "those that did not finish are in no tally");
    TAP_OK(!slt_tally_check(&run, &layout, 4, numbers, &err), "a block of four trials");
    TAP_OK(slt_tally_check(&run, &layout, 5, numbers, &err) == SLT_FORMAT,
           "and not of five");
    *counts_of(0, numbers) = 2;
    TAP_OK(slt_tally_check(&run, &layout, 4, numbers, &err) == SLT_FORMAT,
           "more counted than were done");
}

static void test_histogram(void)
{
    begin();
    slt_tally_spec *h = tally("h", SLT_TALLY_HISTOGRAM, "loss");
    h->from = slt_real_of(0);
    h->to = slt_real_of(1);
    h->bins = 7;
    slt_tally_layout_of(&run, &layout, &err);
    uint64_t naive[9] = {0};
    for (size_t i = 0; i < TRIALS; i++) {
        size_t bin = 0;
        while (bin < 8 && value(i) >= (bin < 7 ? (double)bin * (1.0 / 7) : 1))
            bin++;
        naive[bin]++;
    }
    uint64_t *numbers = block(0, TRIALS);
    TAP_OK(naive[0] && naive[4] && naive[8] &&
               !memcmp(counts_of(0, numbers), naive, sizeof naive),
           "bins, below and above");
    TAP_OK(result(numbers, "tally/h/below") == (double)naive[0] &&
               result(numbers, "tally/h/above") == (double)naive[8] &&
               result(numbers, "tally/h/bin@3") == (double)naive[4] &&
               result(numbers, "tally/h/trials") == TRIALS,
           "its results");
    free(numbers);
    h->to = slt_real_of(0);
    TAP_OK(slt_tally_fit(h, &run, &err) == SLT_FORMAT, "from is below to");
    h->to = slt_real_of(5e-324);
    TAP_OK(slt_tally_fit(h, &run, &err) == SLT_FORMAT, "bins have a width");
}

static void test_sums(void)
{
    begin();
    tally("s", SLT_TALLY_SUM, "loss");
    slt_tally_layout_of(&run, &layout, &err);
    slt_real values[TRIALS];
    for (size_t i = 0; i < TRIALS; i++)
        values[i] = slt_real_of(value(i));
    uint64_t *all = block(0, TRIALS), *head = block(0, 130), *tail = block(130, TRIALS);
    TAP_OK(slt_real_of(result(all, "tally/s/mean")).bits ==
               slt_real_mean(values, TRIALS).bits,
           "the mean is the canonical one, in every bit");
    const double std = slt_real_double(slt_real_sd(values, TRIALS));
    TAP_OK(fabs(result(all, "tally/s/std") - std) < 1e-14, "the standard deviation");
    uint64_t *totals = calloc(layout.numbers, sizeof *totals);
    slt_tally_total(&layout, head, totals);
    slt_tally_total(&layout, tail, totals);
    TAP_OK(*counts_of(0, totals) == TRIALS, "blocks add up");
    const size_t sum = layout.table[layout.first[0] + 1].number;
    TAP_OK(totals[sum] == slt_real_add((slt_real){head[sum]}, (slt_real){tail[sum]}).bits,
           "one addition a block");
    TAP_OK(slt_tally_finite(&layout, totals), "sums are finite");
    totals[sum + 1] = slt_real_absent().bits;
    TAP_OK(!slt_tally_finite(&layout, totals), "one is not");
    free(all);
    free(head);
    free(tail);
    free(totals);
}

static void test_curves(void)
{
    begin();
    tally("c", SLT_TALLY_CURVE, "loss");
    snprintf(tally("b", SLT_TALLY_CURVE, "loss")->before, SLT_NAME_MAX, "low");
    slt_tally_layout_of(&run, &layout, &err);
    uint64_t *numbers = block(0, TRIALS);
    const uint64_t along[5] = {TRIALS, TRIALS, TRIALS, TRIALS, 0};
    const uint64_t before[5] = {TRIALS / 2, TRIALS / 2, TRIALS / 2, 0, 0};
    TAP_OK(!memcmp(counts_of(0, numbers), along, sizeof along),
           "a column a checkpoint: 0, 1, 2, 4 and 6, which no trial has");
    TAP_OK(!memcmp(counts_of(1, numbers), before, sizeof before),
           "columns before the mark: at 2, 1, 0");
    const double first = result(numbers, "tally/c/mean@0");
    TAP_OK(fabs(result(numbers, "tally/c/mean@4") - first - 3) < 1e-12,
           "the mean at step 4");
    TAP_OK(fabs(result(numbers, "tally/b/mean@0") - result(numbers, "tally/b/mean@2") -
                2) < 1e-12,
           "two checkpoints before the mark");
    TAP_OK(isnan(result(numbers, "tally/c/mean@6")), "no mean of no trial");
    free(numbers);
    run.trials.tally[1].hold = true;
    numbers = block(0, TRIALS);
    const uint64_t held[5] = {TRIALS / 2, TRIALS / 2, TRIALS / 2, TRIALS / 2, TRIALS / 2};
    TAP_OK(!memcmp(counts_of(1, numbers), held, sizeof held), "held before it began");
    TAP_OK(result(numbers, "tally/b/mean@4") == result(numbers, "tally/b/mean@2"),
           "what it began as");
    free(numbers);
    TAP_OK(!slt_tally_fit(&run.trials.tally[1], &run, &err), "the mark is there");
    run.trials.tally[0].hold = true;
    TAP_OK(slt_tally_fit(&run.trials.tally[0], &run, &err) == SLT_FORMAT,
           "hold needs a mark");
    run.trials.tally[0].hold = false;
    run.train.mark_count = 0;
    TAP_OK(slt_tally_fit(&run.trials.tally[1], &run, &err) == SLT_FORMAT, "or is not");
    run.train.steps = 10000000;
    TAP_OK(slt_tally_layout_of(&run, &layout, &err) == SLT_FORMAT, "too many columns");
}

int main(void)
{
    test_counts();
    test_since();
    test_ends();
    test_histogram();
    test_sums();
    test_curves();
    return tap_done();
}
