/* Nets: values by hand, refusals, which gradients exist, and the bits of compositions. */
#include <math.h>

#include "nets.h"

static slt_model_spec model;

static void begin(void)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "W", 2, 3);
    nets_weight(&model, "V", 1, 2);
    nets_weight(&model, "c", 1, 2);
    nets_linear(&model, "x", "W", "c", "h");
    nets_op(&model, "relu", "h", "r");
    nets_linear(&model, "r", "V", "", "y");
    nets_loss(&model, "y", true, true);
}

static double at(const slt_tensor *tensor, size_t element)
{
    return slt_real_double(slt_tensor_get(tensor, element));
}

static bool equals(const slt_tensor *tensor, const double *values)
{
    bool same = true;
    for (size_t i = 0; i < slt_tensor_count(tensor); i++)
        same = same && at(tensor, i) == values[i];
    return same;
}

/* Two samples, small integers: every product and sum is exact. */
static void test_by_hand(slt_arithmetic arithmetic)
{
    begin();
    slt_batch batch = nets_batch(arithmetic, 2, 3, 1);
    slt_params weights = nets_params(&model, arithmetic);
    slt_params gradients = nets_params(&model, arithmetic);
    nets_fill(&batch.input[0], (double[]){1, 2, 3, -1, 0, 2});
    nets_fill(&batch.target, (double[]){10, 1});
    nets_fill(&weights.tensor[0], (double[]){1, 0, 2, -1, 1, 0});
    nets_fill(&weights.tensor[1], (double[]){3, -2});
    nets_fill(&weights.tensor[2], (double[]){1, 0});
    slt_net *net = nets_create(&model, &batch, 2, arithmetic);
    /* h = (8, 1), (4, 1); y = 22, 10; e = 12, 9; loss = (144 + 81) / 2; dy = e. */
    slt_real loss = slt_net_gradient(net, &weights, &batch, &gradients);
    TAP_OK(slt_real_double(loss) == 112.5, "%s: the loss",
           slt_arithmetic_name(arithmetic));
    slt_net_forward(net, &weights, &batch);
    TAP_OK(equals(slt_net_value(net, "h"), (double[]){8, 1, 4, 1}), "the hidden values");
    TAP_OK(equals(slt_net_value(net, "y"), (double[]){22, 10}), "the output");
    TAP_OK(equals(&gradients.tensor[0], (double[]){9, 72, 162, -6, -48, -108}), "dW");
    TAP_OK(equals(&gradients.tensor[1], (double[]){132, 21}), "dV");
    TAP_OK(equals(&gradients.tensor[2], (double[]){63, -42}), "dc");
    TAP_OK(slt_net_value(net, "x") && !slt_net_value(net, "z"), "values by name");
    slt_net_free(net);
    slt_params_free(&weights);
    slt_params_free(&gradients);
    slt_batch_free(&batch);
}

/* f = (3, 2), (1, 5) and the classes 0, 1: E = (2, 2), (1, 4) before means are taken off.
 * The loss is S / 4, its derivative E / 2. */
