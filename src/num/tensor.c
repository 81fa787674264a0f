#include "num/tensor.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/assumptions.h"
#include "base/endian.h"
#include "base/world.h"
#include "num/convert.h"
#include "num/fixed/fixed.h"
#include "num/modular.h"
#include "num/scalar.h"

static const struct {
    size_t size;
    const char *name;
} arithmetics[] = {
    [SLT_F32] = {4, "f32"},         [SLT_F64] = {8, "f64"},
    [SLT_FIXED] = {8, "fixed"},     [SLT_INDEX] = {4, "index"},
    [SLT_MODULAR] = {8, "modular"},
};

size_t slt_arithmetic_size(slt_arithmetic arithmetic)
{
    return arithmetics[arithmetic].size;
}

const char *slt_arithmetic_name(slt_arithmetic arithmetic)
{
    return arithmetics[arithmetic].name;
}

static size_t memory_size(const slt_tensor *tensor)
{
    return slt_tensor_count(tensor) * slt_arithmetic_size(tensor->arithmetic);
}

slt_status slt_tensor_create(slt_tensor *tensor, slt_arithmetic arithmetic, size_t rows,
                             size_t cols, slt_error *err)
{
    *tensor = (slt_tensor){.arithmetic = arithmetic, .rows = rows, .cols = cols};
    if (arithmetic == SLT_FIXED)
        tensor->frac = SLT_FIXED_FRAC;
    size_t bytes;
    bool large = __builtin_mul_overflow(rows, cols, &bytes) ||
                 __builtin_mul_overflow(bytes, slt_arithmetic_size(arithmetic), &bytes) ||
                 bytes > SIZE_MAX / 2;
    if (!large) {
        size_t whole = (bytes / SLT_TENSOR_ALIGNMENT + 1) * SLT_TENSOR_ALIGNMENT;
        tensor->data = slt_world.aligned_alloc(SLT_TENSOR_ALIGNMENT, whole);
    }
    if (!tensor->data)
        return slt_fail(err, SLT_RESOURCE, "no memory for a tensor of %zu x %zu %s", rows,
                        cols, slt_arithmetic_name(arithmetic));
    memset(tensor->data, 0, bytes);
    return SLT_OK;
}

void slt_tensor_free(slt_tensor *tensor)
{
    free(tensor->data);
    tensor->data = NULL;
}

static bool alike(const slt_tensor *a, const slt_tensor *b)
{
    return a->arithmetic == b->arithmetic && slt_tensor_count(a) == slt_tensor_count(b);
}

void slt_tensor_copy(slt_tensor *to, const slt_tensor *from)
{
    SLT_ASSERT(alike(to, from));
    size_t size = memory_size(from);
    if (size)
        memcpy(to->data, from->data, size);
    to->frac = from->frac;
    to->overflow = from->overflow;
}

void slt_tensor_zero(slt_tensor *tensor)
{
    size_t size = memory_size(tensor);
    if (size)
        memset(tensor->data, 0, size);
    if (tensor->arithmetic == SLT_FIXED)
        tensor->frac = SLT_FIXED_FRAC;
}

slt_tensor slt_tensor_head(const slt_tensor *tensor, size_t rows)
{
    return slt_tensor_part(tensor, 0, rows);
}

slt_tensor slt_tensor_part(const slt_tensor *tensor, size_t first, size_t rows)
{
    SLT_ASSERT(first <= tensor->rows && rows <= tensor->rows - first);
    slt_tensor part = *tensor;
    part.rows = rows;
    if (first)
        part.data = (char *)tensor->data +
                    first * tensor->cols * slt_arithmetic_size(tensor->arithmetic);
    return part;
}

/* a fixed tensor's bytes begin with its frac */
static size_t prefix_size(const slt_tensor *tensor)
{
    return tensor->arithmetic == SLT_FIXED ? 8 : 0;
}

size_t slt_tensor_bytes(const slt_tensor *tensor)
{
    return prefix_size(tensor) + memory_size(tensor);
}

/* Converts between memory and little-endian order, in both directions. */
static void swap_order(void *to, const void *from, size_t count, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    for (size_t e = 0; e < count && size == 4; e++) {
        uint32_t word = slt_load_le32(in + 4 * e);
        memcpy(out + 4 * e, &word, sizeof word);
    }
    for (size_t e = 0; e < count && size == 8; e++) {
        uint64_t word = slt_load_le64(in + 8 * e);
        memcpy(out + 8 * e, &word, sizeof word);
    }
}

void slt_tensor_store(const slt_tensor *tensor, uint8_t *bytes)
{
    if (tensor->arithmetic == SLT_FIXED)
        slt_store_le64(bytes, (uint64_t)(int64_t)tensor->frac);
    swap_order(bytes + prefix_size(tensor), tensor->data, slt_tensor_count(tensor),
               slt_arithmetic_size(tensor->arithmetic));
}

/* The index of the first element that is infinite or NaN; the count where there is
 * none. */
