/* Step sizes that chains find in their burn-in, by the dual averaging of Hoffman and
 * Gelman (2014, section 3.2) with the constants of Stan. */
#ifndef SLT_LEARN_ADAPT_H
#define SLT_LEARN_ADAPT_H

#include "base/schema.h"
#include "learn/llc.h"

extern const slt_schema slt_adapt_field; /* of samplers that take or refuse proposals */

/* Whether `adapt` goes with the estimate's other fields; SLT_FORMAT saying what does
 * not. */
slt_status slt_adapt_fit(const slt_llc_spec *spec, slt_error *err);

/* The lr of the chain's next update: before an adaptation the estimate's, in the burn-in
 * what it comes to, and afterwards its mean. */
slt_real slt_adapt_lr(const slt_llc_spec *spec, const slt_chain *chain);
/* Takes the acceptance of the update of the burn-in that the chain makes. */
void slt_adapt_take(const slt_llc_spec *spec, slt_real acceptance, slt_chain *chain);

/* How many of a chain's first updates its acceptance is the mean without: those that
 * adapt. */
uint64_t slt_adapt_updates(const slt_llc_spec *spec);

/* Whether a chain may have found such an lr. */
bool slt_adapt_is_lr(slt_real lr);

#endif
