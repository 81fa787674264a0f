/* What SGLD gives on a quadratic: against printed values and the recursion itself. */
#include "tap.h"

#include <math.h>

#include <sltrace/theory.h>

static bool near(double got, double want, double tolerance)
{
    return fabs(got - want) <= tolerance;
}

/* The mean of the recursion itself, one update after the other. */
static double by_recursion(double h, double nbeta, double gamma, double lr, int draws,
                           int burnin, int between)
{
    double variance = 0, sum = 0, keep = 1 - lr * (nbeta * h + gamma) / 2;
    for (int t = 0; t < burnin + draws * between; t++) {
        if (t >= burnin && (t - burnin) % between == 0)
            sum += nbeta * h * variance / 2;
        variance = keep * keep * variance + lr;
    }
    return sum / draws;
}

static void test_quadratic_sgld(void)
{
    static const struct {
        double lr, want;
    } printed[] = {{1e-4, .4984}, {1e-3, .5153}, {1e-2, .7813}};
    const double one[] = {1};
    for (int i = 0; i < 3; i++) {
        double limit;
        slt_theory_quadratic_sgld(one, 1, 144.76, 1, printed[i].lr, 10, 0, 1, &limit);
        TAP_OK(near(limit, printed[i].want, 5e-5), "stationary at lr %g: %.6f",
               printed[i].lr, limit);
    }
    const double several[] = {.01, 1, 20, 0};
    for (int between = 1; between <= 3; between++)
        for (int burnin = 0; burnin <= 40; burnin += 20) {
            double sum = 0;
            for (int i = 0; i < 4; i++)
                sum += by_recursion(several[i], 80, .5, 1e-3, 300, burnin, between);
            double got = slt_theory_quadratic_sgld(several, 4, 80, .5, 1e-3, 300, burnin,
                                                   between, NULL);
            TAP_OK(near(got / sum, 1, 1e-10), "the recursion, burn-in %d, between %d",
                   burnin, between);
        }
    double limit;
    double free_walk = slt_theory_quadratic_sgld(one, 1, 2, -2, .1, 11, 0, 1, &limit);
    TAP_OK(near(free_walk, by_recursion(1, 2, -2, .1, 11, 0, 1), 1e-12) && isinf(limit),
           "a free walk grows with t and has no limit");
    slt_theory_quadratic_sgld(one, 1, 100, 0, .1, 5, 0, 1, &limit);
    TAP_OK(isinf(limit), "an unstable step has no limit");
}

int main(void)
{
    test_quadratic_sgld();
    return tap_done();
}
