/* effective-dimension: over how many directions the rows of a value spread.  Of the
 * principal components of the value on all training samples, exp(-sum s ln s), s a
 * component's share of the variance: 1 where all rows lie on a line, and the number of
 * directions where they spread over them equally. */
#include <stdlib.h>
#include <string.h>

#include "base/schema_rows.h"
#include "base/world.h"
#include "learn/metric.h"
#include "net/net.h"
#include "net/program.h"
#include "num/linalg.h"
#include "num/math.h"
#include "num/ops.h"
#include "num/scalar.h"

typedef struct dimension_room {
    const slt_batch *samples;
    slt_net *net;
    bool by_rows;          /* the matrix has products of rows, else of columns */
    slt_tensor numbers;    /* the value in binary64 */
    slt_tensor matrix;     /* their products, as many as there are fewer of */
    slt_tensor components; /* its eigenvalues */
} dimension_room;

static slt_status fit_dimension(const slt_metric_spec *metric, const slt_run_spec *run,
                                slt_error *err)
{
    const slt_model_spec *model = &run->model;
    for (size_t i = 0; i < model->op_count; i++)
        if (strcmp(model->ops[i].out, metric->value) == 0)
            return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "value %s: no op has this output", metric->value);
}

/* ---- Room -------------------------------------------------------------------------- */

static void drop_dimension(void *made)
{
    dimension_room *room = made;
    slt_net_free(room->net);
    slt_tensor_free(&room->numbers);
    slt_tensor_free(&room->matrix);
    slt_tensor_free(&room->components);
    free(room);
}

/* The model with the value asked for, to be freed, and the rows and columns that this has
 * on all samples. */
static slt_status make_model(const slt_metric_spec *metric, const slt_run_spec *run,
                             const slt_batch *shape, slt_model_spec **model, size_t *rows,
                             size_t *cols, slt_error *err)
{
    slt_program *program = slt_world.malloc(sizeof *program);
    *model = slt_world.malloc(sizeof **model);
    slt_status status = *model && program
                            ? SLT_OK
                            : slt_fail(err, SLT_RESOURCE, "no memory for a metric");
    if (!status) {
        slt_model_spec_copy(&run->model, *model);
        memcpy((*model)->read, metric->value, sizeof(*model)->read);
        status = slt_program_make(*model, shape, run->arithmetic, program, NULL, err);
    }
    if (!status) {
        const slt_shape *value = &program->values[program->read].shape;
        *cols = value->cols;
        if (__builtin_mul_overflow(shape->rows, slt_positions_count(&value->positions),
                                   rows))
            status =
                slt_fail(err, SLT_RESOURCE, "value %s: too many rows", metric->value);
    }
    free(program);
    return status;
}

static slt_status fill_room(const slt_metric_spec *metric, const slt_run_spec *run,
                            dimension_room *room, slt_error *err)
{
    const slt_net_rows all = {.loss = room->samples->rows};
    slt_model_spec *model;
    size_t rows = 0, cols = 0;
    slt_status status = make_model(metric, run, room->samples, &model, &rows, &cols, err);
    if (!status)
        status = slt_net_create_rows(model, room->samples, all, run->arithmetic,
                                     &room->net, err);
    free(model);
    room->by_rows = rows < cols;
    const size_t size = room->by_rows ? rows : cols;
    if (!status)
        status = slt_tensor_create(&room->numbers, SLT_F64, rows, cols, err);
    if (!status)
        status = slt_tensor_create(&room->matrix, SLT_F64, size, size, err);
    return status ? status : slt_tensor_create(&room->components, SLT_F64, 1, size, err);
}

/* The network's, those of the value, and of its matrix twice: it is worked on. */
static slt_status dimension_bytes(const slt_metric_spec *metric, const slt_run_spec *run,
                                  const slt_batch *shape, uint64_t *bytes, slt_error *err)
{
    const slt_net_rows all = {.loss = slt_data_samples(&run->data)};
    slt_model_spec *model;
    size_t rows = 0, cols = 0;
    slt_status status = make_model(metric, run, shape, &model, &rows, &cols, err);
    if (!status)
        status = slt_net_bytes_rows(model, shape, all, run->arithmetic, bytes, err);
    free(model);
    /* Columns are below 2^25. */
    const uint64_t size = rows < cols ? rows : cols, matrices = 2 * size * size;
    uint64_t own;
    if (__builtin_mul_overflow((uint64_t)rows, cols, &own) ||
        __builtin_add_overflow(own, matrices, &own) ||
        __builtin_mul_overflow(own, 8, &own) ||
        __builtin_add_overflow(*bytes, own, bytes))
        *bytes = UINT64_MAX;
    return status;
}

/* Products of the value's numbers, which are copied; reflections that make their matrix
 * tridiagonal; and rotations, some for each of its elements, with roots and quotients. */
