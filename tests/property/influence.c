/* Covariances of the losses of samples along chains on linear models, whose posterior is
 * normal: the closed form, which is what training with another weight of a sample
 * gives. */
#include "learn/diagnostics_covariance.h"

#include <math.h>

#include "chain_sample.h"
#include "learn/observe.h"

#define SAMPLES 12
#define INPUTS 3
#define CHAINS 4
#define DRAWS 4000
#define NBETA 12.
#define GAMMA .5
#define FACTOR .5

/* The data, and the posterior of the weights: mean and covariance. */
static double x[SAMPLES][INPUTS], y[SAMPLES], centre[INPUTS];
static double mean[INPUTS], spread[INPUTS][INPUTS];

/* ---- The closed form --------------------------------------------------------------- */

/* Inverts a positive matrix and solves by it, by Gauss and Jordan. */
static void solve(double a[INPUTS][INPUTS], double b[INPUTS])
{
    for (size_t i = 0; i < INPUTS; i++)
        for (size_t j = 0; j < INPUTS; j++)
            spread[i][j] = i == j;
    for (size_t p = 0; p < INPUTS; p++) {
        const double pivot = a[p][p];
        for (size_t j = 0; j < INPUTS; j++) {
            a[p][j] /= pivot;
            spread[p][j] /= pivot;
        }
        for (size_t i = 0; i < INPUTS; i++) {
            const double share = i == p ? 0 : a[i][p];
            for (size_t j = 0; j < INPUTS; j++) {
                a[i][j] -= share * a[p][j];
                spread[i][j] -= share * spread[p][j];
            }
        }
    }
    for (size_t i = 0; i < INPUTS; i++) {
        mean[i] = 0;
        for (size_t j = 0; j < INPUTS; j++)
            mean[i] += spread[i][j] * b[j];
    }
}

/* The posterior where each sample counts so much in the loss. */
static void find_posterior(const double weight[SAMPLES])
{
    double a[INPUTS][INPUTS], b[INPUTS];
    for (size_t i = 0; i < INPUTS; i++) {
        b[i] = GAMMA * centre[i];
        for (size_t j = 0; j < INPUTS; j++)
            a[i][j] = i == j ? GAMMA : 0;
    }
    for (size_t s = 0; s < SAMPLES; s++) {
        const double scale = 2 * FACTOR * NBETA / SAMPLES * weight[s];
        for (size_t i = 0; i < INPUTS; i++) {
            b[i] += scale * x[s][i] * y[s];
            for (size_t j = 0; j < INPUTS; j++)
                a[i][j] += scale * x[s][i] * x[s][j];
        }
    }
    solve(a, b);
}

static double residual(size_t s)
{
    double r = y[s];
    for (size_t i = 0; i < INPUTS; i++)
        r -= x[s][i] * mean[i];
    return r;
}

static double along(size_t s, size_t t)
{
    double sum = 0;
    for (size_t i = 0; i < INPUTS; i++)
        for (size_t j = 0; j < INPUTS; j++)
            sum += x[s][i] * spread[i][j] * x[t][j];
    return sum;
}

/* Of F (r_s - u)^2 and F (r_t - v)^2, u and v normal. */
static double covariance_of(size_t s, size_t t)
{
    const double c = along(s, t);
    return FACTOR * FACTOR * (4 * residual(s) * residual(t) * c + 2 * c * c);
}

static double loss_of(size_t s)
{
    return FACTOR * (residual(s) * residual(s) + along(s, s));
}

static double covariance_of_mean(size_t t)
{
    double sum = 0;
    for (size_t s = 0; s < SAMPLES; s++)
        sum += covariance_of(s, t) / SAMPLES;
    return sum;
}

/* c = S x_s: of the weights with the output. */
static void with_weights(size_t s, double c[INPUTS])
{
    for (size_t i = 0; i < INPUTS; i++) {
        c[i] = 0;
        for (size_t j = 0; j < INPUTS; j++)
            c[i] += spread[i][j] * x[s][j];
    }
}

/* Of |w|^2 and F (r_s - u)^2. */
static double covariance_of_square(size_t s)
{
    double c[INPUTS], sum = 0;
    with_weights(s, c);
    for (size_t i = 0; i < INPUTS; i++)
        sum += FACTOR * (2 * c[i] * c[i] - 4 * residual(s) * mean[i] * c[i]);
    return sum;
}

