#include "trace/trace_writer.h"

#include <string.h>

static slt_status load_tensor(const slt_trace_tensor *from, const char *name,
                              slt_tensor *tensor, slt_error *err)
{
    const char *type = slt_arithmetic_name(tensor->arithmetic);
    if (strcmp(from->name, name) != 0 || strcmp(from->type, type) != 0 ||
        from->rows != tensor->rows || from->cols != tensor->cols)
        return slt_fail(err, SLT_FORMAT,
                        "stored state: expected tensor %s, %s of %zu x %zu, found %s, %s "
                        "of %zu x %zu",
                        name, type, tensor->rows, tensor->cols, from->name, from->type,
                        from->rows, from->cols);
    return slt_tensor_load(tensor, from->data, from->size, err);
}

/* Loads every tensor of the state, in the record's order; *next counts them. */
static slt_status load_tensors(const slt_record *record, const slt_run_spec *run,
                               slt_state *state, size_t *next, slt_error *err)
{
    slt_tensor_walk at = slt_tensors_of(&run->model, &state->weights, &state->slots);
    slt_status status = SLT_OK;
    while (!status && slt_tensors_next(&at)) {
        slt_params *params =
            at.group ? &state->slots.slot[at.group - 1] : &state->weights;
        if (*next == record->tensor_count)
            return slt_fail(err, SLT_FORMAT, "stored state: tensor %s is missing",
                            at.name);
        status = load_tensor(&record->tensors[(*next)++], at.name,
                             &params->tensor[at.weight], err);
    }
    return status;
}

/* Like every checkpoint, one with a state must have the loss as its first metric. */
static slt_status check_loss(const slt_record *record, slt_error *err)
{
    if (!record->metric_count || record->metrics[0].quantity.kind != SLT_QUANTITY_LOSS ||
        !slt_real_finite(record->metrics[0].value))
        return slt_fail(err, SLT_FORMAT,
                        "stored state: expected the metric loss beside it");
    return SLT_OK;
}

static slt_status load_state(const slt_record *record, const slt_run_spec *run,
                             slt_state *state, slt_error *err)
{
    size_t next = 0;
    slt_status status = load_tensors(record, run, state, &next, err);
    if (!status &&
        (next != record->tensor_count || record->power_count != state->power_count))
        status =
            slt_fail(err, SLT_FORMAT, "stored state: not that of the run's optimizer");
    memcpy(state->powers, record->powers, record->power_count * sizeof *state->powers);
    state->step = record->step;
    if (!status)
        status = slt_state_reachable(run, state, err);
    return status ? status : check_loss(record, err);
}

slt_status slt_trace_state(const slt_record *record, const slt_run_spec *run,
                           slt_state *state, slt_error *err)
{
    if (record->kind != SLT_RECORD_CHECKPOINT || !record->has_state)
        return slt_fail(err, SLT_FORMAT, "expected a checkpoint with its state");
    if (run->trials.count)
        return slt_fail(err, SLT_FORMAT,
                        "a run with trials holds no states, but what trials add up to");
    slt_status status = slt_state_create(run, state, err);
    if (status)
        return status;
    status = load_state(record, run, state, err);
    if (status)
        slt_state_free(state);
    return status;
}
