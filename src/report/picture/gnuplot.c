/* Runs gnuplot on a script. */
#include "report/picture/svg_internal.h"

#include <string.h>

#include "report/picture/filter.h"

/* Appends what gnuplot drew as XML: gnuplot does not escape > in texts, but XML forbids
 * "]]>" there. */
static void gnuplot_put_xml(const slt_buffer *drawn, slt_buffer *out)
{
    bool tag = false;
    for (size_t i = 0; i < drawn->size; i++) {
        uint8_t c = drawn->data[i];
        if (c == '>' && !tag)
            slt_buffer_printf(out, "&gt;");
        else
            slt_buffer_byte(out, c);
        tag = c == '<' || (tag && c != '>');
    }
}

/* gnuplot does not look whether what it writes arrives. */
static bool gnuplot_ended(const slt_buffer *drawn)
{
    static const char end[] = "</svg>";
    size_t size = drawn->size;
    while (size && (drawn->data[size - 1] == '\n' || drawn->data[size - 1] == ' '))
        size--;
    return size >= strlen(end) &&
           memcmp(drawn->data + size - strlen(end), end, strlen(end)) == 0;
}

slt_status slt_gnuplot(const slt_buffer *script, slt_buffer *svg, slt_error *err)
{
    /* -d: default settings, so that a user's .gnuplot is ignored. */
    static char *const arguments[] = {(char *)(uintptr_t) "gnuplot",
                                      (char *)(uintptr_t) "-d", (char *)(uintptr_t) "-",
                                      NULL};
    static const slt_filter gnuplot = {.makes = "picture", .arguments = arguments};
    slt_buffer drawn = {0};
    slt_status status = slt_filter_run(&gnuplot, script, &drawn, err);
    if (!status && !gnuplot_ended(&drawn))
        status = slt_fail(err, SLT_RESOURCE, "no picture: gnuplot's is cut short");
    if (!status)
        gnuplot_put_xml(&drawn, svg);
    slt_buffer_free(&drawn);
    return !status && svg->failed
               ? slt_fail(err, SLT_RESOURCE, "no memory for the picture")
               : status;
}
