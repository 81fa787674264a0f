/* Checks the points, histograms, curves, chains, statistics and clusters of `figure`. */
#include "manifest/manifest_figure_internal.h"

#include <stdint.h>
#include <string.h>

#include "num/scalar.h"

/* The expressions of an item under these keys, which must be about the same things.  What
 * is taken less that of other runs is of runs. */
static slt_status check_expressions(const slt_figure_check *check,
                                    const slt_schema_path *path, const slt_value *item,
                                    const char *const keys[2])
{
    slt_figure_expression found = {0};
    const slt_value *less = slt_value_get(item, "less");
    slt_status status = slt_figure_check_where(check, path, item);
    for (size_t i = 0; i < 2 && keys[i] && !status; i++) {
        const slt_schema_path at = {path, keys[i], 0};
        status = slt_figure_check_expression(check, &at, slt_value_get(item, keys[i]),
                                             SIZE_MAX, &found);
    }
    if (!status && less && found.has_list)
        return slt_schema_fail(check->walk, path, less,
                               "less is of runs, and items of a list are no runs");
    return status;
}

static slt_status check_bins(const slt_figure_check *check, const slt_schema_path *path,
                             const slt_value *item)
{
    const slt_value *from = slt_value_get(item, "from"), *to = slt_value_get(item, "to");
    if (slt_real_less(from->real, to->real) &&
        slt_real_finite(slt_real_sub(to->real, from->real)))
        return SLT_OK;
    return slt_schema_fail(check->walk, path, to, "expected a number above from");
}

/* Either values and their bins, or a tally. */
static slt_status check_histogram(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *item)
{
    static const char *const keys[] = {"of", "from", "to", "bins"}, *const of[2] = {"of"};
    const slt_value *tally = slt_value_get(item, "tally");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const slt_value *found = slt_value_get(item, keys[i]);
        if (tally && found)
            return slt_schema_fail(check->walk, path, found,
                                   "%s does not go with tally, which has its bins",
                                   keys[i]);
        if (!tally && !found)
            return slt_schema_fail(check->walk, path, item,
                                   "missing key '%s', or `tally` instead", keys[i]);
    }
    if (tally)
        return slt_figure_check_where(check, path, item);
    slt_status status = check_bins(check, path, item);
    return status ? status : check_expressions(check, path, item, of);
}

/* The abscissa, an expression at each checkpoint, and where it is read off. */
static slt_status check_x(const slt_figure_check *check, const slt_schema_path *path,
                          const slt_value *item)
{
    const slt_schema_path path_of_x = {path, "x", 0}, path_of_at = {path, "at", 0};
    const slt_value *x = slt_value_get(item, "x"), *at = slt_value_get(item, "at"), *list;
    const size_t count = at ? slt_schema_items(at, &list) : 0;
    for (size_t i = 1; i < count; i++)
        if (!slt_real_less(list[i - 1].real, list[i].real))
            return slt_schema_fail(check->walk, &path_of_at, &list[i],
                                   "expected numbers that ascend");
    return x ? slt_figure_check_along(check, &path_of_x, x) : SLT_OK;
}

static slt_status check_run(const slt_figure_check *check, const slt_schema_path *path,
                            const slt_value *run)
{
    return run->magnitude < check->manifest->sweep.runs
               ? SLT_OK
               : slt_schema_fail(check->walk, path, run, "expected one of the %zu runs",
                                 check->manifest->sweep.runs);
}

static slt_status check_curve(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *item)
{
    const slt_value *run = slt_value_get(item, "run");
    const slt_value *over = slt_value_get(item, "where");
    over = over ? over : slt_value_get(item, "error");
    over = over ? over : slt_value_get(item, "series");
    if (run && over)
        return slt_schema_fail(check->walk, path, over,
                               "where, error and series are of means over runs, not of "
                               "one run");
    slt_status status =
        run ? check_run(check, path, run) : slt_figure_check_where(check, path, item);
    return status ? status : check_x(check, path, item);
}

static slt_status check_chains(const slt_figure_check *check, const slt_schema_path *path,
                               const slt_value *item)
{
    const slt_value *show = slt_value_get(item, "show");
    if (show && !show->count)
        return slt_schema_fail(check->walk, path, show,
                               "expected something to show, found none");
    return check_run(check, path, slt_value_get(item, "run"));
}

/* An item of statistics is a map, or a text that is a single name. */
static slt_status check_statistic(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *item)
{
    static const char *const of[2] = {"of"};
    slt_figure_expression found = {0};
    if (item->kind == SLT_VALUE_MAP)
        return check_expressions(check, path, item, of);
    if (strspn(item->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "0123456789_.") != strlen(item->text))
        return slt_schema_fail(check->walk, path, item,
                               "expected one name; an expression is {name, of}");
    return slt_figure_check_expression(check, path, item, SIZE_MAX, &found);
}

static slt_status check_item(const slt_figure_check *check, const char *key,
                             const slt_schema_path *path, const slt_value *item)
{
    static const char *const of[2] = {"of"}, *const points[2] = {"x", "y"};
    if (strcmp(key, "points") == 0)
        return check_expressions(check, path, item, points);
    if (strcmp(key, "curves") == 0)
        return check_curve(check, path, item);
    if (strcmp(key, "chains") == 0)
        return check_chains(check, path, item);
    if (strcmp(key, "statistics") == 0)
        return check_statistic(check, path, item);
    if (strcmp(key, "histograms") == 0)
        return check_histogram(check, path, item);
    return check_expressions(check, path, item, of);
}

static slt_status check_list(const slt_figure_check *check, const char *key)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, key, 0};
    const slt_value *list = slt_value_get(check->figure, key);
    slt_status status = slt_figure_check_names(check, &path, list, "name");
    for (size_t i = 0; list && i < list->count && slt_schema_goes_on(check->walk, status);
         i++) {
        const slt_schema_path item = {&path, NULL, i};
        status = slt_status_worse(status, check_item(check, key, &item, &list->items[i]));
    }
    return status;
}

slt_status slt_manifest_check_lists(const slt_figure_check *check)
{
    static const char *const keys[] = {"points", "histograms", "curves",
                                       "chains", "statistics", "clusters"};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (slt_schema_goes_on(check->walk, status))
            status = slt_status_worse(status, check_list(check, keys[i]));
    return status;
}
