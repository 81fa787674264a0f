#include "verify/replay_start.h"

#include <stdlib.h>

#include "base/world.h"
#include "trace/trace_agree.h"
#include "trace/trace_block.h"

size_t slt_replay_start_checkpoint(const slt_trace *trace, uint64_t step)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && record->step == step)
            return i;
    }
    return SIZE_MAX;
}

slt_marks slt_replay_start_marks(const slt_trace *trace, const slt_run_spec *run,
                                 size_t records)
{
    slt_marks marks = {0};
    for (size_t i = 0; i < records; i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind != SLT_RECORD_CHECKPOINT)
            continue;
        const slt_metrics metrics = slt_trace_metrics(record);
        slt_marks_note(&run->train, record->step, &metrics, &marks);
    }
    return marks;
}

/* The record of the first checkpoint at which the estimate is made, so whose weights the
 * replay must pass; SIZE_MAX if there is none. */
static size_t replay_start_first_estimate(const slt_trace *trace, const slt_run_spec *run,
                                          const slt_llc_spec *llc, const slt_marks *marks)
{
    const slt_train_spec *train = &run->train;
    if (!slt_marks_allow(train, marks, llc))
        return SIZE_MAX;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT &&
            slt_marks_made_at(train, marks, llc, record->step, false))
            return i;
    }
    return SIZE_MAX;
}

size_t slt_replay_start_limit(const slt_trace *trace, const slt_run_spec *run,
                              size_t from)
{
    const slt_marks marks = slt_replay_start_marks(trace, run, slt_trace_records(trace));
    size_t limit = from;
    for (size_t i = 0; i < run->llc_count; i++) {
        size_t at = replay_start_first_estimate(trace, run, &run->llc[i], &marks);
        limit = at < limit ? at : limit;
    }
    return limit;
}

size_t slt_replay_start_state(const slt_trace *trace, size_t limit)
{
    for (size_t i = limit + 1; i-- > 0;)
        if (slt_trace_record(trace, i)->has_state)
            return i;
    return SIZE_MAX;
}

/* Goes on behind the block of that record: all that a block needs is its number, and what
 * follows the last needs the totals. */
static slt_status replay_start_behind_block(const slt_trace *trace, size_t index,
                                            slt_trials *trials, slt_error *err)
{
    uint64_t *numbers = slt_world.calloc(trials->layout.numbers, sizeof *numbers);
    slt_status status =
        numbers ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a block of trials");
    for (size_t i = 1; i <= index && !status; i++) {
        status = slt_trace_read_block(slt_trace_record(trace, i), &trials->layout,
                                      numbers, err);
        if (!status)
            slt_tally_total(&trials->layout, numbers, trials->totals);
    }
    trials->written = index;
    free(numbers);
    return status;
}

slt_status slt_replay_start_behind(const slt_trace *trace, size_t index,
                                   slt_execution *at, slt_error *err)
{
    const slt_record *record = slt_trace_record(trace, index);
    const slt_run_spec *run = at->run;
    if (at->trials)
        return replay_start_behind_block(trace, index, at->trials, err);
    slt_state_free(&at->state);
    slt_status status = slt_trace_state(record, run, &at->state, err);
    if (status)
        return status;
    const slt_metrics metrics = slt_trace_metrics(record);
    at->marks = slt_replay_start_marks(trace, run, index);
    return slt_execution_note(at, record->step, &metrics, &at->state.weights, err);
}

slt_status slt_replay_start_at(const slt_trace *trace, const slt_buffer *bytes,
                               size_t index, slt_execution *at, slt_trace_writer *writer,
                               slt_error *err)
{
    const slt_record *record = slt_trace_record(trace, index);
    size_t size = record->offset + record->size, good;
    slt_trace_writer_free(writer);
    slt_status status = slt_trace_writer_resume(writer, bytes->data, size, &good, err);
    return status ? status : slt_replay_start_behind(trace, index, at, err);
}
