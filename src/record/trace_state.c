#include "record/trace_writer.h"

#include <stdio.h>
#include <string.h>

#include "num/fixed/fixed.h"
#include "num/scalar.h"

static slt_status load(const slt_trace_tensor *from, const char *name, slt_tensor *tensor,
                       slt_error *err)
{
    const char *type = slt_arithmetic_name(tensor->arithmetic);
    if (strcmp(from->name, name) != 0 || strcmp(from->type, type) != 0 ||
        from->rows != tensor->rows || from->cols != tensor->cols)
        return slt_fail(err, SLT_FORMAT,
                        "stored state: expected tensor %s, %s of %zu x %zu, found %s, %s "
                        "of %zu x %zu",
                        name, type, tensor->rows, tensor->cols, from->name, from->type,
                        from->rows, from->cols);
    return slt_tensor_load(tensor, from->data, from->size, err);
}

/* Loads a group's tensors from the record's, from *next on. */
static slt_status load_group(const slt_record *record, const slt_model_spec *model,
                             const char *prefix, slt_params *params, size_t *next,
                             slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < params->count && !status; i++) {
        char name[SLT_NAME_MAX + 2];
        snprintf(name, sizeof name, "%s%s", prefix, model->weights[i].name);
        if (!params->owned[i] || (prefix[0] && !params->trainable[i]))
            continue;
        if (*next == record->tensor_count)
            return slt_fail(err, SLT_FORMAT, "stored state: tensor %s is missing", name);
        status = load(&record->tensors[(*next)++], name, &params->tensor[i], err);
    }
    return status;
}

/* Weights and momentum stay at the state's exponent; Adam's moments have their own. */
static slt_status check_exponents(const slt_params *params, const slt_model_spec *model,
                                  const char *prefix, slt_error *err)
{
    for (size_t i = 0; i < params->count; i++) {
        const slt_tensor *tensor = &params->tensor[i];
        if (params->owned[i] && tensor->arithmetic == SLT_FIXED &&
            tensor->frac != SLT_FIXED_FRAC)
            return slt_fail(err, SLT_FORMAT,
                            "stored state: tensor %s%s: expected a binary point of %d, "
                            "found %d",
                            prefix, model->weights[i].name, SLT_FIXED_FRAC, tensor->frac);
    }
    return SLT_OK;
}

/* Second moments are means of squares. */
static slt_status check_squares(const slt_params *v, const slt_model_spec *model,
                                slt_error *err)
{
    for (size_t i = 0; i < v->count; i++)
        for (size_t e = 0; v->owned[i] && e < slt_tensor_count(&v->tensor[i]); e++)
            if (slt_real_less(slt_tensor_get(&v->tensor[i], e), slt_real_of(0)))
                return slt_fail(err, SLT_FORMAT,
                                "stored state: tensor v/%s: expected no number below 0, "
                                "found one at element %zu",
                                model->weights[i].name, e);
    return SLT_OK;
}

static bool is_power(slt_real value)
{
    return slt_real_finite(value) && !slt_real_less(value, slt_real_of(0)) &&
           !slt_real_less(slt_real_of(1), value);
}

/* The rest of what holds in any state that a run of this form can reach. */
static slt_status check_reach(const slt_record *record, const slt_run_spec *run,
                              const slt_state *state, slt_error *err)
{
    slt_status status = check_exponents(&state->weights, &run->model, "", err);
    if (!status && state->has_m && !state->has_v)
        status = check_exponents(&state->m, &run->model, "m/", err);
    if (!status && state->has_v)
        status = check_squares(&state->v, &run->model, err);
    if (status)
        return status;
    if (state->has_v && (!is_power(state->beta1_power) || !is_power(state->beta2_power)))
        return slt_fail(err, SLT_FORMAT, "stored state: expected powers from 0 to 1");
    if (state->step > run->train.steps)
        return slt_fail(err, SLT_FORMAT,
                        "stored state: expected a step up to %llu, found %llu",
                        (unsigned long long)run->train.steps,
                        (unsigned long long)state->step);
    if (!record->metric_count || strcmp(record->metrics[0].name, "loss") != 0 ||
        !slt_real_finite(record->metrics[0].value))
        return slt_fail(err, SLT_FORMAT,
                        "stored state: expected the metric loss beside it");
    return SLT_OK;
}

static slt_status load_state(const slt_record *record, const slt_run_spec *run,
                             slt_state *state, slt_error *err)
{
    size_t next = 0;
    slt_status status = load_group(record, &run->model, "", &state->weights, &next, err);
    if (!status && state->has_m)
        status = load_group(record, &run->model, "m/", &state->m, &next, err);
    if (!status && state->has_v)
        status = load_group(record, &run->model, "v/", &state->v, &next, err);
    if (!status && (next != record->tensor_count || record->has_powers != state->has_v))
        status =
            slt_fail(err, SLT_FORMAT, "stored state: not that of the run's optimizer");
    if (!status && record->has_powers) {
        state->beta1_power = record->beta1_power;
        state->beta2_power = record->beta2_power;
    }
    state->step = record->step;
    return status ? status : check_reach(record, run, state, err);
}

slt_status slt_trace_state(const slt_record *record, const slt_run_spec *run,
                           slt_state *state, slt_error *err)
{
    if (record->kind != SLT_RECORD_CHECKPOINT || !record->has_state)
        return slt_fail(err, SLT_FORMAT, "expected a checkpoint with its state");
    slt_status status = slt_state_create(run, state, err);
    if (status)
        return status;
    status = load_state(record, run, state, err);
    if (status)
        slt_state_free(state);
    return status;
}
