/* Planted weights.  At a training loss of 0: the loss that is reached, which weights
 * move, sums over classes, the same bits by every instruction set, one point in all
 * arithmetics, and what is refused.  The output's weight of least squares. */
#include "net/plant.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sha256.h"
#include "net/second.h"
#include "nets.h"
#include "num/ops.h"

enum { P = 5, SAMPLES = 15, NEURONS = 8 };

static slt_model_spec model;
static int32_t symbols[3][SAMPLES]; /* a, b, a + b mod P */

static void uniform(const char *name, size_t rows, size_t cols)
{
    slt_init_spec *init = &nets_weight(&model, name, rows, cols)->init;
    init->kind = SLT_INIT_UNIFORM;
    init->lo = slt_real_of(-0.35);
    init->hi = slt_real_of(0.35);
}

/* V (A[a] + B[b])^2 + c, centred over samples. */
static void make_model(slt_plant_sums sums)
{
    memset(&model, 0, sizeof model);
    uniform("A", P, NEURONS);
    uniform("B", P, NEURONS);
    uniform("V", P, NEURONS);
    uniform("c", 1, P);
    nets_name(nets_op(&model, "embedding", "a", "ha")->weight, "A");
    nets_name(nets_op(&model, "embedding", "b", "hb")->weight, "B");
    nets_input(nets_op(&model, "add", "ha", "h"), "hb");
    nets_op(&model, "square", "h", "s");
    nets_linear(&model, "s", "V", "c", "y");
    nets_loss(&model, "y", true, false);
    nets_name(model.loss.op, "mse-classes");
    model.loss.centre = SLT_CENTRE_SAMPLES;
    model.loss.factor = slt_real_of(0.5);
    model.plant = (slt_plant_spec){.given = true,
                                   .kind = SLT_PLANT_ZERO_LOSS,
                                   .loss = slt_real_of(1e-24),
                                   .steps = 200,
                                   .sums = sums};
}

static slt_batch make_batch(void)
{
    const slt_tensor index = {.arithmetic = SLT_INDEX, .rows = SAMPLES, .cols = 1};
    slt_batch batch = {.rows = SAMPLES,
                       .inputs = 2,
                       .input_name = {"a", "b"},
                       .input = {index, index},
                       .target = index,
                       .input_range = {P, P},
                       .target_range = P};
    for (int32_t i = 0; i < SAMPLES; i++) {
        symbols[0][i] = i * 3 % P;
        symbols[1][i] = (i * 3 % P + i * 7 / P) % P;
        symbols[2][i] = (symbols[0][i] + symbols[1][i]) % P;
    }
    batch.input[0].data = symbols[0];
    batch.input[1].data = symbols[1];
    batch.target.data = symbols[2];
    return batch;
}

static slt_status plant(slt_arithmetic arithmetic, slt_params *params, slt_error *err)
{
    const slt_init_source source = {.seed = {.key = 4}};
    const slt_batch batch = make_batch();
    slt_params_create(&model, arithmetic, params, NULL);
    slt_status status = slt_params_init(&model, &source, params, err);
    return status ? status : slt_plant(&model, &source, &batch, params, err);
}

static slt_params planted(slt_arithmetic arithmetic)
{
    slt_params params;
    slt_error err = {0};
    if (plant(arithmetic, &params, &err))
        tap_bail(err.text);
    return params;
}

/* A copy without the plant. */
static slt_params started(slt_arithmetic arithmetic)
{
    model.plant.given = false;
    slt_params params = planted(arithmetic);
    model.plant.given = true;
    return params;
}

static double loss_of(const slt_params *params)
{
    const slt_batch batch = make_batch();
    slt_net *net;
    slt_error err = {0};
    if (slt_net_create(&model, &batch, SAMPLES, params->tensor[0].arithmetic, &net, &err))
        tap_bail(err.text);
    double loss = slt_real_double(slt_net_loss(net, params, &batch));
    slt_net_free(net);
    return loss;
}

static double at(const slt_tensor *tensor, size_t element)
{
    return slt_real_double(slt_tensor_get(tensor, element));
}

