/* The times of checkpoints. */
#ifndef SLT_LEARN_TIMES_H
#define SLT_LEARN_TIMES_H

#include "learn/spec.h"

/* Makes times->list of times->spread where that is given: `count` times from `from` to
 * `to`, both exact, in equal differences or ratios, then the end if asked for.  An end is
 * +infinity.  Whether the times ascend, the end the last of them, and `from` is above 0
 * where ratios are asked for.  docs/spec/09-training.md. */
bool slt_times_fill(slt_times *times);
/* The fingerprinted functions that it calls. */
slt_function_set slt_times_functions(const slt_times *times);

#endif
