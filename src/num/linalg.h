/* Small dense linear algebra with a stated order, binary64, for what reaches hashed data:
 * REPRODUCING.md, "Linear algebra". Matrices are SLT_F64 tensors. */
#ifndef SLT_NUM_LINALG_H
#define SLT_NUM_LINALG_H

#include "num/tensor.h"

/* Least squares min |a x - b| by Householder QR (rows >= cols, full column rank): x has
 * cols elements; errors[j] (may be NULL) the standard error of x_j, sqrt(s2
 * (R^-1 R^-T)_jj) with s2 = rss / (rows - cols); rss and tss (about the mean of b) for
 * R2. SLT_FORMAT where the columns are dependent (a diagonal of R not above 1e-12 of the
 * largest) or rows < cols. a and b are unchanged. */
typedef struct slt_least_squares {
    slt_real *x, *errors;
    slt_real rss, tss;
} slt_least_squares;
slt_status slt_num_least_squares(const slt_tensor *a, const slt_tensor *b,
                                 slt_least_squares *fit, slt_error *err);

/* Thin singular value decomposition a = u diag(s) v' by one-sided Jacobi in a fixed
 * cyclic order; a is rows x cols with rows >= cols; u rows x cols, v cols x cols, s 1 x
 * cols in descending order (ties: lower column first); the first entry of each column of
 * u that is largest in magnitude is positive. */
slt_status slt_num_svd(const slt_tensor *a, slt_tensor *u, slt_tensor *s, slt_tensor *v,
                       slt_error *err);

#endif
