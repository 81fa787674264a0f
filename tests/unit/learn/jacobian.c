/* learn/jacobian.c: every entry against differences of the net's values, which are exact
 * for squares; centring; tied and frozen weights; and the same modulo a prime. */
#include "learn/jacobian.h"

#include <math.h>

#include "num/element.h"
#include "num/modular.h"
#include "num/scalar.h"
#include "systems.h"

enum { P = 4, WIDTH = 3, SAMPLES = P * P };

static slt_run_spec run;
static slt_error err;

static void add_op(const char *op, const char *in, const char *weight, const char *out)
{
    system_op(&run, op, in, weight, out);
}

/* y = V (A[a] + B[b])^2 of all pairs; with `tied` B is A. */
static void begin(const char *loss, slt_centre centre, bool tied, bool frozen)
{
    system_begin(&run, SLT_F64, 1);
    run.data = (slt_data_spec){.kind = SLT_DATA_MODULAR_ADDITION,
                               .p = P,
                               .train_fraction = slt_real_from_u64(1)};
    system_weight(&run, "A", P, WIDTH);
    slt_weight_spec *b = system_weight(&run, "B", P, WIDTH);
    if (tied)
        snprintf(b->tied, sizeof b->tied, "A");
    system_weight(&run, "V", P, WIDTH)->trainable = !frozen;
    add_op("embedding", "a", "A", "ea");
    add_op("embedding", "b", "B", "eb");
    add_op("add", "ea", "", "h");
    slt_op_spec *add = &run.model.ops[2];
    snprintf(add->in[add->inputs++], SLT_NAME_MAX, "eb");
    add_op("square", "h", "", "g");
    add_op("linear", "g", "V", "y");
    system_loss(&run, false);
    snprintf(run.model.loss.op, sizeof run.model.loss.op, "%s", loss);
    run.model.loss.centre = centre;
}

/* Small whole numbers: nothing is rounded. */
static void make_weights(slt_arithmetic arithmetic, slt_params *weights)
{
    system_must(slt_params_create(&run.model, arithmetic, weights, &err), &err);
    for (size_t i = 0; i < weights->count; i++)
        for (size_t e = 0; weights->owned[i] && e < slt_tensor_count(&weights->tensor[i]);
             e++)
            slt_tensor_set(&weights->tensor[i], e,
                           slt_real_of((double)((7 * e + 3 * i + e * e) % 9) - 4));
    slt_params_share(weights);
}

/* ---- By differences ---------------------------------------------------------------- */

static void find_outputs(const slt_data *data, const slt_params *weights, double *y)
{
    slt_net *net = NULL;
    system_must(slt_net_create(&run.model, &data->train, SAMPLES, SLT_F64, &net, &err),
                &err);
    slt_net_forward(net, weights, &data->train);
    for (size_t e = 0; e < SAMPLES * P; e++)
        y[e] = slt_real_double(slt_tensor_get(slt_net_value(net, "y"), e));
    slt_net_free(net);
}

static void centre_column(slt_centre centre, double *y)
{
    for (size_t i = 0; i < SAMPLES * P; i++) {
        static double out[SAMPLES * P];
        double mean = 0;
        for (size_t s = 0; centre == SLT_CENTRE_SAMPLES && s < SAMPLES; s++)
            mean += y[s * P + i % P] / SAMPLES;
        for (size_t o = 0; centre == SLT_CENTRE_OUTPUTS && o < P; o++)
            mean += y[i / P * P + o] / P;
        out[i] = y[i] - mean;
        if (i + 1 == SAMPLES * P)
            memcpy(y, out, sizeof out);
    }
}

/* Column `column` of J: that of element e of weight i. */
static size_t wrong_in_column(const slt_data *data, slt_params *weights, size_t i,
                              size_t e, slt_centre centre, const slt_tensor *jacobian,
                              size_t column)
{
    double up[SAMPLES * P], down[SAMPLES * P];
    slt_real at = slt_tensor_get(&weights->tensor[i], e);
    size_t wrong = 0;
    slt_tensor_set(&weights->tensor[i], e, slt_real_add(at, slt_real_of(1)));
    find_outputs(data, weights, up);
    slt_tensor_set(&weights->tensor[i], e, slt_real_sub(at, slt_real_of(1)));
    find_outputs(data, weights, down);
    slt_tensor_set(&weights->tensor[i], e, at);
    for (size_t r = 0; r < SAMPLES * P; r++)
        up[r] = (up[r] - down[r]) / 2;
    centre_column(centre, up);
    for (size_t r = 0; r < SAMPLES * P; r++)
        wrong += slt_real_double(slt_tensor_get(jacobian, r * jacobian->cols + column)) !=
                 up[r];
    return wrong;
}

