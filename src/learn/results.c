#include "learn/results.h"

#include <stdlib.h>

#include "base/endian.h"
#include "base/world.h"
#include "learn/sampler.h"
#include "num/scalar.h"

void slt_results_free(slt_results *results)
{
    free(results->list);
    *results = (slt_results){0};
}

void slt_results_add(slt_results *results, slt_quantity quantity, slt_real value)
{
    if (results->failed)
        return;
    if (results->count == results->room) {
        size_t room = results->room ? 2 * results->room : 16;
        slt_result *list = slt_world.realloc(results->list, room * sizeof *list);
        if (!list) {
            results->failed = true;
            return;
        }
        results->list = list;
        results->room = room;
    }
    results->list[results->count++] = (slt_result){quantity, value};
}

void slt_results_append(slt_results *results, const slt_results *more)
{
    for (size_t i = 0; i < more->count; i++)
        slt_results_add(results, more->list[i].quantity, more->list[i].value);
}

void slt_results_of_training(slt_results *results, const slt_run_spec *run,
                             const slt_metrics *last, uint64_t step,
                             const slt_mark_values *marks)
{
    for (size_t i = 0; i < last->count; i++)
        slt_results_add(results, last->list[i].quantity, last->list[i].value);
    slt_results_add(results, (slt_quantity){.kind = SLT_QUANTITY_STEP},
                    slt_real_from_u64(step));
    for (size_t i = 0; i < run->train.mark_count; i++) {
        const slt_quantity mark =
            slt_quantity_named(SLT_QUANTITY_MARK, run->train.marks[i].name);
        if (marks->has[i])
            slt_results_add(results, mark, marks->value[i]);
    }
}

/* ---- Estimates --------------------------------------------------------------------- */

void slt_results_stein_sums(const slt_record *record, slt_stein *sums)
{
    slt_real *const rows[] = {sums->drift, sums->pull, sums->square};
    for (size_t i = 0; i < SLT_TRACE_STEIN_SUMS; i++)
        rows[i / SLT_STEIN_BATCHES][i % SLT_STEIN_BATCHES] =
            record->stein ? (slt_real){slt_load_le64(record->stein + 8 * i)}
                          : slt_real_absent();
}

/* Of the Stein ratio.  Single chains are listed like those of the LLC. */
static void results_add_stein(slt_results *results, const slt_llc_spec *spec,
                              slt_quantity quantity, const slt_stein_result *stein)
{
    const struct {
        slt_quantity_kind kind;
        slt_real value;
    } means[] = {{SLT_QUANTITY_STEIN_MEAN, stein->mean.ratio},
                 {SLT_QUANTITY_STEIN_DRIFT, stein->mean.drift},
                 {SLT_QUANTITY_STEIN_PULL, stein->mean.pull},
                 {SLT_QUANTITY_STEIN_STEP, stein->mean.step}};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        quantity.kind = means[i].kind;
        slt_results_add(results, quantity, means[i].value);
    }
    quantity.kind = SLT_QUANTITY_STEIN_CHAIN;
    for (size_t i = 0; !quantity.at_step && i < spec->num_chains; i++) {
        quantity.chain = (uint32_t)i;
        slt_results_add(results, quantity, stein->ratio[i]);
    }
}

/* All results of one checkpoint.  Where a chain did not finish, the mean is absent and
 * neither the standard deviation nor single chains are listed. */
static void results_add_findings(slt_results *results, const slt_llc_spec *spec,
                                 slt_quantity quantity, const slt_findings *found)
{
    const slt_llc_result *llc = found->llc;
    quantity.kind = SLT_QUANTITY_LLC_MEAN;
    slt_results_add(results, quantity, llc ? llc->mean : slt_real_absent());
    quantity.kind = SLT_QUANTITY_LLC_STD;
    if (llc && llc->has_sd)
        slt_results_add(results, quantity, llc->sd);
    quantity.kind = SLT_QUANTITY_LLC_CHAIN;
    for (size_t i = 0; llc && !quantity.at_step && i < spec->num_chains; i++) {
        quantity.chain = (uint32_t)i;
        slt_results_add(results, quantity, llc->chain[i]);
    }
    quantity.chain = 0;
    quantity.kind = slt_sampler_of(spec)->acceptance_kind;
    if (llc && slt_sampler_accepts(spec))
        slt_results_add(results, quantity, found->acceptance);
    quantity.kind = SLT_QUANTITY_ADAPTED_LR;
    if (llc && spec->adapt.given)
        slt_results_add(results, quantity, found->adapted_lr);
    quantity.kind = SLT_QUANTITY_SWAP_PAIR;
    for (size_t i = 0; llc && i < spec->tempering.rungs; i++) {
        quantity.chain = (uint32_t)i;
        slt_results_add(results, quantity, found->swap[i]);
    }
    quantity.chain = 0;
    if (llc && spec->stein)
        results_add_stein(results, spec, quantity, found->stein);
    quantity.kind = SLT_QUANTITY_HESSIAN_TRACE;
    if (spec->hessian.probes)
        slt_results_add(results, quantity, found->trace);
}

void slt_results_of_estimate(slt_results *results, const slt_run_spec *run, size_t llc,
                             uint64_t step, bool last, const slt_findings *found)
{
    const slt_llc_spec *spec = &run->llc[llc];
    slt_quantity quantity = {.kind = SLT_QUANTITY_LLC_MEAN, .estimate = (uint32_t)llc};
    if (slt_llc_is_series(spec))
        results_add_findings(results, spec, slt_quantity_at(quantity, step), found);
    if (last)
        results_add_findings(results, spec, quantity, found);
}
