#include "cli/json.h"

void cli_json_text(FILE *out, const char *text)
{
    if (!text) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c == '\n')
            fputs("\\n", out);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

void cli_json_real(FILE *out, slt_real value)
{
    char text[SLT_REAL_TEXT_MAX] = "null";
    if (slt_real_finite(value))
        slt_real_text(value, text);
    fputs(text, out);
}

void cli_json_key(FILE *out, bool comma, const char *name)
{
    fputs(comma ? "," : "", out);
    cli_json_text(out, name);
    fputc(':', out);
}
