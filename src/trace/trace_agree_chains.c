/* Checks the chain records against the run and its checkpoints: which chains there must
 * be, what each holds, and the results that follow from them. */
#include "trace/trace_agree_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"
#include "codec/digest.h"
#include "learn/adapt.h"
#include "learn/observe.h"
#include "learn/sampler.h"
#include "learn/stein.h"
#include "learn/tempering.h"
#include "num/scalar.h"

/* One estimate at one checkpoint, with the chains that were run for it. */
typedef struct estimate_at {
    slt_agree *a;
    size_t llc;
    const slt_llc_spec *spec;
    const slt_record *checkpoint;
    bool last;        /* whether this is the last checkpoint of the estimate */
    bool stored;      /* whether its chains hold their losses */
    bool additive;    /* whether its chains' losses are the means of those of samples */
    uint64_t numbers; /* that its chains move */
    size_t first;     /* index of its first chain's record */
    slt_llc_setup setup;
    slt_llc_result *result;  /* of the chains, computed from their losses or quarters */
    slt_stein_result *stein; /* of the chains, computed from their sums */
    slt_real doubt[SLT_LLC_CHAINS_MAX]; /* bound on the error of a result from quarters */
    slt_real *losses;                   /* room for the losses of one chain */
} estimate_at;

static const slt_record *chain_of(const estimate_at *e, size_t chain)
{
    return slt_trace_record(e->a->trace, e->first + chain);
}

/* ---- One chain --------------------------------------------------------------------- */

/* The record must be that chain of this estimate at this checkpoint. */
static void judge_identity(const estimate_at *e, size_t chain)
{
    const slt_record *record = chain_of(e, chain);
    if (record->kind != SLT_RECORD_CHAIN || record->llc != e->llc ||
        record->at_step != e->checkpoint->step || record->chain != chain)
        slt_agree_refuse(e->a, e->first + chain,
                         "expected chain %zu of llc %zu at step %" PRIu64, chain, e->llc,
                         e->checkpoint->step);
}

/* The loss at w* on all the data of the estimate: a checkpoint's or, as checkpoints have
 * no loss of other data, what the chain says itself. */
static slt_real loss_at_start(const estimate_at *e, const slt_record *record)
{
    const slt_record *at = e->checkpoint;
    if (e->spec->loss_on == SLT_LOSS_ON_OTHER)
        return record->init_loss;
    for (size_t i = 0; i < at->metric_count; i++)
        if (at->metrics[i].quantity.kind == SLT_QUANTITY_VAL_LOSS &&
            e->spec->loss_on == SLT_LOSS_ON_VALIDATION)
            return at->metrics[i].value;
    return at->metrics[0].value;
}

/* Two numbers must equal that loss: L_n(w*), unless it is a mean over batches; and the
 * chain's first loss, if losses are taken on all the data and no update precedes the
 * first draw. */
static void judge_start(const estimate_at *e, size_t index, const slt_record *record)
{
    const slt_real loss = loss_at_start(e, record);
    const bool full = e->spec->batch.order == SLT_BATCH_FULL || e->spec->losses_full;
    const bool known =
        e->spec->loss_on != SLT_LOSS_ON_OTHER || e->spec->init_loss == SLT_INIT_LOSS_FULL;
    if (e->spec->init_loss == SLT_INIT_LOSS_FULL)
        slt_agree_real(e->a, index, "init_loss", loss, record->init_loss);
    if (known && full && e->stored && record->draws && e->spec->num_burnin_steps == 0)
        slt_agree_real(e->a, index, "losses", loss,
                       (slt_real){slt_load_le64(record->losses)});
}

static void judge_draws(const estimate_at *e, size_t index, const slt_record *record)
{
    const uint64_t draws = e->spec->num_draws;
    if (record->chain_status == SLT_RUN_DONE)
        slt_agree_uint(e->a, index, "draws", draws, record->draws);
    else if (record->draws >= draws)
        slt_agree_refuse(e->a, index,
                         "draws: expected less than %" PRIu64
                         " of a chain that broke off, found %" PRIu64,
                         draws, record->draws);
}

