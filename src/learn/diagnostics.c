#include "learn/diagnostics.h"

#include <math.h>

#include "base/assert.h"
#include "learn/diagnostics_series.h"

/* Losses as handed in. */
typedef struct loss_table {
    const slt_real *const *losses;
    size_t chains, draws;
    double nbeta, init_loss;
} loss_table;

/* nbeta (mean of draws [from, to) of one chain - L_n(w*)). */
static double chain_llc(const loss_table *table, size_t chain, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += slt_real_double(table->losses[chain][i]) - table->init_loss;
    return from < to ? table->nbeta * sum / (double)(to - from) : NAN;
}

static double llc(const loss_table *table, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = 0; i < table->chains; i++)
        sum += chain_llc(table, i, from, to);
    return sum / (double)table->chains;
}

static double error_between_chains(const loss_table *table)
{
    const double chains = (double)table->chains;
    double mean = llc(table, 0, table->draws), sum = 0;
    for (size_t i = 0; i < table->chains; i++) {
        double away = chain_llc(table, i, 0, table->draws) - mean;
        sum += away * away;
    }
    return sqrt(sum / (chains - 1) / chains);
}

static double error_within_chain(const loss_table *table, double ess)
{
    const double draws = (double)table->draws;
    double mean = llc(table, 0, table->draws) / table->nbeta, sum = 0;
    for (size_t i = 0; i < table->draws; i++) {
        double away = slt_real_double(table->losses[0][i]) - table->init_loss - mean;
        sum += away * away;
    }
    return fabs(table->nbeta) * sqrt(sum / (draws - 1) / ess);
}

static double negative_share(const loss_table *table)
{
    size_t below = 0;
    for (size_t i = 0; i < table->chains; i++) {
        for (size_t j = 0; j < table->draws; j++)
            below += slt_real_double(table->losses[i][j]) < table->init_loss;
    }
    return (double)below / (double)table->chains / (double)table->draws;
}

/* All draws, a series a chain. */
static void fill_whole(const loss_table *table, slt_series *series)
{
    for (size_t i = 0; i < table->chains; i++) {
        for (size_t j = 0; j < table->draws; j++)
            series->value[i * table->draws + j] = table->losses[i][j];
    }
}

/* The first and the last `half` draws of each series of `whole`, the middle one of an odd
 * number dropped. */
static void fill_split(const slt_series *whole, slt_series *series)
{
    const size_t half = series->length;
    for (size_t i = 0; i < whole->count; i++) {
        const slt_real *from = whole->value + i * whole->length;
        for (size_t j = 0; j < half; j++) {
            series->value[2 * i * half + j] = from[j];
            series->value[(2 * i + 1) * half + j] = from[whole->length - half + j];
        }
    }
}

static slt_status judge_mixing(slt_series *whole, slt_series *split, slt_diagnostics *out,
                               slt_error *err)
{
    fill_split(whole, split);
    slt_status status = slt_series_rank_normalise(split, err);
    if (status)
        return status;
    out->rhat = slt_series_rhat(split);
    status = slt_series_ess(split, &out->ess, err);
    if (!status)
        status = slt_series_fold(whole, err);
    if (status)
        return status;
    fill_split(whole, split);
    status = slt_series_rank_normalise(split, err);
    double folded = slt_real_double(slt_series_rhat(split));
    if (folded > slt_real_double(out->rhat))
        out->rhat = slt_real_of(folded);
    return status;
}

static slt_status find_mixing(const loss_table *table, slt_diagnostics *out,
                              slt_error *err)
{
    slt_series whole, split;
    out->rhat = out->ess = slt_real_of(NAN);
    if (table->draws < SLT_DIAGNOSE_DRAWS_MIN)
        return SLT_OK;
    slt_status status = slt_series_create(&whole, table->chains, table->draws, err);
    if (status)
        return status;
    status = slt_series_create(&split, 2 * table->chains, table->draws / 2, err);
    if (!status) {
        fill_whole(table, &whole);
        status = judge_mixing(&whole, &split, out, err);
        slt_series_free(&split);
    }
    slt_series_free(&whole);
    return status;
}

/* False where a number is NaN: too few draws never count as settled. */
static bool is_settled(const slt_diagnostics *found)
{
    return slt_real_double(found->rhat) <= 1.01 && slt_real_double(found->ess) >= 100 &&
           fabs(slt_real_double(found->drift)) <= 3 * slt_real_double(found->mcse);
}

slt_status slt_diagnose(const slt_real *const *losses, size_t chains, size_t draws,
                        slt_real nbeta, slt_real init_loss, slt_diagnostics *out,
                        slt_error *err)
{
    SLT_ASSERT(chains >= 1 && draws >= 1);
    const loss_table table = {losses, chains, draws, slt_real_double(nbeta),
                              slt_real_double(init_loss)};
    slt_status status = find_mixing(&table, out, err);
    if (status)
        return status;
    out->llc = slt_real_of(llc(&table, 0, draws));
    out->mcse =
        slt_real_of(chains >= 2 ? error_between_chains(&table)
                                : error_within_chain(&table, slt_real_double(out->ess)));
    out->negative_share = slt_real_of(negative_share(&table));
    out->drift = slt_real_of(llc(&table, draws / 2, draws) - llc(&table, 0, draws / 2));
    for (size_t q = 0; q < 4; q++)
        out->quarters[q] = slt_real_of(llc(&table, q * draws / 4, (q + 1) * draws / 4));
    out->settled = is_settled(out);
    out->no_losses = false;
    return SLT_OK;
}
