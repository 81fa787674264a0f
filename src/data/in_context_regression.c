/* in-context-regression: a sample is a task w and T pairs (u_i, y_i = w . u_i + noise),
 * as 2T tokens, (0, u_i) and (y_i, 0, ..., 0) by turns; its target is y.  u, w and the
 * noise are the normals of tensors 0, 1 and 2.  With `tasks` w is one of so many: row b
 * of the normals of tensor 3, b the bounded integers of tensor 1; of samples for
 * validation it is new all the same. */
#include "data/kinds_internal.h"

#include "num/element.h"
#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_U = 0, DRAW_TASK = 1, DRAW_NOISE = 2, DRAW_TASKS = 3 };

/* The tables of the room; products of one sample in the first row of the noise's. */
enum { ROOM_U, ROOM_TASK, ROOM_NOISE };

typedef struct regression {
    size_t dimension, pairs;
    size_t tasks; /* 0: a new one for each sample */
} regression;

static const regression *regression_of(const slt_data_spec *spec)
{
    return (const void *)spec->own;
}

static slt_status regression_check(const slt_data_spec *spec, slt_error *err)
{
    const regression *r = regression_of(spec);
    size_t numbers = 0;
    slt_status status =
        slt_data_check_size("dimension", r->dimension, SLT_DATA_ELEMENTS_MAX - 1, err);
    if (!status)
        status = slt_data_check_size("pairs", r->pairs, SLT_DATA_ELEMENTS_MAX, err);
    if (!status && __builtin_mul_overflow(2 * r->pairs, r->dimension + 1, &numbers))
        numbers = SIZE_MAX;
    if (!status)
        status = slt_data_check_table("samples x 2 pairs (dimension + 1)", spec->samples,
                                      numbers, err);
    if (!status && r->tasks)
        status = slt_data_check_table("tasks x dimension", r->tasks, r->dimension, err);
    return status;
}

static void regression_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                             slt_batch *shape)
{
    const regression *r = regression_of(spec);
    slt_data_shape_numbers(shape, arithmetic, 2 * r->pairs * (r->dimension + 1),
                           r->pairs);
    shape->input_positions[0] = (slt_positions){.axes = 1, .size = {2 * r->pairs}};
    shape->target_positions = (slt_positions){.axes = 1, .size = {r->pairs}};
}

static slt_status regression_teach(const slt_data_spec *spec, slt_seed seed,
                                   slt_data *data, slt_error *err)
{
    const regression *r = regression_of(spec);
    if (!r->tasks)
        return SLT_OK;
    slt_status status = slt_tensor_create(
        &data->teacher[0], data->train.target.arithmetic, r->tasks, r->dimension, err);
    if (!status)
        slt_draw_normal(slt_data_stream(seed, DRAW_TASKS), &data->teacher[0],
                        slt_real_from_u64(1));
    return status;
}

static void regression_room(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX])
{
    const regression *r = regression_of(spec);
    cols[ROOM_U] = r->pairs * r->dimension;
    cols[ROOM_TASK] = r->dimension;
    cols[ROOM_NOISE] = r->pairs;
}

static void draw_tasks(const regression *r, const slt_data_draws *draws, slt_tensor *task)
{
    const slt_stream stream = slt_data_draws_stream(draws, DRAW_TASK);
    if (!r->tasks || draws->validation) {
        slt_draw_normal(stream, task, slt_real_from_u64(1));
        return;
    }
    for (size_t s = 0; s < task->rows; s++) {
        const size_t row = (size_t)slt_draw_bounded(stream, s, r->tasks);
        for (size_t j = 0; j < task->cols; j++)
            slt_num_put(&draws->teacher[0], row * task->cols + j, task,
                        s * task->cols + j);
    }
}

/* Rows first, first + 1, ... of a table, as a table of another shape. */
static slt_tensor part_of(const slt_tensor *table, size_t first, size_t rows, size_t cols)
{
    slt_tensor part = *table;
    part.data = (char *)table->data +
                first * table->cols * slt_arithmetic_size(table->arithmetic);
    part.rows = rows;
    part.cols = cols;
    return part;
}

