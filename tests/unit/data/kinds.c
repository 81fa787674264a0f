/* The kinds of data by their definitions: one-hot, polynomial, subspace, sinusoid. */
#include "data/data.h"

#include <math.h>

#include "net/net.h"
#include "nets.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_stream stream(uint32_t tensor)
{
    return slt_stream_of(99, SLT_DRAW_DATA, tensor, 0, 0, 0);
}

static double at(const slt_tensor *tensor, size_t row, size_t col)
{
    return slt_real_double(slt_tensor_get(tensor, row * tensor->cols + col));
}

/* Whether c is a b in the run's arithmetic: one product, rounded once; of fixed point
 * known up to the rounding of a b in binary64. */
static bool is_product(slt_arithmetic arithmetic, double a, double b, double c)
{
    if (arithmetic == SLT_FIXED)
        return fabs(c - a * b) <= 0x1p-49 + 0x1p-52;
    return c == (arithmetic == SLT_F32 ? (double)((float)a * (float)b) : a * b);
}

static slt_tensor uniforms(slt_arithmetic arithmetic, uint32_t tensor, size_t rows,
                           size_t cols, double lo, double hi)
{
    slt_tensor to = nets_tensor(arithmetic, rows, cols);
    slt_draw_uniform(stream(tensor), &to, slt_real_of(lo), slt_real_of(hi));
    return to;
}

static void make(const slt_data_spec *spec, slt_arithmetic arithmetic, slt_data *data,
                 const char *what)
{
    slt_error err = {0};
    if (!TAP_OK(slt_data_make(spec, "", arithmetic, (slt_seed){.key = 99}, data, &err) ==
                    SLT_OK,
                "%s in %s", what, slt_arithmetic_name(arithmetic)))
        tap_bail(err.text);
}

static void test_one_hot(slt_arithmetic arithmetic, bool uniform)
{
    enum { SAMPLES = 41, FEATURES = 8 };
    slt_data data;
    slt_data_spec spec = {.kind = SLT_DATA_ONE_HOT,
                          .samples = SAMPLES,
                          .features = FEATURES,
                          .value_uniform = uniform};
    make(&spec, arithmetic, &data, uniform ? "one-hot, uniform" : "one-hot");
    slt_tensor value = uniforms(arithmetic, 1, SAMPLES, 1, 0, 1);
    size_t wrong = 0, seen = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        size_t hot = (size_t)slt_draw_bounded(stream(0), s, FEATURES);
        seen |= (size_t)1 << hot;
        for (size_t j = 0; j < FEATURES; j++) {
            double want = j != hot ? 0 : uniform ? at(&value, s, 0) : 1;
            wrong += at(&data.train.input[0], s, j) != want;
        }
    }
    TAP_OK(wrong == 0 && seen == (1 << FEATURES) - 1, "one entry a row, any feature");
    TAP_OK(slt_batch_target_input(&data.train) == &data.train.input[0],
           "the target is x");
    TAP_EQ_U64(slt_data_functions(&spec, arithmetic), 0, "it calls no function");
    slt_tensor_free(&value);
    slt_data_free(&data);
}

/* The loss of y = weight . input, as the ops make it. */
static double planted_loss(const slt_data *data, const char *input)
{
    slt_model_spec model = {0};
    slt_params params;
    slt_net *net = NULL;
    slt_error err = {0};
    nets_weight(&model, "A", 1, data->teacher[0].cols);
    nets_linear(&model, input, "A", "", "y");
    nets_loss(&model, "y", true, true);
    slt_arithmetic arithmetic = data->train.target.arithmetic;
    if (slt_params_create(&model, arithmetic, &params, &err) ||
        slt_net_create(&model, &data->train, data->train.rows, arithmetic, &net, &err))
        tap_bail(err.text);
    slt_tensor_copy(&params.tensor[0], &data->teacher[0]);
    double loss = slt_real_double(slt_net_loss(net, &params, &data->train));
    slt_net_free(net);
    slt_params_free(&params);
    return loss;
}

