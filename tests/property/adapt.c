/* Step sizes that chains of MALA and HMC adapt in their burn-in (docs/spec/10-llc.md,
 * section 10.17): the recursion against its few lines in doubles, over given acceptances
 * and over those that a quadratic gives in closed form; the acceptance that is reached,
 * and the laws of the chains afterwards. */
#include <math.h>

#include "base/pool.h"
#include "chain_sample.h"
#include "learn/adapt.h"
#include "learn/sampler.h"
#include "num/scalar.h"

enum { COPIES_MAX = 100, CHAINS = 32 };

/* nbeta h = 100, gamma = 5. */
#define NBETA 50.
#define CURVATURE 2.
#define GAMMA 5.
#define A (NBETA * CURVATURE + GAMMA)

static const slt_arithmetic arithmetics[] = {SLT_F32, SLT_F64, SLT_FIXED};
static slt_pool *pool;

typedef struct way {
    slt_sampler_kind sampler;
    uint64_t steps; /* of a trajectory */
    double target;  /* 0: that of the sampler */
} way;

static double target_of(const way *by)
{
    return by->target ? by->target : by->sampler == SLT_SAMPLER_HMC ? .8 : .574;
}

static void adapt_of(slt_llc_spec *spec, const way *by, uint64_t burnin)
{
    spec->sampler = by->sampler;
    memcpy(spec->own, &by->steps, sizeof by->steps);
    spec->num_burnin_steps = burnin;
    spec->adapt.given = true;
    spec->adapt.has_acceptance = by->target > 0;
    spec->adapt.acceptance = slt_real_of(by->target);
}

/* step: lr A at first. */
static slt_llc_spec *quadratic(slt_arithmetic arithmetic, size_t copies, double step,
                               const way *by, uint64_t burnin)
{
    system_begin(&run, arithmetic, 2041);
    system_constant_data(&run, 1, copies, sqrt(CURVATURE / 2), 0);
    system_weight(&run, "W", copies, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, step / A, GAMMA, NBETA, CHAINS, 100000);
    adapt_of(spec, by, burnin);
    return spec;
}

/* nbeta K = nbeta w^4 / 2, each copy. */
static slt_llc_spec *quartic(slt_arithmetic arithmetic, size_t copies, const way *by,
                             uint64_t burnin)
{
    system_begin(&run, arithmetic, 2042);
    system_constant_data(&run, 1, copies, pow(0.5, 0.25), 0);
    system_weight(&run, "W", copies, 1);
    system_op(&run, "linear", "x", "W", "h");
    system_op(&run, "square", "h", "", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 1e-3, 0, NBETA, CHAINS, 100000);
    adapt_of(spec, by, burnin);
    return spec;
}

static double element(const slt_chain *chain, size_t e)
{
    return slt_real_double(slt_tensor_get(&chain->weights.tensor[0], e));
}

/* ---- The recursion ----------------------------------------------------------------- */

/* Hoffman and Gelman 2014, equation 6 and algorithm 5, as Stan counts. */
typedef struct averaging {
    double gamma, t0, kappa, scale; /* mu = log(scale epsilon) */
    double error, mean, now;
} averaging;

static const averaging stan = {.gamma = .05, .t0 = 10, .kappa = .75, .scale = 10};

static void average(averaging *a, double epsilon, double m, double short_of)
{
    a->error = (1 - 1 / (m + a->t0)) * a->error + short_of / (m + a->t0);
    a->now = log(a->scale * epsilon) - sqrt(m) / a->gamma * a->error;
    a->mean = pow(m, -a->kappa) * a->now + (1 - pow(m, -a->kappa)) * a->mean;
}

/* How far the log of lr gets from that of an averaging, over acceptances around a
 * target, and after them. */
static double worst_of_recursion(averaging a)
{
    enum { UPDATES = 400 };
    static const way by = {SLT_SAMPLER_HMC, 1, .7};
    const slt_llc_spec *spec = quadratic(SLT_F64, 1, .3, &by, UPDATES);
    slt_chain chain = {0};
    double worst = 0;
    for (uint64_t s = 0; s < UPDATES; s++) {
        const double alpha = .7 + .3 * sin(1.7 * (double)s);
        slt_adapt_take(spec, slt_real_of(alpha), &chain);
        chain.updates++;
        average(&a, sqrt(.3 / A), (double)s + 1, .7 - alpha);
        const double want = 2 * (s + 1 < UPDATES ? a.now : a.mean);
        worst =
            fmax(worst, fabs(log(slt_real_double(slt_adapt_lr(spec, &chain))) - want));
    }
    return worst;
}

