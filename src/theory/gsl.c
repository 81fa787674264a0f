#include "theory/gsl.h"

#include <math.h>
#include <pthread.h>
#include <stddef.h>

#include "base/library.h"
#include "base/world.h"

enum { INTERVALS = 400, KRONROD_61 = 6 };

/* gsl_function of gsl/gsl_math.h. */
typedef struct gsl_integrand {
    double (*function)(double x, void *params);
    void *params;
} gsl_integrand;

static struct {
    void *(*handler_off)(void);
    double (*gamma_p)(double a, double x);
    double (*beta_i)(double a, double b, double x);
    void *(*workspace_make)(size_t intervals);
    void (*workspace_free)(void *workspace);
    int (*integrate)(const gsl_integrand *f, double from, double to, double absolute,
                     double relative, size_t intervals, int key, void *workspace,
                     double *value, double *error);
    slt_error wrong; /* if it cannot be used */
} gsl;
static pthread_once_t gsl_once = PTHREAD_ONCE_INIT;

static void gsl_open(void)
{
    static const char *const names[] = {"libgsl.so.28", "libgsl.so.27", "libgsl.so.25",
                                        NULL};
    const slt_library_symbol wanted[] = {
        {"gsl_set_error_handler_off", &gsl.handler_off},
        {"gsl_sf_gamma_inc_P", &gsl.gamma_p},
        {"gsl_sf_beta_inc", &gsl.beta_i},
        {"gsl_integration_workspace_alloc", &gsl.workspace_make},
        {"gsl_integration_workspace_free", &gsl.workspace_free},
        {"gsl_integration_qag", &gsl.integrate},
    };
    if (!slt_library_find(names, wanted, sizeof wanted / sizeof *wanted,
                          "no GSL (libgsl.so.25, .27 or .28) is installed", &gsl.wrong))
        gsl.handler_off(); /* by default an underflow ends the process */
}

static slt_status gsl_find(slt_error *err)
{
    slt_world.pthread_once(&gsl_once, gsl_open);
    return slt_error_copy(err, &gsl.wrong);
}

slt_status slt_gsl_gamma_p(double a, double x, double *value, slt_error *err)
{
    const slt_status status = gsl_find(err);
    if (!status)
        *value = gsl.gamma_p(a, x);
    return status;
}

slt_status slt_gsl_beta_i(double a, double b, double x, double *value, slt_error *err)
{
    const slt_status status = gsl_find(err);
    if (!status)
        *value = gsl.beta_i(a, b, x);
    return status;
}

slt_status slt_gsl_integrate(const slt_integrand *f, double from, double to,
                             double *value, slt_error *err)
{
    const gsl_integrand function = {f->at, f->context};
    const slt_status status = gsl_find(err);
    double error = 0;
    *value = 0;
    if (status || !(to > from))
        return status;
    void *workspace = gsl.workspace_make(INTERVALS);
    if (!workspace)
        return slt_fail(err, SLT_RESOURCE, "no memory for a quadrature");
    gsl.integrate(&function, from, to, 1e-13, 1e-9, INTERVALS, KRONROD_61, workspace,
                  value, &error);
    gsl.workspace_free(workspace);
    if (!(error <= 1e-5 * fabs(*value) + 1e-12))
        return slt_fail(err, SLT_UNFIT,
                        "a quadrature from %g to %g does not converge: %g, off by %g",
                        from, to, *value, error);
    return SLT_OK;
}
