#include "report/verdict.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/tap.h"
#include "verify/compare.h"

void slt_verdict_words_free(slt_verdict_words *words)
{
    slt_buffer_free(&words->name);
    slt_buffer_free(&words->block);
}

/* Begins the block, with the kind of the verdict. */
static void words_begin(slt_verdict_words *words, slt_verdict verdict, const char *kind,
                        const char *why)
{
    words->verdict = verdict;
    words->kind = kind;
    words->why = why;
    slt_tap_field(&words->block, "verdict", kind);
}

static void words_put_reason(slt_verdict_words *words)
{
    slt_tap_field(&words->block, "reason", words->why);
}

/* ---- A golden that is not judged --------------------------------------------------- */

slt_verdict_words slt_verdict_of_refusal(const char *path, const slt_error *why)
{
    slt_verdict_words words = {0};
    slt_buffer_printf(&words.name, "%s can be judged", path);
    if (why->status == SLT_UNFIT) {
        snprintf(words.note, sizeof words.note, "not judged");
        words_begin(&words, SLT_VERDICT_NOT_JUDGED, "not judged", why->text);
    } else if (why->status == SLT_DIFFERS) {
        words_begin(&words, SLT_VERDICT_DIFFERS, "refused", why->text);
    } else {
        words_begin(&words, SLT_VERDICT_TROUBLE, "trouble", why->text);
    }
    words_put_reason(&words);
    return words;
}

slt_verdict_words slt_verdict_of_mismatch(const slt_golden *golden, const char *manifest,
                                          const slt_mismatch *mismatch)
{
    slt_verdict_words words = {0};
    slt_buffer *block = &words.block;
    slt_buffer_printf(&words.name, "%s: the manifest is the golden's", golden->name);
    words_begin(&words, SLT_VERDICT_DIFFERS, "differs", mismatch->field);
    slt_tap_field(block, "field", mismatch->field);
    slt_tap_field(block, "file", manifest);
    if (mismatch->line)
        slt_tap_number(block, "line", (uint64_t)mismatch->line);
    slt_tap_field(block, "manifest", mismatch->manifest);
    slt_tap_field(block, "golden", mismatch->golden);
    if (mismatch->of_run)
        slt_tap_number(block, "run", mismatch->run);
    return words;
}

/* ---- A run ------------------------------------------------------------------------- */

static void put_location(const slt_run_verdict *v, slt_buffer *block)
{
    const slt_difference *d = &v->difference;
    char quantity[SLT_QUANTITY_TEXT_MAX];
    slt_quantity_text(&d->quantity, quantity);
    slt_tap_number(block, "record", d->record);
    if (d->has_step)
        slt_tap_number(block, "step", d->step);
    if (d->kind == SLT_DIFFERENT_TENSOR)
        slt_tap_field(block, "tensor", d->name);
    if (d->kind == SLT_DIFFERENT_JOINT)
        slt_tap_field(block, "tensor",
                      "not known, all have one joint hash; on both machines `next` tells "
                      "which");
    if (d->kind == SLT_DIFFERENT_METRIC)
        slt_tap_field(block, "metric", quantity);
    if (d->kind == SLT_DIFFERENT_RESULT)
        slt_tap_field(block, "result", quantity);
    if (d->kind == SLT_DIFFERENT_DRAW || d->kind == SLT_DIFFERENT_CHAIN)
        slt_tap_number(block, "chain", d->chain);
    if (d->kind == SLT_DIFFERENT_DRAW)
        slt_tap_number(block, "draw", d->draw);
    if (d->has_element)
        slt_buffer_printf(block, "  element: [%zu, %zu]\n", d->row, d->column);
    if (d->has_ulp)
        slt_tap_number(block, "ulp", d->ulp);
}

static void put_llc(const slt_run_verdict *v, slt_buffer *block)
{
    char expected[SLT_REAL_TEXT_MAX], found[SLT_REAL_TEXT_MAX];
    slt_real_text(v->llc_expected, expected);
    slt_real_text(v->llc_found, found);
    slt_buffer_printf(block, "  llc: {expected: %s, found: %s}\n", expected, found);
}

static void put_next(const slt_run_verdict *v, slt_buffer *block)
{
    slt_buffer command = {0};
    slt_difference_print_replay(&v->difference, v->trace, &command);
    slt_tap_field(block, "next", slt_buffer_text(&command));
    slt_buffer_free(&command);
}

