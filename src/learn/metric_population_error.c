/* population-error: the exact error, under the law that the data are drawn from, of the
 * sign of weight . x + bias. */
#include <stdlib.h>

#include "base/schema_rows.h"
#include "base/world.h"
#include "learn/metric.h"

typedef struct error_room {
    const slt_data_spec *data;
} error_room;

static slt_status fit_population_error(const slt_metric_spec *metric,
                                       const slt_run_spec *run, slt_error *err)
{
    const slt_weight_spec *weight = &run->model.weights[metric->at],
                          *bias = &run->model.weights[metric->bias_at];
    slt_batch shape;
    slt_status status = slt_data_error_check(&run->data, err);
    if (status)
        return status;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    if (weight->rows * weight->cols != shape.input[0].cols)
        return slt_fail(err, SLT_FORMAT,
                        "weight %s: expected %zu numbers, as x has columns, found %zu",
                        weight->name, shape.input[0].cols, weight->rows * weight->cols);
    if (metric->bias[0] && bias->rows * bias->cols != 1)
        return slt_fail(err, SLT_FORMAT, "bias %s: expected 1 number, found %zu",
                        bias->name, bias->rows * bias->cols);
    return SLT_OK;
}

static slt_status make_population_error(const slt_metric_spec *metric,
                                        const slt_run_spec *run, const slt_data *data,
                                        void **made, slt_error *err)
{
    (void)metric, (void)data;
    error_room *room = slt_world.malloc(sizeof *room);
    if (!room)
        return slt_fail(err, SLT_RESOURCE, "no memory for a metric");
    room->data = &run->data;
    *made = room;
    return SLT_OK;
}

static slt_real measure_population_error(const slt_metric_spec *metric,
                                         const slt_params *weights, uint64_t step,
                                         void *made)
{
    const error_room *room = made;
    (void)step;
    const slt_real bias = metric->bias[0]
                              ? slt_tensor_get(&weights->tensor[metric->bias_at], 0)
                              : slt_real_of(0);
    return slt_data_error(room->data, &weights->tensor[metric->at], bias);
}

static slt_function_set functions_of_population_error(const slt_run_spec *run)
{
    return slt_data_error_functions(&run->data);
}

static const slt_schema field_bias = {
    .key = "bias",
    .type = SLT_SCHEMA_TENSOR_NAME,
    AT(slt_metric_spec, bias),
    .optional = true,
    .also = "offset|threshold",
    .meaning = "a weight of one number that is added; absent: none"};

const slt_metric_type slt_metric_kind_population_error = {
    .name = "population-error",
    .meaning = "the exact error of the sign of weight . x + bias under the law that the "
               "data are drawn from",
    .fields = FIELD_LIST(&slt_metric_weight, &field_bias),
    .of_plane = true,
    .measure = measure_population_error,
    .make = make_population_error,
    .drop = free,
    .fit = fit_population_error,
    .functions = functions_of_population_error,
};
