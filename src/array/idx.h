/* IDX files, in which MNIST comes: two zeros, a type, the number of axes, their sizes,
 * elements; all big-endian. */
#ifndef SLT_ARRAY_IDX_H
#define SLT_ARRAY_IDX_H

#include <sltrace/status.h>

#include "array/array.h"

/* Whether bytes begin as such a file does. */
bool slt_idx_is(const uint8_t *bytes, size_t size);
/* SLT_FORMAT, naming the byte, unless it is one with exactly the elements that it
 * announces. */
slt_status slt_idx_read(const uint8_t *bytes, size_t size, slt_array *array,
                        slt_error *err);

#endif
