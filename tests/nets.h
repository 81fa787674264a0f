/* Building models, tensors and batches by hand, for tests of net/ and the rooms that use
 * it. */
#ifndef SLT_TESTS_NETS_H
#define SLT_TESTS_NETS_H

#include <stdio.h>
#include <string.h>

#include "net/net.h"
#include "num/draw.h"
#include "num/scalar.h"
#include "tap.h"

static inline void nets_name(char to[SLT_NAME_MAX], const char *name)
{
    snprintf(to, SLT_NAME_MAX, "%s", name);
}

static inline slt_weight_spec *nets_weight(slt_model_spec *model, const char *name,
                                           size_t rows, size_t cols)
{
    slt_weight_spec *weight = &model->weights[model->weight_count++];
    memset(weight, 0, sizeof *weight);
    nets_name(weight->name, name);
    weight->rows = rows;
    weight->cols = cols;
    weight->dimensions = 2;
    weight->axis[0] = rows;
    weight->axis[1] = cols;
    weight->trainable = true;
    return weight;
}

/* Gives a weight of positions by width the axes of the positions. */
static inline void nets_axes(slt_weight_spec *weight, const slt_positions *positions,
                             size_t width)
{
    weight->dimensions = (int)positions->axes + 1;
    for (size_t i = 0; i < positions->axes; i++)
        weight->axis[i] = positions->size[i];
    weight->axis[positions->axes] = width;
}

static inline slt_weight_spec *nets_tied(slt_model_spec *model, const char *name,
                                         const char *owner)
{
    const slt_weight_spec *like = &model->weights[slt_model_weight(model, owner)];
    slt_weight_spec *weight = nets_weight(model, name, like->rows, like->cols);
    memcpy(weight->tied, like->name, sizeof weight->tied);
    weight->trainable = like->trainable;
    return weight;
}

/* An op of one input; more by nets_input. */
static inline slt_op_spec *nets_op(slt_model_spec *model, const char *name,
                                   const char *in, const char *out)
{
    slt_op_spec *op = &model->ops[model->op_count++];
    memset(op, 0, sizeof *op);
    nets_name(op->op, name);
    nets_name(op->in[0], in);
    nets_name(op->out, out);
    op->inputs = 1;
    return op;
}

static inline slt_op_spec *nets_input(slt_op_spec *op, const char *in)
{
    nets_name(op->in[op->inputs], in);
    op->inputs++;
    return op;
}

static inline slt_op_spec *nets_linear(slt_model_spec *model, const char *in,
                                       const char *weight, const char *bias,
                                       const char *out)
{
    slt_op_spec *op = nets_op(model, "linear", in, out);
    nets_name(op->weight, weight);
    nets_name(op->bias, bias);
    return op;
}

static inline void nets_loss(slt_model_spec *model, const char *in, bool mean_samples,
                             bool mean_outputs)
{
    memset(&model->loss, 0, sizeof model->loss);
    nets_name(model->loss.op, "mse");
    nets_name(model->loss.in, in);
    model->loss.mean_samples = mean_samples;
    model->loss.mean_outputs = mean_outputs;
    model->loss.factor = slt_real_from_u64(1);
}

static inline void nets_fill(slt_tensor *tensor, const double *values)
{
    for (size_t i = 0; i < slt_tensor_count(tensor); i++)
        slt_tensor_set(tensor, i, slt_real_of(values[i]));
}

/* Numbers in [-scale, scale] that depend on `tensor` only. */
static inline void nets_random(slt_tensor *to, uint32_t tensor, double scale)
{
    slt_draw_uniform(slt_stream_of(20240607, SLT_DRAW_DATA, tensor, 0, 0, 0), to,
                     slt_real_of(-scale), slt_real_of(scale));
}

static inline slt_tensor nets_tensor(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    slt_tensor tensor;
    if (slt_tensor_create(&tensor, arithmetic, rows, cols, NULL) != SLT_OK)
        tap_bail("out of memory");
    return tensor;
}

/* One input "x" and a target, random. */
static inline slt_batch nets_batch(slt_arithmetic arithmetic, size_t rows, size_t inputs,
                                   size_t outputs)
{
    slt_batch batch = {.rows = rows, .inputs = 1};
    nets_name(batch.input_name[0], "x");
    batch.input[0] = nets_tensor(arithmetic, rows, inputs);
    batch.target = nets_tensor(arithmetic, rows, outputs);
    nets_random(&batch.input[0], 1, 1);
    nets_random(&batch.target, 2, 1);
    return batch;
}

static inline slt_net *nets_create(const slt_model_spec *model, const slt_batch *shape,
                                   size_t rows_max, slt_arithmetic arithmetic)
{
    slt_error err = {0};
    slt_net *net = NULL;
    if (slt_net_create(model, shape, rows_max, arithmetic, &net, &err) != SLT_OK)
        tap_bail(err.text);
    return net;
}

/* Weights with random values. */
static inline slt_params nets_params(const slt_model_spec *model,
                                     slt_arithmetic arithmetic)
{
    slt_params params;
    if (slt_params_create(model, arithmetic, &params, NULL) != SLT_OK)
        tap_bail("out of memory");
    for (size_t i = 0; i < params.count; i++)
        if (params.owned[i])
            nets_random(&params.tensor[i], (uint32_t)(16 + i), 0.8);
    slt_params_share(&params);
    return params;
}

static inline bool nets_same(const slt_tensor *a, const slt_tensor *b)
{
    return a->arithmetic == b->arithmetic && a->rows == b->rows && a->cols == b->cols &&
           memcmp(a->data, b->data,
                  slt_tensor_count(a) * slt_arithmetic_size(a->arithmetic)) == 0;
}

static inline bool nets_same_params(const slt_params *a, const slt_params *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = nets_same(&a->tensor[i], &b->tensor[i]);
    return same;
}

#endif
