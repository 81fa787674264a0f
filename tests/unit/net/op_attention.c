/* The op attention: the exact attention of local rules, what a prefix and a suffix share,
 * and what is refused.  Every bit is held to its definition in variants/attention, every
 * derivative in property/gradients. */
#include <math.h>

#include "net/net.h"
#include "net/second.h"
#include "nets.h"

enum { WIDTH = 4, STRINGS = 1 << WIDTH, SITES = WIDTH * STRINGS };

static slt_model_spec model;

/* All sites of all strings. */
static slt_batch all_sites(void)
{
    slt_batch batch = {.rows = SITES, .inputs = 2};
    nets_name(batch.input_name[0], "x");
    nets_name(batch.input_name[1], "site");
    batch.input[0] = nets_tensor(SLT_F64, SITES, WIDTH);
    batch.input[1] = nets_tensor(SLT_INDEX, SITES, 1);
    batch.input_range[1] = WIDTH;
    batch.target = nets_tensor(SLT_F64, SITES, 1);
    for (size_t row = 0; row < SITES; row++) {
        for (size_t j = 0; j < WIDTH; j++)
            slt_tensor_set(&batch.input[0], row * WIDTH + j,
                           slt_real_of(row / WIDTH >> j & 1 ? 1 : -1));
        ((int32_t *)batch.input[1].data)[row] = (int32_t)(row % WIDTH);
    }
    return batch;
}

/* Features of A [2 d, d], which stays as it is. */
static slt_op_spec *begin_model(size_t d, const char *left, const char *right)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "A", 2 * d, d)->trainable = false;
    nets_weight(&model, "v", 1, d);
    nets_weight(&model, "C", 1, 2 * d * d);
    slt_op_spec *op = nets_input(nets_op(&model, "attention", "x", "z"), "site");
    nets_name(op->weight, "A");
    nets_name(op->further[SLT_OP_LEFT], left);
    nets_name(op->further[SLT_OP_RIGHT], right);
    nets_linear(&model, "z", "C", "", "y");
    nets_loss(&model, "y", true, true);
    return op;
}

static slt_tensor features_of(const slt_batch *batch, const double *a, size_t count)
{
    slt_params weights;
    slt_params_create(&model, SLT_F64, &weights, NULL);
    for (size_t e = 0; e < count; e++)
        slt_tensor_set(&weights.tensor[0], e, slt_real_of(a[e]));
    slt_net *net = nets_create(&model, batch, SITES, SLT_F64);
    slt_net_forward(net, &weights, batch);
    const slt_tensor *z = slt_net_value(net, "z");
    slt_tensor copy = nets_tensor(SLT_F64, z->rows, z->cols);
    slt_tensor_copy(&copy, z);
    slt_net_free(net);
    slt_params_free(&weights);
    return copy;
}

static double product(const slt_tensor *z, size_t p, size_t q)
{
    const double *x = (const double *)z->data + p * z->cols;
    const double *y = (const double *)z->data + q * z->cols;
    double sum = 0;
    for (size_t j = 0; j < z->cols; j++)
        sum += x[j] * y[j];
    return sum;
}

/* A site and its neighbours, outside of the string -1: 0 to 7. */
static size_t triple(size_t row)
{
    const size_t string = row / WIDTH, site = row % WIDTH;
    return (site ? string >> (site - 1) & 1 : 0) + 2 * (string >> site & 1) +
           4 * (string >> (site + 1) & 1);
}

/* 4 x 4 matrices whose features know a site's neighbours and nothing else. */
static void test_exact(const char *word)
{
    static const double a[] = {1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0,
                               0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1};
    slt_batch batch = all_sites();
    double worst = 0;
    begin_model(4, word, word);
    slt_tensor z = features_of(&batch, a, sizeof a / sizeof *a);
    for (size_t p = 0; p < SITES; p++)
        for (size_t q = 0; q < SITES; q++)
            worst = fmax(worst, fabs(product(&z, p, q) - (triple(p) == triple(q))));
    TAP_OK(worst < 1e-15, "%s: eight orthonormal vectors, one for each triple (%.1g)",
           word, worst);
    slt_tensor_free(&z);
    slt_batch_free(&batch);
}

