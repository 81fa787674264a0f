/* The networks of the smoke manifests on their own data: analytic gradients against
 * finite differences in f64, at the initial weights moved a little (so that no ReLU sits
 * on its kink) and for every trainable number.
 *
 * The fourth-order difference has an error near 1e-11 where the loss is smooth.  Where
 * differences of two lengths disagree a kink lies between: such numbers are left out and
 * counted. */
#include <math.h>

#include "manifest/manifest.h"
#include "num/scalar.h"
#include "systems.h"

#define STEP 0x1p-13
#define TOLERANCE 1e-7

static size_t compared, skipped, wrong;

typedef struct point {
    slt_trainer *trainer;
    slt_state state;
    slt_net *net;
    slt_params gradients;
    const slt_batch *data;
} point;

static void move(slt_params *weights)
{
    for (size_t i = 0; i < weights->count; i++) {
        slt_tensor *tensor = &weights->tensor[i], by;
        if (!weights->owned[i])
            continue;
        system_must(slt_tensor_create(&by, SLT_F64, tensor->rows, tensor->cols, NULL),
                    &(slt_error){.text = "no memory"});
        slt_draw_uniform(slt_stream_of(11, SLT_DRAW_DATA, (uint32_t)i, 0, 0, 0), &by,
                         slt_real_of(-0.1), slt_real_of(0.1));
        for (size_t e = 0; e < slt_tensor_count(tensor); e++)
            slt_tensor_set(
                tensor, e,
                slt_real_add(slt_tensor_get(tensor, e), slt_tensor_get(&by, e)));
        slt_tensor_free(&by);
    }
}

static void create(const slt_run_spec *run, point *at)
{
    slt_error err = {0};
    system_must(slt_trainer_create(run, &at->trainer, &err), &err);
    system_must(slt_state_create(run, &at->state, &err), &err);
    system_must(slt_state_init(at->trainer, &at->state, &err), &err);
    move(&at->state.weights);
    at->data = &slt_trainer_data(at->trainer)->train;
    system_must(
        slt_net_create(&run->model, at->data, at->data->rows, SLT_F64, &at->net, &err),
        &err);
    system_must(slt_params_create(&run->model, SLT_F64, &at->gradients, &err), &err);
    slt_net_gradient(at->net, &at->state.weights, at->data, &at->gradients);
}

static void destroy(point *at)
{
    slt_params_free(&at->gradients);
    slt_net_free(at->net);
    slt_state_free(&at->state);
    slt_trainer_free(at->trainer);
}

static double loss_at(point *at, slt_tensor *weight, size_t e, double value)
{
    slt_tensor_set(weight, e, slt_real_of(value));
    return slt_real_double(slt_net_loss(at->net, &at->state.weights, at->data));
}

static double difference(point *at, slt_tensor *weight, size_t e, double h)
{
    double centre = slt_real_double(slt_tensor_get(weight, e));
    double near = loss_at(at, weight, e, centre + h) - loss_at(at, weight, e, centre - h);
    double far =
        loss_at(at, weight, e, centre + 2 * h) - loss_at(at, weight, e, centre - 2 * h);
    slt_tensor_set(weight, e, slt_real_of(centre));
    return (8 * near - far) / (12 * h);
}

static void compare(point *at, slt_tensor *weight, const slt_tensor *gradient, size_t e)
{
    double analytic = slt_real_double(slt_tensor_get(gradient, e));
    double wide = difference(at, weight, e, STEP);
    double narrow = difference(at, weight, e, STEP / 4);
    if (fabs(wide - narrow) > TOLERANCE) {
        skipped++;
        return;
    }
    compared++;
    wrong += !(fabs(analytic - wide) <= TOLERANCE * (1 + fabs(analytic)));
}

static void check_run(slt_manifest *manifest, size_t number, const char *name)
{
    slt_error err = {0};
    slt_run_spec *run = calloc(1, sizeof *run);
    point at = {0};
    if (!run)
        tap_bail("no memory");
    system_must(slt_manifest_run(manifest, number, run, &err), &err);
    run->arithmetic = SLT_F64;
    create(run, &at);
    compared = skipped = wrong = 0;
    for (size_t i = 0; i < run->model.weight_count; i++)
        for (size_t e = 0; at.state.weights.owned[i] && at.state.weights.trainable[i] &&
                           e < slt_tensor_count(&at.state.weights.tensor[i]);
             e++)
            compare(&at, &at.state.weights.tensor[i], &at.gradients.tensor[i], e);
    TAP_OK(wrong == 0 && compared > 2 && skipped * 4 <= compared,
           "%s run %zu: %zu numbers, %zu at a kink", name, number, compared, skipped);
    destroy(&at);
    free(run);
}

int main(void)
{
    static const char *const names[] = {"modular", "tms", "polynomial", "autoencoder",
                                        "sinusoid"};
    system_start();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[1024];
        slt_error err = {0};
        slt_manifest *manifest;
        snprintf(path, sizeof path, SLT_SOURCE_DIR "/manifests/smoke/%s.yaml", names[i]);
        system_must(slt_manifest_open(path, &manifest, &err), &err);
        for (size_t run = 0; run < slt_manifest_runs(manifest); run++)
            check_run(manifest, run, names[i]);
        slt_manifest_free(manifest);
    }
    return tap_done();
}
