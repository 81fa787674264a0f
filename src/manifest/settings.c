#include "manifest/settings.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/manifest_internal.h"

#define DEPTH_OF_ROWS 3 /* run.model.weights.W1 is one row */

/* Settings being collected. */
typedef struct settings_maker {
    slt_settings *settings;
    const slt_value *pins; /* NULL if there are none */
    bool *used;            /* for each pin, whether its reason is in a row already */
    const char *group;
    size_t room;
} settings_maker;

static const char *settings_print(settings_maker *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static const char *settings_print(settings_maker *m, const char *format, ...)
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

static const char *settings_print_value(settings_maker *m, const slt_value *value)
{
    slt_buffer text = {0};
    slt_value_print(value, &text);
    const char *kept = settings_print(m, "%s", slt_buffer_text(&text));
    m->settings->memory.failed |= text.failed;
    slt_buffer_free(&text);
    return kept;
}

/* ---- Reasons ----------------------------------------------------------------------- */

/* The rest of a pin's path after `path`: "" if they are equal, NULL if it is not
 * below. */
static const char *path_below(const char *pin, const char *path)
{
    size_t size = strlen(path);
    if (strncmp(pin, path, size) != 0)
        return NULL;
    if (!pin[size])
        return pin + size;
    return pin[size] == '.' || pin[size] == '[' ? pin + size + 1 : NULL;
}

/* Adds the reasons for a field; with `whole` also those for what its row contains. */
static void settings_add_reasons(settings_maker *m, slt_setting *row, bool whole)
{
    const size_t pins = m->pins ? m->pins->count : 0;
    row->reasons = slt_arena_take(&m->settings->memory, pins + 1, sizeof *row->reasons);
    for (size_t i = 0; i < pins && row->reasons; i++) {
        const char *field = path_below(m->pins->keys[i], row->path);
        if (!field || (*field && !whole))
            continue;
        row->reasons[row->reason_count++] =
            (slt_setting_reason){settings_print(m, "%s", field),
                                 settings_print(m, "%s", m->pins->items[i].text)};
        m->used[i] = true;
    }
}

static bool has_reason(const settings_maker *m, const char *path)
{
    return m->pins && slt_value_get(m->pins, path);
}

/* ---- Rows -------------------------------------------------------------------------- */

static void settings_add_row(settings_maker *m, const char *path, slt_setting_kind kind,
                             const slt_value *value)
{
    slt_settings *s = m->settings;
    if (s->count == m->room) {
        size_t room = m->room ? 2 * m->room : 64;
        slt_setting *rows = slt_world.realloc(s->rows, room * sizeof *rows);
        s->memory.failed |= !rows;
        if (!rows)
            return;
        s->rows = rows;
        m->room = room;
    }
    slt_setting *row = &s->rows[s->count++];
    *row = (slt_setting){.group = m->group, .path = path, .kind = kind};
    row->value = value ? settings_print_value(m, value) : "";
    settings_add_reasons(m, row, kind == SLT_SETTING_VALUE);
}

static bool is_list_of_maps(const slt_value *value)
{
    return value->kind == SLT_VALUE_LIST && value->count &&
           value->items[0].kind == SLT_VALUE_MAP;
}

static void settings_add_tree(settings_maker *m, const char *path, const slt_value *value,
                              size_t depth)
{
    bool list = is_list_of_maps(value);
    if ((value->kind != SLT_VALUE_MAP && !list) || depth == DEPTH_OF_ROWS) {
        settings_add_row(m, path, SLT_SETTING_VALUE, value);
        return;
    }
    if (has_reason(m, path))
        settings_add_row(m, path, list ? SLT_SETTING_ITEMS : SLT_SETTING_FIELDS, NULL);
    for (size_t i = 0; i < value->count; i++)
        if (list)
            settings_add_tree(m, settings_print(m, "%s[%zu]", path, i), &value->items[i],
                              depth);
        else
            settings_add_tree(m, settings_print(m, "%s.%s", path, value->keys[i]),
                              &value->items[i], depth + 1);
}

static bool is_group(const slt_value *value)
{
    return value->kind == SLT_VALUE_MAP || is_list_of_maps(value);
}

/* Adds the sweep and the scalars of the run, then each part of the run. */
static void settings_add_all(settings_maker *m, const slt_value *sweep,
                             const slt_value *run)
{
    for (size_t i = 0; sweep && i < sweep->count; i++)
        settings_add_row(m, settings_print(m, "sweep.%s", sweep->keys[i]),
                         SLT_SETTING_VALUE, &sweep->items[i]);
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < run->count; i++) {
            if (is_group(&run->items[i]) != (pass == 1))
                continue;
            m->group = pass ? settings_print(m, "%s", run->keys[i]) : NULL;
            settings_add_tree(m, settings_print(m, "run.%s", run->keys[i]),
                              &run->items[i], 1);
        }
    m->group = NULL;
    for (size_t i = 0; m->pins && i < m->pins->count; i++)
        if (!m->used[i])
            settings_add_row(m, settings_print(m, "%s", m->pins->keys[i]),
                             SLT_SETTING_DEFAULT, NULL);
}

slt_status slt_settings_make(const slt_manifest *manifest, slt_settings *settings,
                             slt_error *err)
{
    settings_maker m = {.settings = settings, .pins = manifest->pins};
    *settings = (slt_settings){0};
    m.used =
        slt_arena_take(&settings->memory, m.pins ? m.pins->count + 1 : 1, sizeof *m.used);
    if (m.used)
        settings_add_all(&m, slt_value_get(&manifest->root, "sweep"), manifest->run);
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
