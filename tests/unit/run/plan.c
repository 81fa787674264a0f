/* run/plan.c and plan_cost.c: what is counted grows as the work does. */
#include "study_sample.h"

#include <sltrace/study.h>

static slt_error err;

static slt_plan probed_plan(const char *width, const char *op, unsigned steps,
                            unsigned draws, const char *probes)
{
    char text[1024];
    slt_plan plan;
    snprintf(text, sizeof text,
             SAMPLE_HEAD("test/plan") "run:\n  arithmetic: f32\n  seed: 1\n"
                                      "  data: {kind: constant, samples: 64, inputs: 16, "
                                      "outputs: %s}\n"
                                      "  model:\n    weights:\n"
                                      "      W: {shape: [%s, 16]}\n    ops:\n"
                                      "      - {op: linear, in: x, weight: W, out: h}\n"
                                      "      - {op: %s, in: h, out: y}\n"
                                      "    loss: {op: mse, in: y}\n"
                                      "  train: {optimizer: {kind: sgd, lr: 1}, steps: "
                                      "%u}\n"
                                      "  llc:\n    - {at: last, lr: 1e-3, localization: "
                                      "1, num_draws: %u%s}\n",
             width, width, op, steps, draws, probes);
    slt_manifest *manifest = sample_open(text);
    if (slt_study_plan(manifest, 0, &plan, &err))
        tap_bail(err.text);
    slt_manifest_free(manifest);
    return plan;
}

/* How many times b is a, within a hundredth. */
static bool times(uint64_t a, uint64_t b, double factor)
{
    double found = (double)b / (double)a;
    if (found < 0.99 * factor || found > 1.01 * factor)
        tap_note("expected %g times, found %g", factor, found);
    return found >= 0.99 * factor && found <= 1.01 * factor;
}

/* A flow at three times, with a mark of this kind or with a metric. */
static slt_plan flow_plan(unsigned samples, const char *beside)
{
    char text[1024];
    slt_plan plan;
    snprintf(text, sizeof text,
             SAMPLE_HEAD("test/flow") "run:\n  arithmetic: f64\n  seed: 1\n"
                                      "  data: {kind: constant, samples: %u, inputs: 64, "
                                      "outputs: 1}\n"
                                      "  model:\n    weights:\n"
                                      "      W: {shape: [1, 64]}\n    ops:\n"
                                      "      - {op: linear, in: x, weight: W, out: y}\n"
                                      "    loss: {op: mse, in: y}\n"
                                      "  train:\n    optimizer: {kind: flow}\n"
                                      "    times: [0, 1, 2]\n%s",
             samples, beside);
    slt_manifest *manifest = sample_open(text);
    if (slt_study_plan(manifest, 0, &plan, &err))
        tap_bail(err.text);
    slt_manifest_free(manifest);
    return plan;
}

#define MARK(name, width) "      " name ": {metric: loss, below: 1, width: " width "}\n"

static void test_flow(void)
{
    const slt_plan plain = flow_plan(1000, "");
    TAP_OK(plain.work > 64 * 64 * 1000, "the decomposition of a flow is counted");
    const slt_plan coarse = flow_plan(1000, "    marks:\n" MARK("a", "0.0009765625"));
    const slt_plan fine =
        flow_plan(1000, "    marks:\n" MARK("a", "9.094947017729282e-13"));
    const slt_plan both =
        flow_plan(1000, "    marks:\n" MARK("a", "9.094947017729282e-13")
                            MARK("b", "9.094947017729282e-13"));
    /* From 0 to 1 ten halvings, from 1 to 2 nine. */
    const double look = (double)(coarse.beside_ns - plain.beside_ns) / 9;
    const double each = (double)(fine.beside_ns - coarse.beside_ns) / 30;
    TAP_OK(look > 0 && each > 0.99 * look && each < 1.01 * look,
           "a mark costs its halvings");
    TAP_OK(times(fine.beside_ns - plain.beside_ns, both.beside_ns - plain.beside_ns, 2),
           "each mark its own");
    const slt_plan spread =
        flow_plan(1000, "    metrics: {d: {kind: effective-dimension, value: y}}\n");
    TAP_OK(spread.work > plain.work && spread.beside_ns > plain.beside_ns,
           "a metric of a value costs its products");
}

static slt_plan plan_of(const char *width, const char *op, unsigned steps, unsigned draws)
{
    return probed_plan(width, op, steps, draws, "");
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    slt_plan one = plan_of("16", "relu", 200000, 1),
             twice = plan_of("16", "relu", 400000, 1);
    TAP_OK(times(one.work, twice.work, 2) && times(one.beside_ns, twice.beside_ns, 2),
           "twice the steps cost twice as much");
    slt_plan draws = plan_of("16", "relu", 200000, 200001);
    TAP_OK(draws.work > 2 * one.work && times(one.beside_ns, draws.beside_ns, 2),
           "a draw costs a step and its normals");
    slt_plan trajectories =
        probed_plan("16", "relu", 0, 200001, ", sampler: hmc, leapfrog_steps: 4");
    slt_plan longer =
        probed_plan("16", "relu", 0, 200001, ", sampler: hmc, leapfrog_steps: 8");
    TAP_OK(times(trajectories.work, longer.work, 2) &&
               times(trajectories.beside_ns, longer.beside_ns, 2) &&
               longer.updates == draws.updates,
           "a trajectory costs its steps");
    slt_plan replicas = probed_plan("16", "relu", 0, 200001,
                                    ", sampler: hmc, leapfrog_steps: 4, nbeta: 9, "
                                    "tempering: {nbeta: [3], lr: [1e-3]}");
    TAP_OK(times(trajectories.work, replicas.work, 2) &&
               times(trajectories.beside_ns, replicas.beside_ns, 2) &&
               replicas.memory.chains > trajectories.memory.chains,
           "each replica costs what the chain does");
    slt_plan narrow = plan_of("1", "relu", 200000, 1);
    TAP_OK(3 * narrow.work > one.work && narrow.beside_ns < one.beside_ns,
           "a narrow matrix is worked on by whole registers");
    slt_plan gelu = plan_of("16", "gelu", 200000, 1);
    TAP_OK(gelu.work == one.work && gelu.beside_ns > one.beside_ns,
           "a function costs more than a comparison");
    slt_plan few = plan_of("16", "relu", 0, 1);
    slt_plan ahead = probed_plan("16", "relu", 0, 1, ", hessian_probes: 50000");
    slt_plan exact =
        probed_plan("16", "relu", 0, 1, ", hessian_probes: 50000, hessian_method: exact");
    const double gradients = (double)(ahead.work - few.work) / (double)one.work;
    TAP_OK(gradients > 0.4 && gradients < 0.5, "a probe costs two updates without noise");
    TAP_OK(times(ahead.work, exact.work, 1) && exact.work > ahead.work,
           "exact ones of a place one more");
    TAP_OK(one.beside_ns > 200000 * 100, "and no step is free");
    test_flow();
    return tap_done();
}
