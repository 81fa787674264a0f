/* Rows divided by their size, and columns by columns: docs/spec/06-operations.md has the
 * order of every sum, docs/spec/11-fixed-point.md that of fixed point. */
#ifndef SLT_NUM_NORMALIZE_H
#define SLT_NUM_NORMALIZE_H

#include "num/tensor.h"

/* y[i][j] = weight[j] x[i][j].  weight has cols elements; y may be x. */
void slt_num_multiply_columns(const slt_tensor *x, const slt_tensor *weight,
                              slt_tensor *y);
/* out[j] = chain over rows i of a[i][j] b[i][j]: the diagonal of the product a' b, as a
 * long sum in blocks of so many rows (num/ops.h). */
void slt_num_column_dots_long(const slt_tensor *a, const slt_tensor *b, size_t block,
                              slt_tensor *out);

/* Row by row n = i c: c is x less its mean, where `centred`, else x, and i = 1 /
 * sqrt(mean(c c) + eps), in binary64 and rounded once; means are reductions, divided. */
typedef struct slt_normalize {
    bool centred;
    slt_real eps; /* above 0 */
} slt_normalize;
/* y = n. */
void slt_num_normalize(slt_normalize how, const slt_tensor *x, slt_tensor *y);
/* dx = i (dy - mean(dy) - mean(dy n) n), without the mean of dy where x is not centred:
 * the derivative by x from that by n, and since it is symmetric also how n changes along
 * dy as a change of x.  dx may be dy. */
void slt_num_normalize_back(slt_normalize how, const slt_tensor *x, const slt_tensor *dy,
                            slt_tensor *dx);
/* How slt_num_normalize_back's dx changes along `change` of x.  dx may be dy or
 * change. */
void slt_num_normalize_second(slt_normalize how, const slt_tensor *x,
                              const slt_tensor *dy, const slt_tensor *change,
                              slt_tensor *dx);
/* out = slt_num_column_dots_long of dy and n, or of dy and what n changes by along
 * `change` of x. */
void slt_num_normalize_dots(slt_normalize how, const slt_tensor *x, const slt_tensor *dy,
                            size_t block, slt_tensor *out);
void slt_num_normalize_dots_along(slt_normalize how, const slt_tensor *x,
                                  const slt_tensor *dy, const slt_tensor *change,
                                  size_t block, slt_tensor *out);

#endif