/* A quarter is the mean of its draws' losses.  It is nil if it has no draws, or if the
 * sum of its losses overflows (the chain's result is then not finite either).  With at
 * most one draw each, the quarters are the losses and must have the hash of the
 * losses. */
static void judge_quarters(const estimate_at *e, size_t index, const slt_record *record)
{
    uint8_t losses[32];
    size_t filled = 0;
    for (uint64_t q = 0; q < 4; q++) {
        const uint64_t from = q * record->draws / 4, to = (q + 1) * record->draws / 4;
        if (from < to)
            slt_store_le64(losses + 8 * filled++, record->quarters[q].bits);
        else if (slt_real_finite(record->quarters[q]))
            slt_agree_refuse(e->a, index,
                             "quarters: expected nil of draws %" PRIu64 " to %" PRIu64,
                             from, to);
    }
    if (record->draws <= 4 &&
        !slt_digest_equal(slt_digest_of(losses, 8 * filled), record->losses_hash))
        slt_agree_refuse(e->a, index, "losses_hash: expected that of the quarters");
}

/* The rate of the exchanges of a pair of replicas. */
static slt_real swap_of(const slt_record *record, size_t pair)
{
    return (slt_real){slt_load_le64(record->swaps + 8 * pair)};
}

static void judge_acceptance(const estimate_at *e, size_t index, const slt_record *record)
{
    const slt_real one = slt_real_of(1), zero = slt_real_of(0);
    const bool asked =
        slt_sampler_accepts(e->spec) && record->chain_status == SLT_RUN_DONE;
    slt_agree_text(e->a, index, "acceptance", asked ? "a number" : "none",
                   record->has_acceptance ? "a number" : "none");
    if (!asked || !record->has_acceptance)
        return;
    if (slt_llc_updates(e->spec) == slt_adapt_updates(e->spec))
        slt_agree_real(e->a, index, "acceptance", one, record->acceptance);
    if (slt_real_less(record->acceptance, zero) || slt_real_less(one, record->acceptance))
        slt_agree_refuse(e->a, index, "acceptance: expected a number from 0 to 1");
}

static void judge_adapted(const estimate_at *e, size_t index, const slt_record *record)
{
    const bool asked = e->spec->adapt.given && record->chain_status == SLT_RUN_DONE;
    slt_agree_text(e->a, index, "adapted_lr", asked ? "a number" : "none",
                   record->has_adapted_lr ? "a number" : "none");
    if (asked && record->has_adapted_lr && !slt_adapt_is_lr(record->adapted_lr))
        slt_agree_refuse(e->a, index, "adapted_lr: expected a number from 2^-64 to 2^64");
}

static void judge_swaps(const estimate_at *e, size_t index, const slt_record *record)
{
    const slt_tempering_spec *ladder = &e->spec->tempering;
    const bool done = record->chain_status == SLT_RUN_DONE;
    const uint64_t updates = slt_llc_updates(e->spec);
    const slt_real one = slt_real_of(1), zero = slt_real_of(0);
    slt_agree_uint(e->a, index, "swaps", done ? ladder->rungs : 0, record->swap_count);
    for (size_t i = 0; i < record->swap_count && !e->a->status; i++) {
        const slt_real rate = swap_of(record, i);
        if (!slt_tempering_offered(ladder, updates, i))
            slt_agree_real(e->a, index, "swaps", one, rate);
        if (slt_real_less(rate, zero) || slt_real_less(one, rate))
            slt_agree_refuse(e->a, index, "swaps: expected numbers from 0 to 1");
    }
}

/* The dimensions that the first chain with a Stein ratio moves in: those of the numbers
 * that move, or in a hyperplane one less.  There is no hyperplane if the gradient that
 * would be its normal is zero, which no record tells. */
static uint64_t dimensions(const estimate_at *e)
{
    size_t first = 0;
    while (!chain_of(e, first)->has_stein)
        first++;
    return chain_of(e, first)->moving == e->numbers ? e->numbers
                                                    : e->numbers - e->spec->orthogonal;
}