/* Without a real eigenvalue of largest magnitude there are no features. */
static void test_complex(void)
{
    static const double a[] = {0, 1, -1, 0, 1, 2, 3, 4};
    slt_batch batch = all_sites();
    double sum = 0;
    begin_model(2, "dominant", "largest");
    slt_tensor z = features_of(&batch, a, sizeof a / sizeof *a);
    for (size_t row = 0; row < SITES; row++)
        sum += product(&z, row, row);
    TAP_OK(sum == 0, "a rotation has no eigenvector and gives no features");
    slt_tensor_free(&z);
    slt_batch_free(&batch);
}

/* Divided by its norm, a product of matrices makes the vector of the same direction. */
static void test_products(slt_attention_norm norm, const char *name)
{
    static const double a[] = {1.5, -0.5, 0.25, 0.75, 0.5, 1, -1, 0.25};
    slt_batch batch = all_sites();
    double worst = 0, longest = 0;
    begin_model(2, "dominant", "largest");
    slt_tensor vectors = features_of(&batch, a, sizeof a / sizeof *a);
    model.ops[0].norm = norm;
    slt_tensor products = features_of(&batch, a, sizeof a / sizeof *a);
    for (size_t row = 0; row < SITES; row++) {
        const double *x = (const double *)vectors.data + row * 8;
        const double *y = (const double *)products.data + row * 8;
        double xy = 0, yy = 0;
        for (size_t j = 0; j < 8; j++) {
            xy += x[j] * y[j];
            yy += y[j] * y[j];
        }
        worst = fmax(worst, fabs(xy - sqrt(yy)));
        longest = fmax(longest, yy);
    }
    TAP_OK(worst < 1e-14 && longest <= 1 + 1e-14 && longest > 0.1,
           "%s: the directions of vectors, none longer (%.3g)", name, longest);
    slt_tensor_free(&vectors);
    slt_tensor_free(&products);
    slt_batch_free(&batch);
}

/* The same of x that a trained weight makes. */
static void begin_turned(void)
{
    begin_model(2, "v", "v");
    nets_weight(&model, "W", WIDTH, WIDTH);
    model.op_count = 0;
    memset(model.ops, 0, sizeof model.ops);
    nets_linear(&model, "x", "W", "", "turned");
    slt_op_spec *op = nets_input(nets_op(&model, "attention", "turned", "z"), "site");
    nets_name(op->weight, "A");
    nets_name(op->further[SLT_OP_LEFT], "v");
    nets_name(op->further[SLT_OP_RIGHT], "v");
    nets_linear(&model, "z", "C", "", "y");
}

/* What x was made by moves no token. */
static void test_input_gradient(void)
{
    slt_batch batch = all_sites();
    begin_turned();
    slt_params weights, gradients;
    slt_params_create(&model, SLT_F64, &weights, NULL);
    slt_params_create(&model, SLT_F64, &gradients, NULL);
    for (size_t i = 0; i < weights.count; i++)
        nets_random(&weights.tensor[i], (uint32_t)i, 1);
    slt_net *net = nets_create(&model, &batch, SITES, SLT_F64);
    slt_net_gradient(net, &weights, &batch, &gradients);
    double along = 0, of_v = 0;
    for (size_t e = 0; e < WIDTH * WIDTH; e++)
        along += fabs(slt_real_double(slt_tensor_get(&gradients.tensor[3], e)));
    for (size_t e = 0; e < 2; e++)
        of_v += fabs(slt_real_double(slt_tensor_get(&gradients.tensor[1], e)));
    TAP_OK(along == 0 && of_v > 0, "the signs of x have no derivative");
    slt_net_free(net);
    slt_params_free(&weights);
    slt_params_free(&gradients);
    slt_batch_free(&batch);
}

