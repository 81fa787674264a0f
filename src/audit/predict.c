/* Goes through a trace's run once more, training alone, and predicts its estimates from
 * the loss around the weights that they start from. */
#include "audit/predict.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "learn/train.h"
#include "manifest/manifest.h"
#include "theory/spectrum.h"
#include "trace/trace_writer.h"
#include "verify/fingerprints.h"
#include "verify/state_check.h"

typedef struct forecast {
    const slt_predict_options *options;
    const slt_predict_page *page;
    const char *path;
    slt_trace *trace;
    slt_run_spec *run;
    slt_estimates estimates;
    slt_trainer *trainer;
    slt_state state;
    slt_spectrum_options spectrum;
} forecast;

static slt_status forecast_cancelled(const forecast *f, slt_error *err)
{
    return f->options->cancel && *f->options->cancel
               ? slt_fail(err, SLT_INTERRUPTED, "stopped before all was predicted")
               : SLT_OK;
}

/* ---- The way there ----------------------------------------------------------------- */

/* Where a checkpoint was recorded its state must be this one. */
static slt_status forecast_check_state(const forecast *f, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < slt_trace_records(f->trace) && !status; i++) {
        const slt_record *record = slt_trace_record(f->trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && record->step == f->state.step)
            status = slt_state_check(f->path, &f->run->model, record, &f->state, err);
    }
    return status;
}

/* From the stored state nearest before `step`, if that is ahead. */
static slt_status forecast_jump(forecast *f, uint64_t step, bool begun, slt_error *err)
{
    const slt_record *stored = slt_state_before(f->trace, step);
    if (stored && (!begun || stored->step > f->state.step)) {
        slt_state_free(&f->state);
        return slt_trace_state(stored, f->run, &f->state, err);
    }
    if (begun)
        return SLT_OK;
    slt_status status = slt_state_create(f->run, &f->state, err);
    return status ? status : slt_state_init(f->trainer, &f->state, err);
}

static slt_status forecast_go(forecast *f, uint64_t step, bool begun, slt_error *err)
{
    slt_status status = forecast_jump(f, step, begun, err);
    if (!status)
        status = forecast_check_state(f, err);
    while (!status && f->state.step < step) {
        slt_real loss;
        status = forecast_cancelled(f, err);
        if (!status && slt_train_step(f->trainer, &f->state, &loss) != SLT_STEP_MORE)
            status = slt_fail(err, SLT_DIFFERS,
                              "%s: training ends at step %" PRIu64
                              " here, and later in the trace; see sltrace replay",
                              f->path, f->state.step);
        if (!status)
            status = forecast_check_state(f, err);
    }
    return status;
}

/* ---- At a checkpoint --------------------------------------------------------------- */

static bool forecast_chosen(const forecast *f, const slt_estimate *e)
{
    const slt_predict_options *o = f->options;
    return (!o->has_estimate || e->llc + 1 == o->estimate) &&
           (!o->has_step || e->at_step == o->step);
}

/* Which of its own checkpoints an estimate was made at. */
static size_t forecast_place(const forecast *f, size_t index)
{
    size_t place = 0;
    for (size_t i = 0; i < index; i++)
        place += f->estimates.list[i].llc == f->estimates.list[index].llc;
    return place;
}

static slt_status forecast_tell(void *context, unsigned percent, slt_error *err)
{
    const forecast *f = context;
    if (f->options->progress)
        f->options->progress(f->options->progress_context, f->state.step, percent);
    return forecast_cancelled(f, err);
}

/* A prediction that cannot be made is told, and the others go on. */
static slt_status forecast_estimate(forecast *f, slt_point *point, slt_spectrum *spectrum,
                                    size_t index, slt_error *err)
{
    const slt_estimate *e = &f->estimates.list[index];
    slt_predicted found = {.run = f->run, .estimate = e, .spectrum = spectrum};
    found.status = slt_prediction_check(f->run, e->llc, &found.error);
    if (!found.status) {
        slt_status status =
            slt_prediction_compare(point, spectrum, e, forecast_place(f, index),
                                   &found.prediction, &found.departure, err);
        if (status)
            return status;
    }
    if (f->page->estimate)
        f->page->estimate(f->page->context, &found);
    return SLT_OK;
}