static slt_status dimension_cost(const slt_metric_spec *metric, const slt_run_spec *run,
                                 const slt_batch *shape, slt_cost *cost, slt_error *err)
{
    enum { COPIES = 20, ROTATIONS = 4 };
    slt_model_spec *model;
    size_t rows = 0, cols = 0;
    slt_status status = make_model(metric, run, shape, &model, &rows, &cols, err);
    free(model);
    /* Columns are below 2^25. */
    const uint64_t size = rows < cols ? rows : cols, most = UINT64_MAX / (2 * COPIES);
    const uint64_t all = rows > most / (cols + 1) ? most : (uint64_t)rows * cols;
    *cost = (slt_cost){.numbers = COPIES * all, .functions = ROTATIONS * size * size};
    if (__builtin_mul_overflow(all + size * size, size, &cost->madds))
        cost->madds = UINT64_MAX;
    return status;
}

static slt_status make_dimension(const slt_metric_spec *metric, const slt_run_spec *run,
                                 const slt_data *data, void **made, slt_error *err)
{
    dimension_room *room = slt_world.calloc(1, sizeof *room);
    if (!room)
        return slt_fail(err, SLT_RESOURCE, "no memory for a metric");
    room->samples = &data->train;
    slt_status status = fill_room(metric, run, room, err);
    if (status)
        drop_dimension(room);
    else
        *made = room;
    return status;
}

/* ---- The number -------------------------------------------------------------------- */

/* exp(-sum s ln s) over the components above 0; 0 if there is none. */
static slt_real spread_of(const slt_tensor *components)
{
    const size_t count = slt_tensor_count(components);
    const slt_real zero = slt_real_of(0);
    slt_real all = zero, sum = zero;
    size_t above = 0;
    while (above < count && slt_real_less(zero, slt_tensor_get(components, above)))
        all = slt_real_add(all, slt_tensor_get(components, above++));
    for (size_t i = 0; i < above; i++) {
        const slt_real share = slt_real_div(slt_tensor_get(components, i), all);
        if (slt_real_less(zero, share))
            sum = slt_real_fma(share, slt_real_log(share), sum);
    }
    return above ? slt_real_exp(slt_real_neg(sum)) : zero;
}

static slt_real measure_value(const slt_metric_spec *metric, const slt_tensor *value,
                              dimension_room *room)
{
    slt_tensor *numbers = &room->numbers;
    if (!slt_num_finite(value))
        return slt_real_absent();
    for (size_t e = 0, count = slt_tensor_count(numbers); e < count; e++)
        slt_tensor_set(numbers, e, slt_tensor_get(value, e));
    slt_num_centre(metric->centre, numbers);
    slt_num_product(room->by_rows ? SLT_PLAIN : SLT_TRANSPOSED,
                    room->by_rows ? SLT_TRANSPOSED : SLT_PLAIN, numbers, numbers,
                    &room->matrix);
    if (slt_num_eigenvalues(&room->matrix, &room->components, NULL))
        return slt_real_absent();
    return spread_of(&room->components);
}

static slt_real measure_dimension(const slt_metric_spec *metric,
                                  const slt_params *weights, uint64_t step, void *made)
{
    dimension_room *room = made;
    char name[SLT_NAME_MAX];
    (void)step;
    slt_net_loss(room->net, weights, room->samples);
    if (slt_net_overflowed(room->net, name))
        return slt_real_absent();
    return measure_value(metric, slt_net_value(room->net, metric->value), room);
}

/* Those of scalars, in every arithmetic. */
static slt_function_set functions_of_dimension(const slt_run_spec *run)
{
    (void)run;
    return (slt_function_set)1 << SLT_FN_exp | (slt_function_set)1 << SLT_FN_log;
}

static const slt_schema field_value = {.key = "value",
                                       .type = SLT_SCHEMA_TENSOR_NAME,
                                       AT(slt_metric_spec, value),
                                       .also = "of|out",
                                       .meaning = "the output of an op whose rows, on "
                                                  "all training samples, it is of"};

static const slt_schema field_centre = {
    .key = "centre",
    .type = SLT_SCHEMA_WORD,
    AT(slt_metric_spec, centre),
    WORDS("none", "samples"),
    PRESET(TEXT_VALUE("samples")),
    .also = "center|mean",
    .meaning = "samples: each column loses its mean over the samples first; none: it "
               "does not"};

const slt_metric_type slt_metric_kind_effective_dimension = {
    .name = "effective-dimension",
    .meaning = "over how many directions a value spreads: exp(-sum s ln s) over the "
               "shares s of its principal components in its variance",
    .fields = FIELD_LIST(&field_value, &field_centre),
    .measure = measure_dimension,
    .make = make_dimension,
    .drop = drop_dimension,
    .bytes = dimension_bytes,
    .cost = dimension_cost,
    .fit = fit_dimension,
    .functions = functions_of_dimension,
};
