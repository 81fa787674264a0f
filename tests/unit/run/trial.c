/* run/trial.c: trials counted side by side, by bounds of their results, against the same
 * trials made one by one. */
#include "run/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/ends.h"
#include "manifest/manifest.h"
#include "num/math.h"
#include "tap.h"

#define TRIALS "trials: {count: 301, block: 301, over: data, tally: {%s}}"
#define ALL                                                                              \
    "a: {kind: count, of: metric/E, equals: 0}, "                                        \
    "b: {kind: count, of: metric/E, below: 0.01}, "                                      \
    "c: {kind: count, of: metric/E, at_least: 1e-3, below: 0.02}, "                      \
    "d: {kind: histogram, of: metric/E, from: 0, to: 0.1, bins: 7}"
#define SUM "e: {kind: sum, of: metric/E}"
#define COUNT "a: {kind: count, of: metric/E, equals: 0}"

static slt_run_spec spec;

static void open_run(const char *data, const char *weights, const char *op,
                     const char *metric, const char *tallies, const char *arithmetic)
{
    char text[2048], trials[1024];
    slt_manifest *manifest = NULL;
    slt_error err = {0};
    snprintf(trials, sizeof trials, TRIALS, tallies);
    int size =
        snprintf(text, sizeof text,
                 "sltrace: 1\nname: test/trial\nrun:\n  arithmetic: %s\n  seed: 3\n"
                 "  data: {samples: 12, %s}\n  model:\n    weights: {%s}\n"
                 "    ops: [{op: linear, in: x, weight: W, out: y%s}]\n"
                 "    loss: {op: mse, in: y, factor: 0.5}\n  train:\n"
                 "    optimizer: {kind: flow, l2: 0.1}\n    times: [inf]\n"
                 "    metrics: {E: {kind: population-error, weight: W%s}}\n  %s\n",
                 arithmetic, data, weights, op, metric, trials);
    if (slt_manifest_parse(text, (size_t)size, "m.yaml", &manifest, &err) ||
        slt_manifest_run(manifest, 0, &spec, &err))
        tap_bail(err.text);
    slt_manifest_free(manifest);
}

static void must(slt_status status, const slt_error *err)
{
    if (status)
        tap_bail(err->text);
}

static bool has_ends(void)
{
    slt_ends *ends = NULL;
    slt_error err = {0};
    must(slt_ends_create(&spec, &ends, &err), &err);
    const bool has = ends != NULL;
    slt_ends_free(ends);
    return has;
}

/* How many trials bounds alone leave open. */
static size_t count_open(const slt_tally_layout *layout)
{
    slt_ends *ends = NULL;
    slt_error err = {0};
    slt_real low[SLT_ENDS_MAX], high[SLT_ENDS_MAX];
    uint64_t *words = calloc(layout->words, sizeof *words);
    size_t open = 0;
    must(slt_ends_create(&spec, &ends, &err), &err);
    must(slt_ends_bound(ends, 7, SLT_ENDS_MAX, low, high, &err), &err);
    for (size_t i = 0; i < SLT_ENDS_MAX; i++)
        open += !slt_tally_add_within(&spec, layout, i, low[i], high[i], words);
    slt_ends_free(ends);
    free(words);
    return open;
}

static void same_words(const char *what)
{
    const slt_trial_hooks hooks = {0};
    slt_tally_layout layout;
    slt_trial_maker *maker;
    slt_error err = {0};
    slt_trial_block block = {0};
    must(slt_tally_layout_of(&spec, &layout, &err), &err);
    uint64_t *words = calloc(layout.words, sizeof *words);
    must(slt_trial_maker_create(&spec, &hooks, &maker, &err), &err);
    must(slt_trial_block_advance(maker, &layout, &block, &err), &err);
    for (uint64_t i = 0; i < spec.trials.count; i++) {
        slt_trial trial;
        must(slt_trial_make(maker, i, &trial, &err), &err);
        slt_tally_add(&spec, &layout, i, &trial, words);
    }
    TAP_OK(words[layout.table[0].word] == spec.trials.count &&
               memcmp(words, block.words, layout.words * sizeof *words) == 0,
           "%s: side by side as one by one", what);
    tap_note("%d in the first; bounds leave %zu of %d open",
             (int)words[layout.table[layout.first[0]].word], count_open(&layout),
             SLT_ENDS_MAX);
    slt_trial_maker_free(maker);
    free(block.words);
    free(words);
}

