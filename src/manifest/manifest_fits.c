/* Checks the fits of `figure` and the bootstraps of them. */
#include "manifest/manifest_figure_internal.h"

#include <stdint.h>
#include <string.h>

#include "base/assert.h"

/* Expressions of a window are of a point: of its run, and of its item where the points
 * are about a list. */
static slt_status check_window(const slt_figure_check *check, const slt_schema_path *path,
                               const slt_value *curve, const slt_fit_spec *fit)
{
    static const char *const keys[] = {"from", "to"};
    slt_figure_expression about = {0};
    slt_status status = SLT_OK;
    if (fit->points) {
        const slt_figure_scope scope = {.figure = &check->manifest->figure_spec,
                                        .axes = check->axes,
                                        .axis_count = check->manifest->sweep.axis_count,
                                        .measures = SIZE_MAX};
        if (slt_figure_expression_check(&scope, fit->points->x, &about, NULL) ||
            slt_figure_expression_check(&scope, fit->points->y, &about, NULL))
            return SLT_OK; /* which is refused where it stands */
    }
    for (size_t i = 0; i < 2 && !status; i++) {
        const slt_value *end = slt_value_get(curve, keys[i]);
        const slt_schema_path at = {path, keys[i], 0};
        slt_figure_expression found = about;
        if (!end)
            continue;
        status = slt_figure_check_expression(check, &at, end, SIZE_MAX, &found);
        if (!status && found.has_list && !about.has_list)
            status = slt_schema_fail(check->walk, &at, end,
                                     "expected numbers of a run: the points are of no "
                                     "list");
    }
    return status;
}

/* What goes with none of the keys that a fit through something else has. */
static slt_status refuse_keys(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *curve, const char *const *keys,
                              const char *why)
{
    for (; *keys; keys++) {
        const slt_value *found = slt_value_get(curve, *keys);
        if (found)
            return slt_schema_fail(check->walk, path, found, "%s", why);
    }
    return SLT_OK;
}

static slt_status check_points(const slt_figure_check *check, const slt_schema_path *path,
                               const slt_value *curve, const slt_fit_spec *fit)
{
    static const char *const keys[] = {"x", "y", "where", "curve", "of", NULL};
    const slt_value *points = slt_value_get(curve, "points");
    slt_status status = refuse_keys(check, path, curve, keys,
                                    "points stand alone: they have x, y and where");
    if (!status && !fit->points)
        status = slt_schema_fail(check->walk, path, points,
                                 "no figure.points are named %s", points->text);
    return status;
}

static slt_status check_curves(const slt_figure_check *check, const slt_schema_path *path,
                               const slt_value *curve, const slt_fit_spec *fit)
{
    static const char *const keys[] = {"x", "y", "where", "series", NULL};
    const slt_value *name = slt_value_get(curve, "curve");
    const slt_value *of = slt_value_get(curve, "of");
    slt_status status = refuse_keys(check, path, curve, keys,
                                    "curves have x, where and series of their own");
    if (!status && !fit->curve)
        status = slt_schema_fail(check->walk, path, name, "no figure.curves are named %s",
                                 name->text);
    if (!status && !fit->of)
        status = slt_schema_fail(check->walk, path, of ? of : name,
                                 of ? "these curves are not of %s"
                                    : "%s are several: expected `of`, one of them",
                                 of ? of->text : name->text);
    return status;
}

static slt_status check_axis(const slt_figure_check *check, const slt_schema_path *path,
                             const slt_value *curve)
{
    static const char *const keys[] = {"of", NULL};
    slt_status status = refuse_keys(check, path, curve, keys, "`of` goes with curve");
    for (size_t i = 0; i < 2 && !status; i++)
        if (!slt_value_get(curve, i ? "x" : "y"))
            status = slt_schema_fail(check->walk, path, curve, "missing key '%s'",
                                     i ? "x" : "y");
    const slt_schema_path y = {path, "y", 0};
    if (!status)
        status = slt_figure_check_result(check, &y, slt_value_get(curve, "y"));
    return status ? status : slt_figure_check_where(check, path, curve);
}

