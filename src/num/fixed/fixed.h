/* Fixed point: the `fixed` arithmetic in two's-complement integers.  No floating-point
 * operation anywhere in num/fixed/.  Definitions: docs/spec/11-fixed-point.md.
 *
 * A fixed tensor holds int64 mantissas m and one exponent: value = m 2^-frac.  State
 * (weights, data, anything drawn) has frac = SLT_FIXED_FRAC; a product has the exponent
 * that follows exactly from its factors. */
#ifndef SLT_NUM_FIXED_FIXED_H
#define SLT_NUM_FIXED_FIXED_H

#include <stdbool.h>
#include <stdint.h>

#include "num/draw.h"
#include "num/math.h"
#include "num/normalize.h"
#include "num/ops.h"
#include "num/tensor.h"
#include "num/update.h"
#include "num/wide.h"
#include "num/window.h"

/* Q15.48: magnitudes below 2^15, steps of 2^-48. */
#define SLT_FIXED_FRAC 48

/* A binary64 as sign * mantissa * 2^exponent; mantissa < 2^53, 0 for zero. */
typedef struct slt_scalar {
    int64_t mantissa; /* with sign */
    int exponent;
} slt_scalar;
slt_scalar slt_scalar_of(slt_real real); /* finite (asserted) */

/* The binary64 nearest to value 2^-frac, ties to even, with subnormals and overflow to
 * infinity as in IEEE 754. */
slt_real slt_fixed_real(slt_wide value, int frac);

/* *result = scalar * m 2^-frac at exponent `to`, rounded to nearest even.  False, with
 * result 0, if it does not fit 64 bits. */
bool slt_fixed_scale(slt_scalar scalar, int64_t m, int frac, int to, int64_t *result);

/* The exponent of normals; their error is at most 2^-40. */
#define SLT_NORMAL_FRAC 60
/* -ln((2 a + 1) 2^-33) 2^57, floor(sqrt(v 2^64)), and cosine and sine of 2 pi p 2^-32 at
 * 61 fractional bits: the pieces of the normals. */
int64_t slt_fixed_neg_log(uint32_t a);
int64_t slt_fixed_sqrt(int64_t v);
void slt_fixed_cos_sin(uint32_t p, int64_t *cosine, int64_t *sine);
/* ln(1 + f), |f| < 2^-7, at 62 fractional bits both. */
int64_t slt_fixed_log_near_one(int64_t f);
/* Cosine and sine of `quarters` quarter turns and a more, |a| <= 1/2, all at 61 bits. */
void slt_fixed_turn(unsigned quarters, int64_t a, int64_t *cosine, int64_t *sine);

/* XXH3-64 over these pieces on a fixed grid. */
uint64_t slt_fixed_fingerprint(void);
/* The fingerprint of a function whose name begins with "fixed". */
uint64_t slt_fixed_fingerprint_of(slt_function function);

/* X(result, name, parameters): bodies that are compiled per instruction set; the portable
 * copy, slt_fixed_<name>, is the definition (kernels/body.h).  They do what ops.h,
 * update.h and draw.h say of the same name, and:
 *
 *   multiply: to = a b, element by element; the exponent makes the largest product fit
 *     62 bits;
 *   times: y = scalar * x; the exponent makes the largest product fit 62 bits; y may be
 *     x;
 *   normals: of the stream from element `first` (even), as mantissas at exponent
 *     SLT_NORMAL_FRAC;
 *   fill_normals: the row `normals` of kernels.h;
 *   shuffle: slt_draw_shuffle. */
