/* Optimiser updates: from a gradient and a state to the next state. */
#ifndef SLT_LEARN_OPTIMIZER_H
#define SLT_LEARN_OPTIMIZER_H

#include "learn/train.h"

/* Update t = state->step of all owned trainable weights, in manifest order, by
 * num/update.h with the coefficients of REPRODUCING.md, section 9.1; then the powers
 * of beta and the step.  The gradient may be overwritten.  Returns whether weights and
 * moments are finite (fixed: nothing overflowed); else the step is not counted. */
bool slt_optimizer_update(const slt_optimizer_spec *optimizer, slt_params *gradient,
                          slt_state *state);

/* Whether the optimiser keeps a first, a second moment. */
bool slt_optimizer_has_m(const slt_optimizer_spec *optimizer);
bool slt_optimizer_has_v(const slt_optimizer_spec *optimizer);

#endif