/* The largest sum over classes of a column of V, and that of c. */
static double sums_of(const slt_params *params)
{
    double most = 0, last = 0;
    for (size_t j = 0; j < NEURONS; j++) {
        double sum = 0;
        for (size_t i = 0; i < P; i++)
            sum += at(&params->tensor[2], i * NEURONS + j);
        most = fmax(most, fabs(sum));
    }
    for (size_t i = 0; i < P; i++)
        last += at(&params->tensor[3], i);
    return fmax(most, fabs(last));
}

static void test_sums(void)
{
    slt_params point[3];
    for (int sums = 0; sums < 3; sums++) {
        make_model((slt_plant_sums)sums);
        point[sums] = planted(SLT_F64);
        TAP_OK(loss_of(&point[sums]) <= 1.01e-24, "a loss of 0: %g",
               loss_of(&point[sums]));
    }
    slt_params start = started(SLT_F64);
    TAP_OK(sums_of(&point[SLT_PLANT_SUMS_ZERO]) < 1e-15, "sums that are 0: %g",
           sums_of(&point[SLT_PLANT_SUMS_ZERO]));
    double far = 0;
    for (size_t j = 0; j < NEURONS; j++) {
        double sum = 0;
        for (size_t i = 0; i < P; i++)
            sum += at(&point[SLT_PLANT_SUMS_KEPT].tensor[2], i * NEURONS + j) -
                   at(&start.tensor[2], i * NEURONS + j);
        far = fmax(far, fabs(sum));
    }
    TAP_OK(far < 1e-14 && sums_of(&start) > 0.1, "sums that are kept: %g", far);
    for (int sums = 0; sums < 3; sums++)
        slt_params_free(&point[sums]);
    slt_params_free(&start);
}

static bool same(const slt_params *a, const slt_params *b, size_t weight)
{
    return nets_same(&a->tensor[weight], &b->tensor[weight]);
}

/* Each number is the f64 run's, rounded once. */
static void test_arithmetics(void)
{
    make_model(SLT_PLANT_SUMS_FREE);
    slt_params exact = planted(SLT_F64);
    for (slt_arithmetic arithmetic = SLT_F32; arithmetic < SLT_INDEX; arithmetic++) {
        slt_params params = planted(arithmetic);
        bool equal = true;
        for (size_t i = 0; i < params.count; i++) {
            slt_tensor rounded =
                nets_tensor(arithmetic, params.tensor[i].rows, params.tensor[i].cols);
            for (size_t e = 0; e < slt_tensor_count(&rounded); e++)
                slt_tensor_set(&rounded, e, slt_tensor_get(&exact.tensor[i], e));
            equal &= nets_same(&rounded, &params.tensor[i]);
            slt_tensor_free(&rounded);
        }
        TAP_OK(equal, "the point of f64, in %s", slt_arithmetic_name(arithmetic));
        slt_params_free(&params);
    }
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++) {
        slt_num_start((slt_isa)isa);
        slt_params params = planted(SLT_F64);
        TAP_OK(same(&exact, &params, 0) && same(&exact, &params, 1) &&
                   same(&exact, &params, 2) && same(&exact, &params, 3),
               "the same bits at most by %s", slt_isa_name((slt_isa)isa));
        slt_params_free(&params);
    }
    slt_num_start(SLT_ISA_COUNT - 1);
    slt_params_free(&exact);
}

/* Those that are named move, frozen ones too; without names those that train. */
static void test_named(void)
{
    make_model(SLT_PLANT_SUMS_FREE);
    model.weights[1].trainable = false;
    slt_params start = started(SLT_F64), all = planted(SLT_F64);
    TAP_OK(!same(&start, &all, 0) && same(&start, &all, 1) && !same(&start, &all, 2) &&
               !same(&start, &all, 3),
           "a frozen weight stays");
    nets_name(model.plant.weights[0], "B");
    nets_name(model.plant.weights[1], "V");
    model.plant.weight_count = 2;
    slt_params some = planted(SLT_F64);
    TAP_OK(same(&start, &some, 0) && !same(&start, &some, 1) && !same(&start, &some, 2) &&
               same(&start, &some, 3),
           "unless it is named");
    slt_params_free(&start);
    slt_params_free(&all);
    slt_params_free(&some);
}

