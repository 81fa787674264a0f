/* A scalar times the sign of a block, added to another block. */
#include "num/fixed/block.h"
#include "num/fixed/fixed.h"

void slt_fixed_add_sign(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    const slt_scalar by = slt_scalar_of(scalar);
    const int64_t *sign = x->data;
    int64_t *m = y->data;
    const int bits =
        slt_bits_u64((uint64_t)(by.mantissa < 0 ? -by.mantissa : by.mantissa));
    const int frac = slt_block_meet(y->frac, slt_block_bits(y), -by.exponent, bits);
    const int64_t term = slt_block_shift(by.mantissa, frac + by.exponent);
    for (size_t e = 0, n = slt_tensor_count(y); e < n; e++)
        m[e] = slt_block_shift(m[e], frac - y->frac) + (sign[e] > 0   ? term
                                                        : sign[e] < 0 ? -term
                                                                      : 0);
    slt_block_place(y, frac);
    y->overflow |= x->overflow;
}
