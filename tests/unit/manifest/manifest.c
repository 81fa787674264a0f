/* Manifests: what is refused and how it is said, sweeps, what a run's settings become. */
#include "manifest_sample.h"
#include "tap.h"

#include <time.h>

static slt_error err;

static void refused(const char *old, const char *replacement, const char *message)
{
    slt_manifest *manifest = NULL;
    err.text[0] = 0;
    slt_status status = open_with(old, replacement, &manifest, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, message), "refused: %s",
                message))
        tap_note("status %d, message '%s'", (int)status, err.text);
    slt_manifest_free(manifest);
}

/* An op that is none. */
static void refused_op(const char *word, const char *message)
{
    char line[64];
    snprintf(line, sizeof line, "op: %s, in: h", word);
    refused("op: linear, in: h", line, message);
}

/* The sample with other settings in its estimate, in fixed. */
static void refused_in_fixed(const char *old, const char *replacement,
                             const char *message)
{
    char *text = sample_with(old, replacement), all[2000];
    const char *at = strstr(text, "f32");
    snprintf(all, sizeof all, "%.*sfixed%s", (int)(at - text), text, at + 3);
    slt_manifest *manifest = NULL;
    slt_status status = slt_manifest_parse(all, strlen(all), "m.yaml", &manifest, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, message), "refused: %s",
                message))
        tap_note("status %d, message '%s'", (int)status, err.text);
    slt_manifest_free(manifest);
    free(text);
}

/* The first line of a text, for names of tests. */
static int first_line(const char *text)
{
    return (int)strcspn(text, "\n");
}

static void accepted(const char *old, const char *replacement)
{
    slt_manifest *manifest = NULL;
    slt_status status = open_with(old, replacement, &manifest, &err);
    if (!TAP_OK(status == SLT_OK, "accepted: %.*s", first_line(replacement), replacement))
        tap_note("%s", err.text);
    slt_manifest_free(manifest);
}

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

#define OTHER(fields, name)                                                              \
    "num_draws: 40, loss_on: {data: " name "}}\n"                                        \
    "  other_data:\n    more: {" fields "}"
#define OTHER_LINEAR                                                                     \
    "kind: linear-teacher, samples: 9, inputs: 6, outputs: 5, rank: 2, noise_std: 1"

/* Further data: what their samples must be like, and who names them. */
static void test_other_data(void)
{
    accepted("num_draws: 40}", OTHER(OTHER_LINEAR, "more"));
    accepted("num_draws: 40}",
             OTHER("kind: constant, samples: 9, inputs: 6, outputs: 5", "more"));
    refused("num_draws: 40}", OTHER(OTHER_LINEAR, "most"),
            "run.llc[0]: loss_on: other_data has no 'most'");
    refused("num_draws: 40", "num_draws: 40, loss_on: {data: more}",
            "run.llc[0]: loss_on: other_data has no 'more'");
    refused("num_draws: 40", "num_draws: 40, loss_on: {}",
            "run.llc[0].loss_on: missing key 'data'");
    refused("num_draws: 40", "num_draws: 40, loss_on: more",
            "run.llc[0].loss_on: expected");
    refused("num_draws: 40}",
            OTHER("kind: constant, samples: 9, inputs: 5, outputs: 5", "more"),
            "run.other_data.more: its samples have not the inputs and the target of");
    refused("num_draws: 40}",
            OTHER("kind: constant, samples: 9, inputs: 6, outputs: 4", "more"),
            "run.other_data.more: its samples have not the inputs and the target of");
    refused("num_draws: 40}",
            OTHER("kind: modular-addition, p: 5, train_fraction: 1", "more"),
            "run.other_data.more: its samples have not the inputs and the target of");
    refused("num_draws: 40}", OTHER(OTHER_LINEAR ", shape: [3, 2]", "more"),
            "run.other_data.more: its samples have not the inputs and the target of");
    refused("num_draws: 40}", OTHER(OTHER_LINEAR ", rang: 2", "more"),
            "run.other_data.more.rang: unknown key");
    refused("num_draws: 40}",
            OTHER("kind: linear-teacher, samples: 9, inputs: 6, "
                  "outputs: 5, rank: 6",
                  "more"),
            "run.other_data.more.rank: ");
    refused("num_draws: 40}",
            OTHER("kind: constant, samples: 1, inputs: 6, outputs: 5", "more"),
            "run.llc[0]: nbeta: n/ln(n) needs at least 2 samples");
    refused(
        "num_draws: 40}",
        "num_draws: 40, loss_on: {data: more}, batch: {size: 9, order: fresh}}\n"
        "  other_data:\n    more: {kind: constant, samples: 8, inputs: 6, outputs: 5}",
        "run.llc[0]: batch: ");
    refused(
        "num_draws: 40}",
        "num_draws: 40, batch: {size: 2, order: stream}, loss: full, loss_on: {data: "
        "more}}\n"
        "  other_data:\n    more: {kind: constant, samples: 8, inputs: 6, outputs: 5}",
        "run.llc[0]: batch: samples of order stream are none of more: expected");
}

static void test_keys(void)
{
    refused("lr: 1e-2", "lerning_rate: 1e-2",
            "m.yaml:19:29: run.train.optimizer.lerning_rate: unknown key; did you mean "
            "'lr'?");
    refused("lr: 1e-2", "Lr: 1e-2", "did you mean 'lr'?");
    refused("steps: 100", "stesp: 100",
            "run.train.stesp: unknown key; did you mean 'steps'?");
    refused("steps: 100", "zebra: 100",
            "unknown key; known here: optimizer, batch, steps,");
    refused("num_draws: 40", "draws: 40",
            "run.llc[0].draws: unknown key; did you mean 'num_draws'?");
    refused("lr: 1e-2", "lr: 1e-2, momentum: 0.9",
            "optimizer.momentum: only with kind=sgd");
    refused("sltrace: 1", "sltrace: 2", "m.yaml:1:10: sltrace: expected 1, found 2");
    refused("sltrace: 1\n", "", "missing key 'sltrace'");
    refused("run:\n", "ran:\n", "m.yaml:6:1: ran: unknown key; did you mean 'run'?");
    refused("    steps: 100\n", "", "run.train: missing key 'steps'");
    refused(", num_draws: 40", "", "m.yaml:24:7: run.llc[0]: missing key 'num_draws'");
    refused("sweep:", "swepe:", "swepe: unknown key; did you mean 'sweep'?");
    refused("name: test/sample", "name: Test/sample", "name: expected words of a-z");
    refused("name: test/sample", "name: ../sample", "name: expected words of a-z");
    refused("name: test/sample", "name: test//sample", "name: expected words of a-z");
    refused("name: test/sample", "name: test/.", "name: expected words of a-z");
    refused("name: test/sample", "name: " HUNDRED "/2345678901234567890123456789",
            "name: expected text of 1 to 127 bytes");
    accepted("name: test/sample", "name: " HUNDRED "/23456789012345678901234567");
    refused("name: test/sample", "name: 7",
            "name: expected text of 1 to 127 bytes without control characters, found 7");
}

static void test_absent_ops(void)
{
    static const char *const at_random[] = {"dropout", "Dropout", "dropout2d", "drop-out",
                                            "alpha_dropout"};
    for (size_t i = 0; i < sizeof at_random / sizeof *at_random; i++)
        refused_op(at_random[i], "dropout makes the loss no function of the weights");
    static const char *const of_batches[] = {"batchnorm",   "batch_norm",
                                             "batch-norm",  "BatchNorm1d",
                                             "BatchNorm2d", "SyncBatchNorm"};
    for (size_t i = 0; i < sizeof of_batches / sizeof *of_batches; i++)
        refused_op(of_batches[i], "batch norm in training makes the loss no function of "
                                  "the weights: a sample's hangs on its batch; in "
                                  "evaluation it is affine");
    refused_op("layer_norm", "found the text 'layer_norm'; did you mean 'layernorm'?");
}

