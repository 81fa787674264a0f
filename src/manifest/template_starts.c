/* Whole manifests of common kinds, for `sltrace new --like` and --brief. */
#include <string.h>

#include <sltrace/manifest.h>

#include "base/buffer.h"
#include "base/fpenv.h"
#include "manifest/name.h"
#include "manifest/template.h"

static const char brief[] =
    "# A network of two layers learns y = W2* W1* x; `sltrace new` has every key.\n"
    "\n"
    "sweep:\n"
    "  seed: {from: 0, count: 2}\n"
    "\n"
    "run: # the only part that decides bits\n"
    "  arithmetic: f32\n"
    "  seed: $seed\n"
    "  data: {kind: linear-teacher, samples: 100, inputs: 5, outputs: 5, rank: 2}\n"
    "  model:\n"
    "    weights:\n"
    "      W1: {shape: [2, inputs], init: {kind: normal, std: 0.1}}\n"
    "      W2: {shape: [5, 2], init: {kind: normal, std: 0.1}}\n"
    "    ops:\n"
    "      - {op: linear, in: x, weight: W1, out: h}\n"
    "      - {op: linear, in: h, weight: W2, out: y}\n"
    "    loss: {op: mse, in: y}\n"
    "  train:\n"
    "    optimizer: {kind: adam, lr: 0.01}\n"
    "    steps: 500\n"
    "    checkpoints: {every: 100, state: last}\n"
    "  llc:\n"
    "    - {at: last, lr: 2e-3, localization: 5, num_chains: 8, num_draws: 500,\n"
    "       num_burnin_steps: 4000, num_steps_bw_draws: 10}\n"
    "\n"
    "figure:\n"
    "  rows: {by: seed, value: llc/mean}\n";

static const char mlp[] =
    "# A perceptron with one hidden layer learns a sum of two sines from noisy samples:\n"
    "# its losses, and the local learning coefficient (LLC) along training.\n"
    "\n"
    "sweep: # a run for each point\n"
    "  seed: {from: 0, count: 3}\n"
    "\n"
    "run: # the only part that decides bits; $seed is the sweep's\n"
    "  arithmetic: f32\n"
    "  seed: $seed\n"
    "  # What it learns; own samples come as files: kind: file, with their SHA-256.\n"
    "  data: {kind: sinusoid, samples: 128, order: 2, amplitudes: [1, 0.5],\n"
    "         noise_std: 0.1, validation: {samples: 128}}\n"
    "  model:\n"
    "    weights: # [rows, columns]: outputs by inputs\n"
    "      W1: {shape: [16, 1], init: {kind: normal, std: 2}}\n"
    "      b1: {shape: [16], init: {kind: normal, std: 1}}\n"
    "      W2: {shape: [1, 16], init: {kind: fan-in}}\n"
    "      b2: {shape: [1], init: {kind: zero}}\n"
    "    ops: # in this order; x is the input, y goes into the loss\n"
    "      - {op: linear, in: x, weight: W1, bias: b1, out: h}\n"
    "      - {op: tanh, in: h, out: a}\n"
    "      - {op: linear, in: a, weight: W2, bias: b2, out: y}\n"
    "    loss: {op: mse, in: y}\n"
    "  train:\n"
    "    optimizer: {kind: adam, lr: 0.01}\n"
    "    batch: {size: 32, order: epochs}\n"
    "    steps: 2000\n"
    "    checkpoints: {every: 100, state: last}\n"
    "  llc: # SGLD chains from the weights of each such checkpoint\n"
    "    - {at: {from: 100, to: 2000, count: 3}, lr: 1e-3, localization: 100,\n"
    "       num_chains: 4, num_draws: 250, num_burnin_steps: 1000,\n"
    "       num_steps_bw_draws: 8, batch: {size: 32, order: fresh}}\n"
    "\n"
    "figure:\n"
    "  title: \"A perceptron of 1-16-1\"\n"
    "  curves: # means over the seeds, by step\n"
    "    - {name: losses, of: [loss, val/loss]}\n"
    "    - {name: llc, of: [llc/mean]}\n"
    "  columns: 2\n"
    "  panels:\n"
    "    - {curves: losses, log: [y], right: [], title: \"Loss\"}\n"
    "    - {curves: llc, title: \"LLC\"}\n";

