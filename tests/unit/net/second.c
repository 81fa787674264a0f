/* Products with the Hessian and tangents of one net: closed forms, what is written and
 * what is not, several directions at one point, all arithmetics.  That they are
 * derivatives at all is property/gradients. */
#include "net/second.h"

#include <math.h>

#include "nets.h"

static slt_model_spec model;
static size_t rows_more; /* than the batches have */

static slt_second *second_of(const slt_batch *batch, slt_arithmetic arithmetic)
{
    slt_error err = {0};
    slt_second *second = NULL;
    if (slt_second_create(&model, batch, batch->rows + rows_more, arithmetic, &second,
                          &err))
        tap_bail(err.text);
    return second;
}

static double at(const slt_params *params, size_t weight, size_t element)
{
    return slt_real_double(slt_tensor_get(&params->tensor[weight], element));
}

/* y = V (W x)^2 of one number each, and a weight that nothing uses. */
static void one_neuron(void)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "W", 1, 1);
    nets_weight(&model, "V", 1, 1);
    nets_weight(&model, "unused", 2, 3);
    nets_linear(&model, "x", "W", "", "a");
    nets_op(&model, "square", "a", "b");
    nets_linear(&model, "b", "V", "", "y");
    nets_loss(&model, "y", false, false);
}

/* L = (v w^2 x^2 - t)^2, e = v w^2 x^2 - t: L_ww = 2 (2 v w x^2)^2 + 4 e v x^2, L_wv = 2
 * (2 v w x^2) w^2 x^2 + 4 e w x^2, L_vv = 2 (w^2 x^2)^2. */
static void test_closed_form(slt_arithmetic arithmetic, double tolerance)
{
    one_neuron();
    slt_batch batch = nets_batch(arithmetic, 1, 1, 1);
    slt_params weights = nets_params(&model, arithmetic);
    slt_params direction = nets_params(&model, arithmetic);
    slt_params product = nets_params(&model, arithmetic);
    slt_second *second = second_of(&batch, arithmetic);
    nets_random(&direction.tensor[0], 40, 1);
    nets_random(&direction.tensor[1], 41, 1);
    double w = at(&weights, 0, 0), v = at(&weights, 1, 0);
    double x2 = pow(slt_real_double(slt_tensor_get(&batch.input[0], 0)), 2);
    double e = v * w * w * x2 - slt_real_double(slt_tensor_get(&batch.target, 0));
    double ww = 8 * pow(v * w * x2, 2) + 4 * e * v * x2;
    double wv = 4 * v * w * w * w * x2 * x2 + 4 * e * w * x2;
    double vv = 2 * pow(w * w * x2, 2), dw = at(&direction, 0, 0),
           dv = at(&direction, 1, 0);
    slt_real loss = slt_second_place(second, &weights, &batch, NULL);
    slt_second_product(second, &direction, &product);
    TAP_OK(fabs(slt_real_double(loss) - e * e) < tolerance &&
               fabs(at(&product, 0, 0) - (ww * dw + wv * dv)) < tolerance &&
               fabs(at(&product, 1, 0) - (wv * dw + vv * dv)) < tolerance,
           "%s: loss and product in closed form", slt_arithmetic_name(arithmetic));
    double along = dw * (ww * dw + wv * dv) + dv * (wv * dw + vv * dv);
    TAP_OK(fabs(slt_real_double(slt_second_along(&direction, &product)) - along) <
               4 * tolerance,
           "%s: v'Hv", slt_arithmetic_name(arithmetic));
    TAP_OK(fabs(slt_real_double(slt_tensor_get(slt_second_tangent(second, "y"), 0)) -
                (2 * v * w * x2 * dw + w * w * x2 * dv)) < tolerance,
           "%s: the tangent of y", slt_arithmetic_name(arithmetic));
    slt_second_gauss_newton(second, &direction, &product);
    TAP_OK(fabs(at(&product, 0, 0) - (8 * pow(v * w * x2, 2) * dw +
                                      4 * v * w * w * w * x2 * x2 * dv)) < tolerance &&
               fabs(at(&product, 1, 0) - (4 * v * w * w * w * x2 * x2 * dw + vv * dv)) <
                   tolerance,
           "%s: the product of Gauss and Newton's matrix",
           slt_arithmetic_name(arithmetic));
    bool zero = true;
    for (size_t i = 0; i < 6; i++)
        zero &= slt_tensor_get(&product.tensor[2], i).bits == 0;
    TAP_OK(zero, "%s: +0 for a weight that nothing uses",
           slt_arithmetic_name(arithmetic));
    slt_second_free(second);
    slt_params_free(&weights);
    slt_params_free(&direction);
    slt_params_free(&product);
    slt_batch_free(&batch);
}

