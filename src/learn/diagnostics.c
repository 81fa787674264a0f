#include "learn/diagnostics.h"

#include <math.h>

#include "base/assert.h"
#include "learn/diagnostics_internal.h"

slt_baseline slt_baseline_of(const slt_llc_spec *spec)
{
    if (spec->init_loss == SLT_INIT_LOSS_FULL || spec->batch.order == SLT_BATCH_FULL)
        return SLT_BASELINE_EXACT;
    return spec->losses_full || spec->num_burnin_steps ? SLT_BASELINE_UNKNOWN
                                                       : SLT_BASELINE_FIRST_DRAWS;
}

/* The input: losses or, without them, quarters. */
typedef struct table {
    const slt_diagnosed *of;
    const slt_real *const *losses;
    const slt_real (*quarters)[4];
} table;

/* ---- Estimates of parts ------------------------------------------------------------ */

/* The first draw of a quarter; for quarter 4, the number of draws. */
static uint64_t first_draw(const table *t, size_t quarter)
{
    return quarter * t->of->draws / 4;
}

/* nbeta (loss - L_n(w*)). */
static double scaled_loss(const table *t, slt_real loss)
{
    return slt_real_double(t->of->nbeta) *
           (slt_real_double(loss) - slt_real_double(t->of->init_loss));
}

/* The LLC of one chain from its quarters [from, to). */
static double chain_llc(const table *t, size_t chain, size_t from, size_t to)
{
    double sum = 0;
    uint64_t first = first_draw(t, from), end = first_draw(t, to);
    for (uint64_t i = first; t->losses && i < end; i++)
        sum += scaled_loss(t, t->losses[chain][i]);
    for (size_t q = from; !t->losses && q < to; q++) {
        double draws = (double)(first_draw(t, q + 1) - first_draw(t, q));
        if (draws > 0)
            sum += draws * scaled_loss(t, t->quarters[chain][q]);
    }
    return first < end ? sum / (double)(end - first) : NAN;
}

static double llc_of_quarters(const table *t, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = 0; i < t->of->chains; i++)
        sum += chain_llc(t, i, from, to);
    return sum / (double)t->of->chains;
}

static double negative_share(const table *t)
{
    size_t below = 0;
    for (size_t i = 0; i < t->of->chains; i++)
        for (uint64_t j = 0; j < t->of->draws; j++)
            below += slt_real_double(t->losses[i][j]) < slt_real_double(t->of->init_loss);
    return (double)below / (double)t->of->chains / (double)t->of->draws;
}

/* ---- Chains that tell nothing ------------------------------------------------------ */

static void look_at_losses(const table *t, size_t chain, bool *constant, bool *finite)
{
    const slt_real *losses = t->losses[chain];
    for (uint64_t i = 0; i < t->of->draws; i++) {
        *constant &= slt_real_double(losses[i]) == slt_real_double(losses[0]);
        *finite &= slt_real_finite(losses[i]);
    }
}

static void look_at_quarters(const table *t, size_t chain, bool *constant, bool *finite)
{
    const slt_real *mean = t->quarters[chain], *first = NULL;
    for (size_t q = 0; q < 4 && t->of->draws > 1; q++) {
        if (first_draw(t, q) == first_draw(t, q + 1))
            continue;
        first = first ? first : &mean[q];
        *constant &= slt_real_double(mean[q]) == slt_real_double(*first);
        *finite &= slt_real_finite(mean[q]);
    }
}

static void count_chains(const table *t, slt_diagnostics *found)
{
    for (size_t i = 0; i < t->of->chains; i++) {
        bool constant = true, finite = true;
        (t->losses ? look_at_losses : look_at_quarters)(t, i, &constant, &finite);
        found->constant += finite && constant;
        found->nonfinite += !finite;
    }
}

/* ---- The error --------------------------------------------------------------------- */

/* Mean and sum of squares around it, value by value (Welford). */
typedef struct spread {
    double mean, squares;
    size_t count;
} spread;

static void spread_add(spread *s, double value)
{
    double off = value - s->mean;
    s->mean += off / (double)++s->count;
    s->squares += off * (value - s->mean);
}

static double sd_of(const spread *s)
{
    return s->count > 1 ? sqrt(s->squares / (double)(s->count - 1)) : NAN;
}

/* The error of the mean of `count` independent values. */
static slt_real error_of(const spread *s, double count)
{
    double error = sd_of(s) / sqrt(count);
    return slt_real_of(error > 0 && isfinite(error) ? error : NAN);
}

