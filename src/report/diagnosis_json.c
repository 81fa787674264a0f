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
    }
    if (e->stein) {
        slt_json_key_open(json, "stein_chains", '[');
        for (size_t i = 0; i < e->chains; i++)
            slt_runs_json_stein(&e->stein[i], json);
        slt_json_close(json, ']');
    }
    slt_json_close(json, '}');
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
    return (slt_diagnosis_page){
        .context = json, .begin = json_begin, .estimate = json_estimate, .end = json_end};
}

void slt_diagnosis_json_end(slt_json *json)
{
    slt_json_close(json, ']');
}