static void test_polynomial(slt_arithmetic arithmetic, size_t degree, double scale)
{
    enum { SAMPLES = 37 };
    slt_data data;
    slt_data_spec spec = {.kind = SLT_DATA_POLYNOMIAL,
                          .samples = SAMPLES,
                          .degree = degree,
                          .scale = slt_real_of(scale)};
    make(&spec, arithmetic, &data, "polynomial");
    slt_tensor t = uniforms(arithmetic, 0, SAMPLES, 1, -scale, scale),
               a = uniforms(arithmetic, 1, 1, degree + 1, -1, 1);
    size_t wrong = 0;
    double farthest = 0;
    for (size_t s = 0; s < SAMPLES; s++) {
        const slt_tensor *x = &data.train.input[0];
        double sum = at(&a, 0, 0);
        wrong += at(x, s, 0) != 1;
        for (size_t k = 1; k <= degree; k++) {
            wrong += !is_product(arithmetic, at(x, s, k - 1), at(&t, s, 0), at(x, s, k));
            sum += at(x, s, k) * at(&a, 0, k);
        }
        farthest = fmax(farthest, fabs(sum - at(&data.train.target, s, 0)));
    }
    TAP_EQ_U64(wrong, 0, "powers by repeated product");
    TAP_OK(farthest < (arithmetic == SLT_F64 ? 1e-12 : 1e-4), "the target is their sum");
    TAP_OK(nets_same(&data.teacher[0], &a) && !data.teacher[1].data, "the teacher is A");
    TAP_EQ_U64(slt_data_terms(&spec), degree + 1, "its terms");
    TAP_OK(planted_loss(&data, "x") == 0, "planted at degree %zu: loss 0", degree);
    slt_tensor_set(&data.teacher[0], 1, slt_real_of(3));
    TAP_OK(planted_loss(&data, "x") > 0, "elsewhere it is not");
    slt_tensor_free(&t);
    slt_tensor_free(&a);
    slt_data_free(&data);
}

static void test_subspace(slt_arithmetic arithmetic)
{
    slt_data data;
    slt_data_spec spec = {
        .kind = SLT_DATA_SUBSPACE, .samples = 19, .inputs = 11, .rank = 3};
    make(&spec, arithmetic, &data, "subspace");
    slt_tensor z = nets_tensor(arithmetic, 19, 3), a = nets_tensor(arithmetic, 11, 3),
               x = nets_tensor(arithmetic, 19, 11);
    slt_draw_normal(stream(0), &z, slt_real_of(1));
    slt_draw_normal(stream(1), &a, slt_real_of(1));
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &z, &a, &x);
    TAP_OK(nets_same(&data.train.input[0], &x) &&
               slt_batch_target_input(&data.train) == &data.train.input[0],
           "x = z A', and the target is x");
    TAP_EQ_U64(slt_data_functions(&spec, arithmetic),
               slt_functions_of_normals(arithmetic), "it calls what normals call");
    slt_tensor_free(&z);
    slt_tensor_free(&a);
    slt_tensor_free(&x);
    slt_data_free(&data);
}

static slt_data_spec sinusoid_spec(double noise)
{
    return (slt_data_spec){
        .kind = SLT_DATA_SINUSOID,
        .samples = 23,
        .order = 4,
        .amplitude_count = 3,
        .amplitudes = {slt_real_of(1), slt_real_of(0.5), slt_real_of(-0.3)},
        .noise_std = slt_real_of(noise)};
}

