/* The state after a given update of a run, as NumPy files. */
#include <sltrace/check.h>
#include <sltrace/system.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "codec/npy.h"
#include "manifest/manifest.h"
#include "run/files.h"
#include "trace/trace_writer.h"
#include "verify/fingerprints.h"
#include "verify/state_check.h"
#include "verify/state_reach.h"

/* The state of exporting one state of a run. */
typedef struct state_export {
    const slt_state_options *options;
    const char *path;
    const slt_replay_page *page;
    slt_trace *trace;
    slt_run_spec *run;
    slt_trainer *trainer;
    slt_state state;
    const char *inner; /* where the files are until all are whole */
    size_t files;
    slt_state_way way;
} state_export;

/* ---- Files ------------------------------------------------------------------------- */

/* Called with each tensor of the state and the name that a trace gives it. */
typedef slt_status (*use_tensor)(state_export *w, const char *name,
                                 const slt_tensor *tensor, slt_error *err);

static void state_name_file(const state_export *w, const char *folder, const char *name,
                            const slt_tensor *tensor, slt_buffer *path)
{
    size_t size;
    const char *stem = slt_npy_stem(w->path, &size);
    slt_buffer_printf(path, "%s/%.*s-step%" PRIu64 "-", folder, (int)size, stem,
                      w->options->step);
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
    bool there = false;
    state_name_file(w, w->options->folder, name, tensor, &path);
    if (path.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a path");
    else
        status = slt_files_look(slt_buffer_text(&path), &there, err);
    if (there)
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
    state_name_file(w, w->inner, name, tensor, &npy.path);
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

/* ---- The whole --------------------------------------------------------------------- */

static slt_status state_prepare(state_export *w, slt_error *err)
{
    size_t size;
    const uint8_t *canonical = slt_trace_run(w->trace, &size);
    slt_status status = slt_canonical_decode(canonical, size, w->run, err);
    if (!status && w->run->trials.count)
        status = slt_fail(err, SLT_USAGE,
                          "%s: its run has trials, not one state (--trial K)", w->path);
    if (!status)
        status = slt_state_reachable_step(w->path, w->trace, w->options->step, err);
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

static slt_status state_go(state_export *w, slt_error *err)
{
    const slt_record *stored = slt_state_before(w->trace, w->options->step);
    if (w->page->begin)
        w->page->begin(w->page->context, stored ? &stored->step : NULL);
    w->way = (slt_state_way){.path = w->path,
                             .trace = w->trace,
                             .trainer = w->trainer,
                             .cancel = w->options->cancel};
    return slt_state_reach(&w->way, w->options->step, &w->state, err);
}

/* Writes what was computed, even if the trace has other bits. */
static slt_status state_write_all(state_export *w, slt_error *err)
{
    const char *folder = w->options->folder;
    slt_status status = slt_folder_make(folder, err);
    if (!status)
        status = state_each_tensor(w, state_refuse_existing, err);
    if (!status)
        status = slt_staging_begin(folder, &w->inner, err);
    if (status)
        return status;
    status = state_each_tensor(w, state_write_tensor, err);
    slt_status ended = slt_staging_end(folder, !status, false, status ? NULL : err);
    if (status || ended)
        return status ? status : ended;
    if (w->page->state)
        w->page->state(w->page->context, w->files, w->options->step);
    if (w->way.differs && err)
        *err = w->way.error;
    return w->way.differs;
}

static slt_status state_run(state_export *w, slt_error *err)
{
    w->run = slt_world.calloc(1, sizeof *w->run);
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
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
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