/* y of each sample: a product by itself, each number of which is then brought to the
 * exponent of what is drawn. */
static void put_answers(const regression *r, const slt_tensor *u, const slt_tensor *task,
                        const slt_tensor *room, slt_tensor *y)
{
    for (size_t s = 0; s < y->rows; s++) {
        const slt_tensor points = part_of(u, s, r->pairs, r->dimension);
        const slt_tensor w = part_of(task, s, 1, r->dimension);
        slt_tensor found = part_of(room, 0, r->pairs, 1);
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &points, &w, &found);
        for (size_t i = 0; i < r->pairs; i++)
            slt_num_put(&found, i, y, s * r->pairs + i);
    }
}

static void put_tokens(const regression *r, const slt_tensor *u, const slt_tensor *y,
                       slt_tensor *x)
{
    const size_t width = r->dimension + 1;
    for (size_t pair = 0; pair < slt_tensor_count(y); pair++) {
        for (size_t j = 0; j < r->dimension; j++)
            slt_num_put(u, pair * r->dimension + j, x, 2 * pair * width + 1 + j);
        slt_num_put(y, pair, x, (2 * pair + 1) * width);
    }
    x->overflow |= y->overflow;
}

static void regression_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                            slt_batch *batch)
{
    const regression *r = regression_of(spec);
    slt_tensor *u = &draws->room[ROOM_U], *task = &draws->room[ROOM_TASK];
    slt_tensor *noise = &draws->room[ROOM_NOISE];
    slt_draw_normal(slt_data_draws_stream(draws, DRAW_U), u, slt_real_from_u64(1));
    draw_tasks(r, draws, task);
    put_answers(r, u, task, noise, &batch->target);
    slt_data_add_noise(slt_data_draws_stream(draws, DRAW_NOISE), spec->noise_std, noise,
                       &batch->target);
    put_tokens(r, u, &batch->target, &batch->input[0]);
}

static slt_function_set regression_functions(const slt_data_spec *spec,
                                             slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_normals(arithmetic);
}

static const slt_schema field_dimension = {
    .key = "dimension",
    .type = SLT_SCHEMA_INT,
    OWN(slt_data_spec, regression, dimension),
    .least = 1,
    .most = WIDTH_MAX - 1,
    .behind = true,
    .also = "d|n_dims|input_dim",
    .meaning = "numbers in an input u and in a task; a token has one more"};

static const slt_schema field_pairs = {.key = "pairs",
                                       .type = SLT_SCHEMA_INT,
                                       OWN(slt_data_spec, regression, pairs),
                                       .least = 1,
                                       .most = WIDTH_MAX,
                                       .behind = true,
                                       .also = "k|n_points|examples|context",
                                       .meaning =
                                           "pairs (u, y) of a sample, two tokens each"};

static const slt_schema field_tasks = {
    .key = "tasks",
    .type = SLT_SCHEMA_INT,
    OWN(slt_data_spec, regression, tasks),
    .least = 1,
    .most = WIDTH_MAX,
    .optional = true,
    .behind = true,
    .also = "n_tasks|num_tasks",
    .meaning =
        "tasks that samples are of, drawn once; absent: each sample has its own, as "
        "samples for validation always do"};

const slt_data_type slt_data_in_context_regression = {
    .name = "in-context-regression",
    .meaning =
        "linear regression in context: tokens (0, u) and (y, 0) by turns, y = w . u "
        "+ noise of a task w; target y at each pair",
    .fields = FIELD_LIST(&slt_data_field_samples, &slt_data_field_noise_std,
                         &slt_data_field_validation, &field_dimension, &field_pairs,
                         &field_tasks),
    .check = regression_check,
    .shape = regression_shape,
    .teach = regression_teach,
    .room = regression_room,
    .draw = regression_draw,
    .functions = regression_functions,
};
