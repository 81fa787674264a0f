/* figure/prediction.c: what chains must give, where it is known otherwise and against
 * chains; and where they leave the quadratic. */
#include "study_sample.h"

#include <math.h>

#include "figure/figure.h"
#include "figure/prediction.h"
#include "theory/spectrum.h"

static slt_error err;

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fabs(b);
}

#define PLANTED "      A: {shape: [1, inputs], init: {kind: teacher, factor: A}}\n"
#define LINEAR "      - {op: linear, in: x, weight: A, out: y}\n"

/* Polynomials of degree 6; `sweep` has seeds. */
#define POLYNOMIAL(weights, ops, llc)                                                    \
    SAMPLE_HEAD("test/prediction")                                                       \
    "sweep:\n  seed: {from: 0, count: 20}\n"                                             \
    "run:\n  arithmetic: f32\n  seed: $seed\n"                                           \
    "  data: {kind: polynomial, samples: 200, degree: 6, scale: 1}\n"                    \
    "  model:\n    weights:\n" weights "    ops:\n" ops "    loss: {op: mse, in: y}\n"   \
    "  llc:\n    - {at: last, " llc "}\n"

#define CHAINS "lr: 1e-3, localization: 1, num_chains: 4, num_draws: 300"

typedef struct found {
    slt_prediction prediction;
    slt_departure departure;
    double llc, mcse;
} found;

/* The run, its estimate and what both say. */
static found compare(const char *text, size_t index, size_t exact_max)
{
    sample_run run = sample_begin(text, index);
    slt_trace *trace = NULL;
    slt_point *point = NULL;
    slt_spectrum spectrum;
    slt_estimates all;
    found out = {.llc = NAN};
    const slt_spectrum_options options = {
        .probes = 6, .steps = 30, .exact_max = exact_max};
    sample_go(&run, NULL);
    if (slt_trace_parse(run.bytes.data, run.bytes.size, "sample", &trace, &err) ||
        slt_estimates_of_trace(trace, &all, &err) ||
        slt_point_create(run.spec, &run.execution.state.weights, &point, &err) ||
        slt_spectrum_make(point, &options, &spectrum, &err) ||
        slt_prediction_compare(point, &spectrum, &all.list[0], 0, &out.prediction,
                               &out.departure, &err))
        tap_bail(err.text);
    out.llc = slt_real_double(all.list[0].found.llc);
    out.mcse = slt_real_double(all.list[0].found.mcse);
    slt_spectrum_free(&spectrum);
    slt_point_free(point);
    slt_estimates_free(&all);
    slt_trace_free(trace);
    sample_end(&run);
    return out;
}

/* ---- Where it is known ------------------------------------------------------------- */

static void test_planted(void)
{
    static const char text[] = POLYNOMIAL(PLANTED, LINEAR, CHAINS);
    slt_manifest *manifest = sample_open(text);
    slt_planted planted = {{0}, {0}};
    if (slt_planted_predict(manifest, 2, 0, &planted, &err))
        tap_bail(err.text);
    const found exact = compare(text, 2, 64), sampled = compare(text, 2, 0);
    const double want = slt_real_double(planted.chain);
    TAP_OK(near(slt_real_double(exact.prediction.llc), want, 1e-5) &&
               near(slt_real_double(exact.prediction.stationary),
                    slt_real_double(planted.stationary), 1e-5),
           "a planted minimum, whose features' curvatures are known: %g of %g",
           slt_real_double(exact.prediction.llc), want);
    TAP_OK(!exact.prediction.error.bits &&
               exact.prediction.coarse.bits == exact.prediction.llc.bits &&
               fabs(slt_real_double(exact.prediction.sloped)) < 1e-6 &&
               exact.prediction.noise == SLT_BATCH_NOISE_NONE,
           "exact, of curvature alone");
    const double error = slt_real_double(sampled.prediction.error);
    TAP_OK(error > 0 &&
               fabs(slt_real_double(sampled.prediction.llc) - want) < 3 * error &&
               near(slt_real_double(sampled.prediction.coarse),
                    slt_real_double(sampled.prediction.llc), .1),
           "sampled: %g +- %.2g", slt_real_double(sampled.prediction.llc), error);
    TAP_OK(near(slt_real_double(sampled.departure.apart),
                (sampled.llc - slt_real_double(sampled.prediction.llc)) /
                    sqrt(sampled.mcse * sampled.mcse + error * error),
                1e-9),
           "apart by %.2f standard errors", slt_real_double(sampled.departure.apart));
    double squares = 0;
    for (size_t i = 0; i < 20; i++) {
        const found all = compare(text, i, 64), few = compare(text, i, 0);
        squares += pow(
            (slt_real_double(few.prediction.llc) - slt_real_double(all.prediction.llc)) /
                slt_real_double(few.prediction.error),
            2);
    }
    TAP_OK(squares / 20 > .4 && squares / 20 < 5,
           "its errors are those that it makes: their mean square is %.2f of them",
           squares / 20);
    const double virial = slt_real_double(exact.prediction.stein_drift) +
                          slt_real_double(exact.prediction.stein_pull);
    TAP_OK(virial > .3 && virial < .9, "chains this short are not settled: %.3f", virial);
    slt_manifest_free(manifest);
}

