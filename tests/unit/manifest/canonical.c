/* The canonical form: known bytes, defaults left out, and nothing else is accepted. */
#include "manifest_sample.h"
#include "tap.h"

#include "codec/digest.h"
#include "codec/pack.h"
#include "manifest/canonical.h"
#include "manifest/manifest_write.h"

static slt_error err;

/* The worked example of docs/spec/13-canonical-form.md. */
static const char example[] =
    "sltrace: 1\n"
    "name: example\n"
    "run:\n"
    "  arithmetic: f64\n"
    "  seed: 7\n"
    "  data: {kind: constant, samples: 4, inputs: 1, outputs: 1}\n"
    "  model:\n"
    "    weights:\n"
    "      w: {shape: [1, 1], init: {kind: constant, value: 1}}\n"
    "    ops:\n"
    "      - {op: linear, in: x, weight: w, out: y, transpose: false}\n"
    "    loss: {op: mse, in: y, mean_over: [outputs, samples]}\n"
    "  llc:\n"
    "    - {at: last, lr: 1e-3, localization: 1, nbeta: 2, num_draws: 300}\n";

static const uint8_t example_bytes[] = {
    0x85, 0xaa, 'a',  'r',  'i',  't',  'h',  'm',  'e',  't',  'i',  'c',  0xa3, 'f',
    '6',  '4',  0xa4, 's',  'e',  'e',  'd',  0x07, 0xa4, 'd',  'a',  't',  'a',  0x84,
    0xa4, 'k',  'i',  'n',  'd',  0xa8, 'c',  'o',  'n',  's',  't',  'a',  'n',  't',
    0xa7, 's',  'a',  'm',  'p',  'l',  'e',  's',  0x04, 0xa6, 'i',  'n',  'p',  'u',
    't',  's',  0x01, 0xa7, 'o',  'u',  't',  'p',  'u',  't',  's',  0x01, 0xa5, 'm',
    'o',  'd',  'e',  'l',  0x83, 0xa7, 'w',  'e',  'i',  'g',  'h',  't',  's',  0x91,
    0x83, 0xa4, 'n',  'a',  'm',  'e',  0xa1, 'w',  0xa5, 's',  'h',  'a',  'p',  'e',
    0x92, 0x01, 0x01, 0xa4, 'i',  'n',  'i',  't',  0x82, 0xa4, 'k',  'i',  'n',  'd',
    0xa8, 'c',  'o',  'n',  's',  't',  'a',  'n',  't',  0xa5, 'v',  'a',  'l',  'u',
    'e',  0xcb, 0x3f, 0xf0, 0,    0,    0,    0,    0,    0,    0xa3, 'o',  'p',  's',
    0x91, 0x84, 0xa2, 'o',  'p',  0xa6, 'l',  'i',  'n',  'e',  'a',  'r',  0xa2, 'i',
    'n',  0x91, 0xa1, 'x',  0xa3, 'o',  'u',  't',  0xa1, 'y',  0xa6, 'w',  'e',  'i',
    'g',  'h',  't',  0xa1, 'w',  0xa4, 'l',  'o',  's',  's',  0x82, 0xa2, 'o',  'p',
    0xa3, 'm',  's',  'e',  0xa2, 'i',  'n',  0xa1, 'y',  0xa3, 'l',  'l',  'c',  0x91,
    0x85, 0xa2, 'a',  't',  0xa4, 'l',  'a',  's',  't',  0xa2, 'l',  'r',  0xcb, 0x3f,
    0x50, 0x62, 0x4d, 0xd2, 0xf1, 0xa9, 0xfc, 0xac, 'l',  'o',  'c',  'a',  'l',  'i',
    'z',  'a',  't',  'i',  'o',  'n',  0xcb, 0x3f, 0xf0, 0,    0,    0,    0,    0,
    0,    0xa5, 'n',  'b',  'e',  't',  'a',  0xcb, 0x40, 0,    0,    0,    0,    0,
    0,    0,    0xa9, 'n',  'u',  'm',  '_',  'd',  'r',  'a',  'w',  's',  0xcd, 0x01,
    0x2c,
};

static void test_known_bytes(void)
{
    slt_manifest *m = NULL;
    const uint8_t *bytes = NULL;
    size_t size = 0;
    char digest[SLT_DIGEST_TEXT_MAX];
    if (!TAP_OK(slt_manifest_parse(example, strlen(example), "e.yaml", &m, &err) ==
                    SLT_OK,
                "the example")) {
        tap_note("%s", err.text);
        return;
    }
    slt_manifest_canonical(m, 0, &bytes, &size, &err);
    TAP_EQ_U64(size, sizeof example_bytes, "its size");
    TAP_OK(size == sizeof example_bytes && memcmp(bytes, example_bytes, size) == 0,
           "its bytes");
    slt_digest_text(slt_manifest_experiment(m, 0), digest);
    TAP_EQ_TEXT(digest, "15c994b5c62dc3b303238400c0dd0a27", "its experiment hash");
    slt_manifest_free(m);
}

