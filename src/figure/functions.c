/* Which fingerprinted functions a figure calls. */
#include "figure/figure.h"

/* The expressions under key in the items of a list, or of a map of names; an item that
 * is a text is one itself. */
static slt_function_set of_items(const slt_value *part, const char *list, const char *key)
{
    const slt_value *items = slt_value_get(part, list);
    slt_function_set functions = 0;
    for (size_t i = 0; items && i < items->count; i++) {
        const slt_value *item = &items->items[i];
        const char *text =
            item->kind == SLT_VALUE_MAP ? slt_figure_text(item, key, NULL) : item->text;
        functions |= text ? slt_expression_functions(text) : 0;
    }
    return functions;
}

slt_function_set slt_figure_functions(const slt_value *part)
{
    static const char *const places[][2] = {
        {"measures", "value"}, {"points", "x"},      {"points", "y"},
        {"histograms", "of"},  {"statistics", "of"}, {"clusters", "of"},
        {"claims", "value"},
    };
    slt_function_set functions = 0;
    if (!part)
        return 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        functions |= of_items(part, places[i][0], places[i][1]);
    if (slt_value_get(part, "transitions")) /* ln n in the free energy */
        functions |= (slt_function_set)1 << SLT_FN_log;
    return functions;
}