static void test_types(void)
{
    refused("samples: 24", "samples: '24'",
            "m.yaml:9:41: run.data.samples: expected a whole number from 1 to 16777216, "
            "found the text '24'");
    refused("samples: 24", "samples: 24.0",
            "samples: expected a whole number from 1 to 16777216, found 24.0");
    refused("samples: 24", "samples: -24", "found -24");
    refused("samples: 24", "samples: 0", "found 0");
    refused("samples: 24", "samples: ", "found nothing");
    refused("samples: 24", "samples: [24]", "found a list of 1");
    refused("lr: 1e-2", "lr: fast",
            "run.train.optimizer.lr: expected a number > 0, found the text 'fast'");
    refused("lr: 1e-2", "lr: 0", "expected a number > 0, found 0");
    refused("lr: 1e-2", "lr: -1e-3", "found -1e-3");
    refused("lr: 1e-2", "lr: .inf", "found the text '.inf'");
    refused("lr: 1e-2", "lr: 1e-2, betas: [0.9]",
            "betas: expected a list of 2, found a list of 1");
    refused("lr: 1e-2", "lr: 1e-2, betas: [0.9, 1]",
            "betas[1]: expected a number from 0 to below 1, found 1");
    refused("arithmetic: f32", "arithmetic: f23",
            "expected f32, f64 or fixed, found the text 'f23'; did you mean 'f32'?");
    refused("batch: full", "batch: ful",
            "run.train.batch: expected full or a map, found the text 'ful'; did you mean "
            "'full'?");
    refused("batch: full", "batch: 8",
            "run.train.batch: expected full or a map, found 8");
    refused("localization: 1", "localization: 1, nbeta: n",
            "expected n/ln(n) or batch/ln(batch) or a number > 0, found the text "
            "'n'");
    refused("localization: 1",
            "localization: 1, nbeta: batch/ln(batch), batch: {size: 1}",
            "run.llc[0]: nbeta: batch/ln(batch) needs at least 2 samples in a batch");
    refused("kind: adam, lr: 1e-2", "kind: sgd, lr: 1e-2, momentum: -0.5",
            "momentum: expected a number from 0 to below 1, found -0.5");
    accepted("kind: adam, lr: 1e-2", "kind: sgd, lr: 1e-2, momentum: -0.0");
    refused("samples: 24", "samples: -0", "from 1 to 16777216, found -0");
    accepted("at: [0, 50]", "at: [-0, 50]");
    refused("op: mse, in: y", "op: mse, in: y, mean_over: samples",
            "mean_over: expected a list");
    refused("W1: {", "\"\": {", "run.model.weights.: expected a name");
    refused("W1: {",
            "A23456789012345678901234567890123456789012345678901234567890123_: {",
            "expected a name");
    refused("    weights:\n", "    weights: {}\n    wights:\n", "run.model.weights: ");
    refused("W1: {shape: [$rank, 6]", "W1: {shape: [inputs, 7]", "run.model.ops[0]");
    refused("lr: 1e-2", "a_key_that_is_much_longer_than_any_word_of_the_schema_is: 1",
            "unknown key; known here: ");
    refused("name: test/sample", "name: ''", "name: expected text of 1 to 127 bytes");
    refused("name: test/sample", "name: \"a\\x7f\"", "name: expected text of 1 to 127");
    refused("batch: full", "batch: full\n    marks: {m: {metric: llc/mean, below: 1}}",
            "run.train.marks.m.metric: expected");
    refused("batch: full", "batch: full\n    marks: {m: {metric: 5, below: 1}}",
            "run.train.marks.m.metric: expected loss, accuracy, error, val/loss, "
            "val/accuracy, val/error, metric/NAME or val/metric/NAME, found 5");
    refused("batch: full", "batch: full\n    marks: {a.b: {metric: loss, below: 1}}",
            "run.train.marks.a.b: expected a name of at most 31 letters, digits and _");
    refused("batch: full",
            "batch: full\n    marks: {a: , b: , c: , d: , e: , f: , g: , h: , i: }",
            "run.train.marks: expected 0 to 8 entries, found 9");
    refused("pins:", "  trials: {count: 2, tally: {a: {kind: sum, of: llc/mean}}}\npins:",
            "run.trials.tally.a.of: expected loss, accuracy, error, val/loss, "
            "val/accuracy, val/error, metric/NAME, val/metric/NAME, step or mark/NAME, "
            "found the text 'llc/mean'");
    refused("op: mse, in: y", "op: mse, in: y, mean_over: [samples, samples]",
            "mean_over[1]: samples is named twice");
    refused("run.train: why", "run.train: 5", "expected the reason, as text");
    refused("op: linear, in: h", "op: linaer, in: h", "run.model.ops[1].op: expected");
    refused("op: linear, in: h", "op: linear, factor: 2, in: h",
            "run.model.ops[1].factor: only with op=scale");
    refused("op: mse, in: y", "op: mse, in: y, at: last",
            "loss (mse): at: expected y to have positions, found none");
    refused("op: mse, in: y", "op: mse, in: y, ignore: 1",
            "run.model.loss.ignore: only with op=cross-entropy");
    refused("op: linear, in: h", "op: select, at: 0, counts: 2, in: h",
            "run.model.ops[1].counts: unknown key; did you mean 'count'?");
    refused("op: linear, in: h", "op: relu, counts: 2, in: h",
            "run.model.ops[1].counts: unknown key; known here: op, in, out, weight, "
            "bias, transpose");
    refused("op: linear, in: h", "op: scale, in: h",
            "run.model.ops[1]: missing key 'factor': what every number");
    refused("W1: {", "1W: {", "run.model.weights.1W: expected a name");
    refused("steps: 100", "steps: 4294967296", "from 0 to 4294967295, found 4294967296");
    refused("name: test/sample", "name: \"a\\u001bb\"", "found the text 'a\\x1bb'");
}

static void test_metrics(void)
{
#define METRIC(text) "steps: 100", "steps: 100\n    metrics: {a: {" text "}}"
    refused(METRIC("kind: mean"), "run.train.metrics.a.kind: expected loss, norm, ipr, "
                                  "hessian-trace");
    refused(METRIC("kinds: norm"), "did you mean 'kind'?");
    refused(METRIC(""), "run.train.metrics.a: missing key 'kind'");
    refused(METRIC("kind: norm, lines: rows, weight: W1"), "lines: only with kind=ipr");
    refused(METRIC("kind: norm"), "run.train.metrics.a: missing key 'weight'");
    refused(METRIC("kind: hessian-trace"), "run.train.metrics.a: missing key 'probes'");
    refused(METRIC("kind: hessian-trace, probes: 0"), "from 1 to 65536, found 0");
    refused(METRIC("kind: norm, weight: W1, probes: 2"),
            "probes: only with kind=hessian-trace");
    refused(METRIC("kind: norm, weight: W3"),
            "run.train.metrics.a: weight W3: there is no weight of that name");
    refused(METRIC("kind: population-error, weight: W1, bias: W9"),
            "run.train.metrics.a: bias W9: there is no weight of that name");
    refused(METRIC("kind: population-error, weight: W1"),
            "run.train.metrics.a: data of kind linear-teacher have no law of two "
            "classes");
    refused(
        METRIC("kind: loss, loss: {op: mse, in: z}"),
        "m.yaml:22:18: run.train.metrics.a: loss (mse): z: expected the name of a value");
    refused(METRIC("kind: loss, loss: {op: mse, in: h}"),
            "run.train.metrics.a: loss (mse): h: expected width");
    refused(
        METRIC("kind: loss, loss: {op: cross-entropy, in: y}"),
        "run.train.metrics.a: loss (cross-entropy): expected numbers and a target of");
    refused(METRIC("kind: loss, loss: {op: mse}"), "metrics.a.loss: missing key 'in'");
    refused("steps: 100",
            "steps: 100\n    marks: {m: {metric: val/metric/a, below: 1}}\n"
            "    metrics: {a: {kind: norm, weight: W1}}",
            "val/metric/a needs validation samples, the data have none");
#undef METRIC
}

static void test_places(void)
{
#define AT(at) "at: last", "at: " at
    refused(AT("[20, 20]"), "run.llc[0]: at: steps must ascend, and `last` ends them");
    refused(AT("[last, 20]"), "at: steps must ascend, and `last` ends them");
    refused(AT("[last, last]"), "at: steps must ascend, and `last` ends them");
    refused(AT("[20, 30, last]"), "run.llc[0]: at: step 30 is no checkpoint");
    refused(AT("[20, 120]"), "at: step 120 is no checkpoint");
    refused(AT("[]"), "run.llc[0].at: expected ");
    refused(AT("[first]"), "at[0]: expected last or a whole number from 0");
    refused(AT("{}"), "run.llc[0]: at: expected mark, or from, to and count");
    refused(AT("{from: 20, to: 100}"), "at: expected mark, or from, to and count");
    refused(AT("{mark: a, count: 3}"), "at: expected mark, or from, to and count");
    refused(AT("{from: 20, to: 120, count: 3}"),
            "at: expected from up to `to`, and that up to the last step, 100");
    refused(AT("{from: 40, to: 20, count: 3}"), "at: expected from up to `to`");
    refused(AT("{from: 0, to: 20, count: 3}"), "from: expected a whole number from 1");
    refused(AT("{from: 20, to: 40, count: 1}"), "count: expected a whole number from 2");
#undef AT
}

static void test_flows(void)
{
#define TRAINS                                                                           \
    "optimizer: {kind: adam, lr: 1e-2}\n    batch: full\n    steps: 100\n"               \
    "    checkpoints: {every: 20, at: [0, 50]}"
#define FLOWS(rest) TRAINS, "optimizer: {kind: flow}\n    " rest
    refused("{kind: adam, lr: 1e-2}", "{kind: flow}",
            "m.yaml:21:12: run.train.steps: optimizer flow goes by times");
    refused("steps: 100", "times: [0, 1]",
            "m.yaml:21:12: run.train.times: optimizer adam goes by steps");
    refused("    steps: 100\n", "",
            "run.train: missing key 'steps': optimizer adam goes");
    refused(FLOWS("batch: full"), "run.train: missing key 'times': optimizer flow goes");
    refused(FLOWS("times: [0]\n    checkpoints: {every: 1}"),
            "run.train.checkpoints: there is one at each of the times");
    refused(FLOWS("times: [1, inf, 2]"),
            "m.yaml:20:12: run.train.times: expected ascend");
    refused(FLOWS("times: [1, infinity]"),
            "m.yaml:20:16: run.train.times[1]: expected inf");
    refused(FLOWS("times: {from: 0, to: 1, count: 3, spacing: log}"), "in equal ratios");
    refused(FLOWS("times: [0, 1]\n    batch: {size: 4}"),
            "run.train.batch: a flow takes all samples");
    refused(FLOWS("times: [0, 1]"), "run.model: expected one trainable weight, found 2");
    refused("{kind: adam, lr: 1e-2}", "{kind: flow, lr: 1e-2}",
            "run.train.optimizer.lr: only with kind=sgd|adam");
}

