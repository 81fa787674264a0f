/* R-hat and effective sample sizes of chains: halves, ranks, folds and tails. */
#include <math.h>
#include <stdbool.h>

#include "learn/diagnostics_internal.h"

/* All draws, a series a chain; their halves. */
typedef struct halves {
    slt_series whole, split;
} halves;

/* The first and the last half of each series, the middle draw of an odd number
 * dropped. */
static void fill_split(halves *h)
{
    const size_t half = h->split.length;
    for (size_t i = 0; i < h->whole.count; i++) {
        const slt_real *from = h->whole.value + i * h->whole.length;
        for (size_t j = 0; j < half; j++) {
            h->split.value[2 * i * half + j] = from[j];
            h->split.value[(2 * i + 1) * half + j] = from[h->whole.length - half + j];
        }
    }
}

static double larger_of(slt_real a, slt_real b)
{
    double x = slt_real_double(a), y = slt_real_double(b);
    return isnan(x) || isnan(y) ? (double)NAN : fmax(x, y);
}

static double smaller_of(slt_real a, slt_real b)
{
    double x = slt_real_double(a), y = slt_real_double(b);
    return isnan(x) || isnan(y) ? (double)NAN : fmin(x, y);
}

/* The ESS of the share of draws up to a quantile. */
static slt_status find_quantile(halves *h, double share, slt_real *ess, slt_error *err)
{
    slt_real most;
    slt_status status = slt_series_quantile(&h->whole, slt_real_of(share), &most, err);
    if (status || !slt_series_finite(&h->whole))
        return status;
    fill_split(h);
    for (size_t i = 0; i < h->split.count * h->split.length; i++) {
        bool below = slt_real_double(h->split.value[i]) <= slt_real_double(most);
        h->split.value[i] = slt_real_of(below ? 1 : 0);
    }
    return slt_series_ess(&h->split, ess, err);
}

static slt_status find_tail(halves *h, slt_mixing *mixing, slt_error *err)
{
    slt_real low = slt_real_of(NAN), high = low;
    slt_status status = find_quantile(h, .05, &low, err);
    if (!status)
        status = find_quantile(h, .95, &high, err);
    if (!status)
        mixing->ess_tail = slt_real_of(smaller_of(low, high));
    return status;
}

/* Leaves the whole series folded. */
static slt_status find_folded(halves *h, slt_mixing *mixing, slt_error *err)
{
    slt_status status = slt_series_fold(&h->whole, err);
    if (status)
        return status;
    fill_split(h);
    status = slt_series_rank_normalise(&h->split, err);
    if (!status)
        mixing->rhat = slt_real_of(larger_of(mixing->rhat, slt_series_rhat(&h->split)));
    return status;
}

static slt_status mixing_find_all(halves *h, slt_mixing *mixing, slt_error *err)
{
    fill_split(h);
    slt_status status = slt_series_ess(&h->split, &mixing->ess_mean, err);
    if (!status)
        status = slt_series_rank_normalise(&h->split, err);
    if (status)
        return status;
    mixing->rhat = slt_series_rhat(&h->split);
    status = slt_series_ess(&h->split, &mixing->ess_bulk, err);
    if (!status)
        status = find_tail(h, mixing, err);
    return status ? status : find_folded(h, mixing, err);
}

slt_status slt_mixing_find(const slt_real *const *losses, size_t chains, size_t draws,
                           slt_mixing *mixing, slt_error *err)
{
    const slt_real none = slt_real_of(NAN);
    halves h = {0};
    *mixing = (slt_mixing){none, none, none, none};
    if (draws < SLT_MIXING_DRAWS_MIN)
        return SLT_OK;
    slt_status status = slt_series_of_chains(&h.whole, losses, chains, draws, err);
    if (!status)
        status = slt_series_create(&h.split, 2 * chains, draws / 2, err);
    if (!status) {
        status = mixing_find_all(&h, mixing, err);
    }
    slt_series_free(&h.split);
    slt_series_free(&h.whole);
    return status;
}

slt_status slt_mixing_ess(const slt_series *chains, slt_real *ess, slt_error *err)
{
    halves h = {.whole = *chains};
    *ess = slt_real_of(NAN);
    if (chains->length < SLT_MIXING_DRAWS_MIN)
        return SLT_OK;
    slt_status status =
        slt_series_create(&h.split, 2 * chains->count, chains->length / 2, err);
    if (status)
        return status;
    fill_split(&h);
    status = slt_series_ess(&h.split, ess, err);
    slt_series_free(&h.split);
    return status;
}
