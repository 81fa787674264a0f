/* figure.curves: what the checkpoints of one run show, by step. */
#include "figure/figure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "manifest/schema.h"

static slt_status add_curve(slt_figure *figure, const slt_value *spec,
                            const slt_curve *curve, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < curve->count && !status; i++) {
        char x[24];
        snprintf(x, sizeof x, "%" PRIu64, curve->points[i].step);
        status =
            slt_figure_add(figure, x, curve->points[i].value, NULL, NULL, err,
                           "curve.%s.%s", slt_figure_text(spec, "name", ""), curve->name);
    }
    return status;
}

/* A metric of that name, else the results NAME@STEP. */
static slt_status one_curve(slt_figure *figure, const slt_measures *measures,
                            const slt_value *spec, const slt_value *of, slt_error *err)
{
    size_t run = (size_t)slt_value_get(spec, "run")->magnitude;
    const slt_outcome *outcome = &measures->outcomes[run];
    const slt_curve *metric = slt_outcome_curve(outcome, of->text);
    slt_curve series = {0};
    if (metric && metric->count)
        return add_curve(figure, spec, metric, err);
    slt_status status = slt_outcome_series(outcome, of->text, &series, err);
    if (!status && !series.count)
        status =
            slt_fail(err, SLT_FORMAT,
                     "%s:%d:%d: figure.curves: run %zu has neither a metric '%s' nor "
                     "results '%s@STEP'",
                     slt_manifest_path(figure->manifest), of->line, of->column, run,
                     of->text, of->text);
    if (!status)
        status = add_curve(figure, spec, &series, err);
    free(series.points);
    return status;
}

slt_status slt_curve_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err)
{
    const slt_value *list = slt_value_get(figure->part, "curves");
    slt_status status = SLT_OK;
    for (size_t i = 0; list && i < list->count && !status; i++) {
        const slt_value *items;
        size_t count = slt_schema_items(slt_value_get(&list->items[i], "of"), &items);
        for (size_t j = 0; j < count && !status; j++)
            status = one_curve(figure, measures, &list->items[i], &items[j], err);
    }
    return status;
}
