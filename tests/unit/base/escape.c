/* base/escape.c: one text in every format, and what a reader gets back. */
#include "tap.h"

#include "base/escape.h"

typedef void escape_text(slt_buffer *out, const char *text);
typedef void escape_bytes(slt_buffer *out, const void *bytes, size_t size);

static void texts(escape_text *escape, const char *text, const char *want,
                  const char *name)
{
    slt_buffer out = {0};
    escape(&out, text);
    TAP_EQ_TEXT(slt_buffer_text(&out), want, name);
    slt_buffer_free(&out);
}

static void bytes(escape_bytes *escape, const char *text, const char *want,
                  const char *name)
{
    slt_buffer out = {0};
    escape(&out, text, strlen(text));
    TAP_EQ_TEXT(slt_buffer_text(&out), want, name);
    slt_buffer_free(&out);
}

/* ---- TAP: what is written is read back --------------------------------------------- */

static size_t nibble(char c)
{
    return (size_t)(strchr("0123456789abcdef", c) - "0123456789abcdef");
}

static void read_tap(const char *text, slt_buffer *out)
{
    for (const char *c = text; *c; c++)
        if (*c != '\\')
            slt_buffer_byte(out, (uint8_t)*c);
        else if (*++c == 'x') {
            slt_buffer_byte(out, (uint8_t)(nibble(c[1]) << 4 | nibble(c[2])));
            c += 2;
        } else
            slt_buffer_byte(out, (uint8_t)*c);
}

static void test_tap(void)
{
    texts(slt_escape_tap, "w#TODO.raw64", "w\\#TODO.raw64", "TAP: no directive");
    texts(slt_escape_tap, "a\\#b \\x41", "a\\\\\\#b \\\\x41", "TAP: backslashes doubled");
    texts(slt_escape_tap, "a\nok 2\r\t\x1b[2J", "a\\x0aok 2\\x0d\\x09\\x1b[2J",
          "TAP: no line, no sequence");
    texts(slt_escape_tap, "\x7f|\xc2\x9b|\xff|\xe2\x80\xae|\xc3\xa9",
          "\\x7f|\\xc2\\x9b|\\xff|\\xe2\\x80\\xae|\xc3\xa9",
          "TAP: C1, DEL, bidi and no UTF-8 by bytes");
    char every[256] = {0};
    for (int i = 1; i < 256; i++)
        every[i - 1] = (char)i;
    slt_buffer written = {0}, back = {0};
    slt_escape_tap(&written, every);
    read_tap(slt_buffer_text(&written), &back);
    TAP_EQ_TEXT(slt_buffer_text(&back), every, "TAP: each byte is read back");
    slt_buffer_free(&written);
    slt_buffer_free(&back);
}

/* ---- YAML and JSON ----------------------------------------------------------------- */

static void test_yaml(void)
{
    static const char *const plain[] = {"linear", "f32",      "0123abcd", "0b1fe2",
                                        "3f",     "llc/mean", "a/b.yaml", "/a",
                                        "../b",   "x-1"};
    static const char *const quoted[] = {
        "",     "1",   "1e5",        "-1",   ".5",   "0x1f",     "0b01",    "0o7", "null",
        "True", "NO",  "2026-11-28", "1_0",  "a b",  "a: b",     "- a",     "#x",  "a#b",
        "&a",   "*a",  "@a",         "`a`",  "%a",   "[a",       "{a",      "...", "---",
        "~",    "'a'", "!a",         ".inf", ".NaN", "a,b",      "nan",     "?",   "=",
        "<<",   "-",   "y",          "a|",   "a>",   "\xc3\xa9", "Infinity"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        texts(slt_escape_yaml, plain[i], plain[i], "YAML: plain");
    for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++) {
        char want[32];
        snprintf(want, sizeof want, "\"%s\"", quoted[i]);
        texts(slt_escape_yaml, quoted[i], want, "YAML: quoted");
    }
    texts(slt_escape_yaml, "a\"\\\n\t\x1b", "\"a\\\"\\\\\\n\\x09\\x1B\"",
          "YAML: escapes");
    texts(slt_escape_yaml, "\xc2\x85|\xff|\xe2\x80\xa8|\xf0\x9f\xbf\xbe",
          "\"\\x85|\\xFF|\\u2028|\\U0001FFFE\"",
          "YAML: line ends, no UTF-8, no character");
}

