/* figure.points: a row for each run, or for each item of a list. */
#include "figure/figure.h"

#include <stdlib.h>

#include "base/world.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's points");
}

static slt_status add_point(slt_figure *figure, const slt_points_spec *spec,
                            const slt_values *points, size_t i, const char *series,
                            slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_POINTS,
                                     .item = (size_t)(spec - figure->spec->points)};
    char x[SLT_REAL_TEXT_MAX];
    const uint64_t run = points->run[i];
    slt_real_text(points->x[i], x);
    return slt_figure_add(figure, origin, x, points->y[i], NULL, &run, err, "points.%s%s",
                          spec->name, series);
}

/* Adds the points of one series after the other, in the order in which they begin. */
static slt_status add_points(slt_figure *figure, const slt_points_spec *spec,
                             const slt_values *points, bool *added, slt_error *err)
{
    slt_buffer series = {0};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < points->count && !status; i++) {
        const size_t run = points->run[i];
        if (added[i])
            continue;
        status = slt_figure_name_series(figure->manifest, spec->series,
                                        spec->series_count, run, &series, err);
        for (size_t j = i; j < points->count && !status; j++)
            if (!added[j] &&
                slt_figure_same_series(figure->manifest, spec->series, spec->series_count,
                                       run, points->run[j])) {
                status =
                    add_point(figure, spec, points, j, slt_buffer_text(&series), err);
                added[j] = true;
            }
    }
    slt_buffer_free(&series);
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
        bool *added = status ? NULL : slt_world.calloc(points.count + 1, sizeof *added);
        if (!status)
            status =
                added ? add_points(figure, spec, &points, added, err) : no_memory(err);
        free(added);
        slt_values_free(&points);
    }
    return status;
}