static void test_classes_by_hand(slt_arithmetic arithmetic)
{
    static const struct {
        slt_centre centre;
        double loss, dW[4];
    } ways[] = {{SLT_CENTRE_NONE, 6.25, {1, 0.5, 1, 2}},
                {SLT_CENTRE_SAMPLES, 0.625, {0.25, -0.25, -0.5, 0.5}},
                {SLT_CENTRE_OUTPUTS, 1.125, {0, -0.75, 0, 0.75}}};
    slt_batch batch = nets_batch(arithmetic, 2, 2, 1);
    slt_tensor_free(&batch.target);
    batch.target = nets_tensor(SLT_INDEX, 2, 1);
    batch.target_range = 2;
    nets_fill(&batch.target, (double[]){0, 1});
    nets_fill(&batch.input[0], (double[]){1, 0, 0, 1});
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        memset(&model, 0, sizeof model);
        nets_weight(&model, "W", 2, 2);
        nets_linear(&model, "x", "W", "", "f");
        nets_loss(&model, "f", true, false);
        nets_name(model.loss.op, "mse-classes");
        model.loss.factor = slt_real_of(0.5);
        model.loss.centre = ways[i].centre;
        slt_params weights = nets_params(&model, arithmetic);
        slt_params gradients = nets_params(&model, arithmetic);
        nets_fill(&weights.tensor[0], (double[]){3, 1, 2, 5});
        slt_net *net = nets_create(&model, &batch, 2, arithmetic);
        slt_real loss = slt_net_gradient(net, &weights, &batch, &gradients);
        TAP_OK(slt_real_double(loss) == ways[i].loss, "%s: the loss against classes",
               slt_arithmetic_name(arithmetic));
        TAP_OK(equals(&gradients.tensor[0], ways[i].dW), "its gradient");
        TAP_EQ_U64(slt_net_loss(net, &weights, &batch).bits, loss.bits, "the loss alone");
        TAP_OK(slt_net_classifies(net) && slt_real_double(slt_net_accuracy(net)) == 1,
               "both samples are right");
        slt_net_free(net);
        slt_params_free(&weights);
        slt_params_free(&gradients);
    }
    slt_batch_free(&batch);
}

/* A value of zeros, each sample less its mean: half the mean of squares is (1 - 1/C) /
 * 2C, .00926 for 53 classes. */
static void test_classes_of_zeros(void)
{
    enum { CLASSES = 53 };
    slt_batch batch = nets_batch(SLT_F64, 3, 2, 1);
    slt_tensor_free(&batch.target);
    batch.target = nets_tensor(SLT_INDEX, 3, 1);
    batch.target_range = CLASSES;
    memset(&model, 0, sizeof model);
    nets_weight(&model, "W", CLASSES, 2);
    nets_linear(&model, "x", "W", "", "f");
    nets_loss(&model, "f", true, true);
    nets_name(model.loss.op, "mse-classes");
    model.loss.factor = slt_real_of(0.5);
    model.loss.centre = SLT_CENTRE_OUTPUTS;
    slt_params weights = nets_params(&model, SLT_F64);
    slt_tensor_zero(&weights.tensor[0]);
    slt_net *net = nets_create(&model, &batch, 3, SLT_F64);
    const double loss = slt_real_double(slt_net_loss(net, &weights, &batch));
    TAP_OK(fabs(loss - 52 / (2 * 53.0 * 53)) < 1e-15, "the loss of zeros is %.5f", loss);
    slt_net_free(net);
    slt_params_free(&weights);
    slt_batch_free(&batch);
}

/* Half of it, and of its gradient, to the last bit. */
static void test_factor(slt_arithmetic arithmetic)
{
    slt_real loss[2];
    slt_params gradients[2];
    for (int half = 0; half < 2; half++) {
        begin();
        model.loss.factor = slt_real_of(half ? 0.5 : 1);
        slt_batch batch = nets_batch(arithmetic, 4, 3, 1);
        slt_params weights = nets_params(&model, arithmetic);
        gradients[half] = nets_params(&model, arithmetic);
        slt_net *net = nets_create(&model, &batch, 4, arithmetic);
        loss[half] = slt_net_gradient(net, &weights, &batch, &gradients[half]);
        slt_net_free(net);
        slt_params_free(&weights);
        slt_batch_free(&batch);
    }
    bool same = slt_real_double(loss[0]) == 2 * slt_real_double(loss[1]);
    for (size_t i = 0; i < gradients[0].count; i++)
        for (size_t e = 0; e < slt_tensor_count(&gradients[0].tensor[i]); e++)
            same = same &&
                   at(&gradients[0].tensor[i], e) == 2 * at(&gradients[1].tensor[i], e);
    TAP_OK(same, "%s: a factor of 1/2 halves loss and gradient",
           slt_arithmetic_name(arithmetic));
    slt_params_free(&gradients[0]);
    slt_params_free(&gradients[1]);
}