static slt_status forecast_here(forecast *f, slt_error *err)
{
    slt_point *point = NULL;
    slt_spectrum spectrum = {0};
    slt_status status = slt_point_create(f->run, &f->state.weights, &point, err);
    if (!status)
        status = slt_spectrum_make(point, &f->spectrum, &spectrum, err);
    for (size_t i = 0; i < f->estimates.count && !status; i++)
        if (forecast_chosen(f, &f->estimates.list[i]) &&
            f->estimates.list[i].at_step == f->state.step)
            status = forecast_estimate(f, point, &spectrum, i, err);
    slt_spectrum_free(&spectrum);
    slt_point_free(point);
    return status;
}

/* The least step from `from` on at which a chosen estimate stands; UINT64_MAX: none. */
static uint64_t forecast_next(const forecast *f, uint64_t from)
{
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < f->estimates.count; i++) {
        const slt_estimate *e = &f->estimates.list[i];
        if (forecast_chosen(f, e) && e->at_step >= from && e->at_step < next)
            next = e->at_step;
    }
    return next;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status forecast_prepare(forecast *f, slt_error *err)
{
    size_t size;
    const uint8_t *canonical = slt_trace_run(f->trace, &size);
    slt_status status = slt_canonical_decode(canonical, size, f->run, err);
    if (!status)
        status = slt_estimates_of_trace(f->trace, &f->estimates, err);
    if (!status && !f->estimates.count)
        status = slt_fail(err, SLT_USAGE, "%s: it has no estimates", f->path);
    if (!status && forecast_next(f, 0) == UINT64_MAX)
        status =
            slt_fail(err, SLT_USAGE, "%s: no estimate of that number and step", f->path);
    if (!status)
        status = slt_trace_judgeable(f->trace, f->path, f->run, err);
    if (!status && f->run->arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err);
    return status ? status : slt_trainer_create(f->run, &f->trainer, err);
}

static slt_status forecast_run(forecast *f, slt_error *err)
{
    const slt_predict_options *o = f->options;
    f->spectrum = slt_spectrum_usual;
    f->spectrum.probes = o->probes ? o->probes : f->spectrum.probes;
    f->spectrum.steps = o->steps ? o->steps : f->spectrum.steps;
    if (o->exact || o->sample)
        f->spectrum.exact_max = o->exact ? SLT_SPECTRUM_MAX : 0;
    f->spectrum.tell = forecast_tell;
    f->spectrum.context = f;
    slt_status status = forecast_prepare(f, err);
    if (status)
        return status;
    if (f->page->begin)
        f->page->begin(f->page->context, f->path);
    uint64_t at = 0;
    for (bool begun = false; !status && (at = forecast_next(f, at)) != UINT64_MAX; at++) {
        status = forecast_go(f, at, begun, err);
        if (!status)
            status = forecast_here(f, err);
        begun = true;
    }
    if (f->page->end)
        f->page->end(f->page->context);
    return status;
}

slt_status slt_predict(const char *trace_path, const slt_predict_options *options,
                       const slt_predict_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const slt_predict_page none;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    page = page ? page : &none;
    forecast f = {.options = options,
                  .page = page,
                  .path = trace_path,
                  .run = slt_run_spec_create()};
    slt_status status =
        f.run ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (!status)
        status = slt_trace_open(trace_path, &f.trace, err);
    if (!status)
        status = forecast_run(&f, err);
    slt_trainer_free(f.trainer);
    slt_state_free(&f.state);
    slt_estimates_free(&f.estimates);
    slt_trace_free(f.trace);
    free(f.run);
    return status;
}