/* A batch of draws: sums of squares are not negative (that of the gradient's part in a
 * hyperplane is but for rounding; with a prior the pull is none), all are +0 without
 * draws, and two are after draw 0 alone, if that is w* itself. */
static bool is_stein_batch(const estimate_at *e, uint64_t draws, const slt_stein *sums,
                           uint64_t batch)
{
    const uint64_t from = batch * draws / SLT_STEIN_BATCHES;
    const uint64_t to = (batch + 1) * draws / SLT_STEIN_BATCHES;
    const slt_real pull = sums->pull[batch], square = sums->square[batch];
    const slt_real zero = slt_real_of(0);
    if (from == to && square.bits)
        return false;
    if ((from == to || (to == 1 && e->spec->num_burnin_steps == 0)) &&
        (sums->drift[batch].bits || pull.bits))
        return false;
    return (e->spec->prior.given || !slt_real_less(pull, zero)) &&
           (e->spec->orthogonal || !slt_real_less(square, zero));
}

static void judge_stein(const estimate_at *e, size_t index, const slt_record *record)
{
    const bool asked = e->spec->stein && record->chain_status == SLT_RUN_DONE;
    slt_agree_text(e->a, index, "stein", asked ? "sums" : "none",
                   record->has_stein ? "sums" : "none");
    if (!asked || !record->has_stein)
        return;
    slt_agree_uint(e->a, index, "moving", dimensions(e), record->moving);
    slt_stein sums;
    slt_results_stein_sums(record, &sums);
    for (uint64_t b = 0; record->stein && b < SLT_STEIN_BATCHES; b++)
        if (!is_stein_batch(e, record->draws, &sums, b))
            slt_agree_refuse(e->a, index,
                             "stein: expected sums of draws in batch %" PRIu64, b);
}

/* The mean loss at a draw where a loss of the data is the mean of those of its samples in
 * every bit, and these are what the chain observes. */
static void judge_observed_mean(const estimate_at *e, size_t index,
                                const slt_record *record, uint64_t row)
{
    const size_t samples = (size_t)record->observed_samples;
    const uint8_t *from = record->observed + 8 * row * samples;
    for (size_t i = 0; i < samples; i++)
        e->losses[i].bits = slt_load_le64(from + 8 * i);
    const uint64_t draw = row * e->spec->observables.every;
    slt_agree_real(e->a, index, "losses", slt_real_mean(e->losses, samples),
                   (slt_real){slt_load_le64(record->losses + 8 * draw)});
}

static void judge_observed(const estimate_at *e, size_t index, const slt_record *record)
{
    const bool asked = e->spec->observables.given && record->chain_status == SLT_RUN_DONE;
    slt_agree_text(e->a, index, "observed", asked ? "losses" : "none",
                   record->observed_samples ? "losses" : "none");
    if (!asked || e->a->status)
        return;
    slt_agree_uint(e->a, index, "samples", e->setup.observed, record->observed_samples);
    if (record->observed)
        slt_agree_uint(e->a, index, "observed",
                       slt_observed_draws(e->spec, record->draws) * e->setup.observed,
                       record->observed_count);
    const uint64_t rows =
        e->additive && record->observed ? slt_observed_draws(e->spec, record->draws) : 0;
    for (uint64_t row = 0; row < rows && !e->a->status; row++)
        judge_observed_mean(e, index, record, row);
}

/* Draw 0 of a chain that nothing moves before it has the metrics of its checkpoint. */
static void judge_first_metrics(const estimate_at *e, size_t index,
                                const slt_record *record)
{
    const slt_observables_spec *asked = &e->spec->observables;
    for (size_t i = 0; i < asked->metric_count; i++) {
        const slt_quantity metric =
            slt_quantity_named(SLT_QUANTITY_METRIC, asked->metrics[i]);
        for (size_t m = 0; m < e->checkpoint->metric_count; m++)
            if (slt_quantity_equal(&e->checkpoint->metrics[m].quantity, &metric))
                slt_agree_real(e->a, index, "measured", e->checkpoint->metrics[m].value,
                               (slt_real){slt_load_le64(record->measured + 8 * i)});
    }
}

