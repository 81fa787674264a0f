/* Random valid manifests from a printed seed: the canonical form is a fixed point, reads
 * back to the same spec, and written out as YAML gives itself again. */
#include "base/buffer.h"
#include "manifest/canonical.h"
#include "manifest/manifest.h"
#include "manifest/manifest_write.h"

#include "tap.h"

enum { MANIFESTS = 2000, MANIFESTS_BRIEF = 150 };

static uint64_t state = 20260131;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint64_t below(uint64_t n)
{
    return (next() >> 11) % n;
}

static bool coin(void)
{
    return next() >> 63;
}

static const char *pick(const char *const *words, size_t count)
{
    return words[below(count)];
}

static const char *positive(void)
{
    static const char *const words[] = {"1", "1e-3",   "0.1", "2.5",   "1e300",
                                        "3", "5e-324", "1.0", "0.001", ".5"};
    return pick(words, 10);
}

static const char *fraction(void)
{
    static const char *const words[] = {"0", "0.5", "0.9", "0.999", "0.0"};
    return pick(words, 5);
}

static void write_batch(slt_buffer *y, unsigned samples)
{
    static const char *const forms[] = {"fresh", "epochs", "epochs, short: drop",
                                        "epochs, short: keep"};
    if (coin())
        slt_buffer_printf(y, "batch: full");
    else if (coin())
        slt_buffer_printf(y, "batch: {size: %d}", (int)below(samples) + 1);
    else
        slt_buffer_printf(y, "batch: {order: %s, size: %d}", pick(forms, 4),
                          (int)below(samples) + 1);
}

static void write_data(slt_buffer *y, unsigned samples, unsigned width)
{
    slt_buffer_printf(y, "  data: {outputs: %u, inputs: %u, samples: %u", width, width,
                      samples);
    if (coin()) {
        slt_buffer_printf(y, ", kind: constant");
        if (coin())
            slt_buffer_printf(y, ", x_value: -%s", positive());
        if (coin())
            slt_buffer_printf(y, ", target_value: %s", coin() ? "0" : "-0.0");
    } else {
        slt_buffer_printf(y, ", kind: linear-teacher, rank: %d", (int)below(width) + 1);
        if (coin())
            slt_buffer_printf(y, ", teacher_std: %s", positive());
        if (coin())
            slt_buffer_printf(y, ", noise_std: %s, x: normal", coin() ? "0" : positive());
    }
    slt_buffer_printf(y, "}\n");
}

static void write_init(slt_buffer *y)
{
    switch (below(6)) {
    case 0:
        slt_buffer_printf(y, ", init: {kind: zero}");
        break;
    case 1:
        slt_buffer_printf(y, ", init: {value: %s, kind: constant}", positive());
        break;
    case 2:
        slt_buffer_printf(y, ", init: {kind: normal, std: %s}", positive());
        break;
    case 3:
        slt_buffer_printf(y, ", init: {kind: uniform, hi: %s, lo: -1}", positive());
        break;
    case 4:
        slt_buffer_printf(y, ", init: {kind: fan-in%s}", coin() ? ", fan_in: 9" : "");
        break;
    default:
        break;
    }
}

/* A chain of square layers, some tied and transposed. */
static void write_model(slt_buffer *y, unsigned width)
{
    size_t layers = 1 + below(4);
    slt_buffer_printf(y, "  model:\n    weights:\n");
    for (size_t i = 0; i < layers; i++) {
        if (i && coin()) {
            slt_buffer_printf(y, "      W%zu: {tied: W0}\n", i);
            continue;
        }
        slt_buffer_printf(y, "      W%zu: {shape: [%u, %u]", i, width, width);
        write_init(y);
        if (coin())
            slt_buffer_printf(y, ", trainable: %s", coin() ? "true" : "false");
        slt_buffer_printf(y, "}\n");
    }
    slt_buffer_printf(y, "      b: {shape: [%u]}\n    ops:\n", width);
    for (size_t i = 0; i < layers; i++) {
        slt_buffer_printf(y, "      - {op: linear, weight: W%zu, out: h%zu, in: ", i,
                          i + 1);
        if (i)
            slt_buffer_printf(y, coin() ? "h%zu" : "[h%zu]", i);
        else
            slt_buffer_printf(y, "x");
        slt_buffer_printf(y, "%s%s}\n", coin() ? ", bias: b" : "",
                          coin() ? ", transpose: true" : "");
    }
    slt_buffer_printf(y, "    loss: {op: mse, in: h%zu%s}\n", layers,
                      coin()   ? ", mean_over: [outputs]"
                      : coin() ? ", mean_over: []"
                               : "");
}

