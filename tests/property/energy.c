/* Energies of the trajectories of HMC and the fraction of missing information that they
 * tell (docs/spec/10-llc.md, section 10.18): each energy around a quadratic against its
 * closed form, and E-BFMI of a normal law, which is 1 in any dimensions, and of heavier
 * and lighter tails. */
#include <math.h>
#include <string.h>

#include "base/endian.h"
#include "base/pool.h"
#include "chain_sample.h"
#include "learn/diagnostics.h"
#include "learn/sampler.h"

enum { COPIES_MAX = 64, CHAINS = 24, DRAWS = 1500 };

/* nbeta h = 100, gamma = 5. */
#define NBETA 50.
#define CURVATURE 2.
#define GAMMA 5.
#define A (NBETA * CURVATURE + GAMMA)

static const slt_arithmetic arithmetics[] = {SLT_F32, SLT_F64, SLT_FIXED};
static slt_pool *pool;

static void hmc_of(slt_llc_spec *spec, uint64_t steps)
{
    spec->sampler = SLT_SAMPLER_HMC;
    memcpy(spec->own, &steps, sizeof steps);
    spec->num_burnin_steps = 20;
    spec->observables.any = spec->observables.energies = true;
}

/* step: lr A. */
static void quadratic(slt_arithmetic arithmetic, size_t copies, double step,
                      uint64_t steps)
{
    system_begin(&run, arithmetic, 2051);
    system_constant_data(&run, 1, copies, sqrt(CURVATURE / 2), 0);
    system_weight(&run, "W", copies, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    hmc_of(system_llc(&run, step / A, GAMMA, NBETA, CHAINS, DRAWS), steps);
}

static double element(const slt_chain *chain, size_t e)
{
    return slt_real_double(slt_tensor_get(&chain->weights.tensor[0], e));
}

/* ---- Each energy ------------------------------------------------------------------- */

/* The energy at the end of the trajectory from x by the momentum of an update, and at its
 * start. */
static void energies_of(const double *x, uint64_t update, double step, uint64_t steps,
                        size_t copies, double at[2])
{
    const double h = sqrt(step);
    slt_params start;
    slt_error err;
    at[0] = at[1] = 0;
    system_must(slt_params_create(&run.model, run.arithmetic, &start, &err), &err);
    slt_draw_normal(slt_stream_of(run.seed, SLT_DRAW_SGLD, 0, 0, (uint32_t)update, 1),
                    &start.tensor[0], slt_real_of(1));
    for (size_t e = 0; e < copies; e++) {
        double p = slt_real_double(slt_tensor_get(&start.tensor[0], e));
        double q = sqrt(A) * x[e];
        at[0] += (q * q + p * p) / 2;
        p -= h / 2 * q;
        for (uint64_t left = steps; left; left--) {
            q += h * p;
            p -= (left == 1 ? h / 2 : h) * q;
        }
        at[1] += (q * q + p * p) / 2;
    }
    slt_params_free(&start);
}

static void test_energies(slt_arithmetic arithmetic)
{
    enum { COPIES = 5, UPDATES = 80, STEPS = 3 };
    const double step = 1.4;
    double worst = 0, x[COPIES], at[2];
    size_t taken = 0;
    scene open;
    quadratic(arithmetic, COPIES, step, STEPS);
    run.llc[0].num_steps_bw_draws = 2;
    open_scene(&open, 0);
    walk w = open_walk(&open, 0);
    for (uint64_t s = 0; s < UPDATES; s++) {
        for (size_t e = 0; e < COPIES; e++)
            x[e] = element(&w.chain, e);
        slt_chain_advance(w.worker, &w.chain, 1);
        const bool moved = element(&w.chain, 0) != x[0];
        energies_of(x, s, step, STEPS, COPIES, at);
        worst = fmax(worst, fabs(slt_real_double(w.chain.energy) - at[moved]));
        taken += moved;
    }
    const slt_real before = w.chain.energy;
    slt_chain_advance(w.worker, &w.chain, 1); /* a draw, then an update */
    const bool kept = w.chain.draws == (UPDATES - 20) / 2 + 1 &&
                      w.chain.energies[w.chain.draws - 1].bits == before.bits &&
                      w.chain.energy.bits != before.bits;
    close_walk(&w);
    close_scene(&open);
    const double near = arithmetic == SLT_F64   ? 1e-12
                        : arithmetic == SLT_F32 ? 1e-4
                                                : 1e-6;
    TAP_OK(worst < near && taken > 10 && taken < UPDATES - 10 && kept,
           "%s: energies are those of ends where these are taken, %zu of %d, and of "
           "starts, off by %.1e",
           slt_arithmetic_name(arithmetic), taken, UPDATES, worst);
}

/* ---- E-BFMI ------------------------------------------------------------------------ */

typedef struct sums {
    const scene *open;
    double of[CHAINS];
    bool same; /* as an own few lines find it */
} sums;

static double plain(const slt_real *energies)
{
    double mean = 0, up = 0, down = 0;
    for (size_t i = 0; i < DRAWS; i++)
        mean += slt_real_double(energies[i]) / DRAWS;
    for (size_t i = 0; i < DRAWS; i++) {
        down += pow(slt_real_double(energies[i]) - mean, 2);
        if (i)
            up += pow(slt_real_double(energies[i]) - slt_real_double(energies[i - 1]), 2);
    }
    return up / down;
}

static void sum_chain(void *argument, size_t number)
{
    sums *s = argument;
    uint8_t bytes[8 * DRAWS];
    walk w = open_walk(s->open, (uint32_t)number);
    slt_chain_advance(w.worker, &w.chain, UINT64_MAX);
    for (size_t i = 0; i < DRAWS; i++)
        slt_store_le64(bytes + 8 * i, w.chain.energies[i].bits);
    s->of[number] = slt_real_double(slt_ebfmi(bytes, DRAWS));
    if (!(fabs(s->of[number] / plain(w.chain.energies) - 1) < 1e-10))
        s->same = false;
    close_walk(&w);
}

static double mean_of(double *error, bool *same)
{
    static sums s;
    scene open;
    double sum = 0, squares = 0;
    open_scene(&open, 0);
    s = (sums){.open = &open, .same = true};
    slt_pool_each(pool, CHAINS, sum_chain, &s);
    close_scene(&open);
    for (size_t i = 0; i < CHAINS; i++) {
        sum += s.of[i];
        squares += s.of[i] * s.of[i];
    }
    *error = sqrt((squares - sum * sum / CHAINS) / (CHAINS * (CHAINS - 1.)));
    *same = s.same;
    return sum / CHAINS;
}

/* Short steps, over which energies hardly change. */
static void test_normal(slt_arithmetic arithmetic, size_t copies, uint64_t steps)
{
    double error;
    bool same;
    quadratic(arithmetic, copies, .02, steps);
    const double mean = mean_of(&error, &same);
    TAP_OK(same && fabs(mean - 1) < 3 * error + .005 && error < .02,
           "%s: E-BFMI of a normal law in %zu dimensions, %d steps: %.4f +- %.2g, must "
           "be 1",
           slt_arithmetic_name(arithmetic), copies, (int)steps, mean, error);
}

/* Of the density exp(-25 w^4) in d dimensions nbeta K has the variance d / 4, where a
 * kinetic energy has d / 2: of the energy 3 d / 4, and of differences d. */
static void test_quartic(slt_arithmetic arithmetic)
{
    enum { COPIES = 16 };
    double error;
    bool same;
    system_begin(&run, arithmetic, 2052);
    system_constant_data(&run, 1, COPIES, pow(0.5, 0.25), 0);
    system_weight(&run, "W", COPIES, 1);
    system_op(&run, "linear", "x", "W", "h");
    system_op(&run, "square", "h", "", "y");
    system_loss(&run, false);
    hmc_of(system_llc(&run, 5e-4, 0, NBETA, CHAINS, DRAWS), 11);
    const double mean = mean_of(&error, &same);
    TAP_OK(same && fabs(mean - 4 / 3.) < 3 * error + .01 && error < .03,
           "%s: of a quartic %.4f +- %.2g, must be 4/3", slt_arithmetic_name(arithmetic),
           mean, error);
}

/* ---- What is not known ------------------------------------------------------------- */

static slt_real ebfmi_of(size_t count, const double *energies)
{
    uint8_t bytes[64];
    for (size_t i = 0; i < count; i++)
        slt_store_le64(bytes + 8 * i, slt_real_of(energies[i]).bits);
    return slt_ebfmi(bytes, count);
}

static void expect_words(const slt_real *chains, const char *part)
{
    slt_buffer words = {0};
    const slt_ebfmi_found found = slt_diagnose_ebfmi(chains, 3);
    slt_diagnostics_ebfmi_words(&found, &words);
    const char *said = slt_buffer_text(&words);
    TAP_OK(*part ? strstr(said, part) != NULL : !*said, "says '%s'", part);
    slt_buffer_free(&words);
}

static void test_words(void)
{
    const double few[] = {1, 2}, same[] = {3, 3, 3, 3}, some[] = {1, 2, 4, 1};
    const slt_real none = ebfmi_of(4, same);
    TAP_OK(!slt_real_finite(ebfmi_of(2, few)) && !slt_real_finite(none) &&
               fabs(slt_real_double(ebfmi_of(4, some)) - 14 / 6.) < 1e-15,
           "of few and of equal energies it is not known");
    expect_words((const slt_real[]){slt_real_of(.9), slt_real_of(.31), slt_real_of(1)},
                 "");
    expect_words((const slt_real[]){slt_real_of(.9), slt_real_of(.29), slt_real_of(.2)},
                 "The E-BFMI of chain 2 is 0.20, below 0.3");
    expect_words((const slt_real[]){slt_real_of(.1), none, slt_real_of(.2)},
                 "The E-BFMI of chain 1 is not known");
}

static void test_arithmetic(slt_arithmetic arithmetic)
{
    test_energies(arithmetic);
    test_normal(arithmetic, 1, 8);
    test_normal(arithmetic, 10, 5);
    test_normal(arithmetic, COPIES_MAX, 11);
    test_quartic(arithmetic);
}

int main(void)
{
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    test_words();
    for (size_t i = 0; i < sizeof arithmetics / sizeof *arithmetics; i++)
        if (slt_num_available(arithmetics[i], NULL) == SLT_OK)
            test_arithmetic(arithmetics[i]);
    slt_pool_free(pool);
    return tap_done();
}