static void test_recursion(void)
{
    const double found = worst_of_recursion(stan);
    TAP_OK(found < 1e-12, "the recursion is that of its equations, off by %.1e", found);
    for (int which = 0; which < 4; which++) {
        averaging other = stan;
        double *constants[] = {&other.gamma, &other.t0, &other.kappa, &other.scale};
        *constants[which] *= 1.01;
        const double off = worst_of_recursion(other);
        TAP_OK(off > 1e-5, "of another constant %d by a hundredth it is off by %.1e",
               which, off);
    }
}

static void test_bounds(void)
{
    static const way by = {SLT_SAMPLER_MALA, 1, .7};
    const slt_llc_spec *spec = quadratic(SLT_F64, 1, .3, &by, 100000);
    slt_chain chain = {.updates = 90000, .adapted = {.error = slt_real_of(.1)}};
    const double least = slt_real_double(slt_adapt_lr(spec, &chain));
    chain.adapted.error = slt_real_of(-.1);
    const double most = slt_real_double(slt_adapt_lr(spec, &chain));
    TAP_OK(least == ldexp(1, -64) && most == ldexp(1, 64),
           "an lr stays within %.3g and %.3g", least, most);
}

/* ---- Chains ------------------------------------------------------------------------ */

/* The acceptance of the trajectory that an update makes from x, of lr A = step. */
static double alpha_of(double step, const way *by, const double *x, uint64_t update,
                       size_t copies)
{
    const double h = sqrt(step);
    slt_params start;
    slt_error err;
    double rise = 0;
    system_must(slt_params_create(&run.model, run.arithmetic, &start, &err), &err);
    slt_draw_normal(slt_stream_of(run.seed, SLT_DRAW_SGLD, 0, 0, (uint32_t)update, 1),
                    &start.tensor[0], slt_real_of(1));
    for (size_t e = 0; e < copies; e++) {
        const double p = slt_real_double(slt_tensor_get(&start.tensor[0], e));
        double end = sqrt(A) * x[e], p1 = p - h / 2 * end;
        for (uint64_t left = by->steps; left; left--) {
            end += h * p1;
            p1 -= (left == 1 ? h / 2 : h) * end;
        }
        rise += (end * end + p1 * p1 - A * x[e] * x[e] - p * p) / 2;
    }
    slt_params_free(&start);
    return exp(fmin(0, -rise));
}

/* A chain whose lr hangs on no number of the program but the places it was at. */
static void test_followed(slt_arithmetic arithmetic)
{
    enum { UPDATES = 60, COPIES = 4 };
    static const way by = {SLT_SAMPLER_HMC, 2, 0};
    const slt_llc_spec *spec = quadratic(arithmetic, COPIES, .05, &by, UPDATES);
    averaging a = stan;
    double worst = 0, lr = .05 / A, least = lr, most = lr, x[COPIES];
    scene open;
    open_scene(&open, 0);
    walk w = open_walk(&open, 0);
    for (uint64_t s = 0; s < UPDATES; s++) {
        for (size_t e = 0; e < COPIES; e++)
            x[e] = element(&w.chain, e);
        average(&a, sqrt(.05 / A), (double)s + 1,
                .8 - alpha_of(lr * A, &by, x, s, COPIES));
        slt_chain_advance(w.worker, &w.chain, 1);
        lr = exp(2 * (s + 1 < UPDATES ? a.now : a.mean));
        worst = fmax(worst, fabs(slt_real_double(slt_adapt_lr(spec, &w.chain)) / lr - 1));
        least = fmin(least, lr);
        most = fmax(most, lr);
        lr = slt_real_double(slt_adapt_lr(spec, &w.chain));
    }
    close_walk(&w);
    close_scene(&open);
    const double near = arithmetic == SLT_F64   ? 1e-12
                        : arithmetic == SLT_F32 ? 1e-4
                                                : 1e-6;
    TAP_OK(worst < near && most > 10 * least,
           "%s: lr A from %.2g to %.2g are what places and momenta give, off by %.1e",
           slt_arithmetic_name(arithmetic), A * least, A * most, worst);
}

/* Of each chain the means over its draws and copies of A w^2 and (A w^2)^2, or of nbeta K
 * and w^2, its acceptance, and its lr. */
typedef struct sums {
    const scene *open;
    uint64_t burnin, updates;
    size_t copies;
    bool quartic;
    double of[CHAINS][4];
} sums;

