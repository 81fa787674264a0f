/* Powers of e in lanes: functions.h's slt_power_down, lane by lane. */
#ifndef SLT_NUM_FIXED_KERNELS_POWER_H
#define SLT_NUM_FIXED_KERNELS_POWER_H

#include "num/fixed/functions.h"
#include "num/fixed/kernels/lanes.h"

/* Whether lanes may take numbers at this exponent, of at most `bits` bits: their shifts
 * are then within a word, and differences of two of them. */
SLT_INLINE bool power_fits(int frac, int bits)
{
    return LANES > 1 && frac >= 24 && frac <= 72 && bits <= 62;
}

/* From 43 on e^-x is below half a unit, and no larger x need be told apart. */
SLT_INLINE uint64_t power_end(int frac)
{
    return frac <= 57 ? (uint64_t)43 << frac : INT64_MAX;
}

#if LANES > 1

SLT_INLINE lanes lanes_least(lanes a, lanes b)
{
    lanes above = (lanes)(a > b);
    return (a & ~above) | (b & above);
}

/* fixed_power[at]. */
SLT_INLINE lanes power_look_up(lanes at)
{
#if defined(SLT_VARIANT_AVX512)
    return (lanes)_mm512_i64gather_epi64((vec)at, fixed_power, 8);
#elif defined(SLT_VARIANT_AVX2)
    return (lanes)_mm256_i64gather_epi64((const long long *)fixed_power, (vec)at, 8);
#else
    lanes found = at;
    for (int i = 0; i < LANES; i++)
        found[i] = (uint64_t)fixed_power[at[i]];
    return found;
#endif
}

/* c + floor(a p / 2^64), a with a sign, 0 <= p. */
SLT_INLINE lanes power_step(int64_t c, lanes_half a, lanes sign, lanes p)
{
    return lanes_of((uint64_t)c) + lanes_mul(a, lanes_halves(p)).high - (p & sign);
}

/* The same for p < 2^32. */
SLT_INLINE lanes power_step_small(int64_t c, lanes_half a, lanes sign, lanes p)
{
    lanes low = lanes_mul_u32(a.low, p) >> 32;
    return lanes_of((uint64_t)c) + ((lanes_mul_u32(a.high, p) + low) >> 32) - (p & sign);
}

/* size 2^(-down - 61), as slt_power: e^-w of w's part above 2^48, rounded up, and its low
 * 64 bits; w at most 50. */
typedef struct power_parts {
    lanes size, down;
} power_parts;

SLT_INLINE power_parts power_of(lanes above, lanes low)
{
    lanes coarse = 0 - above;
    lanes grown = lanes_mul_i32(coarse, lanes_of(SLT_FIXED_STEPS));
    lanes steps =
        0 - lanes_sra(grown + lanes_of((uint64_t)1 << 43), 44); /* not below 0 */
    lanes whole = lanes_mul_u32(steps, lanes_of(SLT_FIXED_STEP)) +
                  (lanes_mul_u32(steps, lanes_of(SLT_FIXED_STEP >> 32)) << 32);
    lanes rest = whole - low, sign = lanes_sign(rest);
    lanes_half factor = lanes_halves(rest);
    lanes p = lanes_of((uint64_t)fixed_power_series[5]);
    p = power_step_small(fixed_power_series[4], factor, sign, p);
    p = power_step_small(fixed_power_series[3], factor, sign, p);
    for (int j = 2; j >= 0; j--)
        p = power_step(fixed_power_series[j], factor, sign, p);
    lanes power = power_look_up((0 - steps) & lanes_of(255));
    lanes_wide product = lanes_mul(lanes_halves(power), lanes_halves(p));
    lanes size =
        (product.high << 1 | product.low >> 63) + ((product.low >> 62) & lanes_of(1));
    return (power_parts){size, 0 - lanes_sra(0 - steps, 8)};
}

/* e^-(x 2^-frac) at exponent 60, x at most power_end(frac). */
SLT_INLINE lanes power_down(lanes x, int frac)
{
    power_parts power = power_of(0 - lanes_sra(0 - x, frac - 24), x << (72 - frac));
    lanes some = lanes_sign(power.down - lanes_of(62));
    return (((power.size >> power.down) + lanes_of(1)) >> 1) & some;
}

#endif

#endif
