/* learn/metric_*.c: numbers of weights, as binary64 has them by their definition. */
#include <math.h>
#include <string.h>

#include <sltrace/numerics.h>

#include "learn/metric.h"
#include "nets.h"
#include "num/math.h"
#include "tap.h"

#define ROWS 6
#define COLS 4

static slt_error err;
static double numbers[ROWS][COLS];

/* Columns: a wave of one frequency, one number alone, zeros, and anything. */
static void fill(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        numbers[i][0] = cos(2 * acos(-1) * 2 * (double)i / ROWS + 0.3) + 5;
        numbers[i][1] = i == 4;
        numbers[i][2] = 0;
        numbers[i][3] = (double)(i * i % 5) / 4 - 0.3;
    }
}

static slt_run_spec run;

/* Of the second weight of a model. */
static slt_real measured(slt_metric_spec metric, slt_arithmetic arithmetic, size_t cols)
{
    const slt_metric_type *type = slt_metric_type_of(&metric);
    slt_model_spec *model = &run.model;
    slt_params weights;
    void *room = NULL;
    run.arithmetic = arithmetic;
    model->weight_count = 2;
    model->weights[0] = (slt_weight_spec){.name = "b", .rows = 1, .cols = 3};
    model->weights[1] = (slt_weight_spec){.name = "W", .rows = ROWS, .cols = cols};
    metric.at = 1;
    if (slt_params_create(model, arithmetic, &weights, &err) ||
        (type->make && type->make(&metric, &run, NULL, &room, &err)))
        tap_bail(err.text);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < cols; j++)
            slt_tensor_set(&weights.tensor[1], i * cols + j, slt_real_of(numbers[i][j]));
    const slt_real first = type->measure(&metric, &weights, 0, room);
    const slt_real second = type->measure(&metric, &weights, 0, room);
    TAP_OK(first.bits == second.bits, "twice the same");
    if (room)
        type->drop(room);
    slt_params_free(&weights);
    return first;
}

/* By the definition, of `points` numbers that lie `step` apart. */
static double ratio(const double *x, size_t points, size_t step)
{
    double squares = 0, fourths = 0;
    for (size_t k = 1; k <= points / 2; k++) {
        double re = 0, im = 0;
        for (size_t j = 0; j < points; j++) {
            const double turn = 2 * acos(-1) * (double)(k * j) / (double)points;
            re += x[j * step] * cos(turn);
            im += x[j * step] * sin(turn);
        }
        squares += re * re + im * im;
        fourths += (re * re + im * im) * (re * re + im * im);
    }
    return fourths / (squares * squares);
}

static bool is_near(slt_real found, double expected, slt_arithmetic arithmetic)
{
    const double bound = arithmetic == SLT_F32 ? 1e-5 : 1e-7;
    const bool near = fabs(slt_real_double(found) - expected) < bound * expected;
    if (!near)
        tap_note("expected %.17g, found %.17g", expected, slt_real_double(found));
    return near;
}

static void test_arithmetic(slt_arithmetic arithmetic)
{
    const char *name = slt_arithmetic_name(arithmetic);
    const slt_metric_spec ipr = {.kind = SLT_METRIC_IPR},
                          rows = {.kind = SLT_METRIC_IPR, .of_rows = true},
                          norm = {.kind = SLT_METRIC_NORM};
    TAP_OK(is_near(measured(ipr, arithmetic, 1), 1, arithmetic),
           "%s: a wave and a constant", name);
    double sum = 0, all = 0, squares = 0;
    for (size_t j = 0; j < COLS; j++)
        sum += j == 2 ? 0 : ratio(&numbers[0][j], ROWS, COLS);
    for (size_t i = 0; i < ROWS; i++) {
        all += ratio(numbers[i], COLS, 1);
        for (size_t j = 0; j < COLS; j++)
            squares += numbers[i][j] * numbers[i][j];
    }
    TAP_OK(is_near(measured(ipr, arithmetic, COLS), sum / (COLS - 1), arithmetic),
           "%s: the mean over columns, but the one of zeros", name);
    TAP_OK(is_near(measured(rows, arithmetic, COLS), all / ROWS, arithmetic),
           "%s: over rows", name);
    TAP_OK(is_near(measured(norm, arithmetic, COLS), sqrt(squares), arithmetic),
           "%s: the norm", name);
}

static void test_nothing(void)
{
    const slt_metric_spec ipr = {.kind = SLT_METRIC_IPR};
    double kept[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        kept[i] = numbers[i][0];
        numbers[i][0] = 0;
    }
    TAP_EQ_U64(measured(ipr, SLT_F32, 1).bits, 0, "no frequency at all: 0");
    for (size_t i = 0; i < ROWS; i++)
        numbers[i][0] = kept[i];
    TAP_OK(is_near(slt_real_of(ratio(&numbers[0][1], ROWS, COLS)), 1.0 / 3, SLT_F64),
           "one number alone has all frequencies alike");
}

static void test_fit(void)
{
    const slt_metric_type *ipr =
        slt_metric_type_of(&(const slt_metric_spec){.kind = SLT_METRIC_IPR});
    static slt_run_spec of = {
        .model = {.weights = {{.name = "b", .rows = 1, .cols = 5, .dimensions = 1}},
                  .weight_count = 1}};
    const slt_metric_spec columns = {.kind = SLT_METRIC_IPR},
                          rows = {.kind = SLT_METRIC_IPR, .of_rows = true};
    TAP_OK(ipr->fit(&columns, &of, &err) == SLT_FORMAT &&
               strstr(err.text, "ipr of the columns of weight b: expected at least 2"),
           "columns of one number: %s", err.text);
    TAP_OK(ipr->fit(&rows, &of, &err) == SLT_OK, "its one row has five");
}

