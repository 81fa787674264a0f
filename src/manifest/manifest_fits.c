/* Fits of `figure`, and bootstraps of them. */
#include "manifest/manifest_figure.h"

#include <string.h>

#include "base/assert.h"

static bool has_name(const slt_value *list, const char *name)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (strcmp(slt_value_get(&list->items[i], "name")->text, name) == 0)
            return true;
    return false;
}

/* A curve: either of points, or y in x. */
static slt_status check_curve(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *curve)
{
    const slt_value *points = slt_value_get(curve, "points");
    if (points && curve->count > 1)
        return slt_schema_fail(check->walk, path, curve,
                               "points stand alone: they have x, y and where");
    if (points && !has_name(slt_value_get(check->figure, "points"), points->text))
        return slt_schema_fail(check->walk, path, points, "no figure.points are named %s",
                               points->text);
    for (size_t i = 0; !points && i < 2; i++)
        if (!slt_value_get(curve, i ? "x" : "y"))
            return slt_schema_fail(check->walk, path, curve, "missing key '%s'",
                                   i ? "x" : "y");
    const slt_schema_path y = {path, "y", 0};
    slt_status status = slt_figure_check_result(check, &y, slt_value_get(curve, "y"));
    return status ? status : slt_figure_check_where(check, path, curve);
}

/* The kinds in a map, `name` aside. */
static slt_status check_kinds(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *fit)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < fit->count && !status; i++)
        if (fit->items[i].kind == SLT_VALUE_MAP) {
            const slt_schema_path at = {path, fit->keys[i], 0};
            status = check_curve(check, &at, &fit->items[i]);
        }
    return status;
}

/* A result that is no measure, nor of one checkpoint, is a column of goldens. */
static bool is_column(const slt_figure_value *value)
{
    return value->text && !value->is_measure && !strchr(value->text, '@');
}

/* Adds what is no column yet to the first *count; false where there are too many. */
static bool add_column(const slt_figure_value *value, const char **columns, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(columns[i], value->text) == 0)
            return true;
    if (*count == SLT_GOLDEN_RESULTS_MAX)
        return false;
    columns[(*count)++] = value->text;
    return true;
}

/* Rows alone are never too many. */
static slt_status check_columns(const slt_figure_check *check, const slt_value *fits)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "fit", 0};
    const slt_figure_spec *spec = &check->manifest->figure_spec;
    const char *columns[SLT_GOLDEN_RESULTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < spec->row_count; i++)
        if (is_column(&spec->rows[i].value))
            SLT_ASSERT(add_column(&spec->rows[i].value, columns, &count));
    for (size_t i = 0; i < spec->fit_count; i++)
        if (is_column(&spec->fits[i].y) && !add_column(&spec->fits[i].y, columns, &count))
            return slt_schema_fail(
                check->walk, &path, &fits->items[i],
                "%s is one result too many: rows and fits may show %d, which are the "
                "columns of the golden",
                spec->fits[i].y.text, SLT_GOLDEN_RESULTS_MAX);
    return SLT_OK;
}

static slt_status check_fits(const slt_figure_check *check, const slt_value *fits)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "fit", 0};
    if (fits->kind == SLT_VALUE_MAP && fits->count == 0)
        return slt_schema_fail(check->walk, &path, fits,
                               "expected linear, quadratic or constant");
    if (fits->kind == SLT_VALUE_MAP)
        return check_kinds(check, &path, fits);
    slt_status status = slt_figure_check_names(check, &path, fits, "name");
    for (size_t i = 0; i < fits->count && !status; i++) {
        const slt_schema_path item = {&path, NULL, i};
        if (fits->items[i].count != 2)
            return slt_schema_fail(check->walk, &item, &fits->items[i],
                                   "expected a name and one of linear, quadratic, "
                                   "constant");
        status = check_kinds(check, &item, &fits->items[i]);
    }
    return status;
}

/* A fit goes by its name in a list, by its kind in a map. */
static bool has_fit(const slt_value *fits, const char *name)
{
    if (fits && fits->kind == SLT_VALUE_MAP)
        return slt_value_get(fits, name) != NULL;
    return has_name(fits, name);
}

static slt_status check_bootstraps(const slt_figure_check *check, const slt_value *list)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "bootstrap", 0};
    slt_status status = slt_figure_check_names(check, &path, list, "name");
    for (size_t i = 0; list && i < list->count && !status; i++) {
        const slt_schema_path item = {&path, NULL, i};
        const slt_value *fit = slt_value_get(&list->items[i], "fit");
        if (!has_fit(slt_value_get(check->figure, "fit"), fit->text))
            status =
                slt_schema_fail(check->walk, &item, fit, "no fit is named %s", fit->text);
    }
    return status;
}

slt_status slt_manifest_check_fits(const slt_figure_check *check)
{
    const slt_value *fits = slt_value_get(check->figure, "fit");
    slt_status status = fits ? check_fits(check, fits) : SLT_OK;
    if (!status && fits)
        status = check_columns(check, fits);
    return status ? status
                  : check_bootstraps(check, slt_value_get(check->figure, "bootstrap"));
}