/* What a flow's value must be affine in. */
static void test_affine(void)
{
    static const struct {
        const char *weights, *ops, *words;
    } models[] = {
        {"W: {shape: [5, 6]}", "{op: linear, in: x, weight: W, out: y}", NULL},
        {"W: {shape: [6, 6]}, V: {shape: [5, 6], trainable: false}",
         "{op: linear, in: x, weight: W, out: h}, {op: linear, in: h, weight: V, out: y}",
         NULL},
        {"W: {shape: [5, 6], trainable: false}, b: {shape: [5]}",
         "{op: linear, in: x, weight: W, bias: b, out: h}, {op: add, in: [h, h], out: y}",
         NULL},
        {"W: {shape: [6, 6]}, V: {tied: W}, U: {shape: [5, 6], trainable: false}",
         "{op: linear, in: x, weight: W, out: h}, {op: linear, in: h, weight: V, out: g},"
         " {op: linear, in: g, weight: U, out: y}",
         "ops[1] (linear -> g) is not linear in weight W"},
        {"W: {shape: [5, 6]}",
         "{op: linear, in: x, weight: W, out: h}, {op: relu, in: h, out: y}",
         "ops[1] (relu -> y) is not linear in weight W"},
        {"W: {shape: [5, 6]}, V: {shape: [5, 6], trainable: false}",
         "{op: linear, in: x, weight: W, out: h}, {op: linear, in: x, weight: V, out: y}",
         "the loss does not depend on weight W"}};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char text[2000];
        slt_manifest *manifest = NULL;
        snprintf(
            text, sizeof text,
            "sltrace: 1\nname: t\nrun:\n  arithmetic: f64\n  seed: 1\n  data: {kind: "
            "linear-teacher, samples: 9, inputs: 6, outputs: 5, rank: 1}\n  model: "
            "{weights: {%s}, ops: [%s], loss: {op: mse, in: y}}\n  train: {optimizer: "
            "{kind: flow}, times: [1, inf]}\n",
            models[i].weights, models[i].ops);
        slt_status status =
            slt_manifest_parse(text, strlen(text), "m.yaml", &manifest, &err);
        const bool fine = models[i].words
                              ? status == SLT_FORMAT && strstr(err.text, models[i].words)
                              : status == SLT_OK;
        if (!TAP_OK(fine, "a flow of model %zu: %s", i,
                    models[i].words ? models[i].words : "taken"))
            tap_note("status %d, message '%s'", (int)status, err.text);
        slt_manifest_free(manifest);
    }
}

static void test_stop_rules(void)
{
#define STOP(rule) "steps: 100", "steps: 100\n    stop: {" rule "}"
    refused(STOP("after: 3"),
            "run.train.stop: expected one of loss_below, metric and mark");
    refused(STOP("loss_below: 1, metric: loss, below: 1"),
            "m.yaml:22:11: run.train.stop: expected one of loss_below, metric and mark");
    refused(STOP("loss_below: 1, checkpoints: 2"),
            "run.train.stop: at_least, above, below and checkpoints need metric");
    refused(STOP("loss_below: 1, above: 2"), "above, below and checkpoints need");
    refused(STOP("mark: a, metric: loss, below: 1"),
            "one of loss_below, metric and mark");
    refused(STOP("loss_below: 1, steps: 2"), "run.train.stop: steps needs mark");
    refused(STOP("mark: a, steps: 2"),
            "run.train.stop.mark: train.marks has no mark 'a'");
    refused(STOP("mark: a}\n    marks: {a: {metric: loss, below: 1, which: last}"),
            "run.train.stop.mark: expected a mark with `which: first`, found 'a'");
    refused(STOP("metric: loss"),
            "run.train.stop: expected one of at_least, above and below");
    refused(STOP("metric: accuracy, at_least: 1"),
            "run.train.stop: accuracy needs a target of classes, loss mse has none");
    refused(STOP("metric: error, below: 1"),
            "run.train.stop: error needs a loss that compares with a target of signs");
    refused(STOP("metric: val/loss, below: 1"), "val/loss needs validation samples");
    refused(STOP("metric: los, below: 1"),
            "run.train.stop.metric: expected loss, accuracy, error, val/loss, "
            "val/accuracy, val/error, metric/NAME or val/metric/NAME, found the text "
            "'los'; did you mean 'loss'?");
    refused(STOP("metric: llc/mean, below: 1"), "stop.metric: expected loss, accuracy");
    refused(STOP("metric: metric/a, below: 1"),
            "run.train.stop: train.metrics gives no metric/a");
    refused(STOP("metric: loss, below: 1, checkpoints: 0"),
            "checkpoints: expected a whole number from 1 to ");
#undef STOP
}

