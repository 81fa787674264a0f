/* How another arithmetic changes a run: its end and its learning coefficients. */
#include "audit/rerun.h"

#include <math.h>
#include <stdlib.h>

#include "base/world.h"

/* The estimate with the same number and step; if there is none, with the same number
 * (training may have stopped at another step), or NULL. */
static const slt_estimate *rerun_find_same(const slt_estimates *all,
                                           const slt_estimate *wanted)
{
    const slt_estimate *near = slt_estimates_find(all, wanted->llc, wanted->at_step);
    for (size_t i = 0; i < all->count && !near; i++)
        if (all->list[i].llc == wanted->llc)
            near = &all->list[i];
    return near;
}

static void rerun_compare_llc(const slt_estimates *theirs, const slt_estimate *a,
                              slt_audit_llc *llc)
{
    const slt_estimate *b = rerun_find_same(theirs, a);
    *llc = (slt_audit_llc){.reference = a,
                           .found = b,
                           .agreement = SLT_AGREE_NOT,
                           .apart = slt_real_of(NAN)};
    if (b && a->whole && b->whole)
        llc->agreement = slt_agreement_of(a->found.llc, a->found.mcse, b->found.llc,
                                          b->found.mcse, &llc->apart);
}

slt_status slt_rerun_compare(slt_rerun_found *found, slt_error *err)
{
    slt_estimates *ours = &found->estimates[0], *theirs = &found->estimates[1];
    slt_status status = slt_estimates_of_trace(found->traces[0], ours, err);
    if (!status)
        status = slt_estimates_of_trace(found->traces[1], theirs, err);
    found->llc = slt_world.calloc(ours->count + 1, sizeof *found->llc);
    if (!status && !found->llc)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the estimates");
    for (size_t i = 0; i < ours->count && !status; i++)
        rerun_compare_llc(theirs, &ours->list[i], &found->llc[found->llc_count++]);
    return status;
}

void slt_rerun_found_free(slt_rerun_found *found)
{
    free(found->llc);
    slt_estimates_free(&found->estimates[0]);
    slt_estimates_free(&found->estimates[1]);
}
