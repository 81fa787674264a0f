/* The state after a given update of a run, as NumPy files. */
#include <sltrace/check.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "codec/npy.h"
#include "manifest/manifest.h"
#include "run/files.h"
#include "trace/trace_writer.h"
#include "verify/fingerprints.h"
#include "verify/state_check.h"

/* The state of exporting one state of a run. */
typedef struct state_export {
    const slt_state_options *options;
    const char *path;
    const slt_replay_page *page;
    slt_trace *trace;
    slt_run_spec *run;
    slt_trainer *trainer;
    slt_state state;
    size_t files;
    slt_status differs; /* SLT_DIFFERS if a checkpoint passed on the way differs; error
                           says how */
    slt_error error;
} state_export;

/* ---- Files ------------------------------------------------------------------------- */

/* Called with each tensor of the state and the name that a trace gives it. */
typedef slt_status (*use_tensor)(state_export *w, const char *name,
                                 const slt_tensor *tensor, slt_error *err);

static void state_name_file(const state_export *w, const char *name,
                            const slt_tensor *tensor, slt_buffer *path)
{
    size_t size;
    const char *stem = slt_npy_stem(w->path, &size);
    slt_buffer_printf(path, "%s/%.*s-step%" PRIu64 "-", w->options->folder, (int)size,
                      stem, w->options->step);
    slt_npy_name(path, name);
    if (tensor->arithmetic == SLT_FIXED)
        slt_buffer_printf(path, ".frac%d", tensor->frac);
    slt_buffer_printf(path, ".npy");
}

static slt_status state_refuse_existing(state_export *w, const char *name,
                                        const slt_tensor *tensor, slt_error *err)
{
    slt_buffer path = {0};
    slt_status status = SLT_OK;
    state_name_file(w, name, tensor, &path);
    if (path.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a path");
    else if (slt_file_exists(slt_buffer_text(&path)))
        status = slt_fail(err, SLT_FILE, "%s: exists already; nothing is overwritten",
                          slt_buffer_text(&path));
    slt_buffer_free(&path);
    return status;
}

static slt_status state_write_tensor(state_export *w, const char *name,
                                     const slt_tensor *tensor, slt_error *err)
{
    const size_t shape[] = {tensor->rows, tensor->cols};
    slt_npy npy = {0};
    state_name_file(w, name, tensor, &npy.path);
    slt_npy_begin(&npy, slt_npy_type(tensor->arithmetic), shape, 2);
    slt_npy_tensor(&npy, tensor);
    slt_status status = slt_npy_end(&npy, true, err);
    w->files += status == SLT_OK;
    return status;
}

/* In the order of a checkpoint. */
static slt_status state_each_tensor(state_export *w, use_tensor use, slt_error *err)
{
    slt_tensor_walk at =
        slt_tensors_of(&w->run->model, &w->state.weights, &w->state.slots);
    slt_status status = SLT_OK;
    while (!status && slt_tensors_next(&at))
        status = use(w, at.name, at.tensor, err);
    return status;
}

/* ---- The way there ----------------------------------------------------------------- */

static slt_status state_begin(state_export *w, slt_error *err)
{
    const slt_record *stored = slt_state_before(w->trace, w->options->step);
    if (w->page->begin)
        w->page->begin(w->page->context, stored ? &stored->step : NULL);
    if (!stored)
        return slt_state_init(w->trainer, &w->state, err);
    slt_state_free(&w->state);
    return slt_trace_state(stored, w->run, &w->state, err);
}

/* Compares the state with the checkpoint of this step, if there is one. The first
 * difference is kept and reported at the end. */
static slt_status state_pass_checkpoint(state_export *w, slt_error *err)
{
    for (size_t i = 0; i < slt_trace_records(w->trace) && !w->differs; i++) {
        const slt_record *record = slt_trace_record(w->trace, i);
        if (record->kind != SLT_RECORD_CHECKPOINT || record->step != w->state.step)
            continue;
        slt_status status =
            slt_state_check(w->path, &w->run->model, record, &w->state, &w->error);
        if (status == SLT_DIFFERS)
            w->differs = status;
        else if (status && err)
            *err = w->error;
        return status == SLT_DIFFERS ? SLT_OK : status;
    }
    return SLT_OK;
}

static slt_status state_step(state_export *w, slt_error *err)
{
    slt_real loss;
    if (w->options->cancel && *w->options->cancel)
        return slt_fail(err, SLT_INTERRUPTED, "stopped before the state was reached");
    if (slt_train_step(w->trainer, &w->state, &loss) == SLT_STEP_MORE)
        return SLT_OK;
    return slt_fail(err, SLT_DIFFERS,
                    "%s: training ends at step %" PRIu64
                    " here, and later in the trace; see sltrace replay",
                    w->path, w->state.step);
}

static slt_status state_go(state_export *w, slt_error *err)
{
    slt_status status = state_begin(w, err);
    if (!status)
        status = state_pass_checkpoint(w, err);
    while (!status && w->state.step < w->options->step) {
        status = state_step(w, err);
        if (!status)
            status = state_pass_checkpoint(w, err);
    }
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status state_check_step(const state_export *w, slt_error *err)
{
    size_t records = slt_trace_records(w->trace);
    uint64_t made = slt_trace_record(w->trace, records - 1)->step;
    if (w->options->step <= made)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "%s: expected a step up to %" PRIu64 ", which is as far as training "
                    "went; found %" PRIu64,
                    w->path, made, w->options->step);
}

static slt_status state_prepare(state_export *w, slt_error *err)
{
    size_t size;
    const uint8_t *canonical = slt_trace_run(w->trace, &size);
    slt_status status = slt_canonical_decode(canonical, size, w->run, err);
    if (!status)
        status = state_check_step(w, err);
    if (!status)
        status = slt_trace_judgeable(w->trace, w->path, w->run, err);
    if (!status && w->run->arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err);
    if (!status)
        status = slt_state_create(w->run, &w->state, err);
    if (!status)
        status = state_each_tensor(w, state_refuse_existing, err);
    return status ? status : slt_trainer_create(w->run, &w->trainer, err);
}

/* Writes what was computed, even if the trace has other bits. */
static slt_status state_write_all(state_export *w, slt_error *err)
{
    slt_status status = slt_folder_make(w->options->folder, err);
    if (!status)
        status = state_each_tensor(w, state_refuse_existing, err);
    if (!status)
        status = state_each_tensor(w, state_write_tensor, err);
    if (status)
        return status;
    if (w->page->state)
        w->page->state(w->page->context, w->files, w->options->step);
    if (w->differs && err)
        *err = w->error;
    return w->differs;
}

static slt_status state_run(state_export *w, slt_error *err)
{
    w->run = calloc(1, sizeof *w->run);
    if (!w->run)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status = state_prepare(w, err);
    if (!status)
        status = state_go(w, err);
    return status ? status : state_write_all(w, err);
}

slt_status slt_replay_state(const char *trace_path, const slt_state_options *options,
                            const slt_replay_page *page, slt_error *err)
{
    static const slt_replay_page nobody = {0};
    state_export w = {
        .options = options, .path = trace_path, .page = page ? page : &nobody};
    slt_status status = slt_trace_open(trace_path, &w.trace, err);
    if (!status)
        status = state_run(&w, err);
    slt_trainer_free(w.trainer);
    slt_state_free(&w.state);
    slt_trace_free(w.trace);
    free(w.run);
    return status;
}