static void test_json(void)
{
    bytes(slt_escape_json, "a\"\\\n\t\x7f/", "\"a\\\"\\\\\\n\\u0009\\u007f/\"",
          "JSON: escapes");
    bytes(slt_escape_json, "\xff|\xed\xa0\x80|\xc3\xa9",
          "\"\\ufffd|\\ufffd\\ufffd\\ufffd|\xc3\xa9\"", "JSON: always UTF-8");
    bytes(slt_escape_json, "\xc2\x9b|\xe2\x80\xae|\xf0\x9f\xbf\xbe",
          "\"\\u009b|\\u202e|\\ud83f\\udffe\"", "JSON: what is not shown, in numbers");
}

/* ---- The others -------------------------------------------------------------------- */

static void test_terminal(void)
{
    bytes(slt_escape_line, "a\n\x1b]0;x\a \\ \xc3\xa9\xff",
          "a\\x0a\\x1b]0;x\\x07 \\ \xc3\xa9\\xff", "terminal: one line, no sequence");
    bytes(slt_escape_lines, "a\nb\r\x1b", "a\nb\\x0d\\x1b", "terminal: lines stay");
    slt_buffer once = {0};
    slt_escape_line(&once, "a\\\x1b", 3);
    bytes(slt_escape_line, slt_buffer_text(&once), slt_buffer_text(&once),
          "terminal: twice is once");
    slt_buffer_free(&once);
}

static void cell(const char *text, const char *want, const char *name)
{
    texts(slt_escape_csv, text, want, name);
    if (*want != '"')
        TAP_EQ_TEXT(slt_escape_csv_restore(want), text, "CSV: restored");
}

static void test_csv(void)
{
    cell("a b", "a b", "CSV: as it is");
    texts(slt_escape_csv, "a,\"b\"\n", "\"a,\"\"b\"\"\n\"", "CSV: quoted");
    texts(slt_escape_csv, "\xff", "\xef\xbf\xbd", "CSV: always UTF-8");
    cell("-1.5", "-1.5", "CSV: a number");
    cell("=1+1", "'=1+1", "CSV: no formula");
    cell("+a", "'+a", "CSV: no formula");
    cell("-a", "'-a", "CSV: no formula");
    cell("@a", "'@a", "CSV: no formula");
    cell("'=a", "''=a", "CSV: an apostrophe of one's own");
    cell("'-1", "''-1", "CSV: an apostrophe before a number");
    cell("'a", "'a", "CSV: an apostrophe before a word");
    texts(slt_escape_csv, "=a,b", "\"'=a,b\"", "CSV: a formula with a comma");
}

static void test_programs(void)
{
    bytes(slt_escape_html, "<a b=\"&\" c='d'>\n\x1b\xff\xef\xbf\xbe",
          "&lt;a b=&quot;&amp;&quot; "
          "c=&#39;d&#39;&gt;\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
          "HTML");
    bytes(slt_escape_gnuplot, "it's `x` \\n\x1b\xff %n", "'it'.\"'\".'s `x` \\n %n'",
          "gnuplot");
    bytes(slt_escape_gnuplot_format, "'50 %", "''.\"'\".'50 %%'", "gnuplot: a format");
    texts(slt_escape_shell, "a b'c", "'a b'\\''c'", "shell");
    texts(slt_escape_shell, "-x", "./'-x'", "shell: no option");
    texts(slt_escape_shell, "", "''", "shell: nothing");
    texts(slt_escape_shell, "a/b.c", "a/b.c", "shell: as it is");
}

int main(void)
{
    test_tap();
    test_yaml();
    test_json();
    test_terminal();
    test_csv();
    test_programs();
    return tap_done();
}
