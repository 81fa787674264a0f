/* SLEEF 3.5.1's deterministic scalar functions, declared here because its header does so
 * only where the compiler was told of fma, and declares many that are not exported. */
#ifndef SLT_NUM_FLOAT_SLEEF_H
#define SLT_NUM_FLOAT_SLEEF_H

typedef struct Sleef_double_2 {
    double x, y;
} Sleef_double_2;

typedef struct Sleef_float_2 {
    float x, y;
} Sleef_float_2;

double Sleef_finz_expd1_u10purecfma(double);
float Sleef_finz_expf1_u10purecfma(float);
double Sleef_finz_logd1_u10purecfma(double);
float Sleef_finz_logf1_u10purecfma(float);
double Sleef_finz_tanhd1_u10purecfma(double);
float Sleef_finz_tanhf1_u10purecfma(float);
Sleef_double_2 Sleef_finz_sincospid1_u35purecfma(double);
Sleef_float_2 Sleef_finz_sincospif1_u35purecfma(float);

#endif
