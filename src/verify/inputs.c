#include "verify/inputs_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "num/scalar.h"
#include "verify/fingerprints.h"

/* ---- The data ---------------------------------------------------------------------- */

static slt_status inputs_write_table(slt_inputs *inputs, const char *set,
                                     const char *name, const slt_tensor *table,
                                     slt_error *err)
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

static slt_status inputs_write_set(slt_inputs *inputs, const char *name,
                                   const slt_batch *set, slt_error *err)
{
    slt_status status = SLT_OK;
    if (!set->rows)
        return SLT_OK;
    for (size_t i = 0; i < set->inputs && !status; i++)
        status =
            inputs_write_table(inputs, name, set->input_name[i], &set->input[i], err);
    return status ? status
                  : inputs_write_table(inputs, name, "target", &set->target, err);
}

static size_t larger_rows(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* A data set whose row r holds the number r: its batches are the row numbers of the real
 * batches. */
static slt_status inputs_number_rows(slt_inputs *inputs, slt_error *err)
{
    const slt_data *data = inputs->data;
    size_t rows = larger_rows(data->train.rows, data->validation.rows);
    for (size_t i = 0; i < inputs->run.other_count; i++)
        rows = larger_rows(rows, data->other[i].train.rows);
    slt_batch *numbers = &inputs->numbers.train;
    *numbers = (slt_batch){.rows = rows, .inputs = 1, .input_range = {rows}};
    slt_status status = slt_tensor_create(&numbers->input[0], SLT_INDEX, rows, 1, err);
    if (!status)
        status = slt_tensor_create(&numbers->target, SLT_INDEX, rows, 1, err);
    for (size_t i = 0; i < rows && !status; i++)
        ((int32_t *)numbers->input[0].data)[i] = (int32_t)i;
    return status;
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
    const slt_batch *all = &inputs->data->train;
    if (batch->order == SLT_BATCH_STREAM)
        return batch->size * (set_bytes(all) / all->rows);
    bool full = batch->order == SLT_BATCH_FULL;
    return full ? 0 : 4 * slt_batcher_rows_max(batch, all->rows);
}

static slt_status inputs_check_size(const slt_inputs *inputs, slt_error *err)
{
    uint64_t fixed = set_bytes(&inputs->data->train) +
                     set_bytes(&inputs->data->validation) + weight_bytes(inputs, false);
    for (size_t i = 0; i < inputs->run.other_count; i++)
        fixed += set_bytes(&inputs->data->other[i].train);
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

static slt_status inputs_check_chain(const slt_inputs *inputs, slt_error *err)
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

static slt_status inputs_begin(slt_inputs *inputs, slt_error *err)
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
    status = inputs_check_chain(inputs, err);
    if (!status)
        status = inputs_check_size(inputs, err);
    return status ? status : inputs_number_rows(inputs, err);
}

static slt_status inputs_write_all(slt_inputs *inputs, slt_error *err)
{
    slt_status status = inputs_write_set(inputs, "data", &inputs->data->train, err);
    if (!status)
        status = inputs_write_set(inputs, "validation", &inputs->data->validation, err);
    for (size_t i = 0; i < inputs->run.other_count && !status; i++) {
        char name[sizeof "other." + SLT_NAME_MAX];
        snprintf(name, sizeof name, "other.%s", inputs->run.other[i].name);
        status = inputs_write_set(inputs, name, &inputs->data->other[i].train, err);
    }
    if (!status)
        status = slt_inputs_write_training(inputs, err);
    for (size_t i = 0; i < inputs->run.llc_count && !status; i++) {
        const slt_record *chain = slt_inputs_chain(inputs, i);
        if (chain)
            status = slt_inputs_write_chain(inputs, chain, err);
    }
    return status;
}

static slt_status inputs_export_trace(slt_inputs *inputs, slt_error *err)
{
    slt_status status = slt_trace_open(inputs->path, &inputs->trace, err);
    if (!status)
        status = inputs_begin(inputs, err);
    if (!status)
        status = inputs_write_all(inputs, err);
    slt_data_free(&inputs->numbers);
    slt_trainer_free(inputs->trainer);
    slt_trace_free(inputs->trace);
    return status;
}

slt_status slt_export_inputs(const char *const *traces, size_t count, const char *folder,
                             const slt_inputs_options *options, size_t *files,
                             slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_OPTIONS(options, err);
    if (unknown)
        return unknown;
    slt_inputs *inputs = slt_world.malloc(sizeof *inputs);
    slt_status status = inputs ? slt_npy_check_stems(traces, count, err)
                               : slt_fail(err, SLT_RESOURCE, "no memory for an export");
    *files = 0;
    for (size_t i = 0; i < count && !status; i++) {
        memset(inputs, 0, offsetof(slt_inputs, run));
        inputs->options = options;
        inputs->folder = folder;
        inputs->path = traces[i];
        inputs->stem = slt_npy_stem(traces[i], &inputs->stem_size);
        status = inputs_export_trace(inputs, err);
        *files += inputs->files;
    }
    free(inputs);
    return status;
}
