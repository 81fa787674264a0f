/* The law of SGLD on a quadratic: against the recursion itself, against the closed form
 * without slopes, and against simulated chains. */
#include "tap.h"

#include <math.h>

#include <sltrace/theory.h>

#include "random.h"
#include "theory/sgld_law.h"

static bool near(double got, double want, double tolerance)
{
    return fabs(got - want) <= tolerance * (1 + fabs(want));
}

/* ---- The recursion of mean and variance, one update after the other ---------------- */

typedef struct expected {
    double llc, force, pull;
    slt_sgld_draw draws[600];
} expected;

static void follow_recursion(const slt_curvature *c, const slt_sgld_chain *chain,
                             expected *sum)
{
    const double a = chain->lr * (chain->nbeta * c->value + chain->localization) / 2;
    const double g = sqrt(c->slope), kick = chain->lr * chain->nbeta / 2;
    const double source = chain->lr * c->directions + kick * kick * c->noise;
    double m = 0, v = 0, quiet = 0;
    uint64_t draw = 0;
    for (uint64_t t = 0; draw < chain->draws; t++) {
        if (t >= chain->burnin && (t - chain->burnin) % chain->between == 0) {
            const double share = chain->nbeta / (double)chain->draws;
            const double one = quiet / (c->directions > 0 ? c->directions : 1);
            sum->llc += share * (g * m + c->value * (m * m + v) / 2);
            sum->force += share * (g * m + c->value * (m * m + v));
            sum->pull += chain->localization * (m * m + v) / (double)chain->draws;
            sum->draws[draw].mean += g * m + c->value * (m * m + quiet) / 2;
            sum->draws[draw].variance +=
                (g + c->value * m) * (g + c->value * m) * one +
                c->directions * c->value * c->value * one * one / 2;
            sum->draws[draw].third +=
                3 * (g + c->value * m) * (g + c->value * m) * c->value * one * one +
                c->directions * pow(c->value * one, 3);
            draw++;
        }
        m = (1 - a) * m - kick * g;
        v = (1 - a) * (1 - a) * v + source;
        quiet = (1 - a) * (1 - a) * quiet + chain->lr * c->directions;
    }
}

static void test_recursion(const char *what, const slt_curvature *list, size_t count,
                           const slt_sgld_chain *chain)
{
    static expected want;
    static slt_sgld_draw draws[600];
    double size = 0, worst = 0;
    slt_sgld_law law;
    memset(&want, 0, sizeof want);
    for (size_t i = 0; i < count; i++) {
        follow_recursion(&list[i], chain, &want);
        size += list[i].directions;
    }
    slt_theory_sgld_law(list, count, chain, &law, draws);
    for (size_t i = 0; i < chain->draws; i++) {
        const slt_sgld_draw *got = &draws[i], *sure = &want.draws[i];
        worst = fmax(worst, fabs(got->mean - sure->mean) / (1e-9 + fabs(sure->mean)));
        worst =
            fmax(worst, fabs(got->variance - sure->variance) / (1e-9 + sure->variance));
        worst = fmax(worst, fabs(got->third - sure->third) / (1e-9 + fabs(sure->third)));
    }
    TAP_OK(near(law.curved + law.sloped + law.noisy, want.llc, 1e-9), "%s: LLC %.9g %.9g",
           what, law.curved + law.sloped + law.noisy, want.llc);
    TAP_OK(near(law.stein_drift, want.force / size, 1e-9) &&
               near(law.stein_pull, want.pull / size, 1e-9),
           "%s: the terms of the Stein ratio, %.9g and %.9g", what, law.stein_drift,
           law.stein_pull);
    TAP_OK(worst < 1e-8, "%s: three cumulants of each draw, within %.1g", what, worst);
}

static void test_recursions(void)
{
    static const slt_curvature mixed[] = {{2, 1, .3, 0},     {1e-9, 4, 0, 0},
                                          {0, 3, .01, 0},    {-.05, 1, .2, 0},
                                          {-1.5, .5, .1, 0}, {40, 1, 0, 7}};
    static const slt_curvature odd[] = {{300, 1, .4, 0}, {350, 2, 0, 0}};
    static const slt_curvature level[] = {{-1, 2, .4, .1}};
    test_recursion("mixed", mixed, 6, &(slt_sgld_chain){20, 1, 1e-3, 200, 0, 1});
    test_recursion("burn-in and stride", mixed, 6,
                   &(slt_sgld_chain){20, 1, 1e-3, 100, 37, 3});
    test_recursion("beyond 1 and 2", odd, 2, &(slt_sgld_chain){1, 2, 1e-2, 50, 2, 2});
    test_recursion("pull 0", level, 1, &(slt_sgld_chain){5, 5, 1e-2, 50, 2, 2});
    test_recursion("no step at all", mixed, 6, &(slt_sgld_chain){20, 1, 1e-3, 1, 0, 1});
}

