#include "figure/spectrum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "base/world.h"
#include "data/data.h"
#include "learn/sampler.h"
#include "net/second.h"
#include "theory/lanczos.h"
#include "theory/spectrum.h"

enum { NOISE_BATCHES = 4, NOISE_STEPS = 32, SPREAD_BATCHES = 16 };

/* Curvatures this far below the largest are what rounding makes of 0. */
#define FLAT 1e-12

const slt_spectrum_options slt_spectrum_usual = {
    .probes = 8, .steps = 64, .exact_max = 1024};

/* ---- The point --------------------------------------------------------------------- */

struct slt_point {
    slt_run_spec run; /* the run in binary64 */
    slt_data data;
    slt_params weights, gradient, direction, product;
    slt_second *second;
    size_t size;
    slt_real loss;
};

/* The numbers of all tensors that move, one after the other, as vectors have them. */
static void point_read(const slt_params *params, double *vector)
{
    for (size_t i = 0; i < params->count; i++) {
        const slt_tensor *tensor = &params->tensor[i];
        if (!slt_params_moves(params, i))
            continue;
        memcpy(vector, tensor->data, slt_tensor_count(tensor) * sizeof *vector);
        vector += slt_tensor_count(tensor);
    }
}

static void point_write(const double *vector, slt_params *params)
{
    for (size_t i = 0; i < params->count; i++) {
        const slt_tensor *tensor = &params->tensor[i];
        if (!slt_params_moves(params, i))
            continue;
        memcpy(tensor->data, vector, slt_tensor_count(tensor) * sizeof *vector);
        vector += slt_tensor_count(tensor);
    }
}

static void point_place(slt_point *point, const slt_batch *batch)
{
    point->loss =
        slt_second_place(point->second, &point->weights, batch, &point->gradient);
}

/* Of all samples, or of an estimate's batches that are larger. */
static size_t most_rows(const slt_point *point)
{
    size_t most = point->data.train.rows;
    for (size_t i = 0; i < point->run.llc_count; i++) {
        const size_t rows =
            slt_batcher_rows_max(&point->run.llc[i].batch, point->data.train.rows);
        most = rows > most ? rows : most;
    }
    return most;
}

static slt_status point_fill(slt_point *point, const slt_params *weights, slt_error *err)
{
    const slt_model_spec *model = &point->run.model;
    slt_params *const sets[] = {&point->weights, &point->gradient, &point->direction,
                                &point->product};
    slt_status status = slt_num_available(point->run.arithmetic, err);
    if (!status)
        status = slt_fpenv_enter(NULL, err);
    if (!status)
        status = slt_data_make(&point->run.data, point->run.folder, SLT_F64,
                               slt_run_data_seed(&point->run), &point->data, err);
    for (size_t i = 0; i < 4 && !status; i++)
        status = slt_params_create(model, SLT_F64, sets[i], err);
    if (!status)
        status = slt_second_create(model, &point->data.train, most_rows(point), SLT_F64,
                                   &point->second, err);
    if (status)
        return status;
    for (size_t i = 0; i < weights->count; i++) {
        const slt_tensor *from = &weights->tensor[i];
        if (point->weights.owned[i])
            for (size_t e = 0; e < slt_tensor_count(from); e++)
                slt_tensor_set(&point->weights.tensor[i], e, slt_tensor_get(from, e));
        if (slt_params_moves(weights, i))
            point->size += slt_tensor_count(from);
    }
    slt_params_share(&point->weights);
    return SLT_OK;
}

static bool point_is_finite(const slt_point *point)
{
    bool fine = slt_real_finite(point->loss);
    for (size_t i = 0; i < point->gradient.count; i++)
        for (size_t e = 0; slt_params_moves(&point->gradient, i) &&
                           e < slt_tensor_count(&point->gradient.tensor[i]);
             e++)
            fine &= slt_real_finite(slt_tensor_get(&point->gradient.tensor[i], e));
    return fine;
}

