/* Restricted chains on quadratics, from where their slope is far from zero: the estimate
 * is that of the potential with one direction less, or that of a block of the Hessian. */
#include <math.h>

#include <sltrace/theory.h>

#include "num/scalar.h"
#include "theory/sgld_law.h"
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
    TAP_OK(error <= sharp * fabs(want) && fabs(mean - want) <= 4 * error,
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

/* H and the gradient at 0 of least squares of one output by three weights. */
static slt_llc_spec *regression(slt_arithmetic arithmetic, double h[3][3], double g[3])
{
    system_begin(&run, arithmetic, 8);
    system_teacher_data(&run, 9, 3, 1, 1, 1);
    system_weight(&run, "W", 1, 3);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 2e-3, 1, 60, 128, 1000);
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
    return spec;
}

/* Curvatures differ, and the gradient at 0 is no eigenvector of the Hessian. */
static void test_regression(slt_arithmetic arithmetic)
{
    double h[3][3] = {{0}}, g[3] = {0}, curvatures[2];
    regression(arithmetic, h, g)->orthogonal = true;
    plane_curvatures(h, g, curvatures);
    check_estimate(
        "different curvatures",
        slt_theory_quadratic_sgld(curvatures, 2, 60, 1, 2e-3, 1000, 0, 1, NULL), 0.02);
}

/* The first weight and the third alone: their block of H, and the slope there along its
 * two eigenvectors. */
static void test_block(slt_arithmetic arithmetic)
{
    double h[3][3] = {{0}}, g[3] = {0};
    slt_llc_spec *spec = regression(arithmetic, h, g);
    run.model.blocks[0] =
        (slt_block_spec){.name = "ends",
                         .parts = {{"W", {0, 0}, {0, 1}}, {"W", {0, 0}, {2, 1}}},
                         .part_count = 2};
    run.model.block_count = 1;
    spec->restricted = (slt_restrict_spec){.blocks = {"ends"}, .block_count = 1};
    spec->num_burnin_steps = 200;
    const double turn = atan2(2 * h[0][2], h[0][0] - h[2][2]) / 2;
    slt_curvature two[2] = {{0}};
    for (size_t i = 0; i < 2; i++) {
        const double a = cos(turn + (double)i * acos(0)),
                     b = sin(turn + (double)i * acos(0));
        two[i].value = a * a * h[0][0] + 2 * a * b * h[0][2] + b * b * h[2][2];
        two[i].directions = 1;
        two[i].slope = (a * g[0] + b * g[2]) * (a * g[0] + b * g[2]);
    }
    const slt_sgld_chain chain = {.nbeta = 60,
                                  .localization = 1,
                                  .lr = 2e-3,
                                  .draws = 1000,
                                  .burnin = 200,
                                  .between = 1};
    slt_sgld_law law;
    slt_theory_sgld_law(two, 2, &chain, &law, NULL);
    check_estimate("a block with a slope", law.curved + law.sloped, 0.02);
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
    test_block(SLT_F32);
    test_block(SLT_F64);
    test_block(SLT_FIXED);
    return tap_done();
}