static void test_differences(const char *loss, slt_centre centre, slt_centre expected,
                             bool tied, bool frozen)
{
    slt_jacobian_form form;
    slt_params weights;
    slt_tensor jacobian;
    slt_data data;
    size_t wrong = 0, column = 0;
    begin(loss, centre, tied, frozen);
    make_weights(SLT_F64, &weights);
    system_must(
        slt_data_make(&run.data, "", SLT_F64, slt_run_data_seed(&run), &data, &err),
        &err);
    system_must(slt_jacobian_look(&run, &form, &err), &err);
    system_must(slt_jacobian_make(&run, &data.train, &weights, &jacobian, &err), &err);
    size_t params = ((tied ? 1 : 2) + !frozen) * P * WIDTH;
    TAP_OK(form.samples == SAMPLES && form.residual.outputs == P &&
               form.weights == params && form.residual.centre == expected &&
               form.residual.squares == (*loss == 'm') &&
               form.bytes == 8 * SAMPLES * P * params && jacobian.rows == SAMPLES * P &&
               jacobian.cols == params,
           "the form of %s, centre %d", loss, (int)centre);
    for (size_t i = 0; i < weights.count; i++)
        for (size_t e = 0;
             slt_params_moves(&weights, i) && e < slt_tensor_count(&weights.tensor[i]);
             e++)
            wrong +=
                wrong_in_column(&data, &weights, i, e, expected, &jacobian, column++);
    TAP_OK(wrong == 0 && column == params, "every entry is the difference (%zu not)",
           wrong);
    slt_tensor_free(&jacobian);
    slt_params_free(&weights);
    slt_data_free(&data);
}

/* ---- Modulo a prime ---------------------------------------------------------------- */

/* Means over 4 outputs and 16 samples are exact in binary64 too. */
static void test_modular(slt_centre centre, bool tied)
{
    slt_params weights, images;
    slt_tensor jacobian, modular, image;
    slt_data data;
    begin("mse-classes", centre, tied, false);
    make_weights(SLT_F64, &weights);
    make_weights(SLT_MODULAR, &images);
    system_must(
        slt_data_make(&run.data, "", SLT_F64, slt_run_data_seed(&run), &data, &err),
        &err);
    system_must(slt_jacobian_make(&run, &data.train, &weights, &jacobian, &err), &err);
    system_must(slt_jacobian_make(&run, &data.train, &images, &modular, &err), &err);
    system_must(
        slt_tensor_create(&image, SLT_MODULAR, jacobian.rows, jacobian.cols, &err), &err);
    slt_num_convert(&jacobian, &image);
    TAP_OK(system_same_tensor(&image, &modular), "modulo a prime the same, centre %d%s",
           (int)centre, tied ? ", tied" : "");
    slt_tensor_free(&image);
    slt_tensor_free(&modular);
    slt_tensor_free(&jacobian);
    slt_params_free(&images);
    slt_params_free(&weights);
    slt_data_free(&data);
}

/* Inputs that are numbers, in another arithmetic than the Jacobian's: of y = W x it has
 * the numbers of x. */
static void test_numbers(slt_arithmetic arithmetic)
{
    slt_params weights;
    slt_tensor jacobian;
    slt_data data;
    size_t wrong = 0;
    system_begin(&run, arithmetic, 3);
    system_teacher_data(&run, 5, 3, 2, 1, 0);
    system_weight(&run, "W", 2, 3);
    add_op("linear", "x", "W", "y");
    system_loss(&run, true);
    system_must(
        slt_data_make(&run.data, "", arithmetic, slt_run_data_seed(&run), &data, &err),
        &err);
    system_must(slt_params_create(&run.model, SLT_F64, &weights, &err), &err);
    system_must(slt_jacobian_make(&run, &data.train, &weights, &jacobian, &err), &err);
    for (size_t r = 0; r < 10; r++)
        for (size_t c = 0; c < 6; c++) {
            slt_real x = slt_tensor_get(&data.train.input[0], r / 2 * 3 + c % 3);
            double want = r % 2 == c / 3 ? slt_real_double(x) : 0;
            wrong += slt_real_double(slt_tensor_get(&jacobian, r * 6 + c)) != want;
        }
    TAP_OK(wrong == 0, "data in %s", slt_arithmetic_name(arithmetic));
    slt_tensor_free(&jacobian);
    slt_params_free(&weights);
    slt_data_free(&data);
}

static void test_size(void)
{
    slt_jacobian_form form;
    system_begin(&run, SLT_F32, 3);
    system_teacher_data(&run, 1 << 20, 1 << 8, 1 << 8, 1, 0);
    system_weight(&run, "W", 1 << 8, 1 << 8);
    add_op("linear", "x", "W", "y");
    system_loss(&run, true);
    TAP_OK(!slt_jacobian_look(&run, &form, &err) &&
               form.bytes == UINT64_C(1) << (20 + 8 + 16 + 3),
           "the size of a large one, not made");
}

int main(void)
{
    system_start();
    test_differences("mse-classes", SLT_CENTRE_NONE, SLT_CENTRE_NONE, false, false);
    test_differences("mse-classes", SLT_CENTRE_SAMPLES, SLT_CENTRE_SAMPLES, true, false);
    test_differences("mse-classes", SLT_CENTRE_OUTPUTS, SLT_CENTRE_OUTPUTS, false, true);
    test_differences("cross-entropy", SLT_CENTRE_NONE, SLT_CENTRE_OUTPUTS, true, true);
    system_must(slt_modular_start(slt_modular_prime(SLT_MODULAR_END, 1), 1, &err), &err);
    for (slt_centre centre = SLT_CENTRE_NONE; centre <= SLT_CENTRE_OUTPUTS; centre++)
        test_modular(centre, centre == SLT_CENTRE_SAMPLES);
    test_numbers(SLT_F32);
    test_numbers(SLT_F64);
    test_size();
    return tap_done();
}
