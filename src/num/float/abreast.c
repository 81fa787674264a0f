/* Small problems side by side, by hardware; compiled with fma.  Every loop over t goes
 * through problems that do not know of each other. */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "base/float_assumptions.h"
#include "num/abreast.h"
#include "num/math.h"

#define ABREAST 32 /* problems at once */

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Row `row` of a tensor from column t on. */
static double *row_of(const slt_tensor *tensor, size_t row, size_t t)
{
    return (double *)tensor->data + row * tensor->cols + t;
}

static double number_of(const slt_tensor *tensor, size_t element)
{
    return ((const double *)tensor->data)[element];
}

/* ---- Balls ------------------------------------------------------------------------- */

static void place_balls(const double *drawn, double shift, size_t inputs, slt_tensor *x,
                        size_t first, size_t t, size_t count)
{
    double squares[ABREAST] = {0}, radius[ABREAST];
    for (size_t j = 0; j < inputs; j++) {
        const double *z = row_of(x, first + j, t);
        for (size_t i = 0; i < count; i++)
            squares[i] = __builtin_fma(z[i], z[i], squares[i]);
    }
    for (size_t i = 0; i < count; i++)
        radius[i] = sqrt(squares[i] + (drawn[i] + drawn[i]));
    for (size_t j = 0; j < inputs; j++) {
        double *z = row_of(x, first + j, t);
        for (size_t i = 0; i < count; i++)
            z[i] = z[i] / radius[i];
        for (size_t i = 0; i < count && j == 0; i++)
            z[i] = z[i] + shift;
    }
}

void slt_num_balls_abreast(const slt_tensor *drawn, slt_real gap, slt_tensor *x)
{
    const size_t samples = drawn->rows, inputs = x->rows / samples;
    const double shift = slt_real_double(gap);
    SLT_ASSERT(slt_num_by_hardware());
    for (size_t s = 0; s < samples; s++)
        for (size_t t = 0; t < x->cols; t += ABREAST)
            place_balls(row_of(drawn, s, t), s < samples / 2 ? shift : -shift, inputs, x,
                        s * inputs, t, least_of(x->cols - t, ABREAST));
}

/* ---- A bias ------------------------------------------------------------------------ */

void slt_num_bias_abreast(const slt_tensor *x, const slt_tensor *weight,
                          const slt_tensor *targets, slt_real curvature, slt_real rate,
                          slt_tensor *bias)
{
    const size_t inputs = slt_tensor_count(weight), samples = targets->rows;
    const double scale = slt_real_double(curvature), divisor = slt_real_double(rate);
    SLT_ASSERT(slt_num_by_hardware());
    for (size_t t = 0; t < x->cols; t += ABREAST) {
        const size_t count = least_of(x->cols - t, ABREAST);
        double sum[ABREAST] = {0};
        for (size_t s = 0; s < samples; s++) {
            const double target = number_of(targets, s);
            double value[ABREAST] = {0};
            for (size_t j = 0; j < inputs; j++) {
                const double *from = row_of(x, s * inputs + j, t);
                const double w = number_of(weight, j);
                for (size_t i = 0; i < count; i++)
                    value[i] = __builtin_fma(from[i], w, value[i]);
            }
            for (size_t i = 0; i < count; i++)
                sum[i] = sum[i] + (target - value[i]);
        }
        double *to = row_of(bias, 0, t);
        for (size_t i = 0; i < count; i++)
            to[i] = scale * sum[i] / divisor;
    }
}

/* ---- A weight ---------------------------------------------------------------------- */

#define RIDGE_MOST 64 /* numbers of a weight */

/* Of ABREAST problems the matrix, lower triangle, then its factor, and the right side,
 * then the solution. */
typedef struct ridge {
    double matrix[RIDGE_MOST * (RIDGE_MOST + 1) / 2][ABREAST];
    double side[RIDGE_MOST][ABREAST];
    double trace[ABREAST];
} ridge;

static size_t at_of(size_t i, size_t j)
{
    return i * (i + 1) / 2 + j;
}