#define SLT_FIXED_MAP(X)                                                                 \
    X(void, product,                                                                     \
      (slt_transpose ta, slt_transpose tb, const slt_tensor *a, const slt_tensor *b,     \
       slt_tensor *c))                                                                   \
    X(void, add_bias, (slt_tensor * y, const slt_tensor *bias))                          \
    X(void, column_sums, (const slt_tensor *dy, slt_tensor *out))                        \
    X(void, add, (const slt_tensor *a, const slt_tensor *b, slt_tensor *out))            \
    X(void, subtract, (const slt_tensor *a, const slt_tensor *b, slt_tensor *out))       \
    X(void, relu, (const slt_tensor *x, slt_tensor *y))                                  \
    X(void, relu_back, (const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx))      \
    X(void, square, (const slt_tensor *x, slt_tensor *y))                                \
    X(void, square_back, (const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx))    \
    X(void, multiply, (const slt_tensor *a, const slt_tensor *b, slt_tensor *to))        \
    X(void, times, (slt_real scalar, const slt_tensor *x, slt_tensor *y))                \
    X(slt_real, squared_error,                                                           \
      (const slt_tensor *y, const slt_tensor *t, slt_real scale, slt_tensor *dy))        \
    X(void, centre, (slt_centre centre, slt_tensor * x))                                 \
    X(slt_real, class_error,                                                             \
      (const slt_tensor *y, const slt_tensor *t, slt_centre centre, slt_real scale,      \
       slt_tensor *dy))                                                                  \
    X(slt_real, dot, (const slt_tensor *a, const slt_tensor *b))                         \
    X(void, gelu, (const slt_tensor *x, slt_tensor *y))                                  \
    X(void, gelu_back, (const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx))      \
    X(void, gelu_second,                                                                 \
      (const slt_tensor *x, const slt_tensor *dy, const slt_tensor *change,              \
       slt_tensor *dx))                                                                  \
    X(slt_real, cross_entropy,                                                           \
      (const slt_tensor *y, const slt_tensor *t, slt_real scale, slt_tensor *dy))        \
    X(void, cross_entropy_second,                                                        \
      (const slt_tensor *y, const slt_tensor *change, slt_real scale, slt_tensor *dz))   \
    X(void, softmax, (const slt_tensor *x, size_t causal, slt_tensor *y))                \
    X(void, softmax_along,                                                               \
      (const slt_tensor *y, size_t causal, const slt_tensor *change, slt_tensor *out))   \
    X(void, softmax_bend,                                                                \
      (const slt_tensor *y, size_t causal, const slt_tensor *dy,                         \
       const slt_tensor *dshare, slt_tensor *dx))                                        \
    X(bool, sgd,                                                                         \
      (const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m, slt_tensor *w))     \
    X(bool, adam,                                                                        \
      (const slt_adam_step *step, const slt_tensor *g, slt_tensor *m, slt_tensor *v,     \
       slt_tensor *w))                                                                   \
    X(bool, sgld,                                                                        \
      (const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,                \
       const slt_tensor *w0, slt_tensor *w))                                             \
    X(bool, underdamped,                                                                 \
      (const slt_underdamped_step *step, slt_stream stream, const slt_tensor *g,         \
       const slt_tensor *w0, slt_tensor *p, slt_tensor *w))                              \
    X(bool, thermostat,                                                                  \
      (const slt_underdamped_step *step, slt_stream stream, const slt_tensor *g,         \
       const slt_tensor *w0, slt_tensor *p, slt_tensor *x, slt_tensor *w))               \
    X(bool, preconditioned,                                                              \
      (const slt_preconditioned_step *step, slt_stream stream, const slt_tensor *g,      \
       const slt_tensor *w0, slt_tensor *m, slt_tensor *v, slt_tensor *w))               \
    X(void, uniforms, (slt_stream stream, slt_real lo, slt_real hi, slt_tensor * z))     \
    X(void, normals, (slt_stream stream, uint64_t first, int64_t * out, size_t count))   \
    X(void, fill_normals, (slt_stream stream, slt_real std, slt_tensor * z))             \
    X(void, shuffle, (slt_stream stream, size_t n, size_t count, uint32_t * order))

#define SLT_FIXED_PORTABLE(result, name, parameters) result slt_fixed_##name parameters;
SLT_FIXED_MAP(SLT_FIXED_PORTABLE)
#undef SLT_FIXED_PORTABLE

/* Rows with one body for all instruction sets. */
bool slt_fixed_finite(const slt_tensor *tensor);
void slt_fixed_negate(const slt_tensor *x, slt_tensor *y);
void slt_fixed_concat(const slt_tensor *const *parts, size_t count, slt_tensor *to);
void slt_fixed_add_sign(slt_real scalar, const slt_tensor *x, slt_tensor *y);
void slt_fixed_embedding(const slt_tensor *weight, const slt_tensor *index,
                         slt_tensor *y);
void slt_fixed_embedding_back(const slt_tensor *index, const slt_tensor *dy,
                              slt_tensor *dweight);
void slt_fixed_window_largest(const slt_window *w, const slt_tensor *x,
                              const slt_tensor *from, slt_tensor *to);
