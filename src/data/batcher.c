/* Batches of a training set: which samples, in which order, at every step. */
#include "data/data.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "data/kinds_internal.h"
#include "num/ops.h"

struct slt_batcher {
    slt_batch_spec spec;
    const slt_data *data;
    const slt_batch *all;               /* the training set */
    slt_batch storage;                  /* room for rows_max rows */
    slt_tensor room[SLT_DATA_ROOM_MAX]; /* of samples that are drawn */
    slt_batch batch;                    /* the current batch: the first rows of it */
    uint32_t *order; /* a permutation of the samples; replacement: those drawn */
    uint64_t seed;
    slt_purpose purpose;
    uint32_t chain, ordinal;
    uint64_t epoch; /* if `shuffled`: whose permutation `order` is */
    bool shuffled;
};

static slt_status check_size(const slt_batch_spec *spec, size_t samples, slt_error *err)
{
    if (spec->order == SLT_BATCH_FULL || (spec->size >= 1 && spec->size <= samples))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "batch.size: expected 1 to %zu (samples), found %zu",
                    samples, spec->size);
}

slt_status slt_batcher_check(const slt_batch_spec *spec, const slt_data_spec *data,
                             size_t samples, slt_error *err)
{
    return spec->order == SLT_BATCH_STREAM ? slt_data_check_stream(data, spec->size, err)
                                           : check_size(spec, samples, err);
}

size_t slt_batcher_rows_max(const slt_batch_spec *spec, size_t samples)
{
    return spec->order == SLT_BATCH_FULL ? samples : spec->size;
}

static slt_status create_order(slt_batcher *batcher, slt_error *err)
{
    const size_t samples = batcher->all->rows;
    batcher->order = slt_world.calloc(samples, sizeof *batcher->order);
    return batcher->order
               ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "out of memory for %zu samples", samples);
}

static slt_status create_storage(slt_batcher *batcher, slt_error *err)
{
    const slt_batch *all = batcher->all;
    slt_batch *storage = &batcher->storage;
    size_t rows = batcher->spec.size;
    storage->inputs = all->inputs;
    memcpy(storage->input_name, all->input_name, sizeof storage->input_name);
    memcpy(storage->input_range, all->input_range, sizeof storage->input_range);
    memcpy(storage->input_positions, all->input_positions,
           sizeof storage->input_positions);
    storage->target_range = all->target_range;
    storage->target_positions = all->target_positions;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < all->inputs && status == SLT_OK; i++)
        status = slt_tensor_create(&storage->input[i], all->input[i].arithmetic, rows,
                                   all->input[i].cols, err);
    const slt_tensor *shared = slt_batch_target_input(all);
    if (status == SLT_OK && shared)
        storage->target = storage->input[shared - all->input];
    else if (status == SLT_OK)
        status = slt_tensor_create(&storage->target, all->target.arithmetic, rows,
                                   all->target.cols, err);
    return status;
}

/* What a batcher needs beside the data, nothing where batches are full. */
static slt_status fill_batcher(slt_batcher *batcher, slt_error *err)
{
    const slt_batch_order order = batcher->spec.order;
    if (order == SLT_BATCH_FULL)
        return SLT_OK;
    slt_status status = create_storage(batcher, err);
    if (status)
        return status;
    return order == SLT_BATCH_STREAM
               ? slt_data_create_room(batcher->data->spec,
                                      batcher->all->target.arithmetic, batcher->spec.size,
                                      batcher->room, err)
               : create_order(batcher, err);
}

slt_status slt_batcher_create(const slt_batch_spec *spec, const slt_data *data,
                              uint64_t seed, slt_purpose purpose, uint32_t chain,
                              uint32_t ordinal, slt_batcher **batcher, slt_error *err)
{
    *batcher = NULL;
    slt_status status = slt_batcher_check(spec, data->spec, data->train.rows, err);
    if (status != SLT_OK)
        return status;
    *batcher = slt_world.calloc(1, sizeof **batcher);
    if (!*batcher)
        return slt_fail(err, SLT_RESOURCE, "out of memory for a batcher");
    **batcher = (slt_batcher){.spec = *spec,
                              .data = data,
                              .all = &data->train,
                              .seed = seed,
                              .purpose = purpose,
                              .chain = chain,
                              .ordinal = ordinal};
    status = fill_batcher(*batcher, err);
    if (status != SLT_OK) {
        slt_batcher_free(*batcher);
        *batcher = NULL;
    }
    return status;
}

