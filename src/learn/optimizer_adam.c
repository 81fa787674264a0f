/* adam: the first moment in slot m, the second in slot v; weight decay added to the
 * gradient, or taken off the weights (AdamW). */
#include "learn/optimizer.h"

#include "base/schema_rows.h"
#include "num/scalar.h"
#include "num/update.h"

static size_t adam_slot_count(const slt_optimizer_spec *optimizer)
{
    (void)optimizer;
    return 2;
}

static slt_real adam_factor(const slt_optimizer_spec *optimizer, size_t power)
{
    return power ? optimizer->beta2 : optimizer->beta1;
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
        .rate = slt_real_div(lr, slt_real_sub(one, state->powers[0])),
        .root = slt_real_div(one, slt_real_sqrt(slt_real_sub(one, state->powers[1]))),
        .weight_decay = optimizer->decoupled ? slt_real_of(0) : decay,
        .shrink = optimizer->decoupled ? slt_real_sub(one, slt_real_mul(lr, decay)) : one,
    };
}

static bool adam_update(const slt_optimizer_spec *optimizer, const slt_params *gradient,
                        slt_state *state)
{
    const slt_adam_step step = adam_step(optimizer, state);
    slt_params *slots = state->slots.slot;
    bool fine = true;
    for (size_t i = 0; i < state->weights.count; i++) {
        if (!slt_params_moves(&state->weights, i))
            continue;
        fine &= slt_num_adam(&step, &gradient->tensor[i], &slots[0].tensor[i],
                             &slots[1].tensor[i], &state->weights.tensor[i]);
    }
    return fine;
}

_Static_assert(offsetof(slt_optimizer_spec, beta2) ==
                   offsetof(slt_optimizer_spec, beta1) + sizeof(slt_real),
               "betas fill beta1 and beta2");

static const slt_schema beta_item = {
    .type = SLT_SCHEMA_REAL, ITEM(slt_real), .range = SLT_RANGE_FRACTION};

static const slt_schema field_betas = {
    .key = "betas",
    .type = SLT_SCHEMA_LIST,
    .offset = offsetof(slt_optimizer_spec, beta1),
    ONE(beta_item),
    .least = 2,
    .most = 2,
    PRESET_LIST(2, REAL_VALUE(0x3feccccccccccccd), REAL_VALUE(0x3feff7ced916872b)),
    .also = "beta",
    .meaning = "decay rates of the two moments"};

static const slt_schema field_eps = {.key = "eps",
                                     .type = SLT_SCHEMA_REAL,
                                     AT(slt_optimizer_spec, eps),
                                     .range = SLT_RANGE_POSITIVE,
                                     PRESET(REAL_VALUE(0x3e45798ee2308c3a)),
                                     .also = "epsilon",
                                     .meaning = "added to the root of the second moment"};

const char slt_optimizer_sample[] = "adam";

const slt_optimizer_type slt_optimizer_adam = {
    .name = slt_optimizer_sample,
    .meaning = "Adam, or AdamW where decay is decoupled",
    .fields = FIELD_LIST(&slt_optimizer_field_lr, &field_betas, &field_eps,
                         &slt_optimizer_field_weight_decay, &slt_optimizer_field_decay,
                         &slt_optimizer_field_schedule, &slt_optimizer_field_l1),
    .slots = {{.name = "m"}, {.name = "v", .squares = true}},
    .slot_count = adam_slot_count,
    .power_count = 2,
    .factor = adam_factor,
    .update = adam_update,
    .in_lanes = true,
    .work = 24,
};
