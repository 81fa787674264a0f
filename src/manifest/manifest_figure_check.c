/* Checks that are common to the lists of `figure`. */
#include "manifest/manifest_figure_internal.h"

#include <string.h>

#include "codec/word.h"

static slt_status check_in_scope(const slt_figure_check *check,
                                 const slt_schema_path *path, const slt_value *expression,
                                 const slt_figure_scope *scope,
                                 slt_figure_expression *found)
{
    slt_error why;
    if (slt_figure_expression_check(scope, expression->text, found, &why))
        return slt_schema_fail(check->walk, path, expression, "%s", why.text);
    return SLT_OK;
}

slt_status slt_figure_check_expression(const slt_figure_check *check,
                                       const slt_schema_path *path,
                                       const slt_value *expression, size_t measures,
                                       slt_figure_expression *found)
{
    const slt_figure_scope scope = {.figure = &check->manifest->figure_spec,
                                    .axes = check->axes,
                                    .axis_count = check->manifest->sweep.axis_count,
                                    .measures = measures};
    return check_in_scope(check, path, expression, &scope, found);
}

slt_status slt_figure_check_along(const slt_figure_check *check,
                                  const slt_schema_path *path,
                                  const slt_value *expression)
{
    const slt_figure_scope scope = {.figure = &check->manifest->figure_spec,
                                    .axes = check->axes,
                                    .axis_count = check->manifest->sweep.axis_count,
                                    .measures = SIZE_MAX,
                                    .along = true};
    slt_figure_expression found = {0};
    return check_in_scope(check, path, expression, &scope, &found);
}

slt_status slt_figure_check_result(const slt_figure_check *check,
                                   const slt_schema_path *path, const slt_value *name)
{
    if (!name || slt_word_is(name->text))
        return SLT_OK;
    return slt_schema_fail(check->walk, path, name,
                           "expected the name of a measure or result, which has neither "
                           "blanks nor characters beyond ASCII");
}

/* ---- where ------------------------------------------------------------------------- */

static bool axis_has(const slt_sweep *sweep, size_t axis, const slt_value *wanted)
{
    slt_buffer text = {0}, value = {0};
    bool found = false;
    slt_sweep_print_scalar(wanted, &text);
    for (size_t i = 0; i < sweep->axes[axis].count && !found; i++) {
        slt_buffer_clear(&value);
        slt_sweep_print_value(&sweep->axes[axis], i, &value);
        found = strcmp(slt_buffer_text(&value), slt_buffer_text(&text)) == 0;
    }
    slt_buffer_free(&text);
    slt_buffer_free(&value);
    return found;
}

static slt_status check_values(const slt_figure_check *check, const slt_schema_path *path,
                               const slt_value *map, const char *key)
{
    const slt_sweep *sweep = &check->manifest->sweep;
    const slt_value *where = slt_value_get(map, key);
    for (size_t i = 0; where && i < where->count; i++)
        for (size_t axis = 0; axis < sweep->axis_count; axis++)
            if (strcmp(sweep->names[axis], where->keys[i]) == 0 &&
                !axis_has(sweep, axis, &where->items[i]))
                return slt_schema_fail(check->walk, path, &where->items[i],
                                       "%s: the axis %s never has this value", key,
                                       where->keys[i]);
    return SLT_OK;
}

slt_status slt_figure_check_where(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *map)
{
    const slt_status status = check_values(check, path, map, "where");
    return status ? status : check_values(check, path, map, "less");
}

/* ---- Names ------------------------------------------------------------------------- */

/* The item's text under key, or the item itself if it is not a map. */
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
