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

void cli_wrap(FILE *out, int indent, const char *text)
{
    int column = 0;
    while (*(text += strspn(text, " \n"))) {
        int length = (int)strcspn(text, " \n");
        if (column > 0 && column + 1 + length > WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        if (column == 0)
            column = fprintf(out, "%*s%.*s", indent, "", length, text);
        else
            column += fprintf(out, " %.*s", length, text);
        text += length;
    }
    fputc('\n', out);
}
