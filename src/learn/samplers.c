/* The table of samplers. */
#include "learn/sampler.h"

#include "base/assert.h"
#include "base/schema_kinds.h"
#include "learn/tempering.h"

#define DECLARE(constant, name) extern const slt_sampler_type slt_sampler_##name;
SLT_SAMPLERS(DECLARE)

#define ROW(constant, name) [SLT_SAMPLER_##constant] = &slt_sampler_##name,
static const slt_sampler_type *const types[] = {SLT_SAMPLERS(ROW)};
#define TYPES (sizeof types / sizeof *types)

const slt_sampler_type *slt_sampler_of(const slt_llc_spec *spec)
{
    SLT_ASSERT((size_t)spec->sampler < TYPES);
    return types[spec->sampler];
}

SLT_SCHEMA_KINDS(slt_sampler, types)

const char *slt_sampler_title(size_t kind)
{
    return kind < TYPES && types[kind]->title ? types[kind]->title
                                              : slt_sampler_name(kind);
}

const slt_slot_type *slt_sampler_slots(const slt_llc_spec *spec)
{
    return spec->tempering.rungs ? slt_tempering_slots : slt_sampler_of(spec)->slots;
}

size_t slt_sampler_slot_count(const slt_llc_spec *spec)
{
    if (spec->tempering.rungs)
        return spec->tempering.rungs;
    const slt_slot_type *slots = slt_sampler_of(spec)->slots;
    size_t count = 0;
    while (count < SLT_SLOTS_MAX && slots[count].name)
        count++;
    return count;
}

bool slt_sampler_accepts(const slt_llc_spec *spec)
{
    const slt_sampler_type *type = slt_sampler_of(spec);
    return type->corrects || (type->accepts && type->accepts(spec));
}

slt_function_set slt_sampler_functions(const slt_llc_spec *spec,
                                       slt_arithmetic arithmetic)
{
    const slt_function_set exponential = (slt_function_set)1 << SLT_FN_exp;
    const slt_function_set logarithm = (slt_function_set)1 << SLT_FN_log;
    return slt_functions_of_normals(arithmetic) | slt_sampler_of(spec)->functions |
           (slt_sampler_accepts(spec) ? exponential : 0) |
           (spec->adapt.given ? logarithm : 0);
}

uint64_t slt_sampler_steps(const slt_llc_spec *spec)
{
    const slt_sampler_type *type = slt_sampler_of(spec);
    return type->trajectory ? type->trajectory(spec) : 1;
}

uint64_t slt_sampler_gradients(const slt_llc_spec *spec)
{
    return slt_sampler_steps(spec) * (1 + spec->tempering.rungs);
}
