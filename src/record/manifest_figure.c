/* What the rows of `figure` cannot say one by one. */
#include "record/manifest_private.h"

#include <string.h>

static slt_status fail_at(const slt_schema_walk *walk, const char *part,
                          const slt_value *at, const char *message, const char *word)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, part, 0};
    return slt_schema_fail(walk, &path, at, message, word);
}

static bool axis_has(const slt_sweep *sweep, size_t axis, const slt_value *wanted)
{
    slt_buffer text = {0}, value = {0};
    bool found = false;
    slt_sweep line = {.axis_count = 1, .runs = sweep->axes[axis].count};
    line.axes[0] = sweep->axes[axis];
    slt_value_print(wanted, &text);
    for (size_t i = 0; i < line.runs && !found; i++) {
        slt_buffer_clear(&value);
        slt_sweep_print(&line, i, 0, &value);
        found = strcmp(slt_buffer_text(&value), slt_buffer_text(&text)) == 0;
    }
    slt_buffer_free(&text);
    slt_buffer_free(&value);
    return found;
}

static slt_status check_where(const slt_manifest *manifest, const slt_schema_walk *walk,
                              const char *part, const slt_value *map)
{
    const slt_value *where = slt_value_get(map, "where");
    for (size_t i = 0; where && i < where->count; i++)
        for (size_t axis = 0; axis < manifest->sweep.axis_count; axis++)
            if (strcmp(manifest->sweep.names[axis], where->keys[i]) == 0 &&
                !axis_has(&manifest->sweep, axis, &where->items[i]))
                return fail_at(walk, part, &where->items[i],
                               "where: the axis %s never has this value", where->keys[i]);
    return SLT_OK;
}

/* A fit: a map of kinds, each a curve; `name` aside. */
static slt_status check_fit(const slt_manifest *manifest, const slt_schema_walk *walk,
                            const slt_value *fit)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < fit->count && !status; i++)
        if (fit->items[i].kind == SLT_VALUE_MAP)
            status = check_where(manifest, walk, "fit", &fit->items[i]);
    return status;
}

/* Whether an earlier item of the list has the same text under key. */
static bool is_repeated(const slt_value *list, size_t index, const char *key)
{
    const char *text = slt_value_get(&list->items[index], key)->text;
    for (size_t i = 0; i < index; i++)
        if (strcmp(slt_value_get(&list->items[i], key)->text, text) == 0)
            return true;
    return false;
}

static slt_status check_fits(const slt_manifest *manifest, const slt_schema_walk *walk,
                             const slt_value *fits)
{
    if (!fits)
        return SLT_OK;
    if (fits->kind == SLT_VALUE_MAP && fits->count == 0)
        return fail_at(walk, "fit", fits, "expected %s", "linear, quadratic or constant");
    if (fits->kind == SLT_VALUE_MAP)
        return check_fit(manifest, walk, fits);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < fits->count && !status; i++) {
        const slt_value *fit = &fits->items[i];
        if (fit->count != 2)
            return fail_at(walk, "fit", fit, "expected a name and one of %s",
                           "linear, quadratic, constant");
        if (is_repeated(fits, i, "name"))
            return fail_at(walk, "fit", fit, "two fits are called %s",
                           slt_value_get(fit, "name")->text);
        status = check_fit(manifest, walk, fit);
    }
    return status;
}

static slt_status check_claims(const slt_schema_walk *walk, const slt_value *claims)
{
    for (size_t i = 0; claims && i < claims->count; i++)
        if (is_repeated(claims, i, "id"))
            return fail_at(walk, "claims", &claims->items[i], "two claims have the id %s",
                           slt_value_get(&claims->items[i], "id")->text);
    return SLT_OK;
}

slt_status slt_manifest_check_figure(const slt_manifest *manifest, slt_error *err)
{
    const slt_schema_walk walk = {.file = manifest->path, .err = err};
    const slt_value *figure = manifest->figure;
    if (!figure)
        return SLT_OK;
    slt_status status =
        check_where(manifest, &walk, "rows", slt_value_get(figure, "rows"));
    if (!status)
        status = check_fits(manifest, &walk, slt_value_get(figure, "fit"));
    return status ? status : check_claims(&walk, slt_value_get(figure, "claims"));
}
