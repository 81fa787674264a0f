/* What theory predicts for SGLD around the minimum of a squared error that is quadratic
 * in the weights.  Advisory. */
#include "figure/theory.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/theory.h>

#include "base/world.h"
#include "learn/sampler.h"
#include "manifest/manifest.h"
#include "net/op.h"
#include "theory/spectrum.h"

/* The features of a linear op: its input and, if it has a bias, a column of ones. */
typedef struct features {
    double *x;
    size_t rows, cols;
} features;

static const slt_tensor *find_input(const slt_batch *batch, const char *name)
{
    for (size_t i = 0; i < batch->inputs; i++)
        if (!strcmp(batch->input_name[i], name))
            return &batch->input[i];
    return NULL;
}

static slt_status check_model(const slt_model_spec *model, slt_error *err)
{
    const slt_op_spec *op = model->ops;
    if (model->op_count != 1 || !slt_op_find(op->op)->affine ||
        !model->weights[slt_model_weight(model, op->weight)].trainable ||
        !slt_loss_find(model->loss.op)->curvature || strcmp(model->loss.in, op->out))
        return slt_fail(err, SLT_FORMAT,
                        "the model is not one trained linear op with the loss mse");
    return SLT_OK;
}

static slt_status check_estimate(const slt_run_spec *run, size_t estimate, slt_error *err)
{
    if (estimate >= run->llc_count)
        return slt_fail(err, SLT_FORMAT, "the run has no estimate %zu", estimate + 1);
    const char *lawless = slt_sampler_lawless(&run->llc[estimate]);
    if (lawless)
        return slt_fail(err, SLT_FORMAT, "%s", lawless);
    if (run->llc[estimate].batch.order != SLT_BATCH_FULL)
        return slt_fail(err, SLT_FORMAT,
                        "its gradients are of mini batches, which add a "
                        "noise of their own");
    return SLT_OK;
}

static slt_status read_features(const slt_model_spec *model, const slt_batch *batch,
                                features *f, slt_error *err)
{
    const slt_op_spec *op = model->ops;
    const slt_tensor *input = find_input(batch, op->in[0]);
    bool ones = *op->bias && model->weights[slt_model_weight(model, op->bias)].trainable;
    if (!input || input->arithmetic == SLT_INDEX)
        return slt_fail(err, SLT_FORMAT,
                        "the linear op does not read the data's numbers");
    f->rows = batch->rows;
    f->cols = input->cols + ones;
    f->x = slt_world.malloc(f->rows * f->cols * sizeof *f->x);
    if (!f->x)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu features", f->cols);
    for (size_t i = 0; i < f->rows; i++) {
        for (size_t j = 0; j < input->cols; j++)
            f->x[i * f->cols + j] =
                slt_real_double(slt_tensor_get(input, i * input->cols + j));
        if (ones)
            f->x[(i + 1) * f->cols - 1] = 1;
    }
    return SLT_OK;
}

/* The loss is c / 2 times the sum over samples and outputs of e^2, so the weights of each
 * output have the Hessian c X'X. */
static slt_status planted_predict_from(const slt_run_spec *run, const slt_llc_spec *llc,
                                       const slt_batch *batch, const features *f,
                                       slt_planted *planted, slt_error *err)
{
    const slt_loss_spec *loss = &run->model.loss;
    size_t count = f->rows < f->cols ? f->rows : f->cols;
    double outputs = (double)batch->target.cols, stationary;
    double curvature = slt_real_double(
        slt_loss_find(loss->op)->curvature(loss, f->rows, batch->target.cols));
    double *curvatures = slt_world.malloc(count * sizeof *curvatures);
    if (!curvatures)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu curvatures", count);
    slt_status status =
        slt_theory_spectrum(f->x, f->rows, f->cols, curvature, curvatures, err);
    if (!status) {
        size_t samples = slt_llc_nbeta_samples(llc, f->rows);
        double nbeta = llc->nbeta_of ? slt_theory_nbeta((double)samples)
                                     : slt_real_double(llc->nbeta);
        double chain = slt_theory_quadratic_sgld(
            curvatures, count, nbeta, slt_real_double(llc->localization),
            slt_real_double(llc->lr), llc->num_draws, llc->num_burnin_steps,
            llc->num_steps_bw_draws, &stationary);
        planted->chain = slt_real_of(outputs * chain);
        planted->stationary = slt_real_of(outputs * stationary);
    }
    free(curvatures);
    return status;
}

static slt_status planted_predict_run(const slt_run_spec *run, size_t estimate,
                                      slt_planted *planted, slt_error *err)
{
    slt_data data = {0};
    features f = {0};
    slt_status status = check_model(&run->model, err);
    if (!status)
        status = check_estimate(run, estimate, err);
    if (!status)
        status = slt_data_make(&run->data, run->folder, run->arithmetic,
                               slt_run_data_seed(run), &data, err);
    if (!status)
        status = read_features(&run->model, &data.train, &f, err);
    if (!status)
        status =
            planted_predict_from(run, &run->llc[estimate], &data.train, &f, planted, err);
    free(f.x);
    slt_data_free(&data);
    return status;
}

slt_status slt_planted_predict(slt_manifest *manifest, size_t run, size_t estimate,
                               slt_planted *planted, slt_error *err)
{
    slt_run_spec *spec = slt_run_spec_create();
    if (!spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status = slt_manifest_run(manifest, run, spec, err);
    if (!status)
        status = slt_num_available(spec->arithmetic, err);
    if (!status)
        status = planted_predict_run(spec, estimate, planted, err);
    free(spec);
    return status;
}
