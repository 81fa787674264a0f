/* Chains of HMC against what is known of them in closed form (docs/spec/10-llc.md,
 * section 10.15): where a trajectory ends around a quadratic and how likely its end is
 * taken, to rounding; the way back; MALA, which one step is; and the laws of settled
 * chains. */
#include <math.h>

#include "base/pool.h"
#include "chain_sample.h"
#include "learn/leapfrog.h"
#include "num/ops.h"

enum { COPIES = 3, CHAINS = 48 };

/* nbeta h = 100, gamma = 5. */
#define NBETA 50.
#define CURVATURE 2.
#define GAMMA 5.
#define A (NBETA * CURVATURE + GAMMA)
#define PI 3.14159265358979323846

static const slt_arithmetic arithmetics[] = {SLT_F32, SLT_F64, SLT_FIXED};
static slt_pool *pool;

/* The step in units of the curvature, lr A, and the steps of a trajectory. */
typedef struct way {
    double step;
    uint64_t steps;
} way;

static const way ways[] = {{.01, 10}, {.3, 1},  {.3, 4}, {1, 10},
                           {2.5, 1},  {2.5, 3}, {3.6, 2}};
#define WAYS (sizeof ways / sizeof *ways)

static void hmc_of(slt_llc_spec *spec, const way *by)
{
    spec->sampler = SLT_SAMPLER_HMC;
    memcpy(spec->own, &by->steps, sizeof by->steps);
}

static slt_llc_spec *quadratic(slt_arithmetic arithmetic, size_t copies, const way *by)
{
    system_begin(&run, arithmetic, 2031);
    system_constant_data(&run, 1, copies, sqrt(CURVATURE / 2), 0);
    system_weight(&run, "W", copies, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, by->step / A, GAMMA, NBETA, CHAINS, 100000);
    hmc_of(spec, by);
    return spec;
}

/* nbeta K = nbeta w^4 / 2, each copy. */
static slt_llc_spec *quartic(slt_arithmetic arithmetic, size_t copies, double lr,
                             const way *by)
{
    system_begin(&run, arithmetic, 2032);
    system_constant_data(&run, 1, copies, pow(0.5, 0.25), 0);
    system_weight(&run, "W", copies, 1);
    system_op(&run, "linear", "x", "W", "h");
    system_op(&run, "square", "h", "", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, lr, 0, NBETA, CHAINS, 100000);
    hmc_of(spec, by);
    return spec;
}

static double element(const slt_params *params, size_t e)
{
    return slt_real_double(slt_tensor_get(&params->tensor[0], e));
}

/* A chain that begins with a draw of the law around a quadratic. */
static walk settled_walk(const scene *open, uint32_t number)
{
    walk w = open_walk(open, number);
    slt_draw_normal(slt_stream_of(9, SLT_DRAW_INIT, 0, number, 0, 0),
                    &w.chain.weights.tensor[0], slt_real_of(1 / sqrt(A)));
    return w;
}

/* ---- A trajectory around a quadratic ----------------------------------------------- */

/* One update: leapfrog steps turn (w, p) by an angle each along the ellipse A q^2 w^2 +
 * p^2. */
static double worst_of_update(const scene *open, const way *by, uint32_t number,
                              size_t *taken)
{
    const double q = sqrt(1 - by->step / 4);
    const double turn = (double)by->steps * acos(1 - by->step / 2);
    const slt_stream noise = slt_stream_of(run.seed, SLT_DRAW_SGLD, 0, number, 0, 1);
    slt_params start;
    slt_error err;
    double end[COPIES], rise = 0, worst = 0;
    walk w = settled_walk(open, number);
    system_must(slt_params_create(&run.model, run.arithmetic, &start, &err), &err);
    slt_draw_normal(noise, &start.tensor[0], slt_real_of(1));
    for (size_t e = 0; e < COPIES; e++) {
        const double x = element(&w.chain.weights, e), p = element(&start, e);
        end[e] = x * cos(turn) + p * sin(turn) / (sqrt(A) * q);
        const double p1 = p * cos(turn) - x * sqrt(A) * q * sin(turn);
        rise += (A * end[e] * end[e] + p1 * p1 - A * x * x - p * p) / 2;
    }
    slt_params_copy(&start, &w.chain.weights);
    slt_chain_advance(w.worker, &w.chain, 1);
    const double alpha = slt_real_double(w.chain.acceptance_sum);
    worst = fabs(alpha - exp(fmin(0, -rise)));
    const bool stays = system_same_params(&start, &w.chain.weights);
    for (size_t e = 0; e < COPIES && !stays; e++)
        worst = fmax(worst, sqrt(A) * fabs(element(&w.chain.weights, e) - end[e]));
    *taken += !stays;
    slt_params_free(&start);
    close_walk(&w);
    return worst;
}

