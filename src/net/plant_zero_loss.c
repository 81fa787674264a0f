/* zero-loss: weights go from their first values to where the training loss is 0, by
 * Levenberg and Marquardt's steps.  Each solves (G + mu I) d = -g, g being the loss's
 * gradient and G = J' L J (net/second.h), by conjugate gradients, so that no matrix is
 * ever made: docs/spec/08-initial-values.md has every operation.
 *
 * Where the sums of the output's weight over classes are kept, gradients and products
 * lose their part along such a change: the centred residual is 0 both where these sums
 * are 0 and, elsewhere, where they are not, and there the loss has other ranks. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "net/op.h"
#include "net/plant_internal.h"
#include "net/second.h"
#include "num/ops.h"
#include "num/scalar.h"

#define REAL(exponent) ((slt_real){(uint64_t)(1023 + (exponent)) << 52})
#define ZERO ((slt_real){0})

enum { INNER_MAX = 4096 };      /* of conjugate gradients */
#define SQUARED_SHARE REAL(-13) /* of |g|^2 that the residual of a solution may have */

typedef enum vector {
    PLACE,    /* the weights */
    TRIAL,    /* after a step */
    GRADIENT, /* at the place */
    AHEAD,    /* the gradient after a step */
    STEP,
    RESIDUAL,
    DIRECTION,
    PRODUCT,
    SPARE,
    VECTORS
} vector;

typedef struct zero_loss {
    const slt_plant_site *site;
    slt_second *second;
    slt_params storage[VECTORS];
    slt_params *v[VECTORS]; /* the net of second order points to what they point to */
    size_t last, bias; /* the output's weights, SLT_NOTHING where they are not held */
    slt_real loss, mu;
} zero_loss;

/* ---- Vectors ----------------------------------------------------------------------- */

static slt_real inner(const zero_loss *z, vector a, vector b)
{
    return slt_second_along(z->v[a], z->v[b]);
}

/* a = factor b. */
static void put_multiple(zero_loss *z, vector a, slt_real factor, vector b)
{
    for (size_t i = 0; i < z->v[a]->count; i++)
        if (slt_params_moves(z->v[a], i))
            slt_num_scale(factor, &z->v[b]->tensor[i], &z->v[a]->tensor[i]);
}

/* a = b + c. */
static void put_sum(zero_loss *z, vector a, vector b, vector c)
{
    for (size_t i = 0; i < z->v[a]->count; i++)
        if (slt_params_moves(z->v[a], i))
            slt_num_add(&z->v[b]->tensor[i], &z->v[c]->tensor[i], &z->v[a]->tensor[i]);
    slt_params_share(z->v[a]);
}

/* a = a + factor b. */
static void add_multiple(zero_loss *z, vector a, slt_real factor, vector b)
{
    put_multiple(z, SPARE, factor, b);
    put_sum(z, a, a, SPARE);
}

/* Takes its mean off each column; of a bias, which has one row, off the row. */
static void centre_tensor(slt_tensor *tensor, bool row, slt_tensor *sums)
{
    slt_tensor whole = *tensor;
    if (row) {
        whole.rows = tensor->cols;
        whole.cols = 1;
    }
    slt_tensor mean = *sums;
    mean.rows = 1;
    mean.cols = whole.cols;
    slt_real share = slt_real_div(REAL(0), slt_real_from_u64(whole.rows));
    slt_num_column_sums(&whole, &mean);
    slt_num_scale(slt_real_neg(share), &mean, &mean);
    slt_num_add_bias(&whole, &mean);
}

/* The part of a vector that keeps the sums over classes. */
static void project(zero_loss *z, vector a)
{
    slt_params *v = z->v[a];
    if (z->last != SLT_NOTHING)
        centre_tensor(&v->tensor[z->last], false, &z->v[SPARE]->tensor[z->last]);
    if (z->bias != SLT_NOTHING)
        centre_tensor(&v->tensor[z->bias], true, &z->v[SPARE]->tensor[z->bias]);
}

/* ---- Steps ------------------------------------------------------------------------- */

/* The loss at `weights`, with its gradient. */
static slt_real look(zero_loss *z, vector weights, vector gradient)
{
    slt_real loss =
        slt_second_place(z->second, z->v[weights], z->site->train, z->v[gradient]);
    project(z, gradient);
    return loss;
}

/* PRODUCT = (G + mu I) b. */
static void multiply_damped(zero_loss *z, slt_real mu, vector b)
{
    slt_second_gauss_newton(z->second, z->v[b], z->v[PRODUCT]);
    project(z, PRODUCT);
    add_multiple(z, PRODUCT, mu, b);
}

