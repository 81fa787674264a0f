/* Blocks side by side, and a block with the other sign. */
#include "num/fixed/block.h"

/* The blocks meet: at the finest of their exponents at which each fits 61 bits. */
void slt_fixed_concat(const slt_tensor *const *parts, size_t count, slt_tensor *to)
{
    int frac = parts[0]->frac;
    for (size_t p = 1; p < count; p++)
        frac = parts[p]->frac > frac ? parts[p]->frac : frac;
    for (size_t p = 0; p < count; p++) {
        const int bits = slt_block_bits(parts[p]), most = parts[p]->frac + 61 - bits;
        frac = bits && frac > most ? most : frac;
        to->overflow |= parts[p]->overflow;
    }
    int64_t *at = to->data;
    for (size_t i = 0; i < to->rows; i++)
        for (size_t p = 0; p < count; p++) {
            const size_t cols = parts[p]->cols;
            const int64_t *from = (const int64_t *)parts[p]->data + i * cols;
            for (size_t j = 0; j < cols; j++)
                *at++ = slt_block_shift(from[j], frac - parts[p]->frac);
        }
    slt_block_place(to, frac);
}

/* The least number has no other sign. */
void slt_fixed_negate(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data;
    y->overflow |= x->overflow;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        y->overflow |= m[e] == INT64_MIN;
        to[e] = (int64_t)(0 - (uint64_t)m[e]);
    }
    y->frac = x->frac;
}
