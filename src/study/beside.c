/* The closed form beside a figure's rows; advisory. */
#include "study/figure.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/theory.h>

/* A whole number under key; `$axis` is the axis' value in the run. */
static bool read_size(const slt_figure *figure, const slt_value *spec, const char *key,
                      size_t run, int64_t *size)
{
    const slt_value *value = slt_value_get(spec, key);
    const char *text = value && value->text ? value->text : "";
    char *end;
    size_t axes = slt_manifest_axes(figure->manifest);
    size_t axis = axes;
    if (value && value->axis)
        axis = (size_t)value->axis - 1;
    else if (*text == '$')
        axis = slt_figure_axis(figure->manifest, text + 1);
    if (axis < axes)
        text = slt_manifest_value(figure->manifest, run, axis);
    *size = strtoll(text, &end, 10);
    return *text && !*end;
}

bool slt_figure_theory(const slt_figure *figure, size_t row, slt_real *value)
{
    const slt_value *theory = figure->part ? slt_value_get(figure->part, "theory") : NULL;
    const slt_value *rrr = theory ? slt_value_get(theory, "rrr") : NULL;
    int64_t in, hidden, out, rank;
    slt_lambda lambda;
    if (!rrr || !figure->first_run)
        return false;
    size_t run = figure->first_run[row];
    if (!read_size(figure, rrr, "in", run, &in) ||
        !read_size(figure, rrr, "hidden", run, &hidden) ||
        !read_size(figure, rrr, "out", run, &out) ||
        !read_size(figure, rrr, "rank", run, &rank))
        return false;
    if (slt_theory_rrr(in, hidden, out, rank, &lambda, NULL))
        return false;
    *value =
        slt_real_of((double)lambda.lambda.numerator / (double)lambda.lambda.denominator);
    return true;
}
