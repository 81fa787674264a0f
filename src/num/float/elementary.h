/* The canonical elementary functions, one argument at a time: the definitions that the
 * array kernels repeat lane by lane.  exp, log, sincospi and tanh are SLEEF 3.5.1's
 * deterministic scalar functions (Sleef_finz_..., pure C with fma), within 1 ulp,
 * sincospi within 3.5; erf is our own (docs/spec/04-functions.md).  They
 * need hardware fma: SLEEF's code stops with SIGILL without. */
#ifndef SLT_NUM_FLOAT_ELEMENTARY_H
#define SLT_NUM_FLOAT_ELEMENTARY_H

double slt_exp(double x);
float slt_expf(float x);
double slt_log(double x);
float slt_logf(float x);
double slt_tanh(double x);
float slt_tanhf(float x);
double slt_erf(double x);
float slt_erff(float x);

/* sin(pi x) and cos(pi x). */
typedef struct slt_sincos {
    double sin, cos;
} slt_sincos;
typedef struct slt_sincosf {
    float sin, cos;
} slt_sincosf;
slt_sincos slt_sincospi(double x);
slt_sincosf slt_sincospif(float x);

#endif
