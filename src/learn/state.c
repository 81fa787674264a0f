#include "learn/train.h"

#include <inttypes.h>
#include <string.h>

#include "learn/optimizer.h"
#include "num/fixed/fixed.h"
#include "num/scalar.h"

slt_status slt_state_create_by(slt_params_maker *make, const slt_run_spec *run,
                               slt_state *state, slt_error *err)
{
    const slt_optimizer_spec *optimizer = &run->train.optimizer;
    const slt_optimizer_type *type = slt_optimizer_of(optimizer);
    *state = (slt_state){.power_count = type->power_count};
    for (size_t i = 0; i < SLT_POWERS_MAX; i++)
        state->powers[i] = slt_real_of(1);
    slt_status status = make(&run->model, run->arithmetic, &state->weights, err);
    if (!status)
        status =
            slt_slots_create(&run->model, run->arithmetic, make, type->slots,
                             slt_optimizer_slot_count(optimizer), &state->slots, err);
    if (status)
        slt_state_free(state);
    return status;
}

slt_status slt_state_create(const slt_run_spec *run, slt_state *state, slt_error *err)
{
    return slt_state_create_by(slt_params_create, run, state, err);
}

void slt_state_copy(slt_state *to, const slt_state *from)
{
    to->step = from->step;
    slt_params_copy(&to->weights, &from->weights);
    slt_slots_copy(&to->slots, &from->slots);
    memcpy(to->powers, from->powers, sizeof to->powers);
}

void slt_state_free(slt_state *state)
{
    slt_params_free(&state->weights);
    slt_slots_free(&state->slots);
    *state = (slt_state){0};
}

/* ---- What a run can reach ---------------------------------------------------------- */

/* Without kernels, so that a trace can be read on machines that cannot run its
 * arithmetic. */
static bool is_finite(const slt_tensor *tensor)
{
    for (size_t e = 0; e < slt_tensor_count(tensor); e++)
        if (!slt_real_finite(slt_tensor_get(tensor, e)))
            return false;
    return !tensor->overflow;
}

static slt_status check_tensor(const slt_tensor_walk *at, slt_error *err)
{
    const slt_tensor *tensor = at->tensor;
    const bool anchored = !at->type || at->type->anchored;
    if (anchored && tensor->arithmetic == SLT_FIXED && tensor->frac != SLT_FIXED_FRAC)
        return slt_fail(
            err, SLT_FORMAT,
            "stored state: tensor %s: expected a binary point of %d, found %d", at->name,
            SLT_FIXED_FRAC, tensor->frac);
    if (!is_finite(tensor))
        return slt_fail(err, SLT_FORMAT,
                        "stored state: tensor %s: expected finite numbers", at->name);
    for (size_t e = 0; at->type && at->type->squares && e < slt_tensor_count(tensor); e++)
        if (slt_real_less(slt_tensor_get(tensor, e), slt_real_of(0)))
            return slt_fail(err, SLT_FORMAT,
                            "stored state: tensor %s: expected no number below 0, found "
                            "one at element %zu",
                            at->name, e);
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
    slt_tensor_walk at = slt_tensors_of(&run->model, &state->weights, &state->slots);
    while (slt_tensors_next(&at)) {
        slt_status status = check_tensor(&at, err);
        if (status)
            return status;
    }
    for (size_t i = 0; i < state->power_count; i++)
        if (!is_power(state->powers[i]))
            return slt_fail(err, SLT_FORMAT, "stored state: expected powers from 0 to 1");
    if (state->step > run->train.steps)
        return slt_fail(err, SLT_FORMAT,
                        "stored state: expected a step up to %" PRIu64 ", found %" PRIu64,
                        run->train.steps, state->step);
    return SLT_OK;
}
