/* Chains against the run and the checkpoints: which there are, what each holds, and the
 * results that they give. */
#include "trace/trace_agree_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "codec/digest.h"
#include "learn/sampler.h"
#include "num/scalar.h"

/* One estimate at one checkpoint. */
typedef struct place {
    slt_agree *a;
    size_t llc;
    const slt_llc_spec *spec;
    const slt_record *checkpoint;
    bool last;    /* of the estimate's checkpoints */
    bool stored;  /* its chains hold their losses */
    size_t first; /* record of its first chain */
    slt_llc_setup setup;
    slt_llc_result *result; /* the chains' results, from their losses or their quarters */
    slt_real doubt[SLT_LLC_CHAINS_MAX]; /* most by which a result from quarters is off */
    slt_real *losses;                   /* num_draws of them: room for one chain's */
} place;

static const slt_record *chain_of(const place *p, size_t chain)
{
    return slt_trace_record(p->a->trace, p->first + chain);
}

/* ---- One chain --------------------------------------------------------------------- */

/* Its place in the order. */
static void judge_names(const place *p, size_t chain)
{
    const slt_record *record = chain_of(p, chain);
    if (record->kind != SLT_RECORD_CHAIN || record->llc != p->llc ||
        record->at_step != p->checkpoint->step || record->chain != chain)
        slt_agree_refuse(p->a, p->first + chain,
                         "expected chain %zu of llc %zu at step %" PRIu64, chain, p->llc,
                         p->checkpoint->step);
}

/* Its first loss is the loss at w* where nothing was updated before, on all the data; so
 * is L_n(w*) itself where it is not a mean over batches. */
static void judge_start(const place *p, size_t index, const slt_record *record)
{
    const slt_real loss = p->checkpoint->metrics[0].value;
    const bool full = p->spec->batch.order == SLT_BATCH_FULL || p->spec->losses_full;
    if (p->spec->init_loss == SLT_INIT_LOSS_FULL)
        slt_agree_real(p->a, index, "init_loss", loss, record->init_loss);
    if (full && p->stored && record->draws && p->spec->num_burnin_steps == 0)
        slt_agree_real(p->a, index, "losses", loss,
                       (slt_real){slt_load_le64(record->losses)});
}

static void judge_draws(const place *p, size_t index, const slt_record *record)
{
    const uint64_t draws = p->spec->num_draws;
    if (record->chain_status == SLT_RUN_DONE)
        slt_agree_uint(p->a, index, "draws", draws, record->draws);
    else if (record->draws >= draws)
        slt_agree_refuse(p->a, index,
                         "draws: expected less than %" PRIu64
                         " of a chain that broke off, found %" PRIu64,
                         draws, record->draws);
}

/* Quarters of a chain are means of its losses, nil where there are none (or where their
 * sum is beyond all numbers: then so is the chain's result).  With one loss each they are
 * the losses, and give the hash. */
static void judge_quarters(const place *p, size_t index, const slt_record *record)
{
    uint8_t losses[32];
    size_t filled = 0;
    for (uint64_t q = 0; q < 4; q++) {
        const uint64_t from = q * record->draws / 4, to = (q + 1) * record->draws / 4;
        if (from < to)
            slt_store_le64(losses + 8 * filled++, record->quarters[q].bits);
        else if (slt_real_finite(record->quarters[q]))
            slt_agree_refuse(p->a, index,
                             "quarters: expected nil of draws %" PRIu64 " to %" PRIu64,
                             from, to);
    }
    if (record->draws <= 4 &&
        !slt_digest_equal(slt_digest_of(losses, 8 * filled), record->losses_hash))
        slt_agree_refuse(p->a, index, "losses_hash: expected that of the quarters");
}

static void judge_acceptance(const place *p, size_t index, const slt_record *record)
{
    const slt_real one = slt_real_of(1), zero = slt_real_of(0);
    const bool asked =
        slt_sampler_accepts(p->spec) && record->chain_status == SLT_RUN_DONE;
    slt_agree_text(p->a, index, "acceptance", asked ? "a number" : "none",
                   record->has_acceptance ? "a number" : "none");
    if (!asked || !record->has_acceptance)
        return;
    if (slt_llc_updates(p->spec) == 0)
        slt_agree_real(p->a, index, "acceptance", one, record->acceptance);
    if (slt_real_less(record->acceptance, zero) || slt_real_less(one, record->acceptance))
        slt_agree_refuse(p->a, index, "acceptance: expected a number from 0 to 1");
}

