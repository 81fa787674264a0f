#include "learn/diagnostics_covariance.h"

#include <math.h>

#include "learn/diagnostics_internal.h"

static double mean_over(const slt_real *const *x, size_t chains, size_t draws)
{
    double sum = 0;
    for (size_t c = 0; c < chains; c++)
        for (size_t t = 0; t < draws; t++)
            sum += slt_real_double(x[c][t]);
    return sum / (double)(chains * draws);
}

/* Fills the series of products; returns their sum. */
static double fill_products(const slt_real *const *a, const slt_real *const *b,
                            slt_series *products)
{
    const size_t chains = products->count, draws = products->length;
    const double of_a = mean_over(a, chains, draws), of_b = mean_over(b, chains, draws);
    double sum = 0;
    for (size_t c = 0; c < chains; c++)
        for (size_t t = 0; t < draws; t++) {
            const double product =
                (slt_real_double(a[c][t]) - of_a) * (slt_real_double(b[c][t]) - of_b);
            products->value[c * draws + t] = slt_real_of(product);
            sum += product;
        }
    return sum;
}

slt_status slt_covariance_find(const slt_real *const *a, const slt_real *const *b,
                               size_t chains, size_t draws, slt_covariance *found,
                               slt_error *err)
{
    const double n = (double)(chains * draws);
    slt_series products;
    slt_real ess = slt_real_absent();
    slt_status status = slt_series_create(&products, chains, draws, err);
    if (status)
        return status;
    const double sum = fill_products(a, b, &products);
    double square = 0;
    for (size_t i = 0; i < chains * draws; i++) {
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
