/* Checks of `figure` that involve several fields, which the schema cannot express. */
#include "manifest/manifest_figure_internal.h"

#include <string.h>

#include "manifest/claim.h"

static slt_status check_row(const slt_figure_check *check, const slt_schema_path *path,
                            const slt_value *row)
{
    const slt_schema_path value = {path, "value", 0};
    slt_status status =
        slt_figure_check_result(check, &value, slt_value_get(row, "value"));
    return status ? status : slt_figure_check_where(check, path, row);
}

static slt_status check_rows(const slt_figure_check *check)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "rows", 0};
    const slt_value *rows = slt_value_get(check->figure, "rows");
    if (!rows || rows->kind == SLT_VALUE_MAP)
        return rows ? check_row(check, &path, rows) : SLT_OK;
    slt_status status = slt_figure_check_names(check, &path, rows, "name");
    for (size_t i = 0; i < rows->count && slt_schema_goes_on(check->walk, status); i++) {
        const slt_schema_path item = {&path, NULL, i};
        status = slt_status_worse(status, check_row(check, &item, &rows->items[i]));
    }
    return status;
}

/* The list of names; a single one may be written without brackets. */
static slt_status check_summary(const slt_figure_check *check)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "summary", 0};
    const slt_value *summary = slt_value_get(check->figure, "summary"), *names;
    const size_t count = summary ? slt_schema_items(summary, &names) : 0;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && slt_schema_goes_on(check->walk, status); i++)
        status =
            slt_status_worse(status, slt_figure_check_result(check, &path, &names[i]));
    return status;
}

static slt_status check_named(const slt_figure_check *check, const char *key,
                              const char *name)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, key, 0};
    return slt_figure_check_names(check, &path, slt_value_get(check->figure, key), name);
}

static slt_status check_claims(const slt_figure_check *check)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "claims", 0};
    const slt_value *claims = slt_value_get(check->figure, "claims");
    slt_status status = check_named(check, "claims", "id");
    for (size_t i = 0;
         claims && i < claims->count && slt_schema_goes_on(check->walk, status); i++) {
        const slt_value *value = slt_value_get(&claims->items[i], "value");
        if (value->text && !slt_claim_names_something(value->text))
            status = slt_status_worse(
                status, slt_schema_fail(check->walk, &path, value,
                                        "expected an expression of the figure's data or "
                                        "of settings; this one names neither"));
    }
    return status;
}

static slt_status check_field_names(const slt_figure_check *check)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "checkpoints", 0};
    const slt_value *list = slt_value_get(check->figure, "checkpoints");
    for (size_t i = 0; list && i < list->count; i++) {
        const slt_schema_path item = {&path, NULL, i}, at = {&item, "of", 0};
        const slt_value *fields = slt_value_get(&list->items[i], "of");
        const slt_value *step = slt_value_get(fields, "step");
        const slt_value *time = slt_value_get(fields, "time");
        if (step || time)
            return slt_schema_fail(check->walk, &at, step ? step : time,
                                   "`%s` is where the checkpoint is",
                                   step ? "step" : "time");
    }
    return SLT_OK;
}

/* Transitions and checkpoints are called by name in the same expressions. */
static slt_status check_list_names(const slt_figure_check *check)
{
    const slt_schema_path up = {NULL, "figure", 0}, path = {&up, "checkpoints", 0};
    const slt_figure_spec *spec = &check->manifest->figure_spec;
    const slt_value *list = slt_value_get(check->figure, "checkpoints");
    slt_status status = check_named(check, "transitions", "name");
    if (!status)
        status = check_named(check, "checkpoints", "name");
    for (size_t i = 0; !status && i < spec->checkpoint_count; i++)
        for (size_t j = 0; !status && j < spec->transition_count; j++)
            if (strcmp(spec->checkpoints[i].name, spec->transitions[j].name) == 0)
                status = slt_schema_fail(check->walk, &path, &list->items[i],
                                         "transitions have the name %s too",
                                         spec->checkpoints[i].name);
    return status ? status : check_field_names(check);
}

/* The axes that expressions may name: those whose values are numbers. */
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

slt_status slt_manifest_check_figure(const slt_manifest *manifest,
                                     slt_manifest_errors *found, slt_error *err)
{
    static slt_status (*const checks[])(const slt_figure_check *) = {
        check_rows,
        check_summary,
        check_claims,
        check_list_names,
        slt_manifest_check_measures,
        slt_manifest_check_lists,
        slt_manifest_check_fits,
        slt_manifest_check_references,
        slt_manifest_check_panels,
    };
    const slt_schema_walk walk = {.file = manifest->path, .err = err, .found = found};
    slt_figure_check check = {manifest, &walk, manifest->figure, {0}};
    slt_status status = SLT_OK;
    if (!manifest->figure)
        return SLT_OK;
    name_axes(&check);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (slt_schema_goes_on(&walk, status))
            status = slt_status_worse(status, checks[i](&check));
    return status;
}
