/* Chains of SGLD with a prior and another noise on quadratics, whose mean and variance
 * after any number of updates are known; and MALA and HMC in a box, whose stationary law
 * is the target cut off at its sides. */
#include <math.h>

#include "chain_sample.h"
#include "learn/sampler.h"

enum { COPIES = 4096, CHAINS = 24, UPDATES = 40 };

/* nbeta h = 100, precision 20. */
#define NBETA 50.
#define CURVATURE 2.
#define PRECISION 20.
#define A (NBETA * CURVATURE + PRECISION)
#define LR .002
#define LEVEL .5

static slt_llc_spec *quadratic(slt_arithmetic arithmetic, size_t copies, double std)
{
    system_begin(&run, arithmetic, 2027);
    system_constant_data(&run, 1, copies, sqrt(CURVATURE / 2), 0);
    system_normal(system_weight(&run, "W", copies, 1), std);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    return system_llc(&run, LR, PRECISION, NBETA, CHAINS, 1000);
}

/* ---- A prior ----------------------------------------------------------------------- */

static double element(const walk *w, size_t e)
{
    return slt_real_double(slt_tensor_get(&w->chain.weights.tensor[0], e));
}

/* What is left of w*, and the variance around that. */
static void measure(const scene *open, uint32_t number, double *share, double *variance)
{
    static double start[COPIES];
    double along = 0, size = 0;
    walk w = open_walk(open, number);
    for (size_t e = 0; e < COPIES; e++)
        start[e] = element(&w, e);
    slt_chain_advance(w.worker, &w.chain, UPDATES);
    for (size_t e = 0; e < COPIES; e++) {
        along += element(&w, e) * start[e];
        size += start[e] * start[e];
    }
    *share = along / size;
    *variance = 0;
    for (size_t e = 0; e < COPIES; e++)
        *variance += pow(element(&w, e) - *share * start[e], 2) / COPIES;
    close_walk(&w);
}

static void test_prior(slt_arithmetic arithmetic)
{
    const double keep = 1 - LR * A / 2, left = pow(keep, UPDATES);
    const double want = LEVEL * LEVEL * LR * (1 - left * left) / (1 - keep * keep);
    slt_llc_spec *spec = quadratic(arithmetic, COPIES, 1);
    double shares = 0, variances = 0;
    scene open;
    spec->prior.given = true;
    spec->noise_level = slt_real_of(LEVEL);
    open_scene(&open, 0);
    for (uint32_t i = 0; i < CHAINS; i++) {
        double share, variance;
        measure(&open, i, &share, &variance);
        shares += share / CHAINS;
        variances += variance / CHAINS;
    }
    close_scene(&open);
    /* Each of the two is of CHAINS * COPIES independent numbers. */
    const double numbers = CHAINS * (double)COPIES;
    TAP_OK(fabs(shares - left) <= 3 * sqrt(want / numbers),
           "%s: a prior leaves %.6g of w*, must be %.6g", slt_arithmetic_name(arithmetic),
           shares, left);
    TAP_OK(fabs(variances / want - 1) <= 3 * sqrt(2 / numbers),
           "%s: and a variance of %.6g, must be %.6g", slt_arithmetic_name(arithmetic),
           variances, want);
}

/* ---- A box ------------------------------------------------------------------------- */

/* The mean of w^2 A of a normal law cut off a standard deviation from its middle. */
#define CUT .2911251

static void test_box(slt_arithmetic arithmetic, slt_sampler_kind sampler, double lr)
{
    enum { WALKS = 4096 };
    slt_llc_spec *spec = quadratic(arithmetic, 1, 0);
    double sum = 0, squares = 0;
    scene open;
    spec->sampler = sampler;
    spec->own[0] = 3; /* leapfrog steps */
    spec->lr = slt_real_of(lr / A);
    spec->num_chains = WALKS;
    spec->has_box = true;
    spec->box = slt_real_of(1 / sqrt(A));
    open_scene(&open, 0);
    for (uint32_t i = 0; i < WALKS; i++) {
        walk w = open_walk(&open, i);
        slt_chain_advance(w.worker, &w.chain, UPDATES);
        const double value = A * element(&w, 0) * element(&w, 0);
        sum += value;
        squares += value * value;
        close_walk(&w);
    }
    close_scene(&open);
    const double mean = sum / WALKS;
    const double error = sqrt((squares / WALKS - mean * mean) / WALKS);
    TAP_OK(fabs(mean - CUT) <= 3 * error && error < .01,
           "%s: %s in a box: E w^2 A %.4g +- %.2g, must be %.4g",
           slt_arithmetic_name(arithmetic), slt_sampler_name(sampler), mean, error, CUT);
}

int main(void)
{
    static const slt_arithmetic all[] = {SLT_F32, SLT_F64, SLT_FIXED};
    system_start();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (slt_num_available(all[i], NULL) == SLT_OK) {
            test_prior(all[i]);
            test_box(all[i], SLT_SAMPLER_MALA, 2);
            test_box(all[i], SLT_SAMPLER_HMC, .1);
        }
    return tap_done();
}
