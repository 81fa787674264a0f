/* Writes text to a stream, escaped as base/escape.h does. */
#include <string.h>

#include "base/escape.h"
#include "base/fpenv.h"
#include "report/show.h"

static void put_tap(slt_buffer *out, const void *text, size_t size)
{
    (void)size;
    slt_escape_tap(out, text);
}

static slt_status write_out(slt_buffer *bytes, FILE *out)
{
    const char *text = slt_buffer_text(bytes);
    slt_status status = bytes->failed ? SLT_RESOURCE : SLT_OK;
    if (!status)
        fputs(text, out);
    slt_buffer_free(bytes);
    return status;
}

slt_status slt_show_text(slt_text_form form, const char *text, FILE *out)
{
    SLT_FPENV_ENTERED;
    static void (*const forms[])(slt_buffer *, const void *, size_t) = {
        [SLT_TEXT_LINE] = slt_escape_line,
        [SLT_TEXT_LINES] = slt_escape_lines,
        [SLT_TEXT_TAP] = put_tap,
    };
    slt_buffer bytes = {0};
    forms[form](&bytes, text, strlen(text));
    return write_out(&bytes, out);
}
