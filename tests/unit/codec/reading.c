/* Byte order marks, line ends, and names beyond plain ASCII. */
#include "golden_sample.h"
#include "manifest_sample.h"

#include "codec/word.h"
#include "codec/yaml.h"

static slt_error err;

/* The experiment of run 5 of a manifest's text, "" with err where it is refused. */
static const char *experiment(const slt_buffer *text)
{
    static char digest[SLT_DIGEST_TEXT_MAX];
    slt_manifest *manifest = NULL;
    digest[0] = 0;
    err.text[0] = 0;
    if (!slt_manifest_parse((char *)text->data, text->size, "m.yaml", &manifest, &err))
        slt_digest_text(slt_manifest_experiment(manifest, 5), digest);
    slt_manifest_free(manifest);
    return digest;
}

/* The sample behind `head`, with `end` for each line end. */
static void written(slt_buffer *text, const char *head, const char *end)
{
    slt_buffer_clear(text);
    slt_buffer_printf(text, "%s", head);
    for (const char *at = manifest_sample; *at; at++)
        if (*at == '\n')
            slt_buffer_printf(text, "%s", end);
        else
            slt_buffer_byte(text, (uint8_t)*at);
}

#define BOM "\xef\xbb\xbf"

static void test_marks(void)
{
    static const char *const heads[] = {
        BOM,
        "# a\n" BOM,
        BOM "# a\n",
        "\n\n" BOM,
        "---\n" BOM,
        BOM "---\n",
        BOM "--- # a\n",
        BOM "# a\n" BOM "\n" BOM "---\n" BOM "  # b\n" BOM,
    };
    slt_buffer text = {0};
    char plain[SLT_DIGEST_TEXT_MAX];
    written(&text, "", "\n");
    snprintf(plain, sizeof plain, "%s", experiment(&text));
    TAP_OK(*plain, "the sample");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        written(&text, heads[i], "\n");
        TAP_EQ_TEXT(experiment(&text), plain, "marks before the first key");
        written(&text, heads[i], "\r\n");
        TAP_EQ_TEXT(experiment(&text), plain, "the same with CR LF");
    }
    written(&text, BOM "bad: 1\n", "\n");
    experiment(&text);
    TAP_EQ_TEXT(err.text,
                "m.yaml:1:1: bad: unknown key; known here: sltrace, name, cite, "
                "sweep, run, pins, figure",
                "a mark is no column");
    written(&text, "\n", "\n" BOM);
    TAP_OK(!*experiment(&text) && strncmp(err.text, "m.yaml:", 7) == 0,
           "behind the first key it is refused: %s", err.text);
    slt_buffer_free(&text);
}

static void test_utf16(void)
{
    static const char little[] = "\xff\xfes\0l\0", big[] = "\xfe\xff\0s\0l",
                      bare[] = "s\0l\0";
    const char *const texts[] = {little, big, bare};
    for (size_t i = 0; i < 3; i++) {
        slt_value value;
        slt_status status =
            slt_yaml_parse(texts[i], i < 2 ? 6 : 4, "m.yaml", &value, &err);
        TAP_OK(status == SLT_FORMAT &&
                   strstr(err.text, "m.yaml: UTF-16 text; expected UTF-8"),
               "%s", err.text);
    }
}

/* ---- Words ------------------------------------------------------------------------- */