static void judge_chain(const place *p, size_t chain)
{
    const size_t index = p->first + chain;
    const slt_record *record = chain_of(p, chain);
    judge_names(p, chain);
    if (p->a->status)
        return;
    slt_agree_real(p->a, index, "nbeta", p->setup.nbeta, record->nbeta);
    if (!slt_real_finite(record->init_loss))
        slt_agree_refuse(p->a, index, "init_loss: expected a number, found nil");
    slt_agree_real(p->a, index, "init_loss", p->setup.init_loss, record->init_loss);
    slt_agree_text(p->a, index, "losses", p->stored ? "stored" : "not stored",
                   record->has_losses ? "stored" : "not stored");
    if (record->chain_status == SLT_RUN_OVERFLOW && p->a->run->arithmetic != SLT_FIXED)
        slt_agree_refuse(p->a, index, "status: expected overflow in fixed alone");
    judge_draws(p, index, record);
    if (p->a->status)
        return;
    judge_start(p, index, record);
    if (!p->stored)
        judge_quarters(p, index, record);
    judge_acceptance(p, index, record);
}

/* L_n(w*) as the mean over the chains of the loss of their first batch, where those are
 * the first losses. */
static void judge_first_batches(const place *p)
{
    const slt_llc_spec *spec = p->spec;
    slt_real first[SLT_LLC_CHAINS_MAX];
    if (p->a->status || spec->init_loss != SLT_INIT_LOSS_BATCHES || !p->stored ||
        spec->losses_full || spec->num_burnin_steps)
        return;
    for (size_t i = 0; i < spec->num_chains; i++) {
        if (!chain_of(p, i)->draws)
            return;
        first[i].bits = slt_load_le64(chain_of(p, i)->losses);
    }
    slt_agree_real(p->a, p->first, "init_loss", slt_real_mean(first, spec->num_chains),
                   p->setup.init_loss);
}

/* ---- Results ----------------------------------------------------------------------- */

static slt_real size_of(slt_real value)
{
    return (slt_real){value.bits & ~(UINT64_C(1) << 63)};
}

/* The most by which a mean of `count` terms of that size differs from one summed in
 * another order: roundings of 2^-53, 64 partial sums, and room. */
static slt_real doubt_of(uint64_t count, slt_real size)
{
    static const slt_real unit = {UINT64_C(0x3cd0000000000000)}; /* 2^-50 */
    return slt_real_mul(slt_real_mul(slt_real_from_u64(count / 64 + 64), unit), size);
}

static bool is_near(slt_real a, slt_real b, slt_real doubt)
{
    return slt_real_finite(a) && slt_real_finite(b) &&
           !slt_real_less(doubt, size_of(slt_real_sub(a, b)));
}

static slt_real from_losses(const place *p, const slt_record *record)
{
    for (size_t i = 0; i < record->loss_count; i++)
        p->losses[i].bits = slt_load_le64(record->losses + 8 * i);
    return slt_llc_of_chain(&p->setup, p->losses, record->draws);
}

/* The quarters' means, each weighing as many draws as it has: the mean of the losses but
 * for rounding, as they are no sums of both signs (a loss is not below zero). */
static slt_real from_quarters(const place *p, const slt_record *record, slt_real *doubt)
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
    const slt_real size = slt_real_add(size_of(mean), size_of(p->setup.init_loss));
    *doubt = doubt_of(draws, slt_real_mul(size_of(p->setup.nbeta), size));
    return slt_real_mul(p->setup.nbeta, slt_real_sub(mean, p->setup.init_loss));
}

/* Result `at` of the table as it stands there. */
static slt_real told_result(const place *p, size_t at)
{
    const slt_record *table = slt_trace_record(p->a->trace, p->a->table);
    return at < table->result_count ? table->results[at].value : slt_real_absent();
}

/* A number of the table that the chains give but for rounding. */
static void believe(const place *p, const char *name, size_t at, slt_real doubt,
                    slt_real *value)
{
    const slt_real found = told_result(p, at);
    if (!is_near(found, *value, doubt))
        slt_agree_real(p->a, p->a->table, name, *value, found);
    *value = found;
}

/* Without losses the table's results of single chains, where it has them, must be those
 * of the quarters but for rounding, and give the others in every bit; where it has none,
 * the others themselves are such.  series, plain: the places of the first result with a
 * step behind its name and of the first without. */
static void combine_unstored(const place *p, size_t series, size_t plain)
{
    slt_llc_result *result = p->result;
    const size_t chains = p->spec->num_chains, head = 1 + (chains >= 2);
    char name[40];
    slt_real doubt = slt_real_of(0);
    for (size_t i = 0; i < chains && p->last && !p->a->status; i++) {
        snprintf(name, sizeof name, "results: llc %zu, chain %zu", p->llc, i);
        believe(p, name, plain + head + i, p->doubt[i], &result->chain[i]);
    }
    slt_llc_combine(chains, result);
    if (p->last || p->a->status)
        return;
    for (size_t i = 0; i < chains; i++) {
        const slt_real more = doubt_of(chains, size_of(result->chain[i]));
        const slt_real of_chain = slt_real_add(slt_real_add(p->doubt[i], more), more);
        doubt = slt_real_less(doubt, of_chain) ? of_chain : doubt;
    }
    doubt = slt_real_add(doubt, doubt); /* sd moves by at most twice as much */
    snprintf(name, sizeof name, "results: llc %zu at step %" PRIu64, p->llc,
             p->checkpoint->step);
    believe(p, name, series, doubt, &result->mean);
    if (result->has_sd)
        believe(p, name, series + 1, doubt, &result->sd);
}