static double susceptibility_of_square(size_t s)
{
    double all = 0;
    for (size_t t = 0; t < SAMPLES; t++)
        all += covariance_of_square(t) / SAMPLES;
    return -NBETA * (covariance_of_square(s) - all);
}

static double mean_square(void)
{
    double sum = 0;
    for (size_t i = 0; i < INPUTS; i++)
        sum += mean[i] * mean[i] + spread[i][i];
    return sum;
}

/* ---- Chains ------------------------------------------------------------------------ */

static slt_real by_sample[SAMPLES + 1][CHAINS][DRAWS], squares[CHAINS][DRAWS];

static void take_chain(const scene *open, uint32_t number)
{
    walk walked = open_walk(open, number);
    slt_chain_advance(walked.worker, &walked.chain, UINT64_MAX);
    for (size_t t = 0; t < DRAWS; t++) {
        double sum = 0;
        for (size_t s = 0; s < SAMPLES; s++) {
            by_sample[s][number][t] = walked.chain.observed[t * (SAMPLES + 1) + s];
            sum += slt_real_double(by_sample[s][number][t]);
        }
        by_sample[SAMPLES][number][t] = slt_real_of(sum / SAMPLES);
        const double norm =
            slt_real_double(walked.chain.observed[t * (SAMPLES + 1) + SAMPLES]);
        squares[number][t] = slt_real_of(norm * norm);
    }
    close_walk(&walked);
}

/* MALA: its chains have the posterior's law, whatever the step. */
static void run_chains(slt_arithmetic arithmetic)
{
    system_begin(&run, arithmetic, 11);
    system_teacher_data(&run, SAMPLES, INPUTS, 1, 1, 0.5);
    system_normal(system_weight(&run, "W", 1, INPUTS), 0.5);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    run.model.loss.factor = slt_real_of(FACTOR);
    slt_llc_spec *spec = system_llc(&run, .15, GAMMA, NBETA, CHAINS, DRAWS);
    spec->sampler = SLT_SAMPLER_MALA;
    spec->num_burnin_steps = 200;
    spec->num_steps_bw_draws = 3;
    run.train.metric_count = 1;
    run.train.metrics[0] = (slt_metric_spec){.name = "norm", .kind = SLT_METRIC_NORM};
    spec->observables = (slt_observables_spec){
        .given = true, .every = 1, .metric_count = 1, .metrics = {"norm"}};
    scene open;
    open_scene(&open, 0);
    const slt_batch *data = &slt_trainer_data(open.trainer)->train;
    for (size_t s = 0; s < SAMPLES; s++) {
        y[s] = slt_real_double(slt_tensor_get(&data->target, s));
        for (size_t i = 0; i < INPUTS; i++)
            x[s][i] = slt_real_double(slt_tensor_get(&data->input[0], s * INPUTS + i));
    }
    for (size_t i = 0; i < INPUTS; i++)
        centre[i] = slt_real_double(slt_tensor_get(&open.state.weights.tensor[0], i));
    for (uint32_t c = 0; c < CHAINS; c++)
        take_chain(&open, c);
    for (size_t s = 0; s <= SAMPLES; s++)
        slt_covariance_centre(by_sample[s][0], CHAINS * DRAWS);
    slt_covariance_centre(squares[0], CHAINS * DRAWS);
    close_scene(&open);
}

/* How far the covariance of an observable with a sample's loss lies from the closed form,
 * in Monte Carlo standard errors. */
static double deviation(const slt_real *observable, size_t sample, double expected)
{
    slt_covariance found;
    slt_error err;
    system_must(slt_covariance_find(observable, by_sample[sample][0], CHAINS, DRAWS,
                                    &found, &err),
                &err);
    return fabs(slt_real_double(found.value) - expected) / slt_real_double(found.error);
}

/* ---- The tests --------------------------------------------------------------------- */

/* Of the mean loss with each sample's all within 3 errors: of 12 independent ones one in
 * thirty would not be, of these, which go together, fewer.  Of each with each, 78 pairs,
 * one beyond 3.8 would be in a hundred. */
