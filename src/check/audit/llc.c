/* The learning coefficients of two traces of one run, side by side. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/audit/traces.h"
#include "record/digest.h"
#include "record/json.h"
#include "study/figure/estimates.h"

/* One estimate of a trace. */
typedef struct estimate {
    uint32_t llc;
    uint64_t at_step;
    bool whole;
    slt_diagnostics found; /* where it is whole */
    slt_digest end;        /* over all members of its chains, whatever came before them */
} estimate;

typedef struct estimates {
    estimate *list;
    size_t count;
} estimates;

/* ---- Of one trace ------------------------------------------------------------------ */

static void add_bytes(slt_buffer *all, const void *bytes, size_t size)
{
    slt_buffer_append(all, bytes, size);
}

static slt_status digest_of(const slt_estimate *e, slt_digest *digest, slt_error *err)
{
    slt_buffer all = {0};
    for (size_t i = 0; i < e->chains; i++) {
        const slt_record *c = e->chain[i];
        add_bytes(&all, &c->chain, sizeof c->chain);
        add_bytes(&all, &c->chain_status, sizeof c->chain_status);
        add_bytes(&all, &c->nbeta, sizeof c->nbeta);
        add_bytes(&all, &c->init_loss, sizeof c->init_loss);
        add_bytes(&all, &c->final_weights, sizeof c->final_weights);
        add_bytes(&all, &c->losses_hash, sizeof c->losses_hash);
        if (c->loss_count)
            add_bytes(&all, c->losses, 8 * c->loss_count);
    }
    *digest = slt_digest_of(all.data, all.size);
    bool failed = all.failed;
    slt_buffer_free(&all);
    return failed ? slt_fail(err, SLT_RESOURCE, "no memory for the losses of %zu chains",
                             e->chains)
                  : SLT_OK;
}

static slt_status add_estimate(void *context, const slt_estimate *e, slt_error *err)
{
    estimates *all = context;
    estimate *list = realloc(all->list, (all->count + 1) * sizeof *list);
    if (!list)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu estimates", all->count + 1);
    all->list = list;
    estimate *added = &list[all->count++];
    *added = (estimate){
        .llc = e->chain[0]->llc, .at_step = e->chain[0]->at_step, .whole = e->whole};
    slt_status status = digest_of(e, &added->end, err);
    if (!status && e->whole)
        status = slt_estimate_diagnose(e, &added->found, err);
    return status;
}

static slt_status collect(const slt_audit_side *side, estimates *all, slt_error *err)
{
    slt_error wrong;
    slt_status status = slt_estimate_walk(side->trace, add_estimate, all, &wrong);
    return status ? slt_fail(err, status, "%s: %s", side->path, wrong.text) : SLT_OK;
}

static const estimate *find(const estimates *all, const estimate *wanted)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].llc == wanted->llc && all->list[i].at_step == wanted->at_step)
            return &all->list[i];
    return NULL;
}

/* ---- Side by side ------------------------------------------------------------------ */

static slt_agreement compare(const estimate *a, const estimate *b, slt_real *apart)
{
    *apart = slt_real_of(NAN);
    if (!b || a->whole != b->whole)
        return SLT_AGREE_NOT;
    if (slt_digest_equal(a->end, b->end)) {
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

static void put_side(slt_buffer *json, const char *key, const estimate *e)
{
    slt_json_key(json, key);
    if (!e) {
        slt_json_null(json);
        return;
    }
    slt_json_open(json, '{');
    slt_json_key(json, "whole");
    slt_json_bool(json, e->whole);
    if (e->whole) {
        slt_json_key_real(json, "llc", e->found.llc);
        slt_json_key_real(json, "mcse", e->found.mcse);
        slt_json_key_real(json, "rhat", e->found.rhat);
        slt_json_key_real(json, "ess", e->found.ess);
        slt_json_key(json, "settled");
        slt_json_bool(json, e->found.settled);
    }
    slt_json_close(json, '}');
}

static void put_pair(slt_buffer *json, const estimate *a, const estimate *b,
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

static void print_side(slt_audit *audit, const char *name, const estimate *e)
{
    if (!e)
        slt_audit_print(audit, "    %-9s  no such estimate\n", name);
    else if (!e->whole)
        slt_audit_print(audit, "    %-9s  a chain did not end\n", name);
    else
        slt_audit_print(audit, "    %-9s  %.8g  MCSE %.2g  R-hat %.4f\n", name,
                        slt_real_double(e->found.llc), slt_real_double(e->found.mcse),
                        slt_real_double(e->found.rhat));
}

static void tell_pair(slt_audit *audit, const slt_audit_side *side, const estimate *a,
                      const estimate *b, slt_agreement agreement, slt_real apart)
{
    slt_buffer name = {0}, words = {0};
    slt_buffer_printf(&words, "%s", slt_agreement_text(agreement));
    if (slt_real_finite(apart) && agreement != SLT_AGREE_IDENTICAL)
        slt_buffer_printf(&words, ", %.2g MCSE apart", fabs(slt_real_double(apart)));
    slt_buffer_printf(&name, "%s: LLC %" PRIu32 " at step %" PRIu64, side->path, a->llc,
                      a->at_step);
    slt_audit_print(audit, "  LLC %" PRIu32 " at step %" PRIu64 ": %s\n", a->llc,
                    a->at_step, slt_buffer_text(&words));
    if (agreement != SLT_AGREE_IDENTICAL) {
        print_side(audit, "reference", a);
        print_side(audit, "found", b);
    }
    bool fine = agreement == SLT_AGREE_IDENTICAL || agreement == SLT_AGREE_WITHIN;
    slt_audit_judge(audit, fine ? SLT_AUDIT_PASSED : SLT_AUDIT_FAILED,
                    slt_buffer_text(&name), "%s", slt_buffer_text(&words));
    slt_buffer_free(&name);
    slt_buffer_free(&words);
}

slt_status slt_audit_compare_llc(slt_audit *audit, const slt_audit_side *a,
                                 const slt_audit_side *b, slt_error *err)
{
    estimates ours = {0}, theirs = {0};
    slt_agreement worst = SLT_AGREE_IDENTICAL;
    slt_status status = collect(a, &ours, err);
    if (!status)
        status = collect(b, &theirs, err);
    slt_json_key(&audit->json, "estimates");
    slt_json_open(&audit->json, '[');
    for (size_t i = 0; i < ours.count && !status; i++) {
        const estimate *one = &ours.list[i], *other = find(&theirs, one);
        slt_real apart;
        slt_agreement agreement = compare(one, other, &apart);
        worst = agreement > worst ? agreement : worst;
        put_pair(&audit->json, one, other, agreement, apart);
        tell_pair(audit, b, one, other, agreement, apart);
    }
    slt_json_close(&audit->json, ']');
    slt_json_key(&audit->json, "verdict");
    if (ours.count)
        slt_json_text(&audit->json, slt_agreement_text(worst));
    else
        slt_json_null(&audit->json);
    free(ours.list);
    free(theirs.list);
    return status;
}
