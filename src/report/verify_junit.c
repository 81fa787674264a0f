/* Verifications as a report of JUnit. */
#include <sltrace/page.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/world.h"
#include "report/verdict.h"

typedef struct junit_counts {
    size_t tests, failures, errors, skipped;
} junit_counts;

/* The counts stand before what they count, so suites are kept until the end. */
struct slt_junit {
    slt_buffer suites;
    junit_counts all;
    slt_buffer properties, cases; /* of the current golden, as is what follows */
    junit_counts counts;
    const char *path;
    slt_verify_plan plan; /* golden is NULL if there is no plan */
};

slt_status slt_junit_begin(slt_junit **junit, slt_error *err)
{
    *junit = slt_world.calloc(1, sizeof **junit);
    return *junit ? SLT_OK : slt_fail(err, SLT_RESOURCE, "verify: out of memory");
}

/* ---- Markup ------------------------------------------------------------------------ */

static void put_escaped(slt_buffer *out, const char *text)
{
    slt_escape_html(out, text, strlen(text));
}

static void put_attribute(slt_buffer *out, const char *name, const char *value)
{
    slt_buffer_printf(out, " %s=\"", name);
    put_escaped(out, value);
    slt_buffer_byte(out, '"');
}

static void put_count(slt_buffer *out, const char *name, size_t value)
{
    slt_buffer_printf(out, " %s=\"%zu\"", name, value);
}

static void put_property(slt_junit *junit, const char *name, const char *value)
{
    slt_buffer_printf(&junit->properties, "   <property");
    put_attribute(&junit->properties, "name", name);
    put_attribute(&junit->properties, "value", value);
    slt_buffer_printf(&junit->properties, "/>\n");
}

static void put_number(slt_junit *junit, const char *name, size_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%zu", number);
    put_property(junit, name, text);
}

static void case_begin(slt_junit *junit, const char *name)
{
    const slt_golden *golden = junit->plan.golden;
    slt_buffer_printf(&junit->cases, "  <testcase");
    put_attribute(&junit->cases, "classname", golden ? golden->name : junit->path);
    put_attribute(&junit->cases, "name", name);
    slt_buffer_printf(&junit->cases, ">\n");
    junit->counts.tests++;
}

static void case_end(slt_junit *junit)
{
    slt_buffer_printf(&junit->cases, "  </testcase>\n");
}

/* ---- One golden -------------------------------------------------------------------- */

static void junit_begin(void *context, const char *path)
{
    slt_junit *junit = context;
    junit->path = path;
    junit->plan = (slt_verify_plan){0};
    junit->counts = (junit_counts){0};
    slt_buffer_clear(&junit->properties);
    slt_buffer_clear(&junit->cases);
}

/* What differs fails; what nobody could judge is an error, and never skipped. */
static void put_fault(slt_junit *junit, slt_verdict_words *words)
{
    slt_buffer *out = &junit->cases, message = {0};
    bool differs = words->verdict == SLT_VERDICT_DIFFERS;
    const char *element = differs ? "failure" : "error";
    *(differs ? &junit->counts.failures : &junit->counts.errors) += 1;
    slt_buffer_printf(&message, "%s%s%s", words->kind, *words->why ? ": " : "",
                      words->why);
    slt_buffer_printf(out, "   <%s", element);
    put_attribute(out, "type", words->kind);
    put_attribute(out, "message", slt_buffer_text(&message));
    slt_buffer_byte(out, '>');
    put_escaped(out, slt_buffer_text(&words->block));
    slt_buffer_printf(out, "</%s>\n", element);
    out->failed |= message.failed;
    slt_buffer_free(&message);
}

static void put_words(slt_junit *junit, slt_verdict_words words)
{
    slt_buffer *out = &junit->cases;
    case_begin(junit, slt_buffer_text(&words.name));
    if (words.verdict != SLT_VERDICT_IDENTICAL)
        put_fault(junit, &words);
    if (*words.note && words.verdict != SLT_VERDICT_NOT_JUDGED) {
        slt_buffer_printf(out, "   <system-out>");
        put_escaped(out, words.note);
        slt_buffer_printf(out, "</system-out>\n");
    }
    case_end(junit);
    out->failed |= words.name.failed || words.block.failed;
    slt_verdict_words_free(&words);
}

static void junit_refused(void *context, const char *path, const slt_error *why)
{
    put_words(context, slt_verdict_of_refusal(path, why));
}

static void junit_plan(void *context, const slt_verify_plan *plan)
{
    slt_junit *junit = context;
    junit->plan = *plan;
}

static void junit_mismatch(void *context, const slt_verify_plan *plan,
                           const char *manifest, const slt_mismatch *mismatch)
{
    junit_plan(context, plan);
    put_words(context, slt_verdict_of_mismatch(plan->golden, manifest, mismatch));
}

static void junit_run(void *context, const slt_golden *golden,
                      const slt_run_verdict *verdict)
{
    put_words(context, slt_verdict_of_run(golden, verdict));
}

static void junit_part(void *context, const slt_golden *golden,
                       const slt_part_verdict *verdict)
{
    put_words(context, slt_verdict_of_part(golden, verdict));
}

