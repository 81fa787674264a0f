#include "codec/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

void slt_lines_init(slt_lines *r, const char *text, size_t size, const char *path)
{
    *r = (slt_lines){.path = path, .text = text, .size = size, .at = text, .end = text};
}

void slt_lines_fail(slt_lines *r, const char *format, ...)
{
    char what[256];
    va_list arguments;
    if (r->failed)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    r->failed = true;
    slt_fail(&r->error, SLT_FORMAT, "%s:%zu: %s", r->path, r->line, what);
}

/* Two unexpected bytes have a known cause, which the message tells. */
static void refuse_byte(slt_lines *r, const char *at)
{
    if (*at == '\r' && at + 1 == r->end)
        slt_lines_fail(r, "expected LF line ends, found CR LF: git's autocrlf? A "
                          ".gitattributes with `*.golden -text` keeps them");
    else if (at == r->text && r->end - at >= 3 && !memcmp(at, "\xef\xbb\xbf", 3))
        slt_lines_fail(r, "expected printable ASCII, found a byte order mark");
    else
        slt_lines_fail(r, "expected printable ASCII, found byte 0x%02x",
                       (unsigned char)*at);
}

/* Moves to the next line; false, without an error, at the end of the text. */
bool slt_lines_next(slt_lines *r)
{
    if (r->failed || r->next == r->size)
        return false;
    const char *begin = r->text + r->next;
    const char *end = memchr(begin, '\n', r->size - r->next);
    r->line++;
    if (!end) {
        slt_lines_fail(r, "expected a line end after the last line");
        return false;
    }
    r->at = begin;
    r->end = end;
    r->next += (size_t)(end - begin) + 1;
    for (const char *c = begin; c < end; c++)
        if (*c < ' ' || *c > '~') {
            refuse_byte(r, c);
            return false;
        }
    return true;
}

void slt_lines_need(slt_lines *r, const char *what)
{
    if (!slt_lines_next(r))
        slt_lines_fail(r, "expected %s, found the end after line %zu", what, r->line);
}

/* Reads the text up to the next space and steps over that. */
static const char *next_word(slt_lines *r, size_t *size)
{
    const char *begin = r->at;
    const char *end = r->failed ? begin : memchr(begin, ' ', (size_t)(r->end - begin));
    if (!end)
        end = r->end;
    *size = r->failed ? 0 : (size_t)(end - begin);
    if (!r->failed)
        r->at = end < r->end ? end + 1 : end;
    return begin;
}

bool slt_lines_at_end(const slt_lines *r)
{
    return r->failed || r->at == r->end;
}

/* Reads the next word into an array; "" after an error. */
void slt_lines_short(slt_lines *r, const char *what, char *text, size_t text_max)
{
    size_t size;
    const char *begin = next_word(r, &size);
    text[0] = 0;
    if (size == 0 || size >= text_max)
        slt_lines_fail(r, "expected %s", what);
    if (r->failed)
        return;
    memcpy(text, begin, size);
    text[size] = 0;
}

char *slt_lines_long(slt_lines *r, const char *what)
{
    size_t size;
    const char *begin = next_word(r, &size);
    if (size == 0)
        slt_lines_fail(r, "expected %s", what);
    char *copy = r->failed ? NULL : slt_world.strndup(begin, size);
    if (!copy && !r->failed)
        r->failed = r->short_of_memory = true;
    return copy;
}

void slt_lines_key(slt_lines *r, const char *key)
{
    char text[16];
    slt_lines_short(r, key, text, sizeof text);
    if (strcmp(text, key) != 0)
        slt_lines_fail(r, "expected '%s', found '%s'", key, text);
}

/* Whether that word comes next; steps over it if so. */
bool slt_lines_begin(slt_lines *r, const char *key)
{
    size_t size = strlen(key);
    if (r->failed || (size_t)(r->end - r->at) < size || memcmp(r->at, key, size) != 0 ||
        (r->at + size < r->end && r->at[size] != ' '))
        return false;
    next_word(r, &size);
    return true;
}

void slt_lines_end(slt_lines *r)
{
    if (!slt_lines_at_end(r))
        slt_lines_fail(r, "expected the end of the line, found '%.*s'",
                       (int)(r->end - r->at < 64 ? r->end - r->at : 64), r->at);
}

/* Reads a decimal without sign and leading zeros. */
uint64_t slt_lines_number_of(slt_lines *r, const char *text, const char *what,
                             uint64_t most)
{
    uint64_t value = 0;
    bool right = *text && (text[0] != '0' || !text[1]);
    for (; *text && right; text++) {
        const uint64_t digit = (uint64_t)(*text - '0');
        right = *text >= '0' && *text <= '9' && value <= (most - digit) / 10;
        value = 10 * value + digit;
    }
    if (!right)
        slt_lines_fail(r, "expected %s", what);
    return right ? value : 0;
}

uint64_t slt_lines_number(slt_lines *r, const char *what, uint64_t most)
{
    char text[24];
    slt_lines_short(r, what, text, sizeof text);
    return slt_lines_number_of(r, text, what, most);
}
