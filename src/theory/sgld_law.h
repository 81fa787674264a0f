/* What SGLD does around any point where the loss is its quadratic approximation.
 * Advisory. */
#ifndef SLT_THEORY_SGLD_LAW_H
#define SLT_THEORY_SGLD_LAW_H

#include <stddef.h>
#include <stdint.h>

#include "theory/curvatures.h"

/* Chains start at w*, make `burnin` updates, then record `draws` losses, `between`
 * updates apart, each before its update. */
typedef struct slt_sgld_chain {
    double nbeta, localization, lr;
    uint64_t draws, burnin, between; /* draws, between >= 1 */
} slt_sgld_chain;

/* Expectations over the recorded draws.  Those of an LLC are nbeta (mean loss - L(w*)).
 * Infinite or NaN where a number on the way leaves binary64. */
typedef struct slt_sgld_law {
    double curved;     /* the LLC that curvature and the sampler's noise give */
    double sloped;     /* what the slope at w* adds: chains drift down from there */
    double noisy;      /* what batches' gradients, independent of each other, add */
    double stationary; /* the limit of their sum for long chains; infinite where a
                          direction grows for ever */
    /* The terms of the Stein ratio, means over directions: of (w-w*) nbeta grad L and of
     * gamma (w-w*)^2. */
    double stein_drift, stein_pull;
    double directions; /* all */
    double growing;    /* those with nbeta h + gamma < 0, where chains run away */
    double unstable;   /* those with lr (nbeta h + gamma) > 4: the step is too large */
} slt_sgld_law;

/* L - L(w*) at a recorded draw of one chain, without `noise`. */
typedef struct slt_sgld_draw {
    double mean, variance, third; /* cumulants */
} slt_sgld_draw;

/* The update w' = w - (lr/2)(nbeta grad L(w) + gamma (w - w*)) + sqrt(lr) N for L(w) =
 * L(w*) + g.x + x'Hx/2, x = w - w*, is in each direction a linear recursion,
 *
 *   x' = (1 - a) x - lr nbeta g / 2 + sqrt(lr) N,   a = lr (nbeta h + gamma) / 2,
 *
 * so that after t updates x is normal, with mean m(t) = -(lr nbeta g / 2) (1 - (1-a)^t) /
 * a and variance v(t) = lr (1 - (1-a)^(2t)) / (1 - (1-a)^2); and L(w) - L(w*) has mean
 * g m + h (m^2 + v) / 2, variance (g + h m)^2 v + h^2 v^2 / 2 and third cumulant
 * 3 (g + h m)^2 h v^2 + h^3 v^3.  Both limits for a = 0, and growth for a < 0 and a > 2,
 * are contained.  A batch's gradient noise of variance c adds (lr nbeta / 2)^2 c to lr in
 * v.  All are sums over the spectrum.
 *
 * draws, unless NULL, has room for chain->draws. */
void slt_theory_sgld_law(const slt_curvature *spectrum, size_t count,
                         const slt_sgld_chain *chain, slt_sgld_law *law,
                         slt_sgld_draw *draws);

/* How many standard deviations out a normal number is that is as rare as x, a number of
 * mean 0 with this variance and third cumulant: it is taken for a shifted chi-squared one
 * (Pearson 1959), whose cube root is taken for a normal one (Wilson & Hilferty 1931). */
double slt_theory_rarity(double x, double variance, double third);

/* What the losses of chains are compared with the law by. */
typedef struct slt_departing {
    double chains;   /* whose mean it is */
    double spread;   /* of the curvature of a draw's batch, relative */
    double error;    /* of the law itself, relative */
    double start;    /* L(w*) ... */
    double rounding; /* ... and what rounding makes of losses, relative */
} slt_departing;

/* The first draw at which chains left the quadratic; `draws` if they did not.  mean: that
 * of the chains' losses above L(w*).  A draw departs if that is rarer (slt_theory_rarity)
 * than a normal number SLT_DEPARTURE_SIGMAS standard deviations out, the variance being
 * that of the law and of the draws' batches over the chains, and of the law's own error.
 * Chains left at the first of SLT_DEPARTURE_DRAWS departing draws in a row. */
#define SLT_DEPARTURE_SIGMAS 5
#define SLT_DEPARTURE_DRAWS 3
size_t slt_theory_departure(const double *mean, const slt_sgld_draw *law, size_t draws,
                            const slt_departing *rule);

#endif
