/* The table of optimisers, and what they have in common. */
#include "learn/optimizer.h"

#include "base/assert.h"
#include "base/schema_kinds.h"
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

bool slt_optimizer_update(const slt_optimizer_spec *optimizer, slt_params *gradient,
                          slt_state *state)
{
    slt_optimizer_powers(optimizer, state->powers);
    const bool fine = slt_optimizer_of(optimizer)->update(optimizer, gradient, state);
    slt_params_share(&state->weights);
    if (fine)
        state->step++;
    return fine;
}
