#include "verify/state_check.h"

#include <inttypes.h>

#include "codec/digest.h"
#include "trace/trace_write.h"
#include "trace/trace_writer.h"

/* The record to compare with, and the trace's path for messages. */
typedef struct recorded_state {
    const char *path;
    const slt_record *record;
} recorded_state;

static slt_status check_bytes(const recorded_state *at, const char *what, slt_digest want,
                              const slt_buffer *bytes, slt_error *err)
{
    if (bytes->failed)
        return slt_fail(err, SLT_RESOURCE, "no memory to compare a state");
    if (slt_digest_equal(slt_digest_of(bytes->data, bytes->size), want))
        return SLT_OK;
    return slt_fail(err, SLT_DIFFERS,
                    "%s: %s of step %" PRIu64 " is not what this machine computes; see "
                    "sltrace replay",
                    at->path, what, at->record->step);
}

const slt_tensor *slt_state_tensor(const slt_model_spec *model, const slt_state *state,
                                   const char *name)
{
    return slt_tensors_find(model, &state->weights, &state->slots, name);
}

static slt_status check_each(const recorded_state *at, const slt_model_spec *model,
                             const slt_state *state, slt_buffer *bytes, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < at->record->tensor_count && !status; i++) {
        const slt_trace_tensor *want = &at->record->tensors[i];
        const slt_tensor *tensor = slt_state_tensor(model, state, want->name);
        slt_buffer_clear(bytes);
        if (tensor)
            slt_trace_append_tensor(bytes, tensor);
        status = check_bytes(at, want->name, want->hash, bytes, err);
    }
    return status;
}

slt_status slt_state_check(const char *path, const slt_model_spec *model,
                           const slt_record *record, const slt_state *state,
                           slt_error *err)
{
    const recorded_state at = {path, record};
    slt_buffer bytes = {0};
    slt_status status;
    if (record->has_joint) {
        slt_trace_append_state(&bytes, model, state);
        status = check_bytes(&at, "the state", record->joint, &bytes, err);
    } else {
        status = check_each(&at, model, state, &bytes, err);
    }
    slt_buffer_free(&bytes);
    return status;
}

const slt_record *slt_state_before(const slt_trace *trace, uint64_t step)
{
    const slt_record *found = NULL;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && record->has_state &&
            record->step <= step)
            found = record;
    }
    return found;
}