/* Of a plane between two balls of three dimensions. */
static void test_population(void)
{
    static slt_run_spec of = {.data = {.kind = SLT_DATA_BALL, .samples = 2, .inputs = 3}};
    slt_metric_spec metric = {.kind = SLT_METRIC_POPULATION_ERROR, .bias = "c"};
    const slt_metric_type *type = slt_metric_type_of(&metric);
    slt_params weights;
    void *room = NULL;
    of.data.gap = slt_real_of(0.5);
    of.model.weight_count = 2;
    of.model.weights[0] = (slt_weight_spec){.name = "W", .rows = 1, .cols = 3};
    of.model.weights[1] = (slt_weight_spec){.name = "c", .rows = 1, .cols = 2};
    metric.bias_at = 1;
    TAP_OK(type->fit(&metric, &of, &err) == SLT_FORMAT &&
               strstr(err.text, "bias c: expected 1 number, found 2"),
           "a bias of two numbers: %s", err.text);
    of.model.weights[1].cols = 1;
    TAP_OK(type->fit(&metric, &of, &err) == SLT_OK, "a bias of one");
    of.model.weights[0].cols = 4;
    TAP_OK(
        type->fit(&metric, &of, &err) == SLT_FORMAT &&
            strstr(err.text, "weight W: expected 3 numbers, as x has columns, found 4"),
        "a weight too many: %s", err.text);
    of.model.weights[0].cols = 3;
    if (slt_params_create(&of.model, SLT_FIXED, &weights, &err) ||
        type->make(&metric, &of, NULL, &room, &err))
        tap_bail(err.text);
    slt_tensor_set(&weights.tensor[0], 0, slt_real_of(2));
    slt_tensor_set(&weights.tensor[1], 0, slt_real_of(0.5));
    /* Caps beyond 3/4 and 1/4 of a radius: (1 - h)^2 (2 + h) / 4. */
    const double expected = (0.0625 * 2.75 + 0.5625 * 2.25) / 8;
    TAP_OK(is_near(type->measure(&metric, &weights, 0, room), expected, SLT_F64),
           "the error of a plane");
    TAP_EQ_U64(type->functions(&of), 0, "a ball's calls no function");
    of.data.kind = SLT_DATA_EXPONENTIAL;
    TAP_OK(type->functions(&of) != 0, "an exponential's does");
    type->drop(room);
    slt_params_free(&weights);
}

/* Of a value that an op may overwrite: rows (5, 0), (-1, 0), (2, 4), (2, -4)
 * spread as 18 and 32 about their mean, of two columns or, with zeros, of six. */
static void test_dimension(slt_arithmetic arithmetic, size_t cols)
{
    static const double at[4][2] = {{5, 0}, {-1, 0}, {2, 4}, {2, -4}};
    static slt_run_spec of;
    const double shares = -0.36 * log(0.36) - 0.64 * log(0.64);
    const double about = -34.0 / 66 * log(34.0 / 66) - 32.0 / 66 * log(32.0 / 66);
    slt_metric_spec metric = {.kind = SLT_METRIC_EFFECTIVE_DIMENSION,
                              .value = "h",
                              .centre = SLT_CENTRE_SAMPLES};
    const slt_metric_type *type = slt_metric_type_of(&metric);
    slt_data data = {.train = nets_batch(arithmetic, 4, 2, cols)};
    void *room = NULL;
    memset(&of, 0, sizeof of);
    of.arithmetic = arithmetic;
    nets_weight(&of.model, "W", cols, 2);
    nets_linear(&of.model, "x", "W", "", "h");
    nets_op(&of.model, "relu", "h", "r");
    nets_op(&of.model, "square", "r", "y");
    nets_loss(&of.model, "y", true, true);
    slt_params weights = nets_params(&of.model, arithmetic);
    slt_tensor_zero(&weights.tensor[0]);
    slt_tensor_set(&weights.tensor[0], 0, slt_real_of(1));
    slt_tensor_set(&weights.tensor[0], 3, slt_real_of(1));
    for (size_t e = 0; e < 8; e++)
        slt_tensor_set(&data.train.input[0], e, slt_real_of(at[e / 2][e % 2]));
    if (type->make(&metric, &of, &data, &room, &err))
        tap_bail(err.text);
    TAP_OK(is_near(type->measure(&metric, &weights, 0, room), exp(shares), arithmetic),
           "%s, %zu columns: about the mean", slt_arithmetic_name(arithmetic), cols);
    metric.centre = SLT_CENTRE_NONE;
    TAP_OK(is_near(type->measure(&metric, &weights, 0, room), exp(about), arithmetic),
           "and about 0");
    slt_tensor_zero(&weights.tensor[0]);
    TAP_EQ_U64(type->measure(&metric, &weights, 0, room).bits, 0, "all alike: 0");
    type->drop(room);
    memcpy(metric.value, "q", 2);
    TAP_OK(type->fit(&metric, &of, &err) == SLT_FORMAT &&
               strstr(err.text, "value q: no op has this output"),
           "another value: %s", err.text);
    slt_params_free(&weights);
    slt_batch_free(&data.train);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    fill();
    if (slt_num_available(SLT_F32, NULL) == SLT_OK) {
        test_arithmetic(SLT_F32);
        test_arithmetic(SLT_F64);
        test_nothing();
    }
    test_arithmetic(SLT_FIXED);
    for (size_t cols = 2; cols <= 6; cols += 4) {
        if (slt_num_available(SLT_F32, NULL) == SLT_OK) {
            test_dimension(SLT_F32, cols);
            test_dimension(SLT_F64, cols);
        }
        test_dimension(SLT_FIXED, cols);
    }
    test_fit();
    test_population();
    return tap_done();
}