static void test_covariances(slt_arithmetic arithmetic)
{
    const double ones[SAMPLES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    double worst = 0, worst_pair = 0, worst_square = 0;
    run_chains(arithmetic);
    find_posterior(ones);
    for (size_t s = 0; s < SAMPLES; s++)
        worst = fmax(worst, deviation(by_sample[SAMPLES][0], s, covariance_of_mean(s)));
    for (size_t s = 0; s < SAMPLES; s++)
        for (size_t t = 0; t <= s; t++)
            worst_pair =
                fmax(worst_pair, deviation(by_sample[s][0], t, covariance_of(s, t)));
    for (size_t s = 0; s < SAMPLES; s++)
        worst_square =
            fmax(worst_square, deviation(squares[0], s, covariance_of_square(s)));
    TAP_OK(worst <= 3, "%s: of the mean loss with all samples: %.2f errors at most",
           slt_arithmetic_name(arithmetic), worst);
    TAP_OK(worst_square <= 3, "%s: of |w|^2 with all samples: %.2f errors at most",
           slt_arithmetic_name(arithmetic), worst_square);
    TAP_OK(worst_pair <= 3.8, "%s: of each with each: %.2f errors at most",
           slt_arithmetic_name(arithmetic), worst_pair);
}

/* The closed form is what retraining gives: the posterior with another weight of a
 * sample, by central differences of the mean loss of another. */
static void test_retraining(void)
{
    const double step = 1e-4;
    double worst = 0;
    for (size_t t = 0; t < SAMPLES; t++)
        for (size_t s = 0; s < SAMPLES; s++) {
            double weight[SAMPLES], loss[2];
            for (size_t i = 0; i < SAMPLES; i++)
                weight[i] = 1;
            for (int side = 0; side < 2; side++) {
                weight[t] = side ? 1 + step : 1 - step;
                find_posterior(weight);
                loss[side] = loss_of(s);
            }
            weight[t] = 1;
            find_posterior(weight);
            const double influence = -NBETA / SAMPLES * covariance_of(s, t);
            worst = fmax(worst, fabs((loss[1] - loss[0]) / (2 * step) - influence));
        }
    TAP_OK(worst < 1e-7, "influence is the derivative by a sample's weight, to %.2g",
           worst);
}

/* The posterior where a sample takes a share of the data from all, by central differences
 * of the mean of |w|^2. */
static void test_shares(void)
{
    const double step = 1e-4;
    double worst = 0, ones[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++)
        ones[i] = 1;
    for (size_t s = 0; s < SAMPLES; s++) {
        double weight[SAMPLES], square[2];
        for (int side = 0; side < 2; side++) {
            const double share = side ? step : -step;
            for (size_t i = 0; i < SAMPLES; i++)
                weight[i] = 1 - share + (i == s ? share * SAMPLES : 0);
            find_posterior(weight);
            square[side] = mean_square();
        }
        find_posterior(ones);
        worst = fmax(worst, fabs((square[1] - square[0]) / (2 * step) -
                                 susceptibility_of_square(s)));
    }
    TAP_OK(worst < 1e-6, "susceptibility is the derivative by a sample's share, to %.2g",
           worst);
}

/* Few draws, and equal ones, have no error. */
static void test_unknown(void)
{
    const slt_real *a = by_sample[0][0];
    slt_covariance found;
    TAP_OK(!slt_covariance_find(a, a, CHAINS, 3, &found, NULL) &&
               slt_real_double(found.value) > 0 && !slt_real_finite(found.error),
           "of 3 draws no error");
    for (size_t c = 0; c < CHAINS; c++)
        for (size_t t = 0; t < DRAWS; t++)
            by_sample[0][c][t] = slt_real_of(2);
    slt_covariance_centre(by_sample[0][0], CHAINS * DRAWS);
    TAP_OK(!slt_covariance_find(a, a, CHAINS, DRAWS, &found, NULL) &&
               slt_real_double(found.value) == 0 && !slt_real_finite(found.error),
           "of equal ones 0, and no error");
}

int main(void)
{
    system_start();
    if (slt_num_available(SLT_F64, NULL) == SLT_OK) {
        test_covariances(SLT_F64);
        test_covariances(SLT_F32);
    }
    test_covariances(SLT_FIXED);
    test_retraining();
    test_shares();
    test_unknown();
    return tap_done();
}