#define LINE "kind: exponential, gap: 0.2"
#define FIXED_ONE                                                                        \
    "W: {shape: [1, 1], trainable: false, init: {kind: constant, value: %s}}, "
#define BIAS "c: {shape: [1], init: {kind: constant, value: -3}}"
#define BALL "kind: ball, inputs: 5, gap: 1.05"
#define WEIGHT "W: {shape: [1, inputs], init: {kind: normal, std: 1}}"

static void line(const char *value, const char *data, const char *tallies)
{
    char weights[256];
    snprintf(weights, sizeof weights, FIXED_ONE BIAS, value);
    open_run(data, weights, ", bias: c", ", bias: c", tallies, "f64");
}

/* Each by itself: what bounds decide of one tally is asked of all. */
static void test_tallies(void)
{
    static const char *const tallies[] = {
        "a: {kind: count, of: metric/E, below: 0.1}",
        "a: {kind: count, of: metric/E, at_least: 0.02}",
        "a: {kind: count, of: metric/E, at_least: 0.02, below: 0.1}",
        "a: {kind: count, of: metric/E, at_least: 0.02, equals: 0}, "
        "b: {kind: count, of: metric/E, below: 0.5}",
        "a: {kind: histogram, of: metric/E, from: 1e-300, to: 2, bins: 1}",
        "a: {kind: count, of: metric/E, below: 1.5}"};
    for (size_t i = 0; i < sizeof tallies / sizeof *tallies; i++) {
        line("1", LINE, tallies[i]);
        same_words(tallies[i]);
        open_run(BALL, WEIGHT, "", "", tallies[i], "f64");
        same_words(tallies[i]);
    }
}

static void test_line(void)
{
    line("1", LINE, ALL ", " SUM);
    TAP_OK(has_ends(), "a threshold has ends");
    same_words("a threshold");
    line("0.75", LINE ", shift: 0.3", ALL);
    same_words("a steep one, of samples further out");
    line("1", LINE, COUNT);
    slt_tally_layout layout;
    must(slt_tally_layout_of(&spec, &layout, &(slt_error){0}), NULL);
    TAP_EQ_U64(count_open(&layout), 0, "bounds tell which have no error");
}

static void test_ball(void)
{
    open_run(BALL, WEIGHT, "", "", ALL, "f64");
    TAP_OK(has_ends(), "a plane has ends");
    same_words("a plane");
    open_run(BALL, WEIGHT, "", "", COUNT, "f64");
    same_words("a plane's share without error");
    slt_tally_layout layout;
    must(slt_tally_layout_of(&spec, &layout, &(slt_error){0}), NULL);
    TAP_EQ_U64(count_open(&layout), 0, "bounds tell which have no error");
}

static void test_others(void)
{
    open_run(BALL, WEIGHT, "", "", COUNT, "f32");
    TAP_OK(!has_ends(), "not in f32");
    open_run(BALL ", push: 1", WEIGHT, "", "", COUNT, "f64");
    TAP_OK(!has_ends(), "not of samples that are pushed");
    open_run(BALL, WEIGHT, "", "", "a: {kind: count, of: loss, below: 1}", "f64");
    TAP_OK(!has_ends(), "not of the loss");
    open_run(BALL, WEIGHT, "", "", COUNT, "f64");
    spec.trials.over = SLT_TRIALS_BOTH;
    TAP_OK(!has_ends(), "not over first weights");
    slt_num_integers_alone(true);
    spec.trials.over = SLT_TRIALS_DATA;
    TAP_OK(!has_ends(), "not without floats");
    slt_num_integers_alone(false);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    if (slt_num_available(SLT_F64, NULL)) {
        tap_skip("trials side by side", "no floats here");
        return tap_done();
    }
    test_tallies();
    test_line();
    test_ball();
    test_others();
    return tap_done();
}
