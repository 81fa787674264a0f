/* data/exponential.c: the samples by their definition, and the error of a threshold
 * against the share of many samples that it has wrong. */
#include "data/data.h"

#include <math.h>

#include "nets.h"

static const slt_seed seed = {.key = 99};

typedef struct parameters {
    slt_real shift;
    bool positive;
} parameters;

static slt_data_spec spec_of(size_t samples, double gap, double shift, bool positive)
{
    slt_data_spec spec = {
        .kind = SLT_DATA_EXPONENTIAL, .samples = samples, .gap = slt_real_of(gap)};
    const parameters own = {slt_real_of(shift), positive};
    memcpy(spec.own, &own, sizeof own);
    return spec;
}

static double at(const slt_tensor *tensor, size_t element)
{
    return slt_real_double(slt_tensor_get(tensor, element));
}

static slt_data make(const slt_data_spec *spec, slt_arithmetic arithmetic)
{
    slt_data data;
    slt_error err = {0};
    if (slt_data_make(spec, "", arithmetic, seed, &data, &err))
        tap_bail(err.text);
    return data;
}

static void test_samples(slt_arithmetic arithmetic, bool positive)
{
    enum { SAMPLES = 46 };
    const slt_data_spec spec = spec_of(SAMPLES, 0.25, 0.5, positive);
    const double near = arithmetic == SLT_F32 ? 2e-6 : 1e-13;
    slt_data data = make(&spec, arithmetic);
    uint32_t words[SAMPLES];
    slt_draw_words(slt_stream_of(seed.key, SLT_DRAW_DATA, 0, 0, 0, 0), 0, words, SAMPLES);
    size_t wrong = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        const double sign = positive || s < SAMPLES / 2 ? 1 : -1;
        const double size = 0.75 - log(((double)words[s] + 0.5) * 0x1p-32);
        wrong += at(&data.train.target, s) != sign ||
                 fabs(at(&data.train.input[0], s) - sign * size) > near;
    }
    TAP_OK(wrong == 0, "%s%s: gap + shift + Exp(1), with the class's sign",
           slt_arithmetic_name(arithmetic), positive ? ", positive" : "");
    TAP_EQ_U64(slt_data_functions(&spec, arithmetic),
               slt_functions_of_exponentials(arithmetic), "what exponentials call");
    slt_data_free(&data);
}

static double error_of(const slt_data_spec *spec, double weight, double bias)
{
    slt_tensor w = nets_tensor(SLT_FIXED, 1, 1);
    slt_tensor_set(&w, 0, slt_real_of(weight));
    const double error = slt_real_double(slt_data_error(spec, &w, slt_real_of(bias)));
    slt_tensor_free(&w);
    return error;
}

/* Of 2 x 10^5 samples the share that is wrong, whose standard error is at most .0012. */
static void test_share(bool positive)
{
    static const double models[][2] = {{1, 0},  {1, -1.5}, {1, 2},   {0.5, -0.6},
                                       {-1, 0}, {-2, 3},   {-1, -2}, {0, 1},
                                       {0, -1}, {0, 0},    {1, -0.3}};
    const slt_data_spec spec = spec_of(200000, 0.5, 0, positive);
    slt_data data = make(&spec, SLT_FIXED);
    for (size_t m = 0; m < sizeof models / sizeof *models; m++) {
        const double weight = models[m][0], bias = models[m][1];
        size_t wrong = 0;
        for (size_t s = 0; s < spec.samples; s++)
            wrong += !((weight * at(&data.train.input[0], s) + bias) *
                           at(&data.train.target, s) >
                       0);
        const double share = (double)wrong / (double)spec.samples;
        const double exact = error_of(&spec, weight, bias);
        if (!TAP_OK(fabs(share - exact) < 0.006, "the sign of %g x + %g", weight, bias))
            tap_note("%g of the samples, %g of the law", share, exact);
    }
    slt_data_free(&data);
}

/* The digits of a small error, and where there is none. */
static void test_digits(void)
{
    const slt_data_spec spec = spec_of(2, 0.5, 3, false);
    double farthest = 0;
    for (double d = 0x1p-40; d < 30; d *= 1.7) {
        const double b = 0.5 + d, exact = -expm1(0.5 - b) / 2;
        farthest = fmax(farthest, fabs(error_of(&spec, 1, -b) / exact - 1));
    }
    TAP_OK(farthest < 1e-15, "a small error has all its digits: %.2g", farthest);
    TAP_OK(error_of(&spec, 1, -0.5) == 0 && error_of(&spec, 1, -0.5 - 0x1p-52) > 0,
           "it is 0 where the threshold lies in the gap, and only there");
    const slt_data_spec touching = spec_of(2, 0, 0, false);
    TAP_OK(error_of(&touching, 1, -0x1p-90) == 0x1p-91, "also one of 2^-91");
    TAP_OK(error_of(&spec, 1, 800) == 0.5 && error_of(&spec, -1, 800) == 0.5,
           "one class whole");
}

static void refused(slt_data_spec spec, const char *words)
{
    const char *field = "";
    slt_error err = {0};
    if (!TAP_OK(slt_data_fit(&spec, &field, &err) == SLT_FORMAT &&
                    strcmp(field, "samples") == 0 && strstr(err.text, words),
                "refused: %s", words))
        tap_note("%s: %s", field, err.text);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        if (slt_num_available(a, NULL))
            continue;
        test_samples(a, false);
        test_samples(a, true);
    }
    test_share(false);
    test_share(true);
    test_digits();
    refused(spec_of(7, 1, 0, false), "an even number, half of each class; found 7");
    slt_data_spec odd = spec_of(7, 1, 0, true);
    TAP_OK(slt_data_fit(&odd, &(const char *){NULL}, NULL) == SLT_OK,
           "one class may have any number");
    return tap_done();
}
