/* `sltrace new`: writes a manifest with every key of the schema; keys with a sample are
 * active, the others commented out. */
#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>

#include "base/fpenv.h"
#include "manifest/name.h"
#include "manifest/schema.h"
#include "manifest/template.h"

#define LINE_MAX_COLUMNS 88

typedef struct writer {
    slt_buffer *out;
    const char *name;
} writer;

static void write_indent(const writer *w, size_t depth, bool disabled)
{
    slt_buffer_printf(w->out, "%*s%s", (int)(2 * depth), "", disabled ? "#" : "");
}

/* How much of a prose goes onto a line with room for so much: whole words; of a word that
 * is longer, as a list of alternatives can be, what ends in one of its bars. */
static size_t line_length(const char *prose, size_t room)
{
    const size_t length = strlen(prose);
    if (length <= room)
        return length;
    for (size_t at = room; at > 0; at--)
        if (prose[at] == ' ')
            return at;
    for (size_t at = room; at > 0; at--)
        if (prose[at - 1] == '|')
            return at;
    return strcspn(prose, " ");
}

/* Writes prose as wrapped lines of comment. */
static void write_prose(const writer *w, size_t depth, const char *prose)
{
    while (*prose) {
        const size_t length = line_length(prose, LINE_MAX_COLUMNS - 2 * depth - 2);
        write_indent(w, depth, false);
        slt_buffer_printf(w->out, "# %.*s\n", (int)length, prose);
        prose += length;
        prose += strspn(prose, " ");
    }
}

/* Writes what a field means.  map: the row of the map that it belongs to. */
static void write_help(const writer *w, size_t depth, const slt_schema *map,
                       const slt_schema *row)
{
    slt_buffer prose = {0};
    slt_schema_print_meaning(row, &prose);
    if (row->type == SLT_SCHEMA_WORD) {
        slt_buffer_printf(&prose, " (");
        slt_schema_print_expected(row, &prose);
        slt_buffer_printf(&prose, ")");
    }
    if (slt_schema_conditional(map, row)) {
        slt_buffer_printf(&prose, "; with ");
        slt_schema_print_when(map, row, &prose);
    }
    write_prose(w, depth, slt_buffer_text(&prose));
    w->out->failed |= prose.failed;
    slt_buffer_free(&prose);
}

static bool has_sample(const slt_schema *row)
{
    if (row->sample || row->type == SLT_SCHEMA_APART)
        return row->sample != NULL;
    if (row->type != SLT_SCHEMA_MAP)
        return false;
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));)
        if (has_sample(field))
            return true;
    return false;
}

/* Writes a sample's lines, each indented below its key. */
static void write_sample(const writer *w, size_t depth, const char *sample)
{
    while (*sample == '\n') {
        size_t length = strcspn(++sample, "\n");
        slt_buffer_printf(w->out, "\n%*s%.*s", (int)(2 * depth), "", (int)length, sample);
        sample += length;
    }
    slt_buffer_printf(w->out, "%s%s\n", *sample ? " " : "", sample);
}

static void write_row(const writer *w, size_t depth, bool disabled, const slt_schema *map,
                      const slt_schema *row);

static void write_fields(const writer *w, size_t depth, bool disabled,
                         const slt_schema *row)
{
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));)
        write_row(w, depth, disabled, row, field);
}

static void write_disabled_value(const writer *w, const slt_schema *row)
{
    slt_buffer_byte(w->out, ' ');
    if (row->preset)
        slt_value_print(row->preset, w->out);
    else
        slt_schema_print_expected(row, w->out);
    slt_buffer_byte(w->out, '\n');
}

/* The row of the maps in a list or a map of names, whose keys are shown as comments. */
static const slt_schema *item_of(const slt_schema *row)
{
    bool holds_maps = (row->type == SLT_SCHEMA_LIST || row->type == SLT_SCHEMA_NAMED) &&
                      row->fields[0].type == SLT_SCHEMA_MAP;
    return holds_maps ? &row->fields[0] : NULL;
}

static void write_inside(const writer *w, size_t depth, bool disabled,
                         const slt_schema *row)
{
    if (row->type == SLT_SCHEMA_MAP)
        write_fields(w, depth, disabled, row);
    for (size_t i = 0; row->type == SLT_SCHEMA_EITHER && i < row->field_count; i++)
        if (row->fields[i].type == SLT_SCHEMA_MAP)
            write_fields(w, depth, true, &row->fields[i]);
    if (item_of(row))
        write_fields(w, depth, true, item_of(row));
}

static void write_row(const writer *w, size_t depth, bool disabled, const slt_schema *map,
                      const slt_schema *row)
{
    const char *sample = strcmp(row->key, "name") == 0 && !depth ? w->name : row->sample;
    if (sample && !*sample)
        sample = slt_schema_word(row, 0);
    if (strcmp(row->key, "run") == 0 && !depth)
        row = &slt_schema_run;
    disabled |= !sample && !has_sample(row) &&
                (row->preset || row->optional || slt_schema_conditional(map, row));
    slt_buffer_printf(w->out, "%s", depth ? "" : "\n");
    write_help(w, depth, map, row);
    if (sample && item_of(row)) {
        write_prose(w, depth, "each may have these keys:");
        write_fields(w, depth + 1, true, item_of(row));
    }
    write_indent(w, depth, disabled);
    slt_buffer_printf(w->out, "%s:", row->key);
    if (disabled && row->type != SLT_SCHEMA_MAP)
        write_disabled_value(w, row);
    else
        write_sample(w, depth, sample ? sample : "");
    if (!(sample && item_of(row)))
        write_inside(w, depth + 1, disabled, row);
}

const char slt_template_steps[] =
    "# A manifest to start from.  With this file as fig1.yaml:\n"
    "#   sltrace show fig1.yaml       checks it, says what it would do\n"
    "#   sltrace run fig1.yaml        trains, estimates, writes traces\n"
    "#   sltrace figure fig1.yaml     makes data, picture and report\n"
    "#   sltrace record fig1.yaml     writes the golden, for others to verify\n";

slt_status slt_template_check_name(const char *name, slt_error *err)
{
    if (slt_manifest_name_valid(name))
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "name '%.60s': expected words of a-z 0-9 . _ - joined by slashes",
                    name);
}

slt_status slt_manifest_template(const char *name, char **text, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    *text = NULL;
    slt_status status = slt_template_check_name(name, err);
    if (status)
        return status;
    const writer w = {&out, name};
    slt_buffer_printf(
        &out,
        "%s# It takes a second as it stands.  A line #key: value is a key that is left\n"
        "# out, with its default or what it may be; sltrace-manifest(5) says more.\n",
        slt_template_steps);
    write_fields(&w, 0, false, &slt_schema_manifest);
    *text = slt_buffer_take(&out);
    return *text ? SLT_OK : slt_fail(err, SLT_RESOURCE, "out of memory for a manifest");
}