static void junit_claim(void *context, const slt_claim *claim)
{
    slt_buffer name = {0};
    slt_junit *junit = context;
    slt_buffer_printf(&name, "claim %s", claim->id);
    put_property(junit, slt_buffer_text(&name), slt_claim_verdict(claim));
    junit->properties.failed |= name.failed;
    slt_buffer_free(&name);
}

/* ---- Its end ----------------------------------------------------------------------- */

static void put_skipped(slt_junit *junit, const char *what, size_t done, size_t all)
{
    slt_buffer name = {0}, why = {0};
    slt_buffer_printf(&name, "%s: the other %s", junit->plan.golden->name, what);
    slt_buffer_printf(&why, "%zu of %zu %s were judged", done, all, what);
    case_begin(junit, slt_buffer_text(&name));
    slt_buffer_printf(&junit->cases, "   <skipped");
    put_attribute(&junit->cases, "message", slt_buffer_text(&why));
    slt_buffer_printf(&junit->cases, "/>\n");
    case_end(junit);
    junit->counts.skipped++;
    junit->cases.failed |= name.failed || why.failed;
    slt_buffer_free(&name);
    slt_buffer_free(&why);
}

static void put_rest(slt_junit *junit, const slt_verify_result *result)
{
    const slt_verify_plan *plan = &junit->plan;
    const slt_spot *spot = &result->spot;
    if (plan->spot_key && spot->drawn < spot->stretches)
        put_skipped(junit, "stretches", spot->drawn, spot->stretches);
    else if (!plan->spot_key && plan->judged < plan->golden->run_count)
        put_skipped(junit, "runs", plan->judged, plan->golden->run_count);
}

static void put_result(slt_junit *junit, const slt_verify_result *result)
{
    if (*result->runs_sha256)
        put_property(junit, "runs_sha256", result->runs_sha256);
    if (*result->signature.key) {
        put_property(junit, "signature.key", result->signature.key);
        put_property(junit, "signature.comment", result->signature.comment);
    }
    if (result->spot.key) {
        put_property(junit, "spot.key", result->spot.key);
        put_number(junit, "spot.stretches", result->spot.stretches);
        put_number(junit, "spot.drawn", result->spot.drawn);
    }
    put_number(junit, "runs", result->runs);
    put_number(junit, "judged", result->judged);
    put_property(junit, "status", slt_status_text(result->error.status));
}

static void put_suite(slt_junit *junit)
{
    slt_buffer *out = &junit->suites;
    const junit_counts *counts = &junit->counts;
    slt_buffer_printf(out, " <testsuite");
    put_attribute(out, "name", junit->path);
    put_count(out, "tests", counts->tests);
    put_count(out, "failures", counts->failures);
    put_count(out, "errors", counts->errors);
    put_count(out, "skipped", counts->skipped);
    slt_buffer_printf(out, ">\n  <properties>\n");
    slt_buffer_append(out, junit->properties.data, junit->properties.size);
    slt_buffer_printf(out, "  </properties>\n");
    slt_buffer_append(out, junit->cases.data, junit->cases.size);
    slt_buffer_printf(out, " </testsuite>\n");
    out->failed |= junit->properties.failed || junit->cases.failed;
    junit->all.tests += counts->tests;
    junit->all.failures += counts->failures;
    junit->all.errors += counts->errors;
}

static slt_status junit_end(void *context, const slt_verify_result *result,
                            slt_error *err)
{
    slt_junit *junit = context;
    bool told = junit->counts.failures || junit->counts.errors;
    (void)err;
    if (result->error.status && !told) /* trouble that no verdict tells */
        put_words(junit, slt_verdict_of_refusal(junit->path, &result->error));
    if (junit->plan.golden)
        put_rest(junit, result);
    put_result(junit, result);
    put_suite(junit);
    return SLT_OK;
}

slt_verify_page slt_junit_page(slt_junit *junit)
{
    return (slt_verify_page){.context = junit,
                             .begin = junit_begin,
                             .refused = junit_refused,
                             .mismatch = junit_mismatch,
                             .plan = junit_plan,
                             .run = junit_run,
                             .part = junit_part,
                             .claim = junit_claim,
                             .end = junit_end};
}

slt_status slt_junit_end(slt_junit *junit, FILE *out, slt_error *err)
{
    slt_buffer head = {0};
    slt_buffer_printf(&head, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    put_attribute(&head, "name", "sltrace verify");
    put_count(&head, "tests", junit->all.tests);
    put_count(&head, "failures", junit->all.failures);
    put_count(&head, "errors", junit->all.errors);
    slt_buffer_printf(&head, ">\n");
    bool lost = head.failed || junit->suites.failed;
    if (out && !lost) {
        slt_world.fwrite(head.data, 1, head.size, out);
        slt_world.fwrite(junit->suites.data, 1, junit->suites.size, out);
        fputs("</testsuites>\n", out);
    }
    slt_buffer_free(&head);
    slt_buffer_free(&junit->suites);
    slt_buffer_free(&junit->properties);
    slt_buffer_free(&junit->cases);
    free(junit);
    return out && lost ? slt_fail(err, SLT_RESOURCE, "no memory for a report of JUnit")
                       : SLT_OK;
}