static void test_fit(void)
{
    refused("rank: [1, 3]", "rank: [1, 6]",
            "m.yaml:9:74: run.data.rank: at most the lesser of inputs and outputs, 5; "
            "found 6 ($rank in run 4)");
    refused("inputs: 6", "inputs: 16777216", "m.yaml:9:9: run.data:");
    refused("W2: {shape: [5, $rank],", "W2: {shape: [5, 4],",
            "m.yaml:16:9: run.model.ops[1]");
    refused("in: h, weight", "in: g, weight", "m.yaml:16:9: run.model.ops[1]");
    refused("mse, in: y", "mse, in: z", "m.yaml:17:11: run.model.loss");
    refused("W1: {shape: [$rank, 6], init", "W1: {init",
            "run.model.weights.W1: missing key 'shape'");
    refused("W2: {shape: [5, $rank], init: {kind: normal, std: 0.1}}", "W2: {tied: W3}",
            "run.model.weights.W2: expected `tied` to name an earlier weight");
    refused("W2: {shape: [5, $rank], init: {kind: normal, std: 0.1}}",
            "W2: {tied: W1, trainable: true}", "a tied weight takes no other key");
    refused("kind: normal, std: 0.1}", "kind: uniform, lo: 1, hi: 1}",
            "uniform needs lo below hi");
    refused("kind: normal, std: 0.1}", "kind: teacher, factor: W3}",
            "expected factor W1 or W2, found 'W3'");
    refused("kind: normal, std: 0.1}", "kind: teacher, factor: W2}",
            "factor W2 needs shape [5, hidden]");
    refused("kind: normal, std: 0.1}", "kind: file, file: a, sha256: 12}",
            "sha256: expected 64 digits");
    refused("batch: full", "batch: {size: 25}", "m.yaml:20:12: run.train.batch:");
    refused("batch: full", "batch: {size: 8, short: drop}",
            "batch.short: only with order=epochs");
    refused("at: [0, 50]", "at: [50, 50]", "at[1]: steps must ascend");
    refused("at: [0, 50]", "at: [101]", "at[0]: after the last step, 100");
    refused("lr: 1e-2}", "lr: 1e-2, schedule: [{from: 9, lr: 1}, {from: 9, lr: 2}]}",
            "schedule[1]: `from` must ascend");
    refused("at: last", "at: 30",
            "m.yaml:24:7: run.llc[0]: at: step 30 is no checkpoint");
    refused("at: last", "at: 120", "step 120 is no checkpoint");
    refused("localization: 1", "localization: 1, batch: {size: 25}",
            "m.yaml:24:7: run.llc[0]: batch: ");
    accepted("lr: 1e-2}", "lr: 1e-2, schedule: [{from: 9, lr: 1}, {from: 10, lr: 2}]}");
    accepted("at: last", "at: 0");
    accepted("at: last", "at: 50");
    accepted("at: last", "at: 60");
    accepted("at: last", "at: 100");
    refused("num_draws: 40", "num_draws: 4294967295, num_steps_bw_draws: 2",
            "more than 4294967295 updates");
    accepted("num_draws: 40",
             "num_draws: 2147483648, num_steps_bw_draws: 2, num_burnin_steps: 1");
    refused("num_draws: 40", "num_draws: 40, batch: {size: 8}, mala_acceptance: true",
            "needs batch: full");
    refused("num_draws: 40", "num_draws: 40, restrict: orthogonal, mala_acceptance: true",
            "restrict: orthogonal has no mala_acceptance");
    refused("num_draws: 40", "num_draws: 40, restrict: tangent",
            "run.llc[0].restrict: expected");
    refused("num_draws: 40", "num_draws: 40, hessian_probes: 65537",
            "from 0 to 65536, found 65537");
    accepted("num_draws: 40", "num_draws: 40, restrict: orthogonal, hessian_probes: 9");
    accepted("num_draws: 40", "num_draws: 40, hessian_probes: 1, hessian_method: exact, "
                              "hessian_batch: last");
    refused("num_draws: 40", "num_draws: 40, hessian_method: exact",
            "run.llc[0]: hessian_method needs hessian_probes");
    refused("num_draws: 40", "num_draws: 40, hessian_batch: last",
            "run.llc[0]: hessian_batch needs hessian_probes");
    refused_in_fixed("at: last, lr: 1e-3", "at: last, lr: 5e-20",
                     "m.yaml:24:7: run.llc[0]: lr: at least 2^-64 in arithmetic fixed");
    accepted("at: last, lr: 1e-3", "at: last, lr: 5e-20");
    refused_in_fixed("at: last, lr: 1e-3",
                     "at: last, sampler: baoab, friction: 1, lr: 5e-20",
                     "m.yaml:24:7: run.llc[0]: lr: at least 2^-64 in arithmetic fixed");
    refused_in_fixed("at: last, lr: 1e-3",
                     "at: last, sampler: baoab, friction: 1e-12, lr: 6e-20",
                     "run.llc[0]: friction: so small that in arithmetic fixed");
    refused_in_fixed("at: last, lr: 1e-3",
                     "at: last, sampler: sghmc, momentum_decay: 0.5, lr: 6e-20",
                     "run.llc[0]: momentum_decay: so small that in arithmetic fixed");
    accepted("at: last, lr: 1e-3", "at: last, sampler: sghmc, lr: 5e-20");
    refused_in_fixed(
        "at: last, lr: 1e-3", "at: last, sampler: rmsprop-sgld, lr: 5e-20",
        "m.yaml:24:7: run.llc[0]: lr / (1 + eps): at least 2^-64 in arithmetic fixed");
    refused_in_fixed("at: last, lr: 1e-3",
                     "at: last, sampler: rmsprop-sgld, lr: 6e-20, noise_level: 0.9",
                     "run.llc[0]: noise_level: so small that in arithmetic fixed");
    accepted("at: last, lr: 1e-3",
             "at: last, sampler: rmsprop-sgld, lr: 5e-20, alpha: 0");
    refused("at: last, lr: 1e-3",
            "at: last, sampler: rmsprop-sgld, restrict: orthogonal, lr: 1",
            "run.llc[0]: restrict: orthogonal: not with a preconditioner");
    refused("at: last, lr: 1e-3", "at: last, sampler: rmsprop-sgld, alpha: 1, lr: 1",
            "run.llc[0].alpha: expected a number from 0 to below 1");
    refused("at: last, lr: 1e-3", "at: last, sampler: rmsprop-sgld, eps: 0, lr: 1",
            "run.llc[0].eps: expected a number > 0");
    refused("at: last, lr: 1e-3", "at: last, sampler: adam-sgld, betas: [0.5, 1], lr: 1",
            "run.llc[0].betas[1]: expected a number from 0 to below 1");
    refused("at: last, lr: 1e-3",
            "at: last, sampler: adam-sgld, restrict: orthogonal, lr: 1",
            "run.llc[0]: restrict: orthogonal: not with a preconditioner");
    refused("at: last, lr: 1e-3", "at: last, sampler: sgnht, lr: 1e-3", "diffusion");
    refused("at: last, lr: 1e-3", "at: last, sampler: sgnht, diffusion: 0, lr: 1e-3",
            "run.llc[0].diffusion: expected a number > 0");
    refused("at: last, lr: 1e-3",
            "at: last, sampler: sgnht, diffusion: 1, restrict: orthogonal, lr: 1",
            "run.llc[0]: restrict: orthogonal: not with a thermostat");
    refused("at: last, lr: 1e-3",
            "at: last, sampler: sgnht, diffusion: 1, noise_level: 2, lr: 1",
            "run.llc[0]: noise_level: expected 1 with sampler: sgnht");
    refused_in_fixed("at: last, lr: 1e-3",
                     "at: last, sampler: sgnht, diffusion: 1e3, lr: 5e-20",
                     "m.yaml:24:7: run.llc[0]: lr: at least 2^-64 in arithmetic fixed");
    refused_in_fixed("at: last, lr: 1e-3",
                     "at: last, sampler: sgnht, diffusion: 1.3, lr: 6e-20",
                     "run.llc[0]: diffusion: so small that in arithmetic fixed the "
                     "friction of an update is below 2^-32");
    accepted("at: last, lr: 1e-3", "at: last, sampler: sgnht, diffusion: 1.3, lr: 6e-20");
    accepted("at: last, lr: 1e-3", "at: last, sampler: sghmc, momentum_decay: 1, lr: 1");
    refused("at: last, lr: 1e-3", "at: last, sampler: sghmc, momentum_decay: 1.1, lr: 1",
            "run.llc[0]: momentum_decay: at most 1");
    refused("at: last, lr: 1e-3", "at: last, sampler: sghmc, momentum_decay: 0, lr: 1",
            "run.llc[0].momentum_decay: expected a number > 0");
    refused("at: last, lr: 1e-3", "at: last, sampler: baoab, lr: 1e-3", "friction");
    refused("at: last, lr: 1e-3", "at: last, friction: 1, lr: 1e-3", "friction");
    refused("num_draws: 40", "num_draws: 40, sampler: sghmc, mala_acceptance: true",
            "mala_acceptance");
    accepted("num_draws: 40", "num_draws: 40, sampler: hmc");
    accepted("num_draws: 40",
             "num_draws: 40, sampler: hmc, leapfrog_steps: 1024, bounding_box: 1");
    refused("num_draws: 40", "num_draws: 40, sampler: hmc, leapfrog_steps: 0",
            "run.llc[0].leapfrog_steps: expected");
    refused("num_draws: 40", "num_draws: 40, sampler: hmc, leapfrog_steps: 1025",
            "run.llc[0].leapfrog_steps: expected");
    refused("num_draws: 40", "num_draws: 40, sampler: mala, leapfrog_steps: 2",
            "leapfrog_steps");
    refused("num_draws: 40", "num_draws: 40, sampler: hmc, batch: {size: 8}",
            "run.llc[0]: sampler: hmc needs batch: full");
    refused("num_draws: 40", "num_draws: 40, sampler: hmc, restrict: orthogonal",
            "run.llc[0]: sampler: hmc keeps to no hyperplane");
    refused("num_draws: 40", "num_draws: 40, sampler: hmc, noise_level: 2",
            "run.llc[0]: noise_level: expected 1 where steps are accepted");
    accepted("num_draws: 40",
             "num_draws: 40, sampler: hmc, adapt: {}, num_burnin_steps: 1");
    accepted(
        "num_draws: 40",
        "num_draws: 40, sampler: mala, adapt: {acceptance: 0.9}, num_burnin_steps: 9");
    refused("num_draws: 40", "num_draws: 40, sampler: mala, adapt: {}",
            "run.llc[0]: adapt: lr is found in the burn-in, and there is none: set "
            "num_burnin_steps");
    refused("num_draws: 40",
            "num_draws: 40, sampler: hmc, adapt: {acceptance: 0}, num_burnin_steps: 9",
            "run.llc[0]: adapt: acceptance: expected a number above 0");
    refused("num_draws: 40",
            "num_draws: 40, sampler: hmc, adapt: {acceptance: 1}, num_burnin_steps: 9",
            "run.llc[0].adapt.acceptance: expected a number from 0 to below 1");
    refused("num_draws: 40",
            "num_draws: 40, sampler: sghmc, adapt: {}, num_burnin_steps: 9",
            "run.llc[0].adapt: only with sampler=mala|hmc");
    refused("num_draws: 40", "num_draws: 40, adapt: {}, num_burnin_steps: 9",
            "run.llc[0].adapt: only with sampler=mala|hmc");
    refused_in_fixed("at: last, lr: 1e-3", "at: last, sampler: hmc, lr: 5e-20",
                     "m.yaml:24:7: run.llc[0]: lr: at least 2^-64 in arithmetic fixed");
    accepted("num_draws: 40",
             "num_draws: 40, sampler: hmc, nbeta: 3, tempering: {nbeta: [2, 1], lr: "
             "[1e-3, 1], every: 4294967295}");
    accepted("num_draws: 40", "num_draws: 40, sampler: mala, nbeta: [3, 9], tempering: "
                              "{nbeta: [2], lr: [1]}");
    refused("num_draws: 40", "num_draws: 40, nbeta: 3, tempering: {nbeta: [2], lr: [1]}",
            "run.llc[0]: tempering: expected sampler: mala or hmc");
    refused("num_draws: 40",
            "num_draws: 40, sampler: baoab, friction: 1, nbeta: 3, tempering: {nbeta: "
            "[2], lr: [1]}",
            "run.llc[0]: tempering: expected sampler: mala or hmc");
    refused("num_draws: 40",
            "num_draws: 40, sampler: hmc, adapt: {}, num_burnin_steps: 9, nbeta: 3, "
            "tempering: {nbeta: [2], lr: [1]}",
            "run.llc[0]: tempering: not with adapt");
    refused("num_draws: 40",
            "num_draws: 40, sampler: hmc, observables: {energy: true}, num_burnin_steps: "
            "9, nbeta: 3, tempering: {nbeta: [2], lr: [1]}",
            "run.llc[0]: tempering: not with observables.energy");
    refused("num_draws: 40",
            "num_draws: 40, sampler: hmc, nbeta: 3, tempering: {nbeta: [2, 1], lr: [1]}",
            "tempering: lr: expected as many values as nbeta has, 2, found 1");
    refused("num_draws: 40",
            "num_draws: 40, sampler: hmc, nbeta: 3, tempering: {nbeta: [3], lr: [1]}",
            "tempering: nbeta[0]: expected a number below nbeta of the estimate");
    refused("num_draws: 40",
            "num_draws: 40, sampler: mala, tempering: {nbeta: [1, 2], lr: [1, 1]}",
            "tempering: nbeta[1]: expected a number below that before it");
    refused("num_draws: 40",
            "num_draws: 40, sampler: mala, nbeta: [3, 1], tempering: {nbeta: [2], lr: "
            "[1]}",
            "run.llc[1]: tempering: nbeta[0]: expected a number below nbeta of the");
    refused("num_draws: 40", "num_draws: 40, sampler: mala, tempering: {nbeta: [1]}",
            "run.llc[0].tempering: missing key 'lr'");
    refused("num_draws: 40",
            "num_draws: 40, sampler: mala, tempering: {nbeta: [], lr: []}",
            "run.llc[0].tempering.nbeta: expected");
    refused("num_draws: 40",
            "num_draws: 40, sampler: mala, tempering: {nbeta: [0], lr: [1]}",
            "run.llc[0].tempering.nbeta[0]: expected a number > 0");
    refused("num_draws: 40",
            "num_draws: 40, sampler: mala, tempering: {nbeta: [1], lr: [1], every: 0}",
            "run.llc[0].tempering.every: expected");
    refused_in_fixed("num_draws: 40",
                     "num_draws: 40, sampler: mala, tempering: {nbeta: [1], lr: [5e-20]}",
                     "run.llc[0]: tempering: rung 0: lr: at least 2^-64 in arithmetic");
    refused("num_draws: 40", "num_draws: 40, prior: {gaussian: 1}",
            "run.llc[0]: expected either localization or prior");
    refused("localization: 1,", "", "run.llc[0]: expected either localization or prior");
    accepted("localization: 1,", "prior: {gaussian: 1e150},");
    accepted("localization: 1,", "prior: {precision: 3},");
    refused("localization: 1,", "prior: {},",
            "run.llc[0]: prior: expected either gaussian or precision");
    refused("localization: 1,", "prior: {gaussian: 1, precision: 1},",
            "run.llc[0]: prior: expected either gaussian or precision");
    refused("localization: 1,", "prior: {precision: 0},",
            "run.llc[0].prior.precision: expected a number > 0");
    refused("localization: 1,", "prior: {gaussian: 1e160},",
            "run.llc[0]: prior: 1 / gaussian^2 leaves");
    refused("localization: 1,", "prior: {gaussian: 1e-160},",
            "run.llc[0]: prior: 1 / gaussian^2 leaves");
    refused("num_draws: 40", "num_draws: 40, loss_on: validation",
            "run.llc[0]: loss_on: validation: the data have no samples for validation");
    test_other_data();
    accepted("num_draws: 40", "num_draws: 40, observables: {losses: {}}");
    refused("num_draws: 40", "num_draws: 40, observables: {}",
            "run.llc[0]: observables: expected losses, or energy: true");
    refused("num_draws: 40", "num_draws: 40, observables: {energy: false}",
            "run.llc[0]: observables: expected losses, or energy: true");
    accepted("num_draws: 40", "num_draws: 40, sampler: hmc, num_burnin_steps: 1, "
                              "observables: {energy: true}");
    refused("num_draws: 40", "num_draws: 40, sampler: hmc, observables: {energy: true}",
            "run.llc[0]: observables: energy: no trajectory leads to the first draw: set "
            "num_burnin_steps");
    refused("num_draws: 40",
            "num_draws: 40, sampler: mala, num_burnin_steps: 1, observables: {energy: "
            "true}",
            "run.llc[0]: observables: energy: only with sampler: hmc: steps of MALA are");
    refused("num_draws: 40", "num_draws: 40, observables: {losses: {every: 0}}",
            "run.llc[0].observables.losses.every: ");
    refused("num_draws: 40", "num_draws: 40, observables: {losses: {of: validation}}",
            "run.llc[0]: observables.losses: of: validation: the data have no samples");
    refused("num_draws: 40", "num_draws: 40, observables: {losses: {first: 100000}}",
            "run.llc[0]: observables.losses: first: expected at most ");
    refused("num_draws: 40", "num_draws: 40, observables: {losses: {}, metrics: [w]}",
            "run.llc[0]: observables.metrics: train.metrics has no w");
    refused("num_draws: 40",
            "num_draws: 40, sampler: hmc, leapfrog_steps: 2, num_burnin_steps: 1, "
            "observables: {energy: true, metrics: [w]}",
            "run.llc[0]: observables.metrics: expected losses beside them");
    refused("num_draws: 40", "num_draws: 40, observables: {losses: {}, metrics: []}",
            "run.llc[0].observables.metrics: ");
    refused("num_draws: 40", "num_draws: 400000000, observables: {losses: {first: 2}}",
            "run.llc[0]: observables.losses: 800000000 losses of samples in a chain, at "
            "most 67108864 are supported");
    accepted("num_draws: 40", "num_draws: 40, noise_level: 0.5");
    accepted("num_draws: 40", "num_draws: 40, noise_level: 1.0, sampler: mala");
    refused("num_draws: 40", "num_draws: 40, noise_level: 0",
            "run.llc[0].noise_level: expected a number > 0");
    refused("num_draws: 40", "num_draws: 40, noise_level: 2, stein: true",
            "run.llc[0]: noise_level: expected 1 where stein is recorded");
    refused("num_draws: 40", "num_draws: 40, noise_level: 2, mala_acceptance: true",
            "run.llc[0]: noise_level: expected 1 where steps are accepted");
    refused("num_draws: 40", "num_draws: 40, noise_level: 2, sampler: mala",
            "run.llc[0]: noise_level: expected 1 where steps are accepted");
    refused_in_fixed("num_draws: 40", "num_draws: 40, noise_level: 1e-9",
                     "run.llc[0]: noise_level: so small that in arithmetic fixed");
    refused_in_fixed("num_draws: 40", "num_draws: 40, noise_level: 1e-8, sampler: sghmc",
                     "run.llc[0]: noise_level: so small that in arithmetic fixed");
    accepted("num_draws: 40", "num_draws: 40, bounding_box: 0.5, sampler: mala");
    refused("num_draws: 40", "num_draws: 40, bounding_box: 0",
            "run.llc[0].bounding_box: expected a number > 0");
    refused("num_draws: 40", "num_draws: 40, bounding_box: 1, restrict: orthogonal",
            "run.llc[0]: bounding_box: not with a hyperplane");
    refused("num_draws: 40", "num_draws: 40, bounding_box: 1, mala_acceptance: true",
            "run.llc[0]: bounding_box: not with mala_acceptance");
    refused("num_draws: 40", "num_draws: 40, num_chains: 4097",
            "from 1 to 4096, found 4097");
    refused("run.train: why", "run.train.stop: why", "this manifest has no 'stop' here");
    refused("run.train: why", "run.trian: why",
            "m.yaml:26:3: pins.run.trian: no field 'trian'; did you mean 'train'?");
    refused("run.train: why", "run.llc.0.nbeta: why",
            "a list is here: expected [0], [1], ..., found '0'");
    refused("run.train: why", "sweep.rank: why", "expected a path that begins with run");
    refused("run.train: why", "run.model.weights.W3: why", "nothing here is called 'W3'");
    refused("run.train: why", "run.llc[1]: why", "no item [1] is here");
    refused("W1: {shape: [$rank, 6]", "W1: {shape: []",
            "W1.shape: expected a list of 1 to 4, found a list of 0");
    refused("W1: {shape: [$rank, 6]", "W1: {shape: [1, 6, 1, 1, 1]",
            "W1.shape: expected a list of 1 to 4, found a list of 5");
    refused("run.train: why", "run.llc[a]: why", "no list is here for [a]");
    refused("run.train: why", "run.llc[0x0]: why", "no list is here for [0x0]");
    refused("run.train: why", "run.llc[]: why", "no list is here for []");
    refused("run.train: why", "run.llc[:]: why", "no list is here for [:]");
    refused("run.train: why", "run.train[0]: why", "no list is here for [0]");
    refused("run.train: why", "run.train.: why", "no field ''");
    refused("run.train: why", "run.data.rank.x: why", "no field 'x'");
    refused("run.train: why", "run.llc[0]lr: why",
            "a list is here: expected [0], [1], ..., found '0]lr'");
    refused("run.train: why", "run.llc[0].: why", "no field ''");
    refused("run.train: why", "run.train.]: why", "no list is here for []");
    accepted("run.train: why", "run.llc[0]: why");
    accepted("run.train: why", "run.train.batch: why");
    accepted("run.train: why", "run.train.optimizer.eps: its default");
    accepted("run.train: why", "\"run.llc[0].nbeta\": its default");
    accepted("run.train: why", "\"run.model.ops[1].weight\": yes");
    accepted("run.train: why", "run.model.weights.W2.init.std: yes");
}