static size_t find_not_finite(const slt_tensor *tensor)
{
    size_t count = slt_tensor_count(tensor), e = 0;
    const uint8_t *data = tensor->data;
    for (; e < count && tensor->arithmetic == SLT_F32; e++) {
        uint32_t word;
        memcpy(&word, data + 4 * e, sizeof word);
        if ((word >> 23 & 0xff) == 0xff)
            return e;
    }
    for (; e < count && tensor->arithmetic == SLT_F64; e++) {
        uint64_t word;
        memcpy(&word, data + 8 * e, sizeof word);
        if ((word >> 52 & 0x7ff) == 0x7ff)
            return e;
    }
    return count;
}

static slt_status load_frac(slt_tensor *tensor, const uint8_t *bytes, slt_error *err)
{
    if (tensor->arithmetic != SLT_FIXED)
        return SLT_OK;
    int64_t frac = (int64_t)slt_load_le64(bytes);
    if (frac < -SLT_FRAC_MAX || frac > SLT_FRAC_MAX)
        return slt_fail(err, SLT_FORMAT,
                        "tensor: expected a binary point within %d, found %lld",
                        SLT_FRAC_MAX, (long long)frac);
    tensor->frac = (int)frac;
    return SLT_OK;
}

slt_status slt_tensor_load(slt_tensor *tensor, const uint8_t *bytes, size_t size,
                           slt_error *err)
{
    size_t expected = slt_tensor_bytes(tensor), count = slt_tensor_count(tensor);
    if (size != expected)
        return slt_fail(err, SLT_FORMAT, "tensor: expected %zu bytes, found %zu",
                        expected, size);
    slt_status status = load_frac(tensor, bytes, err);
    if (status != SLT_OK)
        return status;
    swap_order(tensor->data, bytes + prefix_size(tensor), count,
               slt_arithmetic_size(tensor->arithmetic));
    size_t bad = find_not_finite(tensor);
    if (bad < count)
        return slt_fail(err, SLT_FORMAT,
                        "tensor: expected finite numbers, found infinity or NaN at "
                        "element %zu",
                        bad);
    tensor->overflow = false;
    return SLT_OK;
}

slt_real slt_tensor_get(const slt_tensor *tensor, size_t element)
{
    slt_real value;
    uint32_t word;
    SLT_ASSERT(element < slt_tensor_count(tensor));
    switch (tensor->arithmetic) {
    case SLT_F32:
        memcpy(&word, (const uint8_t *)tensor->data + 4 * element, sizeof word);
        return slt_real_from_f32(word);
    case SLT_F64:
        memcpy(&value.bits, (const uint8_t *)tensor->data + 8 * element,
               sizeof value.bits);
        return value;
    case SLT_FIXED:
        return slt_real_from_fixed(((const int64_t *)tensor->data)[element],
                                   tensor->frac);
    case SLT_MODULAR:
        return slt_real_from_u64(
            slt_modular_residue(((const uint64_t *)tensor->data)[element]));
    case SLT_INDEX:
        break;
    }
    return slt_real_from_fixed(((const int32_t *)tensor->data)[element], 0);
}

static void set_integer(slt_tensor *tensor, size_t element, slt_real value)
{
    int64_t integer = 0;
    bool fits = slt_real_to_fixed(value, tensor->frac, &integer);
    if (tensor->arithmetic == SLT_INDEX) {
        SLT_ASSERT(fits && integer >= INT32_MIN && integer <= INT32_MAX);
        ((int32_t *)tensor->data)[element] = (int32_t)integer;
    } else {
        tensor->overflow |= !fits;
        ((int64_t *)tensor->data)[element] = integer;
    }
}

void slt_tensor_set(slt_tensor *tensor, size_t element, slt_real value)
{
    SLT_ASSERT(element < slt_tensor_count(tensor));
    uint8_t *data = tensor->data;
    if (tensor->arithmetic == SLT_F32) {
        uint32_t bits = slt_real_to_f32(value);
        memcpy(data + 4 * element, &bits, sizeof bits);
    } else if (tensor->arithmetic == SLT_F64) {
        memcpy(data + 8 * element, &value.bits, sizeof value.bits);
    } else if (tensor->arithmetic == SLT_MODULAR) {
        ((uint64_t *)tensor->data)[element] = slt_modular_of_real(value);
    } else {
        set_integer(tensor, element, value);
    }
}

/* Maps the bits of floats to integers in the same order; both zeros become 0. */
static int64_t rank(const slt_tensor *tensor, size_t element)
{
    if (tensor->arithmetic == SLT_FIXED)
        return ((const int64_t *)tensor->data)[element];
    if (tensor->arithmetic == SLT_F64) {
        int64_t bits;
        memcpy(&bits, (const int64_t *)tensor->data + element, sizeof bits);
        return bits < 0 ? -(bits & INT64_MAX) : bits;
    }
    int32_t bits;
    memcpy(&bits, (const int32_t *)tensor->data + element, sizeof bits);
    return bits < 0 && tensor->arithmetic == SLT_F32 ? -(int64_t)(bits & INT32_MAX)
                                                     : bits;
}

uint64_t slt_tensor_ulp(const slt_tensor *a, const slt_tensor *b, size_t element)
{
    SLT_ASSERT(alike(a, b) && element < slt_tensor_count(a));
    int64_t x = rank(a, element), y = rank(b, element);
    return x < y ? (uint64_t)y - (uint64_t)x : (uint64_t)x - (uint64_t)y;
}
