/* Closed forms of singular learning theory: advisory numbers, never hashed.
 *
 * Every function names its equation's source. Exact rationals where the theory gives
 * them. */
#ifndef SLTRACE_THEORY_H
#define SLTRACE_THEORY_H

#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

typedef struct slt_rational {
    int64_t numerator, denominator; /* lowest terms, denominator > 0 */
} slt_rational;

/* A learning coefficient and its multiplicity. */
typedef struct slt_lambda {
    slt_rational lambda;
    int64_t multiplicity;
} slt_lambda;

/* Reduced-rank regression y = B A x of true rank r (Aoyagi & Watanabe 2005, main
 * theorem): in inputs M, hidden H, out outputs N, 0 <= rank <= min(in, hidden, out). */
SLT_API slt_status slt_theory_rrr(int64_t in, int64_t hidden, int64_t out, int64_t rank,
                                  slt_lambda *result, slt_error *err);

/* Deep linear network of widths[0 .. count-1], input first (Aoyagi 2023, theorem 1). */
SLT_API slt_status slt_theory_dln(const int64_t *widths, size_t count, int64_t rank,
                                  slt_lambda *result, slt_error *err);

/* Normal crossing K = prod w_j^(2 k_j), prior prod |w_j|^(h_j): min (h_j + 1) / (2 k_j)
 * over k_j > 0, and the number of ties (Watanabe 2009, theorem 6.7 in normal form). */
SLT_API slt_status slt_theory_crossing(const int64_t *k, const int64_t *h, size_t count,
                                       slt_lambda *result, slt_error *err);

/* What SGLD must give on a quadratic 1/2 h w^2 per direction at finite nbeta, step and
 * length: burnin steps, then draws losses recorded `between` updates apart, each before
 * its update; start at w*. In *stationary (may be NULL) the limit of long chains. */
SLT_API double slt_theory_quadratic_sgld(const double *curvatures, size_t count,
                                         double nbeta, double localization, double lr,
                                         uint64_t draws, uint64_t burnin,
                                         uint64_t between, double *stationary);

/* The volume law V(e) ~ c e^lambda (-ln e)^(m-1) (Definition 3.1 of Lakkapragada 2025):
 * Monte Carlo volume of {w in [-1,1]^d: K(w) < e} by Philox draws for K a normal crossing
 * or a sum of squares sum h_j w_j^2 / 2, at `levels` values of e; and a least-squares
 * lambda over them, given m. */
typedef struct slt_volume {
    double *epsilon, *fraction; /* levels of them, caller's arrays */
    double lambda, error;       /* slope and its standard error */
} slt_volume;
SLT_API slt_status slt_theory_volume(const int64_t *k, size_t count, uint64_t samples,
                                     uint64_t seed, double epsilon_min,
                                     double epsilon_max, size_t levels,
                                     slt_volume *volume, slt_error *err);

#endif
