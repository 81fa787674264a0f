/* The acceptance that an SGLD step would have as a Metropolis-adjusted Langevin
 * proposal. */
#ifndef SLT_LEARN_MALA_H
#define SLT_LEARN_MALA_H

#include "learn/sampler.h"

/* min(1, alpha) of the proposal `from` -> `to`, with
 *   log alpha = U(from) - U(to) + (forward - backward) / (2 lr),
 *   U(w) = nbeta L(w) + gamma / 2 |w - w0|^2,
 * forward and backward being the squared distances of num/update.h. */
slt_real slt_mala_acceptance(const slt_sampler *sampler, const slt_chain_point *from,
                             const slt_chain_point *to);

#endif