static void write_optimizer(slt_buffer *y)
{
    slt_buffer_printf(y, "    optimizer: {lr: %s", positive());
    if (coin()) {
        slt_buffer_printf(y, ", kind: sgd");
        if (coin())
            slt_buffer_printf(y, ", momentum: %s", fraction());
    } else {
        slt_buffer_printf(y, ", kind: adam");
        if (coin())
            slt_buffer_printf(y, ", betas: [%s, %s]", fraction(), fraction());
        if (coin())
            slt_buffer_printf(y, ", eps: 1e-8");
    }
    if (coin())
        slt_buffer_printf(y, ", decay: %s", coin() ? "coupled" : "decoupled");
    if (coin())
        slt_buffer_printf(y, ", schedule: [{from: 3, lr: %s}, {lr: 1, from: 9}]",
                          positive());
    slt_buffer_printf(y, "}\n");
}

static void write_train(slt_buffer *y, unsigned samples)
{
    static const char *const states[] = {"none", "last", "all", "{every: 7}"};
    slt_buffer_printf(y, "  train:\n    steps: %d\n", (int)below(50) + 10);
    write_optimizer(y);
    slt_buffer_printf(y, "    ");
    write_batch(y, samples);
    slt_buffer_printf(y, "\n");
    if (coin())
        slt_buffer_printf(y, "    stop: {loss_below: %s%s}\n", positive(),
                          coin() ? ", after: 3" : "");
    if (coin())
        slt_buffer_printf(y, "    checkpoints: {every: %d, state: %s%s}\n", (int)below(9),
                          pick(states, 4), coin() ? ", at: [0, 5]" : "");
}

static void write_llc(slt_buffer *y, unsigned samples, bool fixed)
{
    const char *lr = positive();
    if (fixed && strcmp(lr, "5e-324") == 0) /* whose noise integers cannot have */
        lr = "1e-19";
    slt_buffer_printf(y, "    - {num_draws: %d, localization: %s, lr: %s, at: last, ",
                      (int)below(900) + 1, fraction(), lr);
    write_batch(y, samples);
    if (coin())
        slt_buffer_printf(y, ", nbeta: %s", coin() ? "n/ln(n)" : positive());
    if (coin())
        slt_buffer_printf(y, ", num_chains: %d", (int)below(4096) + 1);
    if (coin())
        slt_buffer_printf(y, ", num_burnin_steps: 3, num_steps_bw_draws: 1");
    if (coin())
        slt_buffer_printf(y, ", loss: %s, init_loss: full", coin() ? "full" : "batch");
    slt_buffer_printf(y, "}\n");
}

static void write_manifest(slt_buffer *y)
{
    static const char *const arithmetics[] = {"f32", "f64", "fixed"};
    unsigned samples = 2 + (unsigned)below(40), width = 1 + (unsigned)below(9);
    const char *arithmetic = pick(arithmetics, 3);
    slt_buffer_clear(y);
    slt_buffer_printf(y, "sltrace: 1\nname: random\nrun:\n  seed: %llu\n",
                      (unsigned long long)(coin() ? next() : below(200)));
    write_data(y, samples, width);
    write_model(y, width);
    size_t estimates = below(4);
    if (coin())
        write_train(y, samples);
    if (estimates || coin())
        slt_buffer_printf(y, "  llc:%s\n", estimates ? "" : " []");
    for (size_t i = 0; i < estimates; i++)
        write_llc(y, samples, strcmp(arithmetic, "fixed") == 0);
    slt_buffer_printf(y, "  arithmetic: %s\n", arithmetic);
}

