/* YAML: what is taken, written as JSON and read again, is the same tree; and each of its
 * values has a place in the text. */
#include "fuzz.h"

#include "base/escape.h"
#include "codec/json.h"
#include "codec/yaml.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "a: 1\nb: [1.5, -2, true, null, ~, 'x''y', \"q\\n\\u00e9\"]\n"
        "c:\n  - d: {e: f, g: [ ]}\n  - 1e-3\n",
        "k: |\n  lines\n   of text\n\nl: >-\n  folded\n  text\n# a comment\nm: x # y\n",
        "{\"schema\": \"sltrace.provenance/1\", \"cpu\": {\"a\": [1, 2.5e300, false]},\n"
        " \"empty\": {}, \"text\": \"\\\"\\\\\\/\\t\"}\n",
        "\xef\xbb\xbf---\na: 0\nb: 00\nc: +1\nd: .5\ne: 1.\nf: 18446744073709551615\n"
        "g: -9223372036854775808\nh: 0x10\ni: yes\n...\n",
        "- - 1\n  - 2\n-\n  ? a\n  : b\n- 'a: b': c\n",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

static void write_value(const slt_value *value, slt_json *json)
{
    switch (value->kind) {
    case SLT_VALUE_NULL:
        slt_json_null(json);
        break;
    case SLT_VALUE_BOOL:
        slt_json_bool(json, value->truth);
        break;
    case SLT_VALUE_INT:
        if (value->negative)
            slt_json_negative(json, value->magnitude);
        else
            slt_json_uint(json, value->magnitude);
        break;
    case SLT_VALUE_REAL:
        slt_json_real(json, value->real);
        break;
    case SLT_VALUE_TEXT:
        slt_json_text(json, value->text);
        break;
    case SLT_VALUE_LIST:
    case SLT_VALUE_MAP:
        slt_json_open(json, value->kind == SLT_VALUE_LIST ? '[' : '{');
        for (size_t i = 0; i < value->count; i++) {
            if (value->kind == SLT_VALUE_MAP)
                slt_json_key(json, value->keys[i]);
            write_value(&value->items[i], json);
        }
        slt_json_close(json, value->kind == SLT_VALUE_LIST ? ']' : '}');
    }
}

/* JSON has the wholes beyond 2^53 as text. */
static bool is_beyond(const slt_value *value)
{
    return value->kind == SLT_VALUE_INT && value->magnitude >> 53;
}

static bool same_value(const slt_value *a, const slt_value *b)
{
    if (is_beyond(a))
        return b->kind == SLT_VALUE_TEXT && !strcmp(a->text, b->text);
    if (a->kind == SLT_VALUE_REAL && b->kind == SLT_VALUE_INT) /* "1e3" is 1000 */
        return a->real.bits == b->real.bits;
    if (a->kind != b->kind || a->count != b->count || a->truth != b->truth ||
        a->negative != b->negative || a->magnitude != b->magnitude ||
        a->real.bits != b->real.bits)
        return false;
    if (a->kind == SLT_VALUE_TEXT && strcmp(a->text, b->text))
        return false;
    for (size_t i = 0; i < a->count; i++)
        if ((a->keys && strcmp(a->keys[i], b->keys[i])) ||
            !same_value(&a->items[i], &b->items[i]))
            return false;
    return true;
}

#define KEY_MAX 1024 /* what YAML allows a key on one line, with its marks */

static bool is_fit(const char *key)
{
    slt_buffer written = {0};
    slt_escape_json(&written, key, strlen(key));
    bool fit = written.size + 2 < KEY_MAX;
    slt_buffer_free(&written);
    return fit;
}

/* Whether each value lies in the text, an absent last one perhaps on the line behind it;
 * *fit: all keys fit on a line as JSON writes them. */
static bool is_placed(const slt_value *value, int lines, bool *fit)
{
    bool placed = value->line >= 1 && value->line <= lines && value->column >= 1;
    for (size_t i = 0; i < value->count; i++) {
        *fit &= !value->keys || is_fit(value->keys[i]);
        placed &= is_placed(&value->items[i], lines, fit);
    }
    return placed;
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_value value, again;
    slt_error err = {0};
    slt_json json = {0};
    slt_status status = slt_yaml_parse((const char *)bytes, size, "x", &value, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x:");
        return false;
    }
    int lines = 2;
    bool fit = true;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    FUZZ_REQUIRE(is_placed(&value, lines, &fit), "a value that is nowhere");
    write_value(&value, &json);
    status =
        slt_yaml_parse((const char *)json.text.data, json.text.size, "y", &again, &err);
    FUZZ_REQUIRE(!status || !fit || json.text.size > SLT_YAML_BYTES_MAX,
                 "as JSON it is refused: %s", err.text);
    FUZZ_REQUIRE(status || same_value(&value, &again), "as JSON it is another tree");
    slt_value_free(&again);
    slt_value_free(&value);
    slt_buffer_free(&json.text);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_value value;
    slt_status status = slt_yaml_parse((const char *)bytes, size, "x", &value, NULL);
    if (!status)
        slt_value_print(&value, said);
    slt_value_free(&value);
    return status;
}

static const fuzz_target fuzz_this = {.name = "yaml",
                                      .mutants = 50000,
                                      .seeds = 5,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
