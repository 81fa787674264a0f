#include "audit/walk.h"

#include <string.h>

#include "base/world.h"
#include "codec/digest.h"
#include "run/files.h"
#include "verify/replay_start.h"

/* The state of one walk. */
typedef struct walking {
    const slt_audit_stretch *stretch;
    slt_audit_walk *walk;
    slt_trace_writer writer;
    slt_buffer line;
    slt_digest passed; /* digest of the bodies of all records so far */
    uint64_t told_ns;  /* when progress was last reported */
    bool over;         /* it stopped as asked and was not interrupted */
} walking;

/* ---- What records say -------------------------------------------------------------- */

static void walk_add_body(slt_digest *passed, slt_digest body)
{
    *passed = slt_digest_chain(*passed, body.bytes, sizeof body.bytes);
}

bool slt_audit_bodies_digest(const slt_audit_side *side, size_t from, size_t end,
                             slt_digest *passed)
{
    slt_digest body;
    *passed = (slt_digest){{0}};
    for (size_t i = from == SIZE_MAX ? 1 : from + 1; i <= end; i++) {
        if (!slt_trace_body(side->trace, i, &body))
            return false;
        walk_add_body(passed, body);
    }
    return true;
}

/* ---- Hooks ------------------------------------------------------------------------- */

static slt_status walk_end_here(walking *w, slt_error *err)
{
    w->over = true;
    return slt_fail(err, SLT_INTERRUPTED, "far enough");
}

static slt_status walk_look_at_record(void *context, slt_trace_writer *writer,
                                      slt_error *err)
{
    walking *w = context;
    slt_audit_walk *walk = w->walk;
    size_t record = writer->records - 1;
    if (record > 0)
        walk_add_body(&w->passed,
                      slt_digest_body(writer->bytes.data, writer->bytes.size));
    slt_buffer_clear(&writer->bytes);
    if (record == w->stretch->end) {
        walk->reached = true;
        walk->bodies = w->passed;
    }
    return walk->reached ? walk_end_here(w, err) : SLT_OK;
}

static slt_status walk_look_beside(walking *w, slt_error *err)
{
    slt_audit_walk *walk = w->walk;
    slt_step_lines *beside = walk->beside;
    slt_status status = SLT_OK;
    while (!beside->begun || beside->step < walk->execution.state.step)
        if (!slt_step_lines_next(beside, &status, err))
            return status;
    if (beside->step > walk->execution.state.step)
        return SLT_OK;
    w->line.data[w->line.size - 1] = 0;
    walk->parted =
        slt_step_lines_part(beside->line, (const char *)w->line.data, &walk->difference);
    return SLT_OK;
}

static slt_status walk_look_at_step(void *context, const slt_execution *at, slt_real loss,
                                    slt_error *err)
{
    walking *w = context;
    slt_audit_walk *walk = w->walk;
    slt_status status = SLT_OK;
    if (walk->write || walk->beside) {
        slt_buffer_clear(&w->line);
        slt_step_line_print(&at->run->model, &at->state, loss, &w->line);
        if (w->line.failed)
            return slt_fail(err, SLT_RESOURCE, "no memory for the hashes of a step");
    }
    if (walk->write &&
        slt_world.fwrite(w->line.data, 1, w->line.size, walk->write) != w->line.size)
        return slt_fail(err, SLT_RESOURCE, "cannot write the hashes of steps");
    if (walk->beside)
        status = walk_look_beside(w, err);
    walk->stopped = walk->parted || (walk->has_stop && at->state.step == walk->stop);
    return status || !walk->stopped ? status : walk_end_here(w, err);
}

/* Whether the walk is at the state to stop at. Needed for the state with which the
 * stretch begins, as no step leads to it. */
static bool walk_at_stop(const slt_audit_walk *walk)
{
    const slt_execution *at = &walk->execution;
    return walk->has_stop && at->phase == SLT_PHASE_TRAIN && at->state.step == walk->stop;
}

/* Reports the progress of training; the fraction stays 1 while chains are run. */
static void walk_tell_progress(walking *w)
{
    const slt_audit_stretch *stretch = w->stretch;
    const slt_audit_options *options = stretch->options;
    uint64_t now = slt_clock_ns(), step = w->walk->execution.state.step;
    uint64_t whole = stretch->to_step - stretch->from_step;
    if (now - w->told_ns < 100000000u)
        return;
    w->told_ns = now;
    slt_progress progress = {.runs_total = 1, .label = ""};
    progress.fraction = whole ? (double)(step - stretch->from_step) / (double)whole : 0;
    options->progress(options->progress_context, &progress);
}

static bool walk_pause_wanted(void *context, uint64_t done)
{
    walking *w = context;
    const slt_audit_options *options = w->stretch->options;
    bool training = w->walk->execution.phase == SLT_PHASE_TRAIN;
    (void)done;
    if (training && w->walk->tells && options->progress)
        walk_tell_progress(w);
    return (options->cancel && *options->cancel) || walk_at_stop(w->walk);
}

static slt_status walk_pause(void *context, const slt_execution *at,
                             const slt_trace_writer *writer, slt_error *err)
{
    walking *w = context;
    (void)at;
    (void)writer;
    w->walk->stopped = walk_at_stop(w->walk);
    if (w->walk->stopped)
        return walk_end_here(w, err);
    return slt_fail(err, SLT_INTERRUPTED, "stopped before the audit was complete");
}

/* ---- The walk ---------------------------------------------------------------------- */

static slt_status walk_begin(walking *w, slt_error *err)
{
    const slt_audit_stretch *stretch = w->stretch;
    slt_execution *at = &w->walk->execution;
    slt_status status = slt_execution_create(stretch->run, at, err);
    if (status || stretch->from == SIZE_MAX)
        return status;
    return slt_replay_start_at(stretch->side->trace, &stretch->side->bytes, stretch->from,
                               at, &w->writer, err);
}

static slt_status walk_go(walking *w, slt_error *err)
{
    slt_audit_walk *walk = w->walk;
    const slt_execute_hooks hooks = {.context = w,
                                     .record = walk_look_at_record,
                                     .step = walk_look_at_step,
                                     .wanted = walk_pause_wanted,
                                     .pause = walk_pause};
    size_t size;
    const uint8_t *canonical = slt_trace_run(w->stretch->side->trace, &size);
    slt_status status = walk_begin(w, err);
    slt_buffer_clear(&w->writer.bytes);
    if (!status)
        status = slt_execute(&walk->execution, canonical, size, &w->writer, walk->pool,
                             &hooks, err);
    return w->over ? SLT_OK : status;
}

void slt_audit_walk_go(const slt_audit_stretch *stretch, slt_audit_walk *walk)
{
    walking w = {.stretch = stretch, .walk = walk};
    slt_trace_writer_init(&w.writer);
    if (slt_fpenv_pretend(walk->fault)) {
        walk->status = walk_go(&w, &walk->error);
        slt_fpenv_pretend(SLT_FPENV_RIGHT);
    } else {
        walk->status = slt_fail(&walk->error, SLT_UNFIT, "no such switch on this CPU");
    }
    slt_trace_writer_free(&w.writer);
    slt_buffer_free(&w.line);
}

void slt_audit_walk_free(slt_audit_walk *walk)
{
    slt_execution_free(&walk->execution);
    if (walk->parted)
        slt_buffer_free(&walk->difference.tensors);
    *walk = (slt_audit_walk){0};
}
