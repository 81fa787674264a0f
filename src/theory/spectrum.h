/* Curvatures of least squares; advisory, by LAPACK where it is installed. */
#ifndef SLT_THEORY_SPECTRUM_H
#define SLT_THEORY_SPECTRUM_H

#include <stddef.h>

#include <sltrace/status.h>

#define SLT_SPECTRUM_MAX 4096 /* of the lesser side */

/* The eigenvalues that are not 0 by construction of scale x' x, x rows by cols and
 * row-major: min(rows, cols) of them, ascending, those that rounding made negative 0; of
 * the lesser of x' x and x x'.  `values` has room for them.  SLT_UNFIT where no LAPACK
 * (liblapack.so.3, libopenblas.so.0) can be loaded, SLT_RESOURCE where the lesser side is
 * above SLT_SPECTRUM_MAX or memory is short. */
slt_status slt_theory_spectrum(const double *x, size_t rows, size_t cols, double scale,
                               double *values, slt_error *err);

/* n / ln n, the usual inverse temperature. */
double slt_theory_nbeta(double n);

#endif
