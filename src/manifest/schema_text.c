/* The words of the schema's messages: paths, what is expected, what was found. */
#include "manifest/schema.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define FOUND_MAX 48

/* The beginning of a text, in whole characters; slt_fail makes it safe for a terminal. */
static void print_clipped(const char *text, slt_buffer *out)
{
    size_t size = strlen(text), kept = 0;
    while (kept < size && kept < FOUND_MAX) {
        size_t length = slt_utf8_length((const uint8_t *)text + kept, size - kept);
        kept += length ? length : 1;
    }
    slt_buffer_append(out, text, kept);
    slt_buffer_printf(out, kept < size ? "..." : "");
}

void slt_schema_path_print(const slt_schema_path *path, slt_buffer *out)
{
    if (!path)
        return;
    slt_schema_path_print(path->up, out);
    if (!path->key)
        slt_buffer_printf(out, "[%zu]", path->index);
    else {
        slt_buffer_printf(out, "%s", out->size ? "." : "");
        print_clipped(path->key, out);
    }
}

static void print_words(const slt_schema *row, slt_buffer *out)
{
    const char *word;
    for (size_t i = 0; (word = slt_schema_word(row, i)) != NULL; i++) {
        const char *joint = !i ? "" : slt_schema_word(row, i + 1) ? ", " : " or ";
        slt_buffer_printf(out, "%s%s", joint, word);
    }
}

static void print_metrics(const slt_schema *row, slt_buffer *out)
{
    for (size_t i = 0; slt_schema_word(row, i); i++)
        slt_buffer_printf(out, "%s, ", slt_schema_word(row, i));
    slt_buffer_printf(out, row->results
                               ? "metric/NAME, val/metric/NAME, step or mark/NAME"
                               : "metric/NAME or val/metric/NAME");
}

static void print_span(const slt_schema *row, slt_buffer *out)
{
    if (row->least == row->most)
        slt_buffer_printf(out, "%" PRIu64, row->least);
    else if (row->most == UINT64_MAX && row->type == SLT_SCHEMA_LIST)
        slt_buffer_printf(out, "at least %" PRIu64, row->least);
    else
        slt_buffer_printf(out, "%" PRIu64 " to %" PRIu64, row->least, row->most);
}

static void print_int(const slt_schema *row, slt_buffer *out)
{
    if (row->least == row->most) {
        slt_buffer_printf(out, "%" PRIu64, row->least);
        return;
    }
    slt_buffer_printf(out, "a whole number from ");
    print_span(row, out);
}

static void print_either(const slt_schema *row, slt_buffer *out)
{
    for (size_t i = 0; i < row->field_count; i++) {
        if (i)
            slt_buffer_printf(out, i + 1 < row->field_count ? ", " : " or ");
        slt_schema_print_expected(&row->fields[i], out);
    }
}

void slt_schema_print_expected(const slt_schema *row, slt_buffer *out)
{
    static const char *const reals[] = {
        [SLT_RANGE_FINITE] = "a number",
        [SLT_RANGE_POSITIVE] = "a number > 0",
        [SLT_RANGE_NOT_NEGATIVE] = "a number >= 0",
        [SLT_RANGE_FRACTION] = "a number from 0 to below 1",
    };
    static const char *const others[] = {
        [SLT_SCHEMA_BOOL] = "true or false",
        [SLT_SCHEMA_NAME] = "a name of at most 31 letters, digits and _",
        [SLT_SCHEMA_TENSOR_NAME] = "a name of at most 63 letters, digits, _ and dots",
        [SLT_SCHEMA_ID] = "an id of a-z, 0-9, _ and -",
        [SLT_SCHEMA_SCALAR] = "text or a number",
        [SLT_SCHEMA_AXIS] = "the name of a sweep axis",
        [SLT_SCHEMA_AXIS_REFERENCE] = "$name of a sweep axis",
        [SLT_SCHEMA_WHERE] = "a map of sweep axis to value",
        [SLT_SCHEMA_MAP] = "a map",
        [SLT_SCHEMA_APART] = "a map",
    };
    switch (row->type) {
    case SLT_SCHEMA_INT:
        print_int(row, out);
        break;
    case SLT_SCHEMA_REAL:
        slt_buffer_printf(out, "%s", reals[row->range]);
        break;
    case SLT_SCHEMA_WORD:
        print_words(row, out);
        break;
    case SLT_SCHEMA_METRIC:
        print_metrics(row, out);
        break;
    case SLT_SCHEMA_HEX:
        slt_buffer_printf(out, "%" PRIu64 " digits 0-9 a-f", row->most);
        break;
    case SLT_SCHEMA_LIST:
        slt_buffer_printf(out, "a list of ");
        print_span(row, out);
        break;
    case SLT_SCHEMA_NAMED:
        slt_buffer_printf(out, "a map of names to %ss",
                          row->fields[0].type == SLT_SCHEMA_MAP ? "map" : "text");
        break;
    case SLT_SCHEMA_SET:
        slt_buffer_printf(out, "a list of ");
        print_words(row, out);
        break;
    case SLT_SCHEMA_EITHER:
        print_either(row, out);
        break;
    case SLT_SCHEMA_TEXT:
        slt_buffer_printf(
            out, "text of 1 to %" PRIu64 " bytes without control characters", row->most);
        break;
    default:
        slt_buffer_printf(out, "%s", others[row->type]);
    }
}