static bool all_done(const place *p)
{
    for (size_t i = 0; i < p->spec->num_chains; i++)
        if (chain_of(p, i)->chain_status != SLT_RUN_DONE)
            return false;
    return true;
}

static void add_results(place *p)
{
    const slt_llc_spec *spec = p->spec;
    const bool done = all_done(p), mala = done && slt_sampler_accepts(spec);
    const size_t chains = spec->num_chains, at = p->a->found.count;
    const size_t plain_head = done ? 1 + (chains >= 2) : 1;
    const size_t shared = plain_head + mala + (spec->hessian_probes > 0);
    const bool series = spec->place == SLT_LLC_AT_CHECKPOINTS;
    slt_findings found = {0};
    for (size_t i = 0; i < chains && done; i++)
        p->result->chain[i] = p->stored ? from_losses(p, chain_of(p, i))
                                        : from_quarters(p, chain_of(p, i), &p->doubt[i]);
    if (done && p->stored)
        slt_llc_combine(chains, p->result);
    else if (done)
        combine_unstored(p, at, series ? at + shared : at);
    found.llc = done ? p->result : NULL;
    slt_real share[SLT_LLC_CHAINS_MAX];
    for (size_t i = 0; i < chains && mala; i++)
        share[i] = chain_of(p, i)->acceptance;
    if (mala)
        found.acceptance = slt_real_mean(share, chains);
    /* The Hessian is in no other record: the table's first word on it stands. */
    if (spec->hessian_probes)
        found.trace = told_result(p, at + shared - 1 + (series || !done ? 0 : chains));
    slt_results_of_estimate(&p->a->found, p->a->run, p->llc, p->checkpoint->step, p->last,
                            &found);
}

/* ---- All --------------------------------------------------------------------------- */

static void judge_place(place *p)
{
    const size_t chains = p->spec->num_chains;
    p->setup = (slt_llc_setup){
        .nbeta = slt_llc_nbeta(p->spec, slt_data_samples(&p->a->run->data)),
        .init_loss = chain_of(p, 0)->init_loss};
    for (size_t i = 0; i < chains && !p->a->status; i++)
        judge_chain(p, i);
    judge_first_batches(p);
    if (!p->a->status)
        add_results(p);
}

static bool stands(const slt_agree *a, const slt_llc_spec *spec, size_t index)
{
    const uint64_t step = slt_trace_record(a->trace, index)->step;
    return slt_marks_place(&a->run->train, &a->marks, spec, step,
                           slt_agree_is_last(a, step));
}

/* An estimate at all its checkpoints; p->first is behind its chains then. */
static void judge_estimate(place *p)
{
    slt_agree *a = p->a;
    size_t last = a->chains;
    if (!a->trained || !slt_marks_allow(&a->run->train, &a->marks, p->spec))
        return;
    while (--last > 0 && !stands(a, p->spec, last))
        ;
    for (size_t i = 1; i <= last && !a->status; i++) {
        if (!stands(a, p->spec, i))
            continue;
        p->checkpoint = slt_trace_record(a->trace, i);
        p->last = i == last;
        p->stored = slt_llc_stores_losses(p->spec, p->last);
        judge_place(p);
        p->first += p->spec->num_chains;
    }
}

/* Losses are held whole in the file, so that this asks for no more than it has. */
static size_t most_losses(const slt_agree *a)
{
    size_t most = 1;
    for (size_t i = a->chains; i < a->table; i++)
        if (slt_trace_record(a->trace, i)->loss_count > most)
            most = slt_trace_record(a->trace, i)->loss_count;
    return most;
}

void slt_agree_chains(slt_agree *a)
{
    place *p = calloc(1, sizeof *p);
    slt_llc_result *result = calloc(1, sizeof *result);
    slt_real *losses = calloc(most_losses(a), sizeof *losses);
    if (p && result && losses) {
        *p = (place){.a = a, .first = a->chains, .result = result, .losses = losses};
        for (p->llc = 0; p->llc < a->run->llc_count && !a->status; p->llc++) {
            p->spec = &a->run->llc[p->llc];
            judge_estimate(p);
        }
        if (p->first < a->table)
            slt_agree_refuse(a, p->first, "expected no chain: no estimate is made here");
    } else
        slt_agree_memory(a);
    free(p);
    free(result);
    free(losses);
}
