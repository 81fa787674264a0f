/* Private to window.c, convolution.c and the bodies of fixed point. */
#ifndef SLT_NUM_WINDOW_INTERNAL_H
#define SLT_NUM_WINDOW_INTERNAL_H

#include "num/window.h"

/* Whether x has the samples that the window goes over, and `made` a row for each of its
 * positions there. */
bool slt_window_goes_over(const slt_window *window, const slt_tensor *x,
                          const slt_tensor *made);
/* dx, which place 0 makes zeros with d's exponent, plus the columns of d from one on at
 * the positions that the place sees: slt_num_add of blocks. */
void slt_window_add_place(const slt_window *window, size_t place, const slt_tensor *d,
                          size_t column, slt_tensor *dx);

#endif
