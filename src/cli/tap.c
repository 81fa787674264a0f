#include "cli/tap.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/show.h>

#include "cli/cli.h"

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

void cli_tap_text(const char *words, const char *text, const char *behind)
{
    fputs(words, stdout);
    cli_keep_status(slt_show_text(SLT_TEXT_TAP, text, stdout));
    puts(behind);
    fflush(stdout);
}
