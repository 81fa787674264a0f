#include "base/escape.h"
#include "base/fpenv.h"
#include "report/show.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/json.h"
#include "golden/golden_internal.h"
#include "manifest/claim.h"

/* The golden to show, and the claims of its manifest. */
typedef struct shown {
    const slt_golden *golden;
    char runs_sha256[65];
    const slt_claim *claims;
    bool has_manifest;
} shown;

/* ---- Text -------------------------------------------------------------------------- */

static void put_word(slt_buffer *out, const char *word)
{
    slt_escape_word(out, word, strlen(word));
}

static void put_pair(slt_buffer *out, const char *name, const char *between,
                     const char *value)
{
    slt_buffer_printf(out, "  ");
    put_word(out, name);
    slt_buffer_printf(out, "%s", between);
    put_word(out, value);
}

static void put_run(slt_buffer *out, const slt_golden *golden, const slt_golden_run *run)
{
    char chain[SLT_DIGEST_TEXT_MAX], value[SLT_REAL_TEXT_MAX];
    char name[SLT_QUANTITY_TEXT_MAX];
    slt_digest_text(run->chain, chain);
    slt_buffer_printf(out, "  %llu", (unsigned long long)run->run);
    for (size_t a = 0; a < golden->axis_count; a++)
        put_pair(out, golden->axes[a], "=", run->values[a]);
    slt_buffer_printf(out, "  %s  %.8s  %llu records", slt_run_status_name(run->status),
                      chain,
                      (unsigned long long)run->trail_record[run->trail_count - 1] + 1);
    for (size_t r = 0; r < golden->result_count; r++)
        if (run->has_result[r]) {
            slt_real_text(run->results[r], value);
            slt_quantity_text(&golden->results[r], name);
            put_pair(out, name, " ", value);
        }
    slt_buffer_byte(out, '\n');
}

static void put_text(slt_buffer *out, const shown *s)
{
    const slt_golden *golden = s->golden;
    slt_buffer_printf(out, "golden ");
    put_word(out, golden->name);
    slt_buffer_printf(out, "\nmanifest ");
    put_word(out, golden->manifest);
    slt_buffer_printf(out, "\nnumerics %lu\n", (unsigned long)golden->numerics);
    for (size_t i = 0; i < golden->function_count; i++)
        slt_buffer_printf(out, "%s%s:%s%s", i ? " " : "functions ",
                          golden->functions[i].name, golden->functions[i].fingerprint,
                          i + 1 == golden->function_count ? "\n" : "");
    if (golden->base) {
        slt_buffer_printf(out, "run 0:\n");
        slt_show_packed_yaml(golden->base, golden->base_size, 2, out);
    }
    if (golden->data) {
        slt_buffer_printf(out, "data ");
        put_word(out, golden->data);
        slt_buffer_printf(out, " sha256:%s\n", golden->data_sha256);
    }
    slt_buffer_printf(out, "root sha256:%s\nruns sha256:%s\nruns: %zu\n", golden->root,
                      s->runs_sha256, golden->run_count);
    for (size_t i = 0; i < golden->run_count; i++)
        put_run(out, golden, &golden->runs[i]);
}

/* Shows a claim. A question whose value is exactly what is expected needs no numbers. */
static void put_claim(slt_buffer *out, const slt_golden_claim *claim,
                      const slt_claim *judged)
{
    slt_buffer_printf(out, "  ");
    put_word(out, claim->id);
    slt_buffer_printf(out, "  %s", slt_claim_verdict(judged));
    if (!judged->question)
        slt_buffer_printf(out, "  value %s  expect %s  tolerance %s", claim->value,
                          claim->expect, claim->tolerance);
    else if (judged->value.bits != judged->expect.bits)
        slt_buffer_printf(out, "  value %s  bound %s  allowed %s", claim->value,
                          claim->expect, claim->tolerance);
    slt_buffer_byte(out, '\n');
}

static void put_claims(slt_buffer *out, const shown *s)
{
    size_t count = s->golden->claim_count;
    char *counted = count ? slt_claims_counted(s->claims, count) : NULL;
    out->failed |= count && !counted;
    if (counted)
        slt_buffer_printf(out, "claims: %s%s\n", counted,
                          s->has_manifest ? "" : " (of what kind, the manifest tells)");
    free(counted);
    for (size_t i = 0; i < count; i++)
        put_claim(out, &s->golden->claims[i], &s->claims[i]);
}

/* ---- JSON -------------------------------------------------------------------------- */

