/* The estimator against what SGLD must give at finite nbeta, step and length.
 *
 * A linear net on fixed data is a quadratic potential, for which the first two moments of
 * a chain's weights obey exact recursions, with full batches and with fresh mini batches:
 * their prediction needs no long chain and no small step.  Normal crossings and quartics
 * have stationary integrals.  SLT_LONG=1 adds the slow ones.
 *
 * Copies: a weight of k rows is k independent directions, so that one chain says k times
 * as much. */
#include <math.h>

#include <sltrace/theory.h>

#include "base/pool.h"
#include "learn/stein.h"
#include "moments.h"
#include "systems.h"

#define CHAINS_MAX 256

typedef struct estimate {
    double mean, error; /* per copy; standard error over chains */
    /* The Stein ratio, and what is left of it without what the step adds; likewise. */
    struct {
        double mean, error;
    } stein, settled;
} estimate;

typedef struct workload {
    slt_sampler *sampler;
    uint64_t draws;
    slt_real *losses[CHAINS_MAX];
    slt_stein_terms stein[CHAINS_MAX];
} workload;

static slt_pool *pool;

static void run_chain(void *argument, size_t index)
{
    workload *work = argument;
    slt_chain_worker *worker;
    slt_chain chain;
    slt_error err;
    system_must(slt_chain_worker_create(work->sampler, (uint32_t)index, &worker, &err),
                &err);
    system_must(slt_chain_create(work->sampler, &chain, &err), &err);
    slt_chain_advance(worker, &chain, UINT64_MAX);
    if (chain.status != SLT_CHAIN_DONE)
        tap_bail("a chain of an oracle diverged");
    memcpy(work->losses[index], chain.losses, work->draws * sizeof *chain.losses);
    work->stein[index] = slt_stein_of_chain(
        work->sampler->spec, slt_sampler_setup(work->sampler), &chain.stein);
    slt_chain_free(&chain);
    slt_chain_worker_free(worker);
}

/* Mean over the chains of ratio - share step, and its standard error. */
static void mean_ratio(const workload *work, size_t chains, double share, double *mean,
                       double *error)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < chains; i++) {
        const double value = slt_real_double(work->stein[i].ratio) -
                             share * slt_real_double(work->stein[i].step);
        sum += value;
        squares += value * value;
    }
    const double n = (double)chains;
    *mean = sum / n;
    *error = sqrt((squares - sum * sum / n) / (n * (n - 1)));
}

static estimate estimate_of(const slt_run_spec *run, slt_trainer *trainer,
                            const slt_params *start, double copies)
{
    const slt_llc_spec *spec = &run->llc[0];
    slt_error err;
    workload work = {.draws = spec->num_draws};
    system_must(
        slt_sampler_create(run, 0, slt_trainer_data(trainer), start, &work.sampler, &err),
        &err);
    for (size_t i = 0; i < spec->num_chains; i++)
        work.losses[i] = calloc(work.draws, sizeof *work.losses[i]);
    slt_pool_each(pool, spec->num_chains, run_chain, &work);
    static slt_llc_result result;
    slt_llc_estimate(spec, slt_sampler_setup(work.sampler),
                     (const slt_real *const *)work.losses, &result);
    for (size_t i = 0; i < spec->num_chains; i++)
        free(work.losses[i]);
    slt_sampler_free(work.sampler);
    estimate found = {.mean = slt_real_double(result.mean) / copies,
                      .error = slt_real_double(result.sd) /
                               sqrt((double)spec->num_chains) / copies};
    mean_ratio(&work, spec->num_chains, 0, &found.stein.mean, &found.stein.error);
    mean_ratio(&work, spec->num_chains, 1, &found.settled.mean, &found.settled.error);
    return found;
}

