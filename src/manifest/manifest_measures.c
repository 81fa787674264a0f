/* Checks the measures of `figure`: which keys go together, and what they name. */
#include "manifest/manifest_figure_internal.h"

#include <string.h>

/* The forms of a measure: the key that makes the form, the keys that may go with it, and
 * the one of those that is required. */
static const struct {
    const char *key;
    const char *with[4], *needs;
    bool over_items; /* its expression is over the items of a list */
} forms[] = {
    {"first", {"at_least", "below", "every"}, NULL, false},
    {"metric", {"at"}, "at", false},
    {"result", {"at"}, NULL, false},
    {"part", {"of", "llc"}, "of", false},
    {"value", {"above", "below"}, NULL, false},
    {"mean", {NULL}, NULL, true},
    {"max", {"give"}, NULL, true},
    {"min", {"give"}, NULL, true},
};
#define FORMS (sizeof forms / sizeof *forms)

static size_t find_form(const char *key)
{
    size_t i = 0;
    while (i < FORMS && strcmp(forms[i].key, key) != 0)
        i++;
    return i;
}

static bool goes_with(size_t form, const char *key)
{
    for (size_t i = 0; i < 4 && forms[form].with[i]; i++)
        if (strcmp(forms[form].with[i], key) == 0)
            return true;
    return false;
}

/* Finds the form of a measure; it must have exactly one. */
static slt_status choose_form(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *measure, size_t *form)
{
    *form = FORMS;
    for (size_t i = 0; i < measure->count; i++) {
        size_t found = find_form(measure->keys[i]);
        if (found == FORMS)
            continue;
        if (*form != FORMS)
            return slt_schema_fail(check->walk, path, measure, "either %s or %s",
                                   forms[*form].key, forms[found].key);
        *form = found;
    }
    if (*form == FORMS)
        return slt_schema_fail(
            check->walk, path, measure,
            "expected one of first, metric, result, part, value, mean, max "
            "or min");
    return SLT_OK;
}

static slt_status check_keys(const slt_figure_check *check, const slt_schema_path *path,
                             const slt_value *measure, size_t form)
{
    for (size_t i = 0; i < measure->count; i++)
        if (find_form(measure->keys[i]) == FORMS && strcmp(measure->keys[i], "if") != 0 &&
            !goes_with(form, measure->keys[i]))
            return slt_schema_fail(check->walk, path, &measure->items[i],
                                   "%s does not go with %s", measure->keys[i],
                                   forms[form].key);
    if (forms[form].needs && !slt_value_get(measure, forms[form].needs))
        return slt_schema_fail(check->walk, path, measure, "missing key '%s' beside %s",
                               forms[form].needs, forms[form].key);
    return SLT_OK;
}

/* ---- Each form --------------------------------------------------------------------- */

static slt_status check_first(const slt_figure_check *check, const slt_schema_path *path,
                              const slt_value *measure)
{
    if (!slt_value_get(measure, "at_least") == !slt_value_get(measure, "below"))
        return slt_schema_fail(check->walk, path, measure,
                               "expected either at_least or below");
    return SLT_OK;
}

/* `at` is a step, `last`, or one of the measures before this one, which is the
 * index-th. */
static slt_status check_at(const slt_figure_check *check, const slt_schema_path *path,
                           const slt_value *measure, size_t index)
{
    const slt_value *at = slt_value_get(measure, "at");
    const slt_value *measures = slt_value_get(check->figure, "measures");
    if (!at || at->kind != SLT_VALUE_TEXT || strcmp(at->text, "last") == 0)
        return SLT_OK;
    for (size_t i = 0; i < index; i++)
        if (strcmp(measures->keys[i], at->text) == 0)
            return SLT_OK;
    return slt_schema_fail(check->walk, path, at,
                           "expected a step, last or an earlier measure, found '%s'",
                           at->text);
}

static slt_status check_result(const slt_figure_check *check, const slt_schema_path *path,
                               const slt_value *measure)
{
    const slt_value *result = slt_value_get(measure, "result");
    bool series = result->text[strlen(result->text) - 1] == '@';
    if (series == (slt_value_get(measure, "at") != NULL))
        return SLT_OK;
    return slt_schema_fail(check->walk, path, result,
                           series ? "'%s' is the result of one checkpoint: expected `at`"
                                  : "'%s' with `at`: expected a name that ends in @",
                           result->text);
}

/* Whether a run has the word `none` here. */
static bool says_none(const slt_sweep *sweep, const slt_value *word)
{
    const slt_value *list = word->axis > 0 ? sweep->axes[word->axis - 1].list : NULL;
    for (size_t i = 0; list && i < list->count; i++)
        if (!strcmp(list->items[i].text, "none"))
            return true;
    return !strcmp(word->text, "none");
}

/* The part must be one of the `of` parts of an estimate that the run has.  Its losses
 * must be stored, unless the parts are the quarters, which a trace has in any case. */