static void test_sweep_refusals(void)
{
    refused("rank: [1, 3]", "rank: [1, 1]",
            "m.yaml:4:13: sweep: runs 0 and 4 are equal: rank=1 seed=5");
    refused("rank: [1, 3]", "rank: []", "expected at least one value");
    refused("rank: [1, 3]", "rank: {from: 0, count: 2}",
            "m.yaml:9:74: run.data.rank: expected a whole number from 1 to 16777216, "
            "found 0 ($rank in run 0)");
    refused("rank: [1, 3]", "rank: 3",
            "expected a list of values, {from, count, step} or {with, values}");
    refused("rank: [1, 3]", "rank: [1, 3]\n  steps: {with: rank, values: [1, 2, 3]}",
            "m.yaml:5:31: sweep.steps.values: expected 2 values, one for each of rank; "
            "found 3");
    refused("rank: [1, 3]", "rank: [1, 3]\n  steps: {with: seed, values: [1, 2, 3, 4]}",
            "sweep.steps.with: expected the name of a sweep axis, found the text 'seed'");
    refused("rank: [1, 3]", "rank: [1, 3]\n  steps: {with: rank}",
            "missing key 'values'");
    refused("rank: [1, 3]", "rank: [1, 3]\n  steps: {with: rank, values: 3}",
            "sweep.steps.values: expected a list of values");
    refused("rank: [1, 3]", "rank: [1, 3]\n  steps: {with: rank, values: [1, [2]]}",
            "sweep.steps.values[1]: expected a number, text or bool");
    accepted("rank: [1, 3]", "rank: [1, 3]\n  steps: {with: rank, values: [1, 2]}");
    refused("rank: [1, 3]", "rank: [[1]]", "expected a number, text or bool");
    refused("rank: [1, 3]", "rank: [null]", "expected a number, text or bool");
    refused("rank: [1, 3]", "rank: [1, 'a=b']", "expected text of printable characters");
    refused("rank: [1, 3]", "rank: [1, \"a\\x7f\"]", "expected text of printable");
    refused("rank: [1, 3]", "rank: [1, '$a']", "expected text of printable characters");
    refused("rank: [1, 3]", "rank: [1, '']", "expected text of printable characters");
    refused("rank: [1, 3]", "rank: []\n  steps: {with: rank, values: [1]}",
            "sweep.rank: expected at least one value");
    refused("rank: [1, 3]",
            "rank: [1, 3]\n  b: [1]\n  c: [1]\n  d: [1]\n  e: [1]\n  f: [1]\n  g: [1]\n"
            "  h: [1]",
            "more than 8 axes");
    refused("  rank: [1, 3]\n  seed: {from: 5, count: 4}\n", "  5\n",
            "sweep: expected a map");
    refused("rank: [1, 3]", "rank: [1, 'a,b']", "expected text of printable characters");
    refused("rank: [1, 3]", "rank: [1, \"a\\tb\"]",
            "expected text of printable characters");
    refused("rank: [1, 3]", "status: [1, 3]",
            "m.yaml:4:11: sweep.status: expected another name: goldens have a column "
            "status");
    refused("rank: [1, 3]", "rank: ['1']",
            "run.data.rank: expected a whole number from 1 to 16777216, found the text "
            "'1' ($rank in run 0)");
    refused("rank: [1, 3]", "rank: [1, 3]\n  depth: [1, 2]",
            "m.yaml:5:10: sweep.depth: nothing in run uses $depth");
    refused("rank: $rank", "rank: $rnak",
            "run.data.rank: the text '$rnak' names no axis of the sweep; did you mean "
            "'$rank'?");
    refused("count: 4", "count: 0", "sweep.seed.count: expected a whole number");
    refused("count: 4", "cuont: 4", "did you mean 'count'?");
    refused("from: 5, count: 4", "from: 18446744073709551615, count: 2",
            "values go beyond 64 bits");
    refused("count: 4", "count: 500001", "the sweep has more than 1000000 points");
    refused("by: rank", "by: depth",
            "figure.rows.by: expected the name of a sweep axis, found the text 'depth'");
    refused("by: rank", "by: rank, where: {seed: 4}",
            "where: the axis seed never has this value");
    refused("by: rank", "by: rank, where: {depth: 4}", "no sweep axis has this name");
    refused("by: rank", "by: rank, where: {rank: true}",
            "figure.rows.where.rank: expected text or a number, found true");
    accepted("by: rank", "by: rank, where: {seed: 8}, series: seed");
    accepted("by: rank", "by: rank, series: [seed]");
    accepted("from: 5, count: 4", "from: 18446744073709551612, count: 4");
}

