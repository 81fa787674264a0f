/* Which fingerprinted functions a figure calls. */
#include "figure/figure.h"

static slt_function_set functions_of(const char *const *texts, size_t count)
{
    slt_function_set functions = 0;
    for (size_t i = 0; i < count; i++)
        functions |= texts[i] ? slt_expression_functions(texts[i]) : 0;
    return functions;
}

slt_function_set slt_figure_functions(const slt_figure_spec *spec)
{
    slt_function_set functions = 0;
    if (!spec)
        return 0;
    for (size_t i = 0; i < spec->measure_count; i++) {
        const slt_measure_spec *measure = &spec->measures[i];
        const char *const texts[] = {slt_measure_expression(measure), measure->give,
                                     measure->condition};
        functions |= functions_of(texts, sizeof texts / sizeof *texts);
    }
    for (size_t i = 0; i < spec->point_count; i++)
        functions |= slt_expression_functions(spec->points[i].x) |
                     slt_expression_functions(spec->points[i].y);
    for (size_t i = 0; i < spec->curve_count; i++)
        functions |= spec->curves[i].x ? slt_expression_functions(spec->curves[i].x) : 0;
    for (size_t i = 0; i < spec->fit_count; i++) {
        const slt_fit_spec *fit = &spec->fits[i];
        functions |= fit->from ? slt_expression_functions(fit->from) : 0;
        functions |= fit->to ? slt_expression_functions(fit->to) : 0;
        if (fit->kind == SLT_FIT_EXPONENT) /* exp: of the abscissas of its slopes */
            functions |= (slt_function_set)1 << SLT_FN_log | (slt_function_set)1
                                                                 << SLT_FN_exp;
    }
    for (size_t i = 0; i < spec->histogram_count; i++)
        functions |= functions_of(&spec->histograms[i].of, 1);
    for (size_t i = 0; i < spec->statistic_count; i++)
        functions |= slt_expression_functions(spec->statistics[i].of);
    for (size_t i = 0; i < spec->cluster_count; i++)
        functions |= slt_expression_functions(spec->clusters[i].of);
    for (size_t i = 0; i < spec->reference_count; i++) {
        const slt_reference_spec *reference = &spec->references[i];
        const char *const texts[] = {reference->x, reference->y, reference->error,
                                     reference->n};
        functions |= functions_of(texts, sizeof texts / sizeof *texts);
    }
    for (size_t i = 0; i < spec->comparison_count; i++)
        if (spec->comparisons[i].chi2 == SLT_CHI2_LOGS)
            functions |= (slt_function_set)1 << SLT_FN_log;
    for (size_t i = 0; i < spec->claim_count; i++)
        functions |= slt_expression_functions(spec->claims[i].value);
    if (spec->transition_count) /* ln n in the free energy */
        functions |= (slt_function_set)1 << SLT_FN_log;
    return functions;
}
