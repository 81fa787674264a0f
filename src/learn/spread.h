/* Steps in about equal ratios. */
#ifndef SLT_LEARN_SPREAD_H
#define SLT_LEARN_SPREAD_H

#include "learn/spec.h"

/* Fills llc->steps from llc->spread: `count` numbers from `from` to `to` in equal ratios,
 * each rounded to a multiple of `every` up to `most`, at least `every`; those that are
 * not above the one before are left out.  Needs 1 <= from <= to, 2 <= count <=
 * SLT_STEPS_AT_MAX and 1 <= every <= most.  docs/spec/10-llc.md. */
void slt_spread_steps(uint64_t every, uint64_t most, slt_llc_spec *llc);
/* The fingerprinted functions that it calls. */
slt_function_set slt_spread_functions(void);

#endif
