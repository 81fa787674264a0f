/* The table of ops and losses. */
#include "net/op.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/schema_kinds.h"
#include "net/look.h"
#include "net/net.h"

/* A row each: slt_op_NAME of op_NAME.c, slt_loss_NAME of loss_NAME.c.  The order is that
 * of messages and of the manual. */
#define OPS(X)                                                                           \
    X(linear)                                                                            \
    X(relu)                                                                              \
    X(gelu)                                                                              \
    X(silu)                                                                              \
    X(softplus)                                                                          \
    X(sigmoid)                                                                           \
    X(tanh)                                                                              \
    X(square)                                                                            \
    X(add)                                                                               \
    X(subtract)                                                                          \
    X(multiply)                                                                          \
    X(scale)                                                                             \
    X(concat)                                                                            \
    X(embedding)                                                                         \
    X(reshape)                                                                           \
    X(flatten)                                                                           \
    X(select)                                                                            \
    X(mean)                                                                              \
    X(position)                                                                          \
    X(softmax)                                                                           \
    X(dot_attention)                                                                     \
    X(rotary)                                                                            \
    X(conv2d)                                                                            \
    X(maxpool)                                                                           \
    X(meanpool)                                                                          \
    X(affine)                                                                            \
    X(layernorm)                                                                         \
    X(rmsnorm)                                                                           \
    X(attention)

#define LOSSES(X)                                                                        \
    X(mse)                                                                               \
    X(cross_entropy)                                                                     \
    X(mse_classes)                                                                       \
    X(bce)                                                                               \
    X(bce_classes)

#define DECLARE_OP(name) extern const slt_op_type slt_op_##name;
#define DECLARE_LOSS(name) extern const slt_loss_type slt_loss_##name;
OPS(DECLARE_OP)
LOSSES(DECLARE_LOSS)

#define OP_ROW(name) &slt_op_##name,
#define LOSS_ROW(name) &slt_loss_##name,
static const slt_op_type *const ops[] = {OPS(OP_ROW)};
static const slt_loss_type *const losses[] = {LOSSES(LOSS_ROW)};

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

const slt_schema_absent slt_net_ops_absent[] = {
    {"dropout|alpha_dropout|feature_dropout|drop_path",
     "dropout makes the loss no function of the weights: a network is evaluated without"},
    {"batchnorm|batch_norm|sync_batchnorm",
     "batch norm in training makes the loss no function of the weights: a sample's hangs "
     "on its batch; in evaluation it is affine"},
    {NULL, NULL}};

const slt_schema *const *slt_net_op_fields(size_t index)
{
    static const slt_schema *const none[] = {NULL};
    if (index >= COUNT(ops))
        return NULL;
    return ops[index]->fields ? ops[index]->fields : none;
}

SLT_SCHEMA_KINDS(slt_net_loss, losses)

slt_function_set slt_net_loss_functions(const slt_loss_spec *spec,
                                        slt_arithmetic arithmetic)
{
    const slt_loss_type *loss = slt_loss_find(spec->op);
    return loss && loss->functions ? loss->functions(arithmetic) : 0;
}

slt_function_set slt_net_functions(const slt_model_spec *model, slt_arithmetic arithmetic)
{
    slt_function_set set = 0;
    for (size_t i = 0; i < model->op_count; i++) {
        const slt_op_type *type = slt_op_find(model->ops[i].op);
        if (type && type->functions)
            set |= type->functions(&model->ops[i], arithmetic);
    }
    return set | slt_net_loss_functions(&model->loss, arithmetic);
}

slt_status slt_net_polynomial(const slt_model_spec *model, slt_error *err)
{
    for (size_t i = 0; i < model->op_count; i++)
        if (!slt_op_find(model->ops[i].op)->polynomial)
            return slt_fail(err, SLT_USAGE,
                            "ops[%zu] (%s -> %s): %s is no polynomial, so that it means "
                            "nothing modulo a prime",
                            i, model->ops[i].op, model->ops[i].out, model->ops[i].op);
    return SLT_OK;
}

/* Whether an op's argument of that name depends on weight `moving`. */
static bool reads_weight(const slt_model_spec *model, const char *name, size_t moving)
{
    const size_t weight = name[0] ? slt_model_weight(model, name) : model->weight_count;
    return weight < model->weight_count && slt_model_owner(model, weight) == moving;
}

static bool names_output(const slt_model_spec *model, const bool *moves, size_t count,
                         const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (moves[i] && strcmp(model->ops[i].out, name) == 0)
            return true;
    return false;
}

/* Whether the value that the loss takes is affine in weight `moving`. */
static slt_status check_affine_ops(const slt_model_spec *model, size_t moving,
                                   slt_error *err)
{
    bool moves[SLT_OPS_MAX] = {false};
    for (size_t i = 0; i < model->op_count; i++) {
        const slt_op_spec *op = &model->ops[i];
        const slt_op_type *type = slt_op_find(op->op);
        size_t inputs = 0;
        for (size_t j = 0; j < op->inputs; j++)
            inputs += names_output(model, moves, i, op->in[j]);
        size_t arguments = inputs + reads_weight(model, op->weight, moving) +
                           reads_weight(model, op->bias, moving);
        for (size_t j = 0; j < SLT_OP_FURTHER; j++)
            arguments += reads_weight(model, op->further[j], moving);
        moves[i] = arguments > 0;
        if (moves[i] && (!type->multiaffine || (arguments > 1 && !type->sums)))
            return slt_fail(err, SLT_FORMAT,
                            "ops[%zu] (%s -> %s) is not linear in weight %s", i, op->op,
                            op->out, model->weights[moving].name);
    }
    return names_output(model, moves, model->op_count, model->loss.in)
               ? SLT_OK
               : slt_fail(err, SLT_FORMAT, "the loss does not depend on weight %s",
                          model->weights[moving].name);
}