static void test_sinusoid(slt_arithmetic arithmetic)
{
    const double pi = 3.14159265358979323846;
    slt_data data, noisy;
    slt_data_spec spec = sinusoid_spec(0);
    make(&spec, arithmetic, &data, "sinusoid");
    const slt_tensor *basis = &data.train.input[1];
    slt_tensor x = uniforms(arithmetic, 0, 23, 1, -1, 1);
    TAP_OK(nets_same(&data.train.input[0], &x) && data.train.inputs == 2 &&
               strcmp(data.train.input_name[1], "basis") == 0 && basis->cols == 9,
           "inputs x, draw 0, and basis of 9 columns");
    double farthest = 0;
    for (size_t s = 0; s < 23; s++) {
        double angle = pi * at(&x, s, 0);
        farthest = fmax(farthest, fabs(at(basis, s, 0) - 1));
        for (size_t k = 1; k <= 4; k++) {
            farthest =
                fmax(farthest, fabs(at(basis, s, 2 * k - 1) - cos((double)k * angle)));
            farthest = fmax(farthest, fabs(at(basis, s, 2 * k) - sin((double)k * angle)));
        }
        double y = sin(angle) + 0.5 * sin(2 * angle) - 0.3 * sin(3 * angle);
        farthest = fmax(farthest, fabs(at(&data.train.target, s, 0) - y));
    }
    TAP_OK(farthest < (arithmetic == SLT_F64 ? 1e-14 : 2e-6),
           "the Fourier columns and the sum of sines");
    TAP_OK(planted_loss(&data, "basis") == 0, "planted: loss 0");
    TAP_EQ_U64(slt_data_functions(&spec, arithmetic),
               slt_functions_of_sincospi(arithmetic), "it calls sincospi");
    spec = sinusoid_spec(0.25);
    make(&spec, arithmetic, &noisy, "sinusoid with noise");
    slt_tensor noise = nets_tensor(arithmetic, 23, 1);
    slt_draw_normal(stream(1), &noise, slt_real_of(0.25));
    slt_num_add(&data.train.target, &noise, &noise);
    TAP_OK(nets_same(&noisy.train.target, &noise) &&
               nets_same(&noisy.train.input[1], basis),
           "noise is draw 1, on the target alone");
    TAP_EQ_U64(slt_data_functions(&spec, arithmetic),
               slt_functions_of_sincospi(arithmetic) |
                   slt_functions_of_normals(arithmetic),
               "it then calls what normals call");
    slt_tensor_free(&noise);
    slt_tensor_free(&x);
    slt_data_free(&data);
    slt_data_free(&noisy);
}

static void refused(slt_data_spec spec, slt_arithmetic arithmetic, const char *words)
{
    slt_data data;
    slt_error err = {0};
    slt_status status =
        slt_data_make(&spec, "", arithmetic, (slt_seed){.key = 1}, &data, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

static void test_refused(void)
{
    slt_data_spec spec = {.kind = SLT_DATA_ONE_HOT, .samples = 1 << 20, .features = 257};
    refused(spec, SLT_F32, "data: samples x features: expected at most 268435456");
    spec.features = 0;
    refused(spec, SLT_F32, "data.features: expected 1 to");
    spec = (slt_data_spec){.kind = SLT_DATA_POLYNOMIAL, .samples = 2, .degree = SIZE_MAX};
    refused(spec, SLT_F32, "data.degree: expected 1 to");
    spec.degree = 1 << 27;
    refused(spec, SLT_F32, "data: samples x (degree + 1): expected at most");
    spec = (slt_data_spec){.kind = SLT_DATA_SUBSPACE, .samples = 2, .inputs = 3};
    refused(spec, SLT_F32, "data.rank: expected 1 to");
    spec.rank = spec.inputs = 1 << 15;
    refused(spec, SLT_F32, "data: inputs x rank: expected at most");
    spec = sinusoid_spec(0);
    spec.order = 2;
    refused(spec, SLT_F32, "data.amplitudes: expected 1 to 2 (order) numbers, found 3");
    spec.order = SLT_ORDER_MAX + 1;
    refused(spec, SLT_F32, "data.order: expected 1 to 1024, found 1025");
    spec = sinusoid_spec(0);
    spec.samples = 0;
    refused(spec, SLT_F32, "data.samples: expected 1 to 16777216, found 0");
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        test_one_hot(a, false);
        test_one_hot(a, true);
        test_subspace(a);
    }
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        test_polynomial(a, 1, 1);
        test_polynomial(a, 9, 0.75);
        test_polynomial(a, 300, 0.5);
        test_sinusoid(a);
    }
    test_refused();
    return tap_done();
}
