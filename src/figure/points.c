/* figure.points: a row for each run, or for each item of a list. */
#include "figure/figure.h"

static slt_status add_points(slt_figure *figure, const slt_points_spec *spec,
                             const slt_values *points, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_POINTS,
                                     .item = (size_t)(spec - figure->spec->points)};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < points->count && !status; i++) {
        char x[SLT_REAL_TEXT_MAX];
        uint64_t run = points->run[i];
        slt_real_text(points->x[i], x);
        status = slt_figure_add(figure, origin, x, points->y[i], NULL, &run, err,
                                "points.%s", spec->name);
    }
    return status;
}

slt_status slt_point_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->point_count && !status; i++) {
        const slt_points_spec *spec = &figure->spec->points[i];
        slt_values points;
        status =
            slt_values_collect(measures, &spec->where, spec->x, spec->y, &points, err);
        if (!status)
            status = add_points(figure, spec, &points, err);
        slt_values_free(&points);
    }
    return status;
}