static void judge_measured(const estimate_at *e, size_t index, const slt_record *record)
{
    const size_t metrics = e->spec->observables.metric_count;
    const bool asked = metrics && record->chain_status == SLT_RUN_DONE;
    slt_agree_text(e->a, index, "measured", asked ? "metrics" : "none",
                   record->measured_metrics ? "metrics" : "none");
    if (!asked || e->a->status)
        return;
    slt_agree_uint(e->a, index, "metrics", metrics, record->measured_metrics);
    if (record->measured)
        slt_agree_uint(e->a, index, "measured",
                       slt_observed_draws(e->spec, record->draws) * metrics,
                       record->measured_count);
    if (record->measured && !e->a->status && !e->spec->num_burnin_steps)
        judge_first_metrics(e, index, record);
}

/* An energy is nbeta L and what is not negative besides, L the loss at the draw. */
static void judge_energies(const estimate_at *e, size_t index, const slt_record *record)
{
    const bool asked =
        e->spec->observables.energies && record->chain_status == SLT_RUN_DONE;
    slt_agree_text(e->a, index, "energies", asked ? "numbers" : "none",
                   record->has_energies ? "numbers" : "none");
    if (!asked || !record->energies || e->a->status)
        return;
    slt_agree_uint(e->a, index, "energies", record->draws, record->energy_count);
    for (size_t i = 0; record->has_losses && i < record->loss_count && !e->a->status;
         i++) {
        const slt_real energy = {slt_load_le64(record->energies + 8 * i)};
        const slt_real loss = {slt_load_le64(record->losses + 8 * i)};
        if (slt_real_less(energy, slt_real_mul(e->setup.nbeta, loss)))
            slt_agree_refuse(e->a, index,
                             "energies: expected at least nbeta times the loss of draw "
                             "%zu",
                             i);
    }
}

static void judge_chain(const estimate_at *e, size_t chain)
{
    const size_t index = e->first + chain;
    const slt_record *record = chain_of(e, chain);
    judge_identity(e, chain);
    if (e->a->status)
        return;
    slt_agree_real(e->a, index, "nbeta", e->setup.nbeta, record->nbeta);
    if (!slt_real_finite(record->init_loss))
        slt_agree_refuse(e->a, index, "init_loss: expected a number, found nil");
    slt_agree_real(e->a, index, "init_loss", e->setup.init_loss, record->init_loss);
    slt_agree_text(e->a, index, "losses", e->stored ? "stored" : "not stored",
                   record->has_losses ? "stored" : "not stored");
    if (record->chain_status == SLT_RUN_OVERFLOW && e->a->run->arithmetic != SLT_FIXED)
        slt_agree_refuse(e->a, index, "status: expected overflow in fixed alone");
    judge_draws(e, index, record);
    if (e->a->status)
        return;
    judge_start(e, index, record);
    if (!e->stored)
        judge_quarters(e, index, record);
    judge_acceptance(e, index, record);
    judge_adapted(e, index, record);
    judge_swaps(e, index, record);
    judge_stein(e, index, record);
    judge_observed(e, index, record);
    judge_measured(e, index, record);
    judge_energies(e, index, record);
}

/* If L_n(w*) is the mean of the chains' losses on their first batches, and those are the
 * first losses they stored, it must be that mean. */
static void judge_first_batches(const estimate_at *e)
{
    const slt_llc_spec *spec = e->spec;
    slt_real first[SLT_LLC_CHAINS_MAX];
    if (e->a->status || spec->init_loss != SLT_INIT_LOSS_BATCHES || !e->stored ||
        spec->losses_full || spec->num_burnin_steps)
        return;
    for (size_t i = 0; i < spec->num_chains; i++) {
        if (!chain_of(e, i)->draws)
            return;
        first[i].bits = slt_load_le64(chain_of(e, i)->losses);
    }
    slt_agree_real(e->a, e->first, "init_loss", slt_real_mean(first, spec->num_chains),
                   e->setup.init_loss);
}