static void test_figure(void)
{
    refused("error: sd}\n",
            "error: sd}\n  claims:\n    - {id: a, says: s, value: v, expect: 1, "
            "tolerance: -1, basis: b}\n",
            "claims[0].tolerance: expected a number >= 0");
    refused("error: sd}\n",
            "error: sd}\n  claims:\n    - {id: '', says: s, value: v, expect: 1, "
            "tolerance: 1, basis: b}\n",
            "claims[0].id: expected an id");
    refused("error: sd}\n",
            "error: sd}\n  claims:\n    - {id: " HUNDRED ", says: s, value: v, "
            "expect: 1, tolerance: 1, basis: b}\n",
            "claims[0].id: expected an id");
    refused("error: sd}\n",
            "error: sd}\n  theory: {rrr: {in: 6, hidden: rank, out: 5, rank: 1}}\n",
            "figure.theory.rrr.hidden: expected $name of a sweep axis");
    refused("error: sd}\n",
            "error: sd}\n  claims:\n    - {id: A, says: s, value: v, expect: 1, "
            "tolerance: 1, basis: b}\n",
            "claims[0].id: expected an id");
    refused("error: sd}\n",
            "error: sd}\n  claims:\n    - {id: a, says: s, value: v, expect: 1, "
            "tolerance: 1, basis: b}\n    - {id: a, says: s, value: v, expect: 1, "
            "tolerance: 1, basis: b}\n",
            "m.yaml:31:7: figure.claims: two claims have the id a");
    static const char *const nothing[] = {"\"1\"", "2e-3 - .5", "\"max(1, (2))\""};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        char claim[200];
        snprintf(claim, sizeof claim,
                 "error: sd}\n  claims:\n    - {id: a, says: s, value: %s, "
                 "expect: 1, tolerance: 1, basis: b}\n",
                 nothing[i]);
        refused("error: sd}\n", claim, "figure.claims: expected an expression of the");
    }
    refused("error: sd}\n", "error: sd}\n  fit: {cubic: {y: a, x: b}}\n",
            "figure.fit.cubic: unknown key");
    refused("error: sd}\n", "error: sd}\n  fit: {}\n",
            "figure.fit: expected linear, quadratic, constant or exponent");
    refused(
        "error: sd}\n",
        "error: sd}\n  fit: [{name: a, linear: {y: a, x: b}, constant: {y: a, x: b}}]\n",
        "a name and one of");
    refused("error: sd}\n",
            "error: sd}\n  theory: {rrr: {in: 6, hidden: $rnk, out: 5, rank: 1}}\n",
            "figure.theory.rrr.hidden: expected $name of a sweep axis");
    refused("error: sd}\n", "error: sd}\n  theory: {}\n",
            "expected rrr, planted-quadratic, quadratic-at-point, quadratic-network, "
            "grokking or levels");
    accepted("error: sd}\n",
             "error: none}\n  fit: [{name: a, linear: {y: a, x: b, where: {rank: 1}}}, "
             "{name: b, linear: {y: a, x: b}}]\n  theory: {rrr: {in: 6, hidden: $rank, "
             "out: 5, rank: 1}}\n  title: T\n");
}

