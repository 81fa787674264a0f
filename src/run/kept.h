/* Keeps the weights of the checkpoints that estimates start from until training is over.
 * They are stored as bytes, in the order and form of a trace, so that hundreds of
 * checkpoints of a small network take little memory. */
#ifndef SLT_RUN_KEPT_H
#define SLT_RUN_KEPT_H

#include "base/buffer.h"
#include "net/params.h"

typedef struct slt_kept {
    uint64_t *steps; /* rising */
    size_t count;
    slt_buffer bytes; /* slt_kept_size bytes for each step */
} slt_kept;

void slt_kept_free(slt_kept *kept);
/* The bytes of one checkpoint's weights, without tied ones. */
size_t slt_kept_size(const slt_params *weights);
/* Adds the weights at a step above all those added before. */
slt_status slt_kept_add(slt_kept *kept, uint64_t step, const slt_params *weights,
                        slt_error *err);
/* The same from slt_kept_size bytes. */
slt_status slt_kept_add_bytes(slt_kept *kept, uint64_t step, const uint8_t *bytes,
                              size_t size, slt_error *err);
/* The index of the first that is at `step` or later; count if there is none. */
size_t slt_kept_from(const slt_kept *kept, uint64_t step);
/* Copies the weights at `place` into *weights. */
slt_status slt_kept_load(const slt_kept *kept, size_t index, slt_params *weights,
                         slt_error *err);

#endif
