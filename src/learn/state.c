#include "learn/train.h"

#include "learn/optimizer.h"

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