static const char transformer[] =
    "# One layer of a transformer learns to add modulo 11: of three tokens, a, b and\n"
    "# the equals sign, the last becomes a + b.  Accuracies, losses, and the local\n"
    "# learning coefficient (LLC) at the end.\n"
    "\n"
    "sweep:\n"
    "  seed: {from: 0, count: 2}\n"
    "\n"
    "run: # the only part that decides bits\n"
    "  arithmetic: f32\n"
    "  seed: $seed\n"
    "  # Of 11 x 11 pairs 8 of 10 train; [3, 1]: three positions with a token each.\n"
    "  data: {kind: modular-addition, p: 11, train_fraction: 0.8, tokens: true,\n"
    "         shape: [3, 1]}\n"
    "  model:\n"
    "    weights: # of embed a row for each token, of place for each position\n"
    "      embed: {shape: [12, 16], init: {kind: normal, std: 0.25}}\n"
    "      place: {shape: [3, 16], init: {kind: normal, std: 0.25}}\n"
    "      query: {shape: [16, 16], init: {kind: fan-in}}\n"
    "      key: {shape: [16, 16], init: {kind: fan-in}}\n"
    "      value: {shape: [16, 16], init: {kind: fan-in}}\n"
    "      out: {shape: [16, 16], init: {kind: fan-in}}\n"
    "      mlp.in: {shape: [64, 16], init: {kind: fan-in}}\n"
    "      mlp.out: {shape: [16, 64], init: {kind: fan-in}}\n"
    "      unembed: {shape: [11, 16], init: {kind: fan-in}}\n"
    "    ops:\n"
    "      - {op: embedding, in: x, weight: embed, out: token}\n"
    "      - {op: position, in: token, weight: place, out: resid}\n"
    "      - {op: select, in: resid, from: 2, count: 1, out: last} # this one asks\n"
    "      - {op: linear, in: last, weight: query, out: q}\n"
    "      - {op: linear, in: resid, weight: key, out: k}\n"
    "      - {op: linear, in: resid, weight: value, out: v}\n"
    "      - {op: dot-attention, in: [q, k, v], heads: 4, out: z}\n"
    "      - {op: linear, in: z, weight: out, out: attended}\n"
    "      - {op: add, in: [last, attended], out: mid}\n"
    "      - {op: linear, in: mid, weight: mlp.in, out: pre}\n"
    "      - {op: relu, in: pre, out: act}\n"
    "      - {op: linear, in: act, weight: mlp.out, out: mlp}\n"
    "      - {op: add, in: [mid, mlp], out: end}\n"
    "      - {op: flatten, in: end, out: final}\n"
    "      - {op: linear, in: final, weight: unembed, out: y}\n"
    "    loss: {op: cross-entropy, in: y}\n"
    "  train:\n"
    "    optimizer: {kind: adam, lr: 3e-3, weight_decay: 0.3, decay: decoupled}\n"
    "    steps: 600\n"
    "    checkpoints: {every: 20, state: last}\n"
    "    marks: # the first checkpoint where it is so\n"
    "      fits: {metric: accuracy, at_least: 1}\n"
    "  llc:\n"
    "    - {at: last, lr: 1e-4, localization: 1000, num_chains: 2, num_draws: 200,\n"
    "       num_burnin_steps: 200, num_steps_bw_draws: 2,\n"
    "       batch: {size: 16, order: fresh}}\n"
    "\n"
    "figure:\n"
    "  title: \"One layer of a transformer adds modulo 11\"\n"
    "  measures:\n"
    "    fits: {result: mark/fits}\n"
    "    end: {metric: val/accuracy, at: last}\n"
    "    llc: {result: llc/mean}\n"
    "  curves:\n"
    "    - {name: accuracies, of: [accuracy, val/accuracy]}\n"
    "    - {name: losses, of: [loss, val/loss]}\n"
    "  statistics: [fits, end, llc]\n"
    "  columns: 2\n"
    "  panels:\n"
    "    - {curves: accuracies, right: [], title: \"Accuracy\"}\n"
    "    - {curves: losses, log: [y], right: [], title: \"Loss\"}\n";

static const char cnn[] =
    "# A small convolutional network on made images of 8 by 8: its loss along training,\n"
    "# and the local learning coefficient (LLC) at the end.\n"
    "\n"
    "sweep:\n"
    "  seed: {from: 0, count: 2}\n"
    "\n"
    "run: # the only part that decides bits\n"
    "  arithmetic: f32\n"
    "  seed: $seed\n"
    "  # Normal pixels, targets of a linear teacher.  Own images come as files:\n"
    "  #   kind: file\n"
    "  #   samples: 1200\n"
    "  #   shape: [8, 8, 1]\n"
    "  #   x: {file: images.npy, sha256: ..., width: 64}\n"
    "  #   target: {file: labels.npy, sha256: ..., classes: 10}\n"
    "  # and loss: {op: cross-entropy, in: y} with a head of 10 rows.\n"
    "  data: {kind: linear-teacher, samples: 128, inputs: 64, outputs: 4, rank: 2,\n"
    "         teacher_std: 0.3, shape: [8, 8, 1]}\n"
    "  model:\n"
    "    weights: # of a convolution: [channels out, height, width, channels in]\n"
    "      conv1: {shape: [4, 3, 3, 1], init: {kind: fan-in}}\n"
    "      bias1: {shape: [4], init: {kind: zero}}\n"
    "      conv2: {shape: [8, 3, 3, 4], init: {kind: fan-in}}\n"
    "      bias2: {shape: [8], init: {kind: zero}}\n"
    "      head: {shape: [4, 4, 4, 8], init: {kind: fan-in}}\n"
    "    ops: # h1 is 8 x 8 x 4, h2 is 4 x 4 x 8\n"
    "      - {op: conv2d, in: x, weight: conv1, bias: bias1, padding: 1, out: h1}\n"
    "      - {op: relu, in: h1, out: a1}\n"
    "      - {op: maxpool, in: a1, window: 2, out: p1}\n"
    "      - {op: conv2d, in: p1, weight: conv2, bias: bias2, padding: 1, out: h2}\n"
    "      - {op: relu, in: h2, out: a2}\n"
    "      - {op: flatten, in: a2, out: f}\n"
    "      - {op: linear, in: f, weight: head, out: y}\n"
    "    loss: {op: mse, in: y}\n"
    "  train:\n"
    "    optimizer: {kind: adam, lr: 5e-3}\n"
    "    batch: {size: 32, order: epochs}\n"
    "    steps: 400\n"
    "    checkpoints: {every: 20, state: last}\n"
    "  llc: # SGLD chains from the last weights, on minibatches\n"
    "    - {at: last, lr: 1e-4, localization: 1000, num_chains: 4, num_draws: 200,\n"
    "       num_burnin_steps: 200, num_steps_bw_draws: 4,\n"
    "       batch: {size: 16, order: fresh}}\n"
    "\n"
    "figure:\n"
    "  title: \"A convolutional network of 4 and 8 channels\"\n"
    "  measures:\n"
    "    llc: {result: llc/mean}\n"
    "  curves:\n"
    "    - {name: loss, of: [loss]}\n"
    "  statistics: [llc]\n"
    "  panels:\n"
    "    - {curves: loss, log: [y], title: \"Loss\"}\n";

