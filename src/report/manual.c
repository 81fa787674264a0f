/* The manual page sltrace-manifest(5), from the schema. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>

#include "manifest/schema.h"

typedef struct page {
    slt_buffer *out;
} page;

/* Text as roff takes it: no line begins with a control character, a hyphen is a minus. */
static void write_text(const page *p, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\')
            slt_buffer_printf(p->out, "\\e");
        else if (*text == '-')
            slt_buffer_printf(p->out, "\\-");
        else if (*text == '\'')
            slt_buffer_printf(p->out, "\\(aq");
        else
            slt_buffer_byte(p->out, (uint8_t)*text);
    }
}

static void write_line(const page *p, const char *text)
{
    if (*text == '.')
        slt_buffer_printf(p->out, "\\&");
    write_text(p, text);
    slt_buffer_byte(p->out, '\n');
}

static void write_type(const page *p, const slt_schema *row, const char *path)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%s: ", path);
    slt_schema_print_expected(row, &text);
    if (row->when)
        slt_buffer_printf(&text, "; with %s", row->when);
    if (row->preset) {
        slt_buffer_printf(&text, "; default ");
        slt_value_print(row->preset, &text);
    } else
        slt_buffer_printf(&text, row->optional ? "; optional" : "; required");
    slt_buffer_printf(p->out, ".TP\n");
    write_line(p, slt_buffer_text(&text));
    slt_buffer_free(&text);
}

static void write_row(const page *p, const slt_schema *row, const char *above);

static void write_fields(const page *p, const slt_schema *row, const char *path)
{
    for (size_t i = 0; i < row->field_count; i++)
        write_row(p, &row->fields[i], path);
}

static void write_inside(const page *p, const slt_schema *row, const char *path)
{
    slt_buffer inside = {0};
    if (row->type == SLT_SCHEMA_LIST)
        slt_buffer_printf(&inside, "%s[]", path);
    else if (row->type == SLT_SCHEMA_NAMED)
        slt_buffer_printf(&inside, "%s.NAME", path);
    else
        slt_buffer_printf(&inside, "%s", path);
    const char *text = slt_buffer_text(&inside);
    if (row->type == SLT_SCHEMA_MAP)
        write_fields(p, row, text);
    else if (row->type == SLT_SCHEMA_EITHER)
        for (size_t i = 0; i < row->field_count; i++)
            write_inside(p, &row->fields[i], text);
    else if (row->field_count && (row->fields[0].type == SLT_SCHEMA_MAP ||
                                  row->fields[0].type == SLT_SCHEMA_EITHER))
        write_inside(p, &row->fields[0], text);
    slt_buffer_free(&inside);
}

static void write_row(const page *p, const slt_schema *row, const char *above)
{
    slt_buffer path = {0};
    slt_buffer_printf(&path, "%s%s%s", above, *above ? "." : "", row->key);
    write_type(p, row, slt_buffer_text(&path));
    write_line(p, row->meaning);
    write_inside(p, row, slt_buffer_text(&path));
    slt_buffer_free(&path);
}

static const char head[] =
    ".TH SLTRACE\\-MANIFEST 5 \"\" sltrace sltrace\n"
    ".SH NAME\n"
    "sltrace\\-manifest \\- what a figure runs, to the last bit\n"
    ".SH DESCRIPTION\n"
    "A manifest is a YAML file of maps, lists and scalars.  Anchors, aliases, tags,\n"
    "merge keys, repeated keys and files above 1 MiB are refused.  Whole numbers are\n"
    "decimal without leading zeros; real numbers are read to the nearest binary64;\n"
    "quoted scalars are text.\n"
    ".PP\n"
    "The part\n"
    ".B run\n"
    "decides the bits of the runs and nothing else does.  A scalar\n"
    ".I $axis\n"
    "in it stands for the value of that axis of\n"
    ".BR sweep .\n"
    "Every axis must be used, and no two points of the sweep may be equal.\n"
    ".PP\n"
    "The canonical form of a run, which its hash covers, holds its fields in the order\n"
    "below, those equal to their default left out.\n";

static const char tail[] = ".SH SEE ALSO\n"
                           ".BR sltrace (1)\n";

static void write_page(const page *p)
{
    slt_buffer_printf(p->out, "%s.SH KEYS\n", head);
    for (size_t i = 0; i < slt_schema_manifest.field_count; i++)
        if (strcmp(slt_schema_manifest.fields[i].key, "run") != 0)
            write_row(p, &slt_schema_manifest.fields[i], "");
    slt_buffer_printf(p->out, ".SH RUN\n");
    write_row(p, &slt_schema_run, "");
    slt_buffer_printf(p->out, "%s", tail);
}

slt_status slt_manifest_manual(char **text, slt_error *err)
{
    slt_buffer out = {0};
    write_page(&(const page){&out});
    *text = slt_buffer_take(&out);
    return *text ? SLT_OK
                 : slt_fail(err, SLT_RESOURCE, "out of memory for a manual page");
}
