/* The networks of the fixed smoke manifests on their own data: loss and gradients in
 * fixed point against those in f64, where both start.  The first values are the same real
 * numbers, rounded in two ways; what differs is what blocks of 30 bits take away in
 * products. */
#include <math.h>

#include "manifest/manifest.h"
#include "num/scalar.h"
#include "systems.h"

#define TOLERANCE 1e-6 /* of the largest in a tensor */

typedef struct side {
    slt_run_spec *run;
    slt_trainer *trainer;
    slt_state state;
    slt_net *net;
    slt_params gradients;
    double loss;
} side;

static void open_side(slt_manifest *manifest, size_t number, slt_arithmetic arithmetic,
                      side *at)
{
    slt_error err = {0};
    at->run = calloc(1, sizeof *at->run);
    if (!at->run)
        tap_bail("no memory");
    system_must(slt_manifest_run(manifest, number, at->run, &err), &err);
    at->run->arithmetic = arithmetic;
    system_must(slt_trainer_create(at->run, &at->trainer, &err), &err);
    system_must(slt_state_create(at->run, &at->state, &err), &err);
    system_must(slt_state_init(at->trainer, &at->state, &err), &err);
    const slt_batch *all = &slt_trainer_data(at->trainer)->train;
    system_must(
        slt_net_create(&at->run->model, all, all->rows, arithmetic, &at->net, &err),
        &err);
    system_must(slt_params_create(&at->run->model, arithmetic, &at->gradients, &err),
                &err);
    at->loss = slt_real_double(
        slt_net_gradient(at->net, &at->state.weights, all, &at->gradients));
}

static void close_side(side *at)
{
    slt_params_free(&at->gradients);
    slt_net_free(at->net);
    slt_state_free(&at->state);
    slt_trainer_free(at->trainer);
    free(at->run);
}

static double get(const slt_tensor *tensor, size_t e)
{
    return slt_real_double(slt_tensor_get(tensor, e));
}

/* The largest difference, in units of the largest magnitude or, where all should vanish,
 * of 1/10. */
static double distance(const slt_tensor *got, const slt_tensor *want)
{
    double most = 0, largest = 0;
    for (size_t e = 0; e < slt_tensor_count(want); e++) {
        most = fmax(most, fabs(get(got, e) - get(want, e)));
        largest = fmax(largest, fabs(get(want, e)));
    }
    return most / fmax(largest, 0.1);
}

static void check_run(slt_manifest *manifest, size_t number, const char *name)
{
    side fixed = {0}, wide = {0};
    open_side(manifest, number, SLT_FIXED, &fixed);
    open_side(manifest, number, SLT_F64, &wide);
    double gradients = 0, weights = 0;
    for (size_t i = 0; i < wide.run->model.weight_count; i++) {
        const slt_tensor *w = &wide.state.weights.tensor[i];
        weights = fmax(weights, distance(&fixed.state.weights.tensor[i], w));
        if (w->data && wide.state.weights.owned[i] && wide.state.weights.trainable[i])
            gradients = fmax(gradients, distance(&fixed.gradients.tensor[i],
                                                 &wide.gradients.tensor[i]));
    }
    TAP_OK(weights < 1e-12, "%s run %zu: the same first values, to %.1g", name, number,
           weights);
    TAP_OK(fabs(fixed.loss - wide.loss) <= TOLERANCE * (1e-3 + wide.loss),
           "%s run %zu: loss %.9g, in f64 %.9g", name, number, fixed.loss, wide.loss);
    TAP_OK(gradients < TOLERANCE, "%s run %zu: gradients to %.1g", name, number,
           gradients);
    close_side(&wide);
    close_side(&fixed);
}

int main(void)
{
    static const char *const names[] = {
        "autoencoder", "linear",     "marks",    "modular",  "ops", "planted",
        "polynomial",  "restricted", "samplers", "sinusoid", "tms"};
    slt_error unfit;
    system_start();
    if (slt_num_available(SLT_F64, &unfit)) {
        tap_skip("fixed point against f64", unfit.text);
        return tap_done();
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[1024];
        slt_error err = {0};
        slt_manifest *manifest;
        snprintf(path, sizeof path, SLT_SOURCE_DIR "/manifests/smoke/%s-fixed.yaml",
                 names[i]);
        system_must(slt_manifest_open(path, &manifest, &err), &err);
        for (size_t run = 0; run < slt_manifest_runs(manifest); run++)
            check_run(manifest, run, names[i]);
        slt_manifest_free(manifest);
    }
    return tap_done();
}
