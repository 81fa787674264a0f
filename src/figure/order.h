/* Values in order, and quantiles of them. */
#ifndef SLT_FIGURE_ORDER_H
#define SLT_FIGURE_ORDER_H

#include <sltrace/real.h>

/* The order in which values ascend, as their indices; equal values, and -0 and 0 are
 * equal, keep their order.  No value may be NaN. */
slt_status slt_order_find(const slt_real *values, size_t count, size_t *order,
                          slt_error *err);
/* Sorts so. */
slt_status slt_order_sort(slt_real *values, size_t count, slt_error *err);

/* The p-quantile, 0 <= p <= 1, of sorted values, count >= 1: with h = (count - 1) p and
 * i = floor(h), v_i + (h - i) (v_{i+1} - v_i), each operation rounded; v_i if i is the
 * last index. */
slt_real slt_order_quantile(const slt_real *sorted, size_t count, slt_real p);

/* How far x is from a to b, (x - a) / (b - a), and what lies so far from a to b,
 * a + share (b - a): each operation rounded. */
slt_real slt_order_share(slt_real x, slt_real a, slt_real b);
slt_real slt_order_between(slt_real a, slt_real b, slt_real share);

#endif