static void test_update(slt_arithmetic arithmetic, const way *by)
{
    const double near = arithmetic == SLT_F64   ? 1e-12
                        : arithmetic == SLT_F32 ? 3e-5
                                                : 3e-8; /* products of 30 bits */
    double worst = 0;
    size_t taken = 0;
    scene open;
    quadratic(arithmetic, COPIES, by);
    open_scene(&open, 0);
    for (uint32_t i = 0; i < CHAINS; i++)
        worst = fmax(worst, worst_of_update(&open, by, i, &taken));
    close_scene(&open);
    TAP_OK(worst < near && taken > 0,
           "%s, lr A %g, %d steps: trajectories end where the angle says, and are taken "
           "as their energy says: off by %.1e, %zu of %d taken",
           slt_arithmetic_name(arithmetic), by->step, (int)by->steps, worst, taken,
           CHAINS);
}

/* ---- The way back ------------------------------------------------------------------ */

typedef struct phase {
    slt_params w, g;
    slt_leapfrog along;
} phase;

static void follow(const scene *open, slt_net *net, uint64_t steps, phase *at)
{
    const slt_batch *all = &slt_trainer_data(open->trainer)->train;
    slt_net_gradient(net, &at->w, all, &at->g);
    bool fine = slt_leapfrog_kick(open->sampler, true, &at->w, &at->g, &at->along);
    for (uint64_t left = steps; left; left--) {
        fine &= slt_leapfrog_drift(open->sampler, &at->along, &at->w);
        slt_net_gradient(net, &at->w, all, &at->g);
        fine &= slt_leapfrog_kick(open->sampler, left == 1, &at->w, &at->g, &at->along);
    }
    if (!fine)
        tap_bail("a trajectory left the finite numbers");
}

static double apart(const slt_params *a, const slt_params *b)
{
    double far = 0;
    for (size_t e = 0; e < slt_tensor_count(&a->tensor[0]); e++)
        far = fmax(far, fabs(element(a, e) - element(b, e)));
    return far;
}

static void test_back(slt_arithmetic arithmetic)
{
    static const way by = {0, 9};
    phase at;
    slt_params w, p, *now = &at.along.momentum;
    slt_params *all[] = {&at.w, &at.g, &w, &p};
    slt_net *net;
    slt_error err;
    scene open;
    quartic(arithmetic, 64, 2e-3, &by);
    open_scene(&open, 0);
    const slt_batch *data = &slt_trainer_data(open.trainer)->train;
    system_must(slt_net_create(&run.model, data, data->rows, arithmetic, &net, &err),
                &err);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        system_must(slt_params_create(&run.model, arithmetic, all[i], &err), &err);
    system_must(slt_leapfrog_create(open.sampler, &at.along, &err), &err);
    slt_draw_normal(slt_stream_of(8, SLT_DRAW_INIT, 0, 0, 0, 0), &at.w.tensor[0],
                    slt_real_of(.4));
    slt_leapfrog_draw(open.sampler, 3, 5, &at.along);
    slt_params_copy(&w, &at.w);
    slt_params_copy(&p, now);
    follow(&open, net, by.steps, &at);
    const double way_there = apart(&at.w, &w);
    slt_num_negate(&now->tensor[0], &now->tensor[0]);
    follow(&open, net, by.steps, &at);
    slt_num_negate(&now->tensor[0], &now->tensor[0]);
    const double off = fmax(apart(&at.w, &w), apart(now, &p));
    const bool same = system_same_params(&at.w, &w) && system_same_params(now, &p);
    const double near = arithmetic == SLT_F32 ? 1e-4 : 1e-12;
    TAP_OK(way_there > .3 && (arithmetic == SLT_FIXED ? same : off < near),
           "%s: a trajectory goes %.2g far, and with its momentum turned back again, off "
           "by %.1e",
           slt_arithmetic_name(arithmetic), way_there, off);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_params_free(all[i]);
    slt_leapfrog_free(&at.along);
    slt_net_free(net);
    close_scene(&open);
}

