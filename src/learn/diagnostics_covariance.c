#include "learn/diagnostics_covariance.h"

#include <math.h>

#include "learn/diagnostics_internal.h"

void slt_covariance_centre(slt_real *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += slt_real_double(values[i]);
    const double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        values[i] = slt_real_of(slt_real_double(values[i]) - mean);
}

slt_status slt_covariance_find(const slt_real *a, const slt_real *b, size_t chains,
                               size_t draws, slt_covariance *found, slt_error *err)
{
    const size_t all = chains * draws;
    const double n = (double)all;
    slt_series products;
    slt_real ess = slt_real_absent();
    double sum = 0, square = 0;
    slt_status status = slt_series_create(&products, chains, draws, err);
    if (status)
        return status;
    for (size_t i = 0; i < all; i++) {
        const double product = slt_real_double(a[i]) * slt_real_double(b[i]);
        products.value[i] = slt_real_of(product);
        sum += product;
    }
    for (size_t i = 0; i < all; i++) {
        const double away = slt_real_double(products.value[i]) - sum / n;
        square += away * away;
    }
    status = slt_mixing_ess(&products, &ess, err);
    *found = (slt_covariance){
        slt_real_of(sum / (n - 1)),
        slt_real_of(sqrt(square / (n - 1) / slt_real_double(ess)))};
    slt_series_free(&products);
    return status;
}
