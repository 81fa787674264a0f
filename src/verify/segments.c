#include "verify/segments.h"

#include <stdlib.h>

#include "base/world.h"
#include "trace/trace_agree.h"
#include "verify/segments_internal.h"

bool slt_segments_possible(const slt_trace *trace)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++)
        if (slt_trace_record(trace, i)->has_state)
            return true;
    return false;
}

/* ---- The pieces, in the order of their tasks --------------------------------------- */

/* Runs estimates from stored states before the stretches: an estimate usually takes
 * longer than a stretch, and idle threads can help with its chains. */
static void segments_run_piece(void *argument, size_t index)
{
    slt_pieces *pieces = argument;
    if (index < pieces->stored_count)
        slt_pieces_estimate(pieces, pieces->order[index]);
    else
        slt_pieces_stretch(pieces, index - pieces->stored_count);
}

static void segments_run_late_estimate(void *argument, size_t index)
{
    slt_pieces *pieces = argument;
    slt_pieces_estimate(pieces, pieces->order[pieces->stored_count + index]);
}

static bool segments_failed(slt_pieces *pieces)
{
    return pieces->status || slt_pieces_over(pieces, SIZE_MAX);
}

static void segments_run_all(slt_pieces *pieces)
{
    slt_pool *pool = pieces->segments->pool;
    slt_pool_each(pool, pieces->stored_count + pieces->stretch_count, segments_run_piece,
                  pieces);
    if (segments_failed(pieces) || pieces->ended)
        return;
    slt_pool_each(pool, pieces->estimate_count - pieces->stored_count,
                  segments_run_late_estimate, pieces);
    if (!segments_failed(pieces))
        slt_pieces_close(pieces);
}

/* ---- The verdict ------------------------------------------------------------------- */

/* Finds what differs: compares the trace with a copy whose records from the difference on
 * are those made here. */
static slt_status segments_look_inside(const slt_pieces *pieces,
                                       slt_segments_verdict *verdict, slt_error *err)
{
    const slt_trace *trace = pieces->trace;
    size_t record = pieces->earliest, size, before = 0;
    slt_trace *found = NULL;
    slt_buffer bytes = {0};
    if (record) {
        const slt_record *last = slt_trace_record(trace, record - 1);
        before = last->offset + last->size;
    }
    slt_buffer_append(&bytes, slt_trace_bytes(trace, &size), before);
    slt_buffer_append(&bytes, pieces->found.data, pieces->found.size);
    bool whole = !bytes.failed && !pieces->found.failed;
    slt_status status =
        whole ? slt_trace_parse_form(bytes.data, bytes.size, "what was computed", &found,
                                     err)
              : slt_fail(err, SLT_RESOURCE, "no memory for a record of the trace");
    if (!status) {
        status =
            slt_compare_traces(trace, found, record, record, &verdict->difference, err);
        verdict->field = "chain";
        slt_digest_text(pieces->found_hash, verdict->found);
        if (record < slt_trace_records(trace))
            slt_digest_text(slt_trace_hash(trace, record), verdict->expected);
    }
    slt_buffer_free(&bytes);
    slt_trace_free(found);
    return status;
}

/* If a stored state is one that no run reaches, the stretch that should have ended in it
 * reports it. */
slt_status slt_pieces_conclude(slt_pieces *pieces, slt_segments_verdict *verdict,
                               slt_error *err)
{
    size_t differs = pieces->earliest;
    bool first = differs != SIZE_MAX &&
                 (!pieces->status ||
                  (pieces->status == SLT_FORMAT && differs < pieces->status_first));
    if (first)
        return segments_look_inside(pieces, verdict, err);
    if (pieces->status && err)
        *err = pieces->error;
    verdict->same = !pieces->status;
    return pieces->status;
}

/* ---- The whole --------------------------------------------------------------------- */

void slt_pieces_free(slt_pieces *pieces)
{
    for (size_t i = 0; i < pieces->stretch_count; i++)
        slt_kept_free(&pieces->stretches[i].kept);
    for (size_t i = 0; i < pieces->estimate_count; i++)
        slt_results_free(&pieces->estimates[i].results);
    free(pieces->stretches);
    free(pieces->estimates);
    free(pieces->order);
    slt_trainer_free(pieces->trainer);
    if (pieces->has_last)
        slt_execution_free(&pieces->last);
    slt_buffer_free(&pieces->found);
    slt_world.pthread_mutex_destroy(&pieces->mutex);
}

void slt_pieces_begin(slt_pieces *pieces, const slt_segments *segments)
{
    *pieces = (slt_pieces){.segments = segments, .trace = segments->trace};
    atomic_init(&pieces->earliest, SIZE_MAX);
    atomic_init(&pieces->broken, false);
    slt_world.pthread_mutex_init(&pieces->mutex, NULL);
}

slt_status slt_segments_judge(const slt_segments *segments, slt_segments_verdict *verdict,
                              slt_error *err)
{
    slt_pieces pieces;
    *verdict = (slt_segments_verdict){0};
    slt_pieces_begin(&pieces, segments);
    slt_status status = slt_num_available(segments->run->arithmetic, err);
    if (!status)
        status = slt_pieces_plan(&pieces, err);
    if (!status && pieces.estimate_count)
        status = slt_trainer_create(segments->run, &pieces.trainer, err);
    if (!status) {
        segments_run_all(&pieces);
        verdict->stretches = pieces.stretch_count;
        verdict->estimates = pieces.ended ? 0 : pieces.estimate_count;
        status = slt_pieces_conclude(&pieces, verdict, err);
    }
    slt_pieces_free(&pieces);
    return status;
}
