/* Random manifests of one small run each, valid and quick: every kind of data, every op
 * and loss, initial values, optimisers, batches, checkpoints, marks and estimates. */
#ifndef SLT_TESTS_RANDOM_MANIFEST_H
#define SLT_TESTS_RANDOM_MANIFEST_H

#include "random.h"

#include "base/buffer.h"

#define RANDOM_WEIGHTS_MAX 24

/* What the parts of a manifest must know of each other. */
typedef struct random_manifest {
    slt_buffer weights, ops;
    unsigned samples; /* at least so many */
    unsigned inputs, outputs, rank, steps;
    bool fixed, classes, validation, metrics;
    bool plain;          /* data of x and a target, both without positions */
    bool other;          /* there are other data */
    bool joint;          /* a sample's loss hangs on the others */
    bool strings;        /* the data has strings and their sites */
    const char *teacher; /* factors that there are: "W", "A" or "" */
    const char *value;   /* the one that the next op reads, and its width */
    char values[32][8];
    unsigned value_count, width;
    struct {
        unsigned rows, cols;
        bool moves; /* trained, and tied to no other */
    } weight[RANDOM_WEIGHTS_MAX];
    unsigned weight_count;
    bool block;                                 /* the model has block b */
    unsigned checkpoints[32], checkpoint_count; /* steps of those that are sure */
    unsigned marks;
} random_manifest;

static inline bool random_coin(void)
{
    return random_below(2);
}

static inline unsigned random_from(unsigned least, unsigned most)
{
    return least + (unsigned)random_below(most - least + 1);
}

static inline const char *random_word_of(const char *const *words, size_t count)
{
    return words[random_below(count)];
}

