/* Operations on blocks, element by element. */
#include "num/fixed/kernels/meet.h"
#include "num/fixed/kernels/scale.h"

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
    slt_block_place(y, frac);
    y->overflow |= bias->overflow;
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
    int bits_a = slt_block_bits(a), bits_b = a == b ? bits_a : slt_block_bits(b);
    int shift = slt_block_excess(bits_a + bits_b, 62);
    int frac = a->frac + b->frac - shift;
    lanes lost = lanes_of(0);
    for (size_t e = 0, n = slt_tensor_count(a); e < n; e += LANES) {
        lanes from_x = lanes_load(x + e, n - e), sign_x = lanes_sign(from_x);
        lanes from_y = lanes_load(y + e, n - e), sign_y = lanes_sign(from_y);
        lanes_wide product = lanes_mul(lanes_halves(lanes_negate(from_x, sign_x)),
                                       lanes_halves(lanes_negate(from_y, sign_y)));
        lanes size = lanes_round(product, shift, &lost);
        lanes_store(out + e, lanes_negate(size, sign_x ^ sign_y), n - e);
    }
    slt_block_place(to, frac);
    to->overflow |= a->overflow || b->overflow;
}

void SLT_FIXED(square)(const slt_tensor *x, slt_tensor *y)
{
    SLT_FIXED(multiply)(x, x, y);
}

void SLT_FIXED(square_back)(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    SLT_FIXED(multiply)(x, dy, dx);
    slt_block_place(dx, dx->frac - 1); /* times two */
}

void SLT_FIXED(times)(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    slt_scalar by = slt_scalar_of(scalar);
    const int64_t *m = x->data;
    int64_t *out = y->data;
    int bits = slt_block_bits(x), shift = slt_block_excess(53 + bits, 62);
    /* A block of zeros gets the exponent of state: else its own would grow with every
     * step. */
    int frac = bits ? x->frac - by.exponent - shift : SLT_FIXED_FRAC;
    scaling places = scaling_of((slt_scalar){by.mantissa, 0}, shift, 0);
    reach all = {lanes_of(0), lanes_of(0)};
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e += LANES)
        lanes_store(out + e, scaled(&places, lanes_load(m + e, n - e), &all), n - e);
    slt_block_place(y, frac);
    y->overflow |= x->overflow;
}
