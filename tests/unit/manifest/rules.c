/* What fields of the kinds of data and of init have to agree on, and where it is said. */
#include <stdio.h>
#include <string.h>

#include "manifest/manifest.h"
#include "tap.h"

/* One weight of a linear op on the data, nothing trained. */
static slt_status open_run(const char *arithmetic, const char *data, const char *input,
                           const char *weight, slt_error *err)
{
    char text[1024];
    slt_manifest *manifest = NULL;
    int size = snprintf(text, sizeof text,
                        "sltrace: 1\nname: test/rules\nrun:\n  arithmetic: %s\n"
                        "  seed: 1\n  data: {%s}\n  model:\n    weights:\n"
                        "      W: {%s}\n    ops:\n"
                        "      - {op: linear, in: %s, weight: W, out: y}\n"
                        "    loss: {op: mse, in: y}\n",
                        arithmetic, data, weight, input);
    slt_status status = slt_manifest_parse(text, (size_t)size, "m.yaml", &manifest, err);
    slt_manifest_free(manifest);
    return status;
}

static void accepted(const char *arithmetic, const char *data, const char *input,
                     const char *weight)
{
    slt_error err = {0};
    if (!TAP_OK(open_run(arithmetic, data, input, weight, &err) == SLT_OK,
                "accepted in %s: %s, %s", arithmetic, data, weight))
        tap_note("%s", err.text);
}

static void refused(const char *arithmetic, const char *data, const char *input,
                    const char *weight, const char *message)
{
    slt_error err = {0};
    slt_status status = open_run(arithmetic, data, input, weight, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, message), "refused: %s",
                message))
        tap_note("status %d, message '%s'", (int)status, err.text);
}

#define POLYNOMIAL "kind: polynomial, samples: 9, degree: 3"
#define SINUSOID "kind: sinusoid, samples: 9, order: 3"
#define SUBSPACE "kind: subspace, samples: 9, inputs: 4, rank: "
#define EXPONENTIAL "kind: exponential, gap: 1"
#define BALL "kind: ball, inputs: 3, gap: 0.5"
#define ONE_HOT "kind: one-hot, samples: 9, features: 4"

static void test_data(void)
{
    accepted("f32", POLYNOMIAL ", scale: 0.5", "x", "shape: [1, 4]");
    accepted("f64", SINUSOID, "x", "shape: [1, 1]");
    accepted("f32", SINUSOID ", amplitudes: [1, 0, 2], noise_std: 0.1", "basis",
             "shape: [1, 7]");
    accepted("fixed", SUBSPACE "4", "x", "shape: [4, 4]");
    accepted("fixed", ONE_HOT ", value: uniform", "x", "shape: [4, 4]");
    accepted("fixed", POLYNOMIAL, "x", "shape: [1, 4]");
    accepted("fixed", SINUSOID, "x", "shape: [1, 1]");
    refused("f32", SUBSPACE "5", "x", "shape: [4, 4]",
            "m.yaml:6:55: run.data.rank: at most inputs, 4; found 5");
    refused("f32", SINUSOID ", amplitudes: [1, 0, 0, 1]", "x", "shape: [1, 1]",
            "m.yaml:6:9: run.data: data.amplitudes: expected 1 to 3 (order) numbers");
    refused("f32", SINUSOID, "z", "shape: [1, 1]", "run.model.ops[0]");
    refused("f32", ONE_HOT ", scale: 2", "x", "shape: [4, 4]",
            "run.data.scale: only with kind=polynomial");
    accepted("fixed", EXPONENTIAL ", samples: 9, signs: positive", "x", "shape: [1, 1]");
    accepted("f64", BALL ", samples: 8, push: 10, squares_from: 0", "x", "shape: [1, 3]");
    refused("f32", EXPONENTIAL ", samples: 9", "x", "shape: [1, 1]",
            "m.yaml:6:46: run.data.samples: an even number, half of each class; found 9");
    refused("f64", BALL ", samples: 9", "x", "shape: [1, 3]",
            "run.data.samples: an even number, half of each class; found 9");
    refused("f64", BALL ", samples: 8, squares_from: 1", "x", "shape: [1, 3]",
            "run.data.squares_from: expected");
    refused("f64", "kind: ball, samples: 8, inputs: 1, gap: 1, push: 2", "x",
            "shape: [1, 1]", "run.data.inputs: at least 2 with push; found 1");
}