void slt_batcher_free(slt_batcher *batcher)
{
    if (!batcher)
        return;
    slt_data_free_room(batcher->room);
    slt_batch_free(&batcher->storage);
    free(batcher->order);
    free(batcher);
}

/* The first `count` entries of the permutation of `step`. */
static void batcher_shuffle(slt_batcher *batcher, uint64_t step, size_t count)
{
    SLT_ASSERT(step <= UINT32_MAX);
    slt_stream stream = slt_stream_of(batcher->seed, batcher->purpose, 0, batcher->chain,
                                      (uint32_t)step, batcher->ordinal);
    slt_draw_shuffle(stream, batcher->all->rows, count, batcher->order);
}

static void draw_independent(slt_batcher *batcher, uint64_t step)
{
    SLT_ASSERT(step <= UINT32_MAX);
    slt_stream stream = slt_stream_of(batcher->seed, batcher->purpose, 0, batcher->chain,
                                      (uint32_t)step, batcher->ordinal);
    for (size_t i = 0; i < batcher->spec.size; i++)
        batcher->order[i] = (uint32_t)slt_draw_bounded(stream, i, batcher->all->rows);
}

static const slt_batch *gather_batch(slt_batcher *batcher, const uint32_t *index,
                                     size_t rows)
{
    slt_batch *batch = &batcher->batch;
    const slt_batch *all = batcher->all;
    *batch = batcher->storage;
    batch->rows = rows;
    for (size_t i = 0; i < all->inputs; i++) {
        batch->input[i] = slt_tensor_head(&batcher->storage.input[i], rows);
        slt_num_gather_rows(&all->input[i], index, &batch->input[i]);
    }
    const slt_tensor *shared = slt_batch_target_input(all);
    if (shared) {
        batch->target = batch->input[shared - all->input];
    } else {
        batch->target = slt_tensor_head(&batcher->storage.target, rows);
        slt_num_gather_rows(&all->target, index, &batch->target);
    }
    return batch;
}

static const slt_batch *draw_batch(slt_batcher *batcher, uint64_t step)
{
    SLT_ASSERT(step <= UINT32_MAX);
    const slt_data_draws draws = {.seed = batcher->seed,
                                  .purpose = batcher->purpose,
                                  .chain = batcher->chain,
                                  .step = (uint32_t)step,
                                  .ordinal = batcher->ordinal,
                                  .teacher = batcher->data->teacher,
                                  .room = batcher->room};
    batcher->batch = batcher->storage;
    batcher->batch.rows = batcher->spec.size;
    slt_data_draw(batcher->data->spec, &draws, &batcher->batch);
    return &batcher->batch;
}

static const uint32_t *epoch_samples(slt_batcher *batcher, uint64_t step, size_t *rows)
{
    size_t samples = batcher->all->rows, size = batcher->spec.size;
    size_t short_rows = samples % size;
    uint64_t pieces = samples / size + (batcher->spec.keep_short && short_rows != 0);
    uint64_t epoch = step / pieces;
    size_t first = (size_t)(step % pieces) * size;
    if (!batcher->shuffled || batcher->epoch != epoch) {
        batcher_shuffle(batcher, epoch, samples);
        batcher->epoch = epoch;
        batcher->shuffled = true;
    }
    size_t left = samples - first;
    *rows = left < size ? left : size;
    return batcher->order + first;
}

const uint32_t *slt_batcher_samples(slt_batcher *batcher, uint64_t step, size_t *rows)
{
    SLT_ASSERT(batcher->spec.order != SLT_BATCH_STREAM);
    switch (batcher->spec.order) {
    case SLT_BATCH_FULL:
    case SLT_BATCH_STREAM:
        *rows = batcher->all->rows;
        return NULL;
    case SLT_BATCH_EPOCHS:
        return epoch_samples(batcher, step, rows);
    case SLT_BATCH_REPLACEMENT:
        draw_independent(batcher, step);
        break;
    case SLT_BATCH_FRESH:
        batcher_shuffle(batcher, step, batcher->spec.size);
        break;
    }
    *rows = batcher->spec.size;
    return batcher->order;
}

const slt_batch *slt_batcher_at(slt_batcher *batcher, uint64_t step)
{
    size_t rows;
    if (batcher->spec.order == SLT_BATCH_STREAM)
        return draw_batch(batcher, step);
    const uint32_t *samples = slt_batcher_samples(batcher, step, &rows);
    return samples ? gather_batch(batcher, samples, rows) : batcher->all;
}
