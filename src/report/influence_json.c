/* What losses of single samples say, as the document sltrace.influence/1. */
#include <sltrace/influence.h>

#include "codec/json.h"
#include "report/influence_numbers.h"

static void put_sum(slt_json *json, const char *key, slt_predictive_sum sum)
{
    slt_json_key_open(json, key, '{');
    slt_json_key_real(json, "sum", sum.sum);
    slt_json_key_real(json, "error", sum.error);
    slt_json_close(json, '}');
}

static void put_sample(slt_json *json, const slt_predictive *s)
{
    slt_json_open(json, '{');
    slt_json_key_real(json, "elpd_waic", s->elpd_waic);
    slt_json_key_real(json, "p_waic", s->p_waic);
    slt_json_key_real(json, "elpd_loo", s->elpd_loo);
    slt_json_key_real(json, "p_loo", s->p_loo);
    slt_json_key_real(json, "pareto_k", s->pareto_k);
    slt_json_close(json, '}');
}

static void put_predictions(slt_json *json, const slt_influence *found)
{
    put_sum(json, "elpd_waic", found->elpd_waic);
    put_sum(json, "p_waic", found->p_waic);
    put_sum(json, "elpd_loo", found->elpd_loo);
    put_sum(json, "p_loo", found->p_loo);
    slt_json_key_uint(json, "doubtful", found->doubtful);
    slt_json_key_open(json, "samples", '[');
    for (size_t i = 0; i < found->samples; i++)
        put_sample(json, &found->sample[i]);
    slt_json_close(json, ']');
}

static void put_observable(slt_json *json, const slt_influence *found, size_t number)
{
    const slt_covariance *row = found->covariance + number * found->samples;
    char name[SLT_INFLUENCE_OBSERVABLE_MAX];
    slt_json_open(json, '{');
    slt_influence_observable(found, number, name);
    if (found->metrics || found->first == SLT_OBSERVABLE_MEAN)
        slt_json_key_text(json, "observable", name);
    else
        slt_json_key_uint(json, "sample", found->first + number);
    slt_json_key_open(json, "with", '[');
    for (size_t i = 0; i < found->samples; i++) {
        slt_json_open(json, '{');
        slt_json_key_real(json, "covariance", row[i].value);
        slt_json_key_real(json, "error", row[i].error);
        if (found->susceptibility) {
            const slt_covariance *of =
                &found->susceptibility[number * found->samples + i];
            slt_json_key_real(json, "susceptibility", of->value);
            slt_json_key_real(json, "susceptibility_error", of->error);
        }
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    slt_json_close(json, '}');
}

static void json_estimate(void *context, const slt_influence *found)
{
    slt_json *json = context;
    slt_json_open(json, '{');
    slt_json_key_text(json, "trace", found->trace);
    slt_json_key_uint(json, "estimate", (uint64_t)found->llc + 1);
    slt_json_key_uint(json, "at_step", found->at_step);
    slt_json_key_uint(json, "chains", found->chains);
    slt_json_key_uint(json, "draws", found->draws);
    slt_json_key_uint(json, "every", found->every);
    slt_json_key_text(json, "of", found->of_validation ? "validation" : "train");
    slt_json_key_real(json, "nbeta", found->nbeta);
    slt_json_key_real(json, "temperature", found->temperature);
    slt_json_key_bool(json, "whole", found->whole);
    if (found->sample)
        put_predictions(json, found);
    if (found->covariance) {
        slt_json_key_open(json, "observables", '[');
        for (size_t i = 0; i < found->observables; i++)
            put_observable(json, found, i);
        slt_json_close(json, ']');
    }
    slt_json_close(json, '}');
}

slt_influence_page slt_influence_json_begin(slt_json *json)
{
    slt_json_begin(json, "sltrace.influence/1");
    slt_json_key_open(json, "estimates", '[');
    return (slt_influence_page){.context = json, .estimate = json_estimate};
}

void slt_influence_json_end(slt_json *json)
{
    slt_json_close(json, ']');
}
