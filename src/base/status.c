#include <sltrace/status.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"

static const struct {
    int exit_code;
    const char *words;
} table[] = {
#define ROW(name, exit_code, words) {exit_code, words},
    SLT_STATUS_MAP(ROW)
#undef ROW
};

/* The length, at most `size`, of the longest part of text that ends with a whole
 * character. */
static size_t whole_characters(const char *text, size_t size)
{
    while (size > 0 && (text[size] & 0xc0) == 0x80)
        size--;
    return size;
}

static void set_text(slt_error *err, const char *text)
{
    static const char more[] = "...";
    size_t size = strlen(text);
    bool cut = size >= sizeof err->text;
    if (cut)
        size = whole_characters(text, sizeof err->text - sizeof more);
    memcpy(err->text, text, size);
    memcpy(err->text + size, more, cut ? sizeof more : 0);
    err->text[cut ? size + sizeof more - 1 : size] = 0;
}

/* Used when memory is short: every byte that is not printable ASCII becomes a question
 * mark. */
static void set_plainly(slt_error *err, const char *format, va_list arguments)
{
    vsnprintf(err->text, sizeof err->text, format, arguments);
    for (char *c = err->text; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static bool format_text(slt_buffer *shown, const char *format, va_list arguments)
{
    slt_buffer raw = {0};
    slt_buffer_vprintf(&raw, format, arguments);
    slt_escape_line(shown, raw.data, raw.size);
    slt_buffer_text(shown);
    bool good = !raw.failed && !shown->failed;
    slt_buffer_free(&raw);
    return good;
}

slt_status slt_fail(slt_error *err, slt_status status, const char *format, ...)
{
    if (!err)
        return status;
    slt_buffer shown = {0};
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    err->status = status;
    if (format_text(&shown, format, arguments))
        set_text(err, slt_buffer_text(&shown));
    else
        set_plainly(err, format, again);
    va_end(again);
    va_end(arguments);
    slt_buffer_free(&shown);
    return status;
}

slt_status slt_error_prefix(slt_error *err, const char *prefix)
{
    slt_error own = *err;
    return slt_fail(err, own.status, "%s: %s", prefix, own.text);
}

slt_status slt_error_copy(slt_error *err, const slt_error *from)
{
    if (err && from->status)
        *err = *from;
    return from->status;
}

int slt_status_exit(slt_status status)
{
    return table[status].exit_code;
}

const char *slt_status_text(slt_status status)
{
    return table[status].words;
}

slt_status slt_status_worse(slt_status a, slt_status b)
{
    static const int rank_of_exit[] = {0, 2, 3, 1};
    return rank_of_exit[slt_status_exit(b)] > rank_of_exit[slt_status_exit(a)] ? b : a;
}