static void sum_chain(void *argument, size_t number)
{
    sums *s = argument;
    walk w = open_walk(s->open, (uint32_t)number);
    double m[2] = {0};
    slt_chain_advance(w.worker, &w.chain, s->burnin);
    for (uint64_t t = 0; t < s->updates; t++) {
        slt_chain_advance(w.worker, &w.chain, 1);
        for (size_t e = 0; e < s->copies; e++) {
            const double x = element(&w.chain, e), square = x * x;
            m[0] += s->quartic ? NBETA * square * square / 2 : A * square;
            m[1] += s->quartic ? square : A * square * A * square;
        }
    }
    for (size_t i = 0; i < 2; i++)
        s->of[number][i] = m[i] / (double)(s->copies * s->updates);
    s->of[number][2] = slt_real_double(slt_chain_acceptance(&run.llc[0], &w.chain));
    s->of[number][3] = slt_real_double(slt_adapt_lr(&run.llc[0], &w.chain));
    close_walk(&w);
}

static void mean_of(const sums *s, int which, double *mean, double *error)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < CHAINS; i++) {
        sum += s->of[i][which];
        squares += s->of[i][which] * s->of[i][which];
    }
    *mean = sum / CHAINS;
    *error = sqrt((squares - sum * *mean) / (CHAINS * (CHAINS - 1.)));
}

static void agree(const sums *s, const char *what, int which, double want, double sharp)
{
    double mean, error;
    mean_of(s, which, &mean, &error);
    TAP_OK(fabs(mean - want) <= 3 * error && error <= sharp * want,
           "%s: %s %.5g +- %.2g, must be %.5g", slt_arithmetic_name(run.arithmetic), what,
           mean, error, want);
}

static void test_quadratic(slt_arithmetic arithmetic, size_t copies, double step,
                           const way *by)
{
    static sums s;
    char what[80];
    scene open;
    double mean, error;
    s = (sums){.open = &open, .burnin = 4000, .updates = 500, .copies = copies};
    quadratic(arithmetic, copies, step, by, s.burnin);
    open_scene(&open, 0);
    slt_pool_each(pool, CHAINS, sum_chain, &s);
    close_scene(&open);
    snprintf(what, sizeof what, "%s of %d steps, %zu dimensions",
             slt_sampler_name(by->sampler), (int)by->steps, copies);
    mean_of(&s, 2, &mean, &error);
    TAP_OK(fabs(mean - target_of(by)) < .03,
           "%s: %s: from lr A %g to %.3g, an acceptance of %.4f, wanted %.3f",
           slt_arithmetic_name(arithmetic), what, step, A * s.of[0][3], mean,
           target_of(by));
    agree(&s, "E w^2 A", 0, 1, .1);
    agree(&s, "E w^4 A^2", 1, 3, .15);
}

/* Of the density exp(-25 w^4): E w^2 = gamma(3/4) / gamma(1/4) / 5, and E w U' = 1. */
static void test_quartic(slt_arithmetic arithmetic, const way *by)
{
    static sums s;
    scene open;
    s = (sums){
        .open = &open, .burnin = 600, .updates = 1200, .copies = 3, .quartic = true};
    quartic(arithmetic, s.copies, by, s.burnin);
    open_scene(&open, 0);
    slt_pool_each(pool, CHAINS, sum_chain, &s);
    close_scene(&open);
    agree(&s, "quartic: E nbeta K", 0, .25, .02);
    agree(&s, "quartic: E w^2", 1, tgamma(.75) / tgamma(.25) / 5, .02);
}

static void test_arithmetic(slt_arithmetic arithmetic)
{
    static const way mala = {SLT_SAMPLER_MALA, 1, 0}, hmc = {SLT_SAMPLER_HMC, 3, 0},
                     one = {SLT_SAMPLER_HMC, 1, 0}, other = {SLT_SAMPLER_HMC, 2, .65};
    test_followed(arithmetic);
    test_quadratic(arithmetic, 1, 1e-3, &mala);
    test_quadratic(arithmetic, 10, 1e-3, &mala);
    test_quadratic(arithmetic, 10, 3.9, &one);
    test_quadratic(arithmetic, 30, 1e-3, &other);
    test_quadratic(arithmetic, COPIES_MAX, 1e-3, &hmc);
    test_quartic(arithmetic, &mala);
    test_quartic(arithmetic, &hmc);
}

int main(void)
{
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    if (slt_num_available(SLT_F64, NULL) == SLT_OK) {
        test_recursion();
        test_bounds();
    }
    for (size_t i = 0; i < sizeof arithmetics / sizeof *arithmetics; i++)
        if (slt_num_available(arithmetics[i], NULL) == SLT_OK)
            test_arithmetic(arithmetics[i]);
    slt_pool_free(pool);
    return tap_done();
}