static void test_whole_files(void)
{
    static const char *const bad[] = {"",     "\n", "5\n",        "[]\n",
                                      "{}\n", "a",  "---\n...\n", "\"\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        slt_manifest *manifest = NULL;
        err.text[0] = 0;
        slt_status status =
            slt_manifest_parse(bad[i], strlen(bad[i]), "m.yaml", &manifest, &err);
        TAP_OK(status == SLT_FORMAT && !manifest && strncmp(err.text, "m.yaml:", 7) == 0,
               "no manifest: case %zu: %s", i, err.text);
    }
    slt_manifest *manifest = NULL;
    TAP_OK(slt_manifest_open(SLT_SOURCE_DIR "/tests", &manifest, &err) == SLT_FILE,
           "a folder: %s", err.text);
    TAP_OK(slt_manifest_open("/nonexistent.yaml", &manifest, &err) == SLT_FILE,
           "no file: %s", err.text);
    TAP_OK(!manifest, "no manifest where there is none");
    slt_manifest_errors found;
    TAP_OK(slt_manifest_open("/nonexistent.yaml", &manifest, NULL) == SLT_FILE &&
               slt_manifest_open_all("/nonexistent.yaml", &manifest, &found, NULL) ==
                   SLT_FILE &&
               found.count == 1 && strstr(found.text[0], "/nonexistent.yaml"),
           "whether why is asked for or not: %s", found.text[0]);
    TAP_OK(slt_manifest_parse("", 0, "m.yaml", &manifest, NULL) == SLT_FORMAT,
           "nor of a text");
    TAP_OK(slt_manifest_parse(manifest_sample, strlen(manifest_sample), "/m.yaml",
                              &manifest, &err) == SLT_OK,
           "one in the root of all");
    slt_manifest_free(manifest);
}

static void test_sweep(void)
{
    slt_manifest *m = NULL;
    if (!TAP_OK(open_with("x", "x", &m, &err) == SLT_OK, "the sample opens"))
        return;
    TAP_EQ_U64(slt_manifest_runs(m), 8, "runs");
    TAP_EQ_U64(slt_manifest_axes(m), 2, "axes");
    TAP_EQ_TEXT(slt_manifest_axis(m, 1), "seed", "the second axis");
    TAP_EQ_TEXT(slt_manifest_label(m, 0), "rank=1 seed=5", "the first run");
    TAP_EQ_TEXT(slt_manifest_label(m, 3), "rank=1 seed=8", "the first axis is slowest");
    TAP_EQ_TEXT(slt_manifest_label(m, 4), "rank=3 seed=5", "then it moves");
    TAP_EQ_TEXT(slt_manifest_value(m, 7, 1), "8", "a value");
    TAP_EQ_TEXT(slt_manifest_name(m), "test/sample", "name");
    TAP_EQ_TEXT(slt_manifest_path(m), "m.yaml", "path");
    slt_manifest_free(m);
    if (open_with("sweep:\n  rank: [1, 3]", "sweep:\n  rank: [1]", &m, &err) == SLT_OK)
        TAP_EQ_U64(slt_manifest_runs(m), 4, "one value on an axis");
    slt_manifest_free(m);
}

static void test_spec(void)
{
    slt_manifest *m = NULL;
    slt_run_spec *spec = calloc(1, sizeof *spec);
    if (!spec || !TAP_OK(open_with("batch: full", "batch: {size: 7, order: epochs}", &m,
                                   &err) == SLT_OK,
                         "opens"))
        return;
    TAP_OK(slt_manifest_run(m, 6, spec, &err) == SLT_OK, "fills");
    TAP_OK(spec->arithmetic == SLT_F32 && spec->seed == 7, "arithmetic and seed");
    TAP_OK(spec->data.kind == SLT_DATA_LINEAR_TEACHER && spec->data.samples == 24 &&
               spec->data.inputs == 6 && spec->data.outputs == 5 && spec->data.rank == 3,
           "data");
    TAP_EQ_U64(spec->data.teacher_std.bits, slt_real_of(1).bits, "a default");
    TAP_OK(spec->model.weight_count == 2 && spec->model.op_count == 2, "counts");
    const slt_weight_spec *weight = &spec->model.weights[1];
    TAP_OK(strcmp(weight->name, "W2") == 0 && weight->rows == 5 && weight->cols == 3 &&
               weight->dimensions == 2 && weight->trainable,
           "a weight");
    TAP_OK(weight->init.kind == SLT_INIT_NORMAL &&
               weight->init.std.bits == slt_real_of(0.1).bits,
           "its init");
    const slt_op_spec *op = &spec->model.ops[1];
    TAP_OK(strcmp(op->op, "linear") == 0 && op->inputs == 1 &&
               strcmp(op->in[0], "h") == 0 && strcmp(op->out, "y") == 0 &&
               strcmp(op->weight, "W2") == 0 && !op->bias[0] && !op->transpose,
           "an op");
    TAP_OK(spec->model.loss.mean_samples && spec->model.loss.mean_outputs, "mean_over");
    TAP_OK(!spec->model.loss.target[0], "the data's own target");
    const slt_optimizer_spec *optimizer = &spec->train.optimizer;
    TAP_OK(optimizer->kind == SLT_OPTIMIZER_ADAM &&
               optimizer->beta1.bits == slt_real_of(0.9).bits &&
               optimizer->beta2.bits == slt_real_of(0.999).bits &&
               optimizer->eps.bits == slt_real_of(1e-8).bits && !optimizer->decoupled,
           "optimizer");
    TAP_OK(spec->train.batch.order == SLT_BATCH_EPOCHS && spec->train.batch.size == 7 &&
               spec->train.batch.keep_short,
           "batch");
    TAP_OK(spec->train.steps == 100 && !spec->train.stop.given &&
               spec->train.every == 20 && spec->train.at_count == 2 &&
               spec->train.at[1] == 50 && spec->train.state == SLT_STATE_NONE &&
               !spec->train.state_every,
           "train");
    const slt_llc_spec *llc = &spec->llc[0];
    TAP_OK(spec->llc_count == 1 && llc->made_at == SLT_LLC_AT_LAST &&
               llc->nbeta_of == SLT_NBETA_SAMPLES && llc->num_chains == 1 &&
               llc->num_draws == 40 && llc->num_steps_bw_draws == 1 &&
               llc->batch.order == SLT_BATCH_FULL && !llc->losses_full &&
               llc->init_loss == SLT_INIT_LOSS_FULL,
           "llc");
    TAP_EQ_U64(llc->localization.bits, slt_real_of(1).bits, "a whole number as a real");
    TAP_EQ_TEXT(spec->folder, ".", "folder");
    slt_manifest_free(m);
    free(spec);
}

/* width goes along with rank, noise with width: three names for one factor. */
static void test_sweep_along(void)
{
    slt_manifest *m = NULL;
    char *text = sample_with("  seed: {from: 5, count: 4}\n",
                             "  width: {with: rank, values: [7, 7]}\n"
                             "  seed: {from: 5, count: 4}\n"
                             "  noise: {with: width, values: [0.5, 0.25]}\n");
    const char *at = strstr(text, "inputs: 6, outputs: 5, rank: $rank");
    char all[2000];
    snprintf(all, sizeof all, "%.*sinputs: 6, outputs: $width, noise_std: $noise%s",
             (int)(at - text), text, at + strlen("inputs: 6, outputs: 5"));
    char *shape = strstr(all, "W2: {shape: [5");
    shape[strlen("W2: {shape: [")] = '7';
    slt_status status = slt_manifest_parse(all, strlen(all), "m.yaml", &m, &err);
    if (!TAP_OK(status == SLT_OK, "axes that go along: %s", status ? err.text : "open"))
        return;
    TAP_EQ_U64(slt_manifest_runs(m), 8, "are no factors of the product");
    TAP_EQ_TEXT(slt_manifest_label(m, 3), "rank=1 width=7 seed=8 noise=0.5", "run 3");
    TAP_EQ_TEXT(slt_manifest_label(m, 4), "rank=3 width=7 seed=5 noise=0.25", "run 4");
    bool chosen[8];
    TAP_OK(slt_manifest_select(m, "noise=0.25,seed=6", chosen, &err) == SLT_OK &&
               chosen[5] && !chosen[1] && !chosen[4],
           "--only knows them");
    TAP_OK(slt_manifest_select(m, "width=7", chosen, &err) == SLT_OK && chosen[0] &&
               chosen[7],
           "also where values repeat");
    slt_manifest_free(m);
    free(text);
}

static void test_forms(void)
{
    slt_manifest *m = NULL;
    slt_run_spec *spec = calloc(1, sizeof *spec);
    if (!spec)
        return;
    slt_status status =
        open_with("    checkpoints: {every: 20, at: [0, 50]}\n  llc:\n    - {at: last",
                  "    stop: {loss_below: 0.5, after: 9}\n"
                  "    checkpoints: {every: 20, state: {every: 40}}\n"
                  "  llc:\n    - {at: 40, nbeta: 2, loss: full, init_loss: batches, "
                  "batch: {size: 3}, mala_acceptance: false",
                  &m, &err);
    if (TAP_OK(status == SLT_OK, "other forms") &&
        TAP_OK(slt_manifest_run(m, 0, spec, &err) == SLT_OK, "fill")) {
        const slt_llc_spec *llc = &spec->llc[0];
        TAP_OK(spec->train.stop.given && spec->train.stop.after == 9 &&
                   spec->train.stop.loss_below.bits == slt_real_of(0.5).bits,
               "stop");
        TAP_OK(spec->train.state == SLT_STATE_NONE && spec->train.state_every == 40,
               "state every");
        TAP_OK(llc->made_at == SLT_LLC_AT_STEP && llc->at == 40 &&
                   llc->nbeta_of == SLT_NBETA_GIVEN &&
                   llc->nbeta.bits == slt_real_of(2).bits && llc->losses_full &&
                   llc->init_loss == SLT_INIT_LOSS_BATCHES &&
                   llc->batch.order == SLT_BATCH_FRESH && llc->batch.size == 3,
               "llc forms");
    } else
        tap_note("%s", err.text);
    slt_manifest_free(m);
    free(spec);
}

