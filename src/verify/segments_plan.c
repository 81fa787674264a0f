#include "verify/segments_internal.h"

#include <stdlib.h>

#include "base/world.h"
#include "verify/replay_start.h"

/* How many stretches there are for each job: enough that the last ones are short, but few
 * enough that making the data for each of them costs little. */
#define STRETCHES_PER_JOB 8

/* ---- Stretches --------------------------------------------------------------------- */

static size_t segments_count_checkpoints(const slt_trace *trace)
{
    size_t i = 1;
    while (slt_trace_record(trace, i)->kind == SLT_RECORD_CHECKPOINT)
        i++;
    return i;
}

static uint64_t segments_step_of(const slt_pieces *pieces, size_t record)
{
    return slt_trace_record(pieces->trace, record)->step;
}

/* Cuts training into stretches. The last stretch ends at the last checkpoint, whether
 * that stores a state or not. */
static slt_status segments_cut(slt_pieces *pieces, slt_error *err)
{
    bool fine = pieces->segments->fine;
    size_t last = SIZE_MAX;
    size_t most =
        fine ? pieces->train_records : STRETCHES_PER_JOB * pieces->segments->jobs;
    uint64_t end = segments_step_of(pieces, pieces->train_records - 1), begun = 0;
    uint64_t least = fine ? 0 : end / most;
    pieces->stretches = slt_world.calloc(most + 1, sizeof *pieces->stretches);
    if (!pieces->stretches)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu stretches", most);
    for (size_t i = 1; i + 1 < pieces->train_records; i++) {
        uint64_t step = segments_step_of(pieces, i);
        if (!slt_trace_record(pieces->trace, i)->has_state || step - begun < least ||
            step == 0 || pieces->stretch_count == most)
            continue;
        pieces->stretches[pieces->stretch_count++] =
            (slt_stretch){.start = last, .end = i};
        last = i;
        begun = step;
    }
    pieces->stretches[pieces->stretch_count++] =
        (slt_stretch){.start = last, .end = SIZE_MAX};
    return SLT_OK;
}

/* ---- Estimates --------------------------------------------------------------------- */

static slt_status segments_add_estimate(slt_pieces *pieces, size_t llc, size_t ordinal,
                                        size_t record, slt_error *err)
{
    slt_segments_estimate *estimates = slt_world.realloc(
        pieces->estimates, (pieces->estimate_count + 1) * sizeof *estimates);
    if (!estimates)
        return slt_fail(err, SLT_RESOURCE, "no memory for the estimates of a run");
    pieces->estimates = estimates;
    estimates[pieces->estimate_count++] = (slt_segments_estimate){
        .at = {.llc = llc, .place = ordinal, .step = segments_step_of(pieces, record)},
        .record = record,
        .first = pieces->train_records + pieces->chain_records};
    pieces->chain_records += pieces->segments->run->llc[llc].num_chains;
    return SLT_OK;
}

/* Whether an estimate that the marks allow is made at this checkpoint. */
static bool segments_stands_at(const slt_pieces *pieces, const slt_llc_spec *llc,
                               const slt_marks *marks, size_t record)
{
    return slt_marks_made_at(&pieces->segments->run->train, marks, llc,
                             segments_step_of(pieces, record),
                             record + 1 == pieces->train_records);
}

static slt_status segments_list_estimates(slt_pieces *pieces, slt_error *err)
{
    const slt_run_spec *run = pieces->segments->run;
    const slt_marks marks =
        slt_replay_start_marks(pieces->trace, run, pieces->train_records);
    slt_status status = SLT_OK;
    for (size_t llc = 0; llc < run->llc_count && !status; llc++) {
        size_t before = pieces->estimate_count;
        if (!slt_marks_allow(&run->train, &marks, &run->llc[llc]))
            continue;
        for (size_t i = 1; i < pieces->train_records && !status; i++)
            if (segments_stands_at(pieces, &run->llc[llc], &marks, i))
                status = segments_add_estimate(pieces, llc,
                                               pieces->estimate_count - before, i, err);
        if (!status && pieces->estimate_count > before)
            pieces->estimates[pieces->estimate_count - 1].at.last = true;
    }
    return status;
}

/* How many chains stand in the trace where the estimates will make theirs: behind one
 * that does not there is nothing to compare with. */
static void segments_count_alike(slt_pieces *pieces)
{
    const slt_run_spec *run = pieces->segments->run;
    size_t records = slt_trace_records(pieces->trace);
    for (size_t i = 0; i < pieces->estimate_count; i++) {
        const slt_segments_estimate *estimate = &pieces->estimates[i];
        for (size_t chain = 0; chain < run->llc[estimate->at.llc].num_chains; chain++) {
            size_t at = estimate->first + chain;
            const slt_record *record =
                at < records ? slt_trace_record(pieces->trace, at) : NULL;
            if (!record || record->kind != SLT_RECORD_CHAIN ||
                record->llc != estimate->at.llc || record->chain != chain ||
                record->at_step != estimate->at.step)
                return;
            pieces->chains_alike++;
        }
    }
}

/* Orders the estimates. Those whose state is stored need not wait for training. The
 * others must wait: training may fail, and then they are not made. */
static slt_status segments_order_estimates(slt_pieces *pieces, slt_error *err)
{
    size_t next = 0;
    pieces->sampled =
        slt_trace_kind(pieces->trace, pieces->train_records) == SLT_RECORD_CHAIN;
    pieces->order = slt_world.calloc(pieces->estimate_count + 1, sizeof *pieces->order);
    if (!pieces->order)
        return slt_fail(err, SLT_RESOURCE, "no memory for the estimates of a run");
    for (int stored = 1; stored >= 0; stored--) {
        for (size_t i = 0; i < pieces->estimate_count; i++) {
            const slt_record *record =
                slt_trace_record(pieces->trace, pieces->estimates[i].record);
            if ((pieces->sampled && record->has_state) == stored)
                pieces->order[next++] = i;
        }
        pieces->stored_count = stored ? next : pieces->stored_count;
    }
    return SLT_OK;
}

slt_status slt_pieces_plan(slt_pieces *pieces, slt_error *err)
{
    pieces->train_records = segments_count_checkpoints(pieces->trace);
    if (pieces->train_records < 2 && !pieces->segments->fine)
        return slt_fail(err, SLT_FORMAT, "a trace without checkpoints");
    slt_status status = segments_cut(pieces, err);
    if (!status)
        status = segments_list_estimates(pieces, err);
    if (status)
        return status;
    segments_count_alike(pieces);
    return segments_order_estimates(pieces, err);
}