slt_status slt_net_affine(const slt_model_spec *model, size_t *weight, slt_error *err)
{
    const slt_loss_type *loss = slt_loss_find(model->loss.op);
    size_t trained = 0;
    for (size_t i = 0; i < model->weight_count; i++)
        if (model->weights[i].trainable && slt_model_owner(model, i) == i) {
            *weight = i;
            trained++;
        }
    if (trained != 1)
        return slt_fail(err, SLT_FORMAT, "expected one trainable weight, found %zu",
                        trained);
    if (!loss->curvature || loss->index_target || slt_look_chooses(&model->loss))
        return slt_fail(err, SLT_FORMAT, "loss %s is no sum of squared differences",
                        model->loss.op);
    return check_affine_ops(model, *weight, err);
}

bool slt_net_is_plane(const slt_model_spec *model, const char *x, size_t rows,
                      slt_net_plane *plane)
{
    const slt_loss_type *loss = slt_loss_find(model->loss.op);
    const slt_op_spec *op = &model->ops[0];
    if (model->op_count != 1 || !slt_op_find(op->op)->affine || op->transpose ||
        strcmp(op->in[0], x) != 0 || strcmp(op->out, model->loss.in) != 0 ||
        model->loss.target[0] || !loss->curvature || loss->index_target ||
        slt_look_chooses(&model->loss))
        return false;
    plane->weight = slt_model_weight(model, op->weight);
    plane->bias = op->bias[0] ? slt_model_weight(model, op->bias) : model->weight_count;
    plane->curvature = loss->curvature(&model->loss, rows, 1);
    return model->weights[plane->weight].rows == 1 &&
           slt_model_owner(model, plane->weight) == plane->weight &&
           (!op->bias[0] || slt_model_owner(model, plane->bias) == plane->bias);
}

slt_status slt_op_fail(const slt_op_site *site, slt_error *err, const char *format, ...)
{
    char text[SLT_ERROR_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return slt_fail(err, SLT_FORMAT, "(%s -> %s): %s", site->spec->op, site->spec->out,
                    text);
}

slt_status slt_op_check_bias(const slt_op_site *site, size_t cols, slt_error *err)
{
    const slt_weight_spec *bias = site->bias;
    if (!bias || (bias->rows == 1 && bias->cols == cols))
        return SLT_OK;
    return slt_op_fail(site, err, "bias %s: expected shape [%zu], found [%zu, %zu]",
                       bias->name, cols, bias->rows, bias->cols);
}

slt_status slt_op_same_width(const slt_op_site *site, slt_shape *out, slt_error *err)
{
    out->cols = site->in[0].cols;
    for (size_t i = 1; i < site->spec->inputs; i++)
        if (site->in[i].cols != out->cols)
            return slt_op_fail(
                site, err, "input %s: expected width %zu like %s, found %zu",
                site->spec->in[i], out->cols, site->spec->in[0], site->in[i].cols);
    return SLT_OK;
}

slt_status slt_loss_check_numbers(const slt_loss_spec *spec, slt_shape value,
                                  slt_shape target, slt_error *err)
{
    if (value.cols != target.cols)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): %s: expected width %zu like the target, found %zu",
                        spec->op, spec->in, target.cols, value.cols);
    return SLT_OK;
}

void slt_op_forward_same(const slt_op_call *call, slt_tensor *out)
{
    if (out->data != call->in[0]->data) {
        slt_tensor_copy(out, call->in[0]);
        return;
    }
    out->frac = call->in[0]->frac;
    out->overflow = call->in[0]->overflow;
}

void slt_op_backward_same(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_tensor *gradient)
{
    (void)call;
    (void)argument;
    slt_tensor_copy(gradient, dout);
}

void slt_op_tangent_same(const slt_op_call *call, slt_op_argument argument,
                         const slt_tensor *change, slt_tensor *out)
{
    (void)call;
    (void)argument;
    slt_tensor_copy(out, change);
}

void slt_op_tangent_bias(const slt_tensor *change, slt_tensor *out)
{
    slt_tensor_zero(out);
    slt_num_add_bias(out, change);
}

void slt_op_tangent_bilinear(const slt_op_call *call, slt_op_argument argument,
                             const slt_tensor *change, slt_tensor *out)
{
    if (argument == SLT_TO_BIAS) {
        slt_op_tangent_bias(change, out);
        return;
    }
    slt_op_call changed = *call;
    changed.bias = NULL;
    if (argument == SLT_TO_INPUT)
        changed.in[0] = change;
    else
        changed.weight = change;
    call->type->forward(&changed, out);
}

/* The gradient by the input is linear in the weight, and the other way round. */
bool slt_op_second_bilinear(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_op_argument moved,
                            const slt_tensor *change, slt_tensor *gradient)
{
    slt_op_call changed = *call;
    if (argument == SLT_TO_INPUT && moved == SLT_TO_WEIGHT)
        changed.weight = change;
    else if (argument == SLT_TO_WEIGHT && moved == SLT_TO_INPUT)
        changed.in[0] = change;
    else
        return false;
    call->type->backward(&changed, dout, argument, gradient);
    return true;
}

slt_status slt_loss_check_classes(const slt_loss_spec *spec, slt_shape value,
                                  slt_shape target, slt_error *err)
{
    if (target.cols != 1)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): expected one index a sample as target, found %zu",
                        spec->op, target.cols);
    if (value.cols != target.range)
        return slt_fail(err, SLT_FORMAT,
                        "loss (%s): %s: expected width %zu for the target's classes, "
                        "found %zu",
                        spec->op, spec->in, target.range, value.cols);
    return SLT_OK;
}
