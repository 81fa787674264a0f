/* Verifications as JSON. */
#include <sltrace/page.h>

#include "codec/json.h"
#include "report/verdict.h"

static void json_begin(void *context, const char *path)
{
    slt_json_open(context, '{');
    slt_json_key_text(context, "golden", path);
    slt_json_key_open(context, "tests", '[');
}

static void put_words(slt_json *json, slt_verdict_words words)
{
    slt_json_open(json, '{');
    slt_json_key_bool(json, "ok", words.verdict == SLT_VERDICT_IDENTICAL);
    slt_json_key_text(json, "name", slt_buffer_text(&words.name));
    slt_json_key_text(json, "note", *words.note ? words.note : NULL);
    slt_json_key_text(json, "diagnostic",
                      words.block.size ? slt_buffer_text(&words.block) : NULL);
    slt_json_close(json, '}');
    json->text.failed |= words.name.failed || words.block.failed;
    slt_verdict_words_free(&words);
}

static void json_refused(void *context, const char *path, const slt_error *why)
{
    put_words(context, slt_verdict_of_refusal(path, why));
}

static void json_mismatch(void *context, const slt_verify_plan *plan,
                          const char *manifest, const slt_mismatch *mismatch)
{
    put_words(context, slt_verdict_of_mismatch(plan->golden, manifest, mismatch));
}

static void json_run(void *context, const slt_golden *golden,
                     const slt_run_verdict *verdict)
{
    put_words(context, slt_verdict_of_run(golden, verdict));
}

static void json_part(void *context, const slt_golden *golden,
                      const slt_part_verdict *verdict)
{
    put_words(context, slt_verdict_of_part(golden, verdict));
}

static void put_spot(slt_json *json, const slt_spot *spot)
{
    if (!spot->key) {
        slt_json_key_null(json, "spot");
        return;
    }
    slt_json_key_open(json, "spot", '{');
    slt_json_key_text(json, "key", spot->key);
    slt_json_key_uint(json, "stretches", spot->stretches);
    slt_json_key_uint(json, "training", spot->training);
    slt_json_key_uint(json, "estimates", spot->estimates);
    slt_json_key_uint(json, "drawn", spot->drawn);
    slt_json_key_uint(json, "changed", spot->changed);
    slt_json_key_real(json, "caught", spot->caught);
    slt_json_key_uint(json, "least", spot->least);
    slt_json_close(json, '}');
}

static slt_status json_end(void *context, const slt_verify_result *result, slt_error *err)
{
    slt_json *json = context;
    slt_status status = result->error.status;
    (void)err;
    slt_json_close(json, ']');
    slt_json_key_uint(json, "runs", result->runs);
    slt_json_key_uint(json, "judged", result->judged);
    slt_json_key_uint(json, "identical", result->identical);
    slt_json_key_uint(json, "differ", result->differ);
    slt_json_key_uint(json, "not_judged", result->not_judged);
    slt_json_key_uint(json, "trouble", result->trouble);
    slt_json_key_uint(json, "diverged", result->diverged);
    slt_json_key_uint(json, "overflowed", result->overflowed);
    put_spot(json, &result->spot);
    slt_json_key_text(json, "runs_sha256",
                      *result->runs_sha256 ? result->runs_sha256 : NULL);
    if (*result->signature.key) {
        slt_json_key_open(json, "signature", '{');
        slt_json_key_text(json, "key", result->signature.key);
        slt_json_key_text(json, "comment", result->signature.comment);
        slt_json_close(json, '}');
    } else
        slt_json_key_text(json, "signature", NULL);
    slt_json_key_text(json, "status", slt_status_text(status));
    slt_json_key_uint(json, "exit", (uint64_t)slt_status_exit(status));
    slt_json_key_text(json, "message", status ? result->error.text : NULL);
    slt_json_close(json, '}');
    return SLT_OK;
}

slt_verify_page slt_verify_json_begin(slt_json *json)
{
    slt_json_begin(json, "sltrace.verify/1");
    slt_json_key_open(json, "goldens", '[');
    return (slt_verify_page){.context = json,
                             .begin = json_begin,
                             .refused = json_refused,
                             .mismatch = json_mismatch,
                             .run = json_run,
                             .part = json_part,
                             .end = json_end};
}

void slt_verify_json_end(slt_json *json)
{
    slt_json_close(json, ']');
}
