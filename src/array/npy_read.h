/* NumPy files of numbers, read strictly: magic, version (1.0, 2.0 or 3.0), a header that
 * says type, order and shape and nothing else, and exactly as many bytes as these need.
 */
#ifndef SLT_ARRAY_NPY_READ_H
#define SLT_ARRAY_NPY_READ_H

#include <sltrace/status.h>

#include "array/array.h"

#define SLT_NPY_HEADER_MAX ((size_t)1 << 16) /* bytes before the elements */

/* Whether bytes begin with the magic of such a file. */
bool slt_npy_is(const uint8_t *bytes, size_t size);
/* What the file holds: b1, u1 to u8, i1 to i8, f2, f4 or f8, of either byte order and of
 * either order of axes.  SLT_FORMAT, naming the byte, if it is no such file or its
 * elements are of another type. */
slt_status slt_npy_read(const uint8_t *bytes, size_t size, slt_array *array,
                        slt_error *err);

#endif
