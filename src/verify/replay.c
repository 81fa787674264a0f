#include <sltrace/check.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/io.h"
#include "base/world.h"
#include "codec/digest.h"
#include "manifest/manifest.h"
#include "num/math.h"
#include "run/execute.h"
#include "trace/trace_agree.h"
#include "verify/replay_start.h"
#include "verify/compare.h"
#include "verify/fingerprints.h"
#include "verify/step_lines.h"

/* The state of one replay. */
typedef struct replay {
    const slt_replay_options *options;
    const char *path;
    const slt_replay_page *page;
    slt_trace *trace;
    slt_run_spec *run;
    const uint8_t *canonical;
    size_t canonical_size;
    slt_buffer kept; /* the replayed trace's bytes, from its first on */
    size_t from, to; /* records compared */
    slt_execution execution;
    slt_trace_writer writer;
} replay;

/* ---- Hooks ------------------------------------------------------------------------- */

static slt_status replay_keep_record(void *context, slt_trace_writer *writer,
                                     slt_error *err)
{
    replay *r = context;
    slt_buffer_append(&r->kept, writer->bytes.data, writer->bytes.size);
    slt_buffer_clear(&writer->bytes);
    if (r->kept.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for the replayed trace");
    return SLT_OK;
}

static slt_status replay_print_step(void *context, const slt_execution *at, slt_real loss,
                                    slt_error *err)
{
    replay *r = context;
    slt_buffer line = {0};
    slt_step_line_print(&r->run->model, &at->state, loss, &line);
    bool written = !line.failed && slt_world.fwrite(line.data, 1, line.size,
                                                    r->options->steps) == line.size;
    slt_buffer_free(&line);
    return written ? SLT_OK : slt_fail(err, SLT_FILE, "cannot write the steps");
}

static bool replay_pause_wanted(void *context, uint64_t done)
{
    const replay *r = context;
    (void)done;
    return r->options->cancel && *r->options->cancel;
}

static slt_status replay_pause(void *context, const slt_execution *at,
                               const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "stopped before the replay was complete");
}

/* ---- Which records ----------------------------------------------------------------- */

static slt_status unknown_step(const replay *r, uint64_t step, slt_error *err)
{
    slt_buffer steps = {0};
    for (size_t i = 0; i < slt_trace_records(r->trace); i++) {
        const slt_record *record = slt_trace_record(r->trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && steps.size < 200)
            slt_buffer_printf(&steps, " %" PRIu64, record->step);
    }
    slt_status status =
        slt_fail(err, SLT_USAGE, "%s: no checkpoint at step %" PRIu64 "; it has%s%s",
                 r->path, step, slt_buffer_text(&steps), steps.size < 200 ? "" : " ...");
    slt_buffer_free(&steps);
    return status;
}

static slt_status replay_choose_records(replay *r, slt_error *err)
{
    const slt_replay_options *options = r->options;
    r->from = 0;
    r->to = SIZE_MAX;
    if (options->has_from)
        r->from = slt_replay_start_checkpoint(r->trace, options->from);
    if (r->from == SIZE_MAX)
        return unknown_step(r, options->from, err);
    if (options->has_to) {
        r->to = slt_replay_start_checkpoint(r->trace, options->to);
        if (r->to == SIZE_MAX)
            return unknown_step(r, options->to, err);
    }
    if (r->to < r->from)
        return slt_fail(err, SLT_USAGE, "--to %" PRIu64 " lies before --from %" PRIu64,
                        options->to, options->from);
    if (options->write && (options->has_from || options->has_to))
        return slt_fail(err, SLT_USAGE,
                        "--write needs the whole run: no --from, no --to");
    return SLT_OK;
}

/* ---- Where it begins --------------------------------------------------------------- */

static slt_status replay_begin_at(replay *r, const slt_buffer *bytes, size_t index,
                                  slt_error *err)
{
    const slt_record *record = slt_trace_record(r->trace, index);
    slt_status status =
        slt_replay_start_at(r->trace, bytes, index, &r->execution, &r->writer, err);
    if (status)
        return status;
    slt_buffer_append(&r->kept, bytes->data, record->offset + record->size);
    if (r->page->begin)
        r->page->begin(r->page->context, &record->step);
    return SLT_OK;
}

static slt_status replay_begin(replay *r, const slt_buffer *bytes, slt_error *err)
{
    size_t limit = r->from, state = SIZE_MAX;
    slt_status status = slt_execution_create(r->run, &r->execution, err);
    if (r->options->has_from && !r->options->has_to)
        limit = slt_replay_start_limit(r->trace, r->run, r->from);
    if (r->options->has_from)
        state = slt_replay_start_state(r->trace, limit);
    if (!status && state != SIZE_MAX)
        status = replay_begin_at(r, bytes, state, err);
    else if (!status && r->page->begin)
        r->page->begin(r->page->context, NULL);
    return status;
}

/* ---- The verdict ------------------------------------------------------------------- */

