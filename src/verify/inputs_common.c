/* What the writers of a trace's inputs share: opening and closing files, finding records,
 * making one update. */
#include "verify/inputs_internal.h"

#include <inttypes.h>

#include "base/assert.h"
#include "verify/state_check.h"

/* ---- Files ------------------------------------------------------------------------- */

slt_npy *slt_inputs_open(slt_inputs *inputs)
{
    SLT_ASSERT(inputs->open_count < SLT_INPUTS_OPEN_MAX);
    slt_npy *npy = &inputs->open[inputs->open_count++];
    *npy = (slt_npy){0};
    slt_buffer_printf(&npy->path, "%s/%.*s-", inputs->folder, (int)inputs->stem_size,
                      inputs->stem);
    return npy;
}

slt_status slt_inputs_close(slt_inputs *inputs, slt_status status, slt_error *err)
{
    for (size_t i = 0; i < inputs->open_count; i++) {
        slt_status ended = slt_npy_end(&inputs->open[i], !status, status ? NULL : err);
        status = status ? status : ended;
        inputs->files += status == SLT_OK;
    }
    inputs->open_count = 0;
    return status;
}

/* ---- What the trace says ----------------------------------------------------------- */

const slt_record *slt_inputs_checkpoint(const slt_inputs *inputs, uint64_t step)
{
    for (size_t i = 0; i < slt_trace_records(inputs->trace); i++) {
        const slt_record *record = slt_trace_record(inputs->trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && record->step == step)
            return record;
    }
    return NULL;
}

const slt_record *slt_inputs_chain(const slt_inputs *inputs, size_t llc)
{
    for (size_t i = 0; i < slt_trace_records(inputs->trace); i++) {
        const slt_record *record = slt_trace_record(inputs->trace, i);
        if (record->kind == SLT_RECORD_CHAIN && record->llc == llc &&
            record->chain == inputs->options->chain &&
            record->chain < inputs->run.llc[llc].num_chains)
            return record;
    }
    return NULL;
}

static uint64_t inputs_least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t slt_inputs_train_updates(const slt_inputs *inputs)
{
    size_t records = slt_trace_records(inputs->trace);
    uint64_t made = slt_trace_record(inputs->trace, records - 1)->step;
    return inputs_least(inputs->options->updates,
                        inputs_least(made, inputs->run.train.steps));
}

/* A chain that ended early made at least the updates up to its last recorded loss. */
uint64_t slt_inputs_chain_updates(const slt_inputs *inputs, const slt_record *chain)
{
    const slt_llc_spec *llc = &inputs->run.llc[chain->llc];
    uint64_t updates = 0;
    if (chain->chain_status == SLT_RUN_DONE)
        updates = slt_llc_updates(llc);
    else if (chain->draws)
        updates = llc->num_burnin_steps + (chain->draws - 1) * llc->num_steps_bw_draws;
    return inputs_least(inputs->options->updates,
                        inputs_least(updates, slt_llc_updates(llc)));
}

slt_status slt_inputs_check(const slt_inputs *inputs, const slt_record *record,
                            const slt_state *state, slt_error *err)
{
    return slt_state_check(inputs->path, &inputs->run.model, record, state, err);
}

slt_status slt_inputs_step(slt_inputs *inputs, slt_state *state, slt_real *loss,
                           slt_error *err)
{
    if (inputs->options->cancel && *inputs->options->cancel)
        return slt_fail(err, SLT_INTERRUPTED, "stopped before the export was complete");
    if (slt_train_step(inputs->trainer, state, loss) == SLT_STEP_MORE)
        return SLT_OK;
    return slt_fail(err, SLT_DIFFERS,
                    "%s: training ends at step %" PRIu64
                    " here, and later in the trace; see sltrace replay",
                    inputs->path, state->step);
}