static void test_special_cases(void)
{
    static const double h[] = {.01, 1, 20, 0};
    slt_curvature list[4];
    double limit;
    slt_sgld_law law;
    const slt_sgld_chain chain = {80, .5, 1e-3, 300, 20, 3};
    for (size_t i = 0; i < 4; i++)
        list[i] = (slt_curvature){.value = h[i], .directions = 1};
    double want = slt_theory_quadratic_sgld(h, 4, 80, .5, 1e-3, 300, 20, 3, &limit);
    slt_theory_sgld_law(list, 4, &chain, &law, NULL);
    TAP_OK(near(law.curved, want, 1e-13) && law.sloped == 0 && law.noisy == 0,
           "without slopes it is the closed form: %.12g %.12g", law.curved, want);
    TAP_OK(near(law.stationary, limit, 1e-13), "and its limit: %.12g %.12g",
           law.stationary, limit);
    const slt_sgld_chain longest = {80, .5, 1e-4, 3000000, 0, 1};
    slt_theory_sgld_law(list, 4, &longest, &law, NULL);
    TAP_OK(near(law.stein_drift + law.stein_pull, 1, 2e-2),
           "a settled chain has a ratio of 1: %.4f", law.stein_drift + law.stein_pull);
    const slt_curvature sloped[] = {{2, 3, .4, .1}, {-.01, 1, .2, .3}};
    const slt_sgld_chain settled = {20, 1, 1e-2, 2, 100000, 1};
    slt_theory_sgld_law(sloped, 2, &settled, &law, NULL);
    TAP_OK(near(law.stationary, law.curved + law.sloped + law.noisy, 1e-12),
           "the limit of slopes and noise too: %g", law.stationary);
    const slt_curvature hill = {-1, 2, 0, 0}, steep = {1e5, 3, 0, 0};
    slt_theory_sgld_law(&hill, 1, &chain, &law, NULL);
    TAP_OK(law.growing == 2 && isinf(law.stationary) && law.curved < 0,
           "a hill has no limit, and lowers the loss: %g", law.curved);
    slt_theory_sgld_law(&steep, 1, &chain, &law, NULL);
    TAP_OK(law.unstable == 3 && isinf(law.stationary) && !isfinite(law.curved),
           "a step that is too large leaves the numbers");
}

/* ---- Simulated chains -------------------------------------------------------------- */

enum { DIRECTIONS = 5, CHAINS = 400, DRAWS = 300 };

static double normal(void)
{
    double u = ((double)(random_word() >> 11) + .5) * 0x1p-53;
    double angle = (double)(random_word() >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * angle);
}

static void test_simulation(void)
{
    static const slt_curvature list[DIRECTIONS] = {
        {3, 1, .5, 0}, {.2, 1, .01, 0}, {0, 1, 0, 0}, {-.1, 1, .02, 0}, {30, 1, 0, 0}};
    static double last[CHAINS];
    static slt_sgld_draw draws[DRAWS];
    const slt_sgld_chain chain = {25, 2, 4e-3, DRAWS, 0, 1};
    random_state = 5;
    double sum = 0, squares = 0, end = 0, ends = 0;
    slt_sgld_law law;
    slt_theory_sgld_law(list, DIRECTIONS, &chain, &law, draws);
    for (int c = 0; c < CHAINS; c++) {
        double x[DIRECTIONS] = {0}, llc = 0;
        for (int t = 0; t < DRAWS; t++) {
            double at = 0;
            for (int i = 0; i < DIRECTIONS; i++) {
                const double g = sqrt(list[i].slope), h = list[i].value;
                at += g * x[i] + h * x[i] * x[i] / 2;
                x[i] += sqrt(chain.lr) * normal() -
                        chain.lr / 2 *
                            (chain.nbeta * (g + h * x[i]) + chain.localization * x[i]);
            }
            llc += chain.nbeta * at / DRAWS;
            last[c] = at;
        }
        sum += llc;
        squares += llc * llc;
        end += last[c];
        ends += last[c] * last[c];
    }
    const double mean = sum / CHAINS;
    const double mcse = sqrt((squares / CHAINS - mean * mean) / CHAINS);
    const double want = law.curved + law.sloped;
    TAP_OK(fabs(mean - want) < 3 * mcse, "%d chains: %.4f +- %.4f, the law %.4f", CHAINS,
           mean, mcse, want);
    end /= CHAINS;
    const double spread = ends / CHAINS - end * end;
    TAP_OK(fabs(end - draws[DRAWS - 1].mean) < 3 * sqrt(spread / CHAINS),
           "their last losses: %.4f, the law %.4f", end, draws[DRAWS - 1].mean);
    TAP_OK(fabs(spread / draws[DRAWS - 1].variance - 1) < .3,
           "the variance of their last losses: %.4f, the law %.4f", spread,
           draws[DRAWS - 1].variance);
}

