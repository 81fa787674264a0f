/* figure/planted.c, theory/spectrum.c: what SGLD must give around the minimum of a
 * squared error, where it is known by hand, and against chains. */
#include "study_sample.h"

#include <math.h>

#include <sltrace/theory.h>

#include "figure/figure.h"
#include "theory/spectrum.h"

static slt_error err;

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fabs(b);
}

/* ---- Spectra ----------------------------------------------------------------------- */

static void test_spectrum(void)
{
    static const double diagonal[] = {3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0};
    static const double wide[] = {3, 0, 0, 0, 0, 1, 0, 0};
    double values[3];
    TAP_OK(!slt_theory_spectrum(diagonal, 4, 3, 0.5, values, &err) &&
               near(values[0], 0.5, 1e-14) && near(values[1], 2, 1e-14) &&
               near(values[2], 4.5, 1e-14),
           "a tall diagonal: %s", err.text);
    TAP_OK(!slt_theory_spectrum(wide, 2, 4, 2, values, &err) &&
               near(values[0], 2, 1e-14) && near(values[1], 18, 1e-14),
           "a wide one, of its lesser side");
    static const double ones[] = {1, 1, 1, 1, 1, 1};
    TAP_OK(!slt_theory_spectrum(ones, 3, 2, 1, values, &err) && values[0] < 1e-14 &&
               values[0] >= 0 && near(values[1], 6, 1e-14),
           "rank 1");
    TAP_OK(slt_theory_spectrum(ones, SLT_SPECTRUM_MAX + 1, SLT_SPECTRUM_MAX + 1, 1,
                               values, &err) == SLT_UNFIT,
           "too large: %s", err.text);
    TAP_OK(near(slt_theory_nbeta(500), 80.456, 1e-4), "n / ln n");
}

/* ---- By hand ----------------------------------------------------------------------- */

#define CONSTANT(weights, op, loss, llc)                                                 \
    SAMPLE_HEAD("test/planted")                                                          \
    "run:\n  arithmetic: f64\n  seed: 1\n"                                               \
    "  data: {kind: constant, samples: 8, inputs: 3, outputs: 2, x_value: 0.5}\n"        \
    "  model:\n    weights:\n" weights "    ops:\n" op "    loss: {" loss                \
    "op: mse, in: y}\n  llc:\n    - {at: last, lr: 1e-2, localization: 0.5, " llc "}\n"

#define WEIGHT "      W: {shape: [2, 3], init: {kind: zero}}\n"
#define BIAS "      b: {shape: [2], init: {kind: zero}}\n"
#define LINEAR "      - {op: linear, in: x, weight: W, out: y}\n"
#define WITH_BIAS "      - {op: linear, in: x, weight: W, bias: b, out: y}\n"
#define CHAIN "nbeta: 4, num_draws: 50, num_burnin_steps: 3, num_steps_bw_draws: 2"

static slt_status predict(const char *text, slt_planted *planted)
{
    slt_manifest *manifest = sample_open(text);
    err.text[0] = 0;
    slt_status status = slt_planted_predict(manifest, 0, 0, planted, &err);
    slt_manifest_free(manifest);
    return status;
}

/* All features equal: one direction of curvature h for each of two outputs. */
static void gives(const char *text, double h, double nbeta, const char *name)
{
    slt_planted planted;
    double stationary;
    slt_status status = predict(text, &planted);
    double chain =
        2 * slt_theory_quadratic_sgld(&h, 1, nbeta, 0.5, 1e-2, 50, 3, 2, &stationary);
    if (!TAP_OK(!status && near(slt_real_double(planted.chain), chain, 1e-12) &&
                    near(slt_real_double(planted.stationary), 2 * stationary, 1e-12),
                "%s", name))
        tap_note("%s %g, expected %g", err.text, slt_real_double(planted.chain), chain);
}

static void test_by_hand(void)
{
    double square = 3 * 0.5 * 0.5;
    gives(CONSTANT(WEIGHT, LINEAR, "", CHAIN), square, 4,
          "the mean over samples and outputs: 2 / (N O) X'X");
    gives(CONSTANT(WEIGHT, LINEAR, "mean_over: [samples], ", CHAIN), 2 * square, 4,
          "over samples");
    gives(CONSTANT(WEIGHT, LINEAR, "mean_over: [], ", CHAIN), 16 * square, 4, "a sum");
    gives(CONSTANT(WEIGHT BIAS, WITH_BIAS, "", CHAIN), square + 1, 4,
          "a bias is a feature of ones");
    gives(CONSTANT(WEIGHT, LINEAR, "",
                   "num_draws: 50, num_burnin_steps: 3, num_steps_bw_draws: 2"),
          square, 8 / log(8), "nbeta of the samples");
}

static void refuses(const char *text, const char *message)
{
    slt_planted planted;
    slt_status status = predict(text, &planted);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, message), "none: %s", message))
        tap_note("%s", err.text);
}

