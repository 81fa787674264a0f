/* Audits of traces as JSON. */
#include <string.h>

#include "audit/trace_pair.h"
#include "report/audit_json_internal.h"

void slt_audit_json_traces(void *context, const slt_audit_side *sides, size_t count)
{
    slt_json *json = context;
    slt_json_key_open(json, "traces", '[');
    for (size_t i = 0; i < count; i++) {
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", sides[i].path);
        slt_json_key_uint(json, "bytes", sides[i].bytes.size);
        slt_json_key_text(json, "sha256", sides[i].sha256);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    slt_json_key_open(json, "pairs", '[');
}

static void put_begin(slt_json *json, const slt_audit_pair *pair)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "trace", pair->sides[1]->path);
    slt_json_key_bool(json, "identical", pair->identical);
    if (pair->identical)
        slt_json_key_text(json, "verdict", slt_agreement_text(SLT_AGREE_IDENTICAL));
}

static void put_functions(slt_json *json, const slt_audit_pair *pair)
{
    slt_json_key_open(json, "functions", '[');
    for (size_t i = 0; i < pair->function_count; i++) {
        const slt_audit_function *function = &pair->functions[i];
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", function->name);
        if (function->reference)
            slt_json_key_text(json, "reference", function->reference);
        if (function->found)
            slt_json_key_text(json, "found", function->found);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}

/* ---- Where they part, and why ------------------------------------------------------ */

static void put_difference(slt_json *json, const slt_difference *d)
{
    slt_buffer words = {0};
    char quantity[SLT_QUANTITY_TEXT_MAX];
    slt_difference_print(d, &words);
    slt_quantity_text(&d->quantity, quantity);
    slt_json_key_open(json, "difference", '{');
    slt_json_key_text(json, "text", slt_buffer_text(&words));
    slt_json_key_uint(json, "record", d->record);
    slt_json_key_text(json, "kind", slt_record_kind_name(d->record_kind));
    if (d->has_step)
        slt_json_key_uint(json, "step", d->step);
    if (d->kind == SLT_DIFFERENT_TENSOR)
        slt_json_key_text(json, "tensor", d->name);
    if (d->kind == SLT_DIFFERENT_METRIC)
        slt_json_key_text(json, "metric", quantity);
    if (d->kind == SLT_DIFFERENT_RESULT)
        slt_json_key_text(json, "result", quantity);
    if (d->kind == SLT_DIFFERENT_DRAW || d->kind == SLT_DIFFERENT_CHAIN)
        slt_json_key_uint(json, "chain", d->chain);
    if (d->kind == SLT_DIFFERENT_DRAW)
        slt_json_key_uint(json, "draw", d->draw);
    if (d->has_element) {
        slt_json_key_uint(json, "row", d->row);
        slt_json_key_uint(json, "column", d->column);
    }
    if (d->has_ulp)
        slt_json_key_uint(json, "ulp", d->ulp);
    slt_json_close(json, '}');
    slt_buffer_free(&words);
}

static void put_causes(const slt_audit_finding *f, int side, slt_json *json)
{
    slt_json_open(json, '[');
    for (slt_fpenv_fault i = 0; i < SLT_FPENV_FAULTS; i++)
        if (f->by[side][i])
            slt_json_text(json, slt_fpenv_fault_text(i));
    slt_json_close(json, ']');
}

static void put_replay(const slt_audit_finding *f, slt_json *json)
{
    static const char *const names[] = {"reference", "found"};
    slt_json_key_open(json, "replay", '{');
    slt_json_key_bool(json, "done", f->replayed);
    if (!f->replayed)
        slt_json_key_text(json, "reason", f->refused.text);
    for (int side = 0; side < 2 && f->replayed; side++) {
        slt_json_key_open(json, names[side], '{');
        slt_json_key_bool(json, "agrees", f->by[side][SLT_FPENV_RIGHT]);
        slt_json_key(json, "conditions");
        put_causes(f, side, json);
        if (f->isa[side])
            slt_json_key_text(json, "isa", f->isa[side]);
        slt_json_close(json, '}');
    }
    if (f->replayed && f->stretch.from != SIZE_MAX)
        slt_json_key_uint(json, "from", f->from_step);
    slt_json_close(json, '}');
}

static void put_tensors(const slt_audit_finding *f, slt_json *json)
{
    const char *at = slt_buffer_text((slt_buffer *)&f->first.tensors);
    slt_json_key_open(json, "tensors", '[');
    while (*at) {
        size_t size = strcspn(at, ",");
        slt_json_bytes(json, at, size);
        at += size + strspn(at + size, ", ");
    }
    slt_json_close(json, ']');
}

static void put_first(const slt_audit_finding *f, slt_json *json)
{
    slt_json_key(json, "first");
    if (!f->has_step && !f->has_draw) {
        slt_json_null(json);
        return;
    }
    slt_json_open(json, '{');
    slt_json_key_text(json, "source", f->source);
    if (f->has_step) {
        slt_json_key_uint(json, "step", f->first.step);
        slt_json_key_bool(json, "loss", f->first.loss);
        put_tensors(f, json);
    }
    if (*f->first.first)
        slt_json_key_text(json, "tensor", f->first.first);
    if (f->has_draw)
        slt_json_key_uint(json, "draw", f->draw);
    if (f->has_element) {
        slt_json_key_uint(json, "row", f->row);
        slt_json_key_uint(json, "column", f->column);
    }
    if (f->has_element || f->has_draw)
        slt_json_key_uint(json, "ulp", f->ulp);
    slt_json_close(json, '}');
}

static void put_finding(const slt_audit_finding *f, slt_json *json)
{
    put_replay(f, json);
    put_first(f, json);
}

/* ---- Learning coefficients --------------------------------------------------------- */

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
        slt_audit_json_settled(json, e->found.settled);
    }
    slt_json_close(json, '}');
}

