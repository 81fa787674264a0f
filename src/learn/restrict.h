/* Chains that stay in the hyperplane through w* whose normal is the gradient g0 of the
 * full-data loss at w*.  In it w* is a critical point of the loss even if training did
 * not end at one. */
#ifndef SLT_LEARN_RESTRICT_H
#define SLT_LEARN_RESTRICT_H

#include "learn/sampler.h"

/* Fills sampler->normal and normal_square (not finite if the gradient is not); `net`
 * must take the full data.  SLT_RESOURCE if memory is short. */
slt_status slt_restrict_find(slt_sampler *sampler, slt_net *net, slt_error *err);

/* Whether the chains are restricted: asked for, and by a gradient that is not zero. */
bool slt_restrict_holds(const slt_sampler *sampler);

/* Moves weights straight back into the hyperplane: w = fma(-c, g0, w) with
 * c = g0.(w - w*) / g0.g0.  A gradient of zero restricts nothing.  Returns
 * whether every weight is finite afterwards; in fixed point a c that is not finite marks
 * the first weight that moves as overflowed. */
bool slt_restrict_weights(const slt_sampler *sampler, slt_params *weights);

#endif