/* Within 3 standard errors, which are at most `sharp` of the prediction. */
static void agree(const char *name, slt_arithmetic arithmetic, estimate got, double want,
                  double sharp)
{
    TAP_OK(fabs(got.mean - want) <= 3 * got.error && got.error <= sharp * fabs(want),
           "%s, %s: %.5g +- %.2g, must be %.5g", name, slt_arithmetic_name(arithmetic),
           got.mean, got.error, want);
}

static void agree_stein(const char *name, slt_arithmetic arithmetic, estimate got,
                        double want)
{
    TAP_OK(fabs(got.stein.mean - want) <= 3 * got.stein.error &&
               got.stein.error <= .02 * fabs(want),
           "%s, %s: Stein ratio %.5g +- %.2g, must be %.5g", name,
           slt_arithmetic_name(arithmetic), got.stein.mean, got.stein.error, want);
}

/* Of chains that have settled it is 1 but for what their step adds. */
static void agree_settled(const char *name, slt_arithmetic arithmetic, estimate got,
                          double sharp)
{
    TAP_OK(fabs(got.settled.mean - 1) <= 3 * got.settled.error &&
               got.settled.error <= sharp,
           "%s, %s: Stein ratio %.5g +- %.2g less %.3g of the step, must be 1", name,
           slt_arithmetic_name(arithmetic), got.stein.mean, got.settled.error,
           got.stein.mean - got.settled.mean);
}

/* A trainer and the initial state of a run; both are the caller's. */
static slt_trainer *begin(const slt_run_spec *run, slt_state *state)
{
    slt_trainer *trainer;
    slt_error err;
    system_must(slt_trainer_create(run, &trainer, &err), &err);
    system_must(slt_state_create(run, state, &err), &err);
    system_must(slt_state_init(trainer, state, &err), &err);
    return trainer;
}

static estimate sample(const slt_run_spec *run, double copies)
{
    slt_state state;
    slt_trainer *trainer = begin(run, &state);
    estimate found = estimate_of(run, trainer, &state.weights, copies);
    slt_state_free(&state);
    slt_trainer_free(trainer);
    return found;
}

static slt_run_spec run;

/* ---- Quadratics by moment recursions -------------------------------------------- */

/* Estimates a linear net's LLC and predicts it, both summed over the outputs.  Outputs
 * with the same residuals at w* are predicted once. */
static void check_linear(const char *name, bool alike, double sharp)
{
    slt_state state;
    slt_trainer *trainer = begin(&run, &state);
    const slt_batch *all = &slt_trainer_data(trainer)->train;
    const size_t outputs = all->target.cols;
    const double share = alike ? 1 : 1 / (double)outputs;
    double want = 0, ratio = 0;
    run.llc[0].stein = true;
    for (size_t column = 0; column < (alike ? 1 : outputs); column++) {
        double stein;
        moments m = moments_of(&run.llc[0], all, &state.weights, column);
        want += share * predict_moments(&m, &run.llc[0], &stein);
        ratio += share * stein;
    }
    estimate got = estimate_of(&run, trainer, &state.weights, (double)outputs);
    agree(name, run.arithmetic, got, want, sharp);
    agree_stein(name, run.arithmetic, got, ratio);
    slt_state_free(&state);
    slt_trainer_free(trainer);
}