/* ---- Results ----------------------------------------------------------------------- */

static slt_real magnitude_of(slt_real value)
{
    return (slt_real){value.bits & ~(UINT64_C(1) << 63)};
}

/* A bound on how far a mean of `count` terms of that magnitude can differ from the same
 * mean summed in another order: roundings of 2^-53, 64 partial sums, and a margin. */
static slt_real doubt_of(uint64_t count, slt_real size)
{
    static const slt_real unit = {UINT64_C(0x3cd0000000000000)}; /* 2^-50 */
    return slt_real_mul(slt_real_mul(slt_real_from_u64(count / 64 + 64), unit), size);
}

static bool is_near(slt_real a, slt_real b, slt_real doubt)
{
    return slt_real_finite(a) && slt_real_finite(b) &&
           !slt_real_less(doubt, magnitude_of(slt_real_sub(a, b)));
}

static slt_real result_from_losses(const estimate_at *e, const slt_record *record)
{
    for (size_t i = 0; i < record->loss_count; i++)
        e->losses[i].bits = slt_load_le64(record->losses + 8 * i);
    return slt_llc_of_chain(&e->setup, e->losses, record->draws);
}

/* The chain's result from its quarters, each weighted by its number of draws.  Up to
 * rounding this is the mean of the losses: nothing cancels, as no loss is negative.
 * *doubt bounds the difference. */
static slt_real result_from_quarters(const estimate_at *e, const slt_record *record,
                                     slt_real *doubt)
{
    const uint64_t draws = record->draws;
    slt_real sum = slt_real_of(0);
    for (uint64_t q = 0; q < 4; q++) {
        const uint64_t count = (q + 1) * draws / 4 - q * draws / 4;
        if (count)
            sum = slt_real_add(
                sum, slt_real_mul(slt_real_from_u64(count), record->quarters[q]));
    }
    const slt_real mean = slt_real_div(sum, slt_real_from_u64(draws));
    const slt_real size =
        slt_real_add(magnitude_of(mean), magnitude_of(e->setup.init_loss));
    *doubt = doubt_of(draws, slt_real_mul(magnitude_of(e->setup.nbeta), size));
    return slt_real_mul(e->setup.nbeta, slt_real_sub(mean, e->setup.init_loss));
}

/* The value of result `at` in the table; absent if the table has no such result. */
static slt_real table_result(const estimate_at *e, size_t at)
{
    const slt_record *table = slt_trace_record(e->a->trace, e->a->table);
    return at < table->result_count ? table->results[at].value : slt_real_absent();
}

/* The table's result `at` must be *value within `doubt`; *value then becomes the table's
 * number, which is the exact one. */
static void take_from_table(const estimate_at *e, const char *name, size_t at,
                            slt_real doubt, slt_real *value)
{
    const slt_real found = table_result(e, at);
    if (!is_near(found, *value, doubt))
        slt_agree_real(e->a, e->a->table, name, *value, found);
    *value = found;
}

/* Combines the chains when their losses are not stored.  If the table lists single chains
 * (at the last checkpoint), those must equal the results from the quarters up to
 * rounding, and the mean and standard deviation must follow from them in every bit.
 * Otherwise the mean and standard deviation are compared up to rounding.  series, plain:
 * indices in the table of the estimate's first result with a step and of its first
 * without. */
