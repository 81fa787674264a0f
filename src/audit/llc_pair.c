/* Compares the learning coefficients of two traces of one run. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "audit/trace_pair.h"

static slt_status llc_pair_collect(const slt_audit_side *side, slt_estimates *all,
                                   slt_error *err)
{
    slt_error wrong;
    slt_status status = slt_estimates_of_trace(side->trace, all, &wrong);
    return status ? slt_fail(err, status, "%s: %s", side->path, wrong.text) : SLT_OK;
}

/* ---- Side by side ------------------------------------------------------------------ */

static slt_agreement llc_pair_compare(const slt_estimate *a, const slt_estimate *b,
                                      slt_real *apart)
{
    *apart = slt_real_of(NAN);
    if (!b || a->whole != b->whole)
        return SLT_AGREE_NOT;
    if (slt_estimate_same(a, b)) {
        *apart = (slt_real){0};
        return SLT_AGREE_IDENTICAL;
    }
    if (!a->whole)
        return SLT_AGREE_NOT;
    slt_agreement found =
        slt_agreement_of(a->found.llc, a->found.mcse, b->found.llc, b->found.mcse, apart);
    /* Different chains may have the same mean. */
    return found == SLT_AGREE_IDENTICAL ? SLT_AGREE_WITHIN : found;
}

/* "; reference: 2 of 2 chains are constant". */
static void llc_pair_put_unknown(slt_buffer *words, const char *side,
                                 const slt_estimate *e)
{
    slt_buffer why = {0};
    slt_diagnostics_unknown(&e->found, &why);
    if (why.size)
        slt_buffer_printf(words, "; %s: %s", side, slt_buffer_text(&why));
    slt_buffer_free(&why);
}

void slt_audit_llc_words(const slt_audit_llc *llc, slt_buffer *words)
{
    slt_buffer_printf(words, "%s", slt_agreement_text(llc->agreement));
    if (slt_real_finite(llc->apart) && llc->agreement != SLT_AGREE_IDENTICAL)
        slt_buffer_printf(words, ", %.2g MCSE apart", fabs(slt_real_double(llc->apart)));
    if (llc->agreement == SLT_AGREE_UNKNOWN) {
        llc_pair_put_unknown(words, "reference", llc->reference);
        llc_pair_put_unknown(words, "found", llc->found);
    }
}

static void llc_pair_judge(slt_audit *audit, const slt_audit_side *side,
                           const slt_audit_llc *llc)
{
    slt_buffer name = {0}, words = {0};
    slt_audit_llc_words(llc, &words);
    slt_buffer_printf(&name, "%s: LLC %" PRIu32 " at step %" PRIu64, side->path,
                      llc->reference->llc, llc->reference->at_step);
    slt_audit_judge(audit, slt_agreement_state(llc->agreement), slt_buffer_text(&name),
                    "%s", slt_buffer_text(&words));
    slt_buffer_free(&name);
    slt_buffer_free(&words);
}

slt_status slt_audit_compare_llc(slt_audit *audit, slt_audit_pair *pair, slt_error *err)
{
    slt_estimates *ours = &pair->estimates[0], *theirs = &pair->estimates[1];
    slt_status status = llc_pair_collect(pair->sides[0], ours, err);
    if (!status)
        status = llc_pair_collect(pair->sides[1], theirs, err);
    pair->worst = SLT_AGREE_IDENTICAL;
    pair->llc = slt_world.calloc(ours->count + 1, sizeof *pair->llc);
    audit->failed |= !pair->llc;
    for (size_t i = 0; i < ours->count && !status && pair->llc; i++) {
        const slt_estimate *one = &ours->list[i];
        slt_audit_llc *llc = &pair->llc[pair->llc_count++];
        *llc =
            (slt_audit_llc){.reference = one,
                            .found = slt_estimates_find(theirs, one->llc, one->at_step)};
        llc->agreement = llc_pair_compare(one, llc->found, &llc->apart);
        pair->worst = slt_agreement_worse(pair->worst, llc->agreement);
    }
    slt_audit_tell(audit, pair, SLT_PAIR_ESTIMATES, pair);
    for (size_t i = 0; i < pair->llc_count; i++)
        llc_pair_judge(audit, pair->sides[1], &pair->llc[i]);
    return status;
}