static void ridge_fill(const slt_tensor *x, const slt_tensor *targets, double l2,
                       size_t inputs, size_t t, size_t count, ridge *r)
{
    memset(r->matrix, 0, sizeof *r->matrix * at_of(inputs, 0));
    memset(r->side, 0, sizeof *r->side * inputs);
    for (size_t s = 0; s < targets->rows; s++)
        for (size_t i = 0; i < inputs; i++) {
            const double *a = row_of(x, s * inputs + i, t);
            const double target = number_of(targets, s);
            for (size_t k = 0; k < count; k++)
                r->side[i][k] = __builtin_fma(target, a[k], r->side[i][k]);
            for (size_t j = 0; j <= i; j++) {
                const double *b = row_of(x, s * inputs + j, t);
                double *to = r->matrix[at_of(i, j)];
                for (size_t k = 0; k < count; k++)
                    to[k] = __builtin_fma(a[k], b[k], to[k]);
            }
        }
    memset(r->trace, 0, sizeof r->trace);
    for (size_t i = 0; i < inputs; i++)
        for (size_t k = 0; k < count; k++) {
            r->matrix[at_of(i, i)][k] += l2;
            r->trace[k] += r->matrix[at_of(i, i)][k];
        }
}

/* matrix = L L', side = L^-1 side. */
static void ridge_factor(size_t inputs, size_t count, ridge *r)
{
    for (size_t i = 0; i < inputs; i++) {
        for (size_t j = 0; j <= i; j++) {
            double *to = r->matrix[at_of(i, j)];
            for (size_t m = 0; m < j; m++) {
                const double *a = r->matrix[at_of(i, m)], *b = r->matrix[at_of(j, m)];
                for (size_t k = 0; k < count; k++)
                    to[k] = __builtin_fma(-a[k], b[k], to[k]);
            }
            const double *diagonal = r->matrix[at_of(j, j)];
            for (size_t k = 0; k < count; k++)
                to[k] = i == j ? sqrt(to[k]) : to[k] / diagonal[k];
        }
        for (size_t m = 0; m < i; m++)
            for (size_t k = 0; k < count; k++)
                r->side[i][k] = __builtin_fma(-r->matrix[at_of(i, m)][k], r->side[m][k],
                                              r->side[i][k]);
        for (size_t k = 0; k < count; k++)
            r->side[i][k] /= r->matrix[at_of(i, i)][k];
    }
}

/* side = L'^-1 side. */
static void ridge_solve(size_t inputs, size_t count, ridge *r)
{
    for (size_t i = inputs; i-- > 0;) {
        for (size_t m = i + 1; m < inputs; m++)
            for (size_t k = 0; k < count; k++)
                r->side[i][k] = __builtin_fma(-r->matrix[at_of(m, i)][k], r->side[m][k],
                                              r->side[i][k]);
        for (size_t k = 0; k < count; k++)
            r->side[i][k] /= r->matrix[at_of(i, i)][k];
    }
}

/* Divided by the curvature the problem is (x'x + l2 / curvature) w = x' targets. */
void slt_num_ridge_abreast(const slt_tensor *x, const slt_tensor *targets,
                           slt_real curvature, slt_real l2, slt_tensor *w)
{
    const size_t inputs = w->rows;
    const double decay = slt_real_double(l2) / slt_real_double(curvature);
    const bool sound = decay > 0 && inputs <= RIDGE_MOST;
    ridge r;
    SLT_ASSERT(slt_num_by_hardware());
    for (size_t t = 0; t < x->cols; t += ABREAST) {
        const size_t count = least_of(x->cols - t, ABREAST);
        if (sound) {
            ridge_fill(x, targets, decay, inputs, t, count, &r);
            ridge_factor(inputs, count, &r);
            ridge_solve(inputs, count, &r);
        }
        for (size_t i = 0; i < inputs; i++)
            for (size_t k = 0; k < count; k++)
                row_of(w, i, t)[k] =
                    sound && r.trace[k] < 0x1p12 * decay ? r.side[i][k] : NAN;
    }
}

void slt_num_cosines_abreast(const slt_tensor *w, slt_tensor *cosines)
{
    SLT_ASSERT(slt_num_by_hardware());
    for (size_t t = 0; t < w->cols; t++) {
        double squares = 0;
        for (size_t i = 0; i < w->rows; i++)
            squares += *row_of(w, i, t) * *row_of(w, i, t);
        *row_of(cosines, 0, t) = *row_of(w, 0, t) / sqrt(squares);
    }
}
