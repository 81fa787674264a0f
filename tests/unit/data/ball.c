/* data/ball.c: samples by their law, typical and not, and the error of a plane against
 * the share of many samples that it has wrong. */
#include "data/data.h"

#include <math.h>

#include "nets.h"
#include "num/ball.h"

static const slt_seed seed = {.key = 41};

typedef struct parameters {
    slt_real push, squares_from;
    bool outer;
} parameters;

static slt_data_spec spec_of(size_t samples, size_t inputs, double gap,
                             const parameters *own)
{
    slt_data_spec spec = {.kind = SLT_DATA_BALL,
                          .samples = samples,
                          .inputs = inputs,
                          .gap = slt_real_of(gap)};
    if (own)
        memcpy(spec.own, own, sizeof *own);
    return spec;
}

static double at(const slt_tensor *tensor, size_t row, size_t col)
{
    return slt_real_double(slt_tensor_get(tensor, row * tensor->cols + col));
}

static slt_data make(const slt_data_spec *spec, slt_arithmetic arithmetic)
{
    slt_data data;
    slt_error err = {0};
    if (slt_data_make(spec, "", arithmetic, seed, &data, &err))
        tap_bail(err.text);
    return data;
}

/* The place of a sample in its ball, and its radius there. */
static double place(const slt_data *data, double gap, size_t row, size_t col)
{
    return at(&data->train.input[0], row, col) -
           (col ? 0 : gap * at(&data->train.target, row, 0));
}

static double radius(const slt_data *data, double gap, size_t row)
{
    double sum = 0;
    for (size_t j = 0; j < data->train.input[0].cols; j++)
        sum += pow(place(data, gap, row, j), 2);
    return sqrt(sum);
}

/* r^D is uniform on [0, 1], and each coordinate has the second moment 1 / (D + 2). */
static void test_uniform(slt_arithmetic arithmetic, size_t inputs)
{
    enum { SAMPLES = 20000 };
    const slt_data_spec spec = spec_of(SAMPLES, inputs, 1.5, NULL);
    slt_data data = make(&spec, arithmetic);
    double first = 0, second = 0, moment[2] = {0}, most = 0;
    size_t wrong = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        const double r = radius(&data, 1.5, s), u = pow(r, (double)inputs);
        first += u / SAMPLES;
        second += u * u / SAMPLES;
        most = fmax(most, r);
        for (size_t j = 0; j < inputs; j++)
            moment[j > 0] +=
                pow(place(&data, 1.5, s, j), 2) / SAMPLES / (j ? (double)inputs - 1 : 1);
        wrong += at(&data.train.target, s, 0) != (s < SAMPLES / 2 ? 1 : -1);
    }
    const double want = 1 / ((double)inputs + 2);
    TAP_OK(wrong == 0 && most < 1 + 1e-6 && fabs(first - 0.5) < 0.012 &&
               fabs(second - 1.0 / 3) < 0.012,
           "%s: r^%zu is uniform", slt_arithmetic_name(arithmetic), inputs);
    TAP_OK(fabs(moment[0] - want) < 0.02 * want + 0.005 &&
               (inputs == 1 || fabs(moment[1] - want) < 0.02 * want + 0.005),
           "in every direction alike");
    TAP_EQ_U64(slt_data_functions(&spec, arithmetic),
               slt_functions_of_normals(arithmetic) |
                   slt_functions_of_exponentials(arithmetic),
               "what its draws call");
    slt_data_free(&data);
}

/* A push of 10 makes x_1 and x_2 nearly r / sqrt(2) with the class's sign. */
static void test_pushed(slt_arithmetic arithmetic)
{
    enum { SAMPLES = 4000 };
    const parameters own = {slt_real_of(10), slt_real_of(0.8), true};
    const slt_data_spec spec = spec_of(SAMPLES, 5, 0.5, &own);
    slt_data data = make(&spec, arithmetic);
    double mean = 0, least = 2, most = 0, side = 2;
    for (size_t s = 0; s < SAMPLES; s++) {
        const double r = radius(&data, 0.5, s), y = at(&data.train.target, s, 0);
        mean += r * r / SAMPLES;
        least = fmin(least, r * r);
        most = fmax(most, r * r);
        for (size_t j = 0; j < 2; j++)
            side = fmin(side, y * place(&data, 0.5, s, j));
    }
    TAP_OK(fabs(mean - 0.9) < 0.004 && least > 0.8 - 1e-6 && most < 1 + 1e-6,
           "%s: the squared radius is uniform on [.8, 1]",
           slt_arithmetic_name(arithmetic));
    TAP_OK(side > 0.25, "and samples lie to their class's side: %g", side);
    TAP_EQ_U64(slt_data_functions(&spec, arithmetic),
               slt_functions_of_normals(arithmetic), "what its draws call");
    slt_data_free(&data);
}

