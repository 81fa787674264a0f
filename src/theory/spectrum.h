/* Curvatures of least-squares problems: advisory numbers, computed by LAPACK where it is
 * installed. */
#ifndef SLT_THEORY_SPECTRUM_H
#define SLT_THEORY_SPECTRUM_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/status.h>

#define SLT_SPECTRUM_MAX 4096 /* of the lesser side */

/* The eigenvalues of scale x' x that are not 0 by construction, for x of rows x cols,
 * row-major: min(rows, cols) of them, ascending; those that rounding made negative are
 * 0.  They are computed from the smaller of x' x and x x'.  `values` has room for them.
 * SLT_UNFIT if no LAPACK (liblapack.so.3, libopenblas.so.0) can be loaded,
 * SLT_UNFIT if the smaller side is above SLT_SPECTRUM_MAX, SLT_RESOURCE if memory is
 * short. */
slt_status slt_theory_spectrum(const double *x, size_t rows, size_t cols, double scale,
                               double *values, slt_error *err);

/* Eigenvalues of a symmetric n x n matrix, ascending; `matrix`, of which one triangle is
 * looked at, becomes the eigenvectors, vector k in row k, or is used up where `vectors`
 * is false.  The same errors. */
slt_status slt_theory_symmetric(double *matrix, size_t n, bool vectors, double *values,
                                slt_error *err);

/* n / ln n, the usual inverse temperature. */
double slt_theory_nbeta(double n);

#endif
