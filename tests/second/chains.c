/* Chains of libm's fma for ieee.py, which has them in Python too: there each costs a call
 * from Python. */
#include <math.h>

void chains(const double *a, const double *b, double *c, long m, long k, long n)
{
    for (long i = 0; i < m; i++)
        for (long l = 0; l < k; l++)
            for (long j = 0; j < n; j++)
                c[i * n + j] = fma(a[i * k + l], b[l * n + j], c[i * n + j]);
}

void chains32(const float *a, const float *b, float *c, long m, long k, long n)
{
    for (long i = 0; i < m; i++)
        for (long l = 0; l < k; l++)
            for (long j = 0; j < n; j++)
                c[i * n + j] = fmaf(a[i * k + l], b[l * n + j], c[i * n + j]);
}

void partials(const double *a, const double *b, double *p, long n)
{
    for (long i = 0; i < n; i++)
        p[i % 64] = fma(a[i], b[i], p[i % 64]);
}
