/* Where two traces of one run differ, and why. */
#include "audit/trace_pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"

void slt_audit_pair_free(slt_audit_pair *pair)
{
    for (size_t i = 0; i < pair->field_count; i++) {
        free(pair->fields[i].name);
        free(pair->fields[i].reference);
        free(pair->fields[i].found);
    }
    free(pair->fields);
    free(pair->functions);
    free(pair->llc);
    slt_estimates_free(&pair->estimates[0]);
    slt_estimates_free(&pair->estimates[1]);
    slt_audit_finding_free(&pair->finding);
    *pair = (slt_audit_pair){0};
}

/* ---- Headers ----------------------------------------------------------------------- */

/* The fingerprint of a function in a trace's header; NULL if it has none. */
static const char *pair_fingerprint_of(const slt_trace *trace, const char *name)
{
    for (size_t i = 0; i < slt_trace_functions(trace); i++) {
        const char *fingerprint;
        if (!strcmp(slt_trace_function(trace, i, &fingerprint), name))
            return fingerprint;
    }
    return NULL;
}

/* Lists all functions that differ, in the order of the reference, then of the other
 * trace. */
static void pair_find_functions(slt_audit *audit, slt_audit_pair *pair)
{
    const slt_trace *a = pair->sides[0]->trace, *b = pair->sides[1]->trace;
    size_t most = slt_trace_functions(a) + slt_trace_functions(b);
    pair->functions = slt_world.calloc(most + 1, sizeof *pair->functions);
    audit->failed |= !pair->functions;
    for (size_t i = 0; pair->functions && i < slt_trace_functions(a); i++) {
        const char *ours, *name = slt_trace_function(a, i, &ours);
        const char *theirs = pair_fingerprint_of(b, name);
        if (!theirs || strcmp(ours, theirs) != 0)
            pair->functions[pair->function_count++] =
                (slt_audit_function){name, ours, theirs};
    }
    for (size_t i = 0; pair->functions && i < slt_trace_functions(b); i++) {
        const char *theirs, *name = slt_trace_function(b, i, &theirs);
        if (!pair_fingerprint_of(a, name))
            pair->functions[pair->function_count++] =
                (slt_audit_function){name, NULL, theirs};
    }
}

/* Even if the headers differ, the records after them are compared. */
static slt_status pair_find_difference(slt_audit *audit, slt_audit_pair *pair,
                                       slt_error *err)
{
    const slt_trace *a = pair->sides[0]->trace, *b = pair->sides[1]->trace;
    slt_status status = slt_compare_traces(a, b, 0, SIZE_MAX, &pair->difference, err);
    if (status || pair->difference.kind != SLT_DIFFERENT_HEADER)
        return status;
    pair_find_functions(audit, pair);
    slt_audit_tell(audit, pair, SLT_PAIR_HEADERS, pair);
    return slt_compare_bodies(a, b, &pair->difference, err);
}

/* ---- The verdict ------------------------------------------------------------------- */

/* Sets the message, and adds the result to the audit. */
static void judge_pair(slt_audit *audit, const slt_audit_pair *pair, slt_error *err)
{
    slt_buffer words = {0}, name = {0};
    const char *a = pair->sides[0]->path, *b = pair->sides[1]->path;
    if (pair->difference.kind == SLT_SAME)
        slt_buffer_printf(&words, SLT_AUDIT_HEADER_ALONE);
    else
        slt_difference_print(&pair->difference, &words);
    slt_audit_reason_words(&pair->finding, &words);
    slt_buffer_printf(&name, "%s: bits", b);
    slt_audit_judge(audit, SLT_AUDIT_FAILED, slt_buffer_text(&name),
                    "differs from %s at %s", a, slt_buffer_text(&words));
    slt_fail(err, SLT_DIFFERS, "%s: differs from %s at %s", b, a,
             slt_buffer_text(&words));
    slt_buffer_free(&words);
    slt_buffer_free(&name);
}

slt_status slt_audit_compare_pair(slt_audit *audit, slt_audit_pair *pair,
                                  const char *const steps[2], const char *program,
                                  slt_error *err)
{
    slt_status status = pair_find_difference(audit, pair, err);
    if (!status)
        status = slt_audit_find(pair->sides[0], pair->sides[1], &pair->difference, steps,
                                program, audit->options, &pair->finding, err);
    if (status)
        return status;
    slt_audit_tell(audit, pair, SLT_PAIR_FOUND, pair);
    judge_pair(audit, pair, err);
    return SLT_DIFFERS;
}
