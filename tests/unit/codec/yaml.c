/* YAML into value trees: places, kinds, and what is refused. */
#include "codec/yaml.h"

#include "tap.h"

static slt_error err;

static bool parses(const char *text, slt_value *value)
{
    slt_status status = slt_yaml_parse(text, strlen(text), "f.yaml", value, &err);
    if (status)
        tap_note("%s", err.text);
    return status == SLT_OK;
}

static void refused(const char *text, const char *message, const char *name)
{
    slt_value value;
    err.text[0] = 0;
    slt_status status = slt_yaml_parse(text, strlen(text), "f.yaml", &value, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, message), "refused: %s", name))
        tap_note("status %d, message '%s', wanted '%s'", (int)status, err.text, message);
    slt_value_free(&value);
}

static void test_places(void)
{
    slt_value value = {0};
    if (!TAP_OK(parses("a: 1\nb:\n  - x\n  - {c: 2.5}\n", &value), "a small document"))
        return;
    const slt_value *b = slt_value_get(&value, "b");
    TAP_OK(value.kind == SLT_VALUE_MAP && value.count == 2, "a map of two");
    TAP_OK(value.key_lines[1] == 2 && value.key_columns[1] == 1, "place of key b");
    TAP_OK(b && b->kind == SLT_VALUE_LIST && b->count == 2, "a list of two");
    const slt_value *c = b ? slt_value_get(&b->items[1], "c") : NULL;
    TAP_OK(c && c->kind == SLT_VALUE_REAL && c->line == 4 && c->column == 9,
           "place of the value of c");
    TAP_OK(!slt_value_get(&value, "z"), "no value under an unknown key");
    TAP_OK(!slt_value_get(NULL, "z"), "nor in no map");
    slt_value_free(&value);
}

/* Behind a mark and a comment one letter is left, less than another mark would be. */
static void test_short_rest(void)
{
    slt_value value = {0};
    TAP_OK(parses("\xef\xbb\xbf#\na", &value) && value.kind == SLT_VALUE_TEXT &&
               !strcmp(value.text, "a") && value.line == 2 && value.column == 1,
           "a text of one letter behind a mark");
    slt_value_free(&value);
}

