/* Working memory (num/scratch.h) that num/window.h's functions take of a thread, in
 * bytes, for plans: of an x and a weight without data. */
#ifndef SLT_NUM_WINDOW_PLAN_H
#define SLT_NUM_WINDOW_PLAN_H

#include <stdint.h>

#include "num/window.h"

/* Sums and, with `to_x`, the spread back to x. */
uint64_t slt_num_window_scratch(const slt_window *window, const slt_tensor *x, bool to_x);
/* A convolution and, with `to_x` and `to_w`, the way back. */
uint64_t slt_num_convolution_scratch(const slt_window *window, const slt_tensor *x,
                                     const slt_tensor *w, bool to_x, bool to_w);

#endif
