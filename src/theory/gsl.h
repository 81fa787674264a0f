/* The GNU Scientific Library, where it is installed (base/library.h): special functions
 * and quadrature for advisory numbers. */
#ifndef SLT_THEORY_GSL_H
#define SLT_THEORY_GSL_H

#include <sltrace/status.h>

/* The regularised incomplete gamma function P(a, x), a > 0, x >= 0, and the regularised
 * incomplete beta function I_x(a, b), a, b > 0, 0 <= x <= 1; to about 1e-14.  SLT_UNFIT
 * if no GSL is installed. */
slt_status slt_gsl_gamma_p(double a, double x, double *value, slt_error *err);
slt_status slt_gsl_beta_i(double a, double b, double x, double *value, slt_error *err);

/* A function of one number. */
typedef struct slt_integrand {
    double (*at)(double x, void *context);
    void *context;
} slt_integrand;

/* The integral over from <= x <= to, adaptive 61-point Gauss-Kronrod to about 1e-9 of it
 * (1e-13 where it is smaller).  0 where to <= from.  SLT_UNFIT if no GSL is installed,
 * SLT_UNFIT if it does not converge to 1e-5. */
slt_status slt_gsl_integrate(const slt_integrand *f, double from, double to,
                             double *value, slt_error *err);

#endif
