#include "check/inputs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "check/fingerprints.h"
#include "num/scalar.h"
#include "record/digest.h"
#include "record/manifest.h"
#include "record/trace_write.h"
#include "record/trace_writer.h"

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

/* ---- The data ---------------------------------------------------------------------- */

static slt_status write_table(slt_inputs *inputs, const char *set, const char *name,
                              const slt_tensor *table, slt_error *err)
{
    const size_t shape[] = {table->rows, table->cols};
    slt_npy *npy = slt_inputs_open(inputs);
    slt_buffer_printf(&npy->path, "%s-%s", set, name);
    if (table->arithmetic == SLT_FIXED)
        slt_buffer_printf(&npy->path, ".frac%d", table->frac);
    slt_buffer_printf(&npy->path, ".npy");
    slt_npy_begin(npy, slt_npy_type(table->arithmetic), shape, 2);
    slt_npy_tensor(npy, table);
    return slt_inputs_close(inputs, SLT_OK, err);
}

static slt_status write_set(slt_inputs *inputs, const char *name, const slt_batch *set,
                            slt_error *err)
{
    slt_status status = SLT_OK;
    if (!set->rows)
        return SLT_OK;
    for (size_t i = 0; i < set->inputs && !status; i++)
        status = write_table(inputs, name, set->input_name[i], &set->input[i], err);
    return status ? status : write_table(inputs, name, "target", &set->target, err);
}

/* Batches of these rows are the row numbers of the data's batches. */
static slt_status number_rows(slt_inputs *inputs, slt_error *err)
{
    const size_t rows = inputs->data->train.rows;
    slt_batch *numbers = &inputs->numbers;
    *numbers = (slt_batch){.rows = rows, .inputs = 1, .input_range = {rows}};
    slt_status status = slt_tensor_create(&numbers->input[0], SLT_INDEX, rows, 1, err);
    if (!status)
        status = slt_tensor_create(&numbers->target, SLT_INDEX, rows, 1, err);
    for (size_t i = 0; i < rows && !status; i++)
        ((int32_t *)numbers->input[0].data)[i] = (int32_t)i;
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

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t slt_inputs_train_updates(const slt_inputs *inputs)
{
    size_t records = slt_trace_records(inputs->trace);
    uint64_t made = slt_trace_record(inputs->trace, records - 1)->step;
    return least(inputs->options->updates, least(made, inputs->run.train.steps));
}

/* A chain that ended early went at least as far as its last recorded loss. */
uint64_t slt_inputs_chain_updates(const slt_inputs *inputs, const slt_record *chain)
{
    const slt_llc_spec *llc = &inputs->run.llc[chain->llc];
    uint64_t updates = 0;
    if (chain->chain_status == SLT_RUN_DONE)
        updates = slt_llc_updates(llc);
    else if (chain->draws)
        updates = llc->num_burnin_steps + (chain->draws - 1) * llc->num_steps_bw_draws;
    return least(inputs->options->updates, least(updates, slt_llc_updates(llc)));
}

/* What a checkpoint's record calls a state: bytes with the hash `want`. */
static slt_status check_bytes(const slt_inputs *inputs, const slt_record *record,
                              const char *what, slt_digest want, const slt_buffer *bytes,
                              slt_error *err)
{
    if (bytes->failed)
        return slt_fail(err, SLT_RESOURCE, "no memory to compare a state");
    if (slt_digest_equal(slt_digest_of(bytes->data, bytes->size), want))
        return SLT_OK;
    return slt_fail(err, SLT_DIFFERS,
                    "%s: %s of step %" PRIu64 " is not what this machine computes; see "
                    "sltrace replay",
                    inputs->path, what, record->step);
}

static slt_status check_weights(const slt_inputs *inputs, const slt_record *record,
                                const slt_params *weights, slt_buffer *bytes,
                                slt_error *err)
{
    const slt_model_spec *model = &inputs->run.model;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < record->tensor_count && !status; i++) {
        const slt_trace_tensor *want = &record->tensors[i];
        size_t weight = slt_model_weight(model, want->name);
        if (weight == model->weight_count)
            continue;
        slt_buffer_clear(bytes);
        slt_trace_append_tensor(bytes, &weights->tensor[weight]);
        status = check_bytes(inputs, record, want->name, want->hash, bytes, err);
    }
    return status;
}

