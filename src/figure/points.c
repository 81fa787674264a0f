/* figure.points: a row a run, or an item of transitions. */
#include "figure/figure.h"

static slt_status add_points(slt_figure *figure, const slt_value *spec,
                             const slt_values *points, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < points->count && !status; i++) {
        char x[SLT_REAL_TEXT_MAX];
        uint64_t run = points->run[i];
        slt_real_text(points->x[i], x);
        status = slt_figure_add(figure, x, points->y[i], NULL, &run, err, "points.%s",
                                slt_figure_text(spec, "name", ""));
    }
    return status;
}

slt_status slt_point_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err)
{
    const slt_value *list = slt_value_get(figure->part, "points");
    slt_status status = SLT_OK;
    for (size_t i = 0; list && i < list->count && !status; i++) {
        const slt_value *spec = &list->items[i];
        slt_values points;
        status = slt_values_collect(measures, slt_value_get(spec, "where"),
                                    slt_figure_text(spec, "x", ""),
                                    slt_figure_text(spec, "y", ""), &points, err);
        if (!status)
            status = add_points(figure, spec, &points, err);
        slt_values_free(&points);
    }
    return status;
}
