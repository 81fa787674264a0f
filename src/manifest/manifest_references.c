/* Checks the references and comparisons of `figure`. */
#include "manifest/manifest_figure_internal.h"

#include <string.h>

/* Takes any name for a column: which there are is known when the file is read. */
static slt_expression_name any_column(void *context, const char *text, size_t *size,
                                      slt_real *value, slt_error *why)
{
    (void)context;
    (void)value;
    (void)why;
    *size = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "0123456789_");
    return SLT_NAME_ABSENT;
}

static slt_status check_columns(const slt_figure_check *check,
                                const slt_schema_path *path, const slt_value *item)
{
    static const char *const keys[] = {"x", "y", "error", "n"};
    const slt_expression_names names = {NULL, any_column};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const slt_schema_path at = {path, keys[i], 0};
        const slt_value *text = slt_value_get(item, keys[i]);
        slt_error why;
        if (text && slt_expression_check(text->text, &names, &why))
            return slt_schema_fail(check->walk, &at, text, "%s", why.text);
    }
    return SLT_OK;
}

static slt_status check_reference_of(const slt_figure_check *check,
                                     const slt_schema_path *path, const slt_value *item,
                                     const slt_comparison_spec *spec)
{
    const slt_value *name = slt_value_get(item, "reference");
    return spec->reference
               ? SLT_OK
               : slt_schema_fail(check->walk, path, name,
                                 "no figure.references are named %s", name->text);
}

slt_status slt_manifest_check_references(const slt_figure_check *check)
{
    const slt_schema_path up = {NULL, "figure", 0};
    const slt_schema_path references = {&up, "references", 0};
    const slt_schema_path comparisons = {&up, "comparisons", 0};
    const slt_value *list = slt_value_get(check->figure, "references");
    const slt_value *compared = slt_value_get(check->figure, "comparisons");
    slt_status status = slt_figure_check_names(check, &references, list, "name");
    for (size_t i = 0; list && i < list->count && !status; i++) {
        const slt_schema_path item = {&references, NULL, i};
        status = check_columns(check, &item, &list->items[i]);
    }
    if (!status)
        status = slt_figure_check_names(check, &comparisons, compared, "name");
    for (size_t i = 0; compared && i < compared->count && !status; i++) {
        const slt_schema_path item = {&comparisons, NULL, i};
        status = check_reference_of(check, &item, &compared->items[i],
                                    &check->manifest->figure_spec.comparisons[i]);
    }
    return status;
}
