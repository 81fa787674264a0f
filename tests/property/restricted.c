/* Restricted chains on quadratics, from where their slope is far from zero: the estimate
 * is that of the potential with one direction less. */
#include <math.h>

#include <sltrace/theory.h>

#include "num/scalar.h"
#include "chain_sample.h"

static double variance_of_mean(const double *values, size_t count, double *mean)
{
    double sum = 0, square = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    *mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        square += (values[i] - *mean) * (values[i] - *mean);
    return square / (double)(count * (count - 1));
}

/* The estimate over the spec's chains agrees with `want` within 4 standard errors, which
 * are at most `sharp` of it. */
static void check_estimate(const char *name, double want, double sharp)
{
    const slt_llc_spec *spec = &run.llc[0];
    scene open;
    double estimates[256], mean;
    open_scene(&open, 0);
    const slt_llc_setup *setup = slt_sampler_setup(open.sampler);
    for (size_t i = 0; i < spec->num_chains; i++) {
        walk path = open_walk(&open, (uint32_t)i);
        slt_chain_advance(path.worker, &path.chain, UINT64_MAX);
        slt_real loss = slt_real_mean(path.chain.losses, (size_t)spec->num_draws);
        estimates[i] = slt_real_double(
            slt_real_mul(setup->nbeta, slt_real_sub(loss, setup->init_loss)));
        close_walk(&path);
    }
    double error = sqrt(variance_of_mean(estimates, spec->num_chains, &mean));
    TAP_OK(error <= sharp * want && fabs(mean - want) <= 4 * error,
           "%s, %s: %.4f (%.4f), predicted %.4f", name,
           slt_arithmetic_name(run.arithmetic), mean, error, want);
    close_scene(&open);
}

/* 1/2 h w^2 a copy, from a point where its slope is far from zero: 3 of 4 copies are
 * left. */
static void test_copies(slt_arithmetic arithmetic)
{
    const double h = 2 * 0.75 * 0.75;
    system_begin(&run, arithmetic, 77);
    system_constant_data(&run, 4, 4, 0.75, 1);
    system_normal(system_weight(&run, "W", 4, 1), 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 1e-3, 1, 150, 128, 400);
    spec->orthogonal = true;
    double one = slt_theory_quadratic_sgld(&h, 1, 150, 1, 1e-3, 400, 0, 1, NULL);
    check_estimate("equal curvatures", 3 * one, 0.02);
}

/* Eigenvalues of H on the plane orthogonal to g, of a symmetric 3 x 3 H: with p and q an
 * orthonormal base of the plane, those of [p'Hp p'Hq; p'Hq q'Hq]. */
static void plane_curvatures(double h[3][3], const double g[3], double out[2])
{
    const double length = sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
    double n[3], base[2][3], small[3] = {0};
    for (size_t i = 0; i < 3; i++)
        n[i] = g[i] / length;
    const double flat = hypot(n[0], n[1]);
    base[0][0] = -n[1] / flat, base[0][1] = n[0] / flat, base[0][2] = 0;
    base[1][0] = -n[2] * base[0][1], base[1][1] = n[2] * base[0][0];
    base[1][2] = n[0] * base[0][1] - n[1] * base[0][0];
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            small[0] += base[0][i] * h[i][j] * base[0][j];
            small[1] += base[0][i] * h[i][j] * base[1][j];
            small[2] += base[1][i] * h[i][j] * base[1][j];
        }
    }
    const double half = (small[0] + small[2]) / 2;
    const double gap = hypot((small[0] - small[2]) / 2, small[1]);
    out[0] = half - gap;
    out[1] = half + gap;
}

/* Least squares of one output: curvatures differ, and the gradient at 0 is no eigenvector
 * of the Hessian. */
static void test_regression(slt_arithmetic arithmetic)
{
    double h[3][3] = {{0}}, g[3] = {0}, curvatures[2];
    system_begin(&run, arithmetic, 8);
    system_teacher_data(&run, 9, 3, 1, 1, 1);
    system_weight(&run, "W", 1, 3);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 2e-3, 1, 60, 128, 1000);
    spec->orthogonal = true;
    scene open;
    open_scene(&open, 0);
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    for (size_t s = 0; s < 9; s++) {
        double x[3], y = slt_real_double(slt_tensor_get(&all->target, s));
        for (size_t i = 0; i < 3; i++)
            x[i] = slt_real_double(slt_tensor_get(&all->input[0], 3 * s + i));
        for (size_t i = 0; i < 3; i++) {
            g[i] -= 2.0 / 9 * y * x[i];
            for (size_t j = 0; j < 3; j++)
                h[i][j] += 2.0 / 9 * x[i] * x[j];
        }
    }
    close_scene(&open);
    plane_curvatures(h, g, curvatures);
    check_estimate(
        "different curvatures",
        slt_theory_quadratic_sgld(curvatures, 2, 60, 1, 2e-3, 1000, 0, 1, NULL), 0.02);
}

int main(void)
{
    system_start();
    test_copies(SLT_F32);
    test_copies(SLT_F64);
    test_copies(SLT_FIXED);
    test_regression(SLT_F32);
    test_regression(SLT_F64);
    test_regression(SLT_FIXED);
    return tap_done();
}