static bool decodes(const uint8_t *bytes, size_t size)
{
    slt_run_spec *spec = malloc(sizeof *spec);
    slt_status status = slt_canonical_decode(bytes, size, spec, &err);
    free(spec);
    return status == SLT_OK;
}

static void test_round_trip(void)
{
    slt_run_spec *spec = malloc(sizeof *spec);
    TAP_OK(slt_canonical_decode(example_bytes, sizeof example_bytes, spec, &err) ==
               SLT_OK,
           "the example decodes");
    TAP_OK(spec->arithmetic == SLT_F64 && spec->seed == 7 &&
               spec->data.kind == SLT_DATA_CONSTANT && spec->model.weight_count == 1 &&
               strcmp(spec->model.weights[0].name, "w") == 0 &&
               spec->model.weights[0].init.kind == SLT_INIT_CONSTANT &&
               spec->train.steps == 0 && spec->llc_count == 1 &&
               spec->llc[0].num_draws == 300 && spec->llc[0].nbeta_of == SLT_NBETA_GIVEN,
           "to the spec it came from");
    free(spec);
}

/* Every changed bit gives another valid run or is refused: none reads as this one. */
static void test_bit_flips(void)
{
    uint8_t copy[sizeof example_bytes];
    slt_run_spec *spec = malloc(sizeof *spec);
    slt_value run;
    size_t wrong = 0, valid = 0;
    for (size_t bit = 0; bit < 8 * sizeof copy; bit++) {
        const slt_schema_walk walk = {.file = "test"};
        slt_buffer again = {0};
        memcpy(copy, example_bytes, sizeof copy);
        copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (slt_canonical_read(copy, sizeof copy, &run, &err))
            continue;
        valid++;
        slt_canonical_encode(&walk, &slt_schema_run, &run, &again);
        wrong += again.size != sizeof copy || memcmp(again.data, copy, sizeof copy) != 0;
        slt_buffer_free(&again);
        slt_value_free(&run);
    }
    TAP_OK(wrong == 0 && valid > 0, "%zu flips give another run, none this one", valid);
    free(spec);
}

static void test_truncation(void)
{
    size_t accepted = 0;
    for (size_t size = 0; size < sizeof example_bytes; size++)
        accepted += decodes(example_bytes, size);
    TAP_EQ_U64(accepted, 0, "no shorter run is one");
    uint8_t longer[sizeof example_bytes + 1] = {0};
    memcpy(longer, example_bytes, sizeof example_bytes);
    TAP_OK(!decodes(longer, sizeof longer), "nor a longer one: %s", err.text);
    slt_value run;
    uint8_t *large = calloc(1, (1 << 20) + 1);
    if (!large)
        tap_bail("no memory");
    TAP_OK(slt_canonical_read(large, 1 << 20, &run, &err) == SLT_FORMAT &&
               !strstr(err.text, "larger"),
           "1 MiB is read: %s", err.text);
    TAP_OK(slt_canonical_read(large, (1 << 20) + 1, &run, &err) == SLT_FORMAT &&
               strstr(err.text, "larger than 1 MiB"),
           "a byte more is not: %s", err.text);
    free(large);
}

/* What msgpack allows but the canonical form does not. */
static void refuses(const char *what, const char *old, size_t old_size,
                    const char *replacement, size_t size)
{
    const uint8_t *at = memmem(example_bytes, sizeof example_bytes, old, old_size);
    slt_buffer bytes = {0};
    if (!TAP_OK(at != NULL, "%s: the place", what))
        return;
    slt_buffer_append(&bytes, example_bytes, (size_t)(at - example_bytes));
    slt_buffer_append(&bytes, replacement, size);
    slt_buffer_append(&bytes, at + old_size,
                      sizeof example_bytes - (size_t)(at - example_bytes) - old_size);
    TAP_OK(!decodes(bytes.data, bytes.size), "refused: %s: %s", what, err.text);
    slt_buffer_free(&bytes);
}

#define REFUSES(what, old, replacement)                                                  \
    refuses(what, old, sizeof old - 1, replacement, sizeof replacement - 1)

/* What was said of the last run refused. */
static void says(const char *words)
{
    TAP_OK(strstr(err.text, words), "it says: %s", words);
}

#define SIXTEEN "0123456789abcdef"