/* 1/2 h w^2 a copy: y = w x with x^2 = h / 2. */
static slt_llc_spec *quadratic(slt_arithmetic arithmetic, double h, size_t copies,
                               double lr, double gamma, size_t chains, uint64_t draws)
{
    system_begin(&run, arithmetic, 2025);
    system_constant_data(&run, 4, copies, sqrt(h / 2), 0);
    system_weight(&run, "W", copies, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    return system_llc(&run, lr, gamma, 1000 / log(1000), chains, draws);
}

/* The recursion and the closed form of theory/ are two derivations. */
static void test_two_predictions(double h, uint64_t draws, uint64_t burnin,
                                 uint64_t between)
{
    slt_llc_spec *spec = quadratic(SLT_F64, h, 1, 1e-3, 1, 1, draws);
    spec->num_burnin_steps = burnin;
    spec->num_steps_bw_draws = between;
    moments m = {.samples = 1,
                 .dim = 1,
                 .batch = 1,
                 .nbeta = slt_real_double(spec->nbeta),
                 .gamma = 1,
                 .lr = 1e-3};
    m.x[0][0] = sqrt(h / 2);
    double want = predict_moments(&m, spec, NULL);
    double got =
        slt_theory_quadratic_sgld(&h, 1, m.nbeta, 1, 1e-3, draws, burnin, between, NULL);
    TAP_OK(fabs(got - want) <= 1e-10 * want,
           "recursion and closed form agree: h %g, %d draws, %d burn-in, %d between", h,
           (int)draws, (int)burnin, (int)between);
}

static void test_transients(slt_arithmetic arithmetic)
{
    static const double curvatures[] = {0.1, 1, 10};
    for (size_t i = 0; i < 3; i++) {
        quadratic(arithmetic, curvatures[i], 1024, 1e-3, 1, 64, 100);
        check_linear("short chain from w*", true, 0.01);
    }
    slt_llc_spec *spec = quadratic(arithmetic, 1, 1024, 1e-3, 5, 64, 40);
    spec->num_burnin_steps = 30;
    spec->num_steps_bw_draws = 3;
    check_linear("burn-in and steps between draws", true, 0.01);
    quadratic(arithmetic, 1, 4096, 1e-3, 1, 128, 100);
    check_linear("sharp enough to see 1% of the step", true, 0.0025);
}

/* The stationary numbers at nbeta 1000 / ln 1000, h = gamma = 1. */
static void test_stationary(slt_arithmetic arithmetic)
{
    static const struct {
        double lr, want;
        uint64_t burnin;
    } rows[] = {{1e-4, 0.4984, 1000}, {1e-3, 0.5153, 100}, {1e-2, 0.7813, 20}};
    const double h = 1, nbeta = 1000 / log(1000);
    for (size_t i = 0; i < 3; i++) {
        double stationary;
        slt_llc_spec *spec = quadratic(arithmetic, h, 512, rows[i].lr, 1, 64, 300);
        spec->num_burnin_steps = rows[i].burnin;
        slt_theory_quadratic_sgld(&h, 1, nbeta, 1, rows[i].lr, 300, rows[i].burnin, 1,
                                  &stationary);
        TAP_OK(fabs(stationary - rows[i].want) < 6e-5, "stationary limit %.4f at lr %g",
               rows[i].want, rows[i].lr);
        spec->stein = true;
        const estimate got = sample(&run, 512);
        agree("stationary chain", arithmetic, got, rows[i].want, 0.006);
        agree_stein("stationary chain", arithmetic, got,
                    1 / (1 - rows[i].lr * (nbeta * h + 1) / 4));
        agree_settled("stationary chain", arithmetic, got, .01);
    }
}

/* On constant data every batch is the full data. */
static void test_batches_of_constant_data(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = quadratic(arithmetic, 1, 1024, 1e-3, 1, 64, 100);
    spec->batch.order = SLT_BATCH_FRESH;
    spec->batch.size = 3;
    check_linear("fresh batches of constant data", true, 0.01);
    spec = quadratic(arithmetic, 1, 1024, 1e-3, 1, 64, 100);
    spec->batch.order = SLT_BATCH_EPOCHS;
    spec->batch.size = 3;
    spec->init_loss = SLT_INIT_LOSS_BATCHES;
    check_linear("epochs of constant data, the short batch kept", true, 0.01);
}

/* w* = 1/2 exactly, so that localisation pulls there. */
static void test_start_elsewhere(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = quadratic(arithmetic, 1, 1024, 1e-3, 200, 64, 100);
    run.data.x_value = slt_real_of(0.75);
    run.data.target_value = slt_real_of(0.375);
    run.model.weights[0].init =
        (slt_init_spec){.kind = SLT_INIT_CONSTANT, .value = slt_real_of(0.5)};
    spec->nbeta = slt_real_of(50);
    check_linear("start at 1/2, strong localization", true, 0.01);
}

/* Gaussian inputs: curvatures that differ by direction, batches that differ by step. */
static slt_llc_spec *regression(slt_arithmetic arithmetic, size_t outputs, double noise,
                                size_t batch, uint64_t draws)
{
    system_begin(&run, arithmetic, 7);
    system_teacher_data(&run, 12, 3, outputs, 0, noise);
    system_weight(&run, "W", outputs, 3);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 2e-3, 1, 60, 64, draws);
    spec->batch.order = batch ? SLT_BATCH_FRESH : SLT_BATCH_FULL;
    spec->batch.size = batch;
    return spec;
}

