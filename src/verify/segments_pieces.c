#include "verify/segments_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "verify/replay_start.h"

/* One piece while it is run. */
typedef struct piece {
    slt_pieces *pieces;
    size_t first;  /* the first record that it makes */
    size_t offset; /* offset in the trace of the record that it makes next */
    slt_trace_writer writer;
    _Atomic uint64_t told; /* its share of the progress that was reported */
} piece;

/* ---- What is found ----------------------------------------------------------------- */

bool slt_pieces_over(slt_pieces *pieces, size_t first)
{
    return atomic_load(&pieces->broken) || atomic_load(&pieces->earliest) < first;
}

/* Notes that record `record` differs or is missing. bytes: what the writer made instead;
 * it is completed here, so that it can be parsed as the rest of a trace. */
static void piece_note_difference(piece *p, size_t record, slt_buffer *bytes)
{
    slt_pieces *pieces = p->pieces;
    slt_digest hash = {{0}};
    if (record < p->writer.records)
        hash = p->writer.hashes[record];
    if (p->writer.order.kind != SLT_RECORD_END) {
        slt_buffer_clear(&p->writer.bytes);
        slt_trace_write_end(&p->writer, SLT_RUN_DONE, "", 0);
        slt_buffer_append(bytes, p->writer.bytes.data, p->writer.bytes.size);
    }
    slt_world.pthread_mutex_lock(&pieces->mutex);
    if (record < atomic_load(&pieces->earliest)) {
        slt_buffer_free(&pieces->found);
        pieces->found = *bytes;
        *bytes = (slt_buffer){0};
        pieces->found_hash = hash;
        atomic_store(&pieces->earliest, record);
    }
    slt_world.pthread_mutex_unlock(&pieces->mutex);
}

/* Of several failures, the one that comes first in the trace is reported; but one that
 * has nothing to do with the trace comes before all others. */
static void pieces_note_failure(slt_pieces *pieces, size_t first, slt_status status,
                                const slt_error *err)
{
    size_t rank = status == SLT_FORMAT ? first : 0;
    if (!rank)
        atomic_store(&pieces->broken, true);
    slt_world.pthread_mutex_lock(&pieces->mutex);
    if (!pieces->status || rank < pieces->status_first) {
        pieces->status = status;
        pieces->status_first = rank;
        pieces->error = *err;
    }
    slt_world.pthread_mutex_unlock(&pieces->mutex);
}

/* ---- Hooks ------------------------------------------------------------------------- */

static slt_status piece_compare_record(void *context, slt_trace_writer *writer,
                                       slt_error *err)
{
    piece *p = context;
    size_t size, made = writer->bytes.size;
    const uint8_t *bytes = slt_trace_bytes(p->pieces->trace, &size);
    if (made <= size - p->offset &&
        !memcmp(bytes + p->offset, writer->bytes.data, made)) {
        p->offset += made;
        slt_buffer_clear(&writer->bytes);
        return SLT_OK;
    }
    slt_buffer found = {0};
    slt_buffer_append(&found, writer->bytes.data, made);
    piece_note_difference(p, writer->records - 1, &found);
    slt_buffer_free(&found);
    return slt_fail(err, SLT_DIFFERS, "differs");
}

/* Called by any thread of the piece; `done` never falls. */
static bool piece_pause_wanted(void *context, uint64_t done)
{
    piece *p = context;
    slt_pieces *pieces = p->pieces;
    const slt_segments *segments = pieces->segments;
    uint64_t more = done - atomic_exchange(&p->told, done);
    uint64_t all = atomic_fetch_add(&pieces->done, more) + more;
    return slt_pieces_over(pieces, p->first) ||
           (segments->wanted && segments->wanted(segments->context, all));
}

static slt_status piece_pause(void *context, const slt_execution *at,
                              const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "stopped before all runs were judged");
}

static slt_execute_hooks piece_hooks_of(piece *p)
{
    return (slt_execute_hooks){.context = p,
                               .record = piece_compare_record,
                               .wanted = piece_pause_wanted,
                               .pause = piece_pause};
}

/* Begins a piece that makes the records after the first `records` of the trace. */
static void piece_begin(piece *p, slt_pieces *pieces, size_t records)
{
    *p = (piece){.pieces = pieces, .first = records};
    atomic_init(&p->told, 0);
    if (records) {
        const slt_record *before = slt_trace_record(pieces->trace, records - 1);
        p->offset = before->offset + before->size;
        slt_trace_writer_continue(&p->writer, pieces->trace, records);
    } else {
        slt_trace_writer_init(&p->writer);
    }
}

/* Checks that the piece has made exactly the records before this one. */
static void piece_expect_end(piece *p, size_t records)
{
    slt_buffer none = {0};
    if (p->writer.records != records)
        piece_note_difference(p, p->writer.records, &none);
    slt_buffer_free(&none);
}

static void piece_end(piece *p, slt_status status, const slt_error *err)
{
    bool known = status == SLT_DIFFERS ||
                 (status == SLT_INTERRUPTED && slt_pieces_over(p->pieces, p->first));
    if (status && !known)
        pieces_note_failure(p->pieces, p->first, status, err);
    slt_trace_writer_free(&p->writer);
}

/* ---- A stretch --------------------------------------------------------------------- */

