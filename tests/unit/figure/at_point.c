/* figure/at_point.c, and beside.c with it: predictions for a figure's rows, of weights
 * that traces store or that runs start with. */
#include "study_sample.h"

#include <math.h>
#include <unistd.h>

#include "figure/figure.h"
#include "learn/quantity.h"
#include "theory/spectrum.h"

static slt_error err;

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fabs(b);
}

#define PLANTED                                                                          \
    SAMPLE_HEAD("test/at-point")                                                         \
    "sweep:\n  degree: [1, 6]\n  seed: {from: 0, count: 3}\n"                            \
    "run:\n  arithmetic: f64\n  seed: $seed\n"                                           \
    "  data: {kind: polynomial, samples: 50, degree: $degree, scale: 1}\n"               \
    "  model:\n    weights:\n"                                                           \
    "      A: {shape: [1, inputs], init: {kind: teacher, factor: A}}\n"                  \
    "    ops:\n      - {op: linear, in: x, weight: A, out: y}\n"                         \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  llc:\n    - {at: last, lr: 1e-3, localization: 1, num_draws: 100}\n"

#define TRAINED(state)                                                                   \
    SAMPLE_HEAD("test/at-point")                                                         \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 10\n"                   \
    "    checkpoints: {every: 5, at: [0], state: " state "}\n"                           \
    "  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_draws: 12}\n"               \
    "    - {at: checkpoints, lr: 1e-4, localization: 1, num_draws: 12}\n"

static slt_quantity mean_of(uint32_t estimate)
{
    return (slt_quantity){.kind = SLT_QUANTITY_LLC_MEAN, .estimate = estimate};
}

static slt_status predict(const char *text, size_t run, const char *trace,
                          slt_quantity quantity, slt_planted *planted)
{
    slt_manifest *manifest = sample_open(text);
    *planted = (slt_planted){{0}, {0}};
    slt_status status =
        slt_at_point_predict(manifest, run, trace, &quantity, planted, &err);
    slt_manifest_free(manifest);
    return status;
}

/* ---- Without a trace --------------------------------------------------------------- */

static void test_planted(void)
{
    slt_manifest *manifest = sample_open(PLANTED);
    for (size_t run = 0; run < 6; run += 5) {
        slt_planted known = {{0}, {0}}, found;
        slt_status status = slt_planted_predict(manifest, run, 0, &known, &err);
        if (!status)
            status = predict(PLANTED, run, NULL, mean_of(0), &found);
        TAP_OK(
            !status &&
                near(slt_real_double(found.chain), slt_real_double(known.chain), 1e-9) &&
                near(slt_real_double(found.stationary), slt_real_double(known.stationary),
                     1e-9),
            "a planted minimum, from the manifest alone: %g",
            slt_real_double(known.chain));
    }
    slt_manifest_free(manifest);
}

/* A row's line is the mean over its first runs. */
static void test_rows(void)
{
    static const char csv[] =
        "series,x,value,error,n\nllc/mean,1,1,,3\nllc/mean,6,2,,3\n";
    slt_manifest *manifest =
        sample_open(PLANTED "figure:\n  rows: {by: degree}\n"
                            "  theory: {quadratic-at-point: {runs: 2}}\n");
    slt_figure *figure = NULL;
    if (slt_figure_of_csv(manifest, csv, sizeof csv - 1, &figure, &err))
        tap_bail(err.text);
    const slt_theory *theory = slt_figure_theory(figure);
    double mean = 0;
    for (size_t run = 3; run < 5; run++) {
        slt_planted one;
        slt_planted_predict(manifest, run, 0, &one, &err);
        mean += slt_real_double(one.chain) / 2;
    }
    TAP_OK(theory->lines == 2 && near(slt_real_double(theory->value[0][1]), mean, 1e-9),
           "the mean over two runs of a row: %g", mean);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
}

/* ---- With a trace ------------------------------------------------------------------ */

static const char path[] = "at-point.trace";

static void write_trace(const char *text)
{
    slt_buffer bytes = sample_bytes(text, 0, NULL);
    if (slt_io_replace(path, bytes.data, bytes.size, &err))
        tap_bail(err.text);
    slt_buffer_free(&bytes);
}

static void test_trained(void)
{
    slt_planted last, named, before, start;
    write_trace(TRAINED("all"));
    TAP_OK(!predict(TRAINED("all"), 0, path, mean_of(0), &last) &&
               !predict(TRAINED("all"), 0, path, mean_of(1), &named) &&
               last.chain.bits == named.chain.bits,
           "the last one, where no step is named");
    TAP_OK(!predict(TRAINED("all"), 0, path, slt_quantity_at(mean_of(1), 5), &before) &&
               before.chain.bits != last.chain.bits,
           "that of a step");
    TAP_OK(predict(TRAINED("all"), 0, path, slt_quantity_at(mean_of(1), 6), &before) ==
                   SLT_FORMAT &&
               strstr(err.text, "no such estimate"),
           "no step: %s", err.text);
    TAP_OK(predict(TRAINED("all"), 0, NULL, mean_of(0), &before) == SLT_FORMAT &&
               strstr(err.text, "no trace"),
           "no trace: %s", err.text);
    TAP_OK(predict(TRAINED("all"), 0, path, mean_of(2), &before) == SLT_FORMAT,
           "no estimate: %s", err.text);
    write_trace(TRAINED("none"));
    TAP_OK(predict(TRAINED("none"), 0, path, mean_of(0), &before) == SLT_FORMAT &&
               strstr(err.text, "does not store the state of step 10"),
           "no state: %s", err.text);
    TAP_OK(!predict(TRAINED("none"), 0, path, slt_quantity_at(mean_of(1), 0), &start) &&
               start.chain.bits != last.chain.bits,
           "but where it starts");
    unlink(path);
    TAP_OK(predict(TRAINED("none"), 0, path, mean_of(0), &before) == SLT_FILE,
           "no file: %s", err.text);
}

int main(void)
{
    double one = 1, value;
    char folder[] = "/tmp/slt-at-point-XXXXXX";
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    if (slt_theory_spectrum(&one, 1, 1, 1, &value, &err) == SLT_UNFIT) {
        tap_skip("predictions", "LAPACK is missing");
        return tap_done();
    }
    if (!mkdtemp(folder) || chdir(folder))
        tap_bail("no folder");
    test_planted();
    test_rows();
    test_trained();
    rmdir(folder);
    return tap_done();
}