static void test_refusals(void)
{
    refuses(SAMPLE_MANIFEST, "the model is not one trained linear op");
    refuses(CONSTANT("      W: {shape: [2, 3], init: {kind: zero}, trainable: false}\n"
                     "      b: {shape: [2], init: {kind: zero}}\n",
                     WITH_BIAS, "", CHAIN),
            "the model is not one trained linear op");
    refuses(CONSTANT(WEIGHT, LINEAR, "", CHAIN ", batch: {size: 4}"), "mini batches");
    refuses(CONSTANT(WEIGHT, LINEAR, "", CHAIN ", restrict: orthogonal"), "restricted");
    refuses(CONSTANT(WEIGHT, LINEAR, "", CHAIN ", sampler: sghmc"),
            "no law is known for the sampler");
    refuses(CONSTANT(WEIGHT, LINEAR, "", CHAIN ", sampler: rmsprop-sgld"),
            "no law is known for the sampler");
}

/* ---- Against chains ---------------------------------------------------------------- */

#define SEEDS 10

/* Figure 5's setting: polynomials planted at their coefficients, x ~ U[-1, 1]. */
#define POLYNOMIAL                                                                       \
    SAMPLE_HEAD("test/polynomial")                                                       \
    "sweep:\n  degree: [1, 10, 100]\n  seed: {from: 0, count: 10}\n"                     \
    "run:\n  arithmetic: f32\n  seed: $seed\n"                                           \
    "  data: {kind: polynomial, samples: 500, degree: $degree, scale: 1}\n"              \
    "  model:\n    weights:\n"                                                           \
    "      A: {shape: [1, inputs], init: {kind: teacher, factor: A}}\n"                  \
    "    ops:\n      - {op: linear, in: x, weight: A, out: y}\n"                         \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  llc:\n    - {at: last, lr: 1e-3, localization: 1, nbeta: n/ln(n),\n"              \
    "       num_chains: 4, num_draws: 2000}\n"

static double estimate(size_t run)
{
    slt_trace *trace = sample_trace(POLYNOMIAL, run);
    const slt_result *result = sample_result(trace, "llc/mean");
    double value = result ? slt_real_double(result->value) : NAN;
    slt_trace_free(trace);
    return value;
}

/* Forty chains have a Monte Carlo error of about 2 % of their mean, four of 6 %. */
static void test_polynomials(void)
{
    static const char *const degrees[] = {"1", "10", "100"};
    const size_t seeds = tap_times(SEEDS, 1);
    const double tolerance = seeds == SEEDS ? 0.05 : 0.15;
    slt_manifest *manifest = sample_open(POLYNOMIAL);
    for (size_t degree = 0; degree < 3; degree++) {
        double ours = 0, predicted = 0;
        for (size_t seed = 0; seed < seeds; seed++) {
            slt_planted planted = {{0}, {0}};
            if (slt_planted_predict(manifest, degree * SEEDS + seed, 0, &planted, &err))
                tap_bail(err.text);
            predicted += slt_real_double(planted.chain) / (double)seeds;
            ours += estimate(degree * SEEDS + seed) / (double)seeds;
        }
        TAP_OK(near(ours, predicted, tolerance), "degree %s: %.3f, predicted %.3f",
               degrees[degree], ours, predicted);
    }
    slt_manifest_free(manifest);
}

/* A row's line is the mean over its runs; rows of no estimate have none. */
static void test_rows(void)
{
    static const char csv[] = "series,x,value,error,n\n"
                              "llc,1,1,,10\nllc,10,2,,10\nlost,10,3,,10\n";
    slt_manifest *manifest =
        sample_open(POLYNOMIAL "figure:\n  rows: [{name: llc, by: degree},\n"
                               "         {name: lost, by: degree, value: loss}]\n"
                               "  theory: {planted-quadratic: {}}\n");
    slt_figure *figure = NULL;
    if (slt_figure_of_csv(manifest, csv, sizeof csv - 1, &figure, &err))
        tap_bail(err.text);
    const slt_theory *theory = slt_figure_theory(figure);
    double mean = 0, endless = 0;
    for (size_t seed = 0; seed < SEEDS; seed++) {
        slt_planted planted = {{0}, {0}};
        slt_planted_predict(manifest, SEEDS + seed, 0, &planted, &err);
        mean += slt_real_double(planted.chain) / SEEDS;
        endless += slt_real_double(planted.stationary) / SEEDS;
    }
    TAP_EQ_U64(theory->lines, 2, "two lines");
    TAP_OK(near(slt_real_double(theory->value[0][1]), mean, 1e-12) &&
               near(slt_real_double(theory->value[1][1]), endless, 1e-12),
           "the mean over the runs of a row");
    TAP_OK(!slt_real_finite(theory->value[0][2]), "none beside rows of a loss");
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

int main(void)
{
    double one = 1, value;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    if (slt_theory_spectrum(&one, 1, 1, 1, &value, &err) == SLT_UNFIT) {
        tap_skip("predictions", "LAPACK is missing");
        return tap_done();
    }
    test_spectrum();
    test_by_hand();
    test_refusals();
    test_polynomials();
    test_rows();
    return tap_done();
}
