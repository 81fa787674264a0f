/* Small dense linear algebra with a stated order, binary64, for what reaches hashed data:
 * docs/spec/12-linear-algebra.md. Matrices are SLT_F64 tensors. */
#ifndef SLT_NUM_LINALG_H
#define SLT_NUM_LINALG_H

#include "num/tensor.h"

/* Least squares min |a x - b| by Householder QR (rows >= cols >= 1, full column rank): x
 * has cols elements; errors[j] (may be NULL) the standard error of x_j, sqrt(s2 (R^-1
 * R^-T)_jj) with s2 = rss / (rows - cols); rss and tss (about the mean of b) for R2.  a
 * and b are unchanged; x and errors are the caller's.  SLT_FORMAT where rows < cols,
 * where errors are asked and rows = cols, where the columns are dependent (a diagonal of
 * R not above 2^-40 of the largest) or where anything is not finite. */
typedef struct slt_least_squares {
    slt_real *x, *errors;
    slt_real rss, tss;
} slt_least_squares;
slt_status slt_num_least_squares(const slt_tensor *a, const slt_tensor *b,
                                 slt_least_squares *fit, slt_error *err);

/* Least squares of least norm, x = a^+ b, by a complete orthogonal decomposition: columns
 * are taken in the order of what is left of their norms, until none is left above
 * `tolerance` (0 <= tolerance < 1) of the first; *rank (may be NULL) of them were taken.
 * a is rows x cols, both at least 1, of any rank; b has the same rows and a column for
 * each problem, x has cols rows and b's columns.  SLT_FORMAT where anything is not finite
 * or so large that squares overflow.  By hardware where slt_num_by_hardware, else by
 * integers; the bits are the same. */
slt_status slt_num_least_norm(const slt_tensor *a, const slt_tensor *b,
                              slt_real tolerance, slt_tensor *x, size_t *rank,
                              slt_error *err);
/* The same by integers alone. */
slt_status slt_num_least_norm_integers(const slt_tensor *a, const slt_tensor *b,
                                       slt_real tolerance, slt_tensor *x, size_t *rank,
                                       slt_error *err);
#ifdef SLT_FLOAT
/* The same by hardware alone; SLT_UNFIT where floats are not available. */
slt_status slt_num_least_norm_floats(const slt_tensor *a, const slt_tensor *b,
                                     slt_real tolerance, slt_tensor *x, size_t *rank,
                                     slt_error *err);
#endif

/* The left and right eigenvectors of a square matrix a that belong to its eigenvalue of
 * largest magnitude or, by_value, to its largest one: where that is real, alone in its
 * magnitude (by_value: in that of the eigenvalues plus the length of a) and simple, by 64
 * squarings; each of length 1, its first entry of largest magnitude positive.  Otherwise
 * false, and both are +0.  left and right have as many numbers as a has rows.  By
 * hardware where slt_num_by_hardware, else by integers; the bits are the same. */
bool slt_num_dominant(const slt_tensor *a, bool by_value, slt_tensor *left,
                      slt_tensor *right);
/* The same by integers alone. */
bool slt_num_dominant_integers(const slt_tensor *a, bool by_value, slt_tensor *left,
                               slt_tensor *right);
#ifdef SLT_FLOAT
/* The same by hardware alone, where floats are available. */
bool slt_num_dominant_floats(const slt_tensor *a, bool by_value, slt_tensor *left,
                             slt_tensor *right);
#endif

/* The least of x'gx / 2 - a'x + l1 sum |x_j|, g symmetric, l1 >= 0, by Cholesky's
 * decomposition; a and x have an element for each argument, room slt_num_lasso_room of
 * them.  With l1 > 0 arguments are held at 0 or freed, from the x that is given on, until
 * every force a_j - (gx)_j is l1 with the sign of x_j, or at most l1 where x_j is 0, up
 * to 2^-40 of the sum of the sizes of its terms.  Whether it was found: not where l1 = 0
 * and a pivot is not above 2^-40 of its diagonal, nor where the rounds do not suffice
 * (docs/spec/12-linear-algebra.md).  By hardware where slt_num_by_hardware, else by
 * integers; the bits are the same. */
bool slt_num_lasso(const slt_tensor *g, const slt_tensor *a, slt_real l1, slt_tensor *x,
                   slt_tensor *room);
size_t slt_num_lasso_room(size_t count);
/* The same by integers alone. */
bool slt_num_lasso_integers(const slt_tensor *g, const slt_tensor *a, slt_real l1,
                            slt_tensor *x, slt_tensor *room);
#ifdef SLT_FLOAT
/* The same by hardware alone, where floats are available. */
bool slt_num_lasso_floats(const slt_tensor *g, const slt_tensor *a, slt_real l1,
                          slt_tensor *x, slt_tensor *room);
#endif

/* Thin singular value decomposition a = u diag(s) v' by one-sided Jacobi in a fixed
 * cyclic order, at most SLT_SVD_SWEEPS sweeps; a is rows x cols with rows >= cols >= 1; u
 * rows x cols, v cols x cols, s 1 x cols in descending order (ties: lower column first).
 * In each column of u the first entry of largest magnitude is positive; a column whose
 * singular value is 0 is all +0.  SLT_FORMAT if a is not finite or so large that
 * squares overflow, or where the sweeps do not suffice.  By hardware where
 * slt_num_by_hardware, else by integers; the bits are the same. */
#define SLT_SVD_SWEEPS 60
/* After so many sweeps columns below 2^-50 of the longest one are left as they are. */
#define SLT_SVD_PATIENCE 30
slt_status slt_num_svd(const slt_tensor *a, slt_tensor *u, slt_tensor *s, slt_tensor *v,
                       slt_error *err);
/* The same by integers alone, as fixed-point runs have it: about 30 times slower. */
slt_status slt_num_svd_integers(const slt_tensor *a, slt_tensor *u, slt_tensor *s,
                                slt_tensor *v, slt_error *err);
#ifdef SLT_FLOAT
/* The same by hardware alone; SLT_UNFIT where floats are not available. */
slt_status slt_num_svd_floats(const slt_tensor *a, slt_tensor *u, slt_tensor *s,
                              slt_tensor *v, slt_error *err);
#endif

/* Eigenvalues of a symmetric matrix, in descending order: reflections, then implicit QL
 * steps, at most SLT_EIGENVALUES_STEPS for each.  a is n x n, n >= 1, symmetric in every
 * bit; values has n elements.  They are exact to a few units of 2^-53 of the largest
 * magnitude.  SLT_FORMAT if a is not finite or so large that squares overflow, or where
 * the steps do not suffice.  About n^3 multiply-adds, and n^2 numbers.  By hardware
 * where slt_num_by_hardware, else by integers; the bits are the same. */
#define SLT_EIGENVALUES_STEPS 60
slt_status slt_num_eigenvalues(const slt_tensor *a, slt_tensor *values, slt_error *err);
/* The same by integers alone. */
slt_status slt_num_eigenvalues_integers(const slt_tensor *a, slt_tensor *values,
                                        slt_error *err);
#ifdef SLT_FLOAT
/* The same by hardware alone; SLT_UNFIT where floats are not available. */
slt_status slt_num_eigenvalues_floats(const slt_tensor *a, slt_tensor *values,
                                      slt_error *err);
#endif

#endif
