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

static void test_shapes(void)
{
    refused("f32", ONE_HOT, "x", "shape: [1, 16777216, 16777216, 2]",
            "m.yaml:9:10: run.model.weights.W: shape: 16777216 elements by 16777216 by "
            "further ones, at most ");
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

/* ---- Whole runs ---------------------------------------------------------------------
 */

#define TEACHER "kind: linear-teacher, samples: 12, inputs: 4, outputs: 3, rank: 2"
#define CLASSES "kind: modular-addition, p: 5, train_fraction: 0.6"
#define ALL_CLASSES "kind: modular-addition, p: 5, train_fraction: 1"
#define LINEAR                                                                           \
    "    weights:\n      W: {shape: [3, 4], init: {kind: normal, std: 0.1}}\n"           \
    "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"                         \
    "    loss: {op: mse, in: y}\n"
#define FACTOR(shape, factor)                                                            \
    "    weights:\n      W: {shape: " shape ", init: {kind: teacher, factor: " factor    \
    "}}\n    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"                     \
    "    loss: {op: mse, in: y}\n"
#define SELECT(fields)                                                                   \
    "    weights:\n      W: {shape: [1, 1], init: {kind: zero}}\n    ops:\n"             \
    "      - {op: select, in: x, " fields ", out: z}\n"                                  \
    "      - {op: linear, in: z, weight: W, out: y}\n    loss: {op: mse, in: y}\n"
#define ADDING                                                                           \
    "    weights:\n      E: {shape: [5, 5], init: {kind: normal, std: 1}}\n"             \
    "    ops:\n      - {op: embedding, in: a, weight: E, out: y}\n"                      \
    "    loss: {op: cross-entropy, in: y}\n"
#define SGD "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 8\n"
#define FLOW "  train:\n    optimizer: {kind: flow}\n"
#define MARKED SGD "    marks: {m: {metric: loss, below: 1}}\n"
#define LLC(more) "  llc:\n    - {lr: 1e-4, localization: 1, num_draws: 6, " more "}\n"
#define TALLY(more) "  trials:\n    count: 4\n    tally:\n      it: {" more "}\n"
#define TRIALS TALLY("kind: sum, of: loss")

/* Runs of which two settings do not go together: what is said of them, "" where they
 * are right. */
static const struct {
    const char *data, *model, *rest, *words;
} runs[] = {
    {TEACHER, LINEAR, SGD, ""},
    {TEACHER,
     "    weights:\n      W: {shape: [3, 4]}\n      V: {tied: W}\n      U: {tied: V}\n"
     "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
     "    loss: {op: mse, in: y}\n",
     SGD, "run.model.weights.U: expected `tied` to name an earlier weight that is not"},
    {TEACHER,
     "    weights:\n      W: {shape: [16777216, 16777216]}\n"
     "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
     "    loss: {op: mse, in: y}\n",
     SGD, "run.model.weights.W: shape: 16777216 elements by 16777216, at most "},
    {TEACHER,
     "    weights:\n      W: {shape: [3, 4]}\n"
     "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
     "    loss: {op: mse, in: y, target: target}\n",
     SGD, ""},
    {TEACHER,
     "    weights:\n      W: {shape: [3, 4]}\n"
     "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
     "    loss: {op: mse, in: y, target: z}\n",
     SGD, "run.model.loss: "},
    {TEACHER, LINEAR,
     SGD "    metrics:\n      n: {kind: norm, weight: W}\n"
         "      a: {kind: loss, loss: {op: mse, in: y, target: target}}\n"
         "      b: {kind: loss, loss: {op: mse, in: z}}\n",
     "run.train.metrics.b: "},
    {TEACHER, LINEAR, SGD "    metrics:\n      n: {kind: norm, weight: V}\n",
     "run.train.metrics.n: weight V: there is no weight of that name"},
    {TEACHER, LINEAR "    plant: {kind: zero-loss, weights: [V]}\n", SGD,
     "run.model.plant.weights: "},
    {TEACHER, LINEAR, FLOW "    times: [1, 2]\n", ""},
    {TEACHER, LINEAR, FLOW "    times: [1, 2]\n    steps: 3\n",
     "run.train.steps: optimizer flow goes by times"},
    {TEACHER, LINEAR, FLOW "    times: [1, 2]\n    checkpoints: {every: 1}\n",
     "run.train.checkpoints: there is one at each of the times"},
    {TEACHER, LINEAR, FLOW "    times: [1, 2]\n    checkpoints: {at: [1]}\n",
     "run.train.checkpoints: there is one at each of the times"},
    {TEACHER, LINEAR, FLOW "    times: [2, 1]\n", "expected ascending times"},
    {TEACHER, LINEAR,
     "  train:\n    optimizer: {kind: sgd, lr: 1, schedule: [{from: 3, lr: 1}, {from: 3, "
     "lr: 2}]}\n    steps: 8\n",
     "run.train.optimizer.schedule[1]: `from` must ascend"},
    {TEACHER, LINEAR, SGD "    batch: {size: 13}\n", "run.train.batch: batch.size: "},
    {TEACHER, LINEAR, SGD "    batch: {size: 13, order: stream}\n", ""},
    {TEACHER ", shape: [4, 1], target_shape: [3, 1]", SELECT("count: 3"), "", ""},
    {TEACHER ", shape: [4, 1]", SELECT("from: 1, every: 3"), "",
     "every: expected a divisor of the 4 positions of x, above `from`; found 3"},
    {TEACHER ", shape: [4, 1]", SELECT("from: 2, every: 2"), "",
     "every: expected a divisor of the 4 positions of x, above `from`; found 2"},
    {TEACHER ", shape: [4, 1]", SELECT("count: 2, every: 2"), "",
     "`every` goes with `from` alone"},
    {TEACHER ", shape: [4, 1]", SELECT("at: last, every: 2"), "",
     "`every` goes with `from` alone"},
    {TEACHER ", shape: [4, 1]", SELECT("every: 1"), "", "from 2 to"},
    {TEACHER ", depth: 3", FACTOR("[3, 4]", "W1"), "", ""},
    {TEACHER ", depth: 3", FACTOR("[3, 4]", "W4"), "",
     "expected factor W1 to W3, found 'W4'"},
    {TEACHER ", depth: 3", FACTOR("[1, 4]", "W2"), "",
     "factor W2 needs at least 2 rows and columns; found [1, 4]"},
    {TEACHER ", depth: 3", FACTOR("[4, 4]", "W3"), "",
     "factor W3 needs shape [3, hidden], hidden >= 2; found [4, 4]"},
    {TEACHER ", depth: 17", LINEAR, "", "depth: expected a whole number from 2 to 16"},
    {TEACHER ", validation: {samples: 3}", LINEAR,
     SGD "    marks: {m: {metric: val/loss, below: 1}}\n", ""},
    {TEACHER ", validation: {samples: 16777216}", LINEAR, SGD, ""},
    {"kind: linear-teacher, samples: 2, inputs: 64, outputs: 3, rank: 2, validation: "
     "{samples: 16777216}",
     LINEAR, SGD, "data: samples x inputs: expected at most"},
    {ALL_CLASSES, ADDING, SGD "    batch: {size: 3, order: stream}\n",
     "run.train.batch: order stream: samples of kind modular-addition are a table"},
    {TEACHER, LINEAR, SGD LLC("at: last, batch: {size: 3, order: stream}"),
     "expected loss: full with init_loss: full, or loss: batch with init_loss: batches"},
    {TEACHER, LINEAR,
     SGD LLC("at: last, batch: {size: 3, order: stream}, loss: full, init_loss: batches"),
     "expected loss: full with init_loss: full, or loss: batch with init_loss: batches"},
    {TEACHER, LINEAR, SGD LLC("at: last, batch: {size: 3, order: stream}, loss: full"),
     ""},
    {TEACHER, LINEAR,
     SGD LLC("at: last, batch: {size: 3, order: stream}, init_loss: batches"), ""},
    {TEACHER, LINEAR,
     SGD LLC("at: last, batch: {size: 16777216, order: stream}, loss: full"), ""},
    {TEACHER, LINEAR, SGD "    marks: {m: {metric: accuracy, below: 1}}\n",
     "accuracy needs a target of classes, loss mse has none"},
    {TEACHER, LINEAR, SGD "    marks: {m: {metric: error, below: 1}}\n",
     "error needs a loss that compares with a target of signs"},
    {TEACHER, LINEAR, SGD "    marks: {m: {metric: val/loss, below: 1}}\n",
     "val/loss needs validation samples, the data have none"},
    {ALL_CLASSES, ADDING, SGD "    marks: {m: {metric: val/accuracy, below: 1}}\n",
     "val/accuracy needs validation samples, the data have none"},
    {TEACHER, LINEAR, SGD "    marks: {m: {metric: metric/a, below: 1}}\n",
     "train.metrics gives no metric/a"},
    {TEACHER, LINEAR, SGD "    stop: {loss_below: 1, at_least: 2}\n",
     "at_least, above, below and checkpoints need metric"},
    {TEACHER, LINEAR, SGD "    stop: {loss_below: 1, above: 2}\n",
     "at_least, above, below and checkpoints need metric"},
    {TEACHER, LINEAR, SGD "    stop: {loss_below: 1, below: 2}\n",
     "at_least, above, below and checkpoints need metric"},
    {TEACHER, LINEAR, SGD "    stop: {loss_below: 1, checkpoints: 2}\n",
     "at_least, above, below and checkpoints need metric"},
    {TEACHER, LINEAR, SGD "    stop: {loss_below: 1, steps: 2}\n", "steps needs mark"},
    {TEACHER, LINEAR, SGD LLC("at: {from: 1, to: 8}"), "expected mark, or from, to and"},
    {TEACHER, LINEAR, SGD LLC("at: {from: 1, count: 2}"), "mark, or from, to and count"},
    {TEACHER, LINEAR, SGD LLC("at: {to: 8, count: 2}"), "mark, or from, to and count"},
    {TEACHER, LINEAR, SGD LLC("at: {to: 8}"), "mark, or from, to and count"},
    {TEACHER, LINEAR, SGD LLC("at: {}"), "mark, or from, to and count"},
    {TEACHER, LINEAR, MARKED LLC("at: {mark: m, count: 3}"), "mark, or from, to and"},
    {TEACHER, LINEAR, SGD LLC("at: {from: 1, to: 8, count: 2}"),
     "from, to and count need checkpoints.every, up to steps"},
    {TEACHER, LINEAR,
     SGD "    checkpoints: {every: 9}\n" LLC("at: {from: 1, to: 8, count: 2}"),
     "from, to and count need checkpoints.every, up to steps"},
    {TEACHER, LINEAR,
     SGD "    checkpoints: {every: 2}\n" LLC("at: {from: 5, to: 4, count: 2}"),
     "at: expected from up to `to`, and that up to the last step, 8"},
    {TEACHER, LINEAR,
     SGD "    checkpoints: {every: 2}\n" LLC("at: {from: 5, to: 9, count: 2}"),
     "at: expected from up to `to`, and that up to the last step, 8"},
    {TEACHER, LINEAR, SGD LLC("at: checkpoints, from: 9"),
     "from: after the last step, 8"},
    {TEACHER, LINEAR,
     "  train:\n    optimizer: {kind: sgd, lr: 1}\n    steps: 70000\n"
     "    checkpoints: {every: 1}\n" LLC("at: checkpoints"),
     "checkpoints, at most 65536 are supported"},
    {TEACHER, LINEAR, MARKED LLC("at: last, when: {mark: m, apart: 2}"),
     "when: apart needs then"},
    {TEACHER, LINEAR, MARKED LLC("at: last, when: {mark: m, then: n}"),
     "when: train.marks has no mark 'n'"},
    {TEACHER, LINEAR, SGD LLC("at: last, hessian_method: exact"),
     "hessian_method needs hessian_probes"},
    {TEACHER, LINEAR, SGD LLC("at: last, hessian_batch: last"),
     "hessian_batch needs hessian_probes"},
    {CLASSES, ADDING, SGD LLC("at: last, hessian_probes: 2, hessian_method: exact"), ""},
    {TEACHER, LINEAR, SGD LLC("at: last, num_steps_bw_draws: 4294967295"),
     "more than 4294967295 updates"},
    {TEACHER, LINEAR, SGD LLC("at: last, num_burnin_steps: 4294967295"),
     "more than 4294967295 updates"},
    {TEACHER, LINEAR, SGD LLC("at: last, mala_acceptance: true, batch: {size: 3}"),
     "mala_acceptance"},
    {TEACHER, LINEAR, SGD LLC("at: last, nbeta: batch/ln(batch), batch: {size: 1}"),
     "batch/ln(batch) needs at least 2 samples in a batch"},
    {"kind: constant, samples: 1, inputs: 4, outputs: 3", LINEAR,
     SGD LLC("at: last, nbeta: n/ln(n)"), "n/ln(n) needs at least 2 samples"},
    {TEACHER, LINEAR, SGD TRIALS, ""},
    {TEACHER, LINEAR, SGD LLC("at: last") TRIALS, "a run with trials makes no estimates"},
    {TEACHER, LINEAR, SGD "    checkpoints: {state: last}\n" TRIALS,
     "expected none: a run with trials holds no states"},
    {TEACHER, LINEAR, SGD "    checkpoints: {state: {every: 2}}\n" TRIALS,
     "expected none: a run with trials holds no states"},
    {TEACHER, LINEAR,
     SGD "  trials:\n    count: 4294967295\n    block: 2\n"
         "    tally:\n      it: {kind: sum, of: loss}\n",
     "expected at most 1048576 blocks, found 2147483648"},
    {"kind: constant, samples: 12, inputs: 4, outputs: 2",
     "    weights:\n      V: {shape: [2, 2], init: {kind: zero}}\n      U: {tied: V}\n"
     "      W: {shape: [2, 4], init: {kind: polygon, corners: 4}}\n"
     "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
     "    loss: {op: mse, in: y}\n",
     SGD TRIALS, "expected data: weight W is drawn from two streams"},
    {TEACHER, LINEAR, SGD TALLY("kind: sum, of: accuracy"),
     "of: checkpoints of this run have no accuracy"},
    {TEACHER, LINEAR, SGD TALLY("kind: count, of: mark/m"),
     "of: train.marks has no mark 'm'"},
    {TEACHER, LINEAR, MARKED TALLY("kind: count, of: mark/m, since: m"), ""},
    {TEACHER, LINEAR, MARKED TALLY("kind: count, of: mark/m, since: n"),
     "since: train.marks has no mark 'n'"},
    {TEACHER, LINEAR, SGD TALLY("kind: histogram, of: step, from: 1, to: 0, bins: 3"),
     "expected from below to, and bins that are wide enough"},
    {TEACHER, LINEAR,
     SGD TALLY("kind: histogram, of: step, from: 0, to: 1, bins: 65536}\n"
               "      i2: {kind: histogram, of: step, from: 0, to: 1, bins: 65536}\n"
               "      i3: {kind: histogram, of: step, from: 0, to: 1, bins: 65536}\n"
               "      i4: {kind: histogram, of: step, from: 0, to: 1, bins: 65536}\n"
               "      i5: {kind: histogram, of: step, from: 0, to: 1, bins: 65536"),
     "numbers, found "},
};

static void test_runs(void)
{
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        char text[4096];
        slt_manifest *manifest = NULL;
        slt_error err = {0};
        const int size =
            snprintf(text, sizeof text,
                     "sltrace: 1\nname: test/rules\nrun:\n  arithmetic: f32\n  seed: 1\n"
                     "  data: {%s}\n  model:\n%s%s",
                     runs[i].data, runs[i].model, runs[i].rest);
        slt_status status =
            slt_manifest_parse(text, (size_t)size, "m.yaml", &manifest, &err);
        const char *words = runs[i].words;
        if (!TAP_OK(*words ? status == SLT_FORMAT && strstr(err.text, words) : !status,
                    "%s", *words ? words : "accepted"))
            tap_note("run %zu: status %d, '%s'", i, (int)status, err.text);
        slt_manifest_free(manifest);
    }
}

