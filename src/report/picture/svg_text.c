/* Texts inside a gnuplot script. */
#include "report/picture/svg_internal.h"

#include <string.h>

#include "base/escape.h"

size_t slt_svg_letters(const char *text, size_t bytes)
{
    size_t letters = 0;
    for (size_t i = 0; i < bytes; i++)
        letters += ((unsigned char)text[i] & 0xc0) != 0x80;
    return letters;
}

/* The number of bytes in the next line of a text: up to a line end, or to the last blank
 * that keeps it within `columns`. A longer word is not broken. */
static size_t line_bytes(const char *text, size_t columns)
{
    size_t end = strcspn(text, "\n"), fits = 0;
    if (!columns || slt_svg_letters(text, end) <= columns)
        return end;
    for (size_t i = 1; i < end; i++)
        if (text[i] == ' ' && (!fits || slt_svg_letters(text, i) <= columns))
            fits = i;
    return fits ? fits : end;
}

static const char *next_line(const char *text, size_t bytes)
{
    text += bytes;
    return *text ? text + 1 : text;
}

size_t slt_svg_lines(const char *text, size_t columns)
{
    size_t lines = 0;
    for (; *text; lines++)
        text = next_line(text, line_bytes(text, columns));
    return lines;
}

void slt_svg_quote(slt_buffer *out, const char *text, size_t columns)
{
    size_t bytes = line_bytes(text, columns);
    slt_escape_gnuplot(out, text, bytes);
    for (text = next_line(text, bytes); *text; text = next_line(text, bytes)) {
        bytes = line_bytes(text, columns);
        slt_buffer_printf(out, ".\"\\n\".");
        slt_escape_gnuplot(out, text, bytes);
    }
}
