/* Gates: x times the logistic function of v(x), which is v = x for SiLU and v = x (B + A
 * x^2) for GELU's form with tanh, as (1 + tanh(u)) / 2 is the logistic function of 2 u.
 * The cubic's x is held between -END and END, where the function has reached 0 and 1, so
 * that no infinity meets a 0. */
#include "num/float/kernels/shares.h"

#define B ((real)0x1.9884533d43651p+0)        /* 2 sqrt(2 / pi) */
#define A ((real)0x1.2444f2a4d8b4bp-4)        /* 0.044715 B */
#define THRICE_A ((real)0x1.b6676bf7450f0p-3) /* 3 0.044715 B */
#define END ((real)32)

SLT_INLINE real held(real x)
{
    return x > END ? END : x < -END ? -END : x;
}

/* z, the x that v is of; v; and q and r of it. */
SLT_INLINE void gates(bool cubic, const real *x, real *z, real *v, real *q, real *r,
                      size_t count)
{
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        z[e] = cubic ? held(x[e]) : x[e];
        v[e] = cubic ? z[e] * real_fma(A, z[e] * z[e], B) : x[e];
    }
    shares(v, q, r, count);
}

/* The derivative of v. */
SLT_INLINE real steepness(bool cubic, real z)
{
    return cubic ? real_fma(THRICE_A, z * z, B) : ONE;
}

/* v'' x + 2 v'. */
SLT_INLINE real curl(bool cubic, real z)
{
    return cubic ? real_fma(4 * THRICE_A, z * z, B + B) : ONE + ONE;
}

SLT_INLINE void gate(bool cubic, const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    const real *at = x->data;
    real *to = y ? y->data : NULL, *rise = slope ? slope->data : NULL;
    real z[CHUNK], v[CHUNK], q[CHUNK], r[CHUNK];
    for (size_t e = 0, count = slt_tensor_count(x); e < count; e += CHUNK) {
        const size_t size = chunk_size(count, e);
        gates(cubic, at + e, z, v, q, r, size);
        if (rise) {
            SLT_SIMD
            for (size_t i = 0; i < size; i++) {
                const real share = v[i] < 0 ? q[i] * r[i] : r[i];
                rise[e + i] =
                    real_fma(z[i] * steepness(cubic, z[i]), q[i] * r[i] * r[i], share);
            }
        }
        if (to) {
            SLT_SIMD
            for (size_t i = 0; i < size; i++)
                to[e + i] = at[e + i] * (v[i] < 0 ? q[i] * r[i] : r[i]);
        }
    }
}

SLT_INLINE void gate_bend(bool cubic, const slt_tensor *x, slt_tensor *bend)
{
    const real *at = x->data;
    real *to = bend->data, z[CHUNK], v[CHUNK], q[CHUNK], r[CHUNK];
    for (size_t e = 0, count = slt_tensor_count(x); e < count; e += CHUNK) {
        const size_t size = chunk_size(count, e);
        gates(cubic, at + e, z, v, q, r, size);
        SLT_SIMD
        for (size_t i = 0; i < size; i++) {
            const real down = v[i] < 0 ? ONE - q[i] : q[i] - ONE;
            const real d = q[i] * r[i] * r[i], k = d * (down * r[i]);
            const real g = steepness(cubic, z[i]);
            to[e + i] = real_fma(z[i] * g, k * g, d * curl(cubic, z[i]));
        }
    }
}

void SLT_KERNEL(silu)(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    gate(false, x, y, slope);
}

void SLT_KERNEL(silu_bend)(const slt_tensor *x, slt_tensor *bend)
{
    gate_bend(false, x, bend);
}

void SLT_KERNEL(gelu_tanh)(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    gate(true, x, y, slope);
}

void SLT_KERNEL(gelu_tanh_bend)(const slt_tensor *x, slt_tensor *bend)
{
    gate_bend(true, x, bend);
}
