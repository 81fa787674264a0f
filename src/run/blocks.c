#include "run/blocks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"

/* The table of that name in a block's record; NULL if there is none. */
static const slt_trace_tensor *find_table(const slt_record *record, const char *name)
{
    for (size_t i = 0; record->kind == SLT_RECORD_CHECKPOINT && i < record->tensor_count;
         i++)
        if (record->tensors[i].data && !strcmp(record->tensors[i].name, name))
            return &record->tensors[i];
    return NULL;
}

/* Counts are behind their exponent, sums before those of squares. */
static void take_block(slt_blocks *blocks, const slt_trace_tensor *counts,
                       const slt_trace_tensor *sums)
{
    const size_t first = blocks->count++ * blocks->cols;
    for (size_t col = 0; col < blocks->cols; col++) {
        blocks->counts[first + col] = slt_load_le64(counts->data + 8 * (1 + col));
        blocks->sums[first + col] = (slt_real){slt_load_le64(sums->data + 8 * col)};
    }
}

slt_status slt_blocks_of_trace(const slt_trace *trace, slt_blocks *blocks, slt_error *err)
{
    char name[sizeof blocks->name + 8];
    snprintf(name, sizeof name, "%s/sums", blocks->name);
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        const slt_trace_tensor *counts = find_table(record, blocks->name);
        const slt_trace_tensor *sums = find_table(record, name);
        if (!counts || !sums || counts->cols != sums->cols)
            continue;
        if (!blocks->counts) {
            const size_t most = slt_trace_records(trace) - i;
            blocks->cols = counts->cols;
            blocks->counts =
                slt_world.calloc(most * blocks->cols, sizeof *blocks->counts);
            blocks->sums = slt_world.calloc(most * blocks->cols, sizeof *blocks->sums);
        }
        if (!blocks->counts || !blocks->sums)
            return slt_fail(err, SLT_RESOURCE, "no memory for the blocks of a run");
        if (counts->cols == blocks->cols)
            take_block(blocks, counts, sums);
    }
    return SLT_OK;
}

void slt_blocks_free(slt_blocks *blocks)
{
    free(blocks->counts);
    free(blocks->sums);
    *blocks = (slt_blocks){0};
}