/* STEP = -(G + mu I)^-1 g, until the residual's square is SQUARED_SHARE of g's. */
static void solve_step(zero_loss *z)
{
    put_multiple(z, RESIDUAL, slt_real_neg(REAL(0)), GRADIENT);
    put_multiple(z, DIRECTION, REAL(0), RESIDUAL);
    put_multiple(z, STEP, ZERO, RESIDUAL);
    slt_real square = inner(z, RESIDUAL, RESIDUAL);
    const slt_real bound = slt_real_mul(SQUARED_SHARE, square);
    for (int i = 0; i < INNER_MAX && slt_real_less(bound, square); i++) {
        multiply_damped(z, z->mu, DIRECTION);
        slt_real curvature = inner(z, DIRECTION, PRODUCT);
        if (!slt_real_less(ZERO, curvature))
            return;
        slt_real length = slt_real_div(square, curvature);
        add_multiple(z, STEP, length, DIRECTION);
        add_multiple(z, RESIDUAL, slt_real_neg(length), PRODUCT);
        slt_real next = inner(z, RESIDUAL, RESIDUAL);
        put_multiple(z, SPARE, slt_real_div(next, square), DIRECTION);
        put_sum(z, DIRECTION, RESIDUAL, SPARE);
        square = next;
    }
}

static void exchange_vectors(zero_loss *z, vector a, vector b)
{
    slt_params *held = z->v[a];
    z->v[a] = z->v[b];
    z->v[b] = held;
}

/* A step that lowers the loss is taken and makes the next bolder; another one is not and
 * makes it shorter. */
static void take_step(zero_loss *z)
{
    solve_step(z);
    put_sum(z, TRIAL, PLACE, STEP);
    if (z->site->model->plant.sums == SLT_PLANT_SUMS_ZERO)
        project(z, TRIAL);
    slt_real loss = look(z, TRIAL, AHEAD);
    if (slt_real_less(loss, z->loss)) {
        exchange_vectors(z, PLACE, TRIAL);
        exchange_vectors(z, GRADIENT, AHEAD);
        z->loss = loss;
        z->mu = slt_real_mul(z->mu, REAL(-2));
    } else {
        look(z, PLACE, GRADIENT);
        z->mu = slt_real_mul(z->mu, REAL(2));
    }
}

/* The damping that begins: G's part along the gradient. */
static slt_real first_damping(zero_loss *z)
{
    multiply_damped(z, ZERO, GRADIENT);
    return slt_real_div(inner(z, GRADIENT, PRODUCT), inner(z, GRADIENT, GRADIENT));
}

static slt_status reach_zero(zero_loss *z, slt_error *err)
{
    const slt_plant_spec *spec = &z->site->model->plant;
    char wanted[SLT_REAL_TEXT_MAX], found[SLT_REAL_TEXT_MAX];
    uint64_t steps = 0;
    z->loss = look(z, PLACE, GRADIENT);
    z->mu = first_damping(z);
    while (slt_real_less(spec->loss, z->loss) && steps < spec->steps &&
           slt_real_finite(z->mu)) {
        take_step(z);
        steps++;
    }
    if (!slt_real_less(spec->loss, z->loss))
        return SLT_OK;
    slt_real_text(spec->loss, wanted);
    slt_real_text(z->loss, found);
    return slt_fail(err, SLT_FORMAT,
                    "expected a training loss of at most %s, found %s after %" PRIu64
                    " steps: other first values, more weights or steps may reach it",
                    wanted, found, steps);
}

/* ---- The whole --------------------------------------------------------------------- */

/* Which weights make the output, if their sums over classes are to be held. */
static slt_status find_last(zero_loss *z, slt_error *err)
{
    const slt_plant_site *site = z->site;
    slt_program *program = slt_world.malloc(sizeof *program);
    z->last = z->bias = SLT_NOTHING;
    if (!program)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a model's plan");
    slt_status status =
        slt_program_make(site->model, site->train, SLT_F64, program, NULL, err);
    const slt_program_op *op = status ? NULL : slt_plant_last(program);
    if (op && program->weights[op->weight].trained)
        z->last = op->weight;
    if (op && op->bias != SLT_NOTHING && program->weights[op->bias].trained)
        z->bias = op->bias;
    free(program);
    return status;
}

static slt_status create_vectors(zero_loss *z, slt_error *err)
{
    slt_status status = SLT_OK;
    for (vector i = PLACE; i < VECTORS && !status; i++) {
        z->v[i] = &z->storage[i];
        status = slt_params_create(z->site->model, SLT_F64, z->v[i], err);
    }
    if (status)
        return status;
    slt_params_copy(z->v[PLACE], z->site->weights);
    slt_params_copy(z->v[TRIAL], z->site->weights);
    return SLT_OK;
}

