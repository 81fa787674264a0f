/* The Metropolis test of a proposal: U(w) = nbeta L(w) + gamma / 2 |w - w0|^2, and the
 * probability that a proposal is taken. */
#ifndef SLT_LEARN_METROPOLIS_H
#define SLT_LEARN_METROPOLIS_H

#include "learn/sampler.h"

/* U of the loss and of |w - w0|^2. */
slt_real slt_metropolis_potential(const slt_sampler *sampler, slt_real loss,
                                  slt_real spring);
/* min(1, alpha).  +0 where log alpha is not finite: a proposal that leaves the finite
 * numbers is never accepted. */
slt_real slt_metropolis_probability(slt_real log_alpha);
/* Whether a uniform number, of a word of a stream, is below a probability. */
bool slt_metropolis_takes(slt_stream stream, uint64_t word, slt_real probability);

#endif
