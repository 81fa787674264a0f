#include "manifest/manifest_write.h"

#include <string.h>

#include "base/escape.h"

#define COLUMNS_MAX 90

/* ---- Text -------------------------------------------------------------------------- */

/* Whether a text needs no quotes anywhere: it is neither syntax nor read as another
 * type. */
static bool is_bare(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char others[] = "0123456789/().-";
    slt_value plain = {.kind = SLT_VALUE_TEXT, .text = (char *)(uintptr_t)text};
    if (!*text || !strchr(letters, *text))
        return false;
    for (const char *c = text; *c; c++)
        if (!strchr(letters, *c) && !strchr(others, *c))
            return false;
    slt_value_resolve_plain(&plain);
    return plain.kind == SLT_VALUE_TEXT;
}

static void put_text(slt_buffer *out, const char *text)
{
    if (is_bare(text) || (*text == '$' && is_bare(text + 1)))
        slt_buffer_printf(out, "%s", text);
    else
        slt_escape_yaml_quoted(out, text);
}

/* ---- Values ------------------------------------------------------------------------ */

static bool is_scalar(const slt_value *value)
{
    return value->kind != SLT_VALUE_LIST && value->kind != SLT_VALUE_MAP;
}

static void put_flow(slt_buffer *out, const slt_value *value)
{
    bool map = value->kind == SLT_VALUE_MAP;
    if (value->kind == SLT_VALUE_TEXT)
        put_text(out, value->text);
    else if (is_scalar(value))
        slt_value_print(value, out);
    if (is_scalar(value))
        return;
    slt_buffer_byte(out, map ? '{' : '[');
    for (size_t i = 0; i < value->count; i++) {
        slt_buffer_printf(out, "%s", i ? ", " : "");
        if (map) {
            put_text(out, value->keys[i]);
            slt_buffer_printf(out, ": ");
        }
        put_flow(out, &value->items[i]);
    }
    slt_buffer_byte(out, map ? '}' : ']');
}

/* The depth of nested maps and lists, including the value itself; 0 for a scalar. */
static size_t height_of(const slt_value *value)
{
    size_t height = 0;
    for (size_t i = 0; i < value->count; i++) {
        size_t below = height_of(&value->items[i]);
        height = below > height ? below : height;
    }
    return is_scalar(value) ? 0 : height + 1;
}

/* Writes the value on the line, of which `used` columns are taken, if it is short and
 * simple enough; otherwise writes nothing and returns false. */
static bool put_in_line(slt_buffer *out, size_t used, const slt_value *value)
{
    slt_buffer line = {0};
    put_flow(&line, value);
    bool fits = is_scalar(value) || !value->count ||
                (height_of(value) < 3 && used + line.size <= COLUMNS_MAX);
    if (fits)
        slt_buffer_append(out, line.data, line.size);
    out->failed = out->failed || line.failed;
    slt_buffer_free(&line);
    return fits;
}

static void put_block(slt_buffer *out, size_t indent, const slt_value *value);

/* Writes the value of a map's key, which is on the line already. */
static void put_below(slt_buffer *out, size_t indent, size_t used, const slt_value *value)
{
    size_t before = out->size;
    slt_buffer_byte(out, ' ');
    if (put_in_line(out, used + 1, value)) {
        slt_buffer_byte(out, '\n');
        return;
    }
    out->size = before;
    slt_buffer_byte(out, '\n');
    put_block(out, indent + 2, value);
}

static void put_entry(slt_buffer *out, size_t indent, const slt_value *map, size_t i)
{
    size_t before = out->size;
    put_text(out, map->keys[i]);
    slt_buffer_byte(out, ':');
    put_below(out, indent, indent + (out->size - before), &map->items[i]);
}

/* Writes an item after its dash; the entries of a map go on lines of their own. */
static void put_item(slt_buffer *out, size_t indent, const slt_value *item)
{
    slt_buffer_printf(out, "- ");
    if (put_in_line(out, indent + 2, item)) {
        slt_buffer_byte(out, '\n');
        return;
    }
    if (item->kind == SLT_VALUE_LIST) {
        out->size--;
        slt_buffer_byte(out, '\n');
        put_block(out, indent + 2, item);
        return;
    }
    for (size_t i = 0; i < item->count; i++) {
        slt_buffer_printf(out, "%*s", i ? (int)indent + 2 : 0, "");
        put_entry(out, indent + 2, item, i);
    }
}

static void put_block(slt_buffer *out, size_t indent, const slt_value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        slt_buffer_printf(out, "%*s", (int)indent, "");
        if (value->kind == SLT_VALUE_MAP)
            put_entry(out, indent, value, i);
        else
            put_item(out, indent, &value->items[i]);
    }
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_manifest_check_texts(const slt_value *value, slt_error *err)
{
    slt_status status = SLT_OK;
    if (value->kind == SLT_VALUE_TEXT && value->text[0] == '$')
        return slt_fail(err, SLT_FORMAT,
                        "'%.60s': a manifest would take it for an axis of its sweep",
                        value->text);
    for (size_t i = 0; i < value->count && !status; i++)
        status = slt_manifest_check_texts(&value->items[i], err);
    return status;
}

static void put_comment(slt_buffer *out, const char *comment)
{
    while (*comment) {
        size_t length = strcspn(comment, "\n");
        slt_buffer_printf(out, length ? "# %.*s\n" : "#\n", (int)length, comment);
        comment += length + (comment[length] == '\n');
    }
}

slt_status slt_manifest_write_swept(const char *name, const char *comment,
                                    const slt_value *sweep, const slt_value *run,
                                    slt_buffer *out, slt_error *err)
{
    put_comment(out, comment);
    slt_buffer_printf(out, "sltrace: 1\nname: ");
    put_text(out, name);
    if (sweep->count) {
        slt_buffer_printf(out, "\n\nsweep:\n");
        put_block(out, 2, sweep);
        slt_buffer_printf(out, "\nrun:\n");
    } else {
        slt_buffer_printf(out, "\n\nrun:\n");
    }
    put_block(out, 2, run);
    return out->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a manifest") : SLT_OK;
}

slt_status slt_manifest_write(const char *name, const char *comment, const slt_value *run,
                              slt_buffer *out, slt_error *err)
{
    const slt_value none = {.kind = SLT_VALUE_MAP};
    slt_status status = slt_manifest_check_texts(run, err);
    return status ? status
                  : slt_manifest_write_swept(name, comment, &none, run, out, err);
}

void slt_manifest_write_list(size_t indent, const slt_value *list, slt_buffer *out)
{
    put_block(out, indent, list);
}