static slt_status check_part(const slt_figure_check *check, const slt_schema_path *path,
                             const slt_value *measure, size_t index)
{
    const slt_measure_spec *spec = &check->manifest->figure_spec.measures[index];
    const slt_value *part = slt_value_get(measure, "part");
    const slt_value *of = slt_value_get(measure, "of");
    const slt_value *llc = slt_value_get(measure, "llc");
    const slt_value *estimates = slt_value_get(check->manifest->run, "llc");
    size_t count = estimates ? estimates->count : 0;
    if (spec->part > spec->parts)
        return slt_schema_fail(check->walk, path, part, "expected a part of the %s parts",
                               of->text);
    if (spec->llc > count)
        return slt_schema_fail(check->walk, path, llc ? llc : measure,
                               "expected an estimate of the run: it has %zu", count);
    const slt_value *stored =
        slt_value_get(&estimates->items[spec->llc - 1], "store_losses");
    if (stored && says_none(&check->manifest->sweep, stored) && spec->parts != 4)
        return slt_schema_fail(check->walk, path, of,
                               "expected 4: that estimate stores no losses, only the "
                               "means of their quarters");
    return SLT_OK;
}

/* The expressions of a measure, over the measures before it, the index-th. */
static slt_status check_expressions(const slt_figure_check *check,
                                    const slt_schema_path *path, const slt_value *measure,
                                    size_t form, size_t index)
{
    slt_figure_expression found = {0};
    const slt_value *value = slt_value_get(measure, forms[form].key);
    const slt_value *give = slt_value_get(measure, "give");
    slt_status status = slt_figure_check_expression(check, path, value, index, &found);
    if (!status && found.has_list && !forms[form].over_items)
        status = slt_schema_fail(check->walk, path, value,
                                 "a measure is one number of a run: items are used in "
                                 "mean, max and min, and in points, histograms, "
                                 "statistics and clusters");
    if (!status && !found.has_list && forms[form].over_items)
        status = slt_schema_fail(check->walk, path, value,
                                 "expected a field of transitions or checkpoints: %s is "
                                 "over the items of a list",
                                 forms[form].key);
    if (!status && give)
        status = slt_figure_check_expression(check, path, give, index, &found);
    return status;
}

static slt_status check_condition(const slt_figure_check *check,
                                  const slt_schema_path *path, const slt_value *measure,
                                  size_t index)
{
    slt_figure_expression found = {0};
    const slt_value *condition = slt_value_get(measure, "if");
    if (!condition)
        return SLT_OK;
    slt_status status =
        slt_figure_check_expression(check, path, condition, index, &found);
    if (!status && found.has_list)
        return slt_schema_fail(check->walk, path, condition,
                               "a condition is of a run, not of the items of a list");
    return status;
}

/* ---- All --------------------------------------------------------------------------- */

static slt_status check_name(const slt_figure_check *check, const slt_schema_path *path,
                             const char *name, const slt_value *measure)
{
    for (size_t i = 0; i < check->manifest->sweep.axis_count; i++)
        if (strcmp(check->manifest->sweep.names[i], name) == 0)
            return slt_schema_fail(check->walk, path, measure,
                                   "a sweep axis has this name");
    if (strcmp(name, "last") == 0)
        return slt_schema_fail(check->walk, path, measure,
                               "`last` is the last checkpoint");
    return SLT_OK;
}

static slt_status check_measure(const slt_figure_check *check,
                                const slt_schema_path *path, size_t index)
{
    const slt_value *measures = slt_value_get(check->figure, "measures");
    const slt_value *measure = &measures->items[index];
    const char *name = measures->keys[index];
    size_t form;
    slt_status status = check_name(check, path, name, measure);
    if (!status)
        status = choose_form(check, path, measure, &form);
    if (!status)
        status = check_keys(check, path, measure, form);
    if (!status)
        status = check_at(check, path, measure, index);
    if (!status)
        status = check_condition(check, path, measure, index);
    if (status)
        return status;
    if (strcmp(forms[form].key, "first") == 0)
        return check_first(check, path, measure);
    if (strcmp(forms[form].key, "result") == 0)
        return check_result(check, path, measure);
    if (strcmp(forms[form].key, "part") == 0)
        return check_part(check, path, measure, index);
    if (slt_measure_expression(&check->manifest->figure_spec.measures[index]))
        return check_expressions(check, path, measure, form, index);
    return SLT_OK;
}

slt_status slt_manifest_check_measures(const slt_figure_check *check)
{
    const slt_schema_path top = {NULL, "figure", 0}, up = {&top, "measures", 0};
    const slt_value *measures = slt_value_get(check->figure, "measures");
    slt_status status = SLT_OK;
    for (size_t i = 0;
         measures && i < measures->count && slt_schema_goes_on(check->walk, status);
         i++) {
        const slt_schema_path path = {&up, measures->keys[i], 0};
        status = slt_status_worse(status, check_measure(check, &path, i));
    }
    return status;
}
