/* The probability of the ball by Monte Carlo: data sets are drawn, and the chance is
 * taken exactly over what is left when the samples stand in groups whose parts across e_1
 * have signs of their own.  A sample's part across e_1 and its negative are equally
 * likely, so that this is an expectation under the same law, of smaller variance.
 *
 * Of G w = a, with y x = (u, v): G_11 = mean u^2 + l2, the block H = mean v v' + l2 and
 * a_1 = mean u know no sign; the rows c = mean u v and a = mean v are sums over the
 * groups. */
#include "base/fpenv.h"
#include "theory/grokking_internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/world.h"

enum { GROUPS_MAX = 8, TENSOR = 64, TENSOR_START }; /* beyond those of the volumes */

typedef struct ball_data {
    size_t samples, dims, groups; /* dims: across e_1 */
    double eps, l2;
    uint32_t *words; /* of one sample */
    double *z;       /* dims + 1 */
    double g11, a1;
    double *h;             /* lower triangle, then its Cholesky factor; dims x dims */
    double *c, *a, *x, *y; /* of each group; x = H^-1 c, y = H^-1 a */
} ball_data;

static void ball_data_free(ball_data *data)
{
    free(data->words);
    free(data->z);
    free(data->h);
    free(data->c);
}

static slt_status ball_data_create(const slt_grokking *at, ball_data *data,
                                   slt_error *err)
{
    const size_t dims = (size_t)at->value[SLT_GROKKING_D] - 1;
    const size_t samples = 2 * (size_t)at->value[SLT_GROKKING_N];
    const size_t groups = samples < GROUPS_MAX ? samples : GROUPS_MAX;
    *data = (ball_data){.samples = samples,
                        .dims = dims,
                        .groups = groups,
                        .eps = at->value[SLT_GROKKING_EPS],
                        .l2 = at->value[SLT_GROKKING_L2]};
    data->words = slt_world.calloc(dims + 4, sizeof *data->words);
    data->z = slt_world.calloc(dims + 2, sizeof *data->z);
    data->h = slt_world.calloc(dims * dims, sizeof *data->h);
    data->c = slt_world.calloc(4 * groups * dims, sizeof *data->c);
    if (!data->words || !data->z || !data->h || !data->c)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu dimensions", dims + 1);
    data->a = data->c + groups * dims;
    data->x = data->a + groups * dims;
    data->y = data->x + groups * dims;
    return SLT_OK;
}

/* ---- A data set -------------------------------------------------------------------- */

slt_stream slt_grokking_stream(uint64_t seed, uint64_t trial, bool start)
{
    return slt_stream_of(seed, SLT_DRAW_VOLUME, start ? TENSOR_START : TENSOR, 0,
                         (uint32_t)trial, 0);
}

void slt_grokking_draw(slt_stream stream, size_t sample, size_t dims, double eps,
                       uint32_t *words, double *z)
{
    const size_t pairs = (dims + 1) / 2, count = 2 * pairs + 1;
    double square = 0;
    slt_draw_words(stream, sample * count, words, count);
    for (size_t i = 0; i < pairs; i++) {
        const double u = ((double)words[2 * i] + .5) * 0x1p-32;
        const double angle = 2 * M_PI * ((double)words[2 * i + 1] * 0x1p-32);
        z[2 * i] = sqrt(-2 * log(u)) * cos(angle);
        z[2 * i + 1] = sqrt(-2 * log(u)) * sin(angle);
    }
    for (size_t i = 0; i < dims; i++)
        square += z[i] * z[i];
    const double share = ((double)words[2 * pairs] + .5) * 0x1p-32;
    const double scale = pow(share, 1 / (double)dims) / sqrt(square);
    for (size_t i = 0; i < dims; i++)
        z[i] *= scale;
    z[0] += eps;
}

static void add_sample(ball_data *data, size_t group)
{
    const double share = 1 / (double)data->samples, u = data->z[0], *v = data->z + 1;
    double *c = data->c + group * data->dims, *a = data->a + group * data->dims;
    data->g11 += share * u * u;
    data->a1 += share * u;
    for (size_t i = 0; i < data->dims; i++) {
        const double part = share * v[i];
        c[i] += part * u;
        a[i] += part;
        for (size_t j = 0; j <= i; j++)
            data->h[i * data->dims + j] += part * v[j];
    }
}

static void draw_data(ball_data *data, uint64_t seed, uint64_t trial)
{
    const slt_stream stream = slt_grokking_stream(seed, trial, false);
    data->g11 = data->l2;
    data->a1 = 0;
    for (size_t i = 0; i < data->dims * data->dims; i++)
        data->h[i] = i % (data->dims + 1) ? 0 : data->l2;
    for (size_t i = 0; i < 2 * data->groups * data->dims; i++)
        data->c[i] = 0; /* and a */
    for (size_t i = 0; i < data->samples; i++) {
        slt_grokking_draw(stream, i, data->dims + 1, data->eps, data->words, data->z);
        add_sample(data, i % data->groups);
    }
}

