/* Shards: disjoint, complete, balanced within the largest run, and of the manifest and
 * the selection alone. */
#include "study_sample.h"

#include <sltrace/study.h>

static slt_error err;

enum { RUNS = 60 };

/* Runs of 60 costs: five widths, of which each is four times as dear as the one before,
 * at twelve numbers of steps. */
static slt_manifest *open_sweep(void)
{
    return sample_open(SAMPLE_HEAD(
        "test/shards") "sweep:\n  width: [1, 4, 16, 64, 256]\n"
                       "  steps: {from: 100, step: 100, count: 12}\n"
                       "run:\n  arithmetic: f32\n  seed: 1\n"
                       "  data: {kind: constant, samples: 64, inputs: 16, outputs: 3}\n"
                       "  model:\n    weights:\n"
                       "      W: {shape: [$width, 16], init: {kind: normal, std: 0.3}}\n"
                       "      V: {shape: [3, $width], init: {kind: normal, std: 0.3}}\n"
                       "    ops:\n"
                       "      - {op: linear, in: x, weight: W, out: h}\n"
                       "      - {op: linear, in: h, weight: V, out: y}\n"
                       "    loss: {op: mse, in: y}\n"
                       "  train: {optimizer: {kind: sgd, lr: 1}, steps: $steps}\n");
}

static void divide(slt_manifest *manifest, const bool *selected, size_t shards,
                   slt_shard of[RUNS])
{
    if (slt_study_shards(manifest, selected, shards, of, &err))
        tap_bail(err.text);
}

/* The largest difference between two shards, and the cost of the largest run. */
static void measure(const slt_shard of[RUNS], size_t shards, uint64_t *apart,
                    uint64_t *largest)
{
    uint64_t sums[RUNS + 9] = {0}, least = UINT64_MAX, most = 0;
    *largest = 0;
    for (size_t run = 0; run < RUNS; run++) {
        if (of[run].shard == SLT_NO_SHARD)
            continue;
        sums[of[run].shard] += of[run].cost_ns;
        *largest = of[run].cost_ns > *largest ? of[run].cost_ns : *largest;
    }
    for (size_t i = 0; i < shards; i++) {
        least = sums[i] < least ? sums[i] : least;
        most = sums[i] > most ? sums[i] : most;
    }
    *apart = most - least;
}

static void test_division(slt_manifest *manifest, size_t shards)
{
    slt_shard of[RUNS], again[RUNS];
    uint64_t apart, largest;
    size_t in = 0;
    divide(manifest, NULL, shards, of);
    for (size_t run = 0; run < RUNS; run++)
        in += of[run].shard < shards;
    TAP_OK(in == RUNS, "%zu shards: every run is in one of them", shards);
    measure(of, shards, &apart, &largest);
    TAP_OK(apart <= largest, "%zu shards: %" PRIu64 " apart, the largest run is %" PRIu64,
           shards, apart, largest);
    slt_manifest *other = open_sweep();
    divide(other, NULL, shards, again);
    TAP_OK(memcmp(of, again, sizeof of) == 0, "%zu shards: divided alike again", shards);
    slt_manifest_free(other);
}

/* Costs follow the plan, so that balance means something. */
static void test_costs(slt_manifest *manifest)
{
    slt_shard of[RUNS];
    bool rises = true;
    divide(manifest, NULL, 1, of);
    for (size_t run = 0; run + 1 < RUNS; run++)
        if ((run + 1) % 12)
            rises = rises && of[run].cost_ns < of[run + 1].cost_ns;
    TAP_OK(rises, "more steps cost more");
    TAP_OK(of[48].cost_ns > 3 * of[24].cost_ns, "a wider network costs more");
}

static void test_selection(slt_manifest *manifest)
{
    slt_shard of[RUNS];
    bool selected[RUNS];
    uint64_t apart, largest;
    size_t wrong = 0;
    for (size_t run = 0; run < RUNS; run++)
        selected[run] = run % 3 == 1;
    divide(manifest, selected, 4, of);
    for (size_t run = 0; run < RUNS; run++)
        wrong += selected[run] ? of[run].shard >= 4 : of[run].shard != SLT_NO_SHARD;
    measure(of, 4, &apart, &largest);
    TAP_OK(wrong == 0, "the selected runs, and no others, are in shards");
    TAP_OK(apart <= largest, "which are balanced");
    divide(manifest, selected, 4, of);
    memset(selected, false, sizeof selected);
    divide(manifest, selected, 4, of);
    for (size_t run = 0; run < RUNS; run++)
        wrong += of[run].shard != SLT_NO_SHARD;
    TAP_OK(wrong == 0, "of no runs, none is");
}

/* With as many shards as runs each has one; of more, some are empty. */
static void test_many(slt_manifest *manifest)
{
    slt_shard of[RUNS];
    bool taken[RUNS + 9] = {false};
    size_t twice = 0;
    divide(manifest, NULL, RUNS + 9, of);
    for (size_t run = 0; run < RUNS; run++) {
        twice += taken[of[run].shard];
        taken[of[run].shard] = true;
    }
    TAP_OK(twice == 0, "more shards than runs: no shard has two");
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    slt_manifest *manifest = open_sweep();
    static const size_t counts[] = {1, 2, 3, 7, 8, 16, 59, 60};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        test_division(manifest, counts[i]);
    test_costs(manifest);
    test_selection(manifest);
    test_many(manifest);
    slt_manifest_free(manifest);
    return tap_done();
}
