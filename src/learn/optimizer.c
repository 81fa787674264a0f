#include "learn/optimizer.h"

#include "num/scalar.h"
#include "num/update.h"

static bool is_zero(slt_real value)
{
    return value.bits << 1 == 0;
}

bool slt_optimizer_has_m(const slt_optimizer_spec *optimizer)
{
    return optimizer->kind == SLT_OPTIMIZER_ADAM || !is_zero(optimizer->momentum);
}

bool slt_optimizer_has_v(const slt_optimizer_spec *optimizer)
{
    return optimizer->kind == SLT_OPTIMIZER_ADAM;
}

static bool update_sgd(const slt_optimizer_spec *optimizer, const slt_params *gradient,
                       slt_state *state)
{
    const slt_sgd_step step = {.lr = slt_optimizer_lr(optimizer, state->step),
                               .momentum = optimizer->momentum,
                               .weight_decay = optimizer->weight_decay};
    bool fine = true;
    for (size_t i = 0; i < state->weights.count; i++) {
        if (!state->weights.owned[i] || !state->weights.trainable[i])
            continue;
        slt_tensor *m = state->has_m ? &state->m.tensor[i] : NULL;
        fine &= slt_num_sgd(&step, &gradient->tensor[i], m, &state->weights.tensor[i]);
    }
    return fine;
}

/* Coefficients of update t + 1 from beta^(t + 1). */
static slt_adam_step adam_step(const slt_optimizer_spec *optimizer,
                               const slt_state *state)
{
    const slt_real one = slt_real_of(1);
    const slt_real lr = slt_optimizer_lr(optimizer, state->step);
    const slt_real decay = optimizer->weight_decay;
    return (slt_adam_step){
        .beta1 = optimizer->beta1,
        .beta2 = optimizer->beta2,
        .one_minus_beta1 = slt_real_sub(one, optimizer->beta1),
        .one_minus_beta2 = slt_real_sub(one, optimizer->beta2),
        .eps = optimizer->eps,
        .rate = slt_real_div(lr, slt_real_sub(one, state->beta1_power)),
        .root = slt_real_div(one, slt_real_sqrt(slt_real_sub(one, state->beta2_power))),
        .weight_decay = optimizer->decoupled ? slt_real_of(0) : decay,
        .shrink = optimizer->decoupled ? slt_real_sub(one, slt_real_mul(lr, decay)) : one,
    };
}

static bool update_adam(const slt_optimizer_spec *optimizer, const slt_params *gradient,
                        slt_state *state)
{
    state->beta1_power = slt_real_mul(state->beta1_power, optimizer->beta1);
    state->beta2_power = slt_real_mul(state->beta2_power, optimizer->beta2);
    const slt_adam_step step = adam_step(optimizer, state);
    bool fine = true;
    for (size_t i = 0; i < state->weights.count; i++) {
        if (!state->weights.owned[i] || !state->weights.trainable[i])
            continue;
        fine &= slt_num_adam(&step, &gradient->tensor[i], &state->m.tensor[i],
                             &state->v.tensor[i], &state->weights.tensor[i]);
    }
    return fine;
}

bool slt_optimizer_update(const slt_optimizer_spec *optimizer, slt_params *gradient,
                          slt_state *state)
{
    bool fine = optimizer->kind == SLT_OPTIMIZER_ADAM
                    ? update_adam(optimizer, gradient, state)
                    : update_sgd(optimizer, gradient, state);
    slt_params_share(&state->weights);
    if (fine)
        state->step++;
    return fine;
}