static void test_divisors(void)
{
    static const double want[4] = {24, 8, 12, 4}; /* neither, samples, outputs, both */
    slt_batch batch = nets_batch(SLT_F64, 3, 2, 2);
    nets_fill(&batch.input[0], (double[]){2, 2, 2, 2, 2, 2});
    nets_fill(&batch.target, (double[]){0, 0, 0, 0, 0, 0});
    memset(&model, 0, sizeof model);
    nets_weight(&model, "b", 2, 2);
    nets_linear(&model, "x", "b", "", "y");
    slt_params weights = nets_params(&model, SLT_F64), gradients = weights;
    nets_fill(&weights.tensor[0], (double[]){1, 0, 0, 1});
    slt_params_create(&model, SLT_F64, &gradients, NULL);
    for (int i = 0; i < 4; i++) {
        nets_loss(&model, "y", i & 1, i & 2);
        slt_net *net = nets_create(&model, &batch, 3, SLT_F64);
        double loss =
            slt_real_double(slt_net_gradient(net, &weights, &batch, &gradients));
        TAP_OK(loss == want[i], "loss %g with divisor %d", want[i], i);
        TAP_OK(at(&gradients.tensor[0], 0) == want[i], "its gradient follows");
        slt_net_free(net);
    }
    slt_params_free(&weights);
    slt_params_free(&gradients);
    slt_batch_free(&batch);
}