static void test_kinds(void)
{
    static const struct {
        const char *text;
        slt_value_kind kind;
    } cases[] = {
        {"0", SLT_VALUE_INT},
        {"-7", SLT_VALUE_INT},
        {"007", SLT_VALUE_TEXT},
        {"18446744073709551615", SLT_VALUE_INT},
        {"18446744073709551616", SLT_VALUE_REAL},
        {"-9223372036854775808", SLT_VALUE_INT},
        {"-9223372036854775809", SLT_VALUE_REAL},
        {"1e-3", SLT_VALUE_REAL},
        {"1.0", SLT_VALUE_REAL},
        {".5", SLT_VALUE_REAL},
        {"+5", SLT_VALUE_TEXT},
        {"0x10", SLT_VALUE_TEXT},
        {".inf", SLT_VALUE_TEXT},
        {"nan", SLT_VALUE_TEXT},
        {"1e999", SLT_VALUE_TEXT},
        {"'5'", SLT_VALUE_TEXT},
        {"\"1e-3\"", SLT_VALUE_TEXT},
        {"true", SLT_VALUE_BOOL},
        {"yes", SLT_VALUE_TEXT},
        {"~", SLT_VALUE_NULL},
        {"null", SLT_VALUE_NULL},
        {"n/ln(n)", SLT_VALUE_TEXT},
        {"1_000", SLT_VALUE_TEXT},
        {"-", SLT_VALUE_LIST},
        {"1 2", SLT_VALUE_TEXT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        slt_value value = {0};
        bool fine = parses(cases[i].text, &value);
        TAP_OK(fine && value.kind == cases[i].kind, "kind of %s", cases[i].text);
        slt_value_free(&value);
    }
}

static void test_print(void)
{
    slt_value value = {0};
    slt_buffer out = {0};
    TAP_OK(parses("{a: [1, 1e-3, -0, x y], b: {c: true, d: }}", &value), "flow");
    slt_value_print(&value, &out);
    TAP_EQ_TEXT(slt_buffer_text(&out), "{a: [1, 0.001, 0, x y], b: {c: true, d: null}}",
                "print");
    slt_buffer_free(&out);
    slt_value_free(&value);
}

static void test_refusals(void)
{
    refused("a: &x 1\n", "f.yaml:1:4: anchors", "an anchor");
    refused("a: 1\nb: *a\n", "f.yaml:2:4: aliases", "an alias");
    refused("? *a\n: 1\n", "f.yaml:1:3: aliases", "an alias as key");
    refused("a: !!str 1\n", "f.yaml:1:4: tags", "a tag");
    refused("a: !!map {b: 1}\n", "f.yaml:1:4: tags", "a tag on a map");
    refused("a: &x [1]\n", "f.yaml:1:4: anchors", "an anchor on a list");
    refused("a: 1\n---\nb: 1\n", "f.yaml:2:1: a second document", "two documents");
    refused("%YAML 1.1\n---\na: 1\n", "f.yaml:1:1: directives", "a directive");
    refused("%TAG ! tag:a,2000:\n---\na: 1\n", "directives", "another one");
    refused("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: key 'a' is given twice", "a repeated key");
    refused("<<: {a: 1}\n", "f.yaml:1:1: merge keys", "a merge key");
    refused("[a, b]: 1\n", "f.yaml:1:1: a key must be a name", "a list as key");
    refused("a: [1, 2\nb: 3\n", "f.yaml:", "an unclosed list");
    refused("\t\n", "f.yaml:", "a tab");
    refused("a: \"x\\0y\"\n", "f.yaml:1:4: text must not hold a NUL", "a NUL");
    refused("", "f.yaml:1:1: empty", "nothing");
    refused("# only a comment\n", "nothing here", "a comment alone");
    refused("a: \xff\n", "f.yaml", "no UTF-8");
}

static void repeat_refused(const char *unit, size_t times, const char *message,
                           const char *name)
{
    slt_buffer text = {0};
    for (size_t i = 0; i < times; i++)
        slt_buffer_append(&text, unit, strlen(unit));
    refused(slt_buffer_text(&text), message, name);
    slt_buffer_free(&text);
}

/* A list, a map and 49999 keys with values are 100000 of them; the next is a key. */
static void test_last_key(void)
{
    slt_buffer text = {0};
    for (int i = 0; i < 50000; i++)
        slt_buffer_printf(&text, i ? "  k%x: \n" : "- k%x: \n", i);
    refused(slt_buffer_text(&text), "more than 100000 values", "too many keys");
    slt_buffer_free(&text);
}

static void test_limits(void)
{
    test_last_key();
    repeat_refused("[", 100000, "nested more than 32 deep", "100000 open brackets");
    repeat_refused("{a: ", 10000, "nested more than 32 deep", "10000 open maps");
    repeat_refused("- ", 10000, "nested more than 32 deep", "10000 open lists");
    repeat_refused("- a\n", 100001, "more than 100000 values", "too many values");
    repeat_refused("#23456789\n", 110000, "larger than 1 MiB", "too many bytes");
}

/* What YAML takes for a line end and an editor shows within a line. */
static void test_line_ends(void)
{
    slt_value value = {0};
    TAP_OK(parses("a: 1 # x\r\nb: 2\r\n", &value) && value.count == 2, "CR LF");
    slt_value_free(&value);
    refused("a: 1 # see\rb: 2\n", "f.yaml:1:11: expected lines that end in LF or CR LF, "
                                  "found CR without LF",
            "a lone CR");
    refused("a: 1\nb: 2 \r\rc: 3\n", "f.yaml:2:6: ", "CR CR");
    refused("a: 1\r", "CR without LF", "a CR at the end");
    refused("a: 1 # see\xc2\x85"
            "b: 2\n",
            "found U+0085", "NEL");
    refused("a: 1 # see\xe2\x80\xa8"
            "b: 2\n",
            "found U+2028", "a line separator");
    refused("a: \"x\xe2\x80\xa9\"\n", "found U+2029", "a paragraph separator");
    TAP_OK(parses("a: \"\xc2\xa5\xe2\x80\xa7\"\n", &value), "others like them");
    slt_value_free(&value);
}

int main(void)
{
    test_places();
    test_short_rest();
    test_line_ends();
    test_kinds();
    test_print();
    test_refusals();
    test_limits();
    return tap_done();
}
