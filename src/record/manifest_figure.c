/* What the rows of `figure` cannot say one by one. */
#include "record/manifest_figure.h"

#include <string.h>

slt_status slt_figure_check_expression(const slt_figure_check *check,
                                       const slt_schema_path *path,
                                       const slt_value *expression, size_t measures,
                                       slt_figure_expression *found)
{
    slt_error why;
    const slt_figure_scope scope = {.figure = check->figure,
                                    .axes = check->axes,
                                    .axis_count = check->manifest->sweep.axis_count,
                                    .measures = measures};
    if (slt_figure_expression_check(&scope, expression->text, found, &why))
        return slt_schema_fail(check->walk, path, expression, "%s", why.text);
    return SLT_OK;
}

/* ---- where ------------------------------------------------------------------------- */

static bool axis_has(const slt_sweep *sweep, size_t axis, const slt_value *wanted)
{
    slt_buffer text = {0}, value = {0};
    bool found = false;
    slt_value_print(wanted, &text);
    for (size_t i = 0; i < sweep->axes[axis].count && !found; i++) {
        slt_buffer_clear(&value);
        slt_sweep_print_value(&sweep->axes[axis], i, &value);
        found = strcmp(slt_buffer_text(&value), slt_buffer_text(&text)) == 0;
    }
    slt_buffer_free(&text);
    slt_buffer_free(&value);
    return found;
}

slt_status slt_figure_check_where(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *map)
{
    const slt_sweep *sweep = &check->manifest->sweep;
    const slt_value *where = slt_value_get(map, "where");
    for (size_t i = 0; where && i < where->count; i++)
        for (size_t axis = 0; axis < sweep->axis_count; axis++)
            if (strcmp(sweep->names[axis], where->keys[i]) == 0 &&
                !axis_has(sweep, axis, &where->items[i]))
                return slt_schema_fail(check->walk, path, &where->items[i],
                                       "where: the axis %s never has this value",
                                       where->keys[i]);
    return SLT_OK;
}

/* ---- Names ------------------------------------------------------------------------- */

/* Texts under key; an item that is no map is its own. */
static const char *name_of(const slt_value *item, const char *key)
{
    return item->kind == SLT_VALUE_MAP ? slt_value_get(item, key)->text : item->text;
}

slt_status slt_figure_check_names(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *list,
                                  const char *key)
{
    for (size_t i = 0; list && i < list->count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(name_of(&list->items[j], key), name_of(&list->items[i], key)) == 0)
                return slt_schema_fail(check->walk, path, &list->items[i],
                                       "two %s have the %s %s", path->key, key,
                                       name_of(&list->items[i], key));
    return SLT_OK;
}

/* ---- All --------------------------------------------------------------------------- */

static slt_status check_rows(const slt_figure_check *check)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "rows", 0};
    const slt_value *rows = slt_value_get(check->figure, "rows");
    if (!rows || rows->kind == SLT_VALUE_MAP)
        return rows ? slt_figure_check_where(check, &path, rows) : SLT_OK;
    slt_status status = slt_figure_check_names(check, &path, rows, "name");
    for (size_t i = 0; i < rows->count && !status; i++) {
        const slt_schema_path item = {&path, NULL, i};
        status = slt_figure_check_where(check, &item, &rows->items[i]);
    }
    return status;
}

static slt_status check_named(const slt_figure_check *check, const char *key,
                              const char *name)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, key, 0};
    return slt_figure_check_names(check, &path, slt_value_get(check->figure, key), name);
}

/* Axes whose values are no numbers stand in no expression. */
static void name_axes(slt_figure_check *check)
{
    const slt_sweep *sweep = &check->manifest->sweep;
    for (size_t i = 0; i < sweep->axis_count; i++) {
        const slt_value *list = sweep->axes[i].list;
        check->axes[i] = sweep->names[i];
        for (size_t j = 0; list && j < list->count; j++)
            if (list->items[j].kind != SLT_VALUE_INT &&
                list->items[j].kind != SLT_VALUE_REAL)
                check->axes[i] = "";
    }
}

slt_status slt_manifest_check_figure(const slt_manifest *manifest, slt_error *err)
{
    const slt_schema_walk walk = {.file = manifest->path, .err = err};
    slt_figure_check check = {manifest, &walk, manifest->figure, {0}};
    if (!manifest->figure)
        return SLT_OK;
    name_axes(&check);
    slt_status status = check_rows(&check);
    if (!status)
        status = check_named(&check, "claims", "id");
    if (!status)
        status = check_named(&check, "transitions", "name");
    if (!status)
        status = slt_manifest_check_measures(&check);
    if (!status)
        status = slt_manifest_check_lists(&check);
    if (!status)
        status = slt_manifest_check_fits(&check);
    return status ? status : slt_manifest_check_panels(manifest, err);
}
