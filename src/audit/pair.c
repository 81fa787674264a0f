/* Two traces of one run that differ: where, why, and in words. */
#include <inttypes.h>
#include <string.h>

#include "audit/finding.h"
#include "codec/json.h"

static void put_difference(slt_json *json, const slt_difference *d)
{
    slt_buffer words = {0};
    slt_difference_print(d, &words);
    slt_json_key_open(json, "difference", '{');
    slt_json_key_text(json, "text", slt_buffer_text(&words));
    slt_json_key_uint(json, "record", d->record);
    slt_json_key_text(json, "kind", slt_record_kind_name(d->record_kind));
    if (d->has_step)
        slt_json_key_uint(json, "step", d->step);
    if (d->kind == SLT_DIFFERENT_TENSOR)
        slt_json_key_text(json, "tensor", d->name);
    if (d->kind == SLT_DIFFERENT_METRIC)
        slt_json_key_text(json, "metric", d->name);
    if (d->kind == SLT_DIFFERENT_RESULT)
        slt_json_key_text(json, "result", d->name);
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

/* The fingerprint that a header has of a function, NULL for none. */
static const char *fingerprint_of(const slt_trace *trace, const char *name)
{
    for (size_t i = 0; i < slt_trace_functions(trace); i++) {
        const char *fingerprint;
        if (!strcmp(slt_trace_function(trace, i, &fingerprint), name))
            return fingerprint;
    }
    return NULL;
}

/* One trace's functions that are another's differently, or not at all; where `whole`,
 * those that both have too. */
static void put_functions(slt_json *json, slt_buffer *words, const slt_trace *a,
                          const slt_trace *b, bool whole)
{
    for (size_t i = 0; i < slt_trace_functions(a); i++) {
        const char *ours, *name = slt_trace_function(a, i, &ours);
        const char *theirs = fingerprint_of(b, name);
        if (theirs && (!whole || !strcmp(ours, theirs)))
            continue;
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", name);
        slt_json_key_text(json, whole ? "reference" : "found", ours);
        if (theirs)
            slt_json_key_text(json, "found", theirs);
        slt_json_close(json, '}');
        slt_buffer_printf(words, "%s%s", words->size ? ", " : "", name);
    }
}

/* What the headers of two traces of one run do not share. */
static void tell_header(slt_audit *audit, const slt_audit_side *const sides[2])
{
    slt_buffer words = {0};
    slt_json *json = audit->json;
    const slt_trace *a = sides[0]->trace, *b = sides[1]->trace;
    slt_json_key_open(json, "functions", '[');
    put_functions(json, &words, a, b, true);
    put_functions(json, &words, b, a, false);
    slt_json_close(json, ']');
    if (slt_trace_numerics(a) != slt_trace_numerics(b))
        slt_audit_print(audit,
                        "  computed with numerics revision %" PRIu32
                        ", the other with %" PRIu32 "\n",
                        slt_trace_numerics(b), slt_trace_numerics(a));
    if (words.size)
        slt_audit_print(audit, "  computed with other functions: %s\n",
                        slt_buffer_text(&words));
    slt_buffer_free(&words);
}

/* Words for people and for the message, and what stands in the statement. */
static void tell_pair(slt_audit *audit, const slt_audit_side *const sides[2],
                      const slt_difference *d, const slt_audit_finding *finding,
                      slt_error *err)
{
    slt_buffer words = {0}, name = {0}, lines = {0};
    const char *a = sides[0]->path, *b = sides[1]->path;
    if (d->kind == SLT_SAME)
        slt_buffer_printf(&words, "record 0 (header), and nowhere else");
    else
        slt_difference_print(d, &words);
    slt_audit_print_finding(finding, sides, &lines);
    slt_audit_print(audit, "  %s\n%s", slt_buffer_text(&words), slt_buffer_text(&lines));
    slt_audit_print_reason(finding, &words);
    slt_buffer_printf(&name, "%s: bits", b);
    slt_audit_judge(audit, SLT_AUDIT_FAILED, slt_buffer_text(&name),
                    "differs from %s at %s", a, slt_buffer_text(&words));
    slt_fail(err, SLT_DIFFERS, "%s: differs from %s at %s", b, a,
             slt_buffer_text(&words));
    slt_buffer_free(&words);
    slt_buffer_free(&name);
    slt_buffer_free(&lines);
}

/* Behind headers that differ the records may be compared all the same. */
static slt_difference find_difference(slt_audit *audit,
                                      const slt_audit_side *const sides[2])
{
    slt_difference d = slt_compare_traces(sides[0]->trace, sides[1]->trace, 0, SIZE_MAX);
    if (d.kind != SLT_DIFFERENT_HEADER)
        return d;
    tell_header(audit, sides);
    return slt_compare_bodies(sides[0]->trace, sides[1]->trace);
}

slt_status slt_audit_compare_pair(slt_audit *audit, const slt_audit_side *const sides[2],
                                  const char *const steps[2], const char *program,
                                  slt_error *err)
{
    slt_audit_finding finding;
    slt_difference d = find_difference(audit, sides);
    slt_status status = slt_audit_find(sides[0], sides[1], &d, steps, program,
                                       audit->options, &finding, err);
    if (!status) {
        put_difference(audit->json, &d);
        slt_audit_put_finding(&finding, audit->json);
        tell_pair(audit, sides, &d, &finding, err);
        status = SLT_DIFFERS;
    }
    slt_audit_finding_free(&finding);
    return status;
}
