/* sgd: gradient descent; momentum, if there is any, is in slot m. */
#include "learn/optimizer.h"

#include "base/schema_rows.h"
#include "num/update.h"

static size_t sgd_slot_count(const slt_optimizer_spec *optimizer)
{
    const bool none = optimizer->momentum.bits << 1 == 0;
    return none ? 0 : 1;
}

static bool sgd_update(const slt_optimizer_spec *optimizer, const slt_params *gradient,
                       slt_state *state)
{
    const slt_sgd_step step = {.lr = slt_optimizer_lr(optimizer, state->step),
                               .momentum = optimizer->momentum,
                               .weight_decay = optimizer->weight_decay};
    bool fine = true;
    for (size_t i = 0; i < state->weights.count; i++) {
        if (!slt_params_moves(&state->weights, i))
            continue;
        slt_tensor *m = state->slots.count ? &state->slots.slot[0].tensor[i] : NULL;
        fine &= slt_num_sgd(&step, &gradient->tensor[i], m, &state->weights.tensor[i]);
    }
    return fine;
}

static const slt_schema field_momentum = {.key = "momentum",
                                          .type = SLT_SCHEMA_REAL,
                                          AT(slt_optimizer_spec, momentum),
                                          .range = SLT_RANGE_FRACTION,
                                          PRESET(REAL_VALUE(0x0)),
                                          .meaning = "momentum"};

const slt_optimizer_type slt_optimizer_sgd = {
    .name = "sgd",
    .meaning = "gradient descent with momentum",
    .fields = FIELD_LIST(&slt_optimizer_field_lr, &field_momentum,
                         &slt_optimizer_field_weight_decay, &slt_optimizer_field_decay,
                         &slt_optimizer_field_schedule, &slt_optimizer_field_l1),
    .slots = {{.name = "m", .anchored = true}},
    .slot_count = sgd_slot_count,
    .update = sgd_update,
    .in_lanes = true,
    .work = 24,
};
