/* Weights of checkpoints that estimates stand at, kept until training is over.  They lie
 * as bytes, in the order and form of a trace, so that hundreds of checkpoints of a small
 * network cost next to nothing. */
#ifndef SLT_RUN_KEPT_H
#define SLT_RUN_KEPT_H

#include "base/buffer.h"
#include "net/params.h"

typedef struct slt_kept {
    uint64_t *steps; /* rising */
    size_t count;
    slt_buffer bytes; /* slt_kept_size of them for each step */
} slt_kept;

void slt_kept_free(slt_kept *kept);
/* Bytes of one checkpoint's weights; tied ones are not among them. */
size_t slt_kept_size(const slt_params *weights);
/* Behind those that are there, step above theirs. */
slt_status slt_kept_add(slt_kept *kept, uint64_t step, const slt_params *weights,
                        slt_error *err);
/* As slt_kept_add, from bytes (slt_kept_size of the run's weights). */
slt_status slt_kept_add_bytes(slt_kept *kept, uint64_t step, const uint8_t *bytes,
                              size_t size, slt_error *err);
/* The place of the first that is at `step` or later; count where there is none. */
size_t slt_kept_from(const slt_kept *kept, uint64_t step);
/* Fills weights of the run's form. */
slt_status slt_kept_load(const slt_kept *kept, size_t index, slt_params *weights,
                         slt_error *err);

#endif
