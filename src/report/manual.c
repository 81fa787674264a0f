/* Writes what the schema says about a manifest's fields, as the manual page
 * sltrace-manifest(5) and as docs/manifest.md. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>

#include "base/fpenv.h"
#include "manifest/schema.h"

typedef struct page page;
struct page {
    slt_buffer *out;
    /* Writes a field: "path: form; default" and its meaning. */
    void (*item)(const page *p, const char *path, const char *form, const char *meaning);
};

/* Writes text for roff: no line may begin with a control character, a hyphen is written
 * as a minus, and a line may end behind one of several words. */
static void write_text(const page *p, const char *text)
{
    for (; *text; text++) {
        if (*text == '\\')
            slt_buffer_printf(p->out, "\\e");
        else if (*text == '-')
            slt_buffer_printf(p->out, "\\-");
        else if (*text == '\'')
            slt_buffer_printf(p->out, "\\(aq");
        else if (*text == '|')
            slt_buffer_printf(p->out, "|\\:");
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

static void write_roff_item(const page *p, const char *path, const char *form,
                            const char *meaning)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%s: %s", path, form);
    slt_buffer_printf(p->out, ".TP\n");
    write_line(p, slt_buffer_text(&text));
    write_line(p, meaning);
    p->out->failed |= text.failed;
    slt_buffer_free(&text);
}

#define COLUMNS 98

/* How much of a word goes onto a line: of one that is longer than any line, what ends in
 * the last | that fits. */
static size_t part_of_word(const char *word)
{
    const size_t length = strcspn(word, " ");
    size_t part = length > COLUMNS - 2 ? COLUMNS - 2 : length;
    while (part < length && part && word[part - 1] != '|')
        part--;
    return part ? part : length;
}

/* Writes an item of a Markdown list in lines of so many columns; stars are escaped. */
static void write_markdown_item(const page *p, const char *path, const char *form,
                                const char *meaning)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "`%s` (%s): ", path, form);
    for (const char *c = meaning; *c; c++)
        slt_buffer_printf(&text, *c == '*' ? "\\%c" : "%c", *c);
    slt_buffer_printf(p->out, "-");
    size_t column = 1;
    for (const char *word = slt_buffer_text(&text); *word;) {
        size_t length = part_of_word(word);
        bool fits = column + 1 + length <= COLUMNS;
        slt_buffer_printf(p->out, "%s%.*s", fits ? " " : "\n  ", (int)length, word);
        column = (fits ? column + 1 : 2) + length;
        word += length + strspn(word + length, " ");
    }
    slt_buffer_printf(p->out, ".\n");
    p->out->failed |= text.failed;
    slt_buffer_free(&text);
}

/* Writes a field; map is the row of the map that it belongs to. */
static void write_item(const page *p, const slt_schema *map, const slt_schema *row,
                       const char *path)
{
    slt_buffer form = {0}, meaning = {0};
    slt_schema_print_expected(row, &form);
    if (slt_schema_conditional(map, row)) {
        slt_buffer_printf(&form, "; with ");
        slt_schema_print_when(map, row, &form);
    }
    if (row->preset) {
        slt_buffer_printf(&form, "; default ");
        slt_value_print(row->preset, &form);
    } else
        slt_buffer_printf(&form, row->unhashed ? "; optional; not part of the run's hash"
                                 : row->optional ? "; optional"
                                                 : "; required");
    slt_schema_print_meaning(row, &meaning);
    p->item(p, path, slt_buffer_text(&form), slt_buffer_text(&meaning));
    p->out->failed |= form.failed || meaning.failed;
    slt_buffer_free(&meaning);
    slt_buffer_free(&form);
}

static void write_row(const page *p, const slt_schema *map, const slt_schema *row,
                      const char *above);

static void write_fields(const page *p, const slt_schema *row, const char *path)
{
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));)
        write_row(p, row, field, path);
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
    if (row->type == SLT_SCHEMA_MAP && !row->told)
        write_fields(p, row, text);
    else if (row->type == SLT_SCHEMA_EITHER)
        for (size_t i = 0; i < row->field_count; i++)
            write_inside(p, &row->fields[i], text);
    else if (row->field_count && (row->fields[0].type == SLT_SCHEMA_MAP ||
                                  row->fields[0].type == SLT_SCHEMA_EITHER))
        write_inside(p, &row->fields[0], text);
    p->out->failed |= inside.failed;
    slt_buffer_free(&inside);
}

static void write_row(const page *p, const slt_schema *map, const slt_schema *row,
                      const char *above)
{
    slt_buffer path = {0};
    slt_buffer_printf(&path, "%s%s%s", above, *above ? "." : "", row->key);
    write_item(p, map, row, slt_buffer_text(&path));
    write_inside(p, row, slt_buffer_text(&path));
    p->out->failed |= path.failed;
    slt_buffer_free(&path);
}

static const char head[] =
    ".TH SLTRACE\\-MANIFEST 5 \"\" sltrace sltrace\n"
    ".ad l\n" /* some words fill a line */
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

static void write_keys(const page *p, const char *keys, const char *run)
{
    slt_buffer_printf(p->out, "%s", keys);
    for (size_t i = 0; i < slt_schema_manifest.field_count; i++)
        if (strcmp(slt_schema_manifest.fields[i].key, "run") != 0)
            write_row(p, &slt_schema_manifest, &slt_schema_manifest.fields[i], "");
    slt_buffer_printf(p->out, "%s", run);
    write_row(p, &slt_schema_manifest, &slt_schema_run, "");
}

static slt_status manual_take_text(slt_buffer *out, char **text, slt_error *err)
{
    *text = slt_buffer_take(out);
    return *text ? SLT_OK
                 : slt_fail(err, SLT_RESOURCE, "out of memory for a manual page");
}

slt_status slt_manifest_manual(char **text, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    slt_buffer_printf(&out, "%s", head);
    write_keys(&(const page){&out, write_roff_item}, ".SH KEYS\n", ".SH RUN\n");
    slt_buffer_printf(&out, "%s", tail);
    return manual_take_text(&out, text, err);
}

static const char markdown_head[] =
    "# The fields of a manifest\n"
    "\n"
    "Written by `sltrace --generate DIR` from the schema that the program reads\n"
    "manifests by; a test compares. In brackets stands what a field takes, with which\n"
    "other field of its map it exists, and its default; then what it means. `[]` is an\n"
    "item of a list, `NAME` a name that you choose. [Section 13] says how a manifest is\n"
    "read and what of it a hash covers; `sltrace new` writes one to start from.\n"
    "\n"
    "[Section 13]: spec/13-canonical-form.md\n";

slt_status slt_manifest_markdown(char **text, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    slt_buffer_printf(&out, "%s", markdown_head);
    write_keys(
        &(const page){&out, write_markdown_item},
        "\n## The file\n\n"
        "These fields decide no bit, but for `sweep`, which spans the runs.\n\n",
        "\n## The part run\n\n"
        "These fields decide every bit of a run. They stand here in the order of its\n"
        "canonical form.\n\n");
    return manual_take_text(&out, text, err);
}