/* If the trace is another one, everything in it may differ, so its hashes are shown. */
static void put_other_trace(const slt_run_verdict *v, slt_buffer *block)
{
    slt_tap_field(block, "field", v->fields.field);
    slt_tap_field(block, "expected", v->expected);
    slt_tap_field(block, "found", v->found);
    slt_buffer_printf(block, "  trail: {last_equal: ");
    if (v->has_last_equal)
        slt_buffer_printf(block, "%" PRIu64, v->last_equal);
    else
        slt_buffer_printf(block, "none");
    if (v->has_trail)
        slt_buffer_printf(block, ", first_differing: %" PRIu64, v->first_differing);
    slt_buffer_printf(block, "}\n");
    if (v->located)
        put_location(v, block);
    if (v->has_llc)
        put_llc(v, block);
    if (v->located)
        put_next(v, block);
    if (*v->note)
        slt_tap_field(block, "note", v->note);
}

static bool is_judged(const slt_run_verdict *v)
{
    return v->verdict != SLT_VERDICT_NOT_JUDGED && v->error.status != SLT_INTERRUPTED;
}

static void put_run(const slt_run_verdict *v, slt_verdict_words *words)
{
    if (v->verdict == SLT_VERDICT_IDENTICAL)
        return;
    if (!is_judged(v)) {
        words_begin(words, SLT_VERDICT_NOT_JUDGED, "not judged", v->error.text);
        words_put_reason(words);
    } else if (v->verdict != SLT_VERDICT_DIFFERS) {
        words_begin(words, SLT_VERDICT_TROUBLE, "trouble", v->error.text);
        words_put_reason(words);
    } else {
        words_begin(words, SLT_VERDICT_DIFFERS, "differs", v->fields.field);
        if (v->other_trace)
            put_other_trace(v, &words->block);
        else
            slt_tap_difference(&words->block, &v->fields);
    }
}

static void put_stretch(const slt_run_stretch *stretch, slt_buffer *name)
{
    const uint64_t from = stretch->from, to = stretch->to;
    if (stretch->kind == SLT_STRETCH_TRACE)
        slt_buffer_printf(name, ": published trace");
    else if (stretch->kind == SLT_STRETCH_ESTIMATE)
        slt_buffer_printf(name, ": estimate %" PRIu32 " at step %" PRIu64,
                          stretch->llc + 1, to);
    else if (stretch->kind != SLT_STRETCH_RUN)
        slt_buffer_printf(name, ": %s %" PRIu64 " to %" PRIu64,
                          stretch->kind == SLT_STRETCH_TRIALS ? "trials" : "updates",
                          from, to);
}

slt_verdict_words slt_verdict_of_run(const slt_golden *golden, const slt_run_verdict *v)
{
    slt_verdict_words words = {.verdict = SLT_VERDICT_IDENTICAL};
    const char *label = v->label ? v->label : "";
    slt_buffer_printf(&words.name, "%s[%zu]%s%s", golden->name, v->run, *label ? " " : "",
                      label);
    put_stretch(&v->stretch, &words.name);
    if (!is_judged(v))
        snprintf(words.note, sizeof words.note, "not judged");
    else if (v->whole && v->end_status != SLT_RUN_DONE)
        snprintf(words.note, sizeof words.note, "%s %s step %" PRIu64,
                 slt_run_status_name(v->end_status),
                 v->end_in_chain ? "in a chain from" : "at", v->end_step);
    put_run(v, &words);
    return words;
}

/* ---- Figure data and claims -------------------------------------------------------- */

slt_verdict_words slt_verdict_of_part(const slt_golden *golden, const slt_part_verdict *v)
{
    slt_verdict_words words = {.verdict = SLT_VERDICT_IDENTICAL};
    bool data = v->part == SLT_PART_DATA;
    slt_buffer_printf(&words.name, "%s %s", golden->name,
                      data ? "figure data" : "claims");
    if (v->verdict == SLT_VERDICT_NOT_JUDGED) {
        snprintf(words.note, sizeof words.note, "not judged");
        words.verdict = SLT_VERDICT_NOT_JUDGED;
        words.kind = "not judged";
        words.why = v->error.text;
    } else if (v->verdict != SLT_VERDICT_IDENTICAL) {
        words_begin(&words, v->verdict,
                    v->verdict == SLT_VERDICT_DIFFERS ? "differs" : "trouble",
                    v->fields.count ? v->fields.field : v->error.text);
        if (v->fields.count) {
            slt_tap_difference(&words.block, &v->fields);
        } else {
            slt_tap_field(&words.block, "field", data ? "data" : "claims");
            words_put_reason(&words);
        }
    }
    return words;
}
