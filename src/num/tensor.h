/* Tensors: a block of numbers that carries its arithmetic. */
#ifndef SLT_NUM_TENSOR_H
#define SLT_NUM_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

typedef enum slt_arithmetic {
    SLT_F32,    /* IEEE 754 binary32 */
    SLT_F64,    /* IEEE 754 binary64 */
    SLT_FIXED,  /* two's-complement integers with a binary exponent per tensor */
    SLT_INDEX,  /* int32 class labels and row numbers; no arithmetic of its own */
    SLT_MODULAR /* integers modulo a prime (num/modular.h); never in a run */
} slt_arithmetic;

#define SLT_TENSOR_ALIGNMENT 64

/* Row-major, rows * cols elements without gaps; a vector has one row.  Element e is row
 * e / cols, column e % cols.  Allocated with SLT_TENSOR_ALIGNMENT.
 * Fixed: value = data[e] * 2^-frac; an operation sets frac of what it writes.  `overflow`
 * latches when a fixed result did not fit; the owner looks at it after each step. */
typedef struct slt_tensor {
    slt_arithmetic arithmetic;
    size_t rows;
    size_t cols;
    void *data; /* float, double, int64_t, int32_t or uint64_t */
    int frac;
    bool overflow;
} slt_tensor;

/* Bytes of one element in memory and in a trace: 4, 8, 8, 4, 8. */
size_t slt_arithmetic_size(slt_arithmetic arithmetic);
/* "f32", "f64", "fixed", "index", "modular". */
const char *slt_arithmetic_name(slt_arithmetic arithmetic);

static inline size_t slt_tensor_count(const slt_tensor *tensor)
{
    return tensor->rows * tensor->cols;
}

/* Creates a tensor of zeros (+0; fixed: at the exponent of state, 48).  Sizes may be 0.
 * SLT_RESOURCE if memory is short. */
slt_status slt_tensor_create(slt_tensor *tensor, slt_arithmetic arithmetic, size_t rows,
                             size_t cols, slt_error *err);
void slt_tensor_free(slt_tensor *tensor);
/* Copies elements, frac and overflow between tensors of the same arithmetic and count. */
void slt_tensor_copy(slt_tensor *to, const slt_tensor *from);
void slt_tensor_zero(slt_tensor *tensor);
/* The first `rows` rows of a tensor, sharing its memory. */
slt_tensor slt_tensor_head(const slt_tensor *tensor, size_t rows);
/* The same of `rows` rows from row `first` on. */
slt_tensor slt_tensor_part(const slt_tensor *tensor, size_t first, size_t rows);

/* The elements as little-endian fixed-width bytes, `count` times their size; those of a
 * fixed tensor stand behind its frac, which is one int64.  These are the bytes that
 * hashes cover and traces hold. */
size_t slt_tensor_bytes(const slt_tensor *tensor);
void slt_tensor_store(const slt_tensor *tensor, uint8_t *bytes);
/* Reads the elements back.  SLT_FORMAT where size is not slt_tensor_bytes(tensor) or a
 * float element is not finite. */
slt_status slt_tensor_load(slt_tensor *tensor, const uint8_t *bytes, size_t size,
                           slt_error *err);

/* Element e as the nearest binary64, which is exact for f32 and f64; of a modular one its
 * residue.  For display and tests. */
slt_real slt_tensor_get(const slt_tensor *tensor, size_t element);
/* Sets element e to value rounded once to the tensor's arithmetic (fixed: frac kept;
 * modular: the image of value, which must be finite). */
void slt_tensor_set(slt_tensor *tensor, size_t element, slt_real value);
/* The distance between element e of two tensors of one arithmetic, in units in the last
 * place. */
uint64_t slt_tensor_ulp(const slt_tensor *a, const slt_tensor *b, size_t element);

#endif
