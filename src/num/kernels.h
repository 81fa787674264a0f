/* The table of kernels: one row for every operation that has a body per arithmetic.
 *
 * A float body stands once in src/num/float/kernels/, in terms of `real` (see body.h);
 * it is compiled per type and instruction set (see float.cmake).  The scalar copy is the
 * definition and every other copy equals it in every bit.  Fixed point fills the same
 * table.  A kernel takes whole tensors, so dispatch costs one call; it returns no status:
 * shapes and arithmetics were asserted by ops.c and update.c.
 *
 * A new kernel is a row here (with its result, name and parameters) and its bodies. */
#ifndef SLT_NUM_KERNELS_H
#define SLT_NUM_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "num/draw.h"
#include "num/members.h"
#include "num/normalize.h"
#include "num/ops.h"
#include "num/update.h"
#include "num/window.h"

/* X(result, name, parameters). Definitions: ops.h and update.h, same names. */
#define SLT_KERNEL_MAP(X)                                                                \
    /* Of a transposed there may be more columns than c has rows. */                     \
    X(void, product,                                                                     \
      (slt_transpose ta, slt_transpose tb, const slt_tensor *a, const slt_tensor *b,     \
       slt_tensor *c))                                                                   \
    X(void, add_bias, (slt_tensor * y, const slt_tensor *bias))                          \
    /* NULL: slt_num_affine calls product, then add_bias. */                             \
    X(void, affine,                                                                      \
      (slt_transpose ta, slt_transpose tb, const slt_tensor *a, const slt_tensor *b,     \
       const slt_tensor *bias, slt_tensor *c))                                           \
    /* Floats only: chains of product go on from what c holds.  NULL: not known. */      \
    X(void, product_on,                                                                  \
      (slt_transpose ta, slt_transpose tb, const slt_tensor *a, const slt_tensor *b,     \
       slt_tensor *c))                                                                   \
    /* NULL: by copies, and by sums of what each place sees (window.c). */               \
    X(void, patches,                                                                     \
      (const slt_window *window, const slt_tensor *x, size_t first,                      \
       slt_tensor *patches))                                                             \
    X(void, window_sums,                                                                 \
      (const slt_window *window, const slt_tensor *x, slt_tensor *sums))                 \
    X(void, window_spread,                                                               \
      (const slt_window *window, const slt_tensor *d, slt_tensor *dx))                   \
    X(void, window_largest,                                                              \
      (const slt_window *window, const slt_tensor *x, const slt_tensor *from,            \
       slt_tensor *to))                                                                  \
    X(void, window_largest_back,                                                         \
      (const slt_window *window, const slt_tensor *x, const slt_tensor *dy,              \
       slt_tensor *dx))                                                                  \
    X(void, column_sums, (const slt_tensor *dy, slt_tensor *out))                        \
    X(void, multiply_columns,                                                            \
      (const slt_tensor *x, const slt_tensor *weight, slt_tensor *y))                    \
    X(void, column_dots, (const slt_tensor *a, const slt_tensor *b, slt_tensor *out))    \
    X(void, normalize, (slt_normalize how, const slt_tensor *x, slt_tensor *y))          \
    X(void, normalize_back,                                                              \
      (slt_normalize how, const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx))    \
    X(void, normalize_second,                                                            \
      (slt_normalize how, const slt_tensor *x, const slt_tensor *dy,                     \
       const slt_tensor *change, slt_tensor *dx))                                        \
    X(void, add, (const slt_tensor *a, const slt_tensor *b, slt_tensor *out))            \
    X(void, subtract, (const slt_tensor *a, const slt_tensor *b, slt_tensor *out))       \
    X(void, negate, (const slt_tensor *x, slt_tensor *y))                                \
    X(void, concat, (const slt_tensor *const *parts, size_t count, slt_tensor *to))      \
    X(void, relu, (const slt_tensor *x, slt_tensor *y))                                  \
    X(void, relu_back, (const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx))      \
    X(void, gelu, (const slt_tensor *x, slt_tensor *y))                                  \
    X(void, gelu_back, (const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx))      \
    /* Floats only. */                                                                   \
    X(void, gelu_slope, (const slt_tensor *x, slt_tensor *y, slt_tensor *slope))         \
    X(void, gelu_second,                                                                 \
      (const slt_tensor *x, const slt_tensor *dy, const slt_tensor *change,              \
       slt_tensor *dx))                                                                  \
    X(void, sigmoid, (const slt_tensor *x, slt_tensor *y, slt_tensor *slope))            \
    X(void, sigmoid_bend, (const slt_tensor *x, slt_tensor *bend))                       \
    X(void, silu, (const slt_tensor *x, slt_tensor *y, slt_tensor *slope))               \
    X(void, silu_bend, (const slt_tensor *x, slt_tensor *bend))                          \
    X(void, gelu_tanh, (const slt_tensor *x, slt_tensor *y, slt_tensor *slope))          \
    X(void, gelu_tanh_bend, (const slt_tensor *x, slt_tensor *bend))                     \
    X(void, softplus, (const slt_tensor *x, slt_tensor *y, slt_tensor *slope))           \
    X(void, tanh_slope, (const slt_tensor *y, slt_tensor *slope))                        \
    X(void, tanh_bend, (const slt_tensor *y, slt_tensor *bend))                          \
    X(void, multiply, (const slt_tensor *a, const slt_tensor *b, slt_tensor *out))       \
    X(void, square, (const slt_tensor *x, slt_tensor *y))                                \
    X(void, square_back, (const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx))    \
    X(void, scale, (slt_real scalar, const slt_tensor *x, slt_tensor *y))                \
    X(void, add_sign, (slt_real scalar, const slt_tensor *x, slt_tensor *y))             \
    X(void, embedding,                                                                   \
      (const slt_tensor *weight, const slt_tensor *index, slt_tensor *y))                \
    /* Floats only. */                                                                   \
    X(void, embedding_added,                                                             \
      (const slt_tensor *weight, const slt_tensor *index, slt_tensor *y))                \
    X(void, embedding_back,                                                              \
      (const slt_tensor *index, const slt_tensor *dy, slt_tensor *dweight))              \
    /* Floats only. */                                                                   \
    X(void, attention, (const slt_attention *at, slt_tensor *out))                       \
    X(void, attention_back,                                                              \
      (const slt_attention *at, const slt_tensor *dout, slt_attention_part part,         \
       slt_tensor *gradient))                                                            \
    X(void, attention_tangent,                                                           \
      (const slt_attention *at, slt_attention_part part, const slt_tensor *change,       \
       slt_tensor *out))                                                                 \
    X(void, attention_second,                                                            \
      (const slt_attention *at, const slt_tensor *dout, slt_attention_part part,         \
       slt_attention_part moving, const slt_tensor *change, slt_tensor *gradient))       \
    X(slt_real, squared_error,                                                           \
      (const slt_tensor *y, const slt_tensor *t, slt_real scale, slt_tensor *dy))        \
    X(void, centre, (slt_centre centre, slt_tensor * x))                                 \
    X(slt_real, class_error,                                                             \
      (const slt_tensor *y, const slt_tensor *t, slt_centre centre, slt_real scale,      \
       slt_tensor *dy))                                                                  \
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
    X(void, dot_attention, (const slt_dot_attention *at, slt_tensor *out))               \
    X(void, dot_attention_back,                                                          \
      (const slt_dot_attention *at, const slt_tensor *dout, slt_dot_part part,           \
       slt_tensor *gradient))                                                            \
    X(void, dot_attention_tangent,                                                       \
      (const slt_dot_attention *at, slt_dot_part part, const slt_tensor *change,         \
       slt_tensor *out))                                                                 \
    X(void, dot_attention_second,                                                        \
      (const slt_dot_attention *at, const slt_tensor *dout, slt_dot_part part,           \
       slt_dot_part moving, const slt_tensor *change, slt_tensor *gradient))             \
    X(void, rotate, (const slt_rotation *by, const slt_tensor *x, slt_tensor *y))        \
    X(slt_real, bce,                                                                     \
      (const slt_tensor *y, const slt_tensor *t, slt_real scale, slt_tensor *dy))        \
    X(uint64_t, count_correct, (const slt_tensor *y, const slt_tensor *t))               \
    X(slt_real, dot, (const slt_tensor *a, const slt_tensor *b))                         \
    X(bool, finite, (const slt_tensor *tensor))                                          \
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
    /* Elementary functions, element by element (elementary.h). y may be x. */           \
    X(void, exp, (const slt_tensor *x, slt_tensor *y))                                   \
    X(void, log, (const slt_tensor *x, slt_tensor *y))                                   \
    X(void, tanh, (const slt_tensor *x, slt_tensor *y))                                  \
    X(void, erf, (const slt_tensor *x, slt_tensor *y))                                   \
    X(void, sincospi, (const slt_tensor *x, slt_tensor *sine, slt_tensor *cosine))       \
    /* The whole tensor from the start of a stream (draw.h). */                          \
    X(void, uniforms, (slt_stream stream, slt_real lo, slt_real hi, slt_tensor * z))     \
    X(void, normals, (slt_stream stream, slt_real std, slt_tensor * z))                  \
    X(void, exponentials, (slt_stream stream, slt_real from, slt_tensor * z))            \
    /* Floats only: of streams side by side. */                                          \
    X(void, exponentials_abreast, (slt_stream first, slt_real from, slt_tensor * z))     \
    X(void, normals_abreast, (slt_stream first, slt_tensor * z))                         \
    X(slt_mala_terms, mala,                                                              \
      (const slt_sgld_step *step, const slt_tensor *w0, const slt_tensor *w,             \
       const slt_tensor *g, const slt_tensor *w1, const slt_tensor *g1))                 \
    X(slt_real, displacement,                                                            \
      (const slt_tensor *g, const slt_tensor *w0, const slt_tensor *w))                  \
    X(slt_real, distance, (const slt_tensor *w0, const slt_tensor *w))

typedef struct slt_kernels {
    const char *isa;
    const slt_members_kernels *members; /* NULL if there are none */
    /* slt_draw_shuffle.  It works on integers in every arithmetic, so only the table of
     * fixed point has it. */
    void (*shuffle)(slt_stream stream, size_t n, size_t count, uint32_t *order);
#define SLT_KERNEL_FIELD(result, name, parameters) result(*name) parameters;
    SLT_KERNEL_MAP(SLT_KERNEL_FIELD)
#undef SLT_KERNEL_FIELD
} slt_kernels;

/* The kernels in use for an arithmetic.  Asserts that slt_num_start has succeeded and
 * that slt_num_available(arithmetic) holds, or that it is binary64, of which there are
 * some in integers (f64_integers.c), in use too while slt_num_integers_alone says so. */
const slt_kernels *slt_kernels_of(slt_arithmetic arithmetic);

/* Replaces the kernels of an arithmetic by another table, which must live until the next
 * slt_num_start.  For the audit's other back ends, which are never on a path to a
 * golden: only float/openblas.c calls it, and a test checks that. */
void slt_kernels_replace(slt_arithmetic arithmetic, const slt_kernels *kernels);

#endif
