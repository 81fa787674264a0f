/* Parameter updates: optimisers and samplers' steps, element by element.  Coefficients
 * are binary64, rounded once to the tensor's arithmetic (mala: not rounded).  Each
 * returns whether every element of w, and of Adam's v, is finite afterwards (fixed:
 * whether nothing overflowed). */
#ifndef SLT_NUM_UPDATE_H
#define SLT_NUM_UPDATE_H

#include <stdbool.h>

#include "num/draw.h"
#include "num/tensor.h"

/* SGD with momentum.  g' = weight_decay is zero ? g : fma(weight_decay, w, g);
 * momentum zero: d = g' (m untouched, may be NULL); else m = fma(momentum, m, g'), d = m;
 * w = fma(-lr, d, w). */
typedef struct slt_sgd_step {
    slt_real lr, momentum, weight_decay;
} slt_sgd_step;
bool slt_num_sgd(const slt_sgd_step *step, const slt_tensor *g, slt_tensor *m,
                 slt_tensor *w);

/* Adam.  In binary64 by the caller, once a step: one_minus_beta1 = 1 - beta1,
 * one_minus_beta2 = 1 - beta2, rate = lr / (1 - beta1^t), root = 1 / sqrt(1 - beta2^t),
 * shrink = 1 - lr * weight_decay and weight_decay = 0 (decoupled) or shrink = 1
 * (coupled); asserted.  A coefficient that rounds to 0 counts as 0.  Per element:
 *   shrink not 1:        w = w * shrink
 *   weight_decay not 0:  g = fma(weight_decay, w, g)
 *   m = fma(beta1, m, one_minus_beta1 * g)
 *   v = fma(beta2, v, (one_minus_beta2 * g) * g)
 *   w = fma(-rate, m / fma(sqrt(v), root, eps), w) */
typedef struct slt_adam_step {
    slt_real beta1, beta2, one_minus_beta1, one_minus_beta2, eps;
    slt_real rate, root, weight_decay, shrink;
} slt_adam_step;
bool slt_num_adam(const slt_adam_step *step, const slt_tensor *g, slt_tensor *m,
                  slt_tensor *v, slt_tensor *w);

/* One SGLD step with noise drawn from `stream` (normals as slt_draw_normal, element by
 * element, std 1).  half = lr / 2 and root = sqrt(lr) in binary64 by the caller:
 *   d = w - w0;  t = gamma * d;  t = fma(nbeta, g, t)
 *   u = fma(-half, t, w);        w = fma(root, z, u) */
typedef struct slt_sgld_step {
    slt_real half, root, nbeta, gamma;
} slt_sgld_step;
bool slt_num_sgld(const slt_sgld_step *step, slt_stream stream, const slt_tensor *g,
                  const slt_tensor *w0, slt_tensor *w);

/* One step of a sampler with a momentum p, noise as above.  Coefficients in binary64 by
 * the caller:
 *   d = w - w0;  t = gamma * d;  t = fma(nbeta, g, t)
 *   p = fma(-lose, p, p);        p = fma(-push, t, p);   w = fma(before, p, w)
 *   p = fma(-fade, p, p);        p = fma(noise, z, p);   w = fma(after, p, w)
 * Where p is not finite w is not. */
typedef struct slt_underdamped_step {
    slt_real nbeta, gamma, lose, push, before, fade, noise, after;
} slt_underdamped_step;
bool slt_num_underdamped(const slt_underdamped_step *step, slt_stream stream,
                         const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                         slt_tensor *w);

/* One step of a sampler with a momentum p whose friction a thermostat x changes, noise
 * and t as above; h = push = after, and lose and before are 0 (asserted):
 *   c = fma(-h, x, -fade)
 *   p = fma(c, p, p);            p = fma(-h, t, p);      p = fma(noise, z, p)
 *   w = fma(h, p, w);            x = fma(h, fma(p, p, -1), x)
 * Returns whether all of x and w are finite; where p is not they are not. */
bool slt_num_thermostat(const slt_underdamped_step *step, slt_stream stream,
                        const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                        slt_tensor *x, slt_tensor *w);

/* One SGLD step preconditioned by the root of a mean square v of gradients, noise as
 * above; with m their mean m in the place of the gradient, without (NULL) p = g and raise
 * is 1.  In binary64 by the caller, once a step: one_minus_alpha = 1 - alpha,
 * one_minus_beta = 1 - beta.
 *   m = fma(beta, m, one_minus_beta * g);  p = m
 *   v = fma(alpha, v, (one_minus_alpha * g) * g);  q = 1 / fma(sqrt(v), raise, eps)
 *   d = w - w0;  t = gamma * d;  t = fma(nbeta, p, t)
 *   u = fma(-half, q * t, w);    w = fma(root, sqrt(q) * z, u)
 * Returns whether all of v and w are finite; where m is not they are not. */
typedef struct slt_preconditioned_step {
    slt_sgld_step sgld;
    slt_real alpha, one_minus_alpha, eps, raise, beta, one_minus_beta;
} slt_preconditioned_step;
bool slt_num_preconditioned(const slt_preconditioned_step *step, slt_stream stream,
                            const slt_tensor *g, const slt_tensor *w0, slt_tensor *m,
                            slt_tensor *v, slt_tensor *w);

/* Terms of the MALA acceptance of the proposal w -> w1 (binary64 reductions over the
 * elements, widened exactly): with D(w) = nbeta g(w) + gamma (w - w0),
 *   forward  = sum (w1 - w + half D(w))^2,   backward = sum (w - w1 + half D(w1))^2,
 *   spring0 = sum (w - w0)^2,  spring1 = sum (w1 - w0)^2.
 * Exact order: docs/spec/10-llc.md. */
typedef struct slt_mala_terms {
    slt_real forward, backward, spring0, spring1;
} slt_mala_terms;
slt_mala_terms slt_num_mala(const slt_sgld_step *step, const slt_tensor *w0,
                            const slt_tensor *w, const slt_tensor *g,
                            const slt_tensor *w1, const slt_tensor *g1);

/* The displacement of w from w0 along g: the reduction of g (w - w0) over the elements,
 * widened; the difference is rounded once to binary64, then p = fma(g, w - w0, p). */
slt_real slt_num_displacement(const slt_tensor *g, const slt_tensor *w0,
                              const slt_tensor *w);
/* The squared distance of w from w0: the reduction of d d, d = w - w0 widened and rounded
 * once as above, p = fma(d, d, p). */
slt_real slt_num_distance(const slt_tensor *w0, const slt_tensor *w);

#endif
