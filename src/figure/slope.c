/* The local slopes of an exponent's points, which tell whether its window is one: least
 * squares of so many neighbours in the order of x, whether the window has them or not. */
#include "figure/figure.h"

#include <stdlib.h>

#include "base/world.h"
#include "figure/fit_data.h"
#include "figure/order.h"
#include "num/scalar.h"

static slt_status sort_points(slt_fit_points *points, slt_error *err)
{
    const size_t n = points->count;
    slt_fit_points sorted = {.x = slt_world.calloc(n + 1, sizeof *sorted.x),
                             .y = slt_world.calloc(n + 1, sizeof *sorted.y),
                             .count = n};
    size_t *order = slt_world.calloc(n + 1, sizeof *order);
    slt_status status = sorted.x && sorted.y && order
                            ? slt_order_find(points->x, n, order, err)
                            : slt_fail(err, SLT_RESOURCE, "no memory for %zu points", n);
    for (size_t i = 0; i < n && !status; i++) {
        sorted.x[i] = points->x[order[i]];
        sorted.y[i] = points->y[order[i]];
    }
    free(order);
    slt_fit_points_free(status ? &sorted : points);
    if (!status)
        *points = sorted;
    return status;
}

/* The slope of `local` neighbours at the geometric mean of the outer two. */
static slt_status add_slope(slt_figure *figure, const slt_fit_spec *spec,
                            const char *label, const slt_fit_points *points, size_t at,
                            slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_SLOPE,
                                     .item = (size_t)(spec - figure->spec->fits)};
    const size_t local = (size_t)spec->local;
    slt_real a[2], errors[2];
    slt_least_squares fit = {.x = a, .errors = local > 2 ? errors : NULL};
    char x[SLT_REAL_TEXT_MAX];
    const slt_real middle = slt_real_div(
        slt_real_add(points->x[at], points->x[at + local - 1]), slt_real_of(2));
    slt_status status =
        slt_fit_solve(points->x + at, points->y + at, local, 2, &fit, err);
    if (status)
        return status == SLT_FORMAT ? SLT_OK : status; /* all at one x */
    const uint64_t n = local;
    slt_real_text(slt_real_exp(middle), x);
    return slt_figure_add(figure, origin, x, a[1], fit.errors ? &errors[1] : NULL, &n,
                          err, "slope.%s", label);
}

static slt_status make_slopes(slt_figure *figure, const slt_measures *measures,
                              const slt_fit_spec *spec, size_t first, const char *label,
                              void *context, slt_error *err)
{
    (void)context;
    slt_fit_data data;
    slt_fit_points points = {0};
    slt_status status = slt_fit_data_make(measures, spec, first, false, &data, err);
    if (!status)
        status = slt_fit_points_make(&data, NULL, 0, true, &points, err);
    if (!status)
        status = sort_points(&points, err);
    for (size_t i = 0; i + spec->local <= points.count && !status; i++)
        status = add_slope(figure, spec, label, &points, i, err);
    slt_fit_points_free(&points);
    slt_fit_data_free(&data);
    return status;
}

slt_status slt_slope_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->fit_count && !status; i++)
        if (figure->spec->fits[i].kind == SLT_FIT_EXPONENT)
            status = slt_fit_each(figure, measures, &figure->spec->fits[i], make_slopes,
                                  NULL, err);
    return status;
}