/* A fit's curve goes through points, a curve of the figure, or y in x. */
static slt_status check_curve(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *curve, const slt_fit_spec *fit)
{
    slt_status status;
    if (slt_value_get(curve, "points"))
        status = check_points(check, path, curve, fit);
    else if (slt_value_get(curve, "curve"))
        status = check_curves(check, path, curve, fit);
    else
        status = check_axis(check, path, curve);
    return status ? status : check_window(check, path, curve, fit);
}

/* An item of a list of fits: a name and one kind. */
static slt_status check_named(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *item, const slt_fit_spec *fit)
{
    slt_status status = SLT_OK;
    if (item->count != 2)
        return slt_schema_fail(check->walk, path, item,
                               "expected a name and one of linear, quadratic, constant, "
                               "exponent");
    for (size_t i = 0; i < item->count && !status; i++)
        if (item->items[i].kind == SLT_VALUE_MAP) {
            const slt_schema_path at = {path, item->keys[i], 0};
            status = check_curve(check, &at, &item->items[i], fit);
        }
    return status;
}

/* A result is a column of goldens, unless it is a measure or of one checkpoint only. */
static bool is_column(const slt_figure_value *value)
{
    return value->is_quantity && !value->quantity.at_step;
}

/* Adds the value to the *count columns unless it is one already; false if there are too
 * many. */
static bool add_column(const slt_figure_value *value, slt_quantity *columns,
                       size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (slt_quantity_equal(&columns[i], &value->quantity))
            return true;
    if (*count == SLT_GOLDEN_RESULTS_MAX)
        return false;
    columns[(*count)++] = value->quantity;
    return true;
}

_Static_assert(SLT_FIGURE_LISTS_MAX <= SLT_GOLDEN_RESULTS_MAX, "rows fit by themselves");

static slt_status check_columns(const slt_figure_check *check, const slt_value *fits)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "fit", 0};
    const slt_figure_spec *spec = &check->manifest->figure_spec;
    slt_quantity columns[SLT_GOLDEN_RESULTS_MAX];
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
                               "expected linear, quadratic, constant or exponent");
    const bool list = fits->kind == SLT_VALUE_LIST;
    slt_status status =
        list ? slt_figure_check_names(check, &path, fits, "name") : SLT_OK;
    for (size_t i = 0; i < fits->count && !status; i++) {
        const slt_schema_path item = {&path, list ? NULL : fits->keys[i], i};
        const slt_fit_spec *fit = &check->manifest->figure_spec.fits[i];
        status = list ? check_named(check, &item, &fits->items[i], fit)
                      : check_curve(check, &item, &fits->items[i], fit);
    }
    return status;
}

/* Blocks are of the trials that the points of a curve are means of. */
static slt_status check_blocks(const slt_figure_check *check, const slt_schema_path *path,
                               const slt_value *item, const slt_bootstrap_spec *spec)
{
    const slt_figure_value *of = spec->fit->of;
    if (spec->over != SLT_BOOTSTRAP_BLOCKS ||
        (of && of->is_quantity && of->quantity.kind == SLT_QUANTITY_TALLY_MEAN &&
         !spec->fit->curve->at_count))
        return SLT_OK;
    return slt_schema_fail(
        check->walk, path, slt_value_get(item, "over"),
        "blocks are of a fit through a curve of tally/NAME/mean, without "
        "`at`");
}

static slt_status check_bootstraps(const slt_figure_check *check, const slt_value *list)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "bootstrap", 0};
    slt_status status = slt_figure_check_names(check, &path, list, "name");
    for (size_t i = 0; list && i < list->count && !status; i++) {
        const slt_schema_path item = {&path, NULL, i};
        const slt_value *fit = slt_value_get(&list->items[i], "fit");
        if (!check->manifest->figure_spec.bootstraps[i].fit)
            status =
                slt_schema_fail(check->walk, &item, fit, "no fit is named %s", fit->text);
        if (!status)
            status = check_blocks(check, &item, &list->items[i],
                                  &check->manifest->figure_spec.bootstraps[i]);
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
