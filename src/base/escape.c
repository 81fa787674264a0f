#include "base/escape.h"

#include <string.h>
#include <strings.h>

#include <sltrace/real.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* ---- Characters -------------------------------------------------------------------- */

/* One character of a text, or one byte that is not part of any. */
typedef struct character {
    const uint8_t *at;
    size_t length;
    uint32_t code; /* the byte itself where it is not UTF-8 */
    bool shown;    /* is written as it is; else it is hidden (escape.h) */
} character;

static bool is_shown(uint32_t code)
{
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool direction = code == 0x061c || code == 0x200e || code == 0x200f ||
                     (code >= 0x202a && code <= 0x202e) ||
                     (code >= 0x2066 && code <= 0x2069);
    bool line = code == 0x2028 || code == 0x2029;
    bool nothing = (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
    return !control && !direction && !line && !nothing && code != 0xfeff;
}

static character next_character(const uint8_t *at, size_t left)
{
    size_t length = slt_utf8_length(at, left);
    if (!length)
        return (character){at, 1, *at, false};
    uint32_t code = slt_utf8_code(at, length);
    return (character){at, length, code, is_shown(code)};
}

typedef void put_character(slt_buffer *out, character c);

/* How many characters from here on are printable ASCII and none of `others`. */
static size_t plain_length(const uint8_t *at, const uint8_t *end, const char *others)
{
    const uint8_t *c = at;
    while (c < end && *c >= ' ' && *c <= '~' && !(*others && strchr(others, *c)))
        c++;
    return (size_t)(c - at);
}

/* others: the characters of printable ASCII that `put` does not write as they are. */
static void put_all(slt_buffer *out, const void *bytes, size_t size, const char *others,
                    put_character *put)
{
    const uint8_t *at = bytes, *end = at + size;
    while (at < end) {
        const size_t plain = plain_length(at, end, others);
        slt_buffer_append(out, at, plain);
        at += plain;
        if (at == end)
            return;
        character c = next_character(at, (size_t)(end - at));
        put(out, c);
        at += c.length;
    }
}

static void put_text(slt_buffer *out, const char *text)
{
    slt_buffer_append(out, text, strlen(text));
}

static void put_as_is(slt_buffer *out, character c)
{
    slt_buffer_append(out, c.at, c.length);
}

static void put_hexadecimal(slt_buffer *out, character c)
{
    for (size_t i = 0; i < c.length; i++)
        slt_buffer_printf(out, "\\x%02x", c.at[i]);
}

/* ---- TAP and terminals ------------------------------------------------------------- */

static void put_tap(slt_buffer *out, character c)
{
    if (c.code == '\\' || c.code == '#')
        slt_buffer_byte(out, '\\');
    (c.shown ? put_as_is : put_hexadecimal)(out, c);
}

void slt_escape_tap(slt_buffer *out, const char *text)
{
    put_all(out, text, strlen(text), "\\#", put_tap);
}

static void put_on_line(slt_buffer *out, character c)
{
    (c.shown ? put_as_is : put_hexadecimal)(out, c);
}

static void put_on_lines(slt_buffer *out, character c)
{
    (c.shown || c.code == '\n' ? put_as_is : put_hexadecimal)(out, c);
}

void slt_escape_line(slt_buffer *out, const void *bytes, size_t size)
{
    put_all(out, bytes, size, "", put_on_line);
}

void slt_escape_lines(slt_buffer *out, const void *bytes, size_t size)
{
    put_all(out, bytes, size, "", put_on_lines);
}

/* ---- YAML and JSON ----------------------------------------------------------------- */

/* Words that some YAML reader takes for null, a truth value or a special number. */
static bool is_word_of_yaml(const char *text)
{
    static const char *const words[] = {"null", "true", "false", "yes",
                                        "no",   "on",   "off",   "y",
                                        "n",    "inf",  "nan",   "infinity"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcasecmp(text, words[i]))
            return true;
    return false;
}

/* What some YAML reader takes for a number, a date or a version: 12, 1e5, 0x1f, 0b1,
 * 2026-11-28, 1_000. */
static bool is_number_of_yaml(const char *text)
{
    bool based = text[0] == '0' && strchr("xXoObB", text[1]) && text[1];
    if (based && strchr("bB", text[1]))
        return strspn(text + 2, "01_") == strlen(text + 2);
    return based || strspn(text, "0123456789._eE+-") == strlen(text);
}

static bool is_plain_yaml(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    static const char digits[] = "0123456789", others[] = "_./+-";
    size_t letter = strspn(text, letters), digit = strspn(text, digits);
    bool begins = letter || digit || *text == '/' || !strncmp(text, "./", 2) ||
                  !strncmp(text, "../", 3);
    for (const char *c = text; *c; c++)
        if (!strchr(letters, *c) && !strchr(digits, *c) && !strchr(others, *c))
            return false;
    return begins && !(letter && is_word_of_yaml(text)) &&
           !(digit && is_number_of_yaml(text));
}

static void put_yaml(slt_buffer *out, character c)
{
    if (c.code == '"' || c.code == '\\')
        slt_buffer_printf(out, "\\%c", (int)c.code);
    else if (c.code == '\n')
        put_text(out, "\\n");
    else if (c.shown)
        put_as_is(out, c);
    else
        slt_buffer_printf(out,
                          c.code < 0x100     ? "\\x%02X"
                          : c.code < 0x10000 ? "\\u%04X"
                                             : "\\U%08X",
                          (unsigned)c.code);
}

void slt_escape_yaml_quoted(slt_buffer *out, const char *text)
{
    slt_buffer_byte(out, '"');
    put_all(out, text, strlen(text), "\"\\", put_yaml);
    slt_buffer_byte(out, '"');
}

void slt_escape_yaml(slt_buffer *out, const char *text)
{
    (is_plain_yaml(text) ? put_text : slt_escape_yaml_quoted)(out, text);
}

static void put_json(slt_buffer *out, character c)
{
    if (c.code == '"' || c.code == '\\')
        slt_buffer_printf(out, "\\%c", (int)c.code);
    else if (c.code == '\n')
        put_text(out, "\\n");
    else if (c.shown)
        put_as_is(out, c);
    else if (c.length == 1 && c.code >= 0x80)
        put_text(out, "\\ufffd");
    else if (c.code < 0x10000)
        slt_buffer_printf(out, "\\u%04x", (unsigned)c.code);
    else
        slt_buffer_printf(out, "\\u%04x\\u%04x",
                          0xd800u + (unsigned)((c.code - 0x10000) >> 10),
                          0xdc00u + (unsigned)(c.code & 0x3ff));
}

void slt_escape_json(slt_buffer *out, const void *bytes, size_t size)
{
    slt_buffer_byte(out, '"');
    put_all(out, bytes, size, "\"\\", put_json);
    slt_buffer_byte(out, '"');
}

/* ---- CSV --------------------------------------------------------------------------- */

static bool is_formula(const char *text)
{
    const char *begin = text + strspn(text, "'");
    slt_real number;
    return *begin && strchr("=+-@\t\r", *begin) && !slt_real_parse(text, &number);
}

static void put_csv(slt_buffer *out, character c)
{
    if (c.code == '"')
        slt_buffer_byte(out, '"');
    if (c.length == 1 && c.code >= 0x80)
        put_text(out, REPLACEMENT);
    else
        put_as_is(out, c);
}

void slt_escape_csv(slt_buffer *out, const char *text)
{
    const char *quote = strpbrk(text, ",\"\r\n") ? "\"" : "";
    put_text(out, quote);
    put_text(out, is_formula(text) ? "'" : "");
    put_all(out, text, strlen(text), "\"", put_csv);
    put_text(out, quote);
}

const char *slt_escape_csv_restore(const char *cell)
{
    return *cell == '\'' && is_formula(cell + 1) ? cell + 1 : cell;
}

/* ---- Markup ------------------------------------------------------------------------ */

static const char *reference(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_html(slt_buffer *out, character c)
{
    const char *instead = c.length == 1 ? reference(c.code) : NULL;
    if (instead)
        put_text(out, instead);
    else if (c.shown || c.code == '\n' || c.code == '\t')
        put_as_is(out, c);
    else
        put_text(out, REPLACEMENT);
}

void slt_escape_html(slt_buffer *out, const void *bytes, size_t size)
{
    put_all(out, bytes, size, "&<>\"'", put_html);
}

/* ---- Programs ---------------------------------------------------------------------- */

static void put_gnuplot(slt_buffer *out, character c)
{
    if (c.code == '\'')
        put_text(out, "'.\"'\".'");
    else if (c.shown)
        put_as_is(out, c);
}

static void put_gnuplot_format(slt_buffer *out, character c)
{
    if (c.code == '%')
        slt_buffer_byte(out, '%');
    put_gnuplot(out, c);
}

void slt_escape_word(slt_buffer *out, const void *bytes, size_t size)
{
    const char *at = bytes;
    bool plain = size > 0;
    for (size_t i = 0; i < size; i++)
        plain = plain && at[i] > ' ' && at[i] <= '~' &&
                !strchr("\"'\\{}[],:#&*!|>%@`", at[i]);
    (plain ? slt_buffer_append : slt_escape_json)(out, bytes, size);
}

void slt_escape_gnuplot(slt_buffer *out, const void *bytes, size_t size)
{
    slt_buffer_byte(out, '\'');
    put_all(out, bytes, size, "'", put_gnuplot);
    slt_buffer_byte(out, '\'');
}

void slt_escape_gnuplot_format(slt_buffer *out, const void *bytes, size_t size)
{
    slt_buffer_byte(out, '\'');
    put_all(out, bytes, size, "'%", put_gnuplot_format);
    slt_buffer_byte(out, '\'');
}

void slt_escape_shell(slt_buffer *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789/._-+,:@%=";
    if (*text && strspn(text, plain) == strlen(text) && *text != '-') {
        put_text(out, text);
        return;
    }
    put_text(out, *text == '-' ? "./'" : "'");
    for (; *text; text++) {
        if (*text == '\'')
            put_text(out, "'\\'");
        slt_buffer_byte(out, (uint8_t)*text);
    }
    slt_buffer_byte(out, '\'');
}
