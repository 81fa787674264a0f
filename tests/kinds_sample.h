/* A manifest for each kind of run, by what can be computed again from its trace. */
#ifndef SLT_TESTS_KINDS_SAMPLE_H
#define SLT_TESTS_KINDS_SAMPLE_H

#include "study_sample.h"

#define HEAD(name, arithmetic)                                                           \
    SAMPLE_HEAD("test/" name) "run:\n  arithmetic: " arithmetic "\n  seed: 3\n"
#define DRAWS "lr: 1e-4, localization: 1, num_chains: 2, num_draws: 6"

/* Adam, marks, a frozen weight, states at multiples, an estimate at a mark that holds and
 * one whose `when` does not. */
#define MARKS                                                                            \
    HEAD("marks", "f32")                                                                 \
    SAMPLE_DATA                                                                          \
    "  model:\n    weights:\n"                                                           \
    "      W1: {shape: [2, 4], init: {kind: normal, std: 0.3}}\n"                        \
    "      W2: {shape: [3, 2], init: {kind: normal, std: 0.3}, trainable: false}\n"      \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W1, out: h}\n"                                  \
    "      - {op: linear, in: h, weight: W2, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n"                                  \
    "    batch: {size: 5, order: epochs}\n    steps: 10\n"                               \
    "    checkpoints: {every: 4, at: [0, 3], state: {every: 4}}\n"                       \
    "    marks:\n      i: {metric: loss, below: 1e9, every: 4}\n"                        \
    "      j: {metric: loss, below: 1e-30}\n"                                            \
    "  llc:\n    - {at: {mark: i}, " DRAWS "}\n"                                         \
    "    - {at: last, when: {mark: j}, " DRAWS "}\n"                                     \
    "    - {at: 3, num_burnin_steps: 2, batch: {size: 5, order: fresh}, loss: "          \
    "full, " DRAWS "}\n"

/* Estimates at checkpoints, losses of the last alone, the Hessian; a joint hash. */
#define SERIES                                                                           \
    HEAD("series", "f64")                                                                \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2, momentum: 0.5}\n"                \
        "    batch: full\n    steps: 9\n"                                                \
        "    checkpoints: {every: 3, at: [0], hashes: joint, state: last}\n"             \
        "  llc:\n    - {at: checkpoints, from: 3, hessian_probes: 2, store_losses: "     \
        "last, " DRAWS "}\n"                                                             \
        "    - {at: last, store_losses: none, mala_acceptance: true, batch: "            \
        "full, " DRAWS "}\n"                                                             \
        "    - {at: 6, store_losses: none, num_chains: 1, num_draws: 3, lr: 1e-4, "      \
        "localization: 1}\n"

/* Fixed point, a stop rule on full batches, L_n(w*) as a mean over batches. */
#define STOP                                                                             \
    HEAD("stop", "fixed")                                                                \
    SAMPLE_DATA SAMPLE_NET "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    batch: " \
                           "full\n    steps: 30\n"                                       \
                           "    stop: {loss_below: 1e6, after: 10}\n"                    \
                           "    checkpoints: {every: 4, state: all}\n"                   \
                           "  llc:\n    - {at: last, init_loss: batches, batch: {size: " \
                           "5, order: fresh}, " DRAWS "}\n"

/* A stop rule on a metric, which the third checkpoint in a row meets. */
#define ENOUGH                                                                           \
    HEAD("enough", "f32")                                                                \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    batch: {size: 5}\n"         \
        "    steps: 30\n    stop: {metric: loss, below: 1e6, checkpoints: 3}\n"          \
        "    checkpoints: {every: 4, state: last}\n"                                     \
        "  llc:\n    - {at: [4, 20, last], " DRAWS "}\n"                                 \
        "    - {at: {from: 4, to: 8, count: 2}, store_losses: none, " DRAWS "}\n"

/* A stop five updates after a mark, where no checkpoint is asked for. */
#define AFTER                                                                            \
    HEAD("after", "f32")                                                                 \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    batch: {size: 5}\n"         \
        "    steps: 30\n    stop: {mark: low, steps: 5}\n"                               \
        "    checkpoints: {every: 4, state: last}\n"                                     \
        "    marks:\n      low: {metric: loss, below: 1e6, every: 8}\n"                  \
        "      high: {metric: loss, above: 0, which: last, every: 4}\n"                  \
        "  llc:\n    - {at: [4, 20, last], " DRAWS "}\n"

/* The update is finite, the loss after it, at the last step, is not. */
#define AT_END                                                                           \
    HEAD("end", "f32")                                                                   \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e25}\n    steps: 1\n"                 \
        "    checkpoints: {every: 1, at: [0]}\n"