/* Quantiles of chi-squared distributions, as tables have them. */
static void test_rarity(void)
{
    static const struct {
        double freedom, quantile, sigmas;
    } known[] = {{4, 18.4668, 3.0902},
                 {4, .2070, 2.5758},
                 {10, 29.588, 3.0902},
                 {10, 9.3418, 0},
                 {1000, 1106.97, 2.3263}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const double k = known[i].freedom, x = known[i].quantile - k;
        TAP_OK(fabs(slt_theory_rarity(x, 2 * k, 8 * k) - known[i].sigmas) < .15 &&
                   fabs(slt_theory_rarity(-x, 2 * k, -8 * k) - known[i].sigmas) < .15,
               "%g of %g degrees of freedom: %.3f", known[i].quantile, k,
               slt_theory_rarity(x, 2 * k, 8 * k));
    }
    TAP_OK(near(slt_theory_rarity(-6, 4, 0), 3, 1e-12), "a normal number");
}

/* Draws of mean 10 and variance 4: where do chains leave? */
static size_t leave(const double *mean, slt_departing rule)
{
    slt_sgld_draw law[8];
    for (int i = 0; i < 8; i++)
        law[i] = (slt_sgld_draw){10, 4, 0};
    return slt_theory_departure(mean, law, 8, &rule);
}

static void test_departure(void)
{
    static const double out[8] = {10, 21, 21, 10, 21, 21, 21, 10};
    static const double near_out[8] = {19, 19, 19, 19, 19, 19, 19, 19};
    static const double low[8] = {10, 10, -1, -1, -1, -1, -1, -1};
    const slt_departing one = {.chains = 1};
    TAP_EQ_U64(leave(out, one), 4, "the first of three in a row");
    TAP_EQ_U64(leave(near_out, one), 8, "4.5 deviations are none");
    TAP_EQ_U64(leave(low, one), 2, "below as above");
    TAP_EQ_U64(leave(near_out, (slt_departing){.chains = 2}), 0,
               "the mean of two chains has less variance");
    TAP_EQ_U64(leave(out, (slt_departing){.chains = 1, .spread = .1}), 8,
               "batches have a spread of their own");
    TAP_EQ_U64(leave(out, (slt_departing){.chains = 4, .spread = .1}), 4,
               "which is less in the mean of chains");
    TAP_EQ_U64(leave(out, (slt_departing){.chains = 1, .error = .1}), 8,
               "the law has an error");
    TAP_EQ_U64(leave(out, (slt_departing){.chains = 1000, .error = .25}), 8,
               "which is not less");
    TAP_EQ_U64(leave(out, (slt_departing){1, 0, 0, 100, .1}), 8,
               "rounding is no departure");
    TAP_EQ_U64(leave(out, (slt_departing){1, 0, 0, 80, .1}), 4,
               "but what is beyond it is");
    static const double rare[3] = {1, 1, 1};
    const slt_sgld_draw skewed[3] = {{10, 20, 80}, {10, 20, 80}, {10, 20, 80}};
    TAP_OK(slt_theory_departure(rare, skewed, 3, &one) == 3 &&
               slt_theory_departure(rare, skewed, 3, &(slt_departing){.chains = 4}) == 0,
           "the mean of chains is less skewed");
    slt_sgld_draw wild[3] = {{1, NAN, 0}, {1, NAN, 0}, {1, NAN, 0}};
    TAP_EQ_U64(slt_theory_departure(out, wild, 3, &one), 0,
               "a law without numbers is left at once");
}

int main(void)
{
    test_departure();
    test_rarity();
    test_recursions();
    test_special_cases();
    test_simulation();
    return tap_done();
}
