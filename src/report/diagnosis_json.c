/* The estimates of traces as the document sltrace.diagnose/1. */
#include <sltrace/page.h>

#include "codec/json.h"
#include "report/runs_text.h"
#include "verify/diagnosis.h"

static void json_begin(void *context, const char *path)
{
    slt_json *json = context;
    slt_json_open(json, '{');
    slt_json_key_text(json, "trace", path);
    slt_json_key_open(json, "estimates", '[');
}

static void put_words(slt_json *json, const char *key, slt_buffer *words)
{
    slt_json_key(json, key);
    slt_json_bytes(json, words->data, words->size);
    json->text.failed |= words->failed;
    slt_buffer_free(words);
}

static void json_estimate(void *context, const slt_diagnosed_estimate *told)
{
    slt_json *json = context;
    const slt_estimate *e = told->estimate;
    const slt_runs_estimate row = {.llc = e->llc,
                                   .at_step = e->at_step,
                                   .chains = e->chains,
                                   .ended_early = e->ended_early,
                                   .whole = e->whole,
                                   .mean = e->mean,
                                   .sd = e->sd,
                                   .found = e->found};
    slt_buffer words = {0}, advice = {0};
    slt_json_open(json, '{');
    slt_runs_json_estimate(&row, json);
    if (e->whole) {
        slt_diagnostics_words(&e->found, &words);
        slt_diagnostics_advice(&e->found, told->spec, &advice);
        put_words(json, "words", &words);
        put_words(json, "to_change", &advice);
        if (slt_real_finite(told->wbic))
            slt_json_key_real(json, "wbic", told->wbic);
    }
    if (e->stein) {
        slt_json_key_open(json, "stein_chains", '[');
        for (size_t i = 0; i < e->chains; i++)
            slt_runs_json_stein(&e->stein[i], json);
        slt_json_close(json, ']');
    }
    if (e->ebfmi) {
        slt_json_key_open(json, "ebfmi_chains", '[');
        for (size_t i = 0; i < e->chains; i++)
            slt_json_real(json, e->ebfmi[i]);
        slt_json_close(json, ']');
    }
    slt_json_close(json, '}');
}

/* ---- By nbeta ---------------------------------------------------------------------- */

static void put_law(slt_json *json, const char *key, const slt_temperature_law *law,
                    bool bent)
{
    slt_json_key_open(json, key, '{');
    slt_json_key_real(json, "lambda", law->lambda);
    slt_json_key_real(json, "lambda_error", law->lambda_error);
    if (bent) {
        slt_json_key_real(json, "multiplicity", law->multiplicity);
        slt_json_key_real(json, "multiplicity_error", law->multiplicity_error);
    }
    slt_json_key_real(json, "loss", law->loss);
    slt_json_key_real(json, "loss_error", law->loss_error);
    slt_json_key_real(json, "misfit", law->misfit);
    slt_json_close(json, '}');
}

static void put_group(slt_json *json, const slt_temperatures *found)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "at_step", found->at_step);
    slt_json_key_open(json, "of", '[');
    for (size_t i = 0; i < found->count; i++) {
        slt_json_open(json, '{');
        slt_json_key_uint(json, "estimate", (uint64_t)found->estimate[i]->llc + 1);
        slt_json_key_real(json, "nbeta", found->estimate[i]->chain[0]->nbeta);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    put_law(json, "line", &found->line, false);
    if (found->has_bent)
        put_law(json, "bent", &found->bent, true);
    slt_json_close(json, '}');
}

static void json_temperatures(void *context, const slt_temperatures *found, size_t count)
{
    slt_json *json = context;
    slt_json_close(json, ']'); /* of estimates */
    slt_json_key_open(json, "temperatures", '[');
    for (size_t i = 0; i < count; i++)
        put_group(json, &found[i]);
}

static void json_end(void *context)
{
    slt_json *json = context;
    slt_json_close(json, ']');
    slt_json_close(json, '}');
}

slt_diagnosis_page slt_diagnosis_json_begin(slt_json *json)
{
    slt_json_begin(json, "sltrace.diagnose/1");
    slt_json_key_open(json, "traces", '[');
    return (slt_diagnosis_page){.context = json,
                                .begin = json_begin,
                                .estimate = json_estimate,
                                .temperatures = json_temperatures,
                                .end = json_end};
}

void slt_diagnosis_json_end(slt_json *json)
{
    slt_json_close(json, ']');
}