static void test_regression(slt_arithmetic arithmetic)
{
    regression(arithmetic, 256, 0, 0, 100);
    check_linear("regression, full batch", true, 0.01);
    regression(arithmetic, 256, 0, 4, 100);
    check_linear("regression, mini batch", true, 0.01);
    slt_llc_spec *spec = regression(arithmetic, 256, 0, 4, 100);
    spec->losses_full = true;
    check_linear("regression, mini batch, losses on the full data", true, 0.01);
    spec = regression(arithmetic, 256, 0, 2, 20);
    spec->num_burnin_steps = 10;
    spec->num_steps_bw_draws = 4;
    check_linear("regression, mini batch, burn-in and steps between", true, 0.02);
    spec = regression(arithmetic, 64, 0.5, 3, 100);
    spec->losses_full = true;
    check_linear("noisy regression, mini batch", false, 0.015);
}

/* ---- Stationary integrals ------------------------------------------------------- */

/* nbeta E[K] of K = 1/2 w1^2 w2^2 with gamma 1: w2 integrated out, the rest by the
 * trapezoidal rule in s, w1 = sinh s. */
static double crossing_integral(double nbeta)
{
    double above = 0, below = 0;
    for (int i = -6000; i <= 6000; i++) {
        double s = i * 1e-3, w = sinh(s), q = 1 + nbeta * w * w;
        double weight = exp(-w * w / 2) / sqrt(q) * cosh(s);
        above += weight * nbeta * w * w / q / 2;
        below += weight;
    }
    return above / below;
}

/* nbeta E[K] of K = 1/2 w^4 with localisation gamma. */
static double quartic_integral(double nbeta, double gamma)
{
    double above = 0, below = 0;
    for (int i = -4000; i <= 4000; i++) {
        double w = i * 1e-3, k = w * w * w * w / 2;
        double weight = exp(-nbeta * k - gamma * w * w / 2);
        above += weight * nbeta * k;
        below += weight;
    }
    return above / below;
}

static void test_crossing(slt_arithmetic arithmetic, double nbeta, double printed,
                          double lr, size_t chains, uint64_t burnin, uint64_t draws)
{
    double want = crossing_integral(nbeta);
    TAP_OK(fabs(want - printed) < 6e-5, "crossing's integral at nbeta %g is %.4f", nbeta,
           printed);
    system_begin(&run, arithmetic, 31);
    system_constant_data(&run, 1, 1, sqrt(0.5), 0);
    system_weight(&run, "a", 1, 1);
    system_weight(&run, "b", 1, 1);
    system_op(&run, "linear", "x", "a", "h");
    system_op(&run, "linear", "h", "b", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, lr, 1, nbeta, chains, draws);
    spec->num_burnin_steps = burnin;
    spec->num_steps_bw_draws = 10;
    spec->stein = true;
    const estimate got = sample(&run, 1);
    agree("normal crossing", arithmetic, got, want, 0.03);
    agree_settled("normal crossing", arithmetic, got, .03);
}

