/* The exact results of SGLD on a linear net with mean square loss, which is a quadratic
 * potential: the first two moments of a chain's weights obey exact recursions, with full
 * batches and with fresh mini batches. */
#ifndef SLT_TESTS_MOMENTS_H
#define SLT_TESTS_MOMENTS_H

#include <string.h>

#include "learn/llc.h"

#define DIM_MAX 3
#define SAMPLES_MAX 32

/* One output's chain in u = w - w*: residual of sample i is x_i'u - y_i. mean = E[u],
 * second = E[u u']. */
typedef struct moments {
    size_t samples, dim, batch;
    double x[SAMPLES_MAX][DIM_MAX], y[SAMPLES_MAX];
    double nbeta, gamma, lr;
    double mean[DIM_MAX], second[DIM_MAX][DIM_MAX];
} moments;

/* E[r_i r_j]. */
static inline double residuals(const moments *m, size_t i, size_t j)
{
    double sum = m->y[i] * m->y[j];
    for (size_t a = 0; a < m->dim; a++) {
        sum -= (m->y[i] * m->x[j][a] + m->y[j] * m->x[i][a]) * m->mean[a];
        for (size_t b = 0; b < m->dim; b++)
            sum += m->x[i][a] * m->second[a][b] * m->x[j][b];
    }
    return sum;
}

/* E of the loss (1/n) sum r_i^2 on the full data, and on any fresh batch. */
static inline double expected_loss(const moments *m)
{
    double sum = 0;
    for (size_t i = 0; i < m->samples; i++)
        sum += residuals(m, i, i);
    return sum / (double)m->samples;
}

/* E[g g'] for g = 2/b sum over i in B of x_i r_i, B a uniform subset of b. */
static inline void gradient_square(const moments *m, double out[DIM_MAX][DIM_MAX])
{
    double n = (double)m->samples, size = (double)m->batch;
    double once = size / n, pair = m->samples > 1 ? once * (size - 1) / (n - 1) : 0;
    memset(out, 0, sizeof(double[DIM_MAX][DIM_MAX]));
    for (size_t i = 0; i < m->samples; i++) {
        for (size_t j = 0; j < m->samples; j++) {
            double weight =
                4 / (size * size) * (i == j ? once : pair) * residuals(m, i, j);
            for (size_t a = 0; a < m->dim; a++)
                for (size_t b = 0; b < m->dim; b++)
                    out[a][b] += weight * m->x[i][a] * m->x[j][b];
        }
    }
}

/* E[g] and E[g u']. */
static inline void gradient_mean(const moments *m, double first[DIM_MAX],
                                 double cross[DIM_MAX][DIM_MAX])
{
    memset(first, 0, sizeof(double[DIM_MAX]));
    memset(cross, 0, sizeof(double[DIM_MAX][DIM_MAX]));
    for (size_t i = 0; i < m->samples; i++) {
        double mean = -m->y[i], product[DIM_MAX];
        for (size_t b = 0; b < m->dim; b++) {
            mean += m->x[i][b] * m->mean[b];
            product[b] = -m->y[i] * m->mean[b];
            for (size_t c = 0; c < m->dim; c++)
                product[b] += m->x[i][c] * m->second[c][b];
        }
        for (size_t a = 0; a < m->dim; a++) {
            double scaled = 2 / (double)m->samples * m->x[i][a];
            first[a] += scaled * mean;
            for (size_t b = 0; b < m->dim; b++)
                cross[a][b] += scaled * product[b];
        }
    }
}

/* u' = u - lr/2 t + sqrt(lr) z with t = nbeta g + gamma u. */
static inline void step_moments(moments *m)
{
    double first[DIM_MAX], cross[DIM_MAX][DIM_MAX], square[DIM_MAX][DIM_MAX];
    double next[DIM_MAX][DIM_MAX];
    const double half = m->lr / 2;
    gradient_mean(m, first, cross);
    gradient_square(m, square);
    for (size_t a = 0; a < m->dim; a++) {
        for (size_t b = 0; b < m->dim; b++) {
            double s = m->second[a][b];
            double tu = m->nbeta * (cross[a][b] + cross[b][a]) + 2 * m->gamma * s;
            double tt = m->nbeta * m->nbeta * square[a][b] +
                        m->nbeta * m->gamma * (cross[a][b] + cross[b][a]) +
                        m->gamma * m->gamma * s;
            next[a][b] = s - half * tu + half * half * tt + (a == b ? m->lr : 0);
        }
    }
    for (size_t a = 0; a < m->dim; a++)
        m->mean[a] -= half * (m->nbeta * first[a] + m->gamma * m->mean[a]);
    memcpy(m->second, next, sizeof next);
}

/* E[u.(nbeta g + gamma u)] / dim of one output: what a draw adds to the Stein ratio. */
static inline double expected_stein(const moments *m)
{
    double first[DIM_MAX], cross[DIM_MAX][DIM_MAX], sum = 0;
    gradient_mean(m, first, cross);
    for (size_t a = 0; a < m->dim; a++)
        sum += m->nbeta * cross[a][a] + m->gamma * m->second[a][a];
    return sum / (double)m->dim;
}

/* Expected lambda_hat of one output, and Stein ratio where that is not NULL. */
static inline double predict_moments(moments *m, const slt_llc_spec *spec, double *stein)
{
    const double init = expected_loss(m);
    double sum = 0, ratios = 0;
    const uint64_t updates = slt_llc_updates(spec);
    for (uint64_t s = 0; s <= updates; s++) {
        if (s >= spec->num_burnin_steps &&
            (s - spec->num_burnin_steps) % spec->num_steps_bw_draws == 0) {
            sum += expected_loss(m) - init;
            ratios += expected_stein(m);
        }
        step_moments(m);
    }
    if (stein)
        *stein = ratios / (double)spec->num_draws;
    return m->nbeta * sum / (double)spec->num_draws;
}

/* The moments of output `column` for a run's data and its start at w*. */
static inline moments moments_of(const slt_llc_spec *spec, const slt_batch *all,
                                 const slt_params *start, size_t column)
{
    const slt_tensor *x = &all->input[0], *w = &start->tensor[0];
    moments m = {.samples = x->rows,
                 .dim = x->cols,
                 .batch =
                     spec->batch.order == SLT_BATCH_FULL ? x->rows : spec->batch.size,
                 .nbeta = slt_real_double(spec->nbeta),
                 .gamma = slt_real_double(spec->localization),
                 .lr = slt_real_double(spec->lr)};
    for (size_t i = 0; i < m.samples; i++) {
        m.y[i] =
            slt_real_double(slt_tensor_get(&all->target, i * all->target.cols + column));
        for (size_t a = 0; a < m.dim; a++) {
            m.x[i][a] = slt_real_double(slt_tensor_get(x, i * m.dim + a));
            m.y[i] -= m.x[i][a] * slt_real_double(slt_tensor_get(w, column * m.dim + a));
        }
    }
    return m;
}

#endif
