/* The Stein ratio of a chain, which tells how far it has spread from w*.
 *
 * For U(w) = nbeta L(w) + gamma / 2 |w - w0|^2 and w of density proportional to exp(-U)
 * in d dimensions, integration by parts (Stein's identity, the virial theorem) gives E[(w
 * - w*) . grad U(w)] / d = 1. Its two terms are kept apart: the drift nbeta (w - w*) .
 * grad L, whose gradient is that of the update's batch, and the pull gamma (w - w*) . (w
 * - w0), w0 being w* or, with a prior, 0.  A chain that starts at w* begins at 0.
 *
 * A chain of steps w - lr / 2 G + sqrt(lr) z, G the gradient of U on a batch, has grown
 * by E|w_t+1 - w*|^2 - E|w_t - w*|^2 = -lr E[(w - w*) . G] + lr^2 / 4 E|G|^2 + lr d, so
 * that with a step of any size a chain that grows no more has, exactly and whatever L,
 *   E[(w - w*) . G] / d = 1 + lr / 4 E|G|^2 / d.
 * For steps of another form what they add to 1 is not known. */
#ifndef SLT_LEARN_STEIN_H
#define SLT_LEARN_STEIN_H

#include "learn/sampler.h"

/* The batch that a draw belongs to: draws are cut into SLT_STEIN_BATCHES of them, batch b
 * holding draws [b draws / batches, (b + 1) draws / batches). */
size_t slt_stein_batch(uint64_t draw, uint64_t draws);

/* Adds what a draw gives, with the gradient of its update's batch; gradient NULL: one
 * that overflowed, after which the batch's sums are not finite. */
void slt_stein_add(const slt_sampler *sampler, const slt_params *weights,
                   const slt_params *gradient, uint64_t draw, slt_stein *sums);

bool slt_stein_finite(const slt_stein *sums);

/* Over all draws of a chain, divided by d = setup->moving: ratio = drift + pull; step =
 * lr / 4 E|G|^2 / d of samplers that are `langevin`, with a pull to w*; 0 of those that
 * correct; absent for others.  A settled chain has a ratio of 1 + step. */
#define SLT_STEIN_MEANS 4
typedef struct slt_stein_terms {
    slt_real ratio, drift, pull, step;
} slt_stein_terms;

/* From the sums of a chain that has made all its draws; exact order:
 * docs/spec/10-llc.md.  Not finite where a sum is not. */
slt_stein_terms slt_stein_of_chain(const slt_llc_spec *spec, const slt_llc_setup *setup,
                                   const slt_stein *sums);

/* Results of an estimate, canonical: those of each chain, and the slt_real_mean over the
 * chains of each term. */
typedef struct slt_stein_result {
    slt_stein_terms mean;
    slt_real ratio[SLT_LLC_CHAINS_MAX], drift[SLT_LLC_CHAINS_MAX];
    slt_real pull[SLT_LLC_CHAINS_MAX], step[SLT_LLC_CHAINS_MAX];
} slt_stein_result;
void slt_stein_put(size_t chain, slt_stein_terms terms, slt_stein_result *result);
/* The means over the chains that were put. */
void slt_stein_combine(size_t chains, slt_stein_result *result);

#endif
