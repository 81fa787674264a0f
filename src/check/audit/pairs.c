#include "check/audit/pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "record/digest.h"
#include "study/figure/estimates.h"

/* One estimate of a trace; the records are the trace's. */
typedef struct estimate {
    const slt_record **chain;
    size_t chains;
    bool whole;
    bool last;
    slt_diagnostics found;
} estimate;

typedef struct estimates {
    estimate *list;
    size_t count;
} estimates;

/* ---- Of one trace ------------------------------------------------------------------ */

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the estimates of a run");
}

static slt_status add_estimate(void *context, const slt_estimate *e, slt_error *err)
{
    estimates *all = context;
    estimate *list = realloc(all->list, (all->count + 1) * sizeof *list);
    if (!list)
        return no_memory(err);
    all->list = list;
    estimate *added = &list[all->count++];
    *added = (estimate){.chain = calloc(e->chains, sizeof *added->chain),
                        .chains = e->chains,
                        .whole = e->whole,
                        .last = true};
    if (!added->chain)
        return no_memory(err);
    memcpy(added->chain, e->chain, e->chains * sizeof *added->chain);
    for (size_t i = 0; i + 1 < all->count; i++)
        if (list[i].chain[0]->llc == e->chain[0]->llc)
            list[i].last = false;
    return e->whole ? slt_estimate_diagnose(e, &added->found, err) : SLT_OK;
}

static void free_estimates(estimates *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->list[i].chain);
    free(all->list);
}

static const estimate *find(const estimates *all, const estimate *wanted)
{
    const slt_record *want = wanted->chain[0];
    for (size_t i = 0; i < all->count; i++) {
        const slt_record *have = all->list[i].chain[0];
        if (have->llc == want->llc && have->at_step == want->at_step)
            return &all->list[i];
    }
    for (size_t i = 0; i < all->count && wanted->last; i++)
        if (all->list[i].last && all->list[i].chain[0]->llc == want->llc)
            return &all->list[i];
    return NULL;
}

/* ---- Draw by draw ------------------------------------------------------------------ */

static slt_real draw_of(const slt_record *chain, uint64_t draw)
{
    return (slt_real){slt_load_le64(chain->losses + 8 * draw)};
}

static bool have_losses(const estimate *e)
{
    for (size_t i = 0; i < e->chains; i++)
        if (!e->chain[i]->has_losses)
            return false;
    return true;
}

static void find_draw(const estimate *a, const estimate *b, slt_estimate_pair *pair)
{
    if (a->chains != b->chains || !have_losses(a) || !have_losses(b))
        return;
    for (uint32_t c = 0; c < a->chains; c++) {
        const slt_record *x = a->chain[c], *y = b->chain[c];
        uint64_t draw = 0;
        while (draw < x->loss_count && draw < y->loss_count &&
               draw_of(x, draw).bits == draw_of(y, draw).bits)
            draw++;
        bool differs = draw < x->loss_count || draw < y->loss_count;
        if (differs && (!pair->draw_differs || draw < pair->draw)) {
            pair->draw_differs = true;
            pair->draw = draw;
            pair->chain = c;
        }
    }
}

static bool same_chain(const slt_record *x, const slt_record *y)
{
    bool losses =
        x->has_losses == y->has_losses && x->loss_count == y->loss_count &&
        (!x->loss_count || memcmp(x->losses, y->losses, 8 * x->loss_count) == 0) &&
        slt_digest_equal(x->losses_hash, y->losses_hash);
    return losses && x->chain_status == y->chain_status && x->draws == y->draws &&
           x->nbeta.bits == y->nbeta.bits && x->init_loss.bits == y->init_loss.bits &&
           slt_digest_equal(x->final_weights, y->final_weights);
}

static bool same_chains(const estimate *a, const estimate *b)
{
    bool same = a->chains == b->chains;
    for (size_t i = 0; same && i < a->chains; i++)
        same = same_chain(a->chain[i], b->chain[i]);
    return same;
}

/* ---- The difference ---------------------------------------------------------------- */

static slt_real scaled_difference(const slt_record *x, slt_real loss_x,
                                  const slt_record *y, slt_real loss_y)
{
    return slt_real_of(slt_real_double(y->nbeta) * slt_real_double(loss_y) -
                       slt_real_double(x->nbeta) * slt_real_double(loss_x));
}

/* The series nbeta (loss of b - loss of a) as if it were one of losses with nbeta 1.
 * Where it begins from moves its mean, not its error. */
static slt_status diagnose_draws(const estimate *a, const estimate *b,
                                 slt_diagnostics *found, slt_error *err)
{
    size_t draws = a->chain[0]->loss_count;
    slt_real *values = calloc(a->chains * draws, sizeof *values);
    const slt_real **series = calloc(a->chains, sizeof *series);
    slt_status status = values && series ? SLT_OK : no_memory(err);
    for (size_t c = 0; !status && c < a->chains; c++) {
        const slt_record *x = a->chain[c], *y = b->chain[c];
        series[c] = values + c * draws;
        for (size_t i = 0; i < draws; i++)
            values[c * draws + i] = scaled_difference(x, draw_of(x, i), y, draw_of(y, i));
    }
    if (!status)
        status = slt_diagnose(series, a->chains, draws, slt_real_of(1), slt_real_of(0),
                              found, err);
    free(values);
    free(series);
    return status;
}

