/* ball: two classes, the unit ball in D dimensions moved along its first axis by gap and
 * by -gap.  A point uniform in the ball is the first D coordinates of one uniform on the
 * sphere of D + 2 dimensions: normals z divided by the length of z and of two normals
 * more, whose squares are twice an exponential.  z is the normals of tensor 0, the
 * exponentials are those of tensor 1.
 *
 * Samples that are not typical: `push` is added to the first two normals, towards the
 * side of the class; with `squares_from` the squared radius is uniform from there to 1,
 * the uniforms of tensor 1.
 *
 * Everything after the draws is in binary64, in every arithmetic, and rounded once. */
#include "data/kinds_internal.h"

#include "num/abreast.h"
#include "num/ball.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_NORMALS = 0, DRAW_RADIUS = 1 };

typedef struct ball {
    slt_real push, squares_from;
    bool outer; /* squares_from is there */
} ball;

static const ball *ball_of(const slt_data_spec *spec)
{
    return (const void *)spec->own;
}

static slt_status ball_fit(const slt_data_spec *spec, const char **field, slt_error *err)
{
    slt_status status = slt_data_halves(spec, field, err);
    if (!status && spec->inputs < 2 && ball_of(spec)->push.bits << 1) {
        *field = slt_data_field_inputs.key;
        status =
            slt_fail(err, SLT_FORMAT, "at least 2 with push; found %zu", spec->inputs);
    }
    return status;
}

static slt_status ball_check(const slt_data_spec *spec, slt_error *err)
{
    slt_status status =
        slt_data_check_size("inputs", spec->inputs, SLT_DATA_ELEMENTS_MAX, err);
    if (!status)
        status =
            slt_data_check_table("samples x inputs", spec->samples, spec->inputs, err);
    return status;
}

static void ball_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                       slt_batch *shape)
{
    slt_data_shape_numbers(shape, arithmetic, spec->inputs, 1);
}

/* chain(z_j z_j) from +0. */
static slt_real squared_length(const slt_tensor *z, size_t row, size_t count)
{
    slt_real sum = slt_real_of(0);
    for (size_t j = 0; j < count; j++) {
        const slt_real number = slt_tensor_get(z, row * count + j);
        sum = slt_real_fma(number, number, sum);
    }
    return sum;
}

/* What a direction is divided by, and then multiplied by, to be a sample's place in the
 * ball; drawn: its exponential or the square of its radius. */
typedef struct ball_radius {
    slt_real over, times;
} ball_radius;

static ball_radius radius_of(const slt_data_spec *spec, slt_real squares, slt_real drawn)
{
    if (ball_of(spec)->outer)
        return (ball_radius){slt_real_sqrt(squares), slt_real_sqrt(drawn)};
    return (ball_radius){slt_real_sqrt(slt_real_add(squares, slt_real_add(drawn, drawn))),
                         slt_real_of(1)};
}

/* From the normals in its row a sample of the class of that sign. */
static void place_sample(const slt_data_spec *spec, slt_real sign, slt_real drawn,
                         slt_tensor *x, size_t s)
{
    const size_t row = s * x->cols;
    const slt_real push = slt_real_mul(sign, ball_of(spec)->push);
    for (size_t j = 0; j < 2 && push.bits << 1; j++)
        slt_tensor_set(x, row + j, slt_real_add(slt_tensor_get(x, row + j), push));
    const ball_radius radius = radius_of(spec, squared_length(x, s, x->cols), drawn);
    for (size_t j = 0; j < x->cols; j++) {
        slt_real place = slt_real_of(0);
        if (radius.over.bits << 1)
            place = slt_real_mul(slt_real_div(slt_tensor_get(x, row + j), radius.over),
                                 radius.times);
        if (j == 0)
            place = slt_real_fma(sign, spec->gap, place);
        slt_tensor_set(x, row + j, place);
    }
}

static slt_status ball_make(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                            slt_error *err)
{
    slt_tensor *x = &data->train.input[0], *y = &data->train.target, drawn;
    const slt_stream stream = slt_data_stream(seed, DRAW_RADIUS);
    slt_status status = slt_tensor_create(&drawn, x->arithmetic, x->rows, 1, err);
    if (status)
        return status;
    if (ball_of(spec)->outer)
        slt_draw_uniform(stream, &drawn, ball_of(spec)->squares_from, slt_real_of(1));
    else
        slt_draw_exponential(stream, &drawn, slt_real_of(0));
    slt_draw_normal(slt_data_stream(seed, DRAW_NORMALS), x, slt_real_of(1));
    slt_data_put_signs(y, x->rows / 2);
    for (size_t s = 0; s < x->rows; s++)
        place_sample(spec, slt_tensor_get(y, s), slt_tensor_get(&drawn, s), x, s);
    slt_tensor_free(&drawn);
    return SLT_OK;
}

static slt_function_set ball_functions(const slt_data_spec *spec,
                                       slt_arithmetic arithmetic)
{
    return slt_functions_of_normals(arithmetic) |
           (ball_of(spec)->outer ? 0 : slt_functions_of_exponentials(arithmetic));
}

