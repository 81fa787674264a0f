#include "net/model.h"

#include <string.h>

bool slt_name_valid(const char *name)
{
    static const char letters[] =
        "._ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    size_t size = strnlen(name, SLT_NAME_MAX);
    return size > 0 && size < SLT_NAME_MAX && strspn(name, letters) == size &&
           name[0] != '.' && !(name[0] >= '0' && name[0] <= '9');
}

void slt_model_spec_copy(const slt_model_spec *from, slt_model_spec *to)
{
    memcpy(to, from, offsetof(slt_model_spec, ops));
    memcpy(to->ops, from->ops, from->op_count * sizeof *to->ops);
    memcpy(to->weights, from->weights, from->weight_count * sizeof *to->weights);
    memcpy(to->blocks, from->blocks, from->block_count * sizeof *to->blocks);
}

bool slt_model_spec_equal(const slt_model_spec *a, const slt_model_spec *b)
{
    return !memcmp(a, b, offsetof(slt_model_spec, ops)) &&
           !memcmp(a->ops, b->ops, a->op_count * sizeof *a->ops) &&
           !memcmp(a->weights, b->weights, a->weight_count * sizeof *a->weights) &&
           !memcmp(a->blocks, b->blocks, a->block_count * sizeof *a->blocks);
}

size_t slt_model_weight(const slt_model_spec *model, const char *name)
{
    size_t index = 0;
    while (index < model->weight_count && strcmp(model->weights[index].name, name) != 0)
        index++;
    return index;
}

size_t slt_model_block(const slt_model_spec *model, const char *name)
{
    size_t index = 0;
    while (index < model->block_count && strcmp(model->blocks[index].name, name) != 0)
        index++;
    return index;
}

size_t slt_model_owner(const slt_model_spec *model, size_t index)
{
    while (model->weights[index].tied[0])
        index = slt_model_weight(model, model->weights[index].tied);
    return index;
}

size_t slt_model_parameters(const slt_model_spec *model)
{
    size_t total = 0;
    for (size_t i = 0; i < model->weight_count; i++) {
        const slt_weight_spec *weight = &model->weights[i];
        if (weight->trainable && !weight->tied[0])
            total += weight->rows * weight->cols;
    }
    return total;
}

static slt_status check_shape(const slt_weight_spec *weight, slt_error *err)
{
    if (weight->rows == 0 || weight->cols == 0)
        return slt_fail(err, SLT_FORMAT,
                        "weight %s: expected sizes of at least 1, found [%zu, %zu]",
                        weight->name, weight->rows, weight->cols);
    if (weight->rows > SLT_WEIGHT_ELEMENTS_MAX / weight->cols)
        return slt_fail(
            err, SLT_FORMAT, "weight %s: expected at most %zu elements, found [%zu, %zu]",
            weight->name, SLT_WEIGHT_ELEMENTS_MAX, weight->rows, weight->cols);
    return SLT_OK;
}

static slt_status check_tie(const slt_model_spec *model, size_t index, slt_error *err)
{
    const slt_weight_spec *weight = &model->weights[index];
    size_t other = slt_model_weight(model, weight->tied);
    if (other >= index)
        return slt_fail(err, SLT_FORMAT,
                        "weight %s: tied to %s: expected the name of an earlier weight",
                        weight->name, weight->tied);
    const slt_weight_spec *owner = &model->weights[slt_model_owner(model, other)];
    if (owner->rows != weight->rows || owner->cols != weight->cols)
        return slt_fail(err, SLT_FORMAT,
                        "weight %s: tied to %s: expected its shape [%zu, %zu], found "
                        "[%zu, %zu]",
                        weight->name, weight->tied, owner->rows, owner->cols,
                        weight->rows, weight->cols);
    if (owner->trainable != weight->trainable)
        return slt_fail(err, SLT_FORMAT,
                        "weight %s: tied to %s: expected trainable: %s as there",
                        weight->name, weight->tied, owner->trainable ? "true" : "false");
    return SLT_OK;
}

static slt_status check_weight(const slt_model_spec *model, size_t index, slt_error *err)
{
    const slt_weight_spec *weight = &model->weights[index];
    if (!slt_name_valid(weight->name))
        return slt_fail(err, SLT_FORMAT,
                        "weight %zu: expected a name of letters, digits, _ and dots, at "
                        "most %d long, a letter or _ first, found \"%.*s\"",
                        index, SLT_NAME_MAX - 1, SLT_NAME_MAX, weight->name);
    if (slt_model_weight(model, weight->name) < index)
        return slt_fail(err, SLT_FORMAT, "weight %s: the name is taken already",
                        weight->name);
    slt_status status = check_shape(weight, err);
    if (status == SLT_OK && weight->tied[0])
        status = check_tie(model, index, err);
    return status;
}

slt_status slt_model_check(const slt_model_spec *model, slt_error *err)
{
    if (model->weight_count > SLT_WEIGHTS_MAX)
        return slt_fail(err, SLT_FORMAT, "expected at most %d weights, found %zu",
                        SLT_WEIGHTS_MAX, model->weight_count);
    for (size_t i = 0; i < model->weight_count; i++) {
        slt_status status = check_weight(model, i, err);
        if (status != SLT_OK)
            return status;
    }
    return SLT_OK;
}