static void test_not_canonical(void)
{
    REFUSES("a long integer", "seed\x07", "seed\xcc\x07");
    REFUSES("a default written out", "\x82\xa2op\xa3mse",
            "\x83\xa2op\xa3mse\xa6target\xa6target");
    REFUSES("another order", "\xa7samples\x04\xa6inputs\x01",
            "\xa6inputs\x01\xa7samples\x04");
    REFUSES("an integer for a real", "nbeta\xcb\x40\0\0\0\0\0\0\0", "nbeta\x02");
    REFUSES("one input without its array", "in\x91\xa1x", "in\xa1x");
    REFUSES("a repeated key", "\xa6inputs\x01", "\xa7samples\x04");
    REFUSES("nil", "seed\x07", "seed\xc0");
    REFUSES("a weight without a name", "\xa4name\xa1w", "\xa4nose\xa1w");
    REFUSES("a weight whose name is a number", "\xa4name\xa1w", "\xa4name\x01");
    REFUSES("a key of 64 bytes", "\xa4seed\x07",
            "\xd9\x40" SIXTEEN SIXTEEN SIXTEEN SIXTEEN "\x07");
    REFUSES("a key that is no text", "\xa4seed\x07", "\x04\x07");
    REFUSES("a list for the run's data", "\xa4seed\x07", "\xa4seed\x91\x07");
    REFUSES("a `$`",
            "\xa3"
            "f64",
            "\xa2$a");
}

/* Maps of names stand as arrays of maps that begin with the name. */
static void test_names(void)
{
    static const char weights[] = "\xa7weights\x91";
    char many[11 + 1024] = "\xa7weights\xdc\x04\x01";
    memset(many + 11, 0x80, 1024);
    REFUSES("a weight that is no map", "\x91\x83\xa4name", "\x92\x05\x83\xa4name");
    says("item 0 has no name of its own first");
    REFUSES("an empty weight", "\x91\x83\xa4name", "\x92\x80\x83\xa4name");
    says("item 0 has no name of its own first");
    refuses("1025 weights", weights, sizeof weights - 1, many, sizeof many);
    says("canonical run: weights: more than 1024 entries");
}

static size_t canonical_size(const char *old, const char *replacement)
{
    slt_manifest *m = NULL;
    const uint8_t *bytes;
    size_t size = 0;
    if (open_with(old, replacement, &m, &err) == SLT_OK)
        slt_manifest_canonical(m, 0, &bytes, &size, &err);
    else
        tap_note("%s", err.text);
    slt_manifest_free(m);
    return size;
}

static void test_defaults(void)
{
    size_t plain = canonical_size("x", "x");
    TAP_OK(plain > 0, "the sample has %zu bytes", plain);
    static const char *const same[][2] = {
        {"steps: 100", "steps: 100\n    batch: full"},
        {"lr: 1e-2}", "lr: 0.01, betas: [0.9, 0.999], eps: 0.00000001, decay: coupled}"},
        {"in: y}", "in: y, mean_over: [outputs, samples], factor: 1, target: target}"},
        {"rank: $rank}", "rank: $rank, teacher_std: 1, noise_std: 0.0, x: normal}"},
        {"in: x,", "in: [x], transpose: false,"},
        {"num_draws: 40", "num_draws: 40, num_burnin_steps: 0, loss: batch"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *old = i == 0 ? "batch: full\n    steps: 100" : same[i][0];
        TAP_EQ_U64(canonical_size(old, same[i][1]), plain, same[i][0]);
    }
    TAP_EQ_U64(canonical_size("batch: full", "batch: {size: 8}"), plain + 13,
               "a batch of 8 adds its key and map");
    TAP_EQ_U64(canonical_size("rank: $rank}", "rank: $rank, noise_std: -0.0}"),
               plain + 19, "minus zero is not the default zero");
}

/* Where the file of the data lies decides no bits. */
static void test_unhashed(void)
{
    static const char *const files[] = {"", "file: a.npy, ", "file: b/c.npy, "};
    static const char *const sums[] = {"0", "1"};
    slt_digest digests[3][2];
    for (size_t i = 0; i < 6; i++) {
        char data[500], sum[65];
        slt_manifest *m = NULL;
        memset(sum, *sums[i % 2], 64);
        sum[64] = 0;
        snprintf(data, sizeof data,
                 "{kind: file, samples: 24, x: {%ssha256: '%s', width: 6}, target: "
                 "{sha256: '%s', width: 5}}",
                 files[i / 2], sum, sum);
        if (open_with("{kind: linear-teacher, samples: 24, inputs: 6, outputs: 5, rank: "
                      "$rank}",
                      data, &m, &err))
            tap_bail(err.text);
        digests[i / 2][i % 2] = slt_manifest_experiment(m, 0);
        slt_manifest_free(m);
    }
    for (size_t i = 0; i < 3; i++)
        TAP_OK(slt_digest_equal(digests[i][0], digests[0][0]) &&
                   slt_digest_equal(digests[i][1], digests[0][1]) &&
                   !slt_digest_equal(digests[i][0], digests[i][1]),
               "data in '%s' are those of their sum", files[i]);
}

/* Where a key stands, with the byte that says how long it is. */
static size_t place_of(const uint8_t *bytes, size_t size, const char *key)
{
    const size_t length = strlen(key);
    for (size_t at = 1; at + length <= size; at++)
        if (bytes[at - 1] == 0xa0 + length && !memcmp(bytes + at, key, length))
            return at;
    return SIZE_MAX;
}

/* Fields that several optimisers have stand behind those of one. */
static void test_order(void)
{
    static const char *const keys[] = {
        "kind", "lr", "betas", "eps", "weight_decay", "decay", "schedule", "l1", "steps"};
    slt_manifest *m = NULL;
    const uint8_t *bytes = NULL;
    size_t size = 0, before, wrong = 0;
    if (open_with("lr: 1e-2}",
                  "l1: 1, schedule: [{from: 2, lr: 3}], decay: decoupled, weight_decay: "
                  "2, eps: 1, betas: [0.5, 0.5], lr: 1e-2}",
                  &m, &err) ||
        slt_manifest_canonical(m, 0, &bytes, &size, &err))
        tap_bail(err.text);
    before = place_of(bytes, size, "optimizer");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const size_t at = before + place_of(bytes + before, size - before, keys[i]);
        wrong += at <= before || at >= size;
        before = at;
    }
    TAP_EQ_U64(wrong, 0, "an optimiser's fields stand in their order");
    slt_manifest_free(m);
}