/* ---- The error --------------------------------------------------------------------- */

static slt_status ball_error_check(const slt_data_spec *spec, slt_error *err)
{
    if (spec->inputs <= SLT_BALL_DIMENSIONS_MAX)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "at most %d inputs, the data have %zu",
                    SLT_BALL_DIMENSIONS_MAX, spec->inputs);
}

/* How far the plane lies from the middle of each ball, in units of its radius, is how
 * much of the ball it cuts off. */
static slt_real ball_error(const slt_data_spec *spec, const slt_tensor *weight,
                           slt_real bias)
{
    const size_t count = slt_tensor_count(weight);
    const slt_real length = slt_real_sqrt(squared_length(weight, 0, count));
    if (!(length.bits << 1))
        return slt_data_error_alike(bias);
    const slt_real along = slt_tensor_get(weight, 0);
    slt_real share[2];
    for (int i = 0; i < 2; i++) {
        const slt_real inside =
            slt_real_fma(spec->gap, along, i ? slt_real_neg(bias) : bias);
        share[i] = slt_real_ball_tail(count, slt_real_div(inside, length));
    }
    return slt_real_mul(slt_real_of(0.5), slt_real_add(share[0], share[1]));
}

/* ---- Trials side by side ----------------------------------------------------------- */

static bool ball_goes_abreast(const slt_data_spec *spec)
{
    return !ball_of(spec)->outer && !(ball_of(spec)->push.bits << 1);
}

static slt_status ball_make_abreast(const slt_data_spec *spec, slt_seed seed,
                                    slt_tensor *x, slt_error *err)
{
    slt_tensor drawn;
    slt_status status = slt_tensor_create(&drawn, SLT_F64, spec->samples, x->cols, err);
    if (status)
        return status;
    slt_draw_exponential_abreast(slt_data_stream(seed, DRAW_RADIUS), &drawn,
                                 slt_real_of(0));
    slt_draw_normal_abreast(slt_data_stream(seed, DRAW_NORMALS), x);
    slt_num_balls_abreast(&drawn, spec->gap, x);
    slt_tensor_free(&drawn);
    return SLT_OK;
}

/* Dimensions of which no tail from 1 - 2^-30 on is too small to be a number. */
#define TAILS_MOST 48
/* Gaps that take an error of 2^-35 of a cosine to less than 2^-30. */
#define GAP_MOST 16

/* A plane that passes well beside both balls has no error, and one well within some. */
static void ball_bound_errors(const slt_data_spec *spec, const slt_tensor *weight,
                              const slt_tensor *bias, bool near, size_t count,
                              slt_real *low, slt_real *high)
{
    const slt_real zero = slt_real_of(0), least = {1}, one = slt_real_of(1);
    const slt_real margin = {(uint64_t)(1023 - 30) << 52}; /* 2^-30 */
    slt_tensor cosines;
    (void)near;
    if (bias->data || weight->cols != count ||
        slt_real_less(slt_real_from_u64(GAP_MOST), spec->gap) ||
        slt_tensor_create(&cosines, SLT_F64, 1, count, NULL))
        return;
    slt_num_cosines_abreast(weight, &cosines);
    for (size_t t = 0; t < count; t++) {
        const slt_real h = slt_real_mul(spec->gap, slt_tensor_get(&cosines, t));
        if (slt_real_less(slt_real_add(one, margin), h))
            high[t] = zero;
        else if (slt_real_less(h, slt_real_sub(one, margin)) &&
                 spec->inputs <= TAILS_MOST)
            low[t] = least;
    }
    slt_tensor_free(&cosines);
}

/* ---- Fields ------------------------------------------------------------------------ */

static const slt_schema field_push = {
    .key = "push",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_data_spec, ball, push),
    PRESET(REAL_VALUE(0x0)),
    .meaning = "what is added to the first two normals of a sample's direction, with the "
               "sign of its class"};

static const slt_schema field_squares_from = {
    .key = "squares_from",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_data_spec, ball, squares_from),
    OWN_FLAG(slt_data_spec, ball, outer),
    .range = SLT_RANGE_FRACTION,
    .optional = true,
    .meaning =
        "the square of a sample's radius is uniform from here to 1; absent: samples "
        "are uniform in the ball"};

const slt_data_type slt_data_ball = {
    .name = "ball",
    .meaning =
        "two classes, each uniform in a unit ball, their middles at gap and -gap on "
        "the first axis; target 1 and -1",
    .fields = FIELD_LIST(&slt_data_field_samples, &slt_data_field_inputs,
                         &slt_data_field_gap, &field_push, &field_squares_from),
    .fit = ball_fit,
    .signs = true,
    .check = ball_check,
    .shape = ball_shape,
    .make = ball_make,
    .functions = ball_functions,
    .error = ball_error,
    .error_check = ball_error_check,
    .goes_abreast = ball_goes_abreast,
    .make_abreast = ball_make_abreast,
    .bound_errors = ball_bound_errors,
};
