#include "net/init_internal.h"

#include "base/assert.h"
#include "base/schema_kinds.h"

#define DECLARE(constant, name) extern const slt_init_type slt_init_kind_##name;
SLT_INIT_KINDS(DECLARE)

#define ROW(constant, name) [SLT_INIT_##constant] = &slt_init_kind_##name,
static const slt_init_type *const types[] = {SLT_INIT_KINDS(ROW)};
#define TYPES (sizeof types / sizeof *types)

static const slt_init_type *type_of(const slt_init_spec *spec)
{
    SLT_ASSERT((size_t)spec->kind < TYPES);
    return types[spec->kind];
}

SLT_SCHEMA_KINDS(slt_init, types)

slt_status slt_init_check(const slt_weight_spec *weight, const slt_init_teacher *teacher,
                          slt_error *err)
{
    const slt_init_type *type = type_of(&weight->init);
    return type->check ? type->check(weight, teacher, err) : SLT_OK;
}

bool slt_init_exact(const slt_init_spec *spec, const slt_init_source *source,
                    size_t index, const slt_tensor *tensor, size_t element,
                    slt_modular_number *number)
{
    const slt_init_type *type = type_of(spec);
    const slt_init_site site = {spec, source, (uint32_t)index, NULL};
    if (type->exact)
        *number = type->exact(&site, tensor, element);
    return type->exact != NULL;
}

bool slt_init_from_file(const slt_init_spec *spec)
{
    return type_of(spec)->from_file;
}

bool slt_init_draws_apart(const slt_init_spec *spec)
{
    return type_of(spec)->draws_apart;
}

slt_function_set slt_init_functions(const slt_init_spec *spec, slt_arithmetic arithmetic)
{
    const slt_init_type *type = type_of(spec);
    return type->functions ? type->functions(spec, arithmetic) : 0;
}

static void free_shared(slt_init_shared *shared)
{
    slt_init_factors_free(&shared->factors);
    slt_buffer_free(&shared->last.path);
    slt_buffer_free(&shared->last.bytes);
}

static slt_status fill_weight(const slt_model_spec *model, const slt_init_source *source,
                              size_t index, slt_init_shared *shared, slt_tensor *weight,
                              slt_error *err)
{
    const slt_init_spec *spec = &model->weights[index].init;
    const slt_init_site site = {spec, source, (uint32_t)index, shared};
    const int frac = weight->frac; /* the one exponent that weights have */
    slt_error cause = {0};
    slt_status status = type_of(spec)->fill(&site, weight, &cause);
    if (status == SLT_OK && (weight->overflow || weight->frac != frac))
        status =
            slt_fail(&cause, SLT_FORMAT, "init: expected values that fit fixed point");
    return status ? slt_fail(err, status, "weight %s: %s", model->weights[index].name,
                             cause.text)
                  : SLT_OK;
}

slt_status slt_params_init(const slt_model_spec *model, const slt_init_source *source,
                           slt_params *params, slt_error *err)
{
    slt_init_shared shared = {0};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < params->count && status == SLT_OK; i++)
        if (params->owned[i])
            status = fill_weight(model, source, i, &shared, &params->tensor[i], err);
    free_shared(&shared);
    slt_params_share(params);
    return status;
}

slt_status slt_params_init_one(const slt_model_spec *model, const slt_init_source *source,
                               size_t index, slt_tensor *weight, slt_error *err)
{
    slt_init_shared shared = {0};
    slt_status status = fill_weight(model, source, index, &shared, weight, err);
    free_shared(&shared);
    return status;
}