/* Every op, a value used three times, a frozen weight, a tie, ReLU over its input. */
static void wide_net(bool classes)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "W", 6, 4);
    nets_weight(&model, "b", 1, 6);
    nets_weight(&model, "F", 6, 6)->trainable = false;
    nets_tied(&model, "T", "W");
    nets_linear(&model, "x", "W", "b", "a");
    nets_op(&model, "relu", "a", "r");
    nets_linear(&model, "r", "F", "", "c");
    nets_op(&model, "gelu", "c", "g");
    nets_op(&model, "square", "c", "s");
    nets_op(&model, "sigmoid", "c", "l");
    nets_op(&model, "tanh", "l", "t");
    nets_op(&model, "silu", "t", "u");
    nets_op(&model, "softplus", "u", "v");
    nets_op(&model, "gelu", "v", "w")->form = SLT_FORM_TANH;
    nets_input(nets_op(&model, "multiply", "w", "p"), "l");
    nets_input(nets_op(&model, "subtract", "p", "q"), "t");
    slt_op_spec *scale = nets_op(&model, "scale", "q", "e");
    scale->factor = slt_real_of(-1.5);
    slt_op_spec *sum = nets_input(nets_op(&model, "add", "g", "d"), "s");
    nets_input(nets_input(sum, "c"), "e");
    nets_linear(&model, "d", "T", "", "y")->transpose = true;
    nets_op(&model, "square", "x", "apart");
    nets_loss(&model, "y", true, false);
    if (classes)
        nets_name(model.loss.op, "cross-entropy");
}

static slt_batch wide_batch(slt_arithmetic arithmetic, bool classes)
{
    slt_batch batch = nets_batch(arithmetic, 5, 4, 4);
    if (!classes)
        return batch;
    slt_tensor_free(&batch.target);
    batch.target = nets_tensor(SLT_INDEX, 5, 1);
    batch.target_range = 4;
    for (size_t i = 0; i < 5; i++)
        ((int32_t *)batch.target.data)[i] = (int32_t)(3 * i % 4);
    return batch;
}

typedef struct found {
    slt_params product;
    slt_tensor tangent;
} found;

static found find(slt_arithmetic arithmetic, bool classes)
{
    wide_net(classes);
    slt_batch batch = wide_batch(arithmetic, classes);
    slt_params weights = nets_params(&model, arithmetic);
    slt_params direction = nets_params(&model, arithmetic);
    found result = {.product = nets_params(&model, arithmetic),
                    .tangent = nets_tensor(arithmetic, 5, 4)};
    nets_random(&direction.tensor[0], 50, 1);
    nets_random(&direction.tensor[1], 51, 1);
    slt_second *second = second_of(&batch, arithmetic);
    slt_second_place(second, &weights, &batch, NULL);
    slt_second_product(second, &direction, &result.product);
    slt_tensor_copy(&result.tangent, slt_second_tangent(second, "y"));
    char name[SLT_NAME_MAX];
    TAP_OK(!slt_second_overflowed(second, name), "%s: no overflow",
           slt_arithmetic_name(arithmetic));
    slt_second_free(second);
    slt_params_free(&weights);
    slt_params_free(&direction);
    slt_batch_free(&batch);
    return result;
}