/* The only field that another arithmetic changes is the one that names it. */
static void test_convert(void)
{
    uint8_t want[sizeof example_bytes];
    slt_buffer there = {0}, back = {0};
    memcpy(want, example_bytes, sizeof want);
    memcpy(want + 14, "32", 2); /* behind the `f` of arithmetic */
    TAP_OK(slt_canonical_convert(example_bytes, sizeof example_bytes, SLT_F32, &there,
                                 &err) == SLT_OK,
           "the example in binary32");
    TAP_OK(there.size == sizeof want && memcmp(there.data, want, sizeof want) == 0,
           "its bytes");
    TAP_OK(slt_canonical_convert(there.data, there.size, SLT_F64, &back, &err) ==
                   SLT_OK &&
               back.size == sizeof want &&
               memcmp(back.data, example_bytes, sizeof want) == 0,
           "and back");
    TAP_EQ_U64(slt_canonical_convert(want, sizeof want - 1, SLT_F64, &back, &err),
               SLT_FORMAT, "of what is no run");
    TAP_OK(strstr(err.text, "cut short") != NULL, "as reading it says: %s", err.text);
    slt_buffer_free(&there);
    slt_buffer_free(&back);
}

/* A weight from a file gets another file with the arithmetic. */
static void test_convert_files(void)
{
    static const char sum[] =
        "1111111111111111111111111111111111111111111111111111111111111111";
    static const slt_converted_init inits[] = {{"W1", "b.npy", sum},
                                               {"W2", "c.raw", sum}};
    slt_manifest *m = NULL;
    slt_buffer text = {0};
    const uint8_t *bytes;
    size_t size;
    if (open_with("{kind: normal, std: 0.1}}\n      W2: {shape: [5, $rank], init: {kind: "
                  "normal, std: 0.1}}",
                  "{kind: file, file: a.safetensors, tensor: deep, sha256: "
                  "0000000000000000000000000000000000000000000000000000000000000000}}\n"
                  "      W2: {shape: [5, $rank], init: {kind: file, type: f32, file: "
                  "a.raw, sha256: "
                  "0000000000000000000000000000000000000000000000000000000000000000}}",
                  &m, &err) ||
        slt_manifest_canonical(m, 0, &bytes, &size, &err))
        tap_bail(err.text);
    TAP_OK(!slt_manifest_write_converted("a/b", "", bytes, size, SLT_F64, inits, 2, &text,
                                         &err),
           "written in binary64");
    const char *shown = slt_buffer_text(&text);
    TAP_OK(strstr(shown, "f64") && strstr(shown, "b.npy") && strstr(shown, "c.raw") &&
               strstr(shown, sum) && !strstr(shown, "f32") && !strstr(shown, "a.safe") &&
               !strstr(shown, "deep"),
           "with its files");
    TAP_OK(slt_manifest_write_converted("a/b", "", bytes, size - 1, SLT_F64, inits, 2,
                                        &text, &err) == SLT_FORMAT &&
               strstr(err.text, "expected more, found the end"),
           "nothing of what is no run: %s", err.text);
    slt_buffer_free(&text);
    slt_manifest_free(m);
}

int main(void)
{
    test_known_bytes();
    test_round_trip();
    test_bit_flips();
    test_truncation();
    test_not_canonical();
    test_names();
    test_defaults();
    test_unhashed();
    test_order();
    test_convert();
    test_convert_files();
    return tap_done();
}
