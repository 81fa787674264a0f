/* What a verification found, as an in-toto statement. */
#include <sltrace/page.h>

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <sltrace/numerics.h>

#include "base/cpu.h"
#include "base/world.h"
#include "num/math.h"
#include "report/statement.h"
#include "report/verdict.h"
#include "report/verified.h"
#include "run/provenance.h"

struct slt_verify_attest {
    slt_attestation to;
    slt_buffer subject; /* the golden's name, "" until it was read */
    char sha256[65];
    slt_buffer passed, failed; /* names, each with a NUL behind it */
    struct utsname machine;
};

slt_status slt_verify_attest_begin(const slt_attestation *to, slt_verify_attest **attest,
                                   slt_error *err)
{
    *attest = NULL;
    slt_status status = slt_statement_check(to, err);
    if (status)
        return status;
    *attest = slt_world.calloc(1, sizeof **attest);
    if (!*attest)
        return slt_fail(err, SLT_RESOURCE, "no memory for a statement");
    (*attest)->to = *to;
    if (*slt_cpu_model() && !slt_world.uname(&(*attest)->machine))
        return SLT_OK;
    slt_verify_attest_free(*attest);
    *attest = NULL;
    return slt_fail(err, SLT_FILE,
                    "what machine this is cannot be said: /proc/cpuinfo does not tell");
}

void slt_verify_attest_free(slt_verify_attest *attest)
{
    if (!attest)
        return;
    slt_buffer_free(&attest->subject);
    slt_buffer_free(&attest->passed);
    slt_buffer_free(&attest->failed);
    free(attest);
}

/* ---- Verdicts ---------------------------------------------------------------------- */

static void add_name(slt_buffer *names, const slt_buffer *name)
{
    slt_buffer_append(names, name->data, name->size);
    slt_buffer_byte(names, 0);
    names->failed |= name->failed;
}

static void add_words(slt_verify_attest *a, slt_verdict_words words)
{
    if (words.verdict == SLT_VERDICT_IDENTICAL)
        add_name(&a->passed, &words.name);
    else if (words.verdict == SLT_VERDICT_DIFFERS)
        add_name(&a->failed, &words.name);
    slt_verdict_words_free(&words);
}

static void attest_begin(void *context, const char *path)
{
    slt_verify_attest *a = context;
    (void)path;
    slt_buffer_clear(&a->subject);
    slt_buffer_clear(&a->passed);
    slt_buffer_clear(&a->failed);
}

/* What was read is what the statement is of, whatever becomes of the file. */
static void take_subject(slt_verify_attest *a, const slt_golden *golden)
{
    slt_error err;
    slt_buffer_clear(&a->subject);
    slt_buffer_printf(&a->subject, "%s.golden", golden->name);
    a->subject.failed |= slt_verified_subject(golden, a->sha256, &err) != SLT_OK;
}

static void attest_mismatch(void *context, const slt_verify_plan *plan,
                            const char *manifest, const slt_mismatch *mismatch)
{
    slt_verify_attest *a = context;
    take_subject(a, plan->golden);
    add_words(a, slt_verdict_of_mismatch(plan->golden, manifest, mismatch));
}

static void attest_plan(void *context, const slt_verify_plan *plan)
{
    take_subject(context, plan->golden);
}

/* Runs that differ are named; the others are counted. */
static void attest_run(void *context, const slt_golden *golden,
                       const slt_run_verdict *verdict)
{
    slt_verify_attest *a = context;
    if (verdict->verdict != SLT_VERDICT_IDENTICAL)
        add_words(a, slt_verdict_of_run(golden, verdict));
}

static void attest_part(void *context, const slt_golden *golden,
                        const slt_part_verdict *verdict)
{
    add_words(context, slt_verdict_of_part(golden, verdict));
}

/* ---- The statement ----------------------------------------------------------------- */

static void put_names(const slt_buffer *names, const char *key, const char *first,
                      slt_json *json)
{
    slt_json_key_open(json, key, '[');
    if (first)
        slt_json_text(json, first);
    for (size_t at = 0; at < names->size;
         at += strlen((const char *)names->data + at) + 1)
        slt_json_text(json, (const char *)names->data + at);
    slt_json_close(json, ']');
    json->text.failed |= names->failed;
}

static void put_machine(const slt_verify_attest *a, slt_json *json)
{
    char now[32];
    slt_provenance_now(now);
    slt_json_key_text(json, "finished", now);
    slt_json_key_text(json, "sltrace", slt_version());
    slt_json_key_uint(json, "numerics", SLT_NUMERICS_REVISION);
    slt_json_key_text(json, "machine", a->machine.machine);
    slt_json_key_text(json, "cpu", slt_cpu_model());
    slt_json_key_text(json, "isa", slt_isa_name(slt_num_isa()));
}

static void put_verification(const slt_verify_attest *a, const slt_verify_result *result,
                             slt_json *json)
{
    slt_json_key_open(json, "verification", '{');
    slt_json_key_uint(json, "runs", result->runs);
    slt_json_key_uint(json, "judged", result->judged);
    slt_json_key_uint(json, "identical", result->identical);
    slt_json_key_uint(json, "differ", result->differ);
    if (result->spot.key) {
        slt_json_key_open(json, "spot", '{');
        slt_json_key_text(json, "key", result->spot.key);
        slt_json_key_uint(json, "stretches", result->spot.stretches);
        slt_json_key_uint(json, "drawn", result->spot.drawn);
        slt_json_close(json, '}');
    }
    put_machine(a, json);
    slt_json_close(json, '}');
}

/* What was judged, in words: "fig6: 160 of 160 runs are the golden's". */
static void print_counted(const slt_verify_attest *a, const slt_verify_result *result,
                          slt_buffer *out)
{
    const slt_spot *spot = &result->spot;
    const int stem = (int)(a->subject.size - strlen(".golden"));
    slt_buffer_printf(out, "%.*s: ", stem, (const char *)a->subject.data);
    if (spot->key)
        slt_buffer_printf(out, "%zu of %zu stretches", result->identical,
                          spot->stretches);
    else
        slt_buffer_printf(out, "%zu of %zu runs", result->identical, result->runs);
}

/* A verification that failed, or that judged not all it was to judge, says nothing. */
static slt_status attest_end(void *context, const slt_verify_result *result,
                             slt_error *err)
{
    slt_verify_attest *a = context;
    const slt_status found = result->error.status;
    slt_json json = {0};
    slt_buffer counted = {0};
    if ((found && found != SLT_DIFFERS) || !a->subject.size)
        return SLT_OK;
    print_counted(a, result, &counted);
    slt_statement_begin(&json);
    slt_statement_put_file(&json, slt_buffer_text(&a->subject), a->sha256);
    slt_statement_judge(&json, found ? "FAILED" : "PASSED");
    slt_statement_put_file(&json, "runs", result->runs_sha256);
    slt_json_close(&json, ']');
    put_names(&a->passed, "passedTests",
              result->identical ? slt_buffer_text(&counted) : NULL, &json);
    put_names(&a->failed, "failedTests", NULL, &json);
    put_verification(a, result, &json);
    json.text.failed |= a->subject.failed || counted.failed;
    slt_status status = slt_statement_end(&json, &a->to, err);
    slt_buffer_free(&json.text);
    slt_buffer_free(&counted);
    return status;
}

slt_verify_page slt_verify_attest_page(slt_verify_attest *attest)
{
    return (slt_verify_page){.context = attest,
                             .begin = attest_begin,
                             .mismatch = attest_mismatch,
                             .plan = attest_plan,
                             .run = attest_run,
                             .part = attest_part,
                             .end = attest_end};
}