static double apart(const slt_tensor *a, const slt_tensor *b)
{
    double most = 0, worst = 0;
    for (size_t e = 0; e < slt_tensor_count(a); e++) {
        double x = slt_real_double(slt_tensor_get(a, e));
        most = fmax(most, fabs(x));
        worst = fmax(worst, fabs(x - slt_real_double(slt_tensor_get(b, e))));
    }
    return worst / most;
}

static void test_arithmetics(bool classes, slt_arithmetic arithmetic, double tolerance)
{
    found exact = find(SLT_F64, classes), other = find(arithmetic, classes);
    double worst = fmax(apart(&exact.tangent, &other.tangent),
                        fmax(apart(&exact.product.tensor[0], &other.product.tensor[0]),
                             apart(&exact.product.tensor[1], &other.product.tensor[1])));
    TAP_OK(worst < tolerance && worst > 0, "%s, %s: as f64 to %.2g",
           slt_arithmetic_name(arithmetic), model.loss.op, worst);
    slt_params_free(&exact.product);
    slt_params_free(&other.product);
    slt_tensor_free(&exact.tangent);
    slt_tensor_free(&other.tangent);
}

/* One point, several directions: each product is the only one's. */
static void test_directions(void)
{
    wide_net(false);
    slt_batch batch = wide_batch(SLT_F32, false);
    slt_params weights = nets_params(&model, SLT_F32);
    slt_params u = nets_params(&model, SLT_F32), v = nets_params(&model, SLT_F32);
    slt_params first = nets_params(&model, SLT_F32), again = nets_params(&model, SLT_F32);
    slt_params plain = nets_params(&model, SLT_F32), whole = nets_params(&model, SLT_F32);
    slt_second *second = second_of(&batch, SLT_F32);
    slt_net *net = nets_create(&model, &batch, batch.rows, SLT_F32);
    nets_random(&u.tensor[0], 60, 1);
    nets_random(&v.tensor[0], 61, 1);
    TAP_OK(!slt_second_tangent(second, "y"), "no tangent before a direction");
    slt_real loss = slt_second_place(second, &weights, &batch, &whole);
    TAP_EQ_U64(slt_net_gradient(net, &weights, &batch, &plain).bits, loss.bits,
               "the loss is the net's");
    TAP_OK(nets_same_params(&plain, &whole), "the gradients too");
    slt_second_product(second, &u, &first);
    slt_second_product(second, &v, &again);
    TAP_OK(!nets_same_params(&first, &again), "another direction, another product");
    slt_second_push(second, &v);
    slt_second_product(second, &u, &again);
    TAP_OK(nets_same_params(&first, &again), "no direction changes another's product");
    rows_more = 7;
    slt_second *wider = second_of(&batch, SLT_F32);
    rows_more = 0;
    slt_second_place(wider, &weights, &batch, NULL);
    slt_second_product(wider, &u, &again);
    TAP_OK(nets_same_params(&first, &again), "nor does room for more samples");
    slt_second_free(wider);
    TAP_OK(nets_same(&again.tensor[2], &plain.tensor[2]),
           "nothing is written for a frozen weight");
    nets_random(&u.tensor[2], 62, 1);
    u.tensor[3] = u.tensor[2];
    slt_second_product(second, &u, &again);
    TAP_OK(nets_same_params(&first, &again),
           "directions of frozen weights and of views are not read");
    TAP_OK(again.tensor[3].data == again.tensor[0].data, "a view stays one");
    TAP_OK(slt_second_tangent(second, "y") && !slt_second_tangent(second, "x") &&
               !slt_second_tangent(second, "apart") && !slt_second_tangent(second, "z"),
           "tangents are those of values that depend on weights");
    u.tensor[3] = u.tensor[0];
    slt_params *all[] = {&weights, &u, &v, &first, &again, &plain, &whole};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_params_free(all[i]);
    slt_net_free(net);
    slt_second_free(second);
    slt_batch_free(&batch);
}