static slt_status diagnose_quarters(const estimate *a, const estimate *b,
                                    slt_diagnostics *found, slt_error *err)
{
    slt_real(*quarters)[4] = calloc(a->chains, sizeof *quarters);
    if (!quarters)
        return no_memory(err);
    for (size_t c = 0; c < a->chains; c++)
        for (size_t q = 0; q < 4; q++)
            quarters[c][q] = scaled_difference(a->chain[c], a->chain[c]->quarters[q],
                                               b->chain[c], b->chain[c]->quarters[q]);
    slt_diagnose_quarters((const slt_real(*)[4])quarters, a->chains, a->chain[0]->draws,
                          slt_real_of(1), slt_real_of(0), found);
    free(quarters);
    return SLT_OK;
}

static slt_status pair_up(const estimate *a, const estimate *b, slt_estimate_pair *pair,
                          slt_error *err)
{
    slt_diagnostics found;
    if (a->chains != b->chains || a->chain[0]->draws != b->chain[0]->draws)
        return SLT_OK;
    slt_status status = have_losses(a) && have_losses(b)
                            ? diagnose_draws(a, b, &found, err)
                            : diagnose_quarters(a, b, &found, err);
    if (status)
        return status;
    double mcse = slt_real_double(found.mcse);
    pair->paired_mcse = found.mcse;
    if (mcse > 0)
        pair->paired_apart = slt_real_of(slt_real_double(pair->difference) / mcse);
    return SLT_OK;
}

static slt_status compare_whole(const estimate *a, const estimate *b,
                                slt_estimate_pair *pair, slt_error *err)
{
    double x = slt_real_double(a->found.mcse), y = slt_real_double(b->found.mcse);
    pair->difference =
        slt_real_of(slt_real_double(b->found.llc) - slt_real_double(a->found.llc));
    pair->combined_mcse = slt_real_of(sqrt(x * x + y * y));
    pair->agreement = slt_agreement_of(a->found.llc, a->found.mcse, b->found.llc,
                                       b->found.mcse, &pair->apart);
    if (same_chains(a, b)) {
        pair->agreement = SLT_AGREE_IDENTICAL;
        pair->apart = pair->paired_mcse = pair->paired_apart = slt_real_of(0);
        return SLT_OK;
    }
    if (pair->agreement == SLT_AGREE_IDENTICAL) /* other chains may have one mean */
        pair->agreement = SLT_AGREE_WITHIN;
    return pair_up(a, b, pair, err);
}

static slt_status compare(const estimate *a, const estimate *b, slt_estimate_pair *pair,
                          slt_error *err)
{
    const slt_real none = slt_real_of((double)NAN);
    *pair = (slt_estimate_pair){.llc = a->chain[0]->llc,
                                .last = a->last,
                                .step_a = a->chain[0]->at_step,
                                .whole_a = a->whole,
                                .a = a->found,
                                .agreement = SLT_AGREE_NOT,
                                .difference = none,
                                .combined_mcse = none,
                                .apart = none,
                                .paired_mcse = none,
                                .paired_apart = none};
    if (!b)
        return SLT_OK;
    pair->has_b = true;
    pair->step_b = b->chain[0]->at_step;
    pair->whole_b = b->whole;
    pair->b = b->found;
    find_draw(a, b, pair);
    if (a->whole && b->whole)
        return compare_whole(a, b, pair, err);
    if (same_chains(a, b))
        pair->agreement = SLT_AGREE_IDENTICAL;
    return SLT_OK;
}

slt_status slt_estimate_pairs_find(const slt_trace *a, const slt_trace *b,
                                   slt_estimate_pairs *pairs, slt_error *err)
{
    estimates ours = {0}, theirs = {0};
    *pairs = (slt_estimate_pairs){0};
    slt_status status = slt_estimate_walk(a, add_estimate, &ours, err);
    if (!status)
        status = slt_estimate_walk(b, add_estimate, &theirs, err);
    if (!status) {
        pairs->list = calloc(ours.count + 1, sizeof *pairs->list);
        status = pairs->list ? SLT_OK : no_memory(err);
    }
    for (size_t i = 0; i < ours.count && !status; i++)
        status = compare(&ours.list[i], find(&theirs, &ours.list[i]),
                         &pairs->list[pairs->count++], err);
    free_estimates(&ours);
    free_estimates(&theirs);
    if (status)
        slt_estimate_pairs_free(pairs);
    return status;
}

void slt_estimate_pairs_free(slt_estimate_pairs *pairs)
{
    free(pairs->list);
    *pairs = (slt_estimate_pairs){0};
}