static void put_json_digest(slt_json *json, const char *key, slt_digest digest)
{
    char text[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(digest, text);
    slt_json_key_text(json, key, text);
}

static void put_json_trail(slt_json *json, const slt_golden_run *run)
{
    char hash[9];
    slt_json_key_open(json, "trail", '[');
    for (size_t i = 0; i < run->trail_count; i++) {
        slt_json_open(json, '[');
        snprintf(hash, sizeof hash, "%08lx", (unsigned long)run->trail_hash[i]);
        slt_json_uint(json, run->trail_record[i]);
        slt_json_text(json, hash);
        slt_json_close(json, ']');
    }
    slt_json_close(json, ']');
}

/* Writes a sweep value, which a golden stores as a word. */
static void put_json_value(slt_json *json, const char *axis, const char *word)
{
    char *text = slt_world.strdup(word);
    if (text && slt_word_read(text))
        slt_json_key_text(json, axis, text);
    else
        json->text.failed = true;
    free(text);
}

static void put_json_run(slt_json *json, const slt_golden *golden,
                         const slt_golden_run *run)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "run", run->run);
    slt_json_key_open(json, "values", '{');
    for (size_t a = 0; a < golden->axis_count; a++)
        put_json_value(json, golden->axes[a], run->values[a]);
    slt_json_close(json, '}');
    slt_json_key_text(json, "status", slt_run_status_name(run->status));
    put_json_digest(json, "experiment", run->experiment);
    put_json_digest(json, "chain", run->chain);
    slt_json_key_text(json, "sha256", run->sha256);
    slt_json_key_open(json, "results", '{');
    for (size_t r = 0; r < golden->result_count; r++)
        if (run->has_result[r]) {
            char name[SLT_QUANTITY_TEXT_MAX];
            slt_quantity_text(&golden->results[r], name);
            slt_json_key_real(json, name, run->results[r]);
        }
    slt_json_close(json, '}');
    put_json_trail(json, run);
    slt_json_close(json, '}');
}

static void put_json_claim(slt_json *json, const shown *s, size_t i)
{
    const slt_golden_claim *claim = &s->golden->claims[i];
    slt_json_open(json, '{');
    slt_json_key_text(json, "id", claim->id);
    slt_json_key_text(json, "value", claim->value);
    slt_json_key_text(json, "expect", claim->expect);
    slt_json_key_text(json, "tolerance", claim->tolerance);
    slt_json_key_bool(json, "reproduced", slt_claim_holds(&s->claims[i]));
    slt_json_key_text(json, "kind", slt_claim_kind_name(s->claims[i].kind));
    slt_json_key_bool(json, "question", s->claims[i].question);
    slt_json_key_text(json, "verdict", slt_claim_verdict(&s->claims[i]));
    slt_json_close(json, '}');
}

static void put_json_head(slt_json *json, const shown *s)
{
    const slt_golden *golden = s->golden;
    slt_json_key_text(json, "golden", golden->name);
    slt_json_key_text(json, "manifest", golden->manifest);
    slt_json_key_uint(json, "numerics", golden->numerics);
    slt_json_key_open(json, "functions", '{');
    for (size_t i = 0; i < golden->function_count; i++)
        slt_json_key_text(json, golden->functions[i].name,
                          golden->functions[i].fingerprint);
    slt_json_close(json, '}');
    if (golden->base) {
        slt_json_key(json, "base");
        slt_show_packed_json(golden->base, golden->base_size, json);
    }
    if (golden->data) {
        slt_json_key_text(json, "data", golden->data);
        slt_json_key_text(json, "data_sha256", golden->data_sha256);
    }
    slt_json_key_text(json, "root", golden->root);
    slt_json_key_text(json, "runs_sha256", s->runs_sha256);
}

static void put_json(slt_json *json, const shown *s)
{
    const slt_golden *golden = s->golden;
    slt_json_begin(json, "sltrace.golden/1");
    put_json_head(json, s);
    slt_json_key_open(json, "runs", '[');
    for (size_t i = 0; i < golden->run_count; i++)
        put_json_run(json, golden, &golden->runs[i]);
    slt_json_close(json, ']');
    slt_json_key_open(json, "claims", '[');
    for (size_t i = 0; i < golden->claim_count; i++)
        put_json_claim(json, s, i);
    slt_json_close(json, ']');
}

slt_status slt_show_golden(const slt_golden *golden, const slt_manifest *manifest,
                           slt_json *json, char **text, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    shown s = {.golden = golden, .has_manifest = manifest != NULL};
    slt_status status = slt_golden_digest_runs(golden, s.runs_sha256, err);
    if (status)
        return status;
    slt_claim *claims = slt_claims_of_golden(golden, manifest);
    if (golden->claim_count && !claims)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu claims",
                        golden->claim_count);
    s.claims = claims;
    if (json) {
        put_json(json, &s);
    } else {
        put_text(&out, &s);
        put_claims(&out, &s);
    }
    free(claims);
    return json ? SLT_OK : slt_show_take(&out, text, err);
}
