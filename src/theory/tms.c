/* The toy model of superposition: Chen et al. 2023 (arXiv:2310.06301). */
#include <sltrace/theory.h>

#include <inttypes.h>
#include <math.h>

#include "base/fpenv.h"

/* Three times the integral over u in [0,1] of ReLU(a u + b)^2: what input j != i adds to
 * output i. */
static double cross_term(double a, double b)
{
    double end = a + b;
    if (b > 0)
        return end < 0 ? -b * b * (b / a) : a * a + 3 * a * b + 3 * b * b;
    return a > 0 && end >= 0 ? end * end * (end / a) : 0;
}

/* Three times the integral of (u - ReLU(l2 u + b))^2: what input i adds to output i.
 * That is 0 below u = -b / l2, and on all of [0,1] where l2 + b < 0. */
static double own_term(double l2, double b)
{
    double linear = (1 - l2) * (1 - l2) - 3 * (1 - l2) * b + 3 * b * b;
    if (b > 0)
        return linear;
    if (!(l2 > 0) || l2 + b < 0)
        return 1;
    double ratio = b / l2;
    return b * ratio * ratio + b * b * ratio + linear;
}

static double column_product(const slt_tms *net, size_t i, size_t j)
{
    double sum = 0;
    for (size_t row = 0; row < net->hidden; row++) {
        const double *w = net->values + row * net->features;
        sum += w[i] * w[j];
    }
    return sum;
}

static double potential_of(const slt_tms *net)
{
    const double *bias = net->values + net->hidden * net->features;
    double sum = 0;
    for (size_t i = 0; i < net->features; i++)
        for (size_t j = 0; j < net->features; j++)
            sum += i == j ? own_term(column_product(net, i, i), bias[i])
                          : cross_term(column_product(net, i, j), bias[i]);
    return sum;
}

double slt_theory_tms_potential(const slt_tms *net)
{
    SLT_FPENV_ENTERED;
    volatile double potential = potential_of(net); /* before the environment is left */
    return potential;
}

/* cos(2 pi j / k), exactly 0 at a right angle. */
static double corner_cosine(uint64_t j, uint64_t k)
{
    return 4 * j == k || 4 * j == 3 * k ? 0 : cos(2 * acos(-1) * (double)j / (double)k);
}

/* h_k at square length s and bias b. */
static double polygon_potential(uint64_t k, double s, double b)
{
    double sum = own_term(s, b);
    for (uint64_t j = 1; j < k; j++)
        sum += cross_term(s * corner_cosine(j, k), b);
    return (double)k * sum;
}

/* The derivatives of h_k / k for -s <= b <= 0. */
typedef struct slope {
    double s, b;
} slope;

static slope polygon_slope(uint64_t k, double s, double b)
{
    double ratio = b / s;
    slope out = {
        .s = -2 * (1 - s) + 3 * b - 2 * ratio * ratio * ratio - b * ratio * ratio,
        .b = -3 * (1 - s) + 6 * b + 3 * ratio * ratio + 3 * b * ratio,
    };
    for (uint64_t j = 1; j < k; j++) {
        double a = s * corner_cosine(j, k), end = a + b;
        if (a <= 0 || end <= 0)
            continue;
        out.s += (3 - end / a) * end * end / s;
        out.b += 3 * end * (end / a);
    }
    return out;
}

enum { HALVINGS = 50 };

/* The best bias at s >= 1.  The derivative in b is 0 at -s, where all outputs die, falls
 * from there, is convex, and is not below 0 at b = 0: it crosses once. */
static double best_bias(uint64_t k, double s)
{
    double low = -s, high = 0;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        *(polygon_slope(k, s, middle).b < 0 ? &low : &high) = middle;
    }
    return high;
}

/* The best square length in [1, 4], each s at its best bias, whose own change adds
 * nothing to the derivative. */
static double best_square(uint64_t k)
{
    double low = 1, high = 4;
    if (polygon_slope(k, low, best_bias(k, low)).s >= 0)
        return low;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        *(polygon_slope(k, middle, best_bias(k, middle)).s < 0 ? &low : &high) = middle;
    }
    return high;
}

/* From k = 5 on the 3 k parameters of the polygon are curved but for its rotation; those
 * of the other features change nothing while their biases stay below 0. */
static slt_rational polygon_lambda(uint64_t k)
{
    int64_t twice = 3 * (int64_t)k - 1;
    if (k < 5)
        return (slt_rational){0, 1};
    return twice % 2 ? (slt_rational){twice, 2} : (slt_rational){twice / 2, 1};
}

slt_status slt_theory_tms_polygon(uint64_t corners, uint64_t features,
                                  slt_tms_polygon *polygon, slt_error *err)
{
    SLT_FPENV_ENTERED;
    if (features < 1 || features > SLT_TMS_SIZE_MAX)
        return slt_fail(err, SLT_USAGE,
                        "theory tms: 1 to %d features; there are %" PRIu64,
                        SLT_TMS_SIZE_MAX, features);
    if (corners < 1 || corners > features || corners > SLT_TMS_CORNERS_MAX)
        return slt_fail(err, SLT_USAGE,
                        "theory tms: a polygon has 1 to %d corners, and no more than "
                        "there are features, %" PRIu64 "; found %" PRIu64,
                        SLT_TMS_CORNERS_MAX, features, corners);
    double s = best_square(corners), c = (double)features;
    polygon->length = sqrt(s);
    polygon->bias = best_bias(corners, s);
    polygon->potential = polygon_potential(corners, s, polygon->bias);
    polygon->loss = (polygon->potential + c - (double)corners) / (3 * c);
    polygon->lambda = polygon_lambda(corners);
    return SLT_OK;
}
