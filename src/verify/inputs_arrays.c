/* The first updates of training and of a chain, as arrays with one row for each
 * update. */
#include "verify/inputs_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/endian.h"
#include "num/fixed/fixed.h"
#include "num/scalar.h"
#include "trace/trace_writer.h"

/* What is exported (training or a chain), and the files that it fills; NULL: not
 * written. */
typedef struct inputs_series {
    char name[64]; /* "train" or "llc0-chain2" */
    uint64_t updates;
    slt_npy *weight[SLT_WEIGHTS_MAX], *noise[SLT_WEIGHTS_MAX];
    slt_npy *losses;
    slt_npy *batches[SLT_INPUTS_MAX + 1]; /* of a stream: inputs and target; else the
                                             first: row numbers */
    slt_batcher
        *batcher; /* of row numbers, or of a stream; NULL where batches are full */
    size_t width;
} inputs_series;

/* ---- Files ------------------------------------------------------------------------- */

static slt_npy *open_array(slt_inputs *inputs, const inputs_series *at, const char *what,
                           const char *type, const size_t *shape, int dimensions)
{
    slt_npy *npy = slt_inputs_open(inputs);
    slt_buffer_printf(&npy->path, "%s-%s.npy", at->name, what);
    slt_npy_begin(npy, type, shape, dimensions);
    return npy;
}

/* Opens a file for each weight that is not tied; if `moving`, only for trainable ones. */
static void open_series(slt_inputs *inputs, const inputs_series *at, const char *what,
                        const slt_params *params, uint64_t rows, bool moving,
                        slt_npy *files[SLT_WEIGHTS_MAX])
{
    for (size_t i = 0; i < params->count; i++) {
        const slt_tensor *tensor = &params->tensor[i];
        const size_t shape[] = {(size_t)rows, tensor->rows, tensor->cols};
        files[i] = NULL;
        if (!params->owned[i] || (moving && !params->trainable[i]))
            continue;
        slt_npy *npy = slt_inputs_open(inputs);
        slt_buffer_printf(&npy->path, "%s-%s.", at->name, what);
        slt_npy_name(&npy->path, inputs->run.model.weights[i].name);
        if (tensor->arithmetic == SLT_FIXED)
            slt_buffer_printf(&npy->path, ".frac%d", tensor->frac);
        slt_buffer_printf(&npy->path, ".npy");
        slt_npy_begin(npy, slt_npy_type(tensor->arithmetic), shape, 3);
        files[i] = npy;
    }
}

static void append_series(slt_npy *const files[SLT_WEIGHTS_MAX], const slt_params *params)
{
    for (size_t i = 0; i < params->count; i++)
        if (files[i])
            slt_npy_tensor(files[i], &params->tensor[i]);
}

static void append_losses(const inputs_series *at, const slt_real *losses, size_t count)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < count; i++) {
        slt_store_le64(bytes, losses[i].bits);
        slt_npy_bytes(at->losses, bytes, sizeof bytes);
    }
}

/* A table of a stream's batches.  In fixed point its exponent is another each time, and
 * it is exported in binary64. */
static slt_npy *open_table(slt_inputs *inputs, const inputs_series *at, const char *name,
                           const slt_tensor *table)
{
    const slt_arithmetic type =
        table->arithmetic == SLT_FIXED ? SLT_F64 : table->arithmetic;
    const size_t shape[] = {(size_t)at->updates, at->width, table->cols};
    slt_npy *npy = slt_inputs_open(inputs);
    slt_buffer_printf(&npy->path, "%s-batches.%s.npy", at->name, name);
    slt_npy_begin(npy, slt_npy_type(type), shape, 3);
    return npy;
}

static void append_table(slt_npy *npy, const slt_tensor *table)
{
    uint8_t bytes[8];
    if (table->arithmetic != SLT_FIXED)
        slt_npy_tensor(npy, table);
    for (size_t e = 0; table->arithmetic == SLT_FIXED && e < slt_tensor_count(table);
         e++) {
        slt_store_le64(bytes, slt_tensor_get(table, e).bits);
        slt_npy_bytes(npy, bytes, sizeof bytes);
    }
}

static void open_stream(slt_inputs *inputs, inputs_series *at)
{
    const slt_batch *all = &inputs->data->train; /* no stream is of validation */
    for (size_t i = 0; i < all->inputs; i++)
        at->batches[i] = open_table(inputs, at, all->input_name[i], &all->input[i]);
    at->batches[all->inputs] = open_table(inputs, at, "target", &all->target);
}

/* Batches of so many row numbers, drawn as those of the data are; of a stream the
 * batches. */
