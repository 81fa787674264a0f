/* What theory predicts for SGLD around the weights of a checkpoint, for a figure. */
#include "figure/theory.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "figure/prediction.h"
#include "learn/llc.h"
#include "learn/train.h"
#include "manifest/manifest.h"
#include "trace/trace_writer.h"

/* A picture needs less than `predict` gives, for many points. */
static const slt_spectrum_options at_point_quadrature = {
    .probes = 2, .steps = 32, .exact_max = 512};

/* A run at the checkpoint of an estimate. */
typedef struct at_point {
    slt_run_spec run;
    slt_trace *trace; /* NULL: there is none */
    slt_estimates estimates;
    uint64_t step;
    slt_real nbeta;
    slt_state state;
} at_point;

static slt_status at_point_open(at_point *at, slt_manifest *manifest, size_t run,
                                const char *trace, slt_error *err)
{
    slt_status status = slt_manifest_run(manifest, run, &at->run, err);
    if (!status && trace)
        status = slt_trace_open(trace, &at->trace, err);
    if (!status && trace)
        status = slt_estimates_of_trace(at->trace, &at->estimates, err);
    return status;
}

/* Without a trace it is known where the estimate stands only if nothing is trained. */
static slt_status at_point_find(at_point *at, const slt_quantity *quantity,
                                slt_error *err)
{
    const uint32_t llc = quantity->estimate;
    slt_status status = slt_prediction_check(&at->run, llc, err);
    if (status)
        return status;
    const slt_estimate *found =
        quantity->at_step ? slt_estimates_find(&at->estimates, llc, quantity->step)
                          : slt_estimates_last(&at->estimates, llc);
    if (at->trace && !found)
        return slt_fail(err, SLT_FORMAT, "the trace has no such estimate");
    if (!at->trace && at->run.train.steps)
        return slt_fail(err, SLT_FORMAT,
                        "there is no trace, which alone may have its weights");
    at->step = found ? found->at_step : 0;
    at->nbeta = found ? found->chain[0]->nbeta
                      : slt_llc_nbeta(&at->run.llc[llc],
                                      slt_llc_samples(&at->run.llc[llc], &at->run));
    return SLT_OK;
}

static slt_status at_point_begin(at_point *at, slt_error *err)
{
    slt_trainer *trainer = NULL;
    slt_status status = slt_num_available(at->run.arithmetic, err);
    if (!status && at->run.arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err);
    if (!status)
        status = slt_trainer_create(&at->run, &trainer, err);
    if (!status)
        status = slt_state_create(&at->run, &at->state, err);
    if (!status)
        status = slt_state_init(trainer, &at->state, err);
    slt_trainer_free(trainer);
    return status;
}

static slt_status at_point_load(at_point *at, slt_error *err)
{
    for (size_t i = 0; at->trace && i < slt_trace_records(at->trace); i++) {
        const slt_record *record = slt_trace_record(at->trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && record->step == at->step &&
            record->has_state)
            return slt_trace_state(record, &at->run, &at->state, err);
    }
    if (at->step)
        return slt_fail(err, SLT_FORMAT,
                        "the trace does not store the state of step %" PRIu64
                        "; sltrace predict finds it by training",
                        at->step);
    return at_point_begin(at, err);
}

static slt_status at_point_predict(at_point *at, const slt_quantity *quantity,
                                   slt_planted *planted, slt_error *err)
{
    slt_point *point = NULL;
    slt_spectrum spectrum = {0};
    slt_prediction found;
    slt_status status = slt_point_create(&at->run, &at->state.weights, &point, err);
    if (!status)
        status = slt_spectrum_make(point, &at_point_quadrature, &spectrum, err);
    if (!status)
        status = slt_prediction_make(point, &spectrum, quantity->estimate, at->nbeta,
                                     &found, err);
    if (!status)
        *planted = (slt_planted){found.llc, found.stationary};
    slt_spectrum_free(&spectrum);
    slt_point_free(point);
    return status;
}

slt_status slt_at_point_predict(slt_manifest *manifest, size_t run, const char *trace,
                                const slt_quantity *quantity, slt_planted *planted,
                                slt_error *err)
{
    at_point *at = slt_world.calloc(1, sizeof *at);
    if (!at)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status = at_point_open(at, manifest, run, trace, err);
    if (!status)
        status = at_point_find(at, quantity, err);
    if (!status)
        status = at_point_load(at, err);
    if (!status)
        status = at_point_predict(at, quantity, planted, err);
    slt_state_free(&at->state);
    slt_estimates_free(&at->estimates);
    slt_trace_free(at->trace);
    free(at);
    return status;
}