static slt_real error_within_chain(const table *t, double ess)
{
    spread draws = {0};
    for (uint64_t i = 0; i < t->of->draws; i++)
        spread_add(&draws, scaled_loss(t, t->losses[0][i]));
    return error_of(&draws, ess);
}

/* The error between several chains: *alone as if L_n(w*) were exact, *whole including its
 * error. */
static void errors_between_chains(const table *t, slt_real *alone, slt_real *whole)
{
    spread chains = {0}, own = {0};
    const bool drawn = t->of->baseline == SLT_BASELINE_FIRST_DRAWS && t->losses;
    for (size_t i = 0; i < t->of->chains; i++) {
        double value = chain_llc(t, i, 0, 4);
        spread_add(&chains, value);
        spread_add(&own, drawn ? value - scaled_loss(t, t->losses[i][0]) : value);
    }
    *alone = error_of(&chains, (double)chains.count);
    if (drawn || t->of->baseline == SLT_BASELINE_EXACT)
        *whole = error_of(&own, (double)own.count);
}

static void find_errors(const table *t, double ess_mean, slt_diagnostics *found)
{
    found->mcse = found->mcse_chains = slt_real_of(NAN);
    if (found->constant || found->nonfinite)
        return;
    if (t->of->chains > 1) {
        errors_between_chains(t, &found->mcse_chains, &found->mcse);
    } else if (t->losses) {
        found->mcse_chains = error_within_chain(t, ess_mean);
        if (t->of->baseline == SLT_BASELINE_EXACT)
            found->mcse = found->mcse_chains;
    }
}

/* ---- The verdict ------------------------------------------------------------------- */

slt_settled slt_settled_of(const slt_diagnostics *found)
{
    double rhat = slt_real_double(found->rhat), bulk = slt_real_double(found->ess_bulk);
    double tail = slt_real_double(found->ess_tail);
    double drift = fabs(slt_real_double(found->drift));
    double most = SLT_SETTLED_MCSE * slt_real_double(found->mcse_chains);
    if (rhat > SLT_SETTLED_RHAT || bulk < SLT_SETTLED_ESS || tail < SLT_SETTLED_ESS ||
        drift > most)
        return SLT_SETTLED_NO;
    bool known = !isnan(rhat) && !isnan(bulk) && !isnan(tail) && !isnan(drift) &&
                 !isnan(most) && slt_real_finite(found->mcse);
    return known ? SLT_SETTLED_YES : SLT_SETTLED_UNKNOWN;
}

static void diagnose_table(const table *t, double ess_mean, slt_diagnostics *found)
{
    found->chains = t->of->chains;
    found->draws = t->of->draws;
    found->baseline = t->of->baseline;
    found->llc = slt_real_of(llc_of_quarters(t, 0, 4));
    found->drift = slt_real_of(llc_of_quarters(t, 2, 4) - llc_of_quarters(t, 0, 2));
    for (size_t q = 0; q < 4; q++)
        found->quarters[q] = slt_real_of(llc_of_quarters(t, q, q + 1));
    count_chains(t, found);
    find_errors(t, ess_mean, found);
    found->settled = slt_settled_of(found);
}

slt_status slt_diagnose(const slt_diagnosed *of, const slt_real *const *losses,
                        slt_diagnostics *out, slt_error *err)
{
    const table t = {.of = of, .losses = losses};
    slt_mixing mixing;
    SLT_ASSERT(of->chains >= 1 && of->draws >= 1);
    slt_status status =
        slt_mixing_find(losses, of->chains, (size_t)of->draws, &mixing, err);
    if (status)
        return status;
    *out = (slt_diagnostics){.rhat = mixing.rhat,
                             .ess_bulk = mixing.ess_bulk,
                             .ess_tail = mixing.ess_tail,
                             .negative_share = slt_real_of(negative_share(&t))};
    diagnose_table(&t, slt_real_double(mixing.ess_mean), out);
    return SLT_OK;
}

void slt_diagnose_quarters(const slt_diagnosed *of, const slt_real (*quarters)[4],
                           slt_diagnostics *out)
{
    const table t = {.of = of, .quarters = quarters};
    const slt_real none = slt_real_of(NAN);
    SLT_ASSERT(of->chains >= 1 && of->draws >= 1);
    *out = (slt_diagnostics){.rhat = none,
                             .ess_bulk = none,
                             .ess_tail = none,
                             .negative_share = none,
                             .no_losses = true};
    diagnose_table(&t, NAN, out);
}