static slt_status open_batches(slt_inputs *inputs, inputs_series *at,
                               const slt_batch_spec *batch, size_t rows,
                               slt_purpose purpose, uint32_t chain, uint32_t ordinal,
                               slt_error *err)
{
    if (batch->order == SLT_BATCH_FULL)
        return SLT_OK;
    const bool stream = batch->order == SLT_BATCH_STREAM;
    slt_batch *numbers = &inputs->numbers.train;
    numbers->rows = numbers->input[0].rows = numbers->target.rows = rows;
    at->width = slt_batcher_rows_max(batch, rows);
    const size_t shape[] = {(size_t)at->updates, at->width};
    if (stream)
        open_stream(inputs, at);
    else
        at->batches[0] = open_array(inputs, at, "batches", "<i4", shape, 2);
    return slt_batcher_create(batch, stream ? inputs->data : &inputs->numbers,
                              inputs->run.seed, purpose, chain, ordinal, &at->batcher,
                              err);
}

/* A batch with fewer rows than the widest is padded with -1. */
static void append_batch(const inputs_series *at, uint64_t update)
{
    if (!at->batcher)
        return;
    const slt_batch *batch = slt_batcher_at(at->batcher, update);
    for (size_t i = 0; i < batch->inputs; i++)
        append_table(at->batches[i], &batch->input[i]);
    if (at->batches[batch->inputs])
        append_table(at->batches[batch->inputs], &batch->target);
    for (size_t i = batch->rows; i < at->width; i++)
        slt_npy_bytes(at->batches[0], "\xff\xff\xff\xff", 4);
}

/* ---- Training ---------------------------------------------------------------------- */

static slt_status append_state(slt_inputs *inputs, const inputs_series *at,
                               const slt_state *state, slt_error *err)
{
    const slt_record *record = slt_inputs_checkpoint(inputs, state->step);
    append_series(at->weight, &state->weights);
    return record ? slt_inputs_check(inputs, record, state, err) : SLT_OK;
}

static slt_status walk_training(slt_inputs *inputs, const inputs_series *at,
                                slt_state *state, slt_error *err)
{
    slt_real loss;
    slt_status status = slt_state_init(inputs->trainer, state, err);
    if (!status)
        status = append_state(inputs, at, state, err);
    for (uint64_t t = 0; t < at->updates && !status; t++) {
        append_batch(at, t);
        status = slt_inputs_step(inputs, state, &loss, err);
        if (status)
            break;
        append_losses(at, &loss, 1);
        status = append_state(inputs, at, state, err);
    }
    return status;
}

slt_status slt_inputs_write_training(slt_inputs *inputs, slt_error *err)
{
    inputs_series at = {.name = "train", .updates = slt_inputs_train_updates(inputs)};
    const size_t shape[] = {(size_t)at.updates};
    slt_state state;
    slt_status status = slt_state_create(&inputs->run, &state, err);
    if (status)
        return status;
    open_series(inputs, &at, "weight", &state.weights, at.updates + 1, false, at.weight);
    at.losses = open_array(inputs, &at, "losses", "<f8", shape, 1);
    status = open_batches(inputs, &at, &inputs->run.train.batch, inputs->data->train.rows,
                          SLT_DRAW_BATCH, 0, 0, err);
    if (!status)
        status = walk_training(inputs, &at, &state, err);
    slt_batcher_free(at.batcher);
    slt_state_free(&state);
    return slt_inputs_close(inputs, status, err);
}

/* ---- A chain ----------------------------------------------------------------------- */

/* Computes the state at a checkpoint, starting from the last state stored at or before
 * it, or from the initial state. */
static slt_status find_state(slt_inputs *inputs, uint64_t step, slt_state *state,
                             slt_error *err)
{
    const slt_record *stored = NULL, *record = slt_inputs_checkpoint(inputs, step);
    slt_real loss;
    SLT_ASSERT(record); /* a consistent trace has one for each chain */
    for (size_t i = 0; i < slt_trace_records(inputs->trace); i++) {
        const slt_record *at = slt_trace_record(inputs->trace, i);
        if (at->kind == SLT_RECORD_CHECKPOINT && at->has_state && at->step <= step)
            stored = at;
    }
    slt_status status = stored ? slt_trace_state(stored, &inputs->run, state, err)
                               : slt_state_create(&inputs->run, state, err);
    if (status)
        return status;
    if (!stored)
        status = slt_state_init(inputs->trainer, state, err);
    while (!status && state->step < step)
        status = slt_inputs_step(inputs, state, &loss, err);
    if (!status)
        status = slt_inputs_check(inputs, record, state, err);
    if (status)
        slt_state_free(state);
    return status;
}

static uint64_t count_draws(const slt_llc_spec *llc, uint64_t updates)
{
    if (updates <= llc->num_burnin_steps)
        return 0;
    return (updates - llc->num_burnin_steps - 1) / llc->num_steps_bw_draws + 1;
}

/* The standard normals of an update; in fixed point, with the exponent that samplers
 * use. */
static void draw_noise(const slt_inputs *inputs, uint32_t chain, uint32_t ordinal,
                       uint64_t update, slt_params *noise)
{
    for (size_t i = 0; i < noise->count; i++) {
        slt_tensor *z = &noise->tensor[i];
        slt_stream stream = slt_stream_of(inputs->run.seed, SLT_DRAW_SGLD, (uint32_t)i,
                                          chain, (uint32_t)update, ordinal);
        if (!noise->owned[i] || !noise->trainable[i])
            continue;
        if (z->arithmetic == SLT_FIXED)
            slt_fixed_normals(stream, 0, z->data, slt_tensor_count(z));
        else
            slt_draw_normal(stream, z, slt_real_of(1));
    }
}