static void test_coefficients(void)
{
    accepted("f32", POLYNOMIAL, "x", "shape: [1, 4], init: {kind: teacher, factor: A}");
    accepted("f32", POLYNOMIAL, "x", "shape: [4], init: {kind: teacher, factor: A}");
    accepted("fixed", POLYNOMIAL, "x", "shape: [1, 4], init: {kind: teacher, factor: A}");
    accepted("f64", SINUSOID, "basis", "shape: [1, 7], init: {kind: teacher, factor: A}");
    refused("f32", POLYNOMIAL, "x", "shape: [1, 4], init: {kind: teacher, factor: W1}",
            "m.yaml:9:10: run.model.weights.W: expected factor A, found 'W1'");
    refused("f64", SINUSOID, "x", "shape: [1, 1], init: {kind: teacher, factor: A}",
            "run.model.weights.W: factor A needs shape [1, 7]; found [1, 1]");
    refused("f64", SUBSPACE "2", "x", "shape: [4, 4], init: {kind: teacher, factor: A}",
            "init teacher needs data of a linear-teacher, or polynomial or sinusoid");
}

/* `inputs` in a shape is the width of x. */
static void test_inputs(void)
{
    accepted("f32", POLYNOMIAL, "x",
             "shape: [1, inputs], init: {kind: teacher, factor: A}");
    accepted("f32", POLYNOMIAL, "x", "shape: [inputs], init: {kind: teacher, factor: A}");
    accepted("f32", ONE_HOT, "x", "shape: [inputs, inputs]");
    accepted("f64", SINUSOID, "x", "shape: [1, inputs]");
    refused("f64", SINUSOID, "basis", "shape: [1, inputs]", "run.model.ops[0]");
    refused("f32", POLYNOMIAL, "x", "shape: [1, input]",
            "expected inputs or a whole number from 1 to 16777216, found the text "
            "'input'; did you mean 'inputs'?");
    refused("f32", POLYNOMIAL, "x", "shape: [1, 0]",
            "shape[1]: expected a whole number from 1 to 16777216, found 0");
    refused("f32", "kind: modular-addition, p: 5, train_fraction: 0.5", "a",
            "shape: [1, inputs]",
            "m.yaml:9:10: run.model.weights.W: shape: inputs needs data with an input x");
}

static void test_values(void)
{
    accepted("fixed", ONE_HOT, "x",
             "shape: [4, 4], init: {kind: values, values: [1, 2, 3, 4, 0.5, -1, 0, 8, 9, "
             "1, 2, 3, 4, 5, 6, -7]}");
    refused("f32", ONE_HOT, "x", "shape: [2, 4], init: {kind: values, values: [1, 2, 3]}",
            "m.yaml:9:10: run.model.weights.W: expected 8 values for shape [2, 4], found "
            "3");
    accepted("f32", ONE_HOT, "x",
             "shape: [4, 4], init: {kind: values, values: [1, 2, 3], rest: 0}");
    refused("f32", ONE_HOT, "x",
            "shape: [1, 4], init: {kind: values, values: [1, 2, 3, 4, 5], rest: 0}",
            "expected 4 values for shape [1, 4], found 5");
}

static void test_polygon(void)
{
    static const char *const arithmetics[] = {"f32", "fixed"};
    for (size_t i = 0; i < 2; i++)
        accepted(
            arithmetics[i], "kind: constant, samples: 9, inputs: 4, outputs: 2", "x",
            "shape: [2, 4], init: {kind: polygon, corners: 4, length: 0.9, noise: 0.01}");
    refused("f32", ONE_HOT, "x", "shape: [2, 4], init: {kind: polygon, corners: 5}",
            "init polygon needs shape [2, columns], columns >= 5; found [2, 4]");
    refused("f32", ONE_HOT, "x", "shape: [4, 4], init: {kind: polygon, corners: 2}",
            "columns >= 2; found [4, 4]");
}

int main(void)
{
    test_data();
    test_coefficients();
    test_inputs();
    test_values();
    test_polygon();
    return tap_done();
}
