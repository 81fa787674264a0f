/* How far apart the weights of two computations of one run are, step by step. */
#include "audit/trajectory.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "figure/order.h"
#include "run/files.h"
#include "verify/compare.h"

/* The files of one computation. */
typedef struct side {
    FILE *digests, *weights;
    char weights_path[SLT_FILE_PATH_MAX];
    uint64_t step; /* the step whose weights are in values */
    bool more;
    bool lost; /* digests could not be read */
    double *values;
} side;

typedef struct comparison {
    slt_divergence *out;
    side a, b;
    bool narrow;
    size_t sizes[SLT_WEIGHTS_MAX]; /* the number of elements of each owned weight */
    size_t numbers;                /* in all of them */
    slt_real *ulps;
} comparison;

/* ---- Files ------------------------------------------------------------------------- */

static slt_status divergence_open_file(const char *folder, const char *name,
                                       const char *suffix, char path[SLT_FILE_PATH_MAX],
                                       FILE **file, slt_error *err)
{
    slt_status status = slt_path_print(path, err, "%s/%s.%s", folder, name, suffix);
    if (status)
        return status;
    *file = slt_world.fopen(path, "rb");
    return *file
               ? SLT_OK
               : slt_fail(err, SLT_FILE, "%s: cannot be read: %s", path, strerror(errno));
}

static slt_status divergence_open_side(side *s, const char *folder, const char *name,
                                       size_t numbers, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    s->values = slt_world.calloc(numbers + 1, sizeof *s->values);
    if (!s->values)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu weights", numbers);
    slt_status status =
        divergence_open_file(folder, name, "steps", path, &s->digests, err);
    if (status)
        return status;
    return divergence_open_file(folder, name, "weights", s->weights_path, &s->weights,
                                err);
}

static void divergence_close_side(side *s)
{
    if (s->digests)
        slt_world.fclose(s->digests);
    if (s->weights)
        slt_world.fclose(s->weights);
    free(s->values);
}

/* Moves to the next step whose weights were kept. */
static slt_status divergence_advance(side *s, size_t numbers, slt_error *err)
{
    s->more = slt_world.fread(&s->step, sizeof s->step, 1, s->weights) == 1;
    if (!s->more && feof(s->weights))
        return SLT_OK;
    if (s->more &&
        slt_world.fread(s->values, sizeof *s->values, numbers, s->weights) == numbers)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "%s: ends within the weights of a step",
                    s->weights_path);
}

/* ---- Every step -------------------------------------------------------------------- */

static bool divergence_same(const comparison *c, const slt_trajectory_step *a,
                            const slt_trajectory_step *b)
{
    return c->narrow ? a->narrow == b->narrow : a->wide == b->wide;
}

/* Counts the steps of both computations, and finds the first that differs. */
static void divergence_compare_digests(comparison *c)
{
    slt_divergence *out = c->out;
    slt_trajectory_step a, b;
    bool has_a = true, has_b = true;
    for (uint64_t step = 0; has_a || has_b; step++) {
        has_a = has_a && slt_world.fread(&a, sizeof a, 1, c->a.digests) == 1;
        has_b = has_b && slt_world.fread(&b, sizeof b, 1, c->b.digests) == 1;
        c->a.lost |= ferror(c->a.digests) != 0;
        c->b.lost |= ferror(c->b.digests) != 0;
        if (has_a)
            out->last_a = step;
        if (has_b)
            out->last_b = step;
        if (has_a && has_b && !out->differs && !divergence_same(c, &a, &b)) {
            out->differs = true;
            out->first = step;
        }
    }
}

static slt_real divergence_loss_at(side *s, uint64_t step)
{
    slt_trajectory_step digest = {.loss = slt_real_of((double)NAN)};
    s->lost |= slt_world.fseeko(s->digests, (off_t)(step * sizeof digest), SEEK_SET) != 0;
    if (!s->lost && slt_world.fread(&digest, sizeof digest, 1, s->digests) != 1)
        digest.loss = slt_real_of((double)NAN);
    s->lost |= ferror(s->digests) != 0;
    return digest.loss;
}

/* ---- One step ---------------------------------------------------------------------- */

static uint64_t divergence_ordered_narrow(float value)
{
    uint32_t bits, half = UINT32_C(1) << 31;
    memcpy(&bits, &value, sizeof bits);
    return bits & half ? half - (bits - half) : half + bits;
}

static uint64_t divergence_ulp(const comparison *c, double a, double b)
{
    if (!c->narrow)
        return slt_compare_ulp(slt_real_of(a), slt_real_of(b));
    uint64_t x = divergence_ordered_narrow((float)a),
             y = divergence_ordered_narrow((float)b);
    return x > y ? x - y : y - x;
}