/* Nothing changes along what x was made by. */
static void test_second(void)
{
    slt_batch batch = all_sites();
    begin_turned();
    model.weights[1].trainable = model.weights[2].trainable = false;
    slt_params weights, v, hv;
    slt_params_create(&model, SLT_F64, &weights, NULL);
    slt_params_create(&model, SLT_F64, &v, NULL);
    slt_params_create(&model, SLT_F64, &hv, NULL);
    for (size_t i = 0; i < weights.count; i++) {
        nets_random(&weights.tensor[i], (uint32_t)i, 1);
        nets_random(&v.tensor[i], (uint32_t)(9 + i), 1);
    }
    slt_second *second;
    slt_error err;
    if (slt_second_create(&model, &batch, SITES, SLT_F64, &second, &err))
        tap_bail(err.text);
    slt_second_place(second, &weights, &batch, NULL);
    slt_second_product(second, &v, &hv);
    const slt_tensor *tangent = slt_second_tangent(second, "y");
    double most = 0;
    for (size_t e = 0; e < SITES; e++)
        most = fmax(most, fabs(slt_real_double(slt_tensor_get(tangent, e))));
    for (size_t e = 0; e < WIDTH * WIDTH; e++)
        most = fmax(most, fabs(slt_real_double(slt_tensor_get(&hv.tensor[3], e))));
    TAP_OK(most == 0, "no token moves with x: no tangent, no product with the Hessian");
    slt_second_free(second);
    slt_params_free(&weights);
    slt_params_free(&v);
    slt_params_free(&hv);
    slt_batch_free(&batch);
}

static void refused(slt_arithmetic arithmetic, const char *words)
{
    slt_batch batch = all_sites();
    slt_net_fault fault;
    slt_error err = {0};
    slt_status status = slt_net_check(&model, &batch, arithmetic, &fault, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
    slt_batch_free(&batch);
}

static void test_refused(void)
{
    begin_model(2, "dominant", "v");
    refused(SLT_FIXED, "has no fixed point: expected arithmetic f32 or f64");
    model.weights[0].trainable = true;
    refused(SLT_F64, "dominant has no gradient: expected trainable: false of weight A");
    begin_model(2, "v", "largest");
    model.weights[0].trainable = true;
    refused(SLT_F64, "largest has no gradient");
    begin_model(2, "", "v");
    refused(SLT_F64, "expected a left");
    begin_model(2, "v", "w");
    refused(SLT_F64, "right w: there is no weight of that name");
    begin_model(2, "v", "C");
    refused(SLT_F64, "weight C: expected shape [2], found [1, 8]");
    begin_model(2, "v", "v");
    model.weights[0].rows = 3;
    refused(SLT_F64, "weight A: expected two square matrices, [2 d, d], found [3, 2]");
    slt_op_spec *op = begin_model(2, "v", "v");
    nets_name(op->further[SLT_OP_READOUT], "C");
    refused(SLT_F64, "weight C: expected shape [4, 2] like A, found [1, 8]");
    begin_model(2, "dominant", "v")->norm = SLT_ATTENTION_FROBENIUS;
    refused(SLT_F64, "normalized products have no gradient: expected trainable: false of "
                     "weight v");
    begin_model(3, "dominant", "dominant")->norm = SLT_ATTENTION_SPECTRAL;
    refused(SLT_F64, "expected weight A of shape [4, 2], found [6, 3]");
    begin_model(2, "v", "v")->balanced = true;
    refused(SLT_F64, "readout_norm: expected a readout");
    op = begin_model(2, "v", "v");
    nets_name(op->further[SLT_OP_READOUT], "A");
    op->features = SLT_FEATURES_LEFT;
    refused(SLT_F64, "features: expected no readout");
    op = begin_model(2, "v", "v");
    nets_name(op->in[1], "x");
    refused(SLT_F64, "input x: expected indices, found numbers");
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    test_exact("dominant");
    test_exact("largest");
    test_complex();
    test_products(SLT_ATTENTION_FROBENIUS, "frobenius");
    test_products(SLT_ATTENTION_SPECTRAL, "spectral");
    test_input_gradient();
    test_second();
    test_refused();
    return tap_done();
}
