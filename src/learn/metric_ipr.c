/* ipr: how far the columns (or rows) of a weight are waves of one frequency.  Of each the
 * inverse participation ratio of its discrete Fourier transform over the frequencies that
 * are not 0, sum |F_k|^4 / (sum |F_k|^2)^2 (Gromov 2023, arXiv:2301.02679); then the
 * mean. It is 1 for a single wave, and 1 over the number of frequencies where all are
 * equally strong. */
#include <stdlib.h>

#include "base/schema_rows.h"
#include "base/world.h"
#include "learn/metric.h"
#include "num/math.h"
#include "num/ops.h"
#include "num/scalar.h"

/* The transform runs over `points` numbers of each of `lines` columns or rows. */
typedef struct ipr_room {
    size_t points, lines;
    slt_real_sincos *turns;      /* of 2 pi j / points */
    slt_tensor wave;             /* those of one frequency, one row */
    slt_tensor cosine, sine;     /* the transform there, of all lines */
    slt_real *squares, *fourths; /* sums over the frequencies, of each line */
} ipr_room;

static size_t points_of(const slt_metric_spec *metric, const slt_weight_spec *weight)
{
    return metric->of_rows ? weight->cols : weight->rows;
}

static slt_status fit_ipr(const slt_metric_spec *metric, const slt_run_spec *run,
                          slt_error *err)
{
    const slt_weight_spec *weight = &run->model.weights[metric->at];
    if (points_of(metric, weight) >= 2)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "ipr of the %s of weight %s: expected at least 2 numbers in each, "
                    "found 1",
                    metric->of_rows ? "rows" : "columns", weight->name);
}

/* ---- Room -------------------------------------------------------------------------- */

static void drop_ipr(void *made)
{
    ipr_room *room = made;
    if (!room)
        return;
    free(room->turns);
    slt_tensor_free(&room->wave);
    slt_tensor_free(&room->cosine);
    slt_tensor_free(&room->sine);
    free(room->squares);
    free(room->fourths);
    free(room);
}

static slt_status make_reals(ipr_room *room, slt_error *err)
{
    room->turns = slt_world.calloc(room->points, sizeof *room->turns);
    room->squares = slt_world.calloc(room->lines, sizeof *room->squares);
    room->fourths = slt_world.calloc(room->lines, sizeof *room->fourths);
    if (!room->turns || !room->squares || !room->fourths)
        return slt_fail(err, SLT_RESOURCE, "no memory for a metric");
    for (size_t j = 0; j < room->points; j++)
        room->turns[j] = slt_real_sincospi(
            slt_real_div(slt_real_from_u64(2 * j), slt_real_from_u64(room->points)));
    return SLT_OK;
}

static slt_status make_tensors(ipr_room *room, slt_arithmetic arithmetic, slt_error *err)
{
    slt_status status = slt_tensor_create(&room->wave, arithmetic, 1, room->points, err);
    if (!status)
        status = slt_tensor_create(&room->cosine, arithmetic, 1, room->lines, err);
    if (!status)
        status = slt_tensor_create(&room->sine, arithmetic, 1, room->lines, err);
    return status;
}

static slt_status make_ipr(const slt_metric_spec *metric, const slt_run_spec *run,
                           const slt_data *data, void **made, slt_error *err)
{
    const slt_weight_spec *weight = &run->model.weights[metric->at];
    (void)data;
    ipr_room *room = slt_world.calloc(1, sizeof *room);
    if (!room)
        return slt_fail(err, SLT_RESOURCE, "no memory for a metric");
    room->points = points_of(metric, weight);
    room->lines = metric->of_rows ? weight->rows : weight->cols;
    slt_status status = make_reals(room, err);
    if (!status)
        status = make_tensors(room, run->arithmetic, err);
    if (status)
        drop_ipr(room);
    else
        *made = room;
    return status;
}

/* ---- The number -------------------------------------------------------------------- */

/* The transforms of all lines at a frequency: products with a row of cosines, and of
 * sines. */
static void transform(ipr_room *room, size_t frequency, bool of_rows,
                      const slt_tensor *weight)
{
    for (int sine = 0; sine < 2; sine++) {
        for (size_t j = 0, at = 0; j < room->points; j++) {
            const slt_real_sincos *turn = &room->turns[at];
            slt_tensor_set(&room->wave, j, sine ? turn->sine : turn->cosine);
            at += frequency;
            at -= at >= room->points ? room->points : 0;
        }
        slt_num_product(SLT_PLAIN, of_rows ? SLT_TRANSPOSED : SLT_PLAIN, &room->wave,
                        weight, sine ? &room->sine : &room->cosine);
    }
}

/* The mean over the lines that have a frequency; 0 if none has. */
static slt_real mean_ratio(const ipr_room *room)
{
    size_t count = 0;
    for (size_t i = 0; i < room->lines; i++)
        if (slt_real_less(slt_real_of(0), room->squares[i]))
            room->fourths[count++] = slt_real_div(
                room->fourths[i], slt_real_mul(room->squares[i], room->squares[i]));
    return count ? slt_real_mean(room->fourths, count) : slt_real_of(0);
}

static slt_real measure_ipr(const slt_metric_spec *metric, const slt_params *weights,
                            uint64_t step, void *made)
{
    const slt_tensor *weight = &weights->tensor[metric->at];
    (void)step;
    ipr_room *room = made;
    for (size_t i = 0; i < room->lines; i++)
        room->squares[i] = room->fourths[i] = slt_real_of(0);
    for (size_t k = 1; k <= room->points / 2; k++) {
        transform(room, k, metric->of_rows, weight);
        for (size_t i = 0; i < room->lines; i++) {
            const slt_real re = slt_tensor_get(&room->cosine, i);
            const slt_real im = slt_tensor_get(&room->sine, i);
            const slt_real power = slt_real_fma(re, re, slt_real_mul(im, im));
            room->squares[i] = slt_real_add(room->squares[i], power);
            room->fourths[i] = slt_real_fma(power, power, room->fourths[i]);
        }
    }
    return mean_ratio(room);
}

/* The waves are scalars in every arithmetic. */
static slt_function_set functions_of_ipr(const slt_run_spec *run)
{
    (void)run;
    return slt_functions_of_sincospi(SLT_F64);
}

static const slt_schema field_lines = {
    .key = "lines",
    .type = SLT_SCHEMA_WORD,
    AT(slt_metric_spec, of_rows),
    WORDS("columns", "rows"),
    PRESET(TEXT_VALUE("columns")),
    .also = "axis|along",
    .meaning =
        "what is transformed and averaged over: the columns of the weight or its rows"};

const slt_metric_type slt_metric_kind_ipr = {
    .name = "ipr",
    .meaning = "the inverse participation ratio of the discrete Fourier transform of a "
               "weight's columns or rows over the frequencies that are not 0, the mean "
               "over them",
    .fields = FIELD_LIST(&slt_metric_weight, &field_lines),
    .measure = measure_ipr,
    .make = make_ipr,
    .drop = drop_ipr,
    .fit = fit_ipr,
    .functions = functions_of_ipr,
};