static slt_status pieces_train(piece *p, const slt_stretch *stretch, slt_execution *at,
                               slt_error *err)
{
    slt_pieces *pieces = p->pieces;
    const slt_segments *segments = pieces->segments;
    const slt_trace *trace = pieces->trace;
    bool last = stretch->end == SIZE_MAX;
    slt_execute_hooks hooks = piece_hooks_of(p);
    hooks.has_until = true;
    hooks.until = last ? UINT64_MAX : slt_trace_record(trace, stretch->end)->step;
    slt_status status = SLT_OK;
    if (stretch->start != SIZE_MAX)
        status = slt_replay_start_behind(trace, stretch->start, at, err);
    atomic_store(&p->told, slt_execution_done(at));
    if (!status)
        status = slt_execute(at, segments->canonical, segments->canonical_size,
                             &p->writer, NULL, &hooks, err);
    if (!status && !last)
        piece_expect_end(p, stretch->end + 1);
    else if (!status)
        piece_expect_end(p, at->phase == SLT_PHASE_CLOSE ? slt_trace_records(trace)
                                                         : pieces->train_records);
    return status;
}

void slt_pieces_stretch(slt_pieces *pieces, size_t index)
{
    slt_stretch *stretch = &pieces->stretches[index];
    slt_execution at = {0};
    slt_error err = {0};
    piece p;
    size_t first = stretch->start == SIZE_MAX ? 0 : stretch->start + 1;
    if (slt_pieces_over(pieces, first))
        return;
    piece_begin(&p, pieces, first);
    slt_status status = slt_execution_create(pieces->segments->run, &at, &err);
    at.forgets = pieces->stored_count == pieces->estimate_count;
    if (!status)
        status = pieces_train(&p, stretch, &at, &err);
    piece_end(&p, status, &err);
    stretch->kept = at.kept;
    at.kept = (slt_kept){0};
    if (!status && stretch->end == SIZE_MAX) {
        pieces->last = at;
        pieces->has_last = true;
        pieces->ended = at.phase == SLT_PHASE_CLOSE;
    } else {
        slt_execution_free(&at);
    }
}

/* ---- An estimate ------------------------------------------------------------------- */

/* Gets the weights at which the estimate is made: from the trace, or from the stretch
 * that passed them. */
static slt_status pieces_find_weights(const slt_pieces *pieces,
                                      const slt_segments_estimate *estimate,
                                      slt_execution *at, slt_error *err)
{
    const slt_record *record = slt_trace_record(pieces->trace, estimate->record);
    if (record->has_state) {
        slt_state_free(&at->state);
        return slt_trace_state(record, pieces->segments->run, &at->state, err);
    }
    for (size_t i = 0; i < pieces->stretch_count; i++) {
        const slt_kept *kept = &pieces->stretches[i].kept;
        size_t found = slt_kept_from(kept, record->step);
        if (found < kept->count && kept->steps[found] == record->step)
            return slt_kept_load(kept, found, &at->state.weights, err);
    }
    slt_params_copy(&at->state.weights, &pieces->last.state.weights);
    return SLT_OK;
}

void slt_pieces_estimate(slt_pieces *pieces, size_t index)
{
    slt_segments_estimate *estimate = &pieces->estimates[index];
    slt_execution at = {0};
    slt_error err = {0};
    piece p;
    if (estimate->first > pieces->train_records + pieces->chains_alike ||
        slt_pieces_over(pieces, estimate->first))
        return; /* an estimate before this one differs from the trace */
    piece_begin(&p, pieces, estimate->first);
    slt_execute_hooks hooks = piece_hooks_of(&p);
    slt_status status = slt_execution_create(pieces->segments->run, &at, &err);
    if (!status)
        status = pieces_find_weights(pieces, estimate, &at, &err);
    if (!status)
        status = slt_execute_estimate(
            &at, &estimate->at, slt_trainer_data(pieces->trainer), &at.state.weights,
            &p.writer, pieces->segments->pool, &hooks, &err);
    piece_end(&p, status, &err);
    estimate->results = at.results;
    at.results = (slt_results){0};
    estimate->status = at.status;
    memcpy(estimate->tensor, at.tensor, sizeof estimate->tensor);
    slt_execution_free(&at);
}

/* ---- The end ----------------------------------------------------------------------- */

/* Puts the results of all estimates together, as if the last stretch had gone on and made
 * them itself. */
static slt_status pieces_gather(slt_pieces *pieces, slt_error *err)
{
    slt_execution *at = &pieces->last;
    for (size_t i = 0; i < pieces->estimate_count; i++) {
        const slt_segments_estimate *estimate = &pieces->estimates[i];
        slt_results_append(&at->results, &estimate->results);
        if (at->status != SLT_RUN_DONE || estimate->status == SLT_RUN_DONE)
            continue;
        at->status = estimate->status;
        memcpy(at->tensor, estimate->tensor, sizeof at->tensor);
    }
    at->phase = SLT_PHASE_CLOSE;
    return at->results.failed
               ? slt_fail(err, SLT_RESOURCE, "no memory for the results of a run")
               : SLT_OK;
}

void slt_pieces_close(slt_pieces *pieces)
{
    const slt_segments *segments = pieces->segments;
    slt_error err = {0};
    piece p;
    piece_begin(&p, pieces, pieces->train_records + pieces->chain_records);
    slt_execute_hooks hooks = piece_hooks_of(&p);
    slt_status status = pieces_gather(pieces, &err);
    if (!status)
        status = slt_execute(&pieces->last, segments->canonical, segments->canonical_size,
                             &p.writer, NULL, &hooks, &err);
    if (!status)
        piece_expect_end(&p, slt_trace_records(pieces->trace));
    piece_end(&p, status, &err);
}