/* A flow: crossings between two times, before the end point, of the first time; none. */
#define FLOW                                                                             \
    HEAD("flow", "f64")                                                                  \
    SAMPLE_DATA                                                                          \
    "  model:\n    weights:\n"                                                           \
    "      W: {shape: [3, 4], init: {kind: normal, std: 1}}\n"                           \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W, out: y}\n"                                   \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: flow}\n    times: [0.5, 1, 2, inf]\n"               \
    "    checkpoints: {state: last}\n"                                                   \
    "    metrics:\n      norm: {kind: norm, weight: W}\n"                                \
    "    marks:\n      here: {metric: loss, below: 2}\n"                                 \
    "      end: {metric: loss, above: 0.5, which: last}\n"                               \
    "      all: {metric: loss, below: 1e6}\n"                                            \
    "      never: {metric: loss, above: 0, which: last}\n"

/* Classes, validation, no estimate. */
#define CLASSES_STORING(arithmetic, more)                                                \
    HEAD("classes", arithmetic)                                                          \
    "  data: {kind: modular-addition, p: 5, train_fraction: 0.6}\n"                      \
    "  model:\n    weights:\n"                                                           \
    "      E: {shape: [5, 8], init: {kind: normal, std: 1}}\n"                           \
    "      W: {shape: [5, 8], init: {kind: fan-in}}\n"                                   \
    "    ops:\n"                                                                         \
    "      - {op: embedding, in: a, weight: E, out: ea}\n"                               \
    "      - {op: embedding, in: b, weight: E, out: eb}\n"                               \
    "      - {op: add, in: [ea, eb], out: s}\n"                                          \
    "      - {op: linear, in: s, weight: W, out: y}\n"                                   \
    "    loss: {op: cross-entropy, in: y}\n"                                             \
    "  train:\n    optimizer: {kind: adam, lr: 5e-2}\n    steps: 4\n"                    \
    "    checkpoints: {every: 2, at: [0]" more "}\n"
#define CLASSES(arithmetic) CLASSES_STORING(arithmetic, "")

/* Numbers of one's own; the norm of a weight follows from a stored state. */
#define METRICS(arithmetic)                                                              \
    CLASSES_STORING(arithmetic, ", state: all")                                          \
    "    metrics:\n      norm: {kind: norm, weight: W}\n"                                \
    "      ipr: {kind: ipr, weight: E}\n"                                                \
    "      other: {kind: loss, loss: {op: mse-classes, in: y}}\n"

/* A function that no other kind calls. */
#define GELU                                                                             \
    HEAD("gelu", "f64")                                                                  \
    SAMPLE_DATA                                                                          \
    "  model:\n    weights:\n"                                                           \
    "      W: {shape: [3, 4], init: {kind: normal, std: 0.3}}\n"                         \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W, out: h}\n"                                   \
    "      - {op: gelu, in: h, out: y}\n"                                                \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 2\n"                     \
    "    checkpoints: {every: 1}\n"

#define BREAKS(name, arithmetic, lr, llc)                                                \
    HEAD(name, arithmetic)                                                               \
    SAMPLE_DATA SAMPLE_NET "  train:\n    optimizer: {kind: sgd, lr: " lr "}\n"          \
                           "    batch: full\n    steps: 40\n"                            \
                           "    checkpoints: {every: 1, at: [0], state: last}\n" llc

#define WILD_CHAINS                                                                      \
    "  llc:\n    - {at: 2, hessian_probes: 1, lr: 1e4, localization: 1, num_chains: 2, " \
    "num_draws: 200}\n    - {at: last, " DRAWS "}\n"

#define AT_LAST "  llc:\n    - {at: last, " DRAWS "}\n"

/* The first chain diverges, the second comes to its end. */
#define FIRST_CHAIN                                                                      \
    SAMPLE_HEAD("test/first")                                                            \
    "run:\n  arithmetic: f32\n  seed: 6\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-3}\n"                                   \
    "    batch: full\n    steps: 4\n"                                                    \
    "    checkpoints: {every: 1, at: [0], state: last}\n"                                \
    "  llc:\n    - {at: 2, lr: 0.55, localization: 1, num_chains: 2, num_draws: 7}\n"

/* Stein ratios: in a plane at each checkpoint; beside an acceptance, of a chain that has
 * more draws than there are batches of them. */
#define STEIN                                                                            \
    HEAD("stein", "f64")                                                                 \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    batch: full\n"              \
        "    steps: 6\n    checkpoints: {every: 3}\n"                                    \
        "  llc:\n    - {at: checkpoints, stein: true, hessian_probes: 1, "               \
        "restrict: orthogonal, store_losses: last, batch: {size: 5, order: "             \
        "fresh}, " DRAWS "}\n"                                                           \
        "    - {at: last, stein: true, mala_acceptance: true, lr: 1e-4, localization: "  \
        "1, "                                                                            \
        "num_draws: 20}\n"

/* Losses of single samples: of all, whose mean the loss is; of some, at some draws. */
#define OBSERVED                                                                         \
    CLASSES("f32")                                                                       \
    "  llc:\n    - {at: last, observables: {losses: {}}, " DRAWS "}\n"                   \
    "    - {at: 2, observables: {losses: {first: 2, every: 4}}, " DRAWS "}\n"

