#include "report/audit_text_internal.h"

#include <math.h>

#include "audit/audit.h"
#include "base/escape.h"
#include "base/world.h"

void slt_audit_print(slt_audit_text *text, const char *format, ...)
{
    slt_buffer raw = {0}, shown = {0};
    va_list arguments;
    if (text->progress)
        text->progress(text->progress_context, NULL);
    va_start(arguments, format);
    slt_buffer_vprintf(&raw, format, arguments);
    va_end(arguments);
    slt_escape_lines(&shown, raw.data, raw.size);
    text->failed |= raw.failed | shown.failed;
    if (!raw.failed && !shown.failed)
        slt_world.fwrite(shown.data, 1, shown.size, text->out);
    slt_world.fflush(text->out);
    slt_buffer_free(&raw);
    slt_buffer_free(&shown);
}

const char *slt_audit_number(slt_real value, const char *format, char text[32])
{
    if (!slt_real_finite(value))
        return "-";
    snprintf(text, 32, format, slt_real_double(value));
    return text;
}

const char *slt_audit_llc_text(slt_real value, char text[32])
{
    return slt_audit_number(value, fabs(slt_real_double(value)) < 10 ? "%.4f" : "%.6g",
                            text);
}

static void text_traces_end(void *context, size_t count, bool identical)
{
    if (identical)
        slt_audit_print(context, "\nidentical: %zu traces\n", count);
}

static slt_status text_end(void *context, const slt_audit_report *report, slt_error *err)
{
    const slt_audit_text *text = context;
    return report->whole && text->failed
               ? slt_fail(err, SLT_RESOURCE, "no memory for the report of an audit")
               : SLT_OK;
}

slt_audit_page slt_audit_text_page(slt_audit_text *text)
{
    return (slt_audit_page){.context = text,
                            .traces = slt_audit_text_traces,
                            .pair = slt_audit_text_pair,
                            .traces_end = text_traces_end,
                            .run = slt_audit_text_run,
                            .estimates = slt_audit_text_estimates,
                            .end = text_end};
}
