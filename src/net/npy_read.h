/* NumPy files of numbers, read strictly: magic, version (1.0, 2.0 or 3.0), a header that
 * says type, order and shape and nothing else, and exactly as many bytes as these need.
 */
#ifndef SLT_NET_NPY_READ_H
#define SLT_NET_NPY_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

#include "base/buffer.h"
#include "num/tensor.h"

#define SLT_NPY_DIMENSIONS_MAX 4
#define SLT_NPY_HEADER_MAX ((size_t)1 << 16) /* bytes before the elements */

typedef struct slt_npy_head {
    char type[4];         /* "<f4": byte order, kind (f or i), bytes of an element */
    slt_arithmetic holds; /* f2 and f4: f32; f8: f64; i8: fixed */
    size_t size;          /* of an element: 2, 4 or 8 */
    bool big, columns;    /* byte order; elements stand column by column */
    size_t shape[SLT_NPY_DIMENSIONS_MAX];
    int dimensions;
    size_t offset; /* of the elements */
} slt_npy_head;

/* Whether bytes begin with the magic of such a file. */
bool slt_npy_is(const uint8_t *bytes, size_t size);
/* SLT_FORMAT, naming the byte, if it is no such file or its elements are of another type
 * than f2, f4, f8 or i8. */
slt_status slt_npy_head_read(const uint8_t *bytes, size_t size, slt_npy_head *head,
                             slt_error *err);
/* Appends the elements as slt_tensor_store writes those of a tensor of rows x cols: row
 * by row, little-endian, f2 widened to f32 (exactly), i8 behind its exponent frac. */
void slt_npy_elements(const slt_npy_head *head, const uint8_t *bytes, size_t rows,
                      size_t cols, int64_t frac, slt_buffer *out);

#endif
