/* Ranks as JSON. */
#include <sltrace/page.h>

#include "audit/rank.h"

static void put_symbols(slt_json *json, const slt_cover_symbols *symbols)
{
    slt_json_key_uint(json, "range", symbols->range);
    slt_json_key_open(json, "absent", '[');
    for (size_t i = 0; i < symbols->absent; i++)
        slt_json_uint(json, symbols->missing[i]);
    slt_json_close(json, ']');
}

static void put_cover(slt_json *json, const slt_cover *cover)
{
    slt_json_key_open(json, "inputs", '[');
    for (size_t i = 0; i < cover->inputs; i++) {
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", cover->input[i].name);
        put_symbols(json, &cover->input[i]);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    if (cover->target.missing) {
        slt_json_key_open(json, "classes", '{');
        put_symbols(json, &cover->target);
        slt_json_close(json, '}');
    }
    if (cover->components)
        slt_json_key_uint(json, "components", cover->components);
}

static void put_form(slt_json *json, const slt_rank_found *found)
{
    const slt_jacobian_form *form = &found->form;
    slt_json_key_text(json, "jacobian_of", slt_rank_subject(found));
    slt_json_key_text(json, "centred", slt_rank_centre(found));
    slt_json_key_uint(json, "samples", form->samples);
    slt_json_key_uint(json, "outputs", form->residual.outputs);
    slt_json_key_uint(json, "rows", form->samples * form->residual.outputs);
    slt_json_key_uint(json, "columns", form->weights);
}

static void put_values(slt_json *json, const slt_rank_found *found)
{
    slt_json_key_bool(json, "clear", found->clear);
    slt_json_key_real(json, "ratio", found->ratio);
    slt_json_key_real(json, "noise", found->noise);
    slt_json_key_open(json, "gaps", '[');
    for (size_t i = 0; i < found->gap_count; i++) {
        slt_json_open(json, '{');
        slt_json_key_uint(json, "rank", found->gaps[i].rank);
        slt_json_key_real(json, "ratio", found->gaps[i].ratio);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    slt_json_key_open(json, "singular_values", '[');
    for (size_t i = 0; i < found->count; i++)
        slt_json_real(json, found->values[i]);
    slt_json_close(json, ']');
}

static void put_primes(slt_json *json, const slt_rank_found *found)
{
    const slt_model_spec *model = &found->spec->model;
    slt_json_key_open(json, "primes", '[');
    for (size_t i = 0; i < found->prime_count; i++) {
        slt_json_open(json, '{');
        slt_json_key_uint(json, "prime", found->primes[i]);
        slt_json_key_uint(json, "rank", found->ranks[i]);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    slt_json_key_uint(json, "root_order", found->order);
    slt_json_key_open(json, "exact_weights", '[');
    for (size_t i = 0; i < model->weight_count; i++)
        if (found->exact[i])
            slt_json_text(json, model->weights[i].name);
    slt_json_close(json, ']');
}

static void put_found(void *context, const slt_rank_found *found)
{
    slt_json *json = context;
    if (slt_json_depth(json) == 0) {
        slt_json_begin(json, "sltrace.rank/1");
        slt_json_key_text(json, "source", found->source);
        slt_json_key_open(json, "runs", '[');
    }
    slt_json_open(json, '{');
    if (found->label) {
        slt_json_key_uint(json, "run", found->run);
        slt_json_key_text(json, "label", found->label);
    }
    slt_json_key_uint(json, "step", found->step);
    slt_json_key_text(json, "arithmetic", slt_arithmetic_name(found->spec->arithmetic));
    slt_json_key_real(json, "loss", found->loss);
    put_cover(json, &found->cover);
    put_form(json, found);
    slt_json_key_uint(json, "rank", found->rank);
    slt_json_key_text(json, "method", found->modulo ? "modulo" : "singular values");
    if (found->modulo)
        put_primes(json, found);
    else
        put_values(json, found);
    slt_json_close(json, '}');
}

static void json_end(void *context)
{
    if (slt_json_depth(context) > 0)
        slt_json_close(context, ']');
}

slt_rank_page slt_rank_json(slt_json *json)
{
    return (slt_rank_page){.context = json, .found = put_found, .end = json_end};
}
