#include "manifest/settings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/manifest_internal.h"

#define DEPTH_OF_ROWS 3 /* run.model.weights.W1 stands in one row */

typedef struct maker {
    slt_settings *settings;
    const slt_value *pins; /* NULL: none */
    bool *used;            /* by pin: its reason stands already */
    const char *group;
    size_t room;
} maker;

static const char *print(maker *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *print(maker *m, const char *format, ...)
{
    slt_buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    slt_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    const char *kept = slt_arena_text(&m->settings->memory, slt_buffer_text(&text));
    m->settings->memory.failed |= text.failed;
    slt_buffer_free(&text);
    return kept ? kept : "";
}

static const char *print_value(maker *m, const slt_value *value)
{
    slt_buffer text = {0};
    slt_value_print(value, &text);
    const char *kept = print(m, "%s", slt_buffer_text(&text));
    m->settings->memory.failed |= text.failed;
    slt_buffer_free(&text);
    return kept;
}

/* ---- Reasons ----------------------------------------------------------------------- */

/* What of a pin's path stands below path: "" for the same, NULL for another. */
static const char *below(const char *pin, const char *path)
{
    size_t size = strlen(path);
    if (strncmp(pin, path, size) != 0)
        return NULL;
    if (!pin[size])
        return pin + size;
    return pin[size] == '.' || pin[size] == '[' ? pin + size + 1 : NULL;
}

/* The reasons for a field, and for what its one row holds below it. */
static void add_reasons(maker *m, slt_setting *row, bool whole)
{
    const size_t pins = m->pins ? m->pins->count : 0;
    row->reasons = slt_arena_take(&m->settings->memory, pins + 1, sizeof *row->reasons);
    for (size_t i = 0; i < pins && row->reasons; i++) {
        const char *field = below(m->pins->keys[i], row->path);
        if (!field || (*field && !whole))
            continue;
        row->reasons[row->reason_count++] = (slt_setting_reason){
            print(m, "%s", field), print(m, "%s", m->pins->items[i].text)};
        m->used[i] = true;
    }
}

static bool has_reason(const maker *m, const char *path)
{
    return m->pins && slt_value_get(m->pins, path);
}

/* ---- Rows -------------------------------------------------------------------------- */

static void add_row(maker *m, const char *path, slt_setting_kind kind,
                    const slt_value *value)
{
    slt_settings *s = m->settings;
    if (s->count == m->room) {
        size_t room = m->room ? 2 * m->room : 64;
        slt_setting *rows = realloc(s->rows, room * sizeof *rows);
        s->memory.failed |= !rows;
        if (!rows)
            return;
        s->rows = rows;
        m->room = room;
    }
    slt_setting *row = &s->rows[s->count++];
    *row = (slt_setting){.group = m->group, .path = path, .kind = kind};
    row->value = value ? print_value(m, value) : "";
    add_reasons(m, row, kind == SLT_SETTING_VALUE);
}

static bool is_list_of_maps(const slt_value *value)
{
    return value->kind == SLT_VALUE_LIST && value->count &&
           value->items[0].kind == SLT_VALUE_MAP;
}

static void add_tree(maker *m, const char *path, const slt_value *value, size_t depth)
{
    bool list = is_list_of_maps(value);
    if ((value->kind != SLT_VALUE_MAP && !list) || depth == DEPTH_OF_ROWS) {
        add_row(m, path, SLT_SETTING_VALUE, value);
        return;
    }
    if (has_reason(m, path))
        add_row(m, path, list ? SLT_SETTING_ITEMS : SLT_SETTING_FIELDS, NULL);
    for (size_t i = 0; i < value->count; i++)
        if (list)
            add_tree(m, print(m, "%s[%zu]", path, i), &value->items[i], depth);
        else
            add_tree(m, print(m, "%s.%s", path, value->keys[i]), &value->items[i],
                     depth + 1);
}

static bool is_group(const slt_value *value)
{
    return value->kind == SLT_VALUE_MAP || is_list_of_maps(value);
}

/* The sweep and the run's own scalars, then each part of the run. */
static void add_all(maker *m, const slt_value *sweep, const slt_value *run)
{
    for (size_t i = 0; sweep && i < sweep->count; i++)
        add_row(m, print(m, "sweep.%s", sweep->keys[i]), SLT_SETTING_VALUE,
                &sweep->items[i]);
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < run->count; i++) {
            if (is_group(&run->items[i]) != (pass == 1))
                continue;
            m->group = pass ? print(m, "%s", run->keys[i]) : NULL;
            add_tree(m, print(m, "run.%s", run->keys[i]), &run->items[i], 1);
        }
    m->group = NULL;
    for (size_t i = 0; m->pins && i < m->pins->count; i++)
        if (!m->used[i])
            add_row(m, print(m, "%s", m->pins->keys[i]), SLT_SETTING_DEFAULT, NULL);
}

slt_status slt_settings_make(const slt_manifest *manifest, slt_settings *settings,
                             slt_error *err)
{
    maker m = {.settings = settings, .pins = manifest->pins};
    *settings = (slt_settings){0};
    m.used = slt_arena_take(&settings->memory, m.pins ? m.pins->count + 1 : 1,
                            sizeof *m.used);
    if (m.used)
        add_all(&m, slt_value_get(&manifest->root, "sweep"), manifest->run);
    if (!settings->memory.failed)
        return SLT_OK;
    slt_settings_free(settings);
    return slt_fail(err, SLT_RESOURCE, "no memory for the manifest's settings");
}

void slt_settings_free(slt_settings *settings)
{
    free(settings->rows);
    slt_arena_free(&settings->memory);
    *settings = (slt_settings){0};
}