/* ---- Its end points ---------------------------------------------------------------- */

static void factor(double *h, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = h[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= h[i * n + k] * h[j * n + k];
            h[i * n + j] = i == j ? sqrt(sum) : sum / h[j * n + j];
        }
}

static void solve_factored(const double *h, size_t n, const double *b, double *x)
{
    for (size_t i = 0; i < n; i++) {
        double sum = b[i];
        for (size_t k = 0; k < i; k++)
            sum -= h[i * n + k] * x[k];
        x[i] = sum / h[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        double sum = x[i];
        for (size_t k = i + 1; k < n; k++)
            sum -= h[k * n + i] * x[k];
        x[i] = sum / h[i * n + i];
    }
}

/* Whether w lies in the cone, from the sums over the groups, which are group 0's. */
static bool ends_in_cone(const ball_data *data)
{
    const double *c = data->c, *x = data->x, *y = data->y;
    double cx = 0, cy = 0, square = 0;
    for (size_t i = 0; i < data->dims; i++) {
        cx += c[i] * x[i];
        cy += c[i] * y[i];
    }
    const double along = (data->a1 - cy) / (data->g11 - cx);
    for (size_t i = 0; i < data->dims; i++) {
        const double across = y[i] - x[i] * along;
        square += across * across;
    }
    return along > 0 && (data->eps * data->eps - 1) * along * along >= square;
}

static void add_group(const ball_data *data, double *rows, size_t group, double scale)
{
    for (size_t i = 0; i < data->dims; i++)
        rows[i] += scale * rows[group * data->dims + i];
}

/* The share of the signs that end in the cone.  Group 0 keeps its sign, as all signs
 * together change nothing; the others change one by one, by the Gray code. */
static double share_of_signs(ball_data *data)
{
    const size_t count = (size_t)1 << (data->groups - 1);
    double sign[GROUPS_MAX];
    size_t inside = 0;
    factor(data->h, data->dims);
    for (size_t g = 0; g < data->groups; g++) {
        const size_t at = g * data->dims;
        solve_factored(data->h, data->dims, data->c + at, data->x + at);
        solve_factored(data->h, data->dims, data->a + at, data->y + at);
    }
    for (size_t g = 1; g < data->groups; g++) {
        add_group(data, data->c, g, 1);
        add_group(data, data->x, g, 1);
        add_group(data, data->y, g, 1);
        sign[g] = 1;
    }
    for (size_t k = 1;; k++) {
        inside += ends_in_cone(data);
        if (k == count)
            return (double)inside / (double)count;
        const size_t g = (size_t)__builtin_ctzll(k) + 1;
        add_group(data, data->c, g, -2 * sign[g]);
        add_group(data, data->x, g, -2 * sign[g]);
        add_group(data, data->y, g, -2 * sign[g]);
        sign[g] = -sign[g];
    }
}

slt_status slt_grokking_check_trials(const slt_grokking *at, uint64_t trials,
                                     slt_error *err)
{
    const double d = at->value[SLT_GROKKING_D], n = at->value[SLT_GROKKING_N];
    if (at->value[SLT_GROKKING_L1] > 0)
        return slt_fail(err, SLT_USAGE, "theory grokking: trials are of l1 = 0");
    if (d > SLT_GROKKING_TRIALS_DIMS)
        return slt_fail(err, SLT_USAGE,
                        "theory grokking: trials have at most %d dimensions, not %g",
                        SLT_GROKKING_TRIALS_DIMS, d);
    if (!(at->value[SLT_GROKKING_L2] > 0) && 2 * n < d)
        return slt_fail(err, SLT_USAGE,
                        "theory grokking: trials of fewer than D samples, here %g of %g, "
                        "take l2 above 0",
                        2 * n, d);
    if (trials < 2 || trials > UINT32_MAX)
        return slt_fail(err, SLT_USAGE, "theory grokking: 2 to 4294967295 trials");
    return SLT_OK;
}

slt_status slt_grokking_trials(const slt_grokking *at, uint64_t trials, uint64_t seed,
                               double *mean, double *error, slt_error *err)
{
    SLT_FPENV_ENTERED;
    ball_data data = {.samples = 0};
    double sum = 0, squares = 0;
    slt_status status = slt_grokking_check_trials(at, trials, err);
    if (!status)
        status = ball_data_create(at, &data, err);
    for (uint64_t trial = 0; trial < trials && !status; trial++) {
        draw_data(&data, seed, trial);
        const double share = share_of_signs(&data);
        sum += share;
        squares += share * share;
    }
    const double count = (double)trials;
    *mean = sum / count;
    *error = sqrt(fmax(0, squares - sum * *mean) / (count * (count - 1)));
    ball_data_free(&data);
    return status;
}