static slt_status divergence_measure(comparison *c, size_t first, size_t count,
                                     slt_distance *distance, slt_error *err)
{
    double apart = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        double a = c->a.values[first + i], b = c->b.values[first + i];
        apart += (b - a) * (b - a);
        size += a * a;
        c->ulps[i] = slt_real_of((double)divergence_ulp(c, a, b));
    }
    slt_status status = slt_order_sort(c->ulps, count, err);
    distance->relative = slt_real_of(apart > 0 ? sqrt(apart / size) : 0);
    distance->ulp_median = count ? c->ulps[(count - 1) / 2] : slt_real_of(0);
    distance->ulp_largest = count ? c->ulps[count - 1] : slt_real_of(0);
    return status;
}

static slt_step_distance *divergence_add_step(slt_divergence *out)
{
    slt_step_distance *steps =
        slt_world.realloc(out->steps, (out->count + 1) * sizeof *steps);
    if (!steps)
        return NULL;
    out->steps = steps;
    steps[out->count] = (slt_step_distance){
        .tensor = slt_world.calloc(out->tensors + 1, sizeof *steps->tensor)};
    return steps[out->count].tensor ? &steps[out->count++] : NULL;
}

static slt_status divergence_compare_step(comparison *c, slt_error *err)
{
    slt_step_distance *step = divergence_add_step(c->out);
    size_t first = 0;
    if (!step)
        return slt_fail(err, SLT_RESOURCE, "no memory for the distances of a step");
    step->step = c->a.step;
    step->loss_a = divergence_loss_at(&c->a, step->step);
    step->loss_b = divergence_loss_at(&c->b, step->step);
    slt_status status = divergence_measure(c, 0, c->numbers, &step->all, err);
    for (size_t i = 0; i < c->out->tensors && !status; i++) {
        status = divergence_measure(c, first, c->sizes[i], &step->tensor[i], err);
        first += c->sizes[i];
    }
    return status;
}

static slt_status divergence_compare_weights(comparison *c, slt_error *err)
{
    slt_status status = divergence_advance(&c->a, c->numbers, err);
    if (!status)
        status = divergence_advance(&c->b, c->numbers, err);
    while (!status && c->a.more && c->b.more) {
        bool both = c->a.step == c->b.step, behind = c->a.step < c->b.step;
        if (both)
            status = divergence_compare_step(c, err);
        if (!status && (both || behind))
            status = divergence_advance(&c->a, c->numbers, err);
        if (!status && (both || !behind))
            status = divergence_advance(&c->b, c->numbers, err);
    }
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status divergence_shape(comparison *c, const slt_run_spec *run, slt_error *err)
{
    slt_params params;
    slt_status status = slt_params_create(&run->model, run->arithmetic, &params, err);
    if (status)
        return status;
    for (size_t i = 0; i < params.count; i++)
        if (params.owned[i]) {
            c->sizes[c->out->tensors] = slt_tensor_count(&params.tensor[i]);
            c->numbers += c->sizes[c->out->tensors++];
        }
    slt_params_free(&params);
    c->ulps = slt_world.calloc(c->numbers + 1, sizeof *c->ulps);
    return c->ulps ? SLT_OK
                   : slt_fail(err, SLT_RESOURCE, "no memory for %zu weights", c->numbers);
}

slt_status slt_divergence_find(const char *folder, const char *a, const char *b,
                               const slt_run_spec *run, bool narrow,
                               slt_divergence *divergence, slt_error *err)
{
    *divergence = (slt_divergence){0};
    comparison c = {.out = divergence, .narrow = narrow};
    slt_status status = divergence_shape(&c, run, err);
    if (!status)
        status = divergence_open_side(&c.a, folder, a, c.numbers, err);
    if (!status)
        status = divergence_open_side(&c.b, folder, b, c.numbers, err);
    if (!status) {
        divergence_compare_digests(&c);
        status = divergence_compare_weights(&c, err);
        if (!status && (c.a.lost || c.b.lost))
            status = slt_fail(err, SLT_FILE, "%s: the steps of %s cannot be read", folder,
                              c.a.lost ? a : b);
    }
    divergence_close_side(&c.a);
    divergence_close_side(&c.b);
    free(c.ulps);
    if (status)
        slt_divergence_free(divergence);
    return status;
}

void slt_divergence_free(slt_divergence *divergence)
{
    for (size_t i = 0; i < divergence->count; i++)
        free(divergence->steps[i].tensor);
    free(divergence->steps);
    *divergence = (slt_divergence){0};
}