slt_status slt_inputs_check(const slt_inputs *inputs, const slt_record *record,
                            const slt_state *state, slt_error *err)
{
    slt_buffer bytes = {0};
    slt_status status;
    if (record->has_joint) {
        slt_trace_append_state(&bytes, state);
        status = check_bytes(inputs, record, "the state", record->joint, &bytes, err);
    } else {
        status = check_weights(inputs, record, &state->weights, &bytes, err);
    }
    slt_buffer_free(&bytes);
    return status;
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

/* ---- How large it will be ---------------------------------------------------------- */

static uint64_t set_bytes(const slt_batch *set)
{
    uint64_t bytes = slt_tensor_bytes(&set->target);
    for (size_t i = 0; i < set->inputs; i++)
        bytes += slt_tensor_bytes(&set->input[i]);
    return set->rows ? bytes : 0;
}

static uint64_t weight_bytes(const slt_inputs *inputs, bool moving)
{
    const slt_model_spec *model = &inputs->run.model;
    uint64_t numbers = 0;
    for (size_t i = 0; i < model->weight_count; i++)
        if (!model->weights[i].tied[0] && (!moving || model->weights[i].trainable))
            numbers += (uint64_t)model->weights[i].rows * model->weights[i].cols;
    return numbers * slt_arithmetic_size(inputs->run.arithmetic);
}

static uint64_t rows_bytes(const slt_inputs *inputs, const slt_batch_spec *batch)
{
    bool full = batch->order == SLT_BATCH_FULL;
    return full ? 0 : 4 * slt_batch_rows_max(batch, inputs->data->train.rows);
}

static slt_status check_size(const slt_inputs *inputs, slt_error *err)
{
    uint64_t fixed = set_bytes(&inputs->data->train) +
                     set_bytes(&inputs->data->validation) + weight_bytes(inputs, false);
    uint64_t each =
        weight_bytes(inputs, false) + rows_bytes(inputs, &inputs->run.train.batch) + 8;
    uint64_t updates = slt_inputs_train_updates(inputs);
    for (size_t i = 0; i < inputs->run.llc_count; i++) {
        const slt_record *chain = slt_inputs_chain(inputs, i);
        if (!chain)
            continue;
        uint64_t longer = slt_inputs_chain_updates(inputs, chain);
        updates = longer > updates ? longer : updates;
        fixed += weight_bytes(inputs, false);
        each += weight_bytes(inputs, false) + weight_bytes(inputs, true) +
                rows_bytes(inputs, &inputs->run.llc[i].batch) + 8;
    }
    if (fixed > SLT_INPUTS_BYTES_MAX)
        return slt_fail(err, SLT_USAGE,
                        "%s: expected at most %d MiB of inputs, found %" PRIu64
                        " without any update",
                        inputs->path, SLT_INPUTS_BYTES_MAX >> 20, fixed >> 20);
    if (updates > (SLT_INPUTS_BYTES_MAX - fixed) / each)
        return slt_fail(err, SLT_USAGE,
                        "%s: expected at most %d MiB of inputs, which are %" PRIu64
                        " updates of this run; found %" PRIu64 " updates",
                        inputs->path, SLT_INPUTS_BYTES_MAX >> 20,
                        (SLT_INPUTS_BYTES_MAX - fixed) / each, updates);
    return SLT_OK;
}

static slt_status check_chain(const slt_inputs *inputs, slt_error *err)
{
    size_t most = 0;
    for (size_t i = 0; i < inputs->run.llc_count; i++)
        if (inputs->run.llc[i].num_chains > most)
            most = inputs->run.llc[i].num_chains;
    if (inputs->options->chain == 0 || inputs->options->chain < most)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE, "%s: expected a chain below %zu, found %" PRIu32,
                    inputs->path, most, inputs->options->chain);
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status begin(slt_inputs *inputs, slt_error *err)
{
    slt_run_spec *run = &inputs->run;
    size_t size;
    const uint8_t *canonical = slt_trace_run(inputs->trace, &size);
    slt_status status = slt_canonical_decode(canonical, size, run, err);
    if (!status)
        status = slt_trace_judgeable(inputs->trace, inputs->path, run, err);
    if (!status && run->arithmetic != SLT_FIXED)
        status = slt_fpenv_enter(NULL, err);
    if (!status)
        status = slt_trainer_create(run, &inputs->trainer, err);
    if (status)
        return status;
    inputs->data = slt_trainer_data(inputs->trainer);
    status = check_chain(inputs, err);
    if (!status)
        status = check_size(inputs, err);
    return status ? status : number_rows(inputs, err);
}

static slt_status write_all(slt_inputs *inputs, slt_error *err)
{
    slt_status status = write_set(inputs, "data", &inputs->data->train, err);
    if (!status)
        status = write_set(inputs, "validation", &inputs->data->validation, err);
    if (!status)
        status = slt_inputs_write_training(inputs, err);
    for (size_t i = 0; i < inputs->run.llc_count && !status; i++) {
        const slt_record *chain = slt_inputs_chain(inputs, i);
        if (chain)
            status = slt_inputs_write_chain(inputs, chain, err);
    }
    return status;
}

static slt_status export_trace(slt_inputs *inputs, slt_error *err)
{
    slt_status status = slt_trace_open(inputs->path, &inputs->trace, err);
    if (!status)
        status = begin(inputs, err);
    if (!status)
        status = write_all(inputs, err);
    slt_batch_free(&inputs->numbers);
    slt_trainer_free(inputs->trainer);
    slt_trace_free(inputs->trace);
    return status;
}

slt_status slt_export_inputs(const char *const *traces, size_t count, const char *folder,
                             const slt_inputs_options *options, size_t *files,
                             slt_error *err)
{
    slt_inputs *inputs = malloc(sizeof *inputs);
    slt_status status = inputs ? slt_npy_check_stems(traces, count, err)
                               : slt_fail(err, SLT_RESOURCE, "no memory for an export");
    *files = 0;
    for (size_t i = 0; i < count && !status; i++) {
        memset(inputs, 0, sizeof *inputs);
        inputs->options = options;
        inputs->folder = folder;
        inputs->path = traces[i];
        inputs->stem = slt_npy_stem(traces[i], &inputs->stem_size);
        status = export_trace(inputs, err);
        *files += inputs->files;
    }
    free(inputs);
    return status;
}