static slt_status check_losses(const slt_inputs *inputs, const slt_record *record,
                               const slt_chain *chain, slt_error *err)
{
    for (size_t i = 0; i < chain->draws && i < record->loss_count; i++)
        if (chain->losses[i].bits != slt_load_le64(record->losses + 8 * i))
            return slt_fail(err, SLT_DIFFERS,
                            "%s: the loss of draw %zu of chain %" PRIu32 " of estimate "
                            "%" PRIu32 " is not the one that this machine computes; see "
                            "sltrace replay",
                            inputs->path, i, record->chain, record->llc);
    return SLT_OK;
}

static slt_status walk_chain(slt_inputs *inputs, const inputs_series *at,
                             const slt_record *record, slt_chain_worker *worker,
                             slt_chain *chain, slt_params *noise, slt_error *err)
{
    append_series(at->weight, &chain->weights);
    for (uint64_t s = 0; s < at->updates; s++) {
        if (inputs->options->cancel && *inputs->options->cancel)
            return slt_fail(err, SLT_INTERRUPTED,
                            "stopped before the export was complete");
        append_batch(at, s);
        draw_noise(inputs, record->chain, record->llc + 1, s, noise);
        append_series(at->noise, noise);
        slt_chain_advance(worker, chain, 1);
        if (chain->updates != s + 1)
            return slt_fail(err, SLT_DIFFERS,
                            "%s: chain %" PRIu32 " of estimate %" PRIu32 " ends at "
                            "update %" PRIu64 " here, and later in the trace; see "
                            "sltrace replay",
                            inputs->path, record->chain, record->llc, s);
        append_series(at->weight, &chain->weights);
    }
    append_losses(at, chain->losses, (size_t)chain->draws);
    return check_losses(inputs, record, chain, err);
}

static slt_status open_chain(slt_inputs *inputs, inputs_series *at,
                             const slt_record *record, const slt_params *weights,
                             slt_params *noise, slt_error *err)
{
    const slt_llc_spec *llc = &inputs->run.llc[record->llc];
    const size_t shape[] = {(size_t)count_draws(llc, at->updates)};
    for (size_t i = 0; i < noise->count; i++)
        if (noise->tensor[i].arithmetic == SLT_FIXED)
            noise->tensor[i].frac = SLT_NORMAL_FRAC;
    open_series(inputs, at, "weight", weights, at->updates + 1, false, at->weight);
    open_series(inputs, at, "noise", noise, at->updates, true, at->noise);
    at->losses = open_array(inputs, at, "losses", "<f8", shape, 1);
    return open_batches(inputs, at, &llc->batch, slt_llc_samples(llc, &inputs->run),
                        SLT_DRAW_SGLD_BATCH, record->chain, record->llc + 1, err);
}

/* Noise arrays have the shapes of the weights. */
static slt_status write_from(slt_inputs *inputs, const slt_record *record,
                             const slt_params *start, slt_params *noise, slt_error *err)
{
    inputs_series at = {.updates = slt_inputs_chain_updates(inputs, record)};
    slt_sampler *sampler = NULL;
    slt_chain_worker *worker = NULL;
    slt_chain chain = {0};
    snprintf(at.name, sizeof at.name, "llc%" PRIu32 "-chain%" PRIu32, record->llc,
             record->chain);
    slt_status status =
        slt_sampler_create(&inputs->run, record->llc, inputs->data, start, &sampler, err);
    if (!status)
        status = slt_chain_worker_create(sampler, record->chain, &worker, err);
    if (!status)
        status = slt_chain_create(sampler, &chain, err);
    if (!status)
        status = open_chain(inputs, &at, record, start, noise, err);
    if (!status)
        status = walk_chain(inputs, &at, record, worker, &chain, noise, err);
    slt_batcher_free(at.batcher);
    slt_chain_free(&chain);
    slt_chain_worker_free(worker);
    slt_sampler_free(sampler);
    return slt_inputs_close(inputs, status, err);
}

slt_status slt_inputs_write_chain(slt_inputs *inputs, const slt_record *record,
                                  slt_error *err)
{
    slt_state state;
    slt_params noise;
    if (inputs->run.llc[record->llc].tempering.rungs)
        return slt_fail(err, SLT_FORMAT,
                        "%s: chain %" PRIu32 " of llc %" PRIu32
                        " exchanges its weights with replicas (tempering), whose inputs "
                        "are not written",
                        inputs->path, record->chain, record->llc);
    slt_status status = find_state(inputs, record->at_step, &state, err);
    if (status)
        return status;
    status = slt_params_create(&inputs->run.model, inputs->run.arithmetic, &noise, err);
    if (!status) {
        status = write_from(inputs, record, &state.weights, &noise, err);
        slt_params_free(&noise);
    }
    slt_state_free(&state);
    return status;
}
