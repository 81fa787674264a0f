/* nesterov: gradient descent with Nesterov's momentum u, whose rate is 1 - inertia^t
 * times lr:  u = inertia u + g,  w = w - rate inertia u - rate g. */
#include "learn/optimizer.h"

#include "base/schema_rows.h"
#include "num/scalar.h"
#include "num/update.h"

typedef struct nesterov {
    slt_real inertia;
} nesterov;

static slt_real inertia_of(const slt_optimizer_spec *optimizer)
{
    return ((const nesterov *)(const void *)optimizer->own)->inertia;
}

static size_t nesterov_slot_count(const slt_optimizer_spec *optimizer)
{
    (void)optimizer;
    return 1;
}

static slt_real nesterov_factor(const slt_optimizer_spec *optimizer, size_t power)
{
    (void)power;
    return inertia_of(optimizer);
}

static bool nesterov_update(const slt_optimizer_spec *optimizer,
                            const slt_params *gradient, slt_state *state)
{
    const slt_real inertia = inertia_of(optimizer);
    const slt_real rate = slt_real_mul(slt_optimizer_lr(optimizer, state->step),
                                       slt_real_sub(slt_real_of(1), state->powers[0]));
    const slt_sgd_step ahead = {.lr = slt_real_mul(rate, inertia), .momentum = inertia};
    const slt_sgd_step plain = {.lr = rate};
    bool fine = true;
    for (size_t i = 0; i < state->weights.count; i++) {
        const slt_tensor *g = &gradient->tensor[i];
        slt_tensor *w = &state->weights.tensor[i];
        if (!slt_params_moves(&state->weights, i))
            continue;
        fine &= slt_num_sgd(&ahead, g, &state->slots.slot[0].tensor[i], w);
        fine &= slt_num_sgd(&plain, g, NULL, w);
    }
    return fine;
}

static const slt_schema field_inertia = {.key = "inertia",
                                         .type = SLT_SCHEMA_REAL,
                                         OWN(slt_optimizer_spec, nesterov, inertia),
                                         .range = SLT_RANGE_FRACTION,
                                         PRESET(REAL_VALUE(0x3feccccccccccccd)),
                                         .meaning =
                                             "what is left of the momentum after a step"};

const slt_optimizer_type slt_optimizer_nesterov = {
    .name = "nesterov",
    .meaning = "a toy",
    .fields = FIELD_LIST(&slt_optimizer_field_lr, &field_inertia),
    .slots = {{.name = "u", .anchored = true}},
    .slot_count = nesterov_slot_count,
    .power_count = 1,
    .factor = nesterov_factor,
    .update = nesterov_update,
    .in_lanes = true,
    .work = 48,
};