static double error_of(const slt_data_spec *spec, const double *weight, double bias)
{
    slt_tensor w = nets_tensor(SLT_FIXED, 1, spec->inputs);
    for (size_t j = 0; j < spec->inputs; j++)
        slt_tensor_set(&w, j, slt_real_of(weight[j]));
    const double error = slt_real_double(slt_data_error(spec, &w, slt_real_of(bias)));
    slt_tensor_free(&w);
    return error;
}

/* Of 6 x 10^4 samples the share that is wrong, whose standard error is at most .002. */
static void test_share(size_t inputs)
{
    static const struct {
        double weight[4], bias;
    } models[] = {{{1, 0, 0, 0}, 0},      {{1, 1, 0.5, 0}, 0},  {{0.2, -1, 0, 1}, 0.4},
                  {{-1, 0.5, 1, 0}, 0},   {{-1, 0, 0, 0}, 0.8}, {{0, 1, 0, 0}, 0},
                  {{0.1, 0, 1, 1}, -0.3}, {{1, 2, 2, 2}, 3}};
    const slt_data_spec spec = spec_of(60000, inputs, 0.6, NULL);
    slt_data data = make(&spec, SLT_FIXED);
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        size_t wrong = 0;
        for (size_t s = 0; s < spec.samples; s++) {
            double f = models[m].bias;
            for (size_t j = 0; j < inputs; j++)
                f += models[m].weight[j] * at(&data.train.input[0], s, j);
            wrong += !(f * at(&data.train.target, s, 0) > 0);
        }
        const double share = (double)wrong / (double)spec.samples;
        const double exact = error_of(&spec, models[m].weight, models[m].bias);
        if (!TAP_OK(fabs(share - exact) < 0.01, "%zu inputs, model %zu", inputs, m))
            tap_note("%g of the samples, %g of the law", share, exact);
    }
    slt_data_free(&data);
}

static void test_edges(void)
{
    const parameters own = {slt_real_of(10), slt_real_of(0), false};
    const slt_data_spec typical = spec_of(2, 3, 1.25, NULL),
                        pushed = spec_of(2, 3, 1.25, &own);
    const double along[] = {3, 0, 0}, away[] = {-3, 0, 0}, none[] = {0, 0, 0},
                 slanted[] = {3, 2, 1};
    TAP_OK(error_of(&typical, along, 0) == 0 && error_of(&typical, away, 0) == 1,
           "planes beyond both balls");
    TAP_OK(error_of(&typical, none, 0) == 1 && error_of(&typical, none, 2) == 0.5 &&
               error_of(&typical, none, -2) == 0.5,
           "no plane: a tie is wrong, else half are");
    TAP_OK(error_of(&typical, slanted, 0) == 0 && error_of(&typical, slanted, 1) > 0,
           "1.25 x 3 is more than the root of 14, less by 1 it is not");
    TAP_OK(error_of(&typical, slanted, 0.5) == error_of(&pushed, slanted, 0.5),
           "the law is that of typical samples");
    const slt_data_spec large = spec_of(2, SLT_BALL_DIMENSIONS_MAX + 1, 1, NULL);
    slt_error err = {0};
    TAP_OK(slt_data_error_check(&large, &err) == SLT_FORMAT &&
               strstr(err.text, "at most 256 inputs, the data have 257"),
           "more dimensions than the tail has: %s", err.text);
}

static void refused(slt_data_spec spec, const char *field, const char *words)
{
    const char *wrong = "";
    slt_error err = {0};
    if (!TAP_OK(slt_data_fit(&spec, &wrong, &err) == SLT_FORMAT &&
                    strcmp(wrong, field) == 0 && strstr(err.text, words),
                "refused: %s", words))
        tap_note("%s: %s", wrong, err.text);
}

int main(void)
{
    const parameters pushed = {slt_real_of(1), slt_real_of(0), false};
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        if (slt_num_available(a, NULL))
            continue;
        test_uniform(a, 1);
        test_uniform(a, 2);
        test_uniform(a, 7);
        test_pushed(a);
    }
    for (size_t inputs = 1; inputs <= 4; inputs++)
        test_share(inputs);
    test_edges();
    refused(spec_of(9, 3, 1, NULL), "samples", "an even number, half of each class");
    refused(spec_of(8, 1, 1, &pushed), "inputs", "at least 2 with push; found 1");
    return tap_done();
}