/* ---- One step is MALA -------------------------------------------------------------- */

static void test_one_step(slt_arithmetic arithmetic)
{
    enum { UPDATES = 40 };
    static const way one = {0, 1};
    slt_llc_spec *spec = quartic(arithmetic, 8, 2e-2, &one);
    double far = 0, sums = 0, size = 0, taken = 0;
    scene open;
    spec->localization = slt_real_of(GAMMA);
    open_scene(&open, 0);
    for (uint32_t i = 0; i < CHAINS; i++) {
        walk hmc = open_walk(&open, i);
        slt_chain_advance(hmc.worker, &hmc.chain, UPDATES);
        spec->sampler = SLT_SAMPLER_MALA;
        scene other;
        open_scene(&other, 0);
        walk mala = open_walk(&other, i);
        slt_chain_advance(mala.worker, &mala.chain, UPDATES);
        far = fmax(far, apart(&hmc.chain.weights, &mala.chain.weights));
        sums = fmax(sums, fabs(slt_real_double(hmc.chain.acceptance_sum) -
                               slt_real_double(mala.chain.acceptance_sum)));
        for (size_t e = 0; e < 8; e++)
            size = fmax(size, fabs(element(&mala.chain.weights, e)));
        taken += slt_real_double(slt_chain_acceptance(spec, &mala.chain)) / CHAINS;
        close_walk(&mala);
        close_scene(&other);
        spec->sampler = SLT_SAMPLER_HMC;
        close_walk(&hmc);
    }
    close_scene(&open);
    const double near = arithmetic == SLT_F32 ? 1e-4 : 1e-10;
    TAP_OK(
        far < near && sums < UPDATES * near && size > .3 && taken > .2 && taken < .95,
        "%s: one step is MALA: weights up to %.2g are off by %.1e, acceptances, in the "
        "mean %.2f, by %.1e",
        slt_arithmetic_name(arithmetic), size, far, taken, sums);
}

/* ---- Laws -------------------------------------------------------------------------- */

/* Of each chain: the means over its draws and copies of A w^2 and (A w^2)^2, or around a
 * quartic w^2 and nbeta K, and its acceptance. */
typedef struct sums {
    const scene *open;
    uint64_t updates, burnin;
    bool quartic;
    double of[CHAINS][3];
} sums;

static void sum_chain(void *argument, size_t number)
{
    sums *s = argument;
    walk w = s->quartic ? open_walk(s->open, (uint32_t)number)
                        : settled_walk(s->open, (uint32_t)number);
    double m[2] = {0}, before = 0;
    slt_chain_advance(w.worker, &w.chain, s->burnin);
    before = slt_real_double(w.chain.acceptance_sum);
    for (uint64_t t = 0; t < s->updates; t++) {
        slt_chain_advance(w.worker, &w.chain, 1);
        for (size_t e = 0; e < COPIES; e++) {
            const double x = element(&w.chain.weights, e), square = x * x;
            m[0] += s->quartic ? square : A * square;
            m[1] += s->quartic ? NBETA * square * square / 2 : A * square * A * square;
        }
    }
    s->of[number][0] = m[0] / (COPIES * (double)s->updates);
    s->of[number][1] = m[1] / (COPIES * (double)s->updates);
    s->of[number][2] =
        (slt_real_double(w.chain.acceptance_sum) - before) / (double)s->updates;
    close_walk(&w);
}

