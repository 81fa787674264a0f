#include "learn/diagnostics_curves.h"

#include <math.h>
#include <stdlib.h>

#include "base/world.h"
#include "learn/diagnostics_internal.h"

/* ---- The course -------------------------------------------------------------------- */

static double mean_of_part(const slt_real *losses, uint64_t from, uint64_t end)
{
    double sum = 0;
    for (uint64_t i = from; i < end; i++)
        sum += slt_real_double(losses[i]);
    return sum / (double)(end - from);
}

static void find_course(const slt_diagnosed *of, const slt_real *const *losses,
                        slt_chain_curves *c)
{
    const double nbeta = slt_real_double(of->nbeta);
    const double base = slt_real_double(of->init_loss);
    for (size_t chain = 0; chain < c->chains; chain++)
        for (size_t i = 0; i < c->points; i++) {
            const uint64_t from = i * c->part, end = from + c->part;
            const double mean =
                mean_of_part(losses[chain], from, end < c->draws ? end : c->draws);
            c->course[chain * c->points + i] = slt_real_of(nbeta * (mean - base));
        }
}

/* ---- Ranks ------------------------------------------------------------------------- */

static void count_ranks(const slt_series *ranked, slt_chain_curves *c)
{
    const double total = (double)c->chains * (double)c->draws;
    const double share = (double)c->bins / (double)c->draws;
    for (size_t i = 0; i < c->chains * c->draws; i++) {
        const double rank = slt_real_double(ranked->value[i]);
        const size_t bin = (size_t)((rank - .5) / total * (double)c->bins);
        slt_real *at = &c->ranks[i / c->draws * c->bins + bin];
        *at = slt_real_of(slt_real_double(*at) + share);
    }
}

/* ---- Autocorrelation --------------------------------------------------------------- */

static size_t lags_shown(const slt_real *rho, size_t length)
{
    size_t fallen = 1;
    while (fallen < length / 2 && slt_real_double(rho[fallen]) >= .05)
        fallen++;
    const size_t most = 3 * fallen + 10;
    return most < length / 2 ? most : length / 2;
}

static slt_status find_rho(const slt_series *whole, slt_chain_curves *c, slt_error *err)
{
    slt_status status = slt_series_autocorrelation(whole, &c->rho, err);
    c->lags = c->rho ? lags_shown(c->rho, whole->length) : 0;
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status make_room(const slt_diagnosed *of, slt_chain_curves *c, slt_error *err)
{
    const uint64_t part = (of->draws + SLT_CHAIN_POINTS - 1) / SLT_CHAIN_POINTS;
    *c = (slt_chain_curves){.chains = of->chains,
                            .draws = of->draws,
                            .part = part,
                            .points = (size_t)((of->draws + part - 1) / part),
                            .bins = SLT_CHAIN_BINS};
    c->course = slt_world.calloc(c->chains * c->points, sizeof *c->course);
    c->ranks = slt_world.calloc(c->chains * c->bins, sizeof *c->ranks);
    return c->course && c->ranks
               ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "no memory for the picture of %zu chains",
                          c->chains);
}

static slt_status find_mixing(const slt_real *const *losses, slt_chain_curves *c,
                              slt_error *err)
{
    slt_series whole = {0};
    slt_status status =
        slt_series_of_chains(&whole, losses, c->chains, (size_t)c->draws, err);
    if (!status)
        status = find_rho(&whole, c, err);
    if (!status)
        status = slt_series_rank(&whole, err);
    if (!status && !isnan(slt_real_double(whole.value[0])))
        count_ranks(&whole, c);
    slt_series_free(&whole);
    return status;
}

slt_status slt_chain_curves_find(const slt_diagnosed *of, const slt_real *const *losses,
                                 slt_chain_curves *curves, slt_error *err)
{
    slt_status status = make_room(of, curves, err);
    if (status)
        return status;
    find_course(of, losses, curves);
    return find_mixing(losses, curves, err);
}

void slt_chain_curves_free(slt_chain_curves *curves)
{
    free(curves->course);
    free(curves->ranks);
    free(curves->rho);
    *curves = (slt_chain_curves){0};
}