static void combine_unstored(const estimate_at *e, size_t series, size_t plain)
{
    slt_llc_result *result = e->result;
    const size_t chains = e->spec->num_chains, head = 1 + (chains >= 2);
    char name[64]; /* both counts at their longest */
    slt_real doubt = slt_real_of(0);
    for (size_t i = 0; i < chains && e->last && !e->a->status; i++) {
        snprintf(name, sizeof name, "results: llc %zu, chain %zu", e->llc, i);
        take_from_table(e, name, plain + head + i, e->doubt[i], &result->chain[i]);
    }
    slt_llc_combine(chains, result);
    if (e->last)
        return;
    for (size_t i = 0; i < chains; i++) {
        const slt_real more = doubt_of(chains, magnitude_of(result->chain[i]));
        const slt_real of_chain = slt_real_add(slt_real_add(e->doubt[i], more), more);
        doubt = slt_real_less(doubt, of_chain) ? of_chain : doubt;
    }
    doubt = slt_real_add(doubt, doubt); /* sd moves by at most twice as much */
    snprintf(name, sizeof name, "results: llc %zu at step %" PRIu64, e->llc,
             e->checkpoint->step);
    take_from_table(e, name, series, doubt, &result->mean);
    if (result->has_sd)
        take_from_table(e, name, series + 1, doubt, &result->sd);
}

static bool all_chains_done(const estimate_at *e)
{
    for (size_t i = 0; i < e->spec->num_chains; i++)
        if (chain_of(e, i)->chain_status != SLT_RUN_DONE)
            return false;
    return true;
}

static const slt_stein_result *find_stein(estimate_at *e)
{
    e->setup.moving = dimensions(e);
    for (size_t i = 0; i < e->spec->num_chains; i++) {
        slt_stein sums;
        slt_results_stein_sums(chain_of(e, i), &sums);
        slt_stein_put(i, slt_stein_of_chain(e->spec, &e->setup, &sums), e->stein);
    }
    slt_stein_combine(e->spec->num_chains, e->stein);
    return e->stein;
}

/* Over the chains, all of which are done. */
static slt_real mean_swap(const estimate_at *e, size_t pair)
{
    slt_real rate[SLT_LLC_CHAINS_MAX];
    for (size_t i = 0; i < e->spec->num_chains; i++)
        rate[i] = swap_of(chain_of(e, i), pair);
    return slt_real_mean(rate, e->spec->num_chains);
}

static void add_results(estimate_at *e)
{
    const slt_llc_spec *spec = e->spec;
    const bool done = all_chains_done(e), mala = done && slt_sampler_accepts(spec);
    const size_t chains = spec->num_chains, at = e->a->found.count;
    const size_t plain_head = done ? 1 + (chains >= 2) : 1;
    const bool stein = done && spec->stein, adapted = done && spec->adapt.given;
    const size_t shared = plain_head + mala + adapted +
                          (done ? spec->tempering.rungs : 0) + stein * SLT_STEIN_MEANS +
                          (spec->hessian.probes > 0);
    const size_t single = done ? chains * (1 + spec->stein) : 0; /* results of chains */
    const bool series = slt_llc_is_series(spec);
    slt_findings found = {0};
    for (size_t i = 0; i < chains && done; i++)
        e->result->chain[i] = e->stored
                                  ? result_from_losses(e, chain_of(e, i))
                                  : result_from_quarters(e, chain_of(e, i), &e->doubt[i]);
    if (done && e->stored)
        slt_llc_combine(chains, e->result);
    else if (done)
        combine_unstored(e, at, series ? at + shared : at);
    found.llc = done ? e->result : NULL;
    slt_real share[SLT_LLC_CHAINS_MAX];
    for (size_t i = 0; i < chains && mala; i++)
        share[i] = chain_of(e, i)->acceptance;
    if (mala)
        found.acceptance = slt_real_mean(share, chains);
    for (size_t i = 0; i < chains && adapted; i++)
        share[i] = chain_of(e, i)->adapted_lr;
    if (adapted)
        found.adapted_lr = slt_real_mean(share, chains);
    for (size_t pair = 0; done && pair < spec->tempering.rungs; pair++)
        found.swap[pair] = mean_swap(e, pair);
    if (stein)
        found.stein = find_stein(e);
    /* The Hessian's trace is in no other record, so the table's first one is taken. */
    if (spec->hessian.probes)
        found.trace = table_result(e, at + shared - 1 + (series ? 0 : single));
    slt_results_of_estimate(&e->a->found, e->a->run, e->llc, e->checkpoint->step, e->last,
                            &found);
}