static void test_example(void)
{
    slt_manifest *m = NULL;
    const char *path = SLT_SOURCE_DIR "/tests/data/fig6-example.yaml";
    if (!TAP_OK(slt_manifest_open(path, &m, &err) == SLT_OK, "the example opens")) {
        tap_note("%s", err.text);
        return;
    }
    TAP_EQ_U64(slt_manifest_runs(m), 200, "its runs");
    TAP_EQ_TEXT(slt_manifest_label(m, 57), "rank=27 seed=7", "run 57");
    TAP_EQ_TEXT(slt_manifest_name(m), "lakkapragada2025/fig6", "its name");
    TAP_OK(slt_manifest_figure(m)->claim_count > 0, "its figure");
    TAP_OK(slt_manifest_cite(m)->paper != NULL, "its source");
    slt_manifest_free(m);
}

/* An estimate whose nbeta is a list, and those that it stands for. */
static void test_ladder(void)
{
    static const char *const ladders[][2] = {
        {"lr: 1e-3, localization: 1, num_draws: 40, nbeta: [3, n/ln(n), $rank]}\n"
         "    - {at: 20, nbeta: [5], lr: [2e-3], localization: 0, num_draws: 9",
         "lr: 1e-3, localization: 1, num_draws: 40, nbeta: 3}\n"
         "    - {at: last, lr: 1e-3, localization: 1, num_draws: 40}\n"
         "    - {at: last, lr: 1e-3, localization: 1, num_draws: 40, nbeta: $rank}\n"
         "    - {at: 20, nbeta: 5, lr: 2e-3, localization: 0, num_draws: 9"},
        {"nbeta: [3, 10], lr: [4e-3, 1e-3], localization: 1, num_draws: 40",
         "nbeta: 3, lr: 4e-3, localization: 1, num_draws: 40}\n"
         "    - {at: last, nbeta: 10, lr: 1e-3, localization: 1, num_draws: 40"}};
    static const char written[] = "lr: 1e-3, localization: 1, num_draws: 40";
    for (size_t i = 0; i < 2; i++) {
        slt_manifest *a = NULL, *b = NULL;
        bool same = !open_with(written, ladders[i][0], &a, &err) &&
                    !open_with(written, ladders[i][1], &b, &err);
        for (size_t run = 0; same && run < 8; run++) {
            slt_digest x = slt_manifest_experiment(a, run);
            slt_digest y = slt_manifest_experiment(b, run);
            same = memcmp(&x, &y, sizeof x) == 0;
        }
        if (!TAP_OK(same, "ladder %zu is its estimates", i))
            tap_note("%s", err.text);
        slt_manifest_free(a);
        slt_manifest_free(b);
    }
    refused("lr: 1e-3", "nbeta: [], lr: 1e-3",
            "run.llc[0].nbeta: expected 1 to 8 values");
    refused("lr: 1e-3", "nbeta: [1, 2, 3, 4, 5, 6, 7, 8, 9], lr: 1e-3",
            "run.llc[0].nbeta: expected 1 to 8 values");
    refused("lr: 1e-3", "nbeta: [1, 2, 3], lr: [1e-3, 1e-4]",
            "run.llc[0].lr: expected as many values as nbeta has, 3, or one");
    refused("lr: 1e-3", "nbeta: [1, 0, 3], lr: 1e-3",
            "run.llc[1].nbeta: expected a number > 0, found 0");
    refused("lr: 1e-3", "lr: [1e-3, 1e-4]",
            "run.llc[0].lr: expected a number > 0, found a list of 2");
    refused("lr: 1e-3", "nbeta: [[1, 2]], lr: 1e-3",
            "run.llc[0].nbeta: expected n/ln(n) or batch/ln(batch) or a number > 0");
}

static void test_equal_experiments(void)
{
    slt_manifest *a = NULL, *b = NULL;
    const char *rewritten =
        "num_draws: 40, sampler: sgld, nbeta: n/ln(n), num_chains: 1, batch: full";
    if (TAP_OK(open_with("x", "x", &a, &err) == SLT_OK &&
                   open_with("num_draws: 40", rewritten, &b, &err) == SLT_OK,
               "two spellings of one manifest")) {
        slt_digest x = slt_manifest_experiment(a, 5), y = slt_manifest_experiment(b, 5);
        slt_digest z = slt_manifest_experiment(b, 6);
        TAP_OK(memcmp(&x, &y, sizeof x) == 0, "one experiment");
        TAP_OK(memcmp(&x, &z, sizeof x) != 0, "another run is another");
        const uint8_t *bytes, *again;
        size_t size;
        TAP_OK(!slt_manifest_canonical(a, 5, &bytes, &size, &err) &&
                   !slt_manifest_canonical(a, 5, &again, &size, &err) && bytes == again,
               "the bytes of a run are made once");
    }
    slt_manifest_free(a);
    slt_manifest_free(b);
}

/* The processor's time, for a bound that guards against quadratic work, whatever else the
 * machine does. */
static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void test_cost(void)
{
    slt_manifest *m = NULL;
    double begin = seconds();
    slt_status status = open_with("count: 4", "count: 250", &m, &err);
    double took = seconds() - begin;
    TAP_OK(status == SLT_OK && took < 1, "500 runs are checked in %.1f ms", 1e3 * took);
    slt_manifest_free(m);
}

/* What claims may compare with: numbers of run 0, whole ones where they are exact. */
static void test_settings(void)
{
    static const struct {
        const char *seed, *path;
        double value; /* < 0: none */
    } cases[] = {{"seed: $seed", "run.seed", 5},
                 {"seed: $seed", "run.train.steps", 100},
                 {"seed: $seed", "run.train.optimizer.lr", 1e-2},
                 {"seed: 9007199254740991", "run.seed", 9007199254740991.0},
                 {"seed: 9007199254740992", "run.seed", -1},
                 {"seed: $seed", "run.arithmetic", -1},
                 {"seed: $seed", "run..seed", -1},
                 {"seed: $seed", "run.[0]", -1},
                 {"seed: $seed", "run.train.stops", -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        slt_manifest *m = NULL;
        slt_real number = {0};
        const bool fixed = !strchr(cases[i].seed, '$');
        char *text = sample_with("  seed: {from: 5, count: 4}\n",
                                 fixed ? "" : "  seed: {from: 5, count: 4}\n");
        char all[2000], *at = strstr(text, "seed: $seed");
        snprintf(all, sizeof all, "%.*s%s%s", (int)(at - text), text, cases[i].seed,
                 at + strlen("seed: $seed"));
        free(text);
        if (slt_manifest_parse(all, strlen(all), "m.yaml", &m, &err))
            tap_bail(err.text);
        slt_status status = slt_manifest_setting(m, cases[i].path, &number, &err);
        TAP_OK(cases[i].value < 0 ? status == SLT_FORMAT
                                  : !status && slt_real_double(number) == cases[i].value,
               "the setting %s of %s", cases[i].path, cases[i].seed);
        slt_manifest_free(m);
    }
}

/* A whole number below 0, where a number may be one. */
static void test_negative(void)
{
    slt_manifest *m = NULL;
    slt_real number = {0};
    if (open_with("{kind: normal, std: 0.1}", "{kind: uniform, lo: -3, hi: 1}", &m, &err))
        tap_bail(err.text);
    TAP_OK(!slt_manifest_setting(m, "run.model.weights.W1.init.lo", &number, &err) &&
               slt_real_double(number) == -3,
           "a setting of -3");
    slt_manifest_free(m);
}

/* Run numbers mean the same where run and sweep are the same. */
static void test_numbering(void)
{
    static const char *const edits[][2] = {{"name: test", "name: rest"},
                                           {"from: 5", "from: 6"},
                                           {"steps: 100", "steps: 101"}};
    slt_manifest *m = NULL;
    slt_digest one, other;
    bool made = !open_with("x", "x", &m, &err) && slt_manifest_numbering(m, &one);
    slt_manifest_free(m);
    for (size_t i = 0; i < 3; i++) {
        made = made && !open_with(edits[i][0], edits[i][1], &m, &err) &&
               slt_manifest_numbering(m, &other);
        TAP_OK(made && !memcmp(&one, &other, sizeof one) == (i == 0), "numbering with %s",
               edits[i][1]);
        slt_manifest_free(m);
    }
}

int main(void)
{
    test_keys();
    test_types();
    test_absent_ops();
    test_metrics();
    test_places();
    test_flows();
    test_affine();
    test_stop_rules();
    test_fit();
    test_sweep_refusals();
    test_figure();
    test_whole_files();
    test_sweep();
    test_sweep_along();
    test_spec();
    test_forms();
    test_example();
    test_ladder();
    test_equal_experiments();
    test_cost();
    test_settings();
    test_negative();
    test_numbering();
    return tap_done();
}
