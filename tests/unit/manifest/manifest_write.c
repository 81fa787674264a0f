/* Manifests written from a run: their layout, and texts that YAML would take for
 * something else. */
#include "manifest_sample.h"
#include "tap.h"

#include "manifest/canonical.h"
#include "manifest/manifest_write.h"

static slt_error err;

static slt_manifest *parse(const char *text)
{
    slt_manifest *manifest = NULL;
    if (slt_manifest_parse(text, strlen(text), "m.yaml", &manifest, &err)) {
        fprintf(stderr, "%s\n", text);
        tap_bail(err.text);
    }
    return manifest;
}

/* The run of a manifest, written as one; to be freed. */
static char *written(const char *text)
{
    const uint8_t *bytes, *again;
    size_t size, again_size;
    slt_value run;
    slt_buffer out = {0};
    slt_manifest *manifest = parse(text);
    if (slt_manifest_canonical(manifest, 0, &bytes, &size, &err) ||
        slt_canonical_read(bytes, size, &run, &err) ||
        slt_manifest_write("test/one", "first line\n\nsecond", &run, &out, &err))
        tap_bail(err.text);
    char *copy = strdup(slt_buffer_text(&out));
    slt_manifest *other = parse(copy);
    TAP_OK(!slt_manifest_canonical(other, 0, &again, &again_size, &err) &&
               size == again_size && memcmp(bytes, again, size) == 0,
           "read again it is the same run");
    slt_manifest_free(other);
    slt_manifest_free(manifest);
    slt_value_free(&run);
    slt_buffer_free(&out);
    return copy;
}

#define MODEL                                                                            \
    "  model:\n"                                                                         \
    "    weights:\n"                                                                     \
    "      W1: {shape: [1, 6], init: {kind: normal, std: 0.1}}\n"                        \
    "      W2: {shape: [5, 1], init: {kind: normal, std: 0.1}}\n"                        \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W1, out: h}\n"                                  \
    "      - {op: linear, in: h, weight: W2, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"

static void test_layout(void)
{
    static const char want[] =
        "# first line\n#\n# second\n"
        "sltrace: 1\nname: test/one\n\nrun:\n"
        "  arithmetic: f32\n  seed: 5\n"
        "  data: {kind: linear-teacher, samples: 24, inputs: 6, outputs: 5, rank: 1}\n";
    char *text = written(manifest_sample);
    TAP_OK(strncmp(text, want, sizeof want - 1) == 0, "head, then the run");
    TAP_OK(strstr(text, "    weights:\n      W1: {shape: [1, 6], init: {kind: normal") !=
               NULL,
           "a weight a line");
    TAP_OK(strstr(text, "    ops:\n      - {op: linear, in: [x], out: h,") != NULL,
           "an op a line");
    TAP_OK(strstr(text, "betas") == NULL, "what is a default is left out");
    for (const char *line = text; line && *line; line = strchr(line, '\n') + 1)
        TAP_OK(strcspn(line, "\n") <= 90, "no line is long");
    free(text);
}

/* Names and paths that are numbers, words or syntax of YAML. */
static void test_texts(void)
{
    static const char manifest[] =
        "sltrace: 1\nname: test/texts\nrun:\n  arithmetic: f32\n  seed: 5\n"
        "  data: {kind: constant, samples: 2, inputs: 1, outputs: 1, target_value: "
        "-0.0}\n"
        "  model:\n"
        "    weights:\n"
        "      \"true\": {shape: [1, 1], init: {kind: file, sha256: '"
        "1234567812345678123456781234567812345678123456781234567812345678',\n"
        "        file: \"a: b #c, [d] {e} \\\"f\\\" \\\\ '\\u00fc \\U0001f600\"}}\n"
        "      null: {shape: [1, 1], init: {kind: file, file: '12e3', sha256: '"
        "123456781234567812345678123456781234567812345678123456781234567e'}}\n"
        "      _: {shape: [1, 1], init: {kind: file, file: \"- \\u0085x\", sha256: '"
        "abcdef7812345678123456781234567812345678123456781234567812345678'}}\n"
        "    ops:\n"
        "      - {op: linear, in: x, weight: \"true\", out: h}\n"
        "      - {op: linear, in: h, weight: \"null\", out: g}\n"
        "      - {op: linear, in: g, weight: _, out: y}\n"
        "    loss: {op: mse, in: y}\n";
    char *text = written(manifest);
    TAP_OK(strstr(text, "weight: \"true\"") && strstr(text, "weight: \"null\""),
           "words are quoted");
    TAP_OK(strstr(text, "sha256: \"12345678"), "a number that is text is quoted");
    TAP_OK(strstr(text, "\xf0\x9f\x98\x80") && strstr(text, "\\x85"),
           "letters of others stay, a line end of theirs does not");
    free(text);
}

/* A list of numbers too long for a line, and an estimate. */
static void test_long(void)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "sltrace: 1\nname: t\nrun:\n  arithmetic: f64\n  seed: "
                             "18446744073709551615\n  data: {kind: linear-teacher, "
                             "samples: 24, inputs: 6, outputs: 5, rank: 1}\n" MODEL
                             "  train:\n    optimizer: {kind: sgd, lr: 1e-310}\n"
                             "    steps: 600\n    checkpoints: {at: [");
    for (int i = 0; i < 300; i++)
        slt_buffer_printf(&text, "%s%d", i ? ", " : "", 2 * i);
    slt_buffer_printf(&text, "], state: {every: 7}}\n"
                             "  llc:\n    - {at: last, lr: 1e300, localization: 0, "
                             "num_draws: 3, nbeta: 3}\n");
    char *again = written(slt_buffer_text(&text));
    TAP_OK(strstr(again, "seed: 18446744073709551615\n"), "the largest seed");
    TAP_OK(strstr(again, "      at:\n        - 0\n        - 2\n"), "a number a line");
    TAP_OK(strstr(again, "lr: 1e-310") && strstr(again, "lr: 1e+300"), "reals");
    free(again);
    slt_buffer_free(&text);
}