static void test_quartic(slt_arithmetic arithmetic, double gamma, double printed)
{
    const double nbeta = 1000 / log(1000), want = quartic_integral(nbeta, gamma);
    TAP_OK(fabs(want - printed) < 6e-5, "quartic's integral at gamma %g is %.4f", gamma,
           printed);
    system_begin(&run, arithmetic, 17);
    system_constant_data(&run, 1, 256, pow(0.5, 0.25), 0);
    system_weight(&run, "W", 256, 1);
    system_op(&run, "linear", "x", "W", "h");
    system_op(&run, "square", "h", "", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 2e-4, gamma, nbeta, 32, 4000);
    spec->num_burnin_steps = 3000;
    spec->stein = true;
    const estimate got = sample(&run, 256);
    agree("quartic", arithmetic, got, want, 0.01);
    agree_settled("quartic", arithmetic, got, .01);
}

/* ---- MALA, whose law has no step in it ------------------------------------------ */

/* The run by SGLD, and then by MALA: that one is far off, this one is not. */
static void correct(const char *name, double copies, double want, double sharp)
{
    slt_llc_spec *spec = &run.llc[0];
    const estimate rough = sample(&run, copies);
    spec->sampler = SLT_SAMPLER_MALA;
    spec->stein = true;
    const estimate got = sample(&run, copies);
    agree(name, run.arithmetic, got, want, sharp);
    agree_settled(name, run.arithmetic, got, sharp);
    TAP_OK(fabs(rough.mean - want) > 20 * got.error,
           "%s, %s: SGLD's own steps give %.5g +- %.2g", name,
           slt_arithmetic_name(run.arithmetic), rough.mean, rough.error);
}

static void test_corrected(slt_arithmetic arithmetic)
{
    const double nbeta = 1000 / log(1000);
    quadratic(arithmetic, 1, 8, 1e-2, 1, 64, 4000)->num_burnin_steps = 100;
    correct("corrected quadratic", 8, nbeta / (nbeta + 1) / 2, .006);
    system_begin(&run, arithmetic, 17);
    system_constant_data(&run, 1, 4, pow(0.5, 0.25), 0);
    system_weight(&run, "W", 4, 1);
    system_op(&run, "linear", "x", "W", "h");
    system_op(&run, "square", "h", "", "y");
    system_loss(&run, false);
    system_llc(&run, 1e-2, 1, nbeta, 64, 4000)->num_burnin_steps = 100;
    correct("corrected quartic", 4, quartic_integral(nbeta, 1), .02);
}

static void test_arithmetic(slt_arithmetic arithmetic)
{
    test_transients(arithmetic);
    test_stationary(arithmetic);
    test_batches_of_constant_data(arithmetic);
    test_start_elsewhere(arithmetic);
    test_regression(arithmetic);
    test_quartic(arithmetic, 0, 0.25);
    test_quartic(arithmetic, 1, 0.2403);
    test_quartic(arithmetic, 5, 0.2057);
    test_corrected(arithmetic);
}

int main(void)
{
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    test_two_predictions(1, 100, 0, 1);
    test_two_predictions(0.1, 50, 20, 3);
    test_arithmetic(SLT_F32);
    test_arithmetic(SLT_F64);
    test_crossing(SLT_F32, 1000 / log(1000), 0.3473, 2e-4, 64, 20000, 6000);
    test_crossing(SLT_F64, 1000 / log(1000), 0.3473, 2e-4, 64, 20000, 6000);
    if (getenv("SLT_LONG")) {
        test_crossing(SLT_F32, 1e3, 0.3813, 3e-5, 64, 100000, 60000);
        test_crossing(SLT_F64, 1e3, 0.3813, 3e-5, 64, 100000, 60000);
        test_crossing(SLT_F32, 1e4, 0.4067, 8e-6, 64, 300000, 100000);
        test_crossing(SLT_F64, 1e4, 0.4067, 8e-6, 64, 300000, 100000);
    }
    slt_pool_free(pool);
    return tap_done();
}