/* ---- Against chains ---------------------------------------------------------------- */

/* How far the estimates of 20 runs lie from their predictions, in errors of the mean of
 * the differences; and how many left. */
static double distance(const char *text, const char *what, size_t *left, double *noisy)
{
    double sum = 0, squares = 0, expected = 0;
    *left = 0;
    *noisy = 0;
    for (size_t i = 0; i < 20; i++) {
        const found one = compare(text, i, 64);
        const double apart = one.llc - slt_real_double(one.prediction.llc);
        sum += apart;
        squares += apart * apart;
        expected += slt_real_double(one.prediction.llc) / 20;
        *noisy += slt_real_double(one.prediction.noisy) / 20;
        *left += one.departure.left || !one.departure.known;
    }
    const double mean = sum / 20, error = sqrt((squares / 20 - mean * mean) / 19);
    tap_note("%s: predicted %.4f, apart by %.4f +- %.4f, noise %.4f", what, expected,
             mean, error, *noisy);
    return mean / error;
}

#define HALF "      A: {shape: [1, inputs], init: {kind: zero}}\n"

static void test_chains(void)
{
    size_t left;
    double noisy;
    double z =
        distance(POLYNOMIAL(PLANTED, LINEAR, CHAINS), "at a minimum", &left, &noisy);
    TAP_OK(fabs(z) < 3, "chains at a minimum: %.2f errors", z);
    TAP_EQ_U64(left, 0, "none leaves");
    z = distance(POLYNOMIAL(HALF, LINEAR, CHAINS), "on a slope", &left, &noisy);
    TAP_OK(fabs(z) < 3, "chains that run down a slope: %.2f errors", z);
    TAP_EQ_U64(left, 0, "none leaves");
    z = distance(
        POLYNOMIAL(PLANTED, LINEAR, CHAINS ", batch: {size: 20, order: replacement}"),
        "mini batches", &left, &noisy);
    TAP_OK(fabs(z) < 3, "chains of mini batches at a minimum without noise: %.2f errors",
           z);
    TAP_EQ_U64(left, 0, "none leaves");
    z = distance(
        POLYNOMIAL(HALF, LINEAR, CHAINS ", batch: {size: 20, order: epochs}, loss: full"),
        "epochs", &left, &noisy);
    TAP_OK(noisy > 0, "chains of mini batches on a slope: noise is told, %.3f", noisy);
}

/* ---- Where it ends ----------------------------------------------------------------- */

#define TWICE                                                                            \
    "      A: {shape: [3, inputs], init: {kind: zero}}\n"                                \
    "      B: {shape: [1, 3], init: {kind: zero}}\n"
#define TWO_LINEAR                                                                       \
    "      - {op: linear, in: x, weight: A, out: h}\n"                                   \
    "      - {op: square, in: h, out: s}\n"                                              \
    "      - {op: linear, in: s, weight: B, out: y}\n"

static void test_departures(void)
{
    found one =
        compare(POLYNOMIAL(TWICE, TWO_LINEAR,
                           "lr: 1e-2, localization: 1, num_chains: 2, num_draws: 300"),
                0, 64);
    const slt_departure *d = &one.departure;
    TAP_OK(d->known && d->left && d->draw > 0 && d->draw < 299 &&
               slt_real_double(d->expected) == 0,
           "no curvature at all, and yet the loss moves: %g at draw %" PRIu64,
           slt_real_double(d->found), d->draw);
    one = compare(POLYNOMIAL(PLANTED, LINEAR, CHAINS ", store_losses: none"), 0, 64);
    TAP_OK(!one.departure.known, "without losses it is not known");
    slt_manifest *manifest = sample_open(
        POLYNOMIAL(PLANTED, LINEAR,
                   "lr: 1e-3, localization: 1, num_draws: 9, restrict: orthogonal"));
    slt_run_spec *run = calloc(1, sizeof *run);
    if (!run || slt_manifest_run(manifest, 0, run, &err))
        tap_bail(err.text);
    TAP_OK(slt_prediction_check(run, 0, &err) == SLT_FORMAT &&
               strstr(err.text, "restricted"),
           "no law: %s", err.text);
    TAP_OK(slt_prediction_check(run, 1, &err) == SLT_FORMAT, "no estimate: %s", err.text);
    free(run);
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
    test_planted();
    test_chains();
    test_departures();
    return tap_done();
}
