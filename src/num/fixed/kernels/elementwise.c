/* Operations on blocks, element by element. */
#include "num/fixed/block.h"
#include "num/fixed/kernels/body.h"

void SLT_FIXED(add_bias)(slt_tensor *y, const slt_tensor *bias)
{
    int64_t *m = y->data;
    const int64_t *b = bias->data;
    int frac =
        slt_block_meet(y->frac, slt_block_bits(y), bias->frac, slt_block_bits(bias));
    for (size_t i = 0; i < y->rows; i++)
        for (size_t j = 0; j < y->cols; j++) {
            int64_t *at = &m[i * y->cols + j];
            *at = slt_block_shift(*at, frac - y->frac) +
                  slt_block_shift(b[j], frac - bias->frac);
        }
    y->frac = frac;
    y->overflow |= bias->overflow;
}

/* out = a + sign b. */
static void sum_of(const slt_tensor *a, const slt_tensor *b, int sign, slt_tensor *out)
{
    const int64_t *x = a->data, *y = b->data;
    int64_t *to = out->data;
    int frac_a = a->frac, frac_b = b->frac;
    int frac = slt_block_meet(frac_a, slt_block_bits(a), frac_b, slt_block_bits(b));
    for (size_t e = 0, n = slt_tensor_count(a); e < n; e++)
        to[e] = slt_block_shift(x[e], frac - frac_a) +
                sign * slt_block_shift(y[e], frac - frac_b);
    out->frac = frac;
    out->overflow |= a->overflow || b->overflow;
}

void SLT_FIXED(add)(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    sum_of(a, b, 1, out);
}

void SLT_FIXED(subtract)(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    sum_of(a, b, -1, out);
}

void SLT_FIXED(relu)(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    int64_t *to = y->data;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        to[e] = m[e] > 0 ? m[e] : 0;
    y->frac = x->frac;
    y->overflow |= x->overflow;
}

void SLT_FIXED(relu_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    const int64_t *m = x->data, *d = dy->data;
    int64_t *to = dx->data;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        to[e] = m[e] > 0 ? d[e] : 0;
    dx->frac = dy->frac;
    dx->overflow |= dy->overflow;
}

void SLT_FIXED(multiply)(const slt_tensor *a, const slt_tensor *b, slt_tensor *to)
{
    const int64_t *x = a->data, *y = b->data;
    int64_t *out = to->data;
    int shift = slt_block_excess(slt_block_bits(a) + slt_block_bits(b), 62);
    int frac = a->frac + b->frac - shift;
    for (size_t e = 0, n = slt_tensor_count(a); e < n; e++)
        out[e] = (int64_t)slt_wide_round(slt_wide_mul(x[e], y[e]), shift).low;
    to->frac = frac;
    to->overflow |= a->overflow || b->overflow;
}

void SLT_FIXED(square)(const slt_tensor *x, slt_tensor *y)
{
    SLT_FIXED(multiply)(x, x, y);
}

void SLT_FIXED(square_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    SLT_FIXED(multiply)(x, dy, dx);
    dx->frac -= 1; /* times two */
}

void SLT_FIXED(times)(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    slt_scalar by = slt_scalar_of(scalar);
    const int64_t *m = x->data;
    int64_t *out = y->data;
    int bits = slt_block_bits(x), shift = slt_block_excess(53 + bits, 62);
    /* Zeros keep no exponent, lest it grow with every step. */
    int frac = bits ? x->frac - by.exponent - shift : SLT_FIXED_FRAC;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++)
        out[e] = (int64_t)slt_wide_round(slt_wide_mul(by.mantissa, m[e]), shift).low;
    y->frac = frac;
    y->overflow |= x->overflow;
}