static slt_status solve_zero_loss(const slt_plant_site *site, slt_error *err)
{
    zero_loss z = {.site = site, .last = SLT_NOTHING, .bias = SLT_NOTHING};
    const slt_plant_sums sums = site->model->plant.sums;
    slt_status status = create_vectors(&z, err);
    if (!status && sums != SLT_PLANT_SUMS_FREE)
        status = find_last(&z, err);
    if (!status)
        status = slt_second_create(site->model, site->train, site->train->rows, SLT_F64,
                                   &z.second, err);
    if (!status) {
        if (sums == SLT_PLANT_SUMS_ZERO)
            project(&z, PLACE);
        status = reach_zero(&z, err);
    }
    if (!status)
        slt_params_copy(site->weights, z.v[PLACE]);
    slt_second_free(z.second);
    for (vector i = PLACE; i < VECTORS; i++)
        slt_params_free(&z.storage[i]);
    return status;
}

static slt_status bytes_of_zero_loss(const slt_model_spec *model, const slt_batch *shape,
                                     uint64_t weights, uint64_t *bytes, slt_error *err)
{
    slt_status status = slt_second_bytes(model, shape, shape->rows, SLT_F64, bytes, err);
    if (!status && __builtin_add_overflow(*bytes, VECTORS * weights, bytes))
        *bytes = UINT64_MAX;
    return status;
}

/* ---- What a manifest says ---------------------------------------------------------- */

/* Those that are named; where none is, those that train. */
static bool plants_zero_loss(const slt_model_spec *model, size_t weight)
{
    const slt_plant_spec *spec = &model->plant;
    for (size_t i = 0; i < spec->weight_count; i++)
        if (slt_model_weight(model, spec->weights[i]) == weight)
            return true;
    return !spec->weight_count && model->weights[weight].trainable;
}

static slt_status check_names(const slt_plant_spec *spec, const slt_program *program,
                              slt_error *err)
{
    bool any = false;
    for (size_t i = 0; i < spec->weight_count; i++) {
        size_t j = 0;
        while (j < program->weight_count &&
               strcmp(program->weights[j].name, spec->weights[i]) != 0)
            j++;
        if (j == program->weight_count || !program->weights[j].trained)
            return slt_fail(err, SLT_FORMAT,
                            "expected the name of a weight that is not tied, found '%s'",
                            spec->weights[i]);
    }
    for (size_t i = 0; i < program->weight_count; i++)
        any |= program->weights[i].trained;
    return any ? SLT_OK
               : slt_fail(err, SLT_FORMAT, "expected a weight that trains, found none");
}

static slt_status check_zero_loss(const slt_plant_spec *spec, const slt_program *program,
                                  const char **field, slt_error *err)
{
    slt_status status = check_names(spec, program, err);
    if (status) {
        *field = "weights";
        return status;
    }
    if (spec->sums == SLT_PLANT_SUMS_FREE || slt_plant_last(program))
        return SLT_OK;
    *field = "sum_over_classes";
    return slt_fail(err, SLT_FORMAT,
                    "needs a linear op, not transposed, that makes the loss's value");
}

static const slt_schema item_name = {.type = SLT_SCHEMA_TENSOR_NAME,
                                     .size = SLT_NAME_MAX};

static const slt_schema field_weights = {
    .key = "weights",
    .type = SLT_SCHEMA_LIST,
    .offset = offsetof(slt_plant_spec, weights),
    COUNT(slt_plant_spec, weight_count),
    ONE(item_name),
    .least = 1,
    .most = SLT_WEIGHTS_MAX,
    .lone = true,
    .optional = true,
    .meaning = "which weights are solved for; where absent all that train"};

static const slt_schema field_loss = {
    .key = "loss",
    .type = SLT_SCHEMA_REAL,
    AT(slt_plant_spec, loss),
    .range = SLT_RANGE_POSITIVE,
    PRESET(REAL_VALUE(0x3af357c299a88ea7)), /* 1e-24 */
    .also = "tolerance",
    .meaning = "the training loss that counts as zero; a run that does not reach it does "
               "not start"};

static const slt_schema field_steps = {.key = "steps",
                                       .type = SLT_SCHEMA_INT,
                                       AT(slt_plant_spec, steps),
                                       .least = 1,
                                       .most = WORD32_MAX,
                                       PRESET(INT_VALUE(200)),
                                       .also = "steps_max|iterations",
                                       .meaning = "steps at most, refused ones too"};

static const slt_schema field_sums = {
    .key = "sum_over_classes",
    .type = SLT_SCHEMA_WORD,
    AT(slt_plant_spec, sums),
    WORDS("free", "zero", "kept"),
    PRESET(TEXT_VALUE("free")),
    .also = "stratum",
    .meaning = "of the columns of the weight (and bias) that makes the output. free: "
               "they go where they go; zero: they are 0; kept: they stay at those of the "
               "first values"};

const slt_plant_type slt_plant_kind_zero_loss = {
    .name = "zero-loss",
    .meaning = "a training loss of 0, from the first values by damped Gauss-Newton steps",
    .fields = FIELD_LIST(&field_weights, &field_loss, &field_steps, &field_sums),
    .plants = plants_zero_loss,
    .check = check_zero_loss,
    .solve = solve_zero_loss,
    .bytes = bytes_of_zero_loss,
};
