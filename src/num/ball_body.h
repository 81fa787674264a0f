/* The tail of a ball in the order of docs/spec/04-functions.md: Gauss and Legendre's
 * rule.
 *
 * This is one body for two units, which have `real` and its operations before it: ball.c
 * by integers (real_integers.h), float/ball.c by hardware (float/real_hardware.h). */
#include "base/assert.h"
#include "num/ball.h"
#include "num/ball_table.h"
#include "num/real_body.h"

#define TWO REAL(1)
#define FOUR_OVER_PI real_of((slt_real){UINT64_C(0x3ff45f306dc9c883)})

/* base^(halves / 2). */
static real power_of_halves(real base, size_t halves)
{
    const real root = halves & 1 ? real_sqrt(base) : ONE;
    real power = ONE;
    for (size_t n = halves >> 1; n; n >>= 1) {
        if (n & 1)
            power = real_mul(power, base);
        base = real_mul(base, base);
    }
    return halves & 1 ? real_mul(power, root) : power;
}

/* Twice what makes the whole ball 1. */
static real ball_scale(size_t dimension)
{
    const size_t odd = dimension & 1;
    real scale = odd ? ONE : FOUR_OVER_PI, d = real_add(TWO, odd ? ONE : TWO);
    for (size_t n = 4 - odd; n <= dimension; n += 2) {
        scale = real_div(real_mul(scale, d), real_add(d, real_neg(ONE)));
        d = real_add(d, TWO);
    }
    return scale;
}

/* 0 <= h < 1. */
static real ball_beyond(size_t dimension, real h)
{
    const real q = real_add(ONE, real_neg(h));
    real sum[SLT_BALL_NODES];
    for (size_t k = 0; k < SLT_BALL_NODES; k++) {
        const real v = real_mul(q, real_of(slt_ball_square[k]));
        const real base = real_mul(v, real_add(TWO, real_neg(v)));
        sum[k] =
            real_mul(real_of(slt_ball_weight[k]), power_of_halves(base, dimension - 1));
    }
    for (size_t width = SLT_BALL_NODES / 2; width; width /= 2)
        for (size_t k = 0; k < width; k++)
            sum[k] = real_add(sum[k], sum[k + width]);
    return real_mul(real_mul(ball_scale(dimension), q), sum[0]);
}

static real ball_tail(size_t dimension, real h)
{
    SLT_ASSERT(dimension >= 1 && dimension <= SLT_BALL_DIMENSIONS_MAX);
    const bool below = real_less(h, ZERO);
    const real size = below ? real_neg(h) : h;
    const real tail = real_less(size, ONE) ? ball_beyond(dimension, size) : ZERO;
    return below ? real_add(ONE, real_neg(tail)) : tail;
}
