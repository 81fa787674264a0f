/* Sums over blocks: exact, so that any order gives them. */
#include <string.h>

#include "base/assert.h"
#include "num/fixed/kernels/lanes.h"
#include "num/fixed/kernels/meet.h"
#include "num/scratch.h"

void SLT_FIXED(column_sums)(const slt_tensor *dy, slt_tensor *out)
{
    const int64_t *m = dy->data;
    int64_t *sums = out->data;
    int most = 62 - slt_block_log2(dy->rows ? dy->rows : 1);
    int shift = slt_block_excess(slt_block_bits(dy), most);
    SLT_ASSERT(most > 0);
    memset(sums, 0, dy->cols * sizeof *sums);
    for (size_t i = 0; i < dy->rows; i++)
        for (size_t j = 0; j < dy->cols; j++)
            sums[j] += slt_round_shift(m[i * dy->cols + j], shift);
    slt_block_place(out, dy->frac - shift);
    out->overflow |= dy->overflow;
}

/* Sums by lane of the products of numbers of 48 bits, cut into two of 24 each: after
 * SUMS_MAX terms still within 63 bits. */
typedef struct sums {
    lanes high, middle, low;
} sums;

#define SUMS_MAX 8192
_Static_assert(SUMS_MAX <= ((int64_t)1 << 62) >> (1 + 24 + 24), "a middle sum fits");

SLT_INLINE void sums_add(sums *sum, lanes a, lanes b)
{
    lanes mask = lanes_of(((uint64_t)1 << 24) - 1);
    lanes a0 = a & mask, a1 = lanes_sra(a, 24), b0 = b & mask, b1 = lanes_sra(b, 24);
    sum->high += lanes_mul_i32(a1, b1);
    sum->middle += lanes_mul_i32(a1, b0) + lanes_mul_i32(a0, b1);
    sum->low += lanes_mul_i32(a0, b0);
}

static slt_wide sums_total(slt_wide total, const sums *sum)
{
    int64_t high[LANES], middle[LANES], low[LANES];
    lanes_store(high, sum->high, LANES);
    lanes_store(middle, sum->middle, LANES);
    lanes_store(low, sum->low, LANES);
    for (int i = 0; i < LANES; i++) {
        slt_wide upper = slt_wide_left(slt_wide_of(high[i]), 24);
        upper = slt_wide_left(slt_wide_add(upper, slt_wide_of(middle[i])), 24);
        total = slt_wide_add(total, slt_wide_add(upper, slt_wide_of(low[i])));
    }
    return total;
}

/* The exact sum of a_e b_e after rounding both blocks to 48 bits: below 2^127 for less
 * than 2^31 elements. */
static slt_real dot_of(const slt_tensor *a, int bits_a, const slt_tensor *b, int bits_b)
{
    const int64_t *x = a->data, *y = b->data;
    size_t n = slt_tensor_count(a);
    SLT_ASSERT(n < (size_t)1 << 31);
    int shift_a = slt_block_excess(bits_a, 48), shift_b = slt_block_excess(bits_b, 48);
    slt_wide total = slt_wide_of(0);
    for (size_t first = 0; first < n; first += (size_t)SUMS_MAX * LANES) {
        size_t end =
            n - first < (size_t)SUMS_MAX * LANES ? n - first : (size_t)SUMS_MAX * LANES;
        sums sum = {lanes_of(0), lanes_of(0), lanes_of(0)};
        for (size_t e = 0; e < end; e += LANES) {
            lanes from_x = lanes_load(x + first + e, end - e);
            lanes from_y = lanes_load(y + first + e, end - e);
            sums_add(&sum, lanes_round_one(from_x, shift_a),
                     lanes_round_one(from_y, shift_b));
        }
        total = sums_total(total, &sum);
    }
    return slt_fixed_real(total, a->frac - shift_a + b->frac - shift_b);
}

slt_real SLT_FIXED(dot)(const slt_tensor *a, const slt_tensor *b)
{
    return dot_of(a, slt_block_bits(a), b, slt_block_bits(b));
}

slt_real SLT_FIXED(squared_error)(const slt_tensor *y, const slt_tensor *t,
                                  slt_real scale, slt_tensor *dy)
{
    slt_tensor error = *y;
    error.overflow = false;
    error.data = slt_kernel_scratch(slt_tensor_count(y) * sizeof(int64_t));
    int bits = sum_of(y, t, -1, &error);
    slt_real sum = dot_of(&error, bits, &error, bits);
    if (dy) {
        dy->overflow = false;
        SLT_FIXED(times)(scale, &error, dy);
    }
    return sum;
}
