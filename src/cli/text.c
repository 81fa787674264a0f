#include "cli/cli.h"

#include <string.h>

bool cli_paragraph(const char **text, const char **start, size_t *length, bool *verbatim)
{
    *text += strspn(*text, "\n");
    if (!**text)
        return false;
    *start = *text;
    const char *end = strstr(*text, "\n\n");
    *length = end ? (size_t)(end - *text) : strlen(*text);
    *text += *length;
    *verbatim = strncmp(*start, "  ", 2) == 0;
    return true;
}

enum { WIDTH = 79 };

/* The cursor stands at `column`. */
static void wrap_from(FILE *out, int column, int indent, const char *text)
{
    bool first = true;
    while (*(text += strspn(text, " \n"))) {
        int length = (int)strcspn(text, " \n");
        if (!first && column + 1 + length > WIDTH) {
            fputc('\n', out);
            column = 0;
            first = true;
        }
        if (first && column < indent)
            column += fprintf(out, "%*s", indent - column, "");
        column += fprintf(out, first ? "%.*s" : " %.*s", length, text);
        first = false;
        text += length;
    }
    fputc('\n', out);
}

void cli_wrap(FILE *out, int indent, const char *text)
{
    wrap_from(out, 0, indent, text);
}

void cli_wrap_on(FILE *out, int indent, const char *text)
{
    wrap_from(out, indent, indent, text);
}
