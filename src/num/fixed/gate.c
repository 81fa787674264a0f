/* Gates: x times the logistic function of v(x), which is v = x for SiLU and v = x (B + A
 * x^2) for GELU's form with tanh; their derivatives are made of x e^-|v| and e^-|v|,
 * which lose nothing where the function is near 0 or 1. */
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"
#include "num/scratch.h"

#define ONE ((int64_t)1 << SLT_SIGMOID_FRAC)

/* v at 72; its derivative g at 58; and v'' x + 2 g at 57. */
typedef struct gate {
    slt_wide v;
    int64_t g, curl;
} gate;

static gate gate_linear(uint64_t size, int frac)
{
    return (gate){slt_power_argument(size, frac), (int64_t)1 << 58, (int64_t)1 << 58};
}

/* x is below 8, where the logistic function has reached 1. */
static gate gate_cubic(uint64_t size, int frac)
{
    const slt_wide scaled = slt_wide_scaled((slt_wide){size, 0}, 60 - frac, 63);
    const uint64_t x = scaled.low > INT64_MAX ? INT64_MAX : scaled.low;
    const uint64_t square = slt_wide_floor(slt_wide_mul_u64(x, x), 63).low; /* at 57 */
    const uint64_t factor =
        SLT_FIXED_GELU_B +
        slt_wide_floor(slt_wide_mul_u64(square, SLT_FIXED_GELU_A), 61).low;
    const slt_wide more = slt_wide_mul_u64(square, SLT_FIXED_GELU_3A);
    return (gate){slt_wide_floor(slt_wide_mul_u64(x, factor), 48),
                  (int64_t)(SLT_FIXED_GELU_B4 + slt_wide_floor(more, 63).low),
                  (int64_t)(SLT_FIXED_GELU_B4 + slt_wide_floor(more, 62).low)};
}

/* Of |x|: the logistic function of v, from 1/2 to 1, and, where asked for, |x| v' times
 * its slope and the second derivative of the whole. */
typedef struct gated {
    int64_t share, lean, bend;
} gated;

static int64_t twice_by(int64_t a, int64_t r)
{
    return slt_mul_shift(slt_mul_shift(a, r, SLT_SIGMOID_FRAC), r, SLT_SIGMOID_FRAC);
}

static gated gate_of(bool cubic, uint64_t size, int frac)
{
    const gate at = cubic ? gate_cubic(size, frac) : gate_linear(size, frac);
    const int64_t q = slt_power_down(at.v);
    const slt_wide above = slt_wide_left(slt_wide_of(ONE), SLT_SIGMOID_FRAC + 1);
    const int64_t r = (slt_wide_quotient(above, ONE + q) + 1) >> 1;
    if (at.v.high >= 47 << 8)
        return (gated){r, 0, 0};
    const slt_power power = slt_power_of(slt_wide_neg(at.v));
    const int n = power.exponent;
    const uint64_t h = (uint64_t)power.mantissa;
    const slt_wide product = slt_wide_mul_u64(size, h);
    const int64_t x = (int64_t)slt_wide_scaled(product, n + 2 - frac, 62).low; /* at 63 */
    const int64_t whole = (int64_t)slt_wide_scaled((slt_wide){h, 0}, n + 1, 63).low;
    const int64_t lean = twice_by(slt_mul_shift(x, at.g, 61), r);
    const int64_t down =
        slt_mul_shift(slt_mul_shift(lean, at.g, 58), 2 * r - ONE, SLT_SIGMOID_FRAC);
    return (gated){r, lean, twice_by(slt_mul_shift(whole, at.curl, 59), r) - down};
}

static void gate_slopes(bool cubic, const slt_tensor *x, slt_tensor *slope)
{
    const int64_t *m = x->data;
    int64_t *to = slope->data;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        const gated at = gate_of(cubic, slt_fixed_size(m[e]), x->frac);
        to[e] = m[e] < 0 ? ONE - at.share - at.lean : at.share + at.lean;
    }
    slope->overflow |= x->overflow;
    slope->frac = SLT_SIGMOID_FRAC;
}

/* The product of x and the block of shares. */
static void gate_values(bool cubic, const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    slt_tensor share = *x;
    int64_t *to = share.data = slt_kernel_scratch(slt_tensor_count(x) * sizeof *to);
    share.frac = SLT_SIGMOID_FRAC;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        const int64_t larger = gate_of(cubic, slt_fixed_size(m[e]), x->frac).share;
        to[e] = m[e] < 0 ? ONE - larger : larger;
    }
    slt_fixed_multiply(x, &share, y);
}

static void gate_both(bool cubic, const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    if (slope)
        gate_slopes(cubic, x, slope);
    if (y)
        gate_values(cubic, x, y);
}

static void gate_bends(bool cubic, const slt_tensor *x, slt_tensor *bend)
{
    const int64_t *m = x->data;
    int64_t *to = bend->data;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        to[e] = gate_of(cubic, slt_fixed_size(m[e]), x->frac).bend;
    bend->overflow |= x->overflow;
    bend->frac = SLT_SIGMOID_FRAC;
}

void slt_fixed_silu(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    gate_both(false, x, y, slope);
}

void slt_fixed_silu_bend(const slt_tensor *x, slt_tensor *bend)
{
    gate_bends(false, x, bend);
}

void slt_fixed_gelu_tanh(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    gate_both(true, x, y, slope);
}

void slt_fixed_gelu_tanh_bend(const slt_tensor *x, slt_tensor *bend)
{
    gate_bends(true, x, bend);
}
