#include "net/init.h"

#include <stdio.h>
#include <string.h>

#include "net/init_file.h"
#include "num/draw.h"
#include "num/scalar.h"

static void fill(slt_tensor *tensor, slt_real value)
{
    for (size_t i = 0; i < slt_tensor_count(tensor); i++)
        slt_tensor_set(tensor, i, value);
}

/* U(-1/sqrt(fan), 1/sqrt(fan)), both ends in binary64. */
static void draw_fan_in(slt_stream stream, size_t fan_in, slt_tensor *tensor)
{
    slt_real fan = slt_real_from_u64(fan_in ? fan_in : tensor->cols);
    slt_real bound = slt_real_div(slt_real_from_u64(1), slt_real_sqrt(fan));
    slt_draw_uniform(stream, tensor, slt_real_neg(bound), bound);
}

/* The coefficients A, as they are. */
static slt_status plant_line(const slt_tensor *teacher, slt_tensor *tensor,
                             slt_error *err)
{
    if (tensor->rows != teacher->rows || tensor->cols != teacher->cols)
        return slt_fail(err, SLT_FORMAT,
                        "init: factor A: expected %zu x %zu like the data, found %zu x "
                        "%zu",
                        teacher->rows, teacher->cols, tensor->rows, tensor->cols);
    slt_tensor_copy(tensor, teacher);
    return SLT_OK;
}

static slt_status plant(const slt_init_spec *spec, const slt_init_source *source,
                        slt_teacher_factors *planted, slt_tensor *tensor, slt_error *err)
{
    if (!source->teacher)
        return slt_fail(err, SLT_FORMAT,
                        "init: kind teacher: the data has no teacher to take %s from",
                        spec->factor);
    if ((strcmp(spec->factor, "A") == 0) != !source->teacher[1].data)
        return slt_fail(err, SLT_FORMAT, "init: factor: expected %s, found %s",
                        source->teacher[1].data ? "W1 or W2" : "A", spec->factor);
    if (!source->teacher[1].data)
        return plant_line(&source->teacher[0], tensor, err);
    slt_status status = SLT_OK;
    if (!planted->made)
        status = slt_teacher_factors_make(source->teacher, planted, err);
    if (status == SLT_OK)
        status = slt_teacher_factors_factor(planted, spec->factor, tensor, err);
    return status;
}

static slt_status init_weight(const slt_init_spec *spec, const slt_init_source *source,
                              uint32_t index, slt_teacher_factors *planted,
                              slt_tensor *tensor, slt_error *err)
{
    slt_stream stream = slt_stream_of(source->seed, SLT_DRAW_INIT, index, 0, 0, 0);
    switch (spec->kind) {
    case SLT_INIT_ZERO:
        slt_tensor_zero(tensor);
        break;
    case SLT_INIT_CONSTANT:
        fill(tensor, spec->value);
        break;
    case SLT_INIT_NORMAL:
        slt_draw_normal(stream, tensor, spec->std);
        break;
    case SLT_INIT_UNIFORM:
        slt_draw_uniform(stream, tensor, spec->lo, spec->hi);
        break;
    case SLT_INIT_FAN_IN:
        draw_fan_in(stream, spec->fan_in, tensor);
        break;
    case SLT_INIT_TEACHER:
        return plant(spec, source, planted, tensor, err);
    case SLT_INIT_FILE:
        return slt_init_file(spec, source->folder, tensor, err);
    case SLT_INIT_POLYGON:
        return slt_init_polygon(spec, source->seed, index, tensor, err);
    }
    return SLT_OK;
}

slt_status slt_params_init(const slt_model_spec *model, const slt_init_source *source,
                           slt_params *params, slt_error *err)
{
    slt_teacher_factors planted = {0};
    slt_error cause = {0};
    slt_status status = SLT_OK;
    size_t i = 0;
    for (; i < params->count && status == SLT_OK; i++) {
        if (!params->owned[i])
            continue;
        const int frac = params->tensor[i].frac; /* the one exponent that weights have */
        status = init_weight(&model->weights[i].init, source, (uint32_t)i, &planted,
                             &params->tensor[i], &cause);
        if (status == SLT_OK &&
            (params->tensor[i].overflow || params->tensor[i].frac != frac))
            status = slt_fail(&cause, SLT_FORMAT,
                              "init: expected values that fit fixed point");
    }
    slt_teacher_factors_free(&planted);
    slt_params_share(params);
    if (status != SLT_OK)
        return slt_fail(err, status, "weight %s: %s", model->weights[i - 1].name,
                        cause.text);
    return SLT_OK;
}