slt_status slt_point_create(const slt_run_spec *run, const slt_params *weights,
                            slt_point **point, slt_error *err)
{
    slt_point *made = slt_world.calloc(1, sizeof *made);
    *point = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a point of a run");
    made->run = *run;
    made->run.arithmetic = SLT_F64;
    slt_status status = point_fill(made, weights, err);
    if (!status)
        point_place(made, &made->data.train);
    if (!status && !made->size)
        status = slt_fail(err, SLT_FORMAT, "no weight of the model is trained");
    else if (!status && !point_is_finite(made))
        status = slt_fail(err, SLT_FORMAT, "loss or gradient is not finite there");
    if (status)
        slt_point_free(made);
    else
        *point = made;
    return status;
}

void slt_point_free(slt_point *point)
{
    if (!point)
        return;
    slt_second_free(point->second);
    slt_params_free(&point->product);
    slt_params_free(&point->direction);
    slt_params_free(&point->gradient);
    slt_params_free(&point->weights);
    slt_data_free(&point->data);
    free(point);
}

const slt_run_spec *slt_point_run(const slt_point *point)
{
    return &point->run;
}

slt_real slt_point_loss(const slt_point *point)
{
    return point->loss;
}

/* ---- Products ---------------------------------------------------------------------- */

/* What applies the Hessian, and counts. */
typedef struct multiplier {
    slt_point *point;
    const slt_spectrum_options *options; /* NULL: nobody is told */
    size_t done, planned;
} multiplier;

static slt_status point_multiply(void *context, const double *x, double *y,
                                 slt_error *err)
{
    multiplier *m = context;
    slt_point *point = m->point;
    slt_status status = SLT_OK;
    if (m->options && m->options->tell)
        status = m->options->tell(m->options->context,
                                  (unsigned)(100 * m->done / m->planned), err);
    if (status)
        return status;
    m->done++;
    point_write(x, &point->direction);
    slt_second_product(point->second, &point->direction, &point->product);
    point_read(&point->product, y);
    return SLT_OK;
}

static double point_norm(const double *x, size_t size)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* ---- Exact ------------------------------------------------------------------------- */

static slt_status spectrum_exact(multiplier *m, double *gradient, slt_spectrum *spectrum,
                                 slt_error *err)
{
    const size_t size = m->point->size;
    const slt_theory_matrix hessian = {size, point_multiply, m};
    m->planned = size;
    spectrum->list = slt_world.calloc(size, sizeof *spectrum->list);
    if (!spectrum->list)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu curvatures", size);
    spectrum->count = size;
    return slt_theory_curvatures_all(&hessian, gradient, spectrum->list, err);
}

/* ---- Quadrature -------------------------------------------------------------------- */

static void draw_signs(slt_point *point, uint32_t probe)
{
    /* A counter word of 0 belongs to no estimate. */
    for (size_t i = 0; i < point->direction.count; i++)
        if (slt_params_moves(&point->direction, i))
            slt_draw_signs(slt_stream_of(point->run.seed, SLT_DRAW_HESSIAN, (uint32_t)i,
                                         0, probe, 0),
                           &point->direction.tensor[i]);
}

/* What one start tells, into both lists. */
static slt_status add_start(const slt_theory_matrix *hessian, const double *start,
                            const slt_curvature *whole, size_t steps, slt_curvatures *all,
                            slt_curvatures *half, slt_spectrum *spectrum, slt_error *err)
{
    slt_status status =
        slt_theory_curvatures_add(hessian, start, whole, &steps, all, half, err);
    if (!status && spectrum->steps < steps)
        spectrum->steps = steps;
    return status;
}

/* From the probes, then from the gradient, which is used up. */
static slt_status add_starts(multiplier *m, size_t probes, size_t steps, double *gradient,
                             double *probe, slt_spectrum *spectrum, slt_error *err)
{
    const slt_theory_matrix hessian = {m->point->size, point_multiply, m};
    slt_curvatures all = {spectrum->list, 0}, half = {spectrum->half, 0};
    const double norm = slt_real_double(spectrum->slope);
    const slt_curvature share = {.directions = (double)m->point->size / (double)probes};
    const slt_curvature slope = {.slope = norm * norm};
    slt_status status = SLT_OK;
    for (size_t p = 0; p < probes && !status; p++) {
        draw_signs(m->point, (uint32_t)p);
        point_read(&m->point->direction, probe);
        status = add_start(&hessian, probe, &share, steps, &all, &half, spectrum, err);
        spectrum->ends[p] = all.count;
    }
    if (!status && norm > 0)
        status = add_start(&hessian, gradient, &slope, steps, &all, &half, spectrum, err);
    spectrum->probes = probes;
    spectrum->count = all.count;
    spectrum->half_count = half.count;
    return status;
}