static void refused(const char *words)
{
    slt_error err = {0};
    slt_batch shape = {.rows = 5, .inputs = 1};
    snprintf(shape.input_name[0], SLT_NAME_MAX, "x");
    shape.input[0] = (slt_tensor){.arithmetic = SLT_F32, .cols = 3};
    shape.target = (slt_tensor){.arithmetic = SLT_F32, .cols = 1};
    slt_net *net = NULL;
    slt_status status = slt_net_create(&model, &shape, 5, SLT_F32, &net, &err);
    if (!TAP_OK(status == SLT_FORMAT && !net && strstr(err.text, words), "refused: %s",
                words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

static void test_refused_names(void)
{
    begin();
    nets_name(model.ops[1].op, "rely");
    refused("ops[1] (rely -> r): there is no op of that name");
    begin();
    nets_name(model.ops[1].in[0], "z");
    refused("ops[1] (relu -> r): input z: expected an input of the data or the output");
    begin();
    nets_name(model.ops[1].in[0], "y");
    refused("ops[1] (relu -> r): input y: expected");
    begin();
    nets_name(model.ops[1].out, "x");
    refused("ops[1] (relu -> x): the value x exists already");
    begin();
    nets_name(model.ops[2].weight, "U");
    refused("ops[2] (linear -> y): weight U: there is no weight of that name");
    begin();
    nets_name(model.loss.in, "q");
    refused("loss (mse): q: expected the name of a value");
    begin();
    nets_name(model.loss.op, "mes");
    refused("loss (mes): there is no loss of that name");
    begin();
    nets_name(model.loss.target, "y");
    refused("loss (mse): target y: expected y* or an input");
}

static void test_refused_arguments(void)
{
    begin();
    model.ops[2].weight[0] = 0;
    refused("ops[2] (linear -> y): expected a weight");
    begin();
    nets_name(model.ops[1].weight, "W");
    refused("ops[1] (relu -> r): takes no weight, found W");
    begin();
    nets_name(model.ops[1].bias, "c");
    refused("ops[1] (relu -> r): takes no bias, found c");
    begin();
    model.ops[1].transpose = true;
    refused("ops[1] (relu -> r): takes no transpose");
    begin();
    nets_input(&model.ops[1], "h");
    refused("ops[1] (relu -> r): expected 1 to 1 inputs, found 2");
    begin();
    nets_op(&model, "add", "h", "s");
    refused("ops[3] (add -> s): expected 2 to 4 inputs, found 1");
    begin();
    nets_op(&model, "softmax", "h", "s")->mask = SLT_MASK_CAUSAL;
    refused("ops[3] (softmax -> s): input h: expected positions, found none");
    begin();
    slt_op_spec *rows = nets_op(&model, "reshape", "x", "rows");
    memcpy(rows->shape, (size_t[]){3, 1}, 2 * sizeof *rows->shape);
    rows->shape_axes = 2;
    nets_op(&model, "softmax", "rows", "s")->mask = SLT_MASK_CAUSAL;
    refused("(softmax -> s): input rows: expected at most as many positions as its width "
            "1, found 3");
}

/* An op with attention of these values. */
static slt_op_spec *attend(const char *q, const char *k, const char *v)
{
    slt_op_spec *op = nets_op(&model, "dot-attention", q, "s");
    nets_input(nets_input(op, k), v);
    op->heads = 1;
    return op;
}

static void test_refused_attention(void)
{
    begin();
    attend("h", "h", "h")->heads = 3;
    refused("-> s): input h: expected a width that 3 heads divide, found 2");
    begin();
    attend("h", "h", "x")->heads = 2;
    refused("-> s): input x: expected a width that 2 heads divide, found 3");
    begin();
    attend("x", "h", "h");
    refused("(dot-attention -> s): input h: expected width 3 like x, found 2");
    begin();
    slt_op_spec *rows = nets_op(&model, "reshape", "x", "rows");
    memcpy(rows->shape, (size_t[]){3, 1}, 2 * sizeof *rows->shape);
    rows->shape_axes = 2;
    slt_op_spec *one = nets_op(&model, "reshape", "x", "one");
    memcpy(one->shape, (size_t[]){1, 3}, 2 * sizeof *one->shape);
    one->shape_axes = 2;
    nets_linear(&model, "one", "K", "", "key");
    nets_weight(&model, "K", 1, 3);
    attend("rows", "key", "key")->mask = SLT_MASK_CAUSAL;
    refused("(dot-attention -> s): input rows: expected at most as many positions as the "
            "1 of key, found 3");
    model.ops[model.op_count - 1].mask = SLT_MASK_NONE;
    nets_name(model.ops[model.op_count - 1].in[2], "rows");
    refused("-> s): input rows: expected positions [1] like key, found [3]");
    begin();
    nets_op(&model, "rotary", "h", "s")->heads = 1;
    refused("(rotary -> s): input h: expected positions on one axis, found 0 axes");
    begin();
    rows = nets_op(&model, "reshape", "x", "rows");
    memcpy(rows->shape, (size_t[]){1, 3}, 2 * sizeof *rows->shape);
    rows->shape_axes = 2;
    nets_op(&model, "rotary", "rows", "s")->heads = 1;
    refused("(rotary -> s): input rows: expected pairs of columns in 1 heads, found "
            "width 3");
}

static void test_refused_shapes(void)
{
    begin();
    model.weights[0].cols = 4;
    refused(
        "ops[0] (linear -> h): weight W: expected 3 columns for the width of x, found "
        "shape [2, 4]");
    begin();
    model.ops[0].transpose = true;
    refused("weight W (transposed): expected 3 rows for the width of x, found shape");
    begin();
    model.weights[2].cols = 3;
    refused("ops[0] (linear -> h): bias c: expected shape [2], found [1, 3]");
    begin();
    nets_name(nets_op(&model, "layernorm", "h", "s")->weight, "W");
    refused("ops[3] (layernorm -> s): weight W: expected shape [2], found [2, 3]");
    begin();
    nets_name(nets_op(&model, "rmsnorm", "x", "s")->bias, "c");
    refused("ops[3] (rmsnorm -> s): bias c: expected shape [3], found [1, ");
    begin();
    nets_op(&model, "affine", "h", "s");
    refused("ops[3] (affine -> s): expected a weight");
    begin();
    nets_input(nets_op(&model, "add", "h", "s"), "x");
    refused("ops[3] (add -> s): input x: expected width 2 like h, found 3");
    begin();
    nets_input(nets_op(&model, "multiply", "h", "s"), "x");
    refused("ops[3] (multiply -> s): input x: expected width 2 like h, found 3");
    begin();
    nets_name(model.loss.in, "h");
    refused("loss (mse): h: expected width 1 like the target, found 2");
    begin();
    nets_name(model.loss.op, "bce");
    nets_name(model.loss.in, "h");
    refused("loss (bce): h: expected width 1 like the target, found 2");
    begin();
    model.weights[1].rows = 0;
    refused("weight V: expected sizes of at least 1");
    begin();
    TAP_OK(strcmp(slt_net_op_name(0), "linear") == 0 && slt_net_loss_name(0) &&
               !slt_net_op_name(99) && !slt_net_loss_name(99),
           "ops and losses have names");
}

/* Weights that nothing uses, that are frozen, or that end in an unused output. */
static void test_absent_gradients(void)
{
    begin();
    nets_weight(&model, "U", 2, 2);
    nets_weight(&model, "F", 2, 2)->trainable = false;
    nets_linear(&model, "h", "U", "", "unused");
    nets_linear(&model, "r", "F", "", "f");
    nets_linear(&model, "f", "V", "", "z");
    nets_name(model.loss.in, "z");
    slt_batch batch = nets_batch(SLT_F64, 4, 3, 1);
    slt_params weights = nets_params(&model, SLT_F64);
    slt_params gradients = nets_params(&model, SLT_F64);
    slt_params before = nets_params(&model, SLT_F64);
    slt_net *net = nets_create(&model, &batch, 4, SLT_F64);
    slt_net_gradient(net, &weights, &batch, &gradients);
    TAP_OK(equals(&gradients.tensor[3], (double[]){0, 0, 0, 0}), "unused: +0");
    TAP_OK(nets_same(&gradients.tensor[4], &before.tensor[4]), "frozen: not written");
    TAP_OK(!nets_same(&gradients.tensor[0], &before.tensor[0]), "through frozen: there");
    slt_net_forward(net, &weights, &batch);
    const slt_real value = slt_tensor_get(slt_net_value(net, "unused"), 0);
    slt_tensor_zero(&weights.tensor[3]);
    slt_net_gradient(net, &weights, &batch, &gradients);
    TAP_OK(slt_tensor_get(slt_net_value(net, "unused"), 0).bits == value.bits,
           "a gradient does not run what the loss does not look at");
    slt_net_free(net);
    slt_params_free(&weights);
    slt_params_free(&gradients);
    slt_params_free(&before);
    slt_batch_free(&batch);
}

static void test_nothing_to_learn(void)
{
    memset(&model, 0, sizeof model);
    nets_loss(&model, "x", true, false);
    nets_name(model.loss.target, "x");
    slt_batch batch = nets_batch(SLT_F32, 4, 3, 1);
    slt_params none = nets_params(&model, SLT_F32);
    slt_net *net = nets_create(&model, &batch, 4, SLT_F32);
    slt_real loss = slt_net_gradient(net, &none, &batch, &none);
    TAP_OK(loss.bits == 0, "an input against itself: no ops, no weights, loss +0");
    slt_net_free(net);
    slt_params_free(&none);
    slt_batch_free(&batch);
}

/* The integer path through the same net: near binary64, and ties keep one exponent. */
static void test_fixed(void)
{
    slt_params gradients[2];
    double loss[2], most = 0;
    for (int i = 0; i < 2; i++) {
        slt_arithmetic arithmetic = i ? SLT_FIXED : SLT_F64;
        memset(&model, 0, sizeof model);
        nets_weight(&model, "W", 4, 3);
        nets_weight(&model, "b", 1, 4);
        nets_tied(&model, "V", "W");
        nets_linear(&model, "x", "W", "b", "h");
        nets_input(nets_op(&model, "add", "h", "s"), "h");
        nets_op(&model, "square", "s", "q");
        nets_linear(&model, "q", "V", "", "y")->transpose = true;
        nets_loss(&model, "y", true, true);
        slt_batch batch = nets_batch(arithmetic, 9, 3, 3);
        slt_params weights = nets_params(&model, arithmetic);
        gradients[i] = nets_params(&model, arithmetic);
        slt_net *net = nets_create(&model, &batch, 9, arithmetic);
        loss[i] = slt_real_double(slt_net_gradient(net, &weights, &batch, &gradients[i]));
        slt_net_free(net);
        slt_params_free(&weights);
        slt_batch_free(&batch);
    }
    for (size_t i = 0; i < 3; i++)
        for (size_t e = 0; e < slt_tensor_count(&gradients[0].tensor[i]); e++)
            most = fmax(most, fabs(at(&gradients[0].tensor[i], e) -
                                   at(&gradients[1].tensor[i], e)));
    TAP_OK(fabs(loss[0] - loss[1]) < 1e-6 && loss[0] > 0.1, "fixed: a loss near f64's");
    TAP_OK(most < 1e-5, "gradients too, the tied one's view included");
    slt_params_free(&gradients[0]);
    slt_params_free(&gradients[1]);
}

static void test_overflow(void)
{
    char name[SLT_NAME_MAX] = "";
    begin();
    slt_batch batch = nets_batch(SLT_FIXED, 2, 3, 1);
    slt_params weights = nets_params(&model, SLT_FIXED);
    slt_net *net = nets_create(&model, &batch, 2, SLT_FIXED);
    slt_net_forward(net, &weights, &batch);
    TAP_OK(!slt_net_overflowed(net, name), "no overflow");
    batch.input[0].overflow = true;
    slt_net_forward(net, &weights, &batch);
    TAP_OK(slt_net_overflowed(net, name) && strcmp(name, "x") == 0, "one, in x");
    TAP_OK(!slt_net_overflowed(net, name), "told once");
    slt_net_free(net);
    slt_params_free(&weights);
    slt_batch_free(&batch);
}

static void test_offered(void)
{
    slt_net_fault fault;
    slt_error err = {0};
    begin();
    slt_batch shape = nets_batch(SLT_FIXED, 2, 3, 1);
    TAP_OK(slt_net_check(&model, &shape, SLT_FIXED, &fault, &err) == SLT_OK,
           "relu in fixed");
    nets_name(model.ops[1].op, "gelu");
    TAP_OK(slt_net_check(&model, &shape, SLT_FIXED, &fault, &err) == SLT_OK,
           "gelu in fixed");
    slt_batch_free(&shape);
}

/* Indices 2, 0 and 0, 1 of three rows. */
static slt_batch index_batch(void)
{
    slt_batch batch = {.rows = 2, .inputs = 2, .input_range = {3, 3}};
    static const int32_t numbers[2][2] = {{2, 0}, {0, 1}};
    for (size_t i = 0; i < 2; i++) {
        snprintf(batch.input_name[i], SLT_NAME_MAX, "%s", i ? "b" : "a");
        batch.input[i] = nets_tensor(SLT_INDEX, 2, 1);
        memcpy(batch.input[i].data, numbers[i], sizeof numbers[i]);
    }
    batch.target = nets_tensor(SLT_F64, 2, 2);
    return batch;
}

/* Losses of values of x -> z -> relu r -> y, the first of which the relu would write
 * over. */
static void test_other_losses(slt_arithmetic arithmetic)
{
    slt_batch batch = nets_batch(arithmetic, 300, 3, 3);
    slt_real expected[3], found[3];
    slt_params weights;
    slt_error err = {0};
    memset(&model, 0, sizeof model);
    nets_weight(&model, "W", 3, 3);
    nets_linear(&model, "x", "W", "", "z");
    nets_op(&model, "relu", "z", "r");
    nets_weight(&model, "V", 3, 3);
    nets_linear(&model, "r", "V", "", "y");
    weights = nets_params(&model, arithmetic);
    for (size_t i = 0; i < 3; i++) { /* of z, of y, and of y with x as target */
        nets_loss(&model, i ? "y" : "z", true, false);
        nets_name(model.loss.target, i == 2 ? "x" : "");
        slt_net *alone = nets_create(&model, &batch, 300, arithmetic);
        expected[i] = slt_net_loss(alone, &weights, &batch);
        model.others[i] = model.loss;
        slt_net_free(alone);
    }
    model.other_count = 3;
    slt_net *net = NULL; /* whose losses come in blocks, but in fixed */
    if (slt_net_create_rows(&model, &batch, (slt_net_rows){.gradient = 7, .loss = 300},
                            arithmetic, &net, &err))
        tap_bail(err.text);
    slt_net_loss(net, &weights, &batch);
    bool same = true;
    for (size_t i = 0; i < 3; i++) {
        found[i] = slt_net_other_loss(net, i);
        same = same && found[i].bits == expected[i].bits;
    }
    TAP_OK(same && found[0].bits != found[1].bits && found[1].bits != found[2].bits,
           "%s: other losses of one pass are those of a net of their own",
           slt_arithmetic_name(arithmetic));
    slt_net_fault fault;
    nets_name(model.others[1].in, "v");
    TAP_OK(slt_net_check(&model, &batch, arithmetic, &fault, &err) == SLT_FORMAT &&
               fault.part == SLT_NET_OTHER_LOSS && fault.op == 1,
           "a fault of the second: %s", err.text);
    slt_net_free(net);
    slt_params_free(&weights);
    slt_batch_free(&batch);
}

static void embed(const char *first, size_t rows)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "E", rows, 2);
    nets_name(nets_op(&model, "embedding", first, "ea")->weight, "E");
    nets_name(nets_op(&model, "embedding", "b", "eb")->weight, "E");
    nets_input(nets_op(&model, "add", "ea", "y"), "eb");
    nets_loss(&model, "y", false, false);
}

/* One table for both inputs: y = E[a] + E[b], dE = 2 y scattered, b's share first. */
static void test_embedding(void)
{
    embed("a", 3);
    slt_batch batch = index_batch();
    slt_params weights = nets_params(&model, SLT_F64);
    slt_params gradients = nets_params(&model, SLT_F64);
    nets_fill(&weights.tensor[0], (double[]){1, 2, 3, 4, 5, 6});
    slt_net *net = nets_create(&model, &batch, 2, SLT_F64);
    slt_real loss = slt_net_gradient(net, &weights, &batch, &gradients);
    slt_net_forward(net, &weights, &batch);
    TAP_OK(equals(slt_net_value(net, "y"), (double[]){6, 8, 4, 6}), "rows looked up");
    TAP_OK(slt_real_double(loss) == 36 + 64 + 16 + 36, "their loss");
    TAP_OK(equals(&gradients.tensor[0], (double[]){20, 28, 8, 12, 12, 16}),
           "and the gradient of the shared table");
    slt_net_free(net);
    slt_params_free(&weights);
    slt_params_free(&gradients);
    slt_batch_free(&batch);
}

static void test_embedding_refused(void)
{
    slt_net_fault fault;
    slt_error err = {0};
    slt_batch batch = index_batch();
    embed("a", 4);
    TAP_OK(slt_net_check(&model, &batch, SLT_F64, &fault, &err) == SLT_FORMAT &&
               strstr(err.text, "weight E: expected 3 rows for the indices of a, found "
                                "shape [4, 2]"),
           "refused: another number of rows");
    embed("ea", 3);
    TAP_OK(slt_net_check(&model, &batch, SLT_F64, &fault, &err) == SLT_FORMAT,
           "refused: a value not there");
    embed("a", 3);
    nets_name(model.ops[0].op, "relu");
    model.ops[0].weight[0] = 0;
    TAP_OK(slt_net_check(&model, &batch, SLT_F64, &fault, &err) == SLT_FORMAT &&
               strstr(err.text, "input a: expected numbers, found indices"),
           "refused: indices as numbers");
    TAP_OK(fault.part == SLT_NET_OP && fault.op == 0, "in op 0");
    embed("a", 3);
    nets_name(model.loss.op, "mes");
    TAP_OK(slt_net_check(&model, &batch, SLT_F64, &fault, &err) == SLT_FORMAT &&
               fault.part == SLT_NET_LOSS,
           "a fault of the loss");
    embed("a", 3);
    TAP_OK(slt_net_check(&model, &batch, SLT_FIXED, &fault, &err) == SLT_OK,
           "an embedding in fixed");
    slt_batch_free(&batch);
}

static void test_functions(void)
{
    begin();
    TAP_EQ_U64(slt_net_functions(&model, SLT_F32), 0, "relu and linear call nothing");
    nets_name(model.ops[1].op, "gelu");
    TAP_EQ_U64(slt_net_functions(&model, SLT_F32), slt_functions_of_gelu(SLT_F32),
               "gelu calls what it calls");
    model.ops[1].form = SLT_FORM_TANH;
    TAP_EQ_U64(slt_net_functions(&model, SLT_F32), slt_functions_of_sigmoid(SLT_F32),
               "its form with tanh the logistic function's");
    model.ops[1].form = SLT_FORM_EXACT;
    TAP_OK(slt_functions_of_gelu(SLT_F32) != 0, "which is something");
}

/* A value that two ops take, a weight that two ops use, ops that go together, kept
 * slopes, and one position of four. */
static void make_large(void)
{
    memset(&model, 0, sizeof model);
    const slt_positions four = {.axes = 1, .size = {4}};
    nets_axes(nets_weight(&model, "P", 4, 64), &four, 64);
    nets_weight(&model, "W", 96, 64);
    nets_weight(&model, "c", 1, 96)->dimensions = 1;
    nets_weight(&model, "V", 64, 96);
    nets_weight(&model, "U", 5, 64);
    nets_name(nets_op(&model, "position", "x", "p")->weight, "P");
    nets_linear(&model, "p", "W", "c", "h");
    nets_op(&model, "gelu", "h", "g");
    nets_linear(&model, "g", "V", "", "k");
    nets_input(nets_op(&model, "add", "k", "r"), "p");
    nets_op(&model, "relu", "r", "s");
    nets_linear(&model, "s", "W", "", "t");
    nets_op(&model, "silu", "t", "u");
    nets_linear(&model, "u", "V", "", "v");
    slt_op_spec *last = nets_op(&model, "select", "v", "z");
    last->selects_one = last->selects_last = true;
    nets_linear(&model, "z", "U", "", "y");
    nets_loss(&model, "y", true, true);
}

/* What threads help with is what one thread gives: in floats parts of the samples and of
 * a weight's gradient, in fixed point nothing. */
static void test_threads(slt_arithmetic arithmetic)
{
    make_large();
    slt_batch batch = nets_batch(arithmetic, tap_times(1023, 383), 4 * 64, 5);
    batch.input_positions[0] = (slt_positions){.axes = 1, .size = {4}};
    slt_params weights = nets_params(&model, arithmetic);
    slt_params gradients[2] = {nets_params(&model, arithmetic),
                               nets_params(&model, arithmetic)};
    slt_net *net = nets_create(&model, &batch, batch.rows, arithmetic);
    slt_pool *pool = NULL;
    if (slt_pool_create(3, &pool, NULL))
        tap_bail("no threads");
    slt_real loss[2], alone[2];
    for (int i = 0; i < 2; i++) {
        slt_net_share(net, i ? pool : NULL);
        loss[i] = slt_net_gradient(net, &weights, &batch, &gradients[i]);
        alone[i] = slt_net_loss(net, &weights, &batch);
    }
    bool same = loss[0].bits == loss[1].bits && alone[0].bits == alone[1].bits;
    for (size_t i = 0; i < weights.count; i++)
        same = same && gradients[0].tensor[i].frac == gradients[1].tensor[i].frac &&
               !memcmp(gradients[0].tensor[i].data, gradients[1].tensor[i].data,
                       slt_tensor_count(&weights.tensor[i]) *
                           slt_arithmetic_size(arithmetic));
    TAP_OK(same && slt_real_finite(loss[0]), "%s: three threads give what one gives",
           slt_arithmetic_name(arithmetic));
    slt_net_free(net);
    slt_pool_free(pool);
    slt_params_free(&weights);
    slt_params_free(&gradients[0]);
    slt_params_free(&gradients[1]);
    slt_batch_free(&batch);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    test_by_hand(SLT_F32);
    test_by_hand(SLT_F64);
    test_by_hand(SLT_FIXED);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        test_classes_by_hand(a);
        test_factor(a);
    }
    test_classes_of_zeros();
    test_divisors();
    test_refused_names();
    test_refused_arguments();
    test_refused_attention();
    test_refused_shapes();
    test_absent_gradients();
    test_nothing_to_learn();
    test_fixed();
    test_overflow();
    test_offered();
    test_other_losses(SLT_F32);
    test_other_losses(SLT_F64);
    test_other_losses(SLT_FIXED);
    test_embedding();
    test_embedding_refused();
    test_functions();
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++)
        test_threads(a);
    return tap_done();
}