/* A stop rule on what the run does not record. */
static void test_bounds(void)
{
    static const struct {
        const char *data, *model, *metric, *message;
    } cases[] = {
        {EXPONENTIAL ", samples: 8",
         "weights: {W: {shape: [1, 1]}}, ops: [{op: linear, in: x, weight: W, out: y}], "
         "loss: {op: mse, in: y}",
         "val/error", "val/error needs validation samples, the data have none"},
        {"kind: modular-addition, p: 5, train_fraction: 0.6",
         "weights: {W: {shape: [5, 5]}}, ops: [{op: embedding, in: a, weight: W, out: "
         "y}], "
         "loss: {op: cross-entropy, in: y}",
         "val/metric/m", "train.metrics gives no val/metric/m"}};
    for (size_t i = 0; i < 2; i++) {
        slt_error err = {0};
        slt_manifest *manifest = NULL;
        char text[1024];
        int size = snprintf(text, sizeof text,
                            "sltrace: 1\nname: test/rules\nrun:\n  arithmetic: f64\n"
                            "  seed: 1\n  data: {%s}\n  model: {%s}\n  train:\n"
                            "    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 4\n"
                            "    checkpoints: {every: 1}\n"
                            "    stop: {metric: %s, below: 1}\n",
                            cases[i].data, cases[i].model, cases[i].metric);
        slt_status status =
            slt_manifest_parse(text, (size_t)size, "m.yaml", &manifest, &err);
        if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, "m.yaml:12:11: run.train") &&
                        strstr(err.text, cases[i].message),
                    "refused: %s", cases[i].message))
            tap_note("status %d, message '%s'", (int)status, err.text);
        slt_manifest_free(manifest);
    }
}

int main(void)
{
    test_runs();
    test_data();
    test_coefficients();
    test_inputs();
    test_shapes();
    test_values();
    test_polygon();
    test_bounds();
    return tap_done();
}
