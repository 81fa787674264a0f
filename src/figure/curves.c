/* figure.curves: metrics and estimates at the checkpoints of one run, by step. */
#include "figure/figure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static slt_status add_curve(slt_figure *figure, const slt_curves_spec *spec,
                            size_t metric, const slt_curve *curve, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_CURVE,
                                     .item = (size_t)(spec - figure->spec->curves),
                                     .metric = metric};
    char of[SLT_QUANTITY_TEXT_MAX];
    slt_status status = SLT_OK;
    slt_quantity_text(&curve->quantity, of);
    for (size_t i = 0; i < curve->count && !status; i++) {
        char x[24];
        snprintf(x, sizeof x, "%" PRIu64, curve->points[i].step);
        status = slt_figure_add(figure, origin, x, curve->points[i].value, NULL, NULL,
                                err, "curve.%s.%s", spec->name, of);
    }
    return status;
}

/* Adds the curve of a metric, or of an estimate's result at its checkpoints. */
static slt_status make_curve(slt_figure *figure, const slt_measures *measures,
                             const slt_curves_spec *spec, const slt_figure_value *of,
                             slt_error *err)
{
    slt_curve made;
    const slt_curve *curve;
    slt_status status =
        slt_outcome_along(&measures->outcomes[spec->run], of, &made, &curve, err);
    if (!status && !(curve && curve->count))
        status =
            slt_fail(err, SLT_FORMAT,
                     "%s:%d:%d: figure.curves: run %zu has neither a metric '%s' nor "
                     "results '%s@STEP'",
                     slt_manifest_path(figure->manifest), of->place.line,
                     of->place.column, spec->run, of->text, of->text);
    if (!status)
        status = add_curve(figure, spec, (size_t)(of - spec->of), curve, err);
    free(made.points);
    return status;
}

slt_status slt_curve_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->curve_count && !status; i++) {
        const slt_curves_spec *spec = &figure->spec->curves[i];
        for (size_t j = 0; j < spec->of_count && !status; j++)
            status = make_curve(figure, measures, spec, &spec->of[j], err);
    }
    return status;
}