/* The loss depends on no trainable weight. */
static void test_nothing(void)
{
    one_neuron();
    model.weights[0].trainable = model.weights[1].trainable = false;
    slt_batch batch = nets_batch(SLT_F64, 3, 1, 1);
    slt_params weights = nets_params(&model, SLT_F64);
    slt_params product = nets_params(&model, SLT_F64);
    slt_second *second = second_of(&batch, SLT_F64);
    slt_second_place(second, &weights, &batch, NULL);
    slt_second_product(second, &weights, &product);
    TAP_EQ_U64(slt_tensor_get(&product.tensor[2], 5).bits, 0, "a loss of no weight");
    TAP_EQ_U64(slt_second_along(&weights, &product).bits, 0, "and v'Hv = 0");
    slt_second_free(second);
    slt_params_free(&weights);
    slt_params_free(&product);
    slt_batch_free(&batch);
}

static void test_overflow(void)
{
    one_neuron();
    slt_batch batch = nets_batch(SLT_FIXED, 1, 1, 1);
    slt_params weights = nets_params(&model, SLT_FIXED);
    slt_params product = nets_params(&model, SLT_FIXED);
    slt_second *second = second_of(&batch, SLT_FIXED);
    char name[SLT_NAME_MAX];
    slt_second_place(second, &weights, &batch, NULL);
    slt_params direction = nets_params(&model, SLT_FIXED);
    direction.tensor[1].overflow = true;
    slt_second_product(second, &direction, &product);
    TAP_OK(slt_second_overflowed(second, name) && strcmp(name, "y") == 0,
           "an overflow is told by the value's name");
    TAP_OK(!slt_second_overflowed(second, name), "once");
    slt_second_free(second);
    slt_params_free(&weights);
    slt_params_free(&direction);
    slt_params_free(&product);
    slt_batch_free(&batch);
}

static void test_refusals(void)
{
    wide_net(false);
    slt_batch batch = wide_batch(SLT_F64, false);
    slt_error err = {0};
    uint64_t bytes = 0, plain = 0;
    TAP_EQ_U64(slt_second_check(&model, &err), SLT_OK,
               "ops that have second derivatives");
    TAP_EQ_U64(slt_second_bytes(&model, &batch, 5, SLT_F64, &bytes, &err), SLT_OK, "");
    TAP_EQ_U64(slt_net_bytes(&model, &batch, 5, SLT_F64, &plain, &err), SLT_OK, "");
    /* Tangents of a, r, c, g, s, l, t, u, v, w, p, q, e, d: 6 columns, of y: 4; the same
     * of gradients, but those of g, s and e are that of d; and room for 5 rows of 6. */
    TAP_EQ_U64(bytes - plain, 8 * (5 * ((14 * 6 + 4) + (11 * 6 + 4)) + 30),
               "its further bytes");
    nets_name(model.ops[1].op, "nonsense");
    slt_second *second = NULL;
    TAP_OK(slt_second_create(&model, &batch, 5, SLT_F64, &second, &err) == SLT_FORMAT &&
               !second && strstr(err.text, "nonsense"),
           "an op that there is not");
    TAP_EQ_U64(slt_second_bytes(&model, &batch, 5, SLT_F64, &bytes, &err), SLT_FORMAT,
               "its bytes");
    slt_batch_free(&batch);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    test_closed_form(SLT_F64, 1e-14);
    test_closed_form(SLT_F32, 1e-6);
    test_closed_form(SLT_FIXED, 1e-7);
    test_arithmetics(false, SLT_F32, 3e-6);
    test_arithmetics(true, SLT_F32, 3e-6);
    test_arithmetics(false, SLT_FIXED, 1e-6);
    test_arithmetics(true, SLT_FIXED, 1e-6);
    test_directions();
    test_nothing();
    test_overflow();
    test_refusals();
    return tap_done();
}
