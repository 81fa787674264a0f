#include "cli/tap.h"

#include <stdlib.h>
#include <string.h>

#include "cli/json.h"

typedef struct indenter {
    FILE *out;
    char *line;
    size_t size;
} indenter;

static void put_line(indenter *in, const char *line, size_t length)
{
    static const char version[] = "TAP version ";
    if (length >= strlen(version) && memcmp(line, version, strlen(version)) == 0)
        return;
    fprintf(in->out, "    %.*s", (int)length, line);
    fflush(in->out);
}

/* Whole lines go on; a rest waits for its end. */
static ssize_t take(void *context, const char *bytes, size_t size)
{
    indenter *in = context;
    char *joined = realloc(in->line, in->size + size);
    if (size && !joined)
        return 0;
    in->line = joined;
    memcpy(joined + in->size, bytes, size);
    in->size += size;
    size_t begin = 0;
    for (const char *end; (end = memchr(joined + begin, '\n', in->size - begin));) {
        size_t length = (size_t)(end - joined) + 1 - begin;
        put_line(in, joined + begin, length);
        begin += length;
    }
    in->size -= begin;
    memmove(joined, joined + begin, in->size);
    return (ssize_t)size;
}

static int finish(void *context)
{
    indenter *in = context;
    if (in->size) {
        put_line(in, in->line, in->size);
        fputc('\n', in->out);
    }
    free(in->line);
    free(in);
    return 0;
}

FILE *cli_tap_indent(FILE *out)
{
    indenter *in = calloc(1, sizeof *in);
    if (!in)
        return NULL;
    in->out = out;
    FILE *stream =
        fopencookie(in, "w", (cookie_io_functions_t){.write = take, .close = finish});
    if (!stream)
        free(in);
    else
        setvbuf(stream, NULL, _IOLBF, BUFSIZ);
    return stream;
}

/* The end of the YAML block below a test line: its last line "  ...". */
static const char *end_of_diagnostic(const char *at)
{
    const char *end = strstr(at, "\n  ...");
    return end ? end : at + strlen(at);
}

static void put_test(FILE *out, const char *name, const char *end, bool good, bool first)
{
    char *copy = strndup(name, (size_t)(end - name));
    fprintf(out, "%s{\"ok\":%s,\"name\":", first ? "" : ",", good ? "true" : "false");
    cli_json_text(out, copy);
    free(copy);
    copy = NULL;
    static const char opening[] = "\n  ---\n";
    if (strncmp(end, opening, strlen(opening)) == 0) {
        const char *from = end + strlen(opening);
        copy = strndup(from, (size_t)(end_of_diagnostic(from) - from));
    }
    fputs(",\"diagnostic\":", out);
    cli_json_text(out, copy);
    fputc('}', out);
    free(copy);
}

void cli_tap_json(const char *tap, FILE *out)
{
    bool first = true;
    fputc('[', out);
    while (*tap) {
        const char *end = tap + strcspn(tap, "\n");
        bool good = strncmp(tap, "ok ", 3) == 0, bad = strncmp(tap, "not ok ", 7) == 0;
        const char *name = strstr(tap, " - ");
        if ((good || bad) && name && name < end) {
            put_test(out, name + 3, end, good, first);
            first = false;
        }
        tap = end + (*end == '\n');
    }
    fputc(']', out);
}
