#include "learn/train.h"

#include <inttypes.h>

#include "learn/optimizer.h"
#include "num/fixed/fixed.h"
#include "num/scalar.h"

slt_status slt_state_create(const slt_run_spec *run, slt_state *state, slt_error *err)
{
    const slt_optimizer_spec *optimizer = &run->train.optimizer;
    *state = (slt_state){.has_m = slt_optimizer_has_m(optimizer),
                         .has_v = slt_optimizer_has_v(optimizer),
                         .beta1_power = slt_real_of(1),
                         .beta2_power = slt_real_of(1)};
    slt_status status =
        slt_params_create(&run->model, run->arithmetic, &state->weights, err);
    if (!status && state->has_m)
        status = slt_params_create(&run->model, run->arithmetic, &state->m, err);
    if (!status && state->has_v)
        status = slt_params_create(&run->model, run->arithmetic, &state->v, err);
    if (status)
        slt_state_free(state);
    return status;
}

void slt_state_free(slt_state *state)
{
    slt_params_free(&state->weights);
    slt_params_free(&state->m);
    slt_params_free(&state->v);
    *state = (slt_state){0};
}

/* ---- What a run can reach ---------------------------------------------------------- */

/* Without kernels: a trace can be read where its arithmetic cannot run. */
static bool is_finite(const slt_tensor *tensor)
{
    for (size_t e = 0; e < slt_tensor_count(tensor); e++)
        if (!slt_real_finite(slt_tensor_get(tensor, e)))
            return false;
    return !tensor->overflow;
}

/* anchored: weights and momentum stay at the exponent of the state; Adam's moments have
 * their own. */
static slt_status check_numbers(const slt_params *params, const slt_model_spec *model,
                                const char *prefix, bool anchored, slt_error *err)
{
    for (size_t i = 0; i < params->count; i++) {
        const slt_tensor *tensor = &params->tensor[i];
        if (!params->owned[i])
            continue;
        if (anchored && tensor->arithmetic == SLT_FIXED && tensor->frac != SLT_FIXED_FRAC)
            return slt_fail(err, SLT_FORMAT,
                            "stored state: tensor %s%s: expected a binary point of %d, "
                            "found %d",
                            prefix, model->weights[i].name, SLT_FIXED_FRAC, tensor->frac);
        if (!is_finite(tensor))
            return slt_fail(err, SLT_FORMAT,
                            "stored state: tensor %s%s: expected finite numbers", prefix,
                            model->weights[i].name);
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

slt_status slt_state_reachable(const slt_run_spec *run, const slt_state *state,
                               slt_error *err)
{
    const slt_model_spec *model = &run->model;
    slt_status status = check_numbers(&state->weights, model, "", true, err);
    if (!status && state->has_m)
        status = check_numbers(&state->m, model, "m/", !state->has_v, err);
    if (!status && state->has_v)
        status = check_numbers(&state->v, model, "v/", false, err);
    if (!status && state->has_v)
        status = check_squares(&state->v, model, err);
    if (status)
        return status;
    if (state->has_v && (!is_power(state->beta1_power) || !is_power(state->beta2_power)))
        return slt_fail(err, SLT_FORMAT, "stored state: expected powers from 0 to 1");
    if (state->step > run->train.steps)
        return slt_fail(err, SLT_FORMAT,
                        "stored state: expected a step up to %" PRIu64 ", found %" PRIu64,
                        run->train.steps, state->step);
    return SLT_OK;
}
