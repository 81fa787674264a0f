#include "learn/jacobian.h"

#include <string.h>

#include "net/look.h"
#include "num/element.h"
#include "num/ops.h"
#include "num/scalar.h"

slt_status slt_jacobian_look(const slt_run_spec *run, slt_jacobian_form *form,
                             slt_error *err)
{
    slt_batch shape;
    slt_net *net = NULL;
    const slt_loss_spec *loss = &run->model.loss;
    if (slt_look_chooses(loss))
        return slt_fail(err, SLT_USAGE,
                        "loss (%s): expected one that looks at every output, without at "
                        "and ignore",
                        loss->op);
    slt_data_shape(&run->data, run->arithmetic, &shape);
    *form = (slt_jacobian_form){.samples = shape.rows,
                                .weights = slt_model_parameters(&run->model)};
    slt_status status =
        slt_net_create(&run->model, &shape, 1, run->arithmetic, &net, err);
    if (status)
        return status;
    form->residual = slt_net_look(net);
    slt_net_free(net);
    uint64_t rows = (uint64_t)form->samples * form->residual.outputs;
    if (__builtin_mul_overflow(rows, form->weights, &form->bytes) ||
        __builtin_mul_overflow(form->bytes, 8, &form->bytes))
        form->bytes = UINT64_MAX;
    return SLT_OK;
}

/* Backward passes of one sample and one output each. */
typedef struct jacobian {
    slt_arithmetic arithmetic;
    const slt_params *weights;
    const slt_batch *data;
    slt_net_residual residual;
    slt_tensor numbers[SLT_INPUTS_MAX]; /* inputs in the arithmetic; of indices nothing */
    slt_batch sample;
    slt_net *net;
    slt_tensor seeds, seed; /* a row an output; that at hand */
    slt_params gradient;
    slt_tensor *whole;
} jacobian;

/* ---- What it takes ----------------------------------------------------------------- */

/* The numbers of an input in the arithmetic, and room for those of a sample. */
static slt_status take_input(jacobian *j, size_t i, slt_error *err)
{
    const slt_tensor *all = &j->data->input[i];
    const bool indices = all->arithmetic == SLT_INDEX;
    slt_tensor *row = &j->sample.input[i];
    slt_status status =
        slt_tensor_create(row, indices ? SLT_INDEX : j->arithmetic, 1, all->cols, err);
    if (status || indices)
        return status;
    status = slt_tensor_create(&j->numbers[i], j->arithmetic, all->rows, all->cols, err);
    if (!status)
        slt_num_convert(all, &j->numbers[i]);
    return status;
}

/* Row o: 1 at output o, 0 elsewhere, less their mean, at each position, where samples are
 * centred. */
static slt_status make_seeds(jacobian *j, slt_error *err)
{
    const size_t outputs = j->residual.outputs;
    slt_status status =
        slt_tensor_create(&j->seeds, j->arithmetic, outputs, outputs, err);
    if (!status)
        status = slt_tensor_create(&j->seed, j->arithmetic, 1, outputs, err);
    if (status)
        return status;
    for (size_t o = 0; o < outputs; o++)
        slt_tensor_set(&j->seeds, o * outputs + o, slt_real_from_u64(1));
    slt_tensor view = j->seeds; /* a row of it for each position */
    view.cols = j->residual.width;
    view.rows = outputs * (outputs / view.cols);
    if (j->residual.centre == SLT_CENTRE_OUTPUTS)
        slt_num_centre(SLT_CENTRE_OUTPUTS, &view);
    return SLT_OK;
}

static slt_status jacobian_begin(jacobian *j, const slt_run_spec *run, slt_error *err)
{
    slt_status status =
        slt_net_create(&run->model, j->data, 1, j->arithmetic, &j->net, err);
    if (status)
        return status;
    j->residual = slt_net_look(j->net);
    j->sample = (slt_batch){.rows = 1, .inputs = j->data->inputs};
    memcpy(j->sample.input_name, j->data->input_name, sizeof j->sample.input_name);
    for (size_t i = 0; i < j->data->inputs && !status; i++)
        status = take_input(j, i, err);
    if (!status)
        status = make_seeds(j, err);
    if (!status)
        status = slt_params_create(&run->model, j->arithmetic, &j->gradient, err);
    return status;
}

static void jacobian_end(jacobian *j)
{
    slt_params_free(&j->gradient);
    slt_tensor_free(&j->seed);
    slt_tensor_free(&j->seeds);
    slt_batch_free(&j->sample);
    for (size_t i = 0; i < SLT_INPUTS_MAX; i++)
        slt_tensor_free(&j->numbers[i]);
    slt_net_free(j->net);
}

/* ---- The rows ---------------------------------------------------------------------- */

static void take_sample(jacobian *j, uint32_t sample)
{
    for (size_t i = 0; i < j->sample.inputs; i++) {
        const bool indices = j->data->input[i].arithmetic == SLT_INDEX;
        slt_num_gather_rows(indices ? &j->data->input[i] : &j->numbers[i], &sample,
                            &j->sample.input[i]);
    }
}

static void make_row(jacobian *j, uint32_t output, size_t row)
{
    const size_t size = slt_arithmetic_size(j->arithmetic);
    uint8_t *to = (uint8_t *)j->whole->data + row * j->whole->cols * size;
    slt_num_gather_rows(&j->seeds, &output, &j->seed);
    slt_net_gradient_along(j->net, j->weights, &j->sample, &j->seed, &j->gradient);
    for (size_t i = 0; i < j->gradient.count; i++) {
        const slt_tensor *part = &j->gradient.tensor[i];
        if (!slt_params_moves(&j->gradient, i))
            continue;
        memcpy(to, part->data, slt_tensor_count(part) * size);
        to += slt_tensor_count(part) * size;
    }
}

/* The rows of an output lose their mean over the samples and their positions: with all
 * rows of a position as one row, each column its mean. */
static void centre_samples(const jacobian *j)
{
    slt_tensor view = *j->whole;
    view.rows = j->data->rows * (j->residual.outputs / j->residual.width);
    view.cols = j->residual.width * j->whole->cols;
    slt_num_centre(SLT_CENTRE_SAMPLES, &view);
}

slt_status slt_jacobian_make(const slt_run_spec *run, const slt_batch *data,
                             const slt_params *weights, slt_tensor *whole, slt_error *err)
{
    jacobian j = {.arithmetic = weights->tensor[0].arithmetic,
                  .weights = weights,
                  .data = data,
                  .whole = whole};
    *whole = (slt_tensor){0};
    slt_status status = jacobian_begin(&j, run, err);
    const size_t outputs = j.residual.outputs;
    if (!status)
        status = slt_tensor_create(whole, j.arithmetic, data->rows * outputs,
                                   slt_model_parameters(&run->model), err);
    for (uint32_t sample = 0; sample < data->rows && !status; sample++) {
        take_sample(&j, sample);
        for (uint32_t output = 0; output < outputs; output++)
            make_row(&j, output, sample * outputs + output);
    }
    if (!status && j.residual.centre == SLT_CENTRE_SAMPLES)
        centre_samples(&j);
    jacobian_end(&j);
    if (status)
        slt_tensor_free(whole);
    return status;
}
