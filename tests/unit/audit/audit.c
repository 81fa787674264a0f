/* audit: the report of an audit, its statement, and agreement of estimates. */
#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include <sltrace/page.h>

#include "audit/trace_pair.h"
#include "base/io.h"
#include "json_check.h"

static slt_error err;

static void agreement(void)
{
    const slt_real two = slt_real_of(2), tenth = slt_real_of(.1), none = slt_real_of(NAN);
    slt_real apart;
    TAP_OK(slt_agreement_of(two, tenth, two, none, &apart) == SLT_AGREE_IDENTICAL &&
               apart.bits == 0,
           "the same bits are identical, whatever the errors are");
    TAP_OK(slt_agreement_of(two, slt_real_of(.3), slt_real_of(3.5), slt_real_of(.4),
                            &apart) == SLT_AGREE_WITHIN &&
               slt_real_double(apart) == 3,
           "3 errors of both together apart is within");
    TAP_OK(slt_agreement_of(two, slt_real_of(.3), slt_real_of(.4999), slt_real_of(.4),
                            &apart) == SLT_AGREE_NOT &&
               slt_real_double(apart) < -3,
           "more is not, downwards too");
    TAP_OK(slt_agreement_of(two, none, slt_real_of(2.1), tenth, &apart) ==
                   SLT_AGREE_UNKNOWN &&
               !slt_real_finite(apart),
           "without an error nothing is known");
    TAP_OK(slt_agreement_of(two, (slt_real){0}, slt_real_of(2.1), (slt_real){0},
                            &apart) == SLT_AGREE_UNKNOWN,
           "nor with errors of 0");
    TAP_OK(slt_agreement_of(two, tenth, none, tenth, &apart) == SLT_AGREE_UNKNOWN,
           "nor of what is no number");
}

static void fill(slt_audit *audit)
{
    slt_audit_judge(audit, SLT_AUDIT_PASSED, "one", "fine");
    slt_audit_judge(audit, SLT_AUDIT_FAILED, "t\"wo\n", "off by %d", 7);
    slt_audit_judge(audit, SLT_AUDIT_WARNED, "three", "%s", "\xff");
    slt_audit_add_subject(audit, "a.trace", "12ab");
    slt_audit_add_subject(audit, "a.trace", "12ab");
    slt_audit_add_subject(audit, "b.trace", "34cd");
    slt_audit_add_configuration(audit, "m.yaml", "56ef");
}

static const char statement[] =
    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":["
    "{\"name\":\"a.trace\",\"digest\":{\"sha256\":\"12ab\"}},"
    "{\"name\":\"b.trace\",\"digest\":{\"sha256\":\"34cd\"}}],"
    "\"predicateType\":\"https://in-toto.io/attestation/test-result/v0.1\","
    "\"predicate\":{\"result\":\"FAILED\",\"configuration\":["
    "{\"name\":\"m.yaml\",\"digest\":{\"sha256\":\"56ef\"}}],"
    "\"passedTests\":[\"one\"],\"warnedTests\":[\"three\"],"
    "\"failedTests\":[\"t\\\"wo\\n\"]}}\n";

static void report(const char *path)
{
    slt_json *out = NULL;
    slt_audit audit;
    slt_buffer bytes = {0};
    if (slt_json_create(&out, &err))
        tap_bail("no memory");
    const slt_attestation to = {.path = path};
    slt_audit_page pages[2] = {{0}, slt_audit_json_page(out)};
    if (slt_audit_attest_page(&to, &pages[0], &err))
        tap_bail(err.text);
    const slt_audit_options options = {.pages = pages, .page_count = 2, .jobs = 1};
    slt_audit_begin(&audit, "traces", &options);
    fill(&audit);
    slt_fail(&err, SLT_DIFFERS, "it differs");
    TAP_OK(slt_audit_end(&audit, SLT_DIFFERS, &err) == SLT_DIFFERS &&
               !strcmp(err.text, "it differs"),
           "an audit ends as what it found");
    char *json = json_document(out);
    TAP_OK(json_is_valid(json) && strstr(json, "\"exit\":1,\"message\":\"it differs\"") &&
               strstr(json, "\"name\":\"three\",\"status\":\"warned\""),
           "its JSON");
    TAP_OK(slt_io_read(path, 4096, &bytes, &err) == SLT_OK &&
               !strcmp(slt_buffer_text(&bytes), statement),
           "its statement");
    TAP_OK(slt_audit_attest_page(&to, &pages[0], &err) == SLT_FILE &&
               strstr(err.text, "exists already"),
           "%s", err.text);
    slt_buffer_free(&bytes);
    free(json);
}

/* Names and answers that found no memory, which are empty, are told. */
static void nameless(void)
{
    for (int which = 0; which < 2; which++) {
        slt_audit audit;
        slt_audit_begin(&audit, "traces", &(slt_audit_options){.jobs = 1});
        slt_audit_judge(&audit, SLT_AUDIT_PASSED, which ? "name" : "", "%s",
                        which ? "" : "fine");
        TAP_OK(slt_audit_end(&audit, SLT_OK, &err) == SLT_RESOURCE, "%s is lost: %s",
               which ? "an answer" : "a name", err.text);
    }
}

/* A machine that cannot judge attests nothing. */
static void unfit(const char *path)
{
    const slt_attestation to = {.path = path};
    slt_audit_page page;
    slt_audit audit;
    if (slt_audit_attest_page(&to, &page, &err))
        tap_bail(err.text);
    const slt_audit_options options = {.pages = &page, .page_count = 1, .jobs = 1};
    slt_audit_begin(&audit, "against", &options);
    slt_fail(&err, SLT_UNFIT, "no");
    TAP_OK(slt_audit_end(&audit, SLT_UNFIT, &err) == SLT_UNFIT && access(path, F_OK) != 0,
           "an audit that could not be made attests nothing");
}

/* The number that differs is named as the trace names it. */
static void named(slt_difference_kind kind, const char *key, const char *name)
{
    char want[64];
    slt_json *document = NULL;
    slt_audit_pair pair = {.difference = {.kind = kind, .record = 3}};
    if (slt_json_create(&document, &err) ||
        slt_quantity_read(name, &pair.difference.quantity, &err))
        tap_bail(err.text);
    slt_json_begin(document, "test/1");
    slt_audit_json_page(document).pair(document, SLT_PAIR_FOUND, &pair);
    char *json = json_document(document);
    snprintf(want, sizeof want, "\"%s\":\"%s\"", key, name);
    TAP_OK(json_is_valid(json) && strstr(json, want), "another %s: %s", key, name);
    free(json);
}

int main(void)
{
    char folder[] = "/tmp/sltrace-audit-XXXXXX", path[64];
    if (!mkdtemp(folder))
        tap_bail("no folder");
    snprintf(path, sizeof path, "%s/a.json", folder);
    agreement();
    named(SLT_DIFFERENT_METRIC, "metric", "val/loss");
    named(SLT_DIFFERENT_RESULT, "result", "llc/mean");
    nameless();
    unfit(path);
    report(path);
    unlink(path);
    rmdir(folder);
    return tap_done();
}
