/* The findings of `sltrace doctor`, as text and as JSON. */
#include <sltrace/page.h>
#include <sltrace/show.h>

#include "base/fpenv.h"

slt_status slt_doctor_text(const slt_doctor_line *lines, size_t count, FILE *out)
{
    SLT_FPENV_ENTERED;
    slt_status worst = SLT_OK;
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%-4s %-18s ", lines[i].fine ? "ok" : "BAD", lines[i].name);
        worst = slt_status_worse(worst, slt_show_text(SLT_TEXT_LINE, lines[i].text, out));
        fputc('\n', out);
    }
    return worst;
}

void slt_doctor_json(const slt_doctor_line *lines, size_t count, slt_json *json)
{
    SLT_FPENV_ENTERED;
    slt_json_begin(json, "sltrace.doctor/1");
    slt_json_key_bool(json, "fit", slt_doctor_fit(lines, count));
    slt_json_key_open(json, "findings", '[');
    for (size_t i = 0; i < count; i++) {
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", lines[i].name);
        slt_json_key_bool(json, "fine", lines[i].fine);
        slt_json_key_text(json, "text", lines[i].text);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}
