/* Singular values: advisory numbers, computed by LAPACK where it is installed. */
#ifndef SLT_THEORY_SINGULAR_H
#define SLT_THEORY_SINGULAR_H

#include <stddef.h>

#include <sltrace/status.h>

/* The singular values of a rows x cols matrix, min(rows, cols) of them, descending.  The
 * matrix, which is row-major, is used up.  They are those of the matrix itself, never
 * roots of eigenvalues of its Gram matrix, whose condition is the square: errors are
 * small multiples of the unit of rounding times the largest.  Both sides from 1 to
 * 2^31 - 1.  SLT_UNFIT as slt_lapack_find; SLT_FORMAT where an element is not finite;
 * SLT_RESOURCE if memory is short or LAPACK does not converge. */
slt_status slt_theory_singular_values(double *matrix, size_t rows, size_t cols,
                                      double *values, slt_error *err);

/* SLT_OK where it can be called. */
slt_status slt_theory_singular_here(slt_error *err);

#endif