static slt_status spectrum_sampled(multiplier *m, size_t probes, size_t steps,
                                   double *gradient, slt_spectrum *spectrum,
                                   slt_error *err)
{
    const size_t nodes = (probes + 1) * steps;
    double *probe = slt_world.calloc(m->point->size, sizeof *probe);
    slt_status status = SLT_OK;
    m->planned = nodes;
    spectrum->list = slt_world.calloc(nodes, sizeof *spectrum->list);
    spectrum->half = slt_world.calloc(nodes, sizeof *spectrum->half);
    spectrum->ends = slt_world.calloc(probes, sizeof *spectrum->ends);
    if (!probe || !spectrum->list || !spectrum->half || !spectrum->ends)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu curvatures", nodes);
    if (!status)
        status = add_starts(m, probes, steps, gradient, probe, spectrum, err);
    free(probe);
    return status;
}

static double largest_size(const slt_curvature *list, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(list[i].value));
    return most;
}

static void flatten(slt_curvature *list, size_t count, double least)
{
    for (size_t i = 0; i < count; i++)
        if (fabs(list[i].value) <= least)
            list[i].value = 0;
}

/* Exact where that is wanted and LAPACK is there. */
static slt_status spectrum_find(multiplier *m, double *gradient, slt_spectrum *spectrum,
                                slt_error *err)
{
    const slt_spectrum_options *options = m->options;
    const size_t size = m->point->size;
    const size_t steps = options->steps < size ? options->steps : size;
    slt_status status = SLT_UNFIT;
    if (size <= options->exact_max)
        status = spectrum_exact(m, gradient, spectrum, err);
    if (status != SLT_UNFIT)
        return status;
    free(spectrum->list);
    m->done = 0;
    return spectrum_sampled(m, options->probes, steps, gradient, spectrum, err);
}

slt_status slt_spectrum_make(slt_point *point, const slt_spectrum_options *options,
                             slt_spectrum *spectrum, slt_error *err)
{
    multiplier m = {.point = point, .options = options};
    double *gradient = slt_world.calloc(point->size, sizeof *gradient);
    SLT_ASSERT(options->probes && options->steps);
    SLT_ASSERT(options->exact_max <= SLT_SPECTRUM_MAX);
    *spectrum = (slt_spectrum){.size = point->size};
    if (!gradient)
        return slt_fail(err, SLT_RESOURCE, "no memory for a gradient");
    point_read(&point->gradient, gradient);
    spectrum->slope = slt_real_of(point_norm(gradient, point->size));
    slt_status status = spectrum_find(&m, gradient, spectrum, err);
    free(gradient);
    spectrum->products = m.done;
    if (status) {
        slt_spectrum_free(spectrum);
        return status;
    }
    const double least = FLAT * largest_size(spectrum->list, spectrum->count);
    flatten(spectrum->list, spectrum->count, least);
    flatten(spectrum->half, spectrum->half_count, least);
    return SLT_OK;
}

void slt_spectrum_free(slt_spectrum *spectrum)
{
    free(spectrum->list);
    free(spectrum->ends);
    free(spectrum->half);
    *spectrum = (slt_spectrum){0};
}

/* ---- Batches ----------------------------------------------------------------------- */

static const slt_batch_spec *point_batches(const slt_point *point, size_t llc)
{
    return &point->run.llc[llc].batch;
}

static slt_status point_open_batches(const slt_point *point, size_t llc, size_t place,
                                     uint32_t chain, slt_batcher **batcher,
                                     slt_error *err)
{
    return slt_batcher_create(point_batches(point, llc), &point->data, point->run.seed,
                              SLT_DRAW_SGLD_BATCH, chain,
                              (uint32_t)slt_llc_ordinal(llc, place) + 1, batcher, err);
}

/* What one batch's gradient has beyond that of all samples, in *apart. */
static void gradient_apart(slt_point *point, const slt_batch *batch, double *full,
                           double *apart)
{
    point_place(point, &point->data.train);
    point_read(&point->gradient, full);
    point_place(point, batch);
    point_read(&point->gradient, apart);
    point_place(point, &point->data.train);
    for (size_t i = 0; i < point->size; i++)
        apart[i] -= full[i];
}