/* Raw elements of no stated type are the run's, in the solution too. */
static void test_file(void)
{
    char folder[] = "/tmp/slt-plant-XXXXXX", path[64];
    if (!mkdtemp(folder))
        tap_bail("no temporary folder");
    snprintf(path, sizeof path, "%s/raw", folder);
    make_model(SLT_PLANT_SUMS_FREE);
    slt_params start = started(SLT_F32);
    uint8_t bytes[4 * P * NEURONS];
    slt_tensor_store(&start.tensor[0], bytes);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, sizeof bytes, file) != sizeof bytes || fclose(file))
        tap_bail("cannot write a test file");
    slt_init_spec *init = &model.weights[0].init;
    init->kind = SLT_INIT_FILE;
    nets_name(init->file, "raw");
    slt_sha256_of(bytes, sizeof bytes, init->sha256);
    const slt_init_source source = {.seed = {.key = 4}, .folder = folder};
    const slt_batch batch = make_batch();
    slt_params params;
    slt_error err = {0};
    slt_params_create(&model, SLT_F32, &params, NULL);
    slt_status status = slt_params_init(&model, &source, &params, &err);
    if (!status)
        status = slt_plant(&model, &source, &batch, &params, &err);
    TAP_OK(status == SLT_OK, "from raw elements of f32 %s", err.text);
    TAP_OK(loss_of(&params) < 1e-12, "to a loss of %g", loss_of(&params));
    slt_params_free(&params);
    slt_params_free(&start);
    unlink(path);
    rmdir(folder);
}

static void test_not_reached(void)
{
    make_model(SLT_PLANT_SUMS_FREE);
    model.plant.steps = 3;
    slt_params params;
    slt_error err = {0};
    slt_status status = plant(SLT_F64, &params, &err);
    TAP_OK(status == SLT_FORMAT &&
               strstr(err.text, "plant zero-loss: expected a training loss of at most "
                                "1e-24, found 0.") &&
               strstr(err.text, "after 3 steps"),
           "not reached: %s", err.text);
    slt_params_free(&params);
    /* Nothing can move: the gradient of what is frozen at 0 is 0. */
    make_model(SLT_PLANT_SUMS_FREE);
    model.weights[2].init.kind = SLT_INIT_ZERO;
    nets_name(model.plant.weights[0], "A");
    model.plant.weight_count = 1;
    status = plant(SLT_F64, &params, &err);
    TAP_OK(status == SLT_FORMAT && strstr(err.text, "after 0 steps"), "no gradient: %s",
           err.text);
    slt_params_free(&params);
}

static void refused(const char *field, const char *words)
{
    const slt_batch batch = make_batch();
    const char *found = "";
    slt_error err = {0};
    slt_status status = slt_plant_check(&model, &batch, SLT_FIXED, &found, &err);
    if (!TAP_OK(status == SLT_FORMAT && !strcmp(found, field) && strstr(err.text, words),
                "refused: %s: %s", field, words))
        tap_note("status %d, %s: \"%s\"", (int)status, found, err.text);
}

static void test_refused(void)
{
    const slt_batch batch = make_batch();
    const char *field;
    make_model(SLT_PLANT_SUMS_KEPT);
    TAP_OK(slt_plant_check(&model, &batch, SLT_FIXED, &field, NULL) == SLT_OK,
           "what fits is not");
    nets_name(model.plant.weights[0], "Z");
    model.plant.weight_count = 1;
    refused("weights", "expected the name of a weight that is not tied, found 'Z'");
    nets_tied(&model, "D", "A");
    nets_name(model.plant.weights[0], "D");
    refused("weights", "found 'D'");
    make_model(SLT_PLANT_SUMS_ZERO);
    for (size_t i = 0; i < model.weight_count; i++)
        model.weights[i].trainable = false;
    refused("weights", "expected a weight that trains, found none");
    make_model(SLT_PLANT_SUMS_ZERO);
    nets_op(&model, "square", "y", "z");
    nets_name(model.loss.in, "z");
    refused("sum_over_classes", "needs a linear op, not transposed");
    make_model(SLT_PLANT_SUMS_FREE);
    nets_name(model.loss.op, "cross-entropy");
    refused("kind", "the loss cross-entropy is no sum of squares");
    make_model(SLT_PLANT_SUMS_FREE);
    nets_op(&model, "gelu", "y", "z");
    nets_name(model.loss.in, "z");
    refused("kind", "solves in integers, which have no erf of binary64");
    TAP_OK(slt_plant_check(&model, &batch, SLT_F64, &field, NULL) == SLT_OK,
           "binary64 has it");
    model.plant.given = false;
    TAP_OK(slt_plant_check(&model, &batch, SLT_FIXED, &field, NULL) == SLT_OK,
           "nor what is absent");
}

