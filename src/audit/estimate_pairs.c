#include "audit/estimate_pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"
#include "figure/estimates.h"

static slt_status pairs_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the estimates of a run");
}

static const slt_estimate *pairs_find(const slt_estimates *all,
                                      const slt_estimate *wanted)
{
    const slt_estimate *same = slt_estimates_find(all, wanted->llc, wanted->at_step);
    return same || !wanted->last ? same : slt_estimates_last(all, wanted->llc);
}

/* ---- Draw by draw ------------------------------------------------------------------ */

static slt_real pairs_draw_of(const slt_record *chain, uint64_t draw)
{
    return (slt_real){slt_load_le64(chain->losses + 8 * draw)};
}

static void pairs_find_draw(const slt_estimate *a, const slt_estimate *b,
                            slt_estimate_pair *pair)
{
    if (a->chains != b->chains || !slt_estimate_has_losses(a) ||
        !slt_estimate_has_losses(b))
        return;
    for (uint32_t c = 0; c < a->chains; c++) {
        const slt_record *x = a->chain[c], *y = b->chain[c];
        uint64_t draw = 0;
        while (draw < x->loss_count && draw < y->loss_count &&
               pairs_draw_of(x, draw).bits == pairs_draw_of(y, draw).bits)
            draw++;
        bool differs = draw < x->loss_count || draw < y->loss_count;
        if (differs && (!pair->draw_differs || draw < pair->draw)) {
            pair->draw_differs = true;
            pair->draw = draw;
            pair->chain = c;
        }
    }
}

/* ---- The difference ---------------------------------------------------------------- */

static slt_real pairs_scaled_difference(const slt_record *x, slt_real loss_x,
                                        const slt_record *y, slt_real loss_y)
{
    return slt_real_of(slt_real_double(y->nbeta) * slt_real_double(loss_y) -
                       slt_real_double(x->nbeta) * slt_real_double(loss_x));
}

/* Diagnoses the series nbeta (loss of b - loss of a), treated as losses with nbeta 1. The
 * baselines shift its mean only; their kind decides how its error is computed. */
static slt_diagnosed pairs_differences(const slt_estimate *a, const slt_estimate *b)
{
    bool alike = a->found.baseline == b->found.baseline;
    return (slt_diagnosed){.chains = a->chains,
                           .draws = a->chain[0]->draws,
                           .nbeta = slt_real_of(1),
                           .init_loss = slt_real_of(0),
                           .baseline = alike ? a->found.baseline : SLT_BASELINE_UNKNOWN};
}

static slt_status pairs_diagnose_draws(const slt_estimate *a, const slt_estimate *b,
                                       slt_diagnostics *found, slt_error *err)
{
    const slt_diagnosed of = pairs_differences(a, b);
    size_t draws = a->chain[0]->loss_count;
    slt_real *values = slt_world.calloc(a->chains * draws, sizeof *values);
    const slt_real **series = slt_world.calloc(a->chains, sizeof *series);
    slt_status status = values && series ? SLT_OK : pairs_no_memory(err);
    for (size_t c = 0; !status && c < a->chains; c++) {
        const slt_record *x = a->chain[c], *y = b->chain[c];
        series[c] = values + c * draws;
        for (size_t i = 0; i < draws; i++)
            values[c * draws + i] =
                pairs_scaled_difference(x, pairs_draw_of(x, i), y, pairs_draw_of(y, i));
    }
    if (!status)
        status = slt_diagnose(&of, series, found, err);
    free(values);
    free(series);
    return status;
}

static slt_status pairs_diagnose_quarters(const slt_estimate *a, const slt_estimate *b,
                                          slt_diagnostics *found, slt_error *err)
{
    const slt_diagnosed of = pairs_differences(a, b);
    slt_real(*quarters)[4] = slt_world.calloc(a->chains, sizeof *quarters);
    if (!quarters)
        return pairs_no_memory(err);
    for (size_t c = 0; c < a->chains; c++)
        for (size_t q = 0; q < 4; q++)
            quarters[c][q] =
                pairs_scaled_difference(a->chain[c], a->chain[c]->quarters[q],
                                        b->chain[c], b->chain[c]->quarters[q]);
    slt_diagnose_quarters(&of, (const slt_real(*)[4])quarters, found);
    free(quarters);
    return SLT_OK;
}