static const char sweep[] =
    "# The local learning coefficient (LLC) of linear networks of two layers against\n"
    "# the rank of what they learn, beside theory: a sweep, a fit and a claim.\n"
    "\n"
    "cite: {note: \"an example\"} # or paper: arXiv:..., figure: 2\n"
    "\n"
    "sweep: # the first axis is the slowest: run 5 has rank 2 and seed 2\n"
    "  rank: [1, 2, 3, 4]\n"
    "  seed: {from: 0, count: 3}\n"
    "\n"
    "run: # the only part that decides bits; $rank and $seed are the sweep's\n"
    "  arithmetic: f32\n"
    "  seed: $seed\n"
    "  data: {kind: linear-teacher, samples: 200, inputs: 8, outputs: 8, rank: $rank}\n"
    "  model:\n"
    "    weights:\n"
    "      W1: {shape: [$rank, inputs], init: {kind: normal, std: 0.1}}\n"
    "      W2: {shape: [8, $rank], init: {kind: normal, std: 0.1}}\n"
    "    ops:\n"
    "      - {op: linear, in: x, weight: W1, out: h}\n"
    "      - {op: linear, in: h, weight: W2, out: y}\n"
    "    loss: {op: mse, in: y}\n"
    "  train:\n"
    "    optimizer: {kind: adam, lr: 0.01}\n"
    "    steps: 1000\n"
    "    checkpoints: {every: 100, state: last}\n"
    "  llc:\n"
    "    - {at: last, lr: 1e-3, localization: 5, num_chains: 4, num_draws: 500,\n"
    "       num_burnin_steps: 1000, num_steps_bw_draws: 10}\n"
    "\n"
    "pins: # why, where a paper leaves it open; each is a key of the manifest\n"
    "  run.llc: \"small enough to run in seconds\"\n"
    "\n"
    "figure:\n"
    "  title: \"LLC against rank\"\n"
    "  rows: {by: rank, value: llc/mean, error: sd} # means over the seeds\n"
    "  fit: {quadratic: {y: llc/mean, x: rank}}\n"
    "  theory: {rrr: {in: 8, hidden: $rank, out: 8, rank: $rank}}\n"
    "  claims: # `says` is what is printed; `value` is what must come out\n"
    "    - {id: shape, says: \"the LLC grows with the rank, ever more slowly\",\n"
    "       value: fit.quadratic.a2, expect: -0.5, tolerance: 0.5, basis: \"a sign\"}\n";

typedef struct start {
    const char *kind, *text;
} start;

#define ROW(kind, meaning) {#kind, kind},
static const start starts[] = {SLT_MANIFEST_KINDS(ROW)};

static const char *find_text(const char *kind)
{
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strcmp(starts[i].kind, kind) == 0)
            return starts[i].text;
    return NULL;
}

#define WORD(kind, meaning) " " #kind

slt_status slt_manifest_start(const char *kind, const char *name, char **text,
                              slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    const char *body = kind ? find_text(kind) : brief;
    *text = NULL;
    if (!body)
        return slt_fail(err, SLT_USAGE,
                        "kind '%.60s': expected one of" SLT_MANIFEST_KINDS(WORD), kind);
    slt_status status = slt_template_check_name(name, err);
    if (status)
        return status;
    slt_buffer_printf(&out, "%ssltrace: 1\nname: %s\n%s%s",
                      kind ? slt_template_steps : "", name, kind ? "\n" : "", body);
    *text = slt_buffer_take(&out);
    return *text ? SLT_OK : slt_fail(err, SLT_RESOURCE, "out of memory for a manifest");
}