static slt_manifest *open_text(slt_buffer *text)
{
    slt_manifest *manifest = NULL;
    slt_error err = {0};
    slt_buffer_text(text);
    if (slt_manifest_parse((const char *)text->data, text->size, "random.yaml", &manifest,
                           &err))
        tap_note("%s\n%.*s", err.text, (int)text->size, (const char *)text->data);
    return manifest;
}

/* The tree of canonical bytes as a manifest of its own. */
static slt_manifest *respell(const uint8_t *bytes, size_t size)
{
    slt_value run;
    slt_error err = {0};
    slt_buffer text = {0};
    if (slt_canonical_read(bytes, size, &run, &err)) {
        tap_note("%s", err.text);
        return NULL;
    }
    slt_buffer_printf(&text, "sltrace: 1\nname: respelt\nrun: ");
    slt_value_print(&run, &text);
    slt_buffer_byte(&text, '\n');
    slt_manifest *manifest = open_text(&text);
    slt_value_free(&run);
    slt_buffer_free(&text);
    return manifest;
}

/* The same by the writer of manifests. */
static slt_manifest *rewrite(const uint8_t *bytes, size_t size)
{
    slt_value run;
    slt_error err = {0};
    slt_buffer text = {0};
    slt_manifest *manifest = NULL;
    if (slt_canonical_read(bytes, size, &run, &err))
        return NULL;
    if (slt_manifest_write("rewritten", "of a test", &run, &text, &err))
        tap_note("%s", err.text);
    else
        manifest = open_text(&text);
    slt_value_free(&run);
    slt_buffer_free(&text);
    return manifest;
}

static bool has_canonical(slt_manifest *manifest, const uint8_t *bytes, size_t size)
{
    const uint8_t *again;
    size_t again_size;
    slt_error err;
    return manifest &&
           !slt_manifest_canonical(manifest, 0, &again, &again_size, &err) &&
           size == again_size && memcmp(bytes, again, size) == 0;
}

/* The ends of its lists, megabytes that nobody touches, are left out. */
static bool same_spec(slt_manifest *manifest, const uint8_t *bytes, size_t size)
{
    static slt_run_spec a, b;
    slt_error err = {0};
    memset(&a, 0, offsetof(slt_run_spec, model.ops));
    memset(&b, 0, offsetof(slt_run_spec, model.ops));
    if (slt_manifest_run(manifest, 0, &a, &err) ||
        slt_canonical_decode(bytes, size, &b, &err))
        return false;
    memset(a.folder, 0, sizeof a.folder);
    return memcmp(&a, &b, offsetof(slt_run_spec, model)) == 0 &&
           slt_model_spec_equal(&a.model, &b.model);
}

int main(void)
{
    slt_buffer text = {0};
    size_t invalid = 0, unstable = 0, respelt = 0, specs = 0, rewritten = 0;
    const size_t manifests = tap_times(MANIFESTS, MANIFESTS_BRIEF);
    tap_note("seed %llu", (unsigned long long)state);
    for (size_t i = 0; i < manifests; i++) {
        const uint8_t *bytes;
        size_t size;
        slt_error err;
        write_manifest(&text);
        slt_manifest *manifest = open_text(&text), *other;
        if (!manifest) {
            invalid++;
            continue;
        }
        unstable += slt_manifest_canonical(manifest, 0, &bytes, &size, &err) != SLT_OK;
        specs += !same_spec(manifest, bytes, size);
        other = respell(bytes, size);
        respelt += !has_canonical(other, bytes, size);
        slt_manifest_free(other);
        other = rewrite(bytes, size);
        rewritten += !has_canonical(other, bytes, size);
        slt_manifest_free(other);
        slt_manifest_free(manifest);
    }
    TAP_EQ_U64(invalid, 0, "every manifest is valid");
    TAP_EQ_U64(unstable, 0, "and has a canonical form");
    TAP_EQ_U64(specs, 0, "which reads back to the same spec");
    TAP_EQ_U64(respelt, 0, "and, written as YAML, gives itself again");
    TAP_EQ_U64(rewritten, 0, "and as a manifest for people too");
    slt_buffer_free(&text);
    return tap_done();
}