static void agree(const sums *s, const char *what, int which, double want, double sharp)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < CHAINS; i++) {
        sum += s->of[i][which];
        squares += s->of[i][which] * s->of[i][which];
    }
    const double mean = sum / CHAINS;
    const double error = sqrt((squares - sum * mean) / (CHAINS * (CHAINS - 1.)));
    TAP_OK(fabs(mean - want) <= 3 * error && error <= sharp * want,
           "%s, %s %.5g +- %.2g, must be %.5g", slt_arithmetic_name(run.arithmetic), what,
           mean, error, want);
}

/* The matrix of one step of (sqrt(A) w, p) has the determinant 1, and so the squares of
 * energies' change the eigenvalues m and 1/m: an end of a settled chain is taken with the
 * probability 2 P(the energy falls) = 4/pi atan(1 / sqrt(m)), in one dimension. */
static double acceptance_of(const way *by)
{
    const double q = sqrt(1 - by->step / 4);
    const double turn = (double)by->steps * acos(1 - by->step / 2);
    const double trace =
        2 * pow(cos(turn), 2) + (q * q + 1 / (q * q)) * pow(sin(turn), 2);
    const double most = (trace + sqrt(fmax(0, trace * trace - 4))) / 2;
    return 4 / PI * atan(1 / sqrt(most));
}

static void test_law(slt_arithmetic arithmetic, const way *by)
{
    static sums s;
    char what[80];
    scene open;
    quadratic(arithmetic, COPIES, by);
    open_scene(&open, 0);
    s = (sums){.open = &open, .updates = 2000 / by->steps + 200};
    slt_pool_each(pool, CHAINS, sum_chain, &s);
    snprintf(what, sizeof what, "lr A %g, %d steps: E w^2 A", by->step, (int)by->steps);
    agree(&s, what, 0, 1, .1);
    snprintf(what, sizeof what, "lr A %g, %d steps: E w^4 A^2", by->step, (int)by->steps);
    agree(&s, what, 1, 3, .15);
    close_scene(&open);
}

static void test_acceptance(slt_arithmetic arithmetic, const way *by)
{
    enum { DRAWS = 400 };
    static sums s;
    char what[80];
    scene open;
    quadratic(arithmetic, 1, by);
    open_scene(&open, 0);
    s = (sums){.open = &open};
    for (uint32_t i = 0; i < CHAINS; i++) {
        walk w = settled_walk(&open, i);
        slt_chain_advance(w.worker, &w.chain, DRAWS);
        s.of[i][2] = slt_real_double(slt_chain_acceptance(&run.llc[0], &w.chain));
        close_walk(&w);
    }
    close_scene(&open);
    snprintf(what, sizeof what, "lr A %g, %d steps: an acceptance of", by->step,
             (int)by->steps);
    agree(&s, what, 2, acceptance_of(by), .02);
}

/* Of the density exp(-25 w^4): E w^2 = gamma(3/4) / gamma(1/4) / 5, and E w U' = 1. */
static void test_quartic(slt_arithmetic arithmetic)
{
    static const way by = {0, 5};
    static sums s;
    scene open;
    quartic(arithmetic, COPIES, .015, &by);
    open_scene(&open, 0);
    s = (sums){.open = &open, .updates = 1200, .burnin = 50, .quartic = true};
    slt_pool_each(pool, CHAINS, sum_chain, &s);
    agree(&s, "quartic: E w^2", 0, tgamma(.75) / tgamma(.25) / 5, .02);
    agree(&s, "quartic: E nbeta K", 1, .25, .02);
    close_scene(&open);
}

static void test_arithmetic(slt_arithmetic arithmetic)
{
    for (size_t i = 0; i < WAYS; i++)
        test_update(arithmetic, &ways[i]);
    test_back(arithmetic);
    test_one_step(arithmetic);
    for (size_t i = 1; i < WAYS; i++) {
        test_law(arithmetic, &ways[i]);
        test_acceptance(arithmetic, &ways[i]);
    }
    test_quartic(arithmetic);
}

int main(void)
{
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    for (size_t i = 0; i < sizeof arithmetics / sizeof *arithmetics; i++)
        if (slt_num_available(arithmetics[i], NULL) == SLT_OK)
            test_arithmetic(arithmetics[i]);
    slt_pool_free(pool);
    return tap_done();
}