void slt_schema_print_found(const slt_value *value, slt_buffer *out)
{
    switch (value->kind) {
    case SLT_VALUE_NULL:
        slt_buffer_printf(out, "nothing");
        break;
    case SLT_VALUE_TEXT:
        slt_buffer_printf(out, "the text '");
        print_clipped(value->text, out);
        slt_buffer_byte(out, '\'');
        if (strlen(value->text) > FOUND_MAX)
            slt_buffer_printf(out, " of %zu bytes", strlen(value->text));
        break;
    case SLT_VALUE_LIST:
        slt_buffer_printf(out, "a list of %zu", value->count);
        break;
    case SLT_VALUE_MAP:
        slt_buffer_printf(out, "a map");
        break;
    default:
        if (value->text)
            print_clipped(value->text, out);
        else
            slt_value_print(value, out);
    }
}

/* The part of a manifest that a path is in.  Errors are reported by part, those that
 * others depend on first; 0 is the sweep and all that is in none of these parts. */
static int part_of(const slt_schema_path *path)
{
    static const char *const parts[] = {"run", "pins", "figure"};
    while (path && path->up)
        path = path->up;
    for (int i = 0; path && i < 3; i++)
        if (strcmp(path->key, parts[i]) == 0)
            return 1 + i;
    return 0;
}

/* Inserts a finding after those of its own and earlier parts; if there are too many, the
 * last one is dropped. */
static void add_finding(slt_manifest_errors *found, int part, const char *text)
{
    size_t kept =
        found->count < SLT_MANIFEST_ERRORS_MAX ? found->count : SLT_MANIFEST_ERRORS_MAX;
    size_t at = kept;
    for (size_t i = 0; i < kept; i++)
        if (strcmp(found->text[i], text) == 0)
            return;
    while (at > 0 && found->part[at - 1] > part)
        at--;
    found->count++;
    if (at == SLT_MANIFEST_ERRORS_MAX)
        return;
    size_t moved = (kept < SLT_MANIFEST_ERRORS_MAX ? kept : kept - 1) - at;
    memmove(&found->part[at + 1], &found->part[at], moved * sizeof found->part[0]);
    memmove(found->text[at + 1], found->text[at], moved * sizeof found->text[0]);
    found->part[at] = part;
    snprintf(found->text[at], sizeof found->text[at], "%s", text);
}

slt_status slt_schema_fail(const slt_schema_walk *walk, const slt_schema_path *path,
                           const slt_value *at, const char *format, ...)
{
    slt_buffer text = {0};
    va_list arguments;
    slt_schema_path_print(path, &text);
    slt_buffer_printf(&text, "%s", text.size ? ": " : "");
    va_start(arguments, format);
    slt_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    if (at->axis > 0)
        slt_buffer_printf(&text, " ($%s in %s)", walk->axes[at->axis - 1], walk->label);
    slt_error one;
    slt_status status =
        at->line
            ? slt_fail(&one, SLT_FORMAT, "%s:%d:%d: %s", walk->file, at->line, at->column,
                       slt_buffer_text(&text))
            : slt_fail(&one, SLT_FORMAT, "%s: %s", walk->file, slt_buffer_text(&text));
    if (walk->err)
        *walk->err = one;
    if (walk->found)
        add_finding(walk->found, part_of(path), one.text);
    slt_buffer_free(&text);
    return status;
}

void slt_schema_print_meaning(const slt_schema *row, slt_buffer *out)
{
    if (row->meaning) {
        slt_buffer_printf(out, "%s", row->meaning);
        return;
    }
    const bool one = !slt_schema_word(row, 1);
    const char *word;
    for (size_t i = 0; (word = slt_schema_word(row, i)) != NULL; i++) {
        const char *meaning = row->meaning_of(i);
        slt_buffer_printf(out, "%s%s%s%s", i ? "; " : "", one ? "" : word,
                          one || !meaning || *meaning == ' ' ? "" : ": ",
                          meaning ? meaning : "");
    }
}