/* ---- All --------------------------------------------------------------------------- */

static void judge_estimate_at(estimate_at *e)
{
    const size_t chains = e->spec->num_chains;
    e->setup = (slt_llc_setup){
        .nbeta = slt_llc_nbeta(e->spec, slt_llc_samples(e->spec, e->a->run)),
        .init_loss = chain_of(e, 0)->init_loss,
        .observed = slt_observed_samples(e->spec, &e->a->run->data)};
    for (size_t i = 0; i < chains && !e->a->status; i++)
        judge_chain(e, i);
    judge_first_batches(e);
    if (!e->a->status)
        add_results(e);
}

static bool is_made_at(const slt_agree *a, const slt_llc_spec *spec, size_t index)
{
    const uint64_t step = slt_trace_record(a->trace, index)->step;
    slt_trace_forget(a->trace, index);
    return slt_marks_made_at(&a->run->train, &a->marks, spec, step,
                             slt_agree_is_last(a, step));
}

static void count_numbers(estimate_at *e)
{
    slt_refinement refined;
    if (slt_refine_create(&e->a->run->model, &e->spec->restricted, &refined, NULL))
        slt_agree_memory(e->a);
    else
        e->numbers = refined.moving;
    slt_refine_free(&refined);
}

/* Checks an estimate at all its checkpoints; e->first is afterwards the index of the
 * record after its chains. */
static void judge_estimate(estimate_at *e)
{
    slt_agree *a = e->a;
    size_t last = a->chains;
    bool adds_up = false;
    if (!a->trained || !slt_marks_allow(&a->run->train, &a->marks, e->spec))
        return;
    while (--last > 0 && !is_made_at(a, e->spec, last))
        ;
    count_numbers(e);
    if (slt_observe_adds_up(e->spec, a->run, &adds_up, NULL))
        slt_agree_memory(a);
    for (size_t i = 1; i <= last && !a->status; i++) {
        if (!is_made_at(a, e->spec, i))
            continue;
        e->checkpoint = slt_trace_record(a->trace, i);
        e->last = i == last;
        e->stored = slt_llc_stores_losses(e->spec, e->last);
        e->additive = e->stored && adds_up;
        judge_estimate_at(e);
        for (size_t chain = 0; chain < e->spec->num_chains && !a->status; chain++)
            slt_trace_forget(a->trace, e->first + chain);
        slt_trace_forget(a->trace, i);
        e->first += e->spec->num_chains;
    }
}

/* The most losses that one chain of the file stores, or one of its draws of samples: room
 * is made for no more. */
static size_t most_losses(const slt_agree *a)
{
    size_t most = 1;
    for (size_t i = a->chains; i < a->table; i++) {
        const slt_record *chain = slt_trace_record(a->trace, i);
        const uint64_t samples = chain->observed_count ? chain->observed_samples : 0;
        most = chain->loss_count > most ? chain->loss_count : most;
        most = samples > most ? (size_t)samples : most;
        slt_trace_forget(a->trace, i);
    }
    return most;
}

void slt_agree_chains(slt_agree *a)
{
    estimate_at *e = slt_world.calloc(1, sizeof *e);
    slt_llc_result *result = slt_world.calloc(1, sizeof *result);
    slt_stein_result *stein = slt_world.calloc(1, sizeof *stein);
    slt_real *losses = slt_world.calloc(most_losses(a), sizeof *losses);
    if (e && result && stein && losses) {
        *e = (estimate_at){.a = a,
                           .first = a->chains,
                           .result = result,
                           .stein = stein,
                           .losses = losses};
        for (e->llc = 0; e->llc < a->run->llc_count && !a->status; e->llc++) {
            e->spec = &a->run->llc[e->llc];
            judge_estimate(e);
        }
        if (e->first < a->table)
            slt_agree_refuse(a, e->first, "expected no chain: no estimate is made here");
    } else
        slt_agree_memory(a);
    free(e);
    free(result);
    free(stein);
    free(losses);
}