#define RANDOM_OF(...)                                                                   \
    random_word_of((const char *const[]){__VA_ARGS__},                                   \
                   sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* ---- data -------------------------------------------------------------------------- */

static inline void random_sinusoid(random_manifest *m, slt_buffer *y)
{
    unsigned order = random_from(1, 3), amplitudes = random_from(1, order);
    slt_buffer_printf(y, "kind: sinusoid, samples: %u, order: %u, amplitudes: [",
                      m->samples, order);
    for (unsigned i = 0; i < amplitudes; i++)
        slt_buffer_printf(y, "%s%s", i ? ", " : "", RANDOM_OF("1", "-0.5", "0", "0.3"));
    slt_buffer_printf(y, "]%s", random_coin() ? ", noise_std: 0.1" : "");
    m->outputs = 1;
    m->inputs = 2 * order + 1;
    m->value = "basis";
    m->teacher = "A";
    if (random_coin()) {
        m->inputs = 1;
        m->value = "x";
        m->teacher = "";
    }
}

static inline void random_modular(random_manifest *m, slt_buffer *y)
{
    unsigned p = random_from(3, 5);
    slt_buffer_printf(y, "kind: modular-addition, p: %u, train_fraction: ", p);
    m->validation = random_coin();
    slt_buffer_printf(y, m->validation ? "0.6" : "1");
    m->samples = m->validation ? p * p / 2 : p * p;
    m->inputs = m->outputs = p;
    m->classes = true;
}

static inline void random_automaton(random_manifest *m, slt_buffer *y)
{
    m->inputs = random_from(1, 3);
    m->samples = m->inputs << m->inputs;
    m->outputs = 1;
    m->strings = true;
    slt_buffer_printf(
        y, "kind: automaton, rule: %u, length: %u%s%s%s", random_from(0, 255), m->inputs,
        RANDOM_OF("", ", applications: 2"), RANDOM_OF("", ", ends: closed"),
        RANDOM_OF("", ", test: {lengths: [1]}", ", test: {lengths: [1], weights: [2]}"));
}

static inline void random_data(random_manifest *m, slt_buffer *y)
{
    m->samples = random_from(4, 12);
    m->inputs = random_from(1, 5);
    m->outputs = random_from(1, 5);
    m->rank = random_from(1, m->inputs < m->outputs ? m->inputs : m->outputs);
    m->value = "x";
    m->teacher = "";
    slt_buffer_printf(y, "  data: {");
    switch (random_below(10)) {
    case 0:
        slt_buffer_printf(y,
                          "kind: linear-teacher, samples: %u, inputs: %u, outputs: %u, "
                          "rank: %u%s%s",
                          m->samples, m->inputs, m->outputs, m->rank,
                          random_coin() ? ", teacher_std: 0.5" : "",
                          random_coin() ? ", noise_std: 0.1" : "");
        m->teacher = "W";
        m->plain = true;
        break;
    case 1:
        slt_buffer_printf(y, "kind: constant, samples: %u, inputs: %u, outputs: %u%s%s",
                          m->samples, m->inputs, m->outputs,
                          random_coin() ? ", x_value: -0.5" : "",
                          random_coin() ? ", target_value: 0.25" : "");
        m->plain = true;
        break;
    case 2:
        random_modular(m, y);
        break;
    case 3:
        m->outputs = m->inputs;
        slt_buffer_printf(y, "kind: one-hot, samples: %u, features: %u%s", m->samples,
                          m->inputs, random_coin() ? ", value: uniform" : "");
        break;
    case 4:
        slt_buffer_printf(y, "kind: polynomial, samples: %u, degree: %u%s", m->samples,
                          m->inputs, random_coin() ? ", scale: 0.75" : "");
        m->inputs++;
        m->outputs = 1;
        m->teacher = "A";
        break;
    case 9:
        random_automaton(m, y);
        break;
    case 5:
        m->outputs = m->inputs;
        slt_buffer_printf(y, "kind: subspace, samples: %u, inputs: %u, rank: %u",
                          m->samples, m->inputs, random_from(1, m->inputs));
        break;
    case 6:
        m->samples += m->samples % 2;
        m->inputs = m->outputs = 1;
        slt_buffer_printf(y, "kind: exponential, samples: %u, gap: 0.5%s%s", m->samples,
                          random_coin() ? ", shift: 1" : "",
                          random_coin() ? ", signs: positive" : "");
        break;
    case 7:
        m->samples += m->samples % 2;
        m->outputs = 1;
        slt_buffer_printf(y, "kind: ball, samples: %u, inputs: %u, gap: 1.1%s%s",
                          m->samples, m->inputs,
                          m->inputs > 1 && random_coin() ? ", push: 2" : "",
                          random_coin() ? ", squares_from: 0.5" : "");
        break;
    default:
        random_sinusoid(m, y);
    }
    slt_buffer_printf(y, "}\n");
}

/* ---- model ------------------------------------------------------------------------- */

static inline void random_init(slt_buffer *y, unsigned rows, unsigned cols)
{
    switch (random_below(rows == 2 && cols > 1 ? 6 : 5)) {
    case 0:
        slt_buffer_printf(y, ", init: {kind: constant, value: 0.125}");
        break;
    case 1:
        slt_buffer_printf(y, ", init: {kind: uniform, lo: -0.5, hi: 0.25}");
        break;
    case 2:
        slt_buffer_printf(y, ", init: {kind: fan-in, fan_in: %u}", cols);
        break;
    case 5:
        slt_buffer_printf(y, ", init: {kind: polygon, corners: %u, noise: 0.01}",
                          random_from(1, cols));
        break;
    default:
        slt_buffer_printf(y, ", init: {kind: normal, std: 0.3}");
    }
}

/* The factor of a teacher that a weight which reads x, or gives y, may begin as. */
static inline bool random_teacher(const random_manifest *m, unsigned rows, unsigned cols,
                                  bool first, bool last)
{
    if (*m->teacher == 'A')
        return first && last && rows == 1 && cols == m->inputs;
    return *m->teacher == 'W' && ((first && rows >= m->rank && cols == m->inputs) ||
                                  (last && cols >= m->rank && rows == m->outputs));
}

/* A weight of this shape, perhaps one that is there tied to another name; its number. */
static inline unsigned random_weight(random_manifest *m, unsigned rows, unsigned cols,
                                     bool first, bool last)
{
    unsigned index = m->weight_count++;
    m->weight[index].rows = rows;
    m->weight[index].cols = cols;
    slt_buffer_printf(&m->weights, "      W%u: {", index);
    for (unsigned i = 0; i < index; i++)
        if (m->weight[i].rows == rows && m->weight[i].cols == cols && random_coin()) {
            slt_buffer_printf(&m->weights, "tied: W%u}\n", i);
            m->weight[index].rows = 0; /* not to be tied to itself */
            return index;
        }
    slt_buffer_printf(&m->weights, "shape: [%u, %u]", rows, cols);
    bool taught = random_teacher(m, rows, cols, first, last) && random_coin();
    bool inner = *m->teacher == 'W' && first && rows >= m->rank && cols == m->inputs;
    if (taught)
        slt_buffer_printf(&m->weights, ", init: {kind: teacher, factor: %s}",
                          *m->teacher == 'A' ? "A"
                          : inner            ? "W1"
                                             : "W2");
    else
        random_init(&m->weights, rows, cols);
    m->weight[index].moves = random_below(8);
    slt_buffer_printf(&m->weights, "%s}\n",
                      m->weight[index].moves ? "" : ", trainable: false");
    return index;
}

static inline unsigned random_bias(random_manifest *m, unsigned width)
{
    unsigned index = m->weight_count++;
    slt_buffer_printf(&m->weights, "      W%u: {shape: [%u]", index, width);
    m->weight[index].moves = true;
    if (random_coin())
        random_init(&m->weights, 1, width);
    slt_buffer_printf(&m->weights, "}\n");
    return index;
}

/* Name of a value to be made; it is the next one read. */
static inline const char *random_value(random_manifest *m)
{
    char *name = m->values[m->value_count++];
    snprintf(name, sizeof m->values[0], "h%u", m->value_count);
    return m->value = name;
}

static inline void random_linear(random_manifest *m, unsigned outputs, bool last)
{
    bool transpose = random_coin(), first = *m->value != 'h';
    unsigned rows = transpose ? m->width : outputs;
    unsigned cols = transpose ? outputs : m->width;
    const char *in = m->value;
    unsigned weight =
        random_weight(m, rows, cols, first && !transpose, last && !transpose);
    slt_buffer_printf(&m->ops, "      - {op: linear, in: %s, weight: W%u", in, weight);
    if (transpose)
        slt_buffer_printf(&m->ops, ", transpose: true");
    if (random_coin())
        slt_buffer_printf(&m->ops, ", bias: W%u", random_bias(m, outputs));
    slt_buffer_printf(&m->ops, ", out: %s}\n", random_value(m));
    m->width = outputs;
}

static inline void random_pointwise(random_manifest *m)
{
    const char *in = m->value;
    if (random_below(4))
        slt_buffer_printf(&m->ops, "      - {op: %s, in: %s",
                          RANDOM_OF("relu", "gelu", "gelu, form: tanh", "silu",
                                    "softplus", "square", "sigmoid", "tanh"),
                          in);
    else if (random_coin())
        slt_buffer_printf(&m->ops, "      - {op: %s, in: [%s, %s]",
                          RANDOM_OF("add", "multiply", "subtract"), in, in);
    else
        slt_buffer_printf(&m->ops, "      - {op: scale, factor: -0.75, in: %s", in);
    slt_buffer_printf(&m->ops, ", out: %s}\n", random_value(m));
}

static inline void random_concat(random_manifest *m)
{
    const char *in = m->value;
    slt_buffer_printf(&m->ops, "      - {op: concat, in: [%s, %s]", in, in);
    slt_buffer_printf(&m->ops, ", out: %s}\n", random_value(m));
    m->width *= 2;
}

static inline void random_embedding(random_manifest *m)
{
    m->width = random_from(1, 4);
    unsigned weight = random_weight(m, m->inputs, m->width, false, false);
    slt_buffer_printf(&m->ops, "      - {op: embedding, in: a, weight: W%u, out: ea}\n",
                      weight);
    if (random_coin())
        weight = random_weight(m, m->inputs, m->width, false, false);
    slt_buffer_printf(&m->ops, "      - {op: embedding, in: b, weight: W%u, out: eb}\n",
                      weight);
    slt_buffer_printf(&m->ops, "      - {op: add, in: [ea, eb], out: %s}\n",
                      random_value(m));
}

static inline void random_attention(random_manifest *m)
{
    const unsigned d = random_from(1, 3),
                   weight = random_weight(m, 2 * d, d, false, false);
    const unsigned left = random_bias(m, d);
    const unsigned right = random_coin() ? left : random_bias(m, d);
    static const char *const features[] = {"both", "left", "right"};
    if (random_coin()) {
        slt_buffer_printf(
            &m->ops, "      - {op: attention, readout: W%u, readout_norm: %s",
            random_weight(m, 2 * d, d, false, false), random_coin() ? "tokens" : "none");
        m->width = 1;
    } else {
        const unsigned which = random_from(0, 2);
        slt_buffer_printf(&m->ops, "      - {op: attention, features: %s",
                          features[which]);
        m->width = which ? d : 2 * d * d;
    }
    slt_buffer_printf(&m->ops,
                      ", in: [x, site], weight: W%u, left: W%u, right: W%u, out: %s}\n",
                      weight, left, right, random_value(m));
}

/* A weight that chains may be restricted to; how many there are where none is. */
static inline unsigned random_mover(const random_manifest *m)
{
    unsigned from = (unsigned)random_below(m->weight_count);
    for (unsigned i = 0; i < m->weight_count; i++)
        if (m->weight[(from + i) % m->weight_count].moves)
            return (from + i) % m->weight_count;
    return m->weight_count;
}

/* Block b: a row of a weight or its first number, and rows before it. */
static inline void random_block(random_manifest *m, slt_buffer *y)
{
    const unsigned index = random_mover(m);
    if (index == m->weight_count)
        return;
    const unsigned rows = m->weight[index].rows ? m->weight[index].rows : 1;
    const unsigned from = (unsigned)random_below(rows);
    m->block = true;
    slt_buffer_printf(y,
                      "    blocks:\n      b:\n        of:\n"
                      "          - {weight: W%u, rows: {from: %u, count: 1}%s}\n",
                      index, from, RANDOM_OF("", ", columns: {count: 1}"));
    if (from)
        slt_buffer_printf(y, "          - {weight: W%u, rows: {count: %u}}\n", index,
                          from);
}

static inline void random_model(random_manifest *m, slt_buffer *y)
{
    m->width = m->inputs;
    if (m->classes)
        random_embedding(m);
    if (m->strings && !m->fixed && random_coin())
        random_attention(m);
    for (size_t layers = random_below(3); layers > 0; layers--) {
        random_linear(m, random_from(1, 4), false);
        if (random_below(4))
            random_pointwise(m);
        if (!random_below(8))
            random_concat(m);
    }
    random_linear(m, m->outputs, true);
    slt_buffer_printf(y, "  model:\n    weights:\n%s    ops:\n",
                      slt_buffer_text(&m->weights));
    slt_buffer_printf(y, "%s", slt_buffer_text(&m->ops));
    if (random_coin())
        random_block(m, y);
    slt_buffer_printf(y, "    loss: {");
    if (m->classes) {
        const char *loss =
            RANDOM_OF("cross-entropy", "cross-entropy, factor: 2", "mse-classes",
                      "mse-classes, factor: 0.5, centre: samples",
                      "mse-classes, mean_over: [], centre: outputs");
        m->joint = strstr(loss, "centre: samples") != NULL;
        slt_buffer_printf(y, "op: %s, in: %s}\n", loss, m->value);
    } else
        slt_buffer_printf(y, "op: %s, in: %s%s}\n", RANDOM_OF("mse", "mse", "bce"),
                          m->value,
                          RANDOM_OF("", ", factor: 0.3", ", mean_over: [samples]"));
}

/* ---- training ---------------------------------------------------------------------- */

static inline void random_batch(const random_manifest *m, slt_buffer *y, bool full)
{
    if (full || random_coin())
        slt_buffer_printf(y, "batch: full");
    else
        slt_buffer_printf(
            y, "batch: {size: %u, order: %s}", random_from(1, m->samples),
            RANDOM_OF("fresh", "replacement", "epochs", "epochs, short: drop"));
}

static inline void random_optimizer(slt_buffer *y)
{
    slt_buffer_printf(y, "    optimizer: {lr: %s",
                      random_below(16) ? RANDOM_OF("0.01", "1e-3", "0.1") : "1e12");
    if (random_coin())
        slt_buffer_printf(y, ", kind: sgd%s", RANDOM_OF("", ", momentum: 0.9"));
    else
        slt_buffer_printf(y, ", kind: adam%s%s", RANDOM_OF("", ", betas: [0.5, 0.9]"),
                          RANDOM_OF("", ", eps: 1e-4"));
    slt_buffer_printf(
        y, "%s%s%s", RANDOM_OF("", ", l1: 1e-3"),
        RANDOM_OF("", ", weight_decay: 1e-2", ", weight_decay: 1e-2, decay: decoupled"),
        RANDOM_OF("", ", schedule: [{from: 2, lr: 0.02}]"));
    slt_buffer_printf(y, "}\n");
}

static inline void random_checkpoints(random_manifest *m, slt_buffer *y)
{
    unsigned every = random_from(0, 4);
    bool zero = random_coin();
    slt_buffer_printf(y, "    checkpoints: {every: %u%s, state: %s%s}\n", every,
                      zero ? ", at: [0]" : "",
                      RANDOM_OF("none", "last", "all", "{every: 4}", "all"),
                      RANDOM_OF("", ", hashes: joint"));
    if (zero)
        m->checkpoints[m->checkpoint_count++] = 0;
    for (unsigned step = every; every && step <= m->steps; step += every)
        m->checkpoints[m->checkpoint_count++] = step;
}

static inline void random_marks(random_manifest *m, slt_buffer *y)
{
    m->marks = random_from(1, 2);
    slt_buffer_printf(y, "    marks:\n      m0: {metric: loss, below: %s}\n",
                      RANDOM_OF("0.5", "1e9", "-1"));
    if (random_coin())
        slt_buffer_printf(y, "      late: {metric: loss, above: %s, which: last}\n",
                          RANDOM_OF("0.5", "-1"));
    if (m->marks < 2)
        return;
    const char *metric = m->classes && m->validation ? "val/accuracy"
                         : m->classes                ? "accuracy"
                                                     : "loss";
    slt_buffer_printf(y, "      m1: {metric: %s, at_least: %s%s}\n", metric,
                      RANDOM_OF("0", "0.5"), RANDOM_OF("", ", every: 2"));
}

/* Numbers of a weight and another loss of the value that the loss takes. */
static inline void random_metrics(const random_manifest *m, slt_buffer *y)
{
    const unsigned index = (unsigned)random_below(m->weight_count);
    slt_buffer_printf(y, "    metrics:\n      size: {kind: norm, weight: W%u}\n", index);
    if (m->weight[index].rows > 1) /* 0: tied, or a bias */
        slt_buffer_printf(y, "      wave: {kind: ipr, weight: W%u}\n", index);
    slt_buffer_printf(y, "      other: {kind: loss, loss: {op: %s, in: %s}}\n",
                      m->classes ? RANDOM_OF("cross-entropy", "mse-classes")
                                 : "mse, mean_over: []",
                      m->value);
    if (random_coin())
        slt_buffer_printf(y, "      spread: {kind: effective-dimension, value: %s%s}\n",
                          m->value, RANDOM_OF("", ", centre: none"));
}

static inline void random_stop(const random_manifest *m, slt_buffer *y)
{
    slt_buffer_printf(y, "    stop: {%s%s}\n",
                      m->marks && random_coin()
                          ? RANDOM_OF("mark: m0", "mark: m0, steps: 3")
                          : RANDOM_OF("loss_below: 0.2", "metric: loss, below: 1e9",
                                      "metric: loss, below: 0.3, checkpoints: 2"),
                      RANDOM_OF("", ", after: 3"));
}

static inline void random_train(random_manifest *m, slt_buffer *y)
{
    m->steps = random_from(0, 12);
    slt_buffer_printf(y, "  train:\n    steps: %u\n", m->steps);
    random_optimizer(y);
    slt_buffer_printf(y, "    ");
    random_batch(m, y, false);
    slt_buffer_byte(y, '\n');
    if (random_below(8))
        random_checkpoints(m, y);
    if (!random_below(3))
        random_marks(m, y);
    if (!random_below(4))
        random_stop(m, y);
    m->metrics = !random_below(3);
    if (m->metrics)
        random_metrics(m, y);
}

/* ---- estimates --------------------------------------------------------------------- */

static inline void random_place(const random_manifest *m, slt_buffer *y)
{
    size_t kind = random_below(6);
    if (kind == 0 && m->checkpoint_count)
        slt_buffer_printf(y, "at: %u", m->checkpoints[random_below(m->checkpoint_count)]);
    else if (kind == 1 && m->checkpoint_count && random_coin())
        slt_buffer_printf(y, "at: [%u, last]%s",
                          m->checkpoints[random_below(m->checkpoint_count)],
                          RANDOM_OF("", ", store_losses: last"));
    else if (kind == 1)
        slt_buffer_printf(y, "at: checkpoints%s", RANDOM_OF("", ", store_losses: last"));
    else if (kind == 2 && m->marks)
        slt_buffer_printf(y, "at: {mark: m0}");
    else
        slt_buffer_printf(y, "at: last%s", RANDOM_OF("", ", store_losses: none"));
    if (m->marks == 2 && !random_below(3))
        slt_buffer_printf(y, ", when: {mark: m0, then: m1}");
}

/* The numbers that chains move, and perhaps a plane that they stay in. */
static inline void random_restrict(const random_manifest *m, slt_buffer *y, bool plane)
{
    const unsigned index = random_mover(m);
    if (index == m->weight_count || random_coin()) {
        slt_buffer_printf(y, "%s", plane ? ", restrict: orthogonal" : "");
        return;
    }
    const bool block = m->block && random_coin();
    slt_buffer_printf(y, ", restrict: {");
    if (!block || random_coin())
        slt_buffer_printf(y, "weights: [W%u]%s", index, block ? ", " : "");
    slt_buffer_printf(y, "%s%s}", block ? "blocks: [b]" : "",
                      plane ? ", orthogonal: true" : "");
}

static inline void random_estimate(const random_manifest *m, slt_buffer *y)
{
    static const char *const corrections[] = {
        ", mala_acceptance: true", ", sampler: mala, bounding_box: 0.05",
        ", sampler: mala", ", sampler: hmc, leapfrog_steps: 3"};
    bool mala = !random_below(4), plane = !mala && !random_below(3);
    const bool thermostat = !mala && !plane && !random_below(6);
    const bool adapts = mala && !random_below(3), energetic = adapts && random_coin();
    const bool stein = random_coin(), validation = m->validation && random_coin();
    const bool other = !validation && m->other && random_coin();
    const size_t corrected = mala ? random_below(4) : 0; /* 0: no steps are refused */
    const bool replicas = corrected && !adapts && random_coin();
    slt_buffer_printf(y, "    - {");
    random_place(m, y);
    if (validation)
        slt_buffer_printf(y, ", loss_on: validation");
    if (other)
        slt_buffer_printf(y, ", loss_on: {data: other}");
    slt_buffer_printf(y, ", num_draws: %u, %s, lr: %s, ", random_from(1, 6),
                      RANDOM_OF("localization: 0", "localization: 1", "localization: 10",
                                "prior: {gaussian: 0.5}", "prior: {precision: 3}"),
                      random_below(16) ? RANDOM_OF("1e-3", "1e-4", "1e-2") : "1e12");
    random_batch(m, y, mala || validation);
    slt_buffer_printf(y, ", num_chains: %u%s%s%s%s", random_from(1, 3),
                      replicas ? RANDOM_OF(", nbeta: 2", ", nbeta: [3]")
                               : RANDOM_OF("", ", nbeta: 2", ", nbeta: [3]"),
                      adapts ? ", num_burnin_steps: 3"
                             : RANDOM_OF("", ", num_burnin_steps: 2"),
                      RANDOM_OF("", ", num_steps_bw_draws: 2"),
                      RANDOM_OF("", ", loss: full", ", init_loss: batches"));
    random_restrict(m, y, plane);
    slt_buffer_printf(
        y, "%s%s%s%s%s",
        energetic ? ", sampler: hmc, leapfrog_steps: 2"
        : adapts
            ? RANDOM_OF(", sampler: mala, adapt: {}",
                        ", sampler: hmc, adapt: {acceptance: 0.6}, leapfrog_steps: 2")
        : mala
            ? corrections[corrected]
        : thermostat
            ? ", sampler: sgnht, diffusion: 3"
            : RANDOM_OF("", "", ", sampler: baoab, friction: 3", ", sampler: sghmc",
                        plane ? "" : ", sampler: rmsprop-sgld"),
        mala || stein || thermostat ? "" : RANDOM_OF("", ", noise_level: 0.5"),
        mala || plane ? "" : RANDOM_OF("", "", ", bounding_box: 0.05"),
        RANDOM_OF("", "", ", hessian_probes: 2",
                  ", hessian_probes: 1, hessian_method: exact, hessian_batch: last"),
        stein ? ", stein: true" : "");
    const char *observed =
        m->joint    ? ""
        : energetic ? RANDOM_OF("", "of: train")
                    : RANDOM_OF("", "", "every: 2", "first: 2",
                                m->validation ? "of: validation" : "of: train");
    if (*observed || energetic)
        slt_buffer_printf(y, ", observables: {%s", energetic ? "energy: true" : "");
    if (*observed)
        slt_buffer_printf(y, "%slosses: {%s}%s", energetic ? ", " : "", observed,
                          m->metrics ? RANDOM_OF("", ", metrics: [size]") : "");
    if (*observed || energetic)
        slt_buffer_printf(y, "}");
    slt_buffer_printf(y, "%s}\n",
                      !replicas         ? ""
                      : random_below(2) ? ", tempering: {nbeta: [1], lr: [1e-2]}"
                                        : ", tempering: {nbeta: [1.5, 0.5, 0.25], lr: "
                                          "[1e-3, 1e-2, 1e12], every: 2}");
}

/* ---- the whole --------------------------------------------------------------------- */

/* Takes no random number, so that what others draw stays. */
static inline void random_other_data(random_manifest *m, slt_buffer *y)
{
    m->other = m->plain && m->samples % 2;
    if (m->other)
        slt_buffer_printf(y,
                          "  other_data:\n    other: {kind: linear-teacher, samples: %u, "
                          "inputs: %u, outputs: %u, rank: 1, noise_std: 0.2}\n",
                          m->samples + 3, m->inputs, m->outputs);
}

/* Appends the manifest; half of all are fixed. */
static inline void random_manifest_write(slt_buffer *y)
{
    static random_manifest m;
    m = (random_manifest){0};
    m.fixed = random_coin();
    slt_buffer_printf(y, "sltrace: 1\nname: random\nrun:\n  arithmetic: %s\n  seed: %u\n",
                      m.fixed ? "fixed" : RANDOM_OF("f32", "f64"), random_from(0, 999));
    random_data(&m, y);
    random_other_data(&m, y);
    random_model(&m, y);
    if (random_below(8))
        random_train(&m, y);
    size_t estimates = random_below(3);
    if (estimates)
        slt_buffer_printf(y, "  llc:\n");
    for (size_t i = 0; i < estimates; i++)
        random_estimate(&m, y);
    slt_buffer_free(&m.weights);
    slt_buffer_free(&m.ops);
}

#endif
