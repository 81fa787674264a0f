#include <sltrace/theory.h>

#include <inttypes.h>
#include <math.h>

#include "base/fpenv.h"
#include "num/draw.h"

enum { BLOCKS = 16, LEVELS_MAX = 64, COUNT_MAX = 64, CHUNK = 512, LEAST_HITS = 16 };

/* How many samples of a block have ln K below level i. */
typedef struct tally {
    uint64_t below[BLOCKS][LEVELS_MAX];
    uint64_t samples[BLOCKS];
} tally;

static slt_status check_settings(const slt_potential *potential, int64_t m,
                                 uint64_t samples, double least, double most,
                                 size_t levels, slt_error *err)
{
    if (potential->count < 1 || potential->count > COUNT_MAX)
        return slt_fail(err, SLT_USAGE,
                        "theory volume: 1 to %d dimensions; there are %zu", COUNT_MAX,
                        potential->count);
    for (size_t j = 0; j < potential->count; j++)
        if (potential->k ? potential->k[j] < 0 || (potential->h && potential->h[j] < 0)
                         : !(potential->curvatures[j] >= 0))
            return slt_fail(err, SLT_USAGE,
                            "theory volume: exponent or curvature %zu is below 0", j);
    if (!(0 < least && least < most && most < 1) || m < 1)
        return slt_fail(
            err, SLT_USAGE,
            "theory volume: the smallest epsilon must lie above 0, the largest "
            "above it and below 1, and m must be at least 1");
    if (levels < 2 || levels > LEVELS_MAX || samples < BLOCKS || samples > UINT32_MAX)
        return slt_fail(err, SLT_USAGE,
                        "theory volume: 2 to %d levels and %d to %" PRIu32 " samples",
                        LEVELS_MAX, BLOCKS, UINT32_MAX);
    return SLT_OK;
}

/* |w_j| of CHUNK samples from `first` on is u = (53 bits + 1/2) 2^-53 for a flat prior;
 * adds the coordinate's part to sum: K itself for a quadratic, ln K for a crossing, where
 * a prior |w|^h makes ln |w| = ln u / (h + 1). */
static void add_coordinate(const slt_potential *potential, size_t j, uint64_t seed,
                           uint64_t first, size_t count, double *sum)
{
    uint32_t words[2 * CHUNK];
    slt_draw_words(slt_stream_of(seed, SLT_DRAW_VOLUME, (uint32_t)j, 0, 0, 0), 2 * first,
                   words, 2 * count);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = (uint64_t)(words[2 * i] >> 5) << 26 | words[2 * i + 1] >> 6;
        double u = ((double)bits + .5) * 0x1p-53;
        if (!potential->k)
            sum[i] += potential->curvatures[j] * u * u / 2;
        else if (potential->k[j])
            sum[i] += 2 * (double)potential->k[j] * log(u) /
                      (potential->h ? (double)potential->h[j] + 1 : 1);
    }
}

static void count_levels(const double *logs, size_t count, const double *levels,
                         size_t level_count, uint64_t *below)
{
    for (size_t i = 0; i < count; i++)
        for (size_t level = level_count; level-- > 0 && logs[i] < levels[level];)
            below[level]++;
}

static void sample_block(const slt_potential *potential, uint64_t seed, uint64_t first,
                         uint64_t samples, const double *levels, size_t level_count,
                         uint64_t *below)
{
    for (uint64_t done = 0; done < samples; done += CHUNK) {
        size_t count = samples - done < CHUNK ? (size_t)(samples - done) : CHUNK;
        double sum[CHUNK] = {0};
        for (size_t j = 0; j < potential->count; j++)
            add_coordinate(potential, j, seed, first + done, count, sum);
        if (!potential->k)
            for (size_t i = 0; i < count; i++)
                sum[i] = log(sum[i]);
        count_levels(sum, count, levels, level_count, below);
    }
}

/* The share of samples below `level` in all blocks but `left_out`; left_out = BLOCKS: in
 * all. */
static double share(const tally *counts, size_t level, size_t left_out)
{
    uint64_t below = 0, samples = 0;
    for (size_t block = 0; block < BLOCKS; block++) {
        if (block == left_out)
            continue;
        below += counts->below[block][level];
        samples += counts->samples[block];
    }
    return (double)below / (double)samples;
}

/* Least-squares slope of ln V - (m - 1) ln(-ln e) on ln e. */
static double volume_slope(const tally *counts, const double *levels, size_t count,
                           int64_t m, size_t left_out)
{
    double x_mean = 0, y[LEVELS_MAX], y_mean = 0, xx = 0, xy = 0;
    for (size_t i = 0; i < count; i++) {
        y[i] = log(share(counts, i, left_out)) - (double)(m - 1) * log(-levels[i]);
        x_mean += levels[i] / (double)count;
        y_mean += y[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        xx += (levels[i] - x_mean) * (levels[i] - x_mean);
        xy += (levels[i] - x_mean) * (y[i] - y_mean);
    }
    return xy / xx;
}

static void fit(const tally *counts, const double *levels, size_t count, int64_t m,
                slt_volume *volume)
{
    double one[BLOCKS], mean = 0, squares = 0;
    for (size_t block = 0; block < BLOCKS; block++) {
        one[block] = volume_slope(counts, levels, count, m, block);
        mean += one[block] / BLOCKS;
    }
    for (size_t block = 0; block < BLOCKS; block++)
        squares += (one[block] - mean) * (one[block] - mean);
    volume->lambda = volume_slope(counts, levels, count, m, BLOCKS);
    volume->error = sqrt(squares * (BLOCKS - 1) / BLOCKS);
    for (size_t i = 0; i < count; i++) {
        volume->epsilon[i] = exp(levels[i]);
        volume->fraction[i] = share(counts, i, BLOCKS);
    }
}

slt_status slt_theory_volume(const slt_potential *potential, int64_t m, uint64_t samples,
                             uint64_t seed, double epsilon_min, double epsilon_max,
                             size_t levels, slt_volume *volume, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status status =
        check_settings(potential, m, samples, epsilon_min, epsilon_max, levels, err);
    if (status)
        return status;
    double logs[LEVELS_MAX], low = log(epsilon_min), high = log(epsilon_max);
    for (size_t i = 0; i < levels; i++)
        logs[i] = low + (high - low) * (double)i / (double)(levels - 1);
    tally counts = {.samples = {0}};
    for (size_t block = 0; block < BLOCKS; block++) {
        uint64_t from = samples * block / BLOCKS, to = samples * (block + 1) / BLOCKS;
        counts.samples[block] = to - from;
        sample_block(potential, seed, from, to - from, logs, levels, counts.below[block]);
        if (counts.below[block][0] < LEAST_HITS)
            return slt_fail(err, SLT_USAGE,
                            "theory volume: %" PRIu64 " of %" PRIu64 " samples lie below "
                            "the smallest epsilon; at least %d are needed: take more "
                            "samples or a larger epsilon",
                            counts.below[block][0], counts.samples[block], LEAST_HITS);
    }
    fit(&counts, logs, levels, m, volume);
    return SLT_OK;
}