static slt_status pairs_pair_up(const slt_estimate *a, const slt_estimate *b,
                                slt_estimate_pair *pair, slt_error *err)
{
    slt_diagnostics found;
    if (a->chains != b->chains || a->chain[0]->draws != b->chain[0]->draws)
        return SLT_OK;
    slt_status status = slt_estimate_has_losses(a) && slt_estimate_has_losses(b)
                            ? pairs_diagnose_draws(a, b, &found, err)
                            : pairs_diagnose_quarters(a, b, &found, err);
    if (status)
        return status;
    double mcse = slt_real_double(found.mcse);
    pair->paired_mcse = found.mcse;
    if (mcse > 0)
        pair->paired_apart = slt_real_of(slt_real_double(pair->difference) / mcse);
    return SLT_OK;
}

static slt_status pairs_compare_whole(const slt_estimate *a, const slt_estimate *b,
                                      slt_estimate_pair *pair, slt_error *err)
{
    double x = slt_real_double(a->found.mcse), y = slt_real_double(b->found.mcse);
    pair->difference =
        slt_real_of(slt_real_double(b->found.llc) - slt_real_double(a->found.llc));
    pair->combined_mcse = slt_real_of(sqrt(x * x + y * y));
    pair->agreement = slt_agreement_of(a->found.llc, a->found.mcse, b->found.llc,
                                       b->found.mcse, &pair->apart);
    if (slt_estimate_same(a, b)) {
        pair->agreement = SLT_AGREE_IDENTICAL;
        pair->apart = pair->paired_mcse = pair->paired_apart = slt_real_of(0);
        return SLT_OK;
    }
    if (pair->agreement == SLT_AGREE_IDENTICAL) /* of the means: the chains differ */
        pair->agreement = SLT_AGREE_WITHIN;
    return pairs_pair_up(a, b, pair, err);
}

static slt_status pairs_compare(const slt_estimate *a, const slt_estimate *b,
                                slt_estimate_pair *pair, slt_error *err)
{
    const slt_real none = slt_real_of((double)NAN);
    *pair = (slt_estimate_pair){.llc = a->llc,
                                .last = a->last,
                                .step_a = a->at_step,
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
    pair->step_b = b->at_step;
    pair->whole_b = b->whole;
    pair->b = b->found;
    pairs_find_draw(a, b, pair);
    if (a->whole && b->whole)
        return pairs_compare_whole(a, b, pair, err);
    if (slt_estimate_same(a, b))
        pair->agreement = SLT_AGREE_IDENTICAL;
    return SLT_OK;
}

slt_status slt_estimate_pairs_find(const slt_trace *a, const slt_trace *b,
                                   slt_estimate_pairs *pairs, slt_error *err)
{
    slt_estimates ours, theirs = {0};
    *pairs = (slt_estimate_pairs){0};
    slt_status status = slt_estimates_of_trace(a, &ours, err);
    if (!status)
        status = slt_estimates_of_trace(b, &theirs, err);
    if (!status) {
        pairs->list = slt_world.calloc(ours.count + 1, sizeof *pairs->list);
        status = pairs->list ? SLT_OK : pairs_no_memory(err);
    }
    for (size_t i = 0; i < ours.count && !status; i++)
        status = pairs_compare(&ours.list[i], pairs_find(&theirs, &ours.list[i]),
                               &pairs->list[pairs->count++], err);
    slt_estimates_free(&ours);
    slt_estimates_free(&theirs);
    if (status)
        slt_estimate_pairs_free(pairs);
    return status;
}

void slt_estimate_pairs_free(slt_estimate_pairs *pairs)
{
    free(pairs->list);
    *pairs = (slt_estimate_pairs){0};
}