void slt_fixed_window_largest_back(const slt_window *w, const slt_tensor *x,
                                   const slt_tensor *dy, slt_tensor *dx);
void slt_fixed_multiply_columns(const slt_tensor *x, const slt_tensor *weight,
                                slt_tensor *y);
void slt_fixed_column_dots(const slt_tensor *a, const slt_tensor *b, slt_tensor *out);
/* n is at exponent 54 less half of log2 of the columns, rounded up. */
void slt_fixed_normalize(slt_normalize how, const slt_tensor *x, slt_tensor *y);
void slt_fixed_normalize_back(slt_normalize how, const slt_tensor *x,
                              const slt_tensor *dy, slt_tensor *dx);
void slt_fixed_normalize_second(slt_normalize how, const slt_tensor *x,
                                const slt_tensor *dy, const slt_tensor *change,
                                slt_tensor *dx);
uint64_t slt_fixed_count_correct(const slt_tensor *y, const slt_tensor *t);
void slt_fixed_dot_attention(const slt_dot_attention *at, slt_tensor *out);
void slt_fixed_dot_attention_back(const slt_dot_attention *at, const slt_tensor *dout,
                                  slt_dot_part part, slt_tensor *gradient);
void slt_fixed_dot_attention_tangent(const slt_dot_attention *at, slt_dot_part part,
                                     const slt_tensor *change, slt_tensor *out);
void slt_fixed_dot_attention_second(const slt_dot_attention *at, const slt_tensor *dout,
                                    slt_dot_part part, slt_dot_part moving,
                                    const slt_tensor *change, slt_tensor *gradient);
void slt_fixed_rotate(const slt_rotation *by, const slt_tensor *x, slt_tensor *y);
void slt_fixed_exponentials(slt_stream stream, slt_real from, slt_tensor *z);
slt_real slt_fixed_bce(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                       slt_tensor *dy);
/* A sum is infinite if its terms do not fit the format of state. */
slt_mala_terms slt_fixed_mala(const slt_sgld_step *step, const slt_tensor *w0,
                              const slt_tensor *w, const slt_tensor *g,
                              const slt_tensor *w1, const slt_tensor *g1);
slt_real slt_fixed_displacement(const slt_tensor *g, const slt_tensor *w0,
                                const slt_tensor *w);
slt_real slt_fixed_distance(const slt_tensor *w0, const slt_tensor *w);
/* Definitions: docs/spec/11-fixed-point.md.  Results are at exponent 60, as is the y that
 * tanh's derivatives are of; errors at most, in units of the last place: sigmoid 1.5, its
 * slope 2, its bend 2.5; of tanh the slope 3.7 and the bend 8; of SiLU the slope 5 and
 * the bend 9, of GELU in its form with tanh 8 and 64.  Values of these two are products
 * of blocks, and softplus, whose ln(1 + q) is in error by 2, a sum. */
void slt_fixed_silu(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
void slt_fixed_silu_bend(const slt_tensor *x, slt_tensor *bend);
void slt_fixed_gelu_tanh(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
void slt_fixed_gelu_tanh_bend(const slt_tensor *x, slt_tensor *bend);
void slt_fixed_softplus(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
void slt_fixed_sigmoid(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
void slt_fixed_sigmoid_bend(const slt_tensor *x, slt_tensor *bend);
void slt_fixed_tanh_slope(const slt_tensor *y, slt_tensor *slope);
void slt_fixed_tanh_bend(const slt_tensor *y, slt_tensor *bend);
/* Elementary functions.  Results are blocks at exponents of their own, whatever those of
 * the arguments: exp 60 (fewer where a number is above 0), erf and tanh 60, sincospi 61,
 * log 52.  Errors at most, in units of the last place: exp 1 of numbers up to 0, erf 1,
 * tanh 1.6, sincospi 1.5, log 0.6; GELU has 2, its derivative 3 and the second one 8
 * at exponent 60.  Arguments for which exp does not fit or log is not defined latch
 * overflow. */
void slt_fixed_exp(const slt_tensor *x, slt_tensor *y);
void slt_fixed_log(const slt_tensor *x, slt_tensor *y);
void slt_fixed_tanh(const slt_tensor *x, slt_tensor *y);
void slt_fixed_erf(const slt_tensor *x, slt_tensor *y);
void slt_fixed_sincospi(const slt_tensor *x, slt_tensor *sine, slt_tensor *cosine);

#endif