static void test_words(void)
{
    static const char *const pairs[][2] = {
        {"a", "a"},          {"a b", "a%20b"},   {"%", "%"},
        {"%4", "%4"},        {"%41", "%2541"},   {"%4g", "%4g"},
        {"%ab", "%ab"},      {"%25", "%2525"},   {"% 41", "%%2041"},
        {"\n\t", "%0A%09"},  {"%%41", "%%2541"}, {"\xc3\xa9", "%C3%A9"},
        {"%4\xc3", "%4%C3"}, {"~\x7f", "~%7F"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        slt_buffer word = {0};
        slt_word_print(pairs[i][0], &word);
        TAP_EQ_TEXT(slt_buffer_text(&word), pairs[i][1], "as a word");
        TAP_OK(slt_word_is(slt_buffer_text(&word)), "which it is");
        TAP_OK(slt_word_read((char *)word.data), "and read");
        TAP_EQ_TEXT((char *)word.data, pairs[i][0], "it is the text");
        slt_buffer_free(&word);
    }
    char nul[] = "a%00b";
    TAP_OK(!slt_word_read(nul), "no NUL");
    TAP_OK(!slt_word_is("0%001") && slt_word_is("0%01%0"), "nor a word with one");
}

static void test_golden(void)
{
    slt_golden *golden = golden_sample(), *again = NULL;
    char *text = NULL;
    size_t size = 0;
    free(golden->manifest);
    free(golden->data);
    golden->manifest = strdup("../my runs/\xc3\xa9%41#.yaml");
    golden->data = strdup("x y.csv");
    slt_status status = slt_golden_write(golden, &text, &size, &err);
    TAP_OK(!status && strstr(text, "\nmanifest ../my%20runs/%C3%A9%2541#.yaml\n") &&
               strstr(text, "\ndata x%20y.csv sha256:"),
           "paths are written as words");
    status = slt_golden_parse(text, size, "x", &again, &err);
    if (TAP_OK(!status, "and read: %s", status ? err.text : "")) {
        TAP_EQ_TEXT(again->manifest, golden->manifest, "the manifest's");
        TAP_EQ_TEXT(again->data, golden->data, "the data's");
        slt_golden_free(again);
    }
    memcpy(strstr(text, "%20runs"), "%72uns%", 7);
    TAP_OK(slt_golden_parse(text, size, "x", &again, &err) == SLT_FORMAT &&
               strstr(err.text, "x:3: expected the text exactly as sltrace writes it"),
           "an escape that none needs is refused");
    memcpy(strstr(text, "%72"), "%00", 3);
    TAP_OK(slt_golden_parse(text, size, "x", &again, &err) == SLT_FORMAT &&
               strstr(err.text, "x:3: expected the manifest's path without %00"),
           "%s", err.text);
    memcpy(text, BOM, 3);
    TAP_OK(slt_golden_parse(text, size, "x", &again, &err) == SLT_FORMAT &&
               strstr(err.text, "x:1: expected printable ASCII, found a byte order mark"),
           "%s", err.text);
    free(text);
    slt_golden_free(golden);
}

static void test_values(void)
{
    slt_manifest *manifest = NULL;
    bool selected[8];
    char *text = sample_with("  rank: [1, 3]\n",
                             "  rank: [1, 3]\n"
                             "  file: {with: rank, values: [\"a \xc3\xa9\", \"%20\"]}\n");
    char *at = strstr(text, "init: {kind: normal, std: 0.1}");
    memcpy(at, "init: {kind: file, file: $f}  ", 30);
    slt_buffer whole = {0};
    slt_buffer_printf(&whole, "%.*s", (int)(at - text), text);
    slt_buffer_printf(&whole, "init: {kind: file, sha256: %064d, file: $file}%s", 0,
                      at + 30);
    slt_status status =
        slt_manifest_parse((char *)whole.data, whole.size, "m.yaml", &manifest, &err);
    if (TAP_OK(!status, "values of any text: %s", status ? err.text : "")) {
        TAP_EQ_TEXT(slt_manifest_label(manifest, 0), "rank=1 file=a%20%C3%A9 seed=5",
                    "a label has them as words");
        TAP_EQ_TEXT(slt_manifest_value(manifest, 4, 1), "%2520", "and so has a value");
        TAP_OK(!slt_manifest_select(manifest, "file=a \xc3\xa9", selected, &err) &&
                   selected[0] && !selected[4],
               "asked for as it is");
        TAP_OK(!slt_manifest_select(manifest, "file=a%20%C3%A9", selected, &err) &&
                   selected[0] && !selected[4],
               "asked for as a label has it");
        TAP_OK(!slt_manifest_select(manifest, "file=%20", selected, &err) &&
                   !selected[0] && selected[4],
               "a text that looks like an escape");
        slt_manifest_free(manifest);
    }
    slt_buffer_free(&whole);
    free(text);
}

int main(void)
{
    test_marks();
    test_utf16();
    test_words();
    test_golden();
    test_values();
    return tap_done();
}
