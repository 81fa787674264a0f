/* Blocks times a scalar, at a given exponent: slt_fixed_scale for many numbers. */
#ifndef SLT_NUM_FIXED_KERNELS_SCALE_H
#define SLT_NUM_FIXED_KERNELS_SCALE_H

#include "num/fixed/kernels/lanes.h"

/* Products with scalar's mantissa, moved `right` places, or by -right to the left. */
typedef struct scaling {
    lanes_half size;
    lanes sign;
    int right;
} scaling;

/* Shifts at which no product of 53 by 64 bits keeps a bit, or fits. */
#define SCALE_RIGHT 117
#define SCALE_LEFT (-63)

SLT_INLINE scaling scaling_of(slt_scalar scalar, int frac, int to)
{
    bool negative = scalar.mantissa < 0;
    uint64_t size = (uint64_t)(negative ? -scalar.mantissa : scalar.mantissa);
    int right = frac - scalar.exponent - to;
    right = right > SCALE_RIGHT ? SCALE_RIGHT : right < SCALE_LEFT ? SCALE_LEFT : right;
    return (scaling){lanes_halves(lanes_of(size)), lanes_of(negative ? ~(uint64_t)0 : 0),
                     right};
}

/* How far results of a loop reached: the bits of their magnitudes (as |m| or |m| - 1),
 * and whether any bit was lost. */
typedef struct reach {
    lanes size, lost;
} reach;

/* Whether all magnitudes are below 2^bits. */
SLT_INLINE bool reach_within(const reach *all, int bits)
{
    return lanes_any(all->lost | all->size >> bits) == 0;
}

SLT_INLINE void reach_add(reach *all, lanes m)
{
    all->size |= m ^ lanes_sign(m);
}

/* scalar times m. */
SLT_INLINE lanes scaled(const scaling *by, lanes m, reach *all)
{
    lanes sign = lanes_sign(m), result;
    if (by->right == SCALE_RIGHT)
        return lanes_of(0);
    lanes_wide product = lanes_mul(by->size, lanes_halves(lanes_negate(m, sign)));
    if (by->right >= 0) {
        result = lanes_round(product, by->right, &all->lost);
    } else {
        result = product.low << -by->right;
        all->lost |= product.high | product.low >> (64 + by->right);
    }
    all->size |= result;
    return lanes_negate(result, sign ^ by->sign);
}

#endif
