/* Any text as one word: percent-encoded, but only where necessary. */
#include <string.h>

#include "codec/word.h"

/* The value of one of 0-9 A-F, else -1. */
static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Whether the '%' at `at` begins an escape. */
static bool is_escape(const char *at)
{
    return digit_of(at[1]) >= 0 && digit_of(at[2]) >= 0;
}

bool slt_word_is(const char *text)
{
    if (!text || !*text)
        return false;
    for (; *text; text++)
        if (*text < '!' || *text > '~' || !strncmp(text, "%00", 3))
            return false;
    return true;
}

void slt_word_print(const char *text, slt_buffer *out)
{
    for (; *text; text++)
        if (*text < '!' || *text > '~' || (*text == '%' && is_escape(text)))
            slt_buffer_printf(out, "%%%02X", (unsigned char)*text);
        else
            slt_buffer_byte(out, (uint8_t)*text);
}

bool slt_word_read(char *word)
{
    char *to = word;
    for (const char *at = word; *at; at++, to++) {
        *to = *at;
        if (*at != '%' || !is_escape(at))
            continue;
        *to = (char)(digit_of(at[1]) << 4 | digit_of(at[2]));
        if (!*to)
            return false;
        at += 2;
    }
    *to = 0;
    return true;
}