/* Metrics along chains beside them; the first draw's, the only one of the second
 * estimate, are the checkpoint's. */
#define MEASURED                                                                         \
    METRICS("f64")                                                                       \
    "  llc:\n    - {at: last, observables: {losses: {first: 2, every: 4}, metrics: "     \
    "[ipr, norm]}, " DRAWS "}\n"                                                         \
    "    - {at: 2, observables: {losses: {first: 1, every: 9}, metrics: [norm]}, "       \
    DRAWS "}\n"

/* An lr that burn-in adapts, at a checkpoint each; of a single chain, its losses not
 * stored, beside losses of samples. */
#define ADAPTED                                                                          \
    CLASSES("f64")                                                                       \
    "  llc:\n    - {at: [2, last], batch: full, sampler: mala, adapt: {}, "              \
    "num_burnin_steps: 5, " DRAWS "}\n"                                                  \
    "    - {at: last, batch: full, sampler: hmc, adapt: {acceptance: 0.6}, "             \
    "leapfrog_steps: 2, num_burnin_steps: 4, store_losses: none, "                       \
    "observables: {losses: {first: 2}}, lr: 1e-2, localization: 1, num_draws: 5}\n"

/* Energies of trajectories: beside losses and, of draws further apart, beside none. */
#define ENERGIES                                                                         \
    CLASSES("f64")                                                                       \
    "  llc:\n    - {at: last, batch: full, sampler: hmc, leapfrog_steps: 2, "            \
    "observables: {energy: true}, num_burnin_steps: 2, " DRAWS "}\n"                     \
    "    - {at: last, batch: full, sampler: hmc, leapfrog_steps: 2, num_burnin_steps: "  \
    "2, store_losses: none, observables: {energy: true}, num_steps_bw_draws: 2, lr: "    \
    "1e-2, localization: 1, num_draws: 5}\n"

/* Chains with replicas: of two pairs, at each checkpoint; of one that is never offered an
 * exchange. */
#define TEMPERED                                                                         \
    HEAD("tempered", "f64")                                                              \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    batch: full\n"              \
        "    steps: 6\n    checkpoints: {every: 3}\n"                                    \
        "  llc:\n    - {at: checkpoints, sampler: mala, lr: 1e-2, localization: 1, "     \
        "nbeta: 9, num_draws: 6, hessian_probes: 1, "                                    \
        "store_losses: last, tempering: {nbeta: [3, 1], lr: [1e-2, 1e-2]}}\n"            \
        "    - {at: last, sampler: hmc, lr: 1e-3, localization: 1, nbeta: 9, "           \
        "num_draws: 3, tempering: {nbeta: [3], lr: [1e-3], every: 3}}\n"

/* Blocks of trials, the last a short one. */
#define TRIALS                                                                           \
    HEAD("trials", "f32")                                                                \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 2\n"                 \
        "    checkpoints: {every: 1}\n    marks:\n      low: {metric: loss, below: "     \
        "0.5}\n"                                                                         \
        "  trials:\n    count: 7\n    block: 3\n    tally:\n"                            \
        "      low: {kind: count, of: mark/low}\n"                                       \
        "      loss: {kind: sum, of: loss}\n"                                            \
        "      bins: {kind: histogram, of: loss, from: 0, to: 1, bins: 3}\n"             \
        "      way: {kind: curve, of: loss}\n"

/* Chains on other data, of whose loss checkpoints know nothing. */
#define OTHER_DATA                                                                       \
    HEAD("other", "f32")                                                                 \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 2\n"                 \
        "    checkpoints: {every: 2}\n"                                                  \
        "  llc:\n    - {at: last, lr: 1e-2, localization: 1, num_chains: 2, "            \
        "num_draws: 5, loss_on: {data: more}}\n"                                         \
        "  other_data:\n    more: {kind: constant, samples: 7, inputs: 4, outputs: 3}\n"

static const struct {
    const char *name, *manifest;
} sample_kinds[] = {
    {"marks", MARKS},
    {"series", SERIES},
    {"stop", STOP},
    {"classes", CLASSES("f32")},
    {"diverged training", BREAKS("diverged", "f32", "1e20", AT_LAST)},
    {"overflow", BREAKS("overflow", "fixed", "1e3", "")},
    {"diverged chains", BREAKS("chains", "f32", "1e-3", WILD_CHAINS)},
    {"gelu", GELU},
    {"first chain", FIRST_CHAIN},
    {"enough", ENOUGH},
    {"stein", STEIN},
    {"metrics", METRICS("f64")},
    {"metrics in fixed", METRICS("fixed")},
    {"after", AFTER},
    {"diverged at the end", AT_END},
    {"flow", FLOW},
    {"trials", TRIALS},
    {"observed", OBSERVED},
    {"adapted", ADAPTED},
    {"energies", ENERGIES},
    {"measured", MEASURED},
    {"tempered", TEMPERED},
    {"other data", OTHER_DATA},
};
#define SAMPLE_KINDS (sizeof sample_kinds / sizeof *sample_kinds)

#endif