static void test_axis(void)
{
    slt_buffer out = {0};
    char text[] = "$rank";
    slt_value value = {.kind = SLT_VALUE_TEXT, .text = text};
    TAP_OK(slt_manifest_write("t", "", &value, &out, &err) == SLT_FORMAT &&
               strstr(err.text, "axis"),
           "no text that names an axis");
    TAP_EQ_U64(out.size, 0, "and nothing is written");
    slt_buffer_free(&out);
}

/* Maps and lists within lists, too long for a line or too deep. */
static void test_nested(void)
{
    static const char want[] = "sltrace: 1\nname: t\n\nrun:\n"
                               "  a:\n"
                               "    -\n"
                               "      - [1, 2]\n"
                               "      -\n"
                               "        - [[1]]\n"
                               "        - 7\n"
                               "    - b: 1\n"
                               "      c:\n"
                               "        - [[1]]\n"
                               "      d: []\n";
    slt_value number[] = {{.kind = SLT_VALUE_INT, .magnitude = 1},
                          {.kind = SLT_VALUE_INT, .magnitude = 2},
                          {.kind = SLT_VALUE_INT, .magnitude = 7}};
    slt_value single = {.kind = SLT_VALUE_LIST, .count = 1, .items = number};
    slt_value twice = {.kind = SLT_VALUE_LIST, .count = 1, .items = &single};
    slt_value deep = {
        .kind = SLT_VALUE_LIST, .count = 2, .items = (slt_value[]){twice, number[2]}};
    slt_value pair = {.kind = SLT_VALUE_LIST, .count = 2, .items = number};
    slt_value lists = {
        .kind = SLT_VALUE_LIST, .count = 2, .items = (slt_value[]){pair, deep}};
    slt_value map = {
        .kind = SLT_VALUE_MAP,
        .count = 3,
        .keys = (char *[]){(char[]){"b"}, (char[]){"c"}, (char[]){"d"}},
        .items = (slt_value[]){number[0],
                               {.kind = SLT_VALUE_LIST, .count = 1, .items = &twice},
                               {.kind = SLT_VALUE_LIST}}};
    slt_value whole = {.kind = SLT_VALUE_MAP,
                       .count = 1,
                       .keys = (char *[]){(char[]){"a"}},
                       .items = &(slt_value){.kind = SLT_VALUE_LIST,
                                             .count = 2,
                                             .items = (slt_value[]){lists, map}}};
    slt_buffer out = {0};
    if (slt_manifest_write("t", "", &whole, &out, &err))
        tap_bail(err.text);
    TAP_EQ_TEXT(slt_buffer_text(&out), want, "lists in lists stand below their dash");
    slt_buffer_free(&out);
}

/* A text of no letters is quoted, or it would be nothing. */
static void test_empty(void)
{
    slt_value whole = {.kind = SLT_VALUE_MAP,
                       .count = 1,
                       .keys = (char *[]){(char[]){"a"}},
                       .items =
                           &(slt_value){.kind = SLT_VALUE_TEXT, .text = (char[]){""}}};
    slt_buffer out = {0};
    if (slt_manifest_write("t", "", &whole, &out, &err))
        tap_bail(err.text);
    TAP_EQ_TEXT(slt_buffer_text(&out), "sltrace: 1\nname: t\n\nrun:\n  a: \"\"\n",
                "an empty text");
    slt_buffer_free(&out);
}

int main(void)
{
    test_nested();
    test_empty();
    test_layout();
    test_texts();
    test_long();
    test_axis();
    return tap_done();
}