/* Parses the replayed records as a trace. A replay that stopped at --to gets an end
 * record of its own, which is not compared. */
static slt_status replay_parse_kept(replay *r, slt_trace **found, slt_error *err)
{
    if (r->execution.phase != SLT_PHASE_CLOSE) {
        slt_trace_write_end(&r->writer, SLT_RUN_DONE, "", r->execution.state.step);
        slt_status status = replay_keep_record(r, &r->writer, err);
        if (status)
            return status;
    }
    return slt_trace_parse_form(r->kept.data, r->kept.size, "the replayed trace", found,
                                err);
}

static slt_status replay_tell_difference(const replay *r,
                                         const slt_difference *difference, slt_error *err)
{
    slt_buffer words = {0};
    slt_difference_print_replayed(difference, r->path, &words);
    slt_fail(err, SLT_DIFFERS, "%s: replay differs at %s", r->path,
             slt_buffer_text(&words));
    slt_buffer_free(&words);
    return SLT_DIFFERS;
}

static slt_status replay_judge(replay *r, const slt_buffer *bytes, slt_error *err)
{
    size_t records = slt_trace_records(r->trace);
    slt_trace *found = NULL;
    slt_status status = replay_parse_kept(r, &found, err);
    if (status)
        return status;
    slt_replay_verdict v = {.whole = !r->options->has_from && !r->options->has_to,
                            .bytes = bytes->size,
                            .records = records,
                            .first = r->from,
                            .last = r->to < records ? r->to : records - 1,
                            .trace = r->path};
    status = slt_compare_traces(r->trace, found, r->from, r->to, &v.difference, err);
    if (status) {
        slt_trace_free(found);
        return status;
    }
    bool same = v.difference.kind == SLT_SAME;
    if (v.whole)
        same = same && bytes->size == r->kept.size &&
               !memcmp(bytes->data, r->kept.data, bytes->size);
    v.verdict = same ? SLT_VERDICT_IDENTICAL : SLT_VERDICT_DIFFERS;
    if (r->page->verdict)
        r->page->verdict(r->page->context, &v);
    slt_trace_free(found);
    return same ? SLT_OK : replay_tell_difference(r, &v.difference, err);
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status replay_execute(replay *r, slt_error *err)
{
    slt_pool *pool = NULL;
    slt_execute_hooks hooks = {.context = r,
                               .record = replay_keep_record,
                               .step = r->options->steps ? replay_print_step : NULL,
                               .wanted = replay_pause_wanted,
                               .pause = replay_pause,
                               .has_until = r->options->has_to,
                               .until = r->options->to};
    slt_status status =
        slt_pool_create(r->options->jobs ? r->options->jobs : 1, &pool, err);
    if (status)
        return status;
    if (r->options->steps)
        fprintf(r->options->steps,
                "# step, loss of its batch before the update, XXH3-128 "
                "of each tensor after it\n");
    status = slt_execute(&r->execution, r->canonical, r->canonical_size, &r->writer, pool,
                         &hooks, err);
    slt_pool_free(pool);
    if (!status && r->options->steps && slt_world.fflush(r->options->steps))
        status = slt_fail(err, SLT_FILE, "cannot write the steps");
    return status;
}

static slt_status replay_run(replay *r, const slt_buffer *bytes, slt_error *err)
{
    r->run = slt_world.calloc(1, sizeof *r->run);
    if (!r->run)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    r->canonical = slt_trace_run(r->trace, &r->canonical_size);
    slt_status status =
        slt_canonical_decode(r->canonical, r->canonical_size, r->run, err);
    if (!status)
        status = slt_trace_judgeable(r->trace, r->path, r->run, err);
    if (!status && r->run->trials.count && r->options->steps)
        status = slt_fail(
            err, SLT_USAGE,
            "%s: its run has trials, whose steps are not written (--trial K)", r->path);
    if (!status)
        status = replay_choose_records(r, err);
    if (!status)
        status = replay_begin(r, bytes, err);
    if (!status)
        status = replay_execute(r, err);
    if (!status)
        status = replay_judge(r, bytes, err);
    if ((status && status != SLT_DIFFERS) || !r->options->write)
        return status;
    slt_status written =
        slt_io_replace(r->options->write, r->kept.data, r->kept.size, err);
    return written ? written : status;
}

slt_status slt_replay(const char *trace_path, const slt_replay_options *options,
                      const slt_replay_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    static const slt_replay_page nobody = {0};
    replay r = {.options = options, .path = trace_path, .page = page ? page : &nobody};
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(trace_path, UINT32_MAX, &bytes, err);
    if (!status)
        status = slt_trace_parse(bytes.data, bytes.size, trace_path, &r.trace, err);
    if (!status) {
        slt_trace_writer_init(&r.writer);
        status = replay_run(&r, &bytes, err);
        slt_trace_writer_free(&r.writer);
    }
    slt_execution_free(&r.execution);
    slt_buffer_free(&r.kept);
    slt_buffer_free(&bytes);
    slt_trace_free(r.trace);
    free(r.run);
    return status;
}