static slt_status add_noise(slt_point *point, slt_batcher *batcher, double *full,
                            double *apart, slt_curvatures *all, slt_error *err)
{
    multiplier m = {.point = point};
    const slt_theory_matrix hessian = {point->size, point_multiply, &m};
    slt_status status = SLT_OK;
    for (uint64_t i = 0; i < NOISE_BATCHES && !status; i++) {
        size_t steps = NOISE_STEPS;
        gradient_apart(point, slt_batcher_at(batcher, i), full, apart);
        const double norm = point_norm(apart, point->size);
        const slt_curvature whole = {.noise = norm * norm / NOISE_BATCHES};
        if (norm > 0)
            status = slt_theory_curvatures_add(&hessian, apart, &whole, &steps, all, NULL,
                                               err);
    }
    return status;
}

slt_status slt_point_noise(slt_point *point, size_t llc, slt_curvature **list,
                           size_t *count, slt_error *err)
{
    slt_batcher *batcher = NULL;
    *list = NULL;
    *count = 0;
    if (point_batches(point, llc)->order == SLT_BATCH_FULL)
        return SLT_OK;
    slt_curvatures all = {slt_world.calloc(NOISE_BATCHES * NOISE_STEPS, sizeof *all.list),
                          0};
    double *full = slt_world.calloc(point->size, sizeof *full);
    double *apart = slt_world.calloc(point->size, sizeof *apart);
    slt_status status = SLT_OK;
    if (!all.list || !full || !apart)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the noise of batches");
    if (!status)
        status = point_open_batches(point, llc, 0, 0, &batcher, err);
    if (!status)
        status = add_noise(point, batcher, full, apart, &all, err);
    slt_batcher_free(batcher);
    free(apart);
    free(full);
    *list = all.list;
    *count = all.count;
    return status;
}

slt_status slt_point_draw_losses(slt_point *point, size_t llc, size_t place,
                                 uint32_t chain, slt_real *losses, slt_error *err)
{
    const slt_llc_spec *spec = &point->run.llc[llc];
    const slt_batch *all = &point->data.train;
    const bool full = spec->losses_full || spec->batch.order == SLT_BATCH_FULL;
    slt_batcher *batcher = NULL;
    slt_net *net = NULL;
    if (full) {
        for (uint64_t i = 0; i < spec->num_draws; i++)
            losses[i] = point->loss;
        return SLT_OK;
    }
    slt_status status = point_open_batches(point, llc, place, chain, &batcher, err);
    if (!status)
        status =
            slt_net_create(&point->run.model, all, spec->batch.size, SLT_F64, &net, err);
    for (uint64_t i = 0; i < spec->num_draws && !status; i++)
        losses[i] =
            slt_net_loss(net, &point->weights,
                         slt_batcher_at(batcher, spec->num_burnin_steps +
                                                     i * spec->num_steps_bw_draws));
    slt_net_free(net);
    slt_batcher_free(batcher);
    return status;
}

slt_status slt_point_batch_spread(slt_point *point, size_t llc, slt_real *spread,
                                  slt_error *err)
{
    const slt_llc_spec *spec = &point->run.llc[llc];
    slt_batcher *batcher = NULL;
    double sum = 0, squares = 0;
    *spread = slt_real_of(0);
    if (spec->losses_full || spec->batch.order == SLT_BATCH_FULL)
        return SLT_OK;
    slt_status status = point_open_batches(point, llc, 0, 0, &batcher, err);
    if (status)
        return status;
    draw_signs(point, 0);
    for (uint64_t i = 0; i < SPREAD_BATCHES; i++) {
        point_place(point, slt_batcher_at(batcher, i));
        slt_second_product(point->second, &point->direction, &point->product);
        const double one =
            slt_real_double(slt_second_along(&point->direction, &point->product));
        sum += one;
        squares += one * one;
    }
    point_place(point, &point->data.train);
    slt_batcher_free(batcher);
    const double mean = sum / SPREAD_BATCHES;
    const double variance = fmax(squares / SPREAD_BATCHES - mean * mean, 0) *
                            SPREAD_BATCHES / (SPREAD_BATCHES - 1);
    *spread = slt_real_of(sqrt(variance) / fabs(mean));
    return SLT_OK;
}
