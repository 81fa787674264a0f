/* The learning coefficients of two traces of one run, side by side. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audit/traces.h"
#include "codec/json.h"
#include "figure/estimates.h"

static slt_status collect(const slt_audit_side *side, slt_estimates *all, slt_error *err)
{
    slt_error wrong;
    slt_status status = slt_estimates_of_trace(side->trace, all, &wrong);
    return status ? slt_fail(err, status, "%s: %s", side->path, wrong.text) : SLT_OK;
}

/* ---- Side by side ------------------------------------------------------------------ */

static slt_agreement compare(const slt_estimate *a, const slt_estimate *b,
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
    /* Other chains may have one mean. */
    return found == SLT_AGREE_IDENTICAL ? SLT_AGREE_WITHIN : found;
}

static void put_side(slt_json *json, const char *key, const slt_estimate *e)
{
    slt_json_key(json, key);
    if (!e) {
        slt_json_null(json);
        return;
    }
    slt_json_open(json, '{');
    slt_json_key_bool(json, "whole", e->whole);
    if (e->whole) {
        slt_json_key_real(json, "llc", e->found.llc);
        slt_json_key_real(json, "mcse", e->found.mcse);
        slt_json_key_real(json, "rhat", e->found.rhat);
        slt_json_key_real(json, "ess", e->found.ess_bulk);
        slt_json_key_real(json, "ess_tail", e->found.ess_tail);
        slt_audit_put_settled(json, e->found.settled);
    }
    slt_json_close(json, '}');
}

static void put_pair(slt_json *json, const slt_estimate *a, const slt_estimate *b,
                     slt_agreement agreement, slt_real apart)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "llc", a->llc);
    slt_json_key_uint(json, "step", a->at_step);
    put_side(json, "reference", a);
    put_side(json, "found", b);
    slt_json_key_real(json, "difference_in_mcse", apart);
    slt_json_key_text(json, "verdict", slt_agreement_text(agreement));
    slt_json_close(json, '}');
}

static void print_side(slt_audit *audit, const char *name, const slt_estimate *e)
{
    char llc[32], mcse[32], rhat[32];
    if (!e)
        slt_audit_print(audit, "    %-9s  no such estimate\n", name);
    else if (!e->whole)
        slt_audit_print(audit, "    %-9s  a chain did not end\n", name);
    else
        slt_audit_print(audit, "    %-9s  %s  MCSE %s  R-hat %s\n", name,
                        slt_audit_number(e->found.llc, "%.8g", llc),
                        slt_audit_number(e->found.mcse, "%.2g", mcse),
                        slt_audit_number(e->found.rhat, "%.4f", rhat));
}

/* "; reference: 2 of 2 chains are constant". */
static void put_unknown(slt_buffer *words, const char *side, const slt_estimate *e)
{
    slt_buffer why = {0};
    slt_diagnostics_unknown(&e->found, &why);
    if (why.size)
        slt_buffer_printf(words, "; %s: %s", side, slt_buffer_text(&why));
    slt_buffer_free(&why);
}

static void tell_pair(slt_audit *audit, const slt_audit_side *side, const slt_estimate *a,
                      const slt_estimate *b, slt_agreement agreement, slt_real apart)
{
    slt_buffer name = {0}, words = {0};
    slt_buffer_printf(&words, "%s", slt_agreement_text(agreement));
    if (slt_real_finite(apart) && agreement != SLT_AGREE_IDENTICAL)
        slt_buffer_printf(&words, ", %.2g MCSE apart", fabs(slt_real_double(apart)));
    if (agreement == SLT_AGREE_UNKNOWN) {
        put_unknown(&words, "reference", a);
        put_unknown(&words, "found", b);
    }
    slt_buffer_printf(&name, "%s: LLC %" PRIu32 " at step %" PRIu64, side->path, a->llc,
                      a->at_step);
    slt_audit_print(audit, "  LLC %" PRIu32 " at step %" PRIu64 ": %s\n", a->llc,
                    a->at_step, slt_buffer_text(&words));
    if (agreement != SLT_AGREE_IDENTICAL) {
        print_side(audit, "reference", a);
        print_side(audit, "found", b);
    }
    slt_audit_judge(audit, slt_agreement_state(agreement), slt_buffer_text(&name), "%s",
                    slt_buffer_text(&words));
    slt_buffer_free(&name);
    slt_buffer_free(&words);
}

slt_status slt_audit_compare_llc(slt_audit *audit, const slt_audit_side *a,
                                 const slt_audit_side *b, slt_error *err)
{
    slt_estimates ours, theirs = {0};
    slt_agreement worst = SLT_AGREE_IDENTICAL;
    slt_status status = collect(a, &ours, err);
    if (!status)
        status = collect(b, &theirs, err);
    slt_json_key_open(audit->json, "estimates", '[');
    for (size_t i = 0; i < ours.count && !status; i++) {
        const slt_estimate *one = &ours.list[i],
                           *other = slt_estimates_find(&theirs, one->llc, one->at_step);
        slt_real apart;
        slt_agreement agreement = compare(one, other, &apart);
        worst = slt_agreement_worse(worst, agreement);
        put_pair(audit->json, one, other, agreement, apart);
        tell_pair(audit, b, one, other, agreement, apart);
    }
    slt_json_close(audit->json, ']');
    slt_json_key(audit->json, "verdict");
    if (ours.count)
        slt_json_text(audit->json, slt_agreement_text(worst));
    else
        slt_json_null(audit->json);
    slt_estimates_free(&ours);
    slt_estimates_free(&theirs);
    return status;
}
