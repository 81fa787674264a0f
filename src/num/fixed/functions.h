/* Elementary functions in integers, one argument at a time; exp, erf, tanh, the
 * logistic function, gates, softplus, GELU and cross entropies are built from them.
 * Definitions and error bounds: docs/spec/11-fixed-point.md. */
#ifndef SLT_NUM_FIXED_FUNCTIONS_H
#define SLT_NUM_FIXED_FUNCTIONS_H

#include "num/fixed/functions_table.h"
#include "num/wide.h"

/* Exponents of results. */
enum { SLT_EXP_FRAC = 60, SLT_ERF_FRAC = 60, SLT_TANH_FRAC = 60, SLT_SIGMOID_FRAC = 60 };
enum { SLT_LOG_FRAC = 52, SLT_SINCOSPI_FRAC = 61 };

/* |m|, and what of that size has the sign of m; no branch depends on signs. */
static inline uint64_t slt_fixed_size(int64_t m)
{
    uint64_t sign = (uint64_t)(m >> 63);
    return ((uint64_t)m ^ sign) - sign;
}

static inline int64_t slt_fixed_signed(uint64_t size, int64_t m)
{
    uint64_t sign = (uint64_t)(m >> 63);
    return (int64_t)((size ^ sign) - sign);
}

/* ---- Powers of e ------------------------------------------------------------------- */

/* mantissa 2^(exponent - 61), mantissa in [2^61, 2^62] or next to it. */
typedef struct slt_power {
    int64_t mantissa;
    int exponent;
} slt_power;

/* Arguments have 72 fractional bits and 9 before the point: size 2^-frac, rounded down;
 * if it has more than 9, its high half is SLT_POWER_BEYOND. */
#define SLT_POWER_BEYOND ((int64_t)1 << 17)
static inline slt_wide slt_power_argument(uint64_t size, int frac)
{
    return slt_wide_scaled((slt_wide){size, 0}, 72 - frac, 81);
}

/* e^w, |w| < 2^9, of w's part above 2^48 and its low 64 bits. */
static inline slt_power slt_power_at(int64_t coarse, uint64_t low)
{
    int64_t steps = (coarse * SLT_FIXED_STEPS + ((int64_t)1 << 43)) >> 44;
    int64_t rest = (int64_t)(low - (uint64_t)steps * SLT_FIXED_STEP);
    int64_t p = fixed_power_series[5];
    for (int j = 4; j >= 0; j--)
        p = fixed_power_series[j] + slt_mul_high(rest, p);
    return (slt_power){slt_mul_shift(fixed_power[steps & 255], p, 63), (int)(steps >> 8)};
}

static inline slt_power slt_power_of(slt_wide w)
{
    return slt_power_at((int64_t)slt_wide_floor(w, 48).low, w.low);
}

/* At exponent 60 - top; exponent <= top. */
static inline int64_t slt_power_round(slt_power power, int top)
{
    int shift = top - power.exponent;
    return shift > 61 ? 0 : (power.mantissa + ((int64_t)1 << shift)) >> (shift + 1);
}

/* e^-w at exponent 60; w as slt_power_argument makes it. */
static inline int64_t slt_power_down(slt_wide w)
{
    /* From 43 on it is below half a unit. */
    return w.high >= 43 << 8 ? 0 : slt_power_round(slt_power_of(slt_wide_neg(w)), 0);
}

/* ---- The error function ------------------------------------------------------------ */

/* erf of a number with 68 fractional bits, not below 0, at 62 bits: 1 from 6.5 on. */
static inline int64_t slt_erf_of(slt_wide u)
{
    if (u.high >= 104)
        return (int64_t)1 << 62;
    const int64_t *series = fixed_erf[u.high];
    int64_t rest = (int64_t)(u.low ^ (uint64_t)1 << 63), p = series[10];
    for (int j = 9; j >= 0; j--)
        p = series[j] + slt_mul_high(rest, p);
    return p;
}

/* Its argument: size 2^-frac; one with more than 71 bits becomes 2^71, which is 8. */
static inline slt_wide slt_erf_argument(slt_wide size, int frac)
{
    return slt_wide_scaled(size, 68 - frac, 71);
}

/* ---- The logarithm ----------------------------------------------------------------- */

/* ln of value 2^-frac, value > 0, at 62 fractional bits; |frac| < 2^20. */
slt_wide slt_log_of(slt_wide value, int frac);

#endif
