/* The table of ops and losses. */
#include "net/op.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "net/net.h"

extern const slt_op_type slt_op_add, slt_op_embedding, slt_op_gelu, slt_op_linear,
    slt_op_relu, slt_op_square;
extern const slt_loss_type slt_loss_cross_entropy, slt_loss_mse;

static const slt_op_type *const ops[] = {
    &slt_op_linear, &slt_op_relu, &slt_op_gelu,
    &slt_op_square, &slt_op_add,  &slt_op_embedding,
};

static const slt_loss_type *const losses[] = {
    &slt_loss_mse,
    &slt_loss_cross_entropy,
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const slt_op_type *slt_op_find(const char *name)
{
    for (size_t i = 0; i < COUNT(ops); i++)
        if (strcmp(ops[i]->name, name) == 0)
            return ops[i];
    return NULL;
}

const slt_loss_type *slt_loss_find(const char *name)
{
    for (size_t i = 0; i < COUNT(losses); i++)
        if (strcmp(losses[i]->name, name) == 0)
            return losses[i];
    return NULL;
}

const char *slt_net_op_name(size_t index)
{
    return index < COUNT(ops) ? ops[index]->name : NULL;
}

const char *slt_net_loss_name(size_t index)
{
    return index < COUNT(losses) ? losses[index]->name : NULL;
}

slt_function_set slt_net_functions(const slt_model_spec *model, slt_arithmetic arithmetic)
{
    slt_function_set set = 0;
    for (size_t i = 0; i < model->op_count; i++) {
        const slt_op_type *type = slt_op_find(model->ops[i].op);
        if (type && type->functions)
            set |= type->functions(arithmetic);
    }
    const slt_loss_type *loss = slt_loss_find(model->loss.op);
    if (loss && loss->functions)
        set |= loss->functions(arithmetic);
    return set;
}

slt_status slt_op_fail(const slt_op_site *site, slt_error *err, const char *format, ...)
{
    char text[SLT_ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return slt_fail(err, SLT_FORMAT, "ops[%zu] (%s -> %s): %s", site->position,
                    site->spec->op, site->spec->out, text);
}

slt_status slt_op_check_bias(const slt_op_site *site, size_t cols, slt_error *err)
{
    const slt_weight_spec *bias = site->bias;
    if (!bias || (bias->rows == 1 && bias->cols == cols))
        return SLT_OK;
    return slt_op_fail(site, err, "bias %s: expected shape [%zu], found [%zu, %zu]",
                       bias->name, cols, bias->rows, bias->cols);
}

slt_status slt_op_same_width(const slt_op_site *site, size_t *cols, slt_error *err)
{
    (void)err;
    *cols = site->in[0].cols;
    return SLT_OK;
}
