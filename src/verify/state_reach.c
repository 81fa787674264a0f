#include "verify/state_reach.h"

#include <inttypes.h>

#include "trace/trace_writer.h"
#include "verify/state_check.h"

slt_status slt_state_reachable_step(const char *path, const slt_trace *trace,
                                    uint64_t step, slt_error *err)
{
    uint64_t made = slt_trace_record(trace, slt_trace_records(trace) - 1)->step;
    if (step <= made)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "%s: expected a step up to %" PRIu64 ", which is as far as training "
                    "went; found %" PRIu64,
                    path, made, step);
}

static slt_status reach_begin(const slt_state_way *way, uint64_t step, slt_state *state,
                              slt_error *err)
{
    const slt_record *stored = slt_state_before(way->trace, step);
    if (!stored)
        return slt_state_init(way->trainer, state, err);
    slt_state_free(state);
    return slt_trace_state(stored, slt_trainer_run(way->trainer), state, err);
}

/* Compares the state with the checkpoint of its step, if there is one. The first
 * difference is kept. */
static slt_status reach_pass_checkpoint(slt_state_way *way, const slt_state *state,
                                        slt_error *err)
{
    const slt_model_spec *model = &slt_trainer_run(way->trainer)->model;
    for (size_t i = 0; i < slt_trace_records(way->trace) && !way->differs; i++) {
        const slt_record *record = slt_trace_record(way->trace, i);
        if (record->kind != SLT_RECORD_CHECKPOINT || record->step != state->step)
            continue;
        slt_status status = slt_state_check(way->path, model, record, state, &way->error);
        if (status == SLT_DIFFERS)
            way->differs = status;
        else if (status && err)
            *err = way->error;
        return status == SLT_DIFFERS ? SLT_OK : status;
    }
    return SLT_OK;
}

static slt_status reach_step(const slt_state_way *way, slt_state *state, slt_error *err)
{
    slt_real loss;
    if (way->cancel && *way->cancel)
        return slt_fail(err, SLT_INTERRUPTED, "stopped before the state was reached");
    if (slt_train_step(way->trainer, state, &loss) == SLT_STEP_MORE)
        return SLT_OK;
    return slt_fail(err, SLT_DIFFERS,
                    "%s: training ends at step %" PRIu64
                    " here, and later in the trace; see sltrace replay",
                    way->path, state->step);
}

slt_status slt_state_reach(slt_state_way *way, uint64_t step, slt_state *state,
                           slt_error *err)
{
    slt_status status = reach_begin(way, step, state, err);
    if (!status)
        status = reach_pass_checkpoint(way, state, err);
    while (!status && state->step < step) {
        status = reach_step(way, state, err);
        if (!status)
            status = reach_pass_checkpoint(way, state, err);
    }
    return status;
}