/* ---- Least squares ----------------------------------------------------------------- */

static void least_squares(slt_centre centre, size_t neurons)
{
    make_model(SLT_PLANT_SUMS_FREE);
    for (size_t i = 0; i < 3; i++)
        model.weights[i].cols = neurons;
    model.loss.centre = centre;
    model.plant = (slt_plant_spec){
        .given = true, .kind = SLT_PLANT_LEAST_SQUARES, .tolerance = slt_real_of(1e-12)};
    nets_name(model.plant.weight, "V");
}

/* The largest number of the loss's gradient by V. */
static double steepness(const slt_params *params)
{
    const slt_batch batch = make_batch();
    slt_params gradients;
    slt_params_create(&model, SLT_F64, &gradients, NULL);
    slt_net *net = nets_create(&model, &batch, SAMPLES, SLT_F64);
    slt_net_gradient(net, params, &batch, &gradients);
    double most = 0;
    for (size_t e = 0; e < slt_tensor_count(&gradients.tensor[2]); e++)
        most = fmax(most, fabs(at(&gradients.tensor[2], e)));
    slt_net_free(net);
    slt_params_free(&gradients);
    return most;
}

static double square_of(const slt_params *params)
{
    return slt_real_double(slt_num_dot(&params->tensor[2], &params->tensor[2]));
}

/* With fewer neurons than samples the loss has a least value; with more it is 0 for many
 * V, of which descent from a random one finds another. */
static void test_least_squares(slt_centre centre)
{
    least_squares(centre, NEURONS);
    slt_params start = started(SLT_F64), few = planted(SLT_F64);
    TAP_OK(steepness(&few) < 1e-14 && loss_of(&few) < loss_of(&start),
           "least squares: no gradient is left: %g", steepness(&few));
    TAP_OK(same(&start, &few, 0) && same(&start, &few, 1) && !same(&start, &few, 2) &&
               same(&start, &few, 3),
           "and nothing else moves");
    least_squares(centre, 60);
    slt_params many = planted(SLT_F64);
    model.plant.kind = SLT_PLANT_ZERO_LOSS;
    model.plant.loss = slt_real_of(1e-24);
    model.plant.steps = 100;
    nets_name(model.plant.weights[0], "V");
    model.plant.weight_count = 1;
    slt_params other = planted(SLT_F64);
    TAP_OK(loss_of(&many) < 1e-25 && loss_of(&other) < 1.01e-24 &&
               square_of(&many) < 0.99 * square_of(&other),
           "of many zeros the one of least norm: %g, not %g", square_of(&many),
           square_of(&other));
    slt_params_free(&start);
    slt_params_free(&few);
    slt_params_free(&many);
    slt_params_free(&other);
}

static void test_least_squares_refused(void)
{
    least_squares(SLT_CENTRE_NONE, NEURONS);
    nets_name(model.plant.weight, "A");
    refused("weight", "expected the untied weight of a linear op, not transposed, that "
                      "makes the loss's value, y; found 'A'");
    nets_name(model.plant.weight, "V");
    model.ops[4].transpose = true;
    nets_weight(&model, "W", NEURONS, P);
    nets_name(model.ops[4].weight, "W");
    refused("weight", "found 'V'");
    /* V before and behind. */
    least_squares(SLT_CENTRE_NONE, P);
    nets_op(&model, "linear", "y", "z");
    nets_name(model.ops[5].weight, "V");
    nets_name(model.loss.in, "z");
    refused("weight", "V makes the input of that op, or its bias, too");
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    test_sums();
    test_arithmetics();
    test_named();
    test_file();
    test_not_reached();
    test_refused();
    test_least_squares(SLT_CENTRE_NONE);
    test_least_squares(SLT_CENTRE_SAMPLES);
    test_least_squares(SLT_CENTRE_OUTPUTS);
    test_least_squares_refused();
    return tap_done();
}