static void put_llc(slt_json *json, const slt_audit_llc *llc)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "llc", llc->reference->llc);
    slt_json_key_uint(json, "step", llc->reference->at_step);
    put_side(json, "reference", llc->reference);
    put_side(json, "found", llc->found);
    slt_json_key_real(json, "difference_in_mcse", llc->apart);
    slt_json_key_text(json, "verdict", slt_agreement_text(llc->agreement));
    slt_json_close(json, '}');
}

static void put_estimates(slt_json *json, const slt_audit_pair *pair)
{
    slt_json_key_open(json, "estimates", '[');
    for (size_t i = 0; i < pair->llc_count; i++)
        put_llc(json, &pair->llc[i]);
    slt_json_close(json, ']');
    slt_json_key_text(json, "verdict",
                      pair->estimates[0].count ? slt_agreement_text(pair->worst) : NULL);
}

/* ---- Provenance -------------------------------------------------------------------- */

static void put_provenance(slt_json *json, const slt_audit_pair *pair)
{
    if (!pair->has_provenance) {
        slt_json_key_null(json, "provenance");
        return;
    }
    slt_json_key_open(json, "provenance", '[');
    for (size_t i = 0; i < pair->field_count; i++) {
        slt_json_open(json, '{');
        slt_json_key_text(json, "field", pair->fields[i].name);
        slt_json_key_text(json, "reference", pair->fields[i].reference);
        slt_json_key_text(json, "found", pair->fields[i].found);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}

void slt_audit_json_pair(void *context, slt_audit_stage stage, const slt_audit_pair *pair)
{
    slt_json *json = context;
    switch (stage) {
    case SLT_PAIR_BEGINS:
        put_begin(json, pair);
        break;
    case SLT_PAIR_HEADERS:
        put_functions(json, pair);
        break;
    case SLT_PAIR_FOUND:
        put_difference(json, &pair->difference);
        put_finding(&pair->finding, json);
        break;
    case SLT_PAIR_ESTIMATES:
        put_estimates(json, pair);
        break;
    case SLT_PAIR_PROVENANCE:
        put_provenance(json, pair);
        break;
    case SLT_PAIR_ENDS:
        slt_json_close(json, '}');
        break;
    }
}
