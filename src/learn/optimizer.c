/* The table of optimisers, and what they have in common. */
#include "learn/optimizer.h"

#include "base/assert.h"
#include "base/schema_kinds.h"
#include "base/schema_rows.h"
#include "num/ops.h"
#include "num/scalar.h"

#define DECLARE(constant, name) extern const slt_optimizer_type slt_optimizer_##name;
SLT_OPTIMIZERS(DECLARE)

#define ROW(constant, name) [SLT_OPTIMIZER_##constant] = &slt_optimizer_##name,
static const slt_optimizer_type *const types[] = {SLT_OPTIMIZERS(ROW)};
#define TYPES (sizeof types / sizeof *types)

const slt_optimizer_type *slt_optimizer_of(const slt_optimizer_spec *optimizer)
{
    SLT_ASSERT((size_t)optimizer->kind < TYPES);
    return types[optimizer->kind];
}

SLT_SCHEMA_KINDS(slt_optimizer, types)

bool slt_optimizer_has_times(const slt_optimizer_spec *optimizer)
{
    return slt_optimizer_of(optimizer)->reach != NULL;
}

size_t slt_optimizer_slot_count(const slt_optimizer_spec *optimizer)
{
    const slt_optimizer_type *type = slt_optimizer_of(optimizer);
    return type->slot_count ? type->slot_count(optimizer) : 0;
}

slt_function_set slt_optimizer_functions(const slt_optimizer_spec *optimizer,
                                         slt_arithmetic arithmetic)
{
    const slt_optimizer_type *type = slt_optimizer_of(optimizer);
    return type->functions ? type->functions(arithmetic) : 0;
}

void slt_optimizer_powers(const slt_optimizer_spec *optimizer, slt_real *powers)
{
    const slt_optimizer_type *type = slt_optimizer_of(optimizer);
    for (size_t i = 0; i < type->power_count; i++)
        powers[i] = slt_real_mul(powers[i], type->factor(optimizer, i));
}

/* Adds l1 times the signs of the weights that move to their gradient. */
static void add_l1(const slt_optimizer_spec *optimizer, const slt_params *weights,
                   slt_params *gradient)
{
    const bool none = optimizer->l1.bits << 1 == 0;
    for (size_t i = 0; i < weights->count && !none; i++)
        if (slt_params_moves(weights, i))
            slt_num_add_sign(optimizer->l1, &weights->tensor[i], &gradient->tensor[i]);
}

bool slt_optimizer_update(const slt_optimizer_spec *optimizer, slt_params *gradient,
                          slt_state *state)
{
    slt_optimizer_powers(optimizer, state->powers);
    add_l1(optimizer, &state->weights, gradient);
    const bool fine = slt_optimizer_of(optimizer)->update(optimizer, gradient, state);
    slt_params_share(&state->weights);
    if (fine)
        state->step++;
    return fine;
}

/* ---- Fields that several of them have ---------------------------------------------- */

const slt_schema slt_optimizer_field_lr = {.key = "lr",
                                           .type = SLT_SCHEMA_REAL,
                                           AT(slt_optimizer_spec, lr),
                                           .range = SLT_RANGE_POSITIVE,
                                           .also = "learning_rate|step_size",
                                           .sample = "0.01",
                                           .meaning = "learning rate"};

const slt_schema slt_optimizer_field_weight_decay = {.key = "weight_decay",
                                                     .behind = true,
                                                     .type = SLT_SCHEMA_REAL,
                                                     AT(slt_optimizer_spec, weight_decay),
                                                     .range = SLT_RANGE_NOT_NEGATIVE,
                                                     PRESET(REAL_VALUE(0x0)),
                                                     .also = "wd",
                                                     .meaning = "weight decay"};

const slt_schema slt_optimizer_field_decay = {
    .key = "decay",
    .behind = true,
    .type = SLT_SCHEMA_WORD,
    AT(slt_optimizer_spec, decoupled),
    WORDS("coupled", "decoupled"),
    PRESET(TEXT_VALUE("coupled")),
    .also = "decay_kind|decoupled",
    .meaning = "coupled: added to the gradient; decoupled: taken off the weights"};

static const slt_schema schedule_fields[] = {
    {.key = "from",
     .type = SLT_SCHEMA_INT,
     .least = 0,
     .most = WORD32_MAX,
     .offset = 0,
     .size = sizeof(uint64_t),
     .also = "step|at",
     .meaning = "first step (the first of all is 0) that uses lr"},
    {.key = "lr",
     .type = SLT_SCHEMA_REAL,
     .range = SLT_RANGE_POSITIVE,
     .offset = sizeof(uint64_t),
     .size = sizeof(slt_real),
     .meaning = "the learning rate from there on"},
};

_Static_assert(sizeof((slt_optimizer_spec){0}.schedule[0]) ==
                   sizeof(uint64_t) + sizeof(slt_real),
               "a schedule entry is its step and its rate");

static const slt_schema schedule_item = {.type = SLT_SCHEMA_MAP,
                                         .size =
                                             sizeof((slt_optimizer_spec){0}.schedule[0]),
                                         FIELDS(schedule_fields)};

const slt_schema slt_optimizer_field_schedule = {
    .key = "schedule",
    .behind = true,
    .type = SLT_SCHEMA_LIST,
    .offset = offsetof(slt_optimizer_spec, schedule),
    COUNT(slt_optimizer_spec, schedule_count),
    ONE(schedule_item),
    .least = 0,
    .most = SLT_SCHEDULE_MAX,
    PRESET_NONE,
    .also = "lr_schedule|scheduler",
    .meaning = "other learning rates from given steps on, in ascending order"};

const slt_schema slt_optimizer_field_l1 = {
    .key = "l1",
    .behind = true,
    .type = SLT_SCHEMA_REAL,
    AT(slt_optimizer_spec, l1),
    .range = SLT_RANGE_NOT_NEGATIVE,
    PRESET(REAL_VALUE(0x0)),
    .also = "lasso",
    .meaning = "the loss goes up by this times the sum of the trained weights' sizes; of "
               "sgd and adam a gradient gets this times the weight's sign, 0 for 0"};
