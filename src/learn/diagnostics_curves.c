#include "learn/diagnostics_curves.h"

#include <math.h>
#include <stdlib.h>

#include "base/world.h"
#include "learn/diagnostics_internal.h"
#include "num/scalar.h"

/* ---- The course -------------------------------------------------------------------- */

uint64_t slt_chain_part(const slt_chain_curves *c, size_t point)
{
    const uint64_t from = point * c->part;
    return c->draws - from < c->part ? c->draws - from : c->part;
}

static void find_course(const slt_diagnosed *of, const slt_real *const *losses, bool loss,
                        slt_chain_curves *c)
{
    for (size_t chain = 0; chain < c->chains; chain++)
        for (size_t i = 0; i < c->points; i++) {
            slt_real value =
                slt_real_mean(losses[chain] + i * c->part, (size_t)slt_chain_part(c, i));
            if (!loss)
                value = slt_real_mul(of->nbeta, slt_real_sub(value, of->init_loss));
            c->course[chain * c->points + i] = value;
        }
}

/* ---- Ranks ------------------------------------------------------------------------- */

/* A rank is a whole number or halfway between two. */
static void count_ranks(const slt_series *ranked, slt_chain_curves *c)
{
    const uint64_t twice = 2 * (uint64_t)c->chains * c->draws;
    for (size_t i = 0; i < c->chains * c->draws; i++) {
        const uint64_t place = (uint64_t)(2 * slt_real_double(ranked->value[i])) - 1;
        c->ranks[i / c->draws * c->bins + place * c->bins / twice]++;
    }
}

static slt_status find_ranks(const slt_real *const *losses, slt_chain_curves *c,
                             slt_error *err)
{
    slt_series whole = {0};
    slt_status status =
        slt_series_of_chains(&whole, losses, c->chains, (size_t)c->draws, err);
    if (!status)
        status = slt_series_rank(&whole, err);
    if (!status && !isnan(slt_real_double(whole.value[0])))
        count_ranks(&whole, c);
    slt_series_free(&whole);
    return status;
}

slt_real slt_chain_share(const slt_chain_curves *c, uint64_t count)
{
    return slt_real_div(slt_real_from_u64(count * c->bins), slt_real_from_u64(c->draws));
}

slt_real slt_chain_share_sd(const slt_chain_curves *c)
{
    const uint64_t all = c->chains * c->draws;
    if (all < 2)
        return slt_real_absent();
    return slt_real_sqrt(slt_real_div(slt_real_from_u64((c->bins - 1) * (c->chains - 1)),
                                      slt_real_from_u64(all - 1)));
}

/* ---- Autocorrelation --------------------------------------------------------------- */

/* Of one chain, less its mean. */
static void find_rho(const slt_real *away, slt_chain_curves *c, slt_real *rho)
{
    const size_t draws = (size_t)c->draws;
    const slt_real whole = slt_real_products(away, away, draws);
    for (size_t i = 0; i < c->lags; i++) {
        const size_t lag = i * (size_t)c->lag;
        rho[i] = slt_real_div(slt_real_products(away, away + lag, draws - lag), whole);
    }
}

static slt_status find_rhos(const slt_real *const *losses, slt_chain_curves *c,
                            slt_error *err)
{
    slt_real *away = slt_world.calloc((size_t)c->draws, sizeof *away);
    if (!away)
        return slt_fail(err, SLT_RESOURCE, "no memory for the draws of a chain");
    for (size_t chain = 0; chain < c->chains; chain++) {
        const slt_real mean = slt_real_mean(losses[chain], (size_t)c->draws);
        for (size_t i = 0; i < c->draws; i++)
            away[i] = slt_real_sub(losses[chain][i], mean);
        find_rho(away, c, c->rho + chain * c->lags);
    }
    free(away);
    return SLT_OK;
}

static uint64_t lags_shown(const slt_real *rho, uint64_t half)
{
    uint64_t fallen = 1;
    while (fallen < half && slt_real_double(rho[fallen]) >= .05)
        fallen++;
    const uint64_t most = 3 * fallen + 10;
    return most < half ? most : half;
}

slt_status slt_chain_lags(const slt_diagnosed *of, const slt_real *const *losses,
                          uint64_t *lags, slt_error *err)
{
    slt_series whole = {0};
    slt_real *rho = NULL;
    slt_status status =
        slt_series_of_chains(&whole, losses, of->chains, (size_t)of->draws, err);
    if (!status)
        status = slt_series_autocorrelation(&whole, &rho, err);
    *lags = rho ? lags_shown(rho, of->draws / 2) : of->draws / 2;
    free(rho);
    slt_series_free(&whole);
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static uint64_t ceil_of(uint64_t count, uint64_t parts)
{
    return count / parts + (count % parts != 0);
}

static slt_status make_room(const slt_diagnosed *of, uint64_t lags, slt_chain_curves *c,
                            slt_error *err)
{
    const uint64_t part = ceil_of(of->draws, SLT_CHAIN_POINTS);
    const uint64_t most = lags < of->draws ? lags : of->draws - 1;
    const uint64_t lag = most ? ceil_of(most, SLT_CHAIN_POINTS) : 1;
    *c = (slt_chain_curves){.chains = of->chains,
                            .draws = of->draws,
                            .part = part,
                            .points = (size_t)ceil_of(of->draws, part),
                            .bins = SLT_CHAIN_BINS,
                            .lag = lag,
                            .lags = (size_t)(most / lag) + 1};
    c->course = slt_world.calloc(c->chains * c->points, sizeof *c->course);
    c->ranks = slt_world.calloc(c->chains * c->bins, sizeof *c->ranks);
    c->rho = slt_world.calloc(c->chains * c->lags, sizeof *c->rho);
    return c->course && c->ranks && c->rho
               ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "no memory for the picture of %zu chains",
                          c->chains);
}

slt_status slt_chain_curves_find(const slt_diagnosed *of, const slt_real *const *losses,
                                 slt_chain_wanted wanted, slt_chain_curves *curves,
                                 slt_error *err)
{
    slt_status status = make_room(of, wanted.lags, curves, err);
    if (status)
        return status;
    find_course(of, losses, wanted.loss, curves);
    status = find_ranks(losses, curves, err);
    return status ? status : find_rhos(losses, curves, err);
}

void slt_chain_curves_free(slt_chain_curves *curves)
{
    free(curves->course);
    free(curves->ranks);
    free(curves->rho);
    *curves = (slt_chain_curves){0};
}
