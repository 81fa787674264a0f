/* figure.bootstrap: percentile intervals of a fit's numbers, from resamples of its
 * points, or of the runs or blocks of trials that they are made of, drawn with
 * replacement. */
#include "figure/figure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "figure/fit_data.h"
#include "figure/order.h"
#include "num/draw.h"
#include "num/scalar.h"

#define NUMBERS_MAX (SLT_FIT_TERMS_MAX + 1) /* a0, a1, a2; and r2, always the last */
#define R2 SLT_FIT_TERMS_MAX

typedef struct bootstrap {
    const slt_bootstrap_spec *spec;
    const slt_fit_data *data;
    const slt_fit_points *points; /* of the fit */
    size_t *drawn;                /* units, in a resample of units */
    slt_real *x, *y;              /* a resample of points */
    slt_real *found[NUMBERS_MAX]; /* the values that the resamples gave */
    size_t counts[NUMBERS_MAX];
} bootstrap;

static slt_status bootstrap_create(bootstrap *b, slt_error *err)
{
    bool fine = true;
    b->drawn = slt_world.calloc(b->data->units + 1, sizeof *b->drawn);
    b->x = slt_world.calloc(b->points->count + 1, sizeof *b->x);
    b->y = slt_world.calloc(b->points->count + 1, sizeof *b->y);
    for (size_t i = 0; i < NUMBERS_MAX; i++) {
        b->found[i] = slt_world.calloc(b->spec->resamples, sizeof *b->found[i]);
        fine &= b->found[i] != NULL;
    }
    if (!b->drawn || !b->x || !b->y || !fine)
        return slt_fail(err, SLT_RESOURCE, "no memory for %" PRIu32 " resamples",
                        b->spec->resamples);
    return SLT_OK;
}

static void bootstrap_destroy(bootstrap *b)
{
    free(b->drawn);
    free(b->x);
    free(b->y);
    for (size_t i = 0; i < NUMBERS_MAX; i++)
        free(b->found[i]);
}

static slt_stream bootstrap_stream(const bootstrap *b, uint32_t resample)
{
    return slt_stream_of(b->spec->seed, SLT_DRAW_BOOTSTRAP, 0, 0, resample, 0);
}

/* Point j of the resample is point bounded(j, count) of the fit. */
static slt_status resample_points(bootstrap *b, uint32_t resample, slt_least_squares *fit,
                                  slt_error *err)
{
    const size_t count = b->points->count;
    for (size_t j = 0; j < count; j++) {
        size_t i = (size_t)slt_draw_bounded(bootstrap_stream(b, resample), j, count);
        b->x[j] = b->points->x[i];
        b->y[j] = b->points->y[i];
    }
    return slt_fit_solve(b->x, b->y, count, slt_fit_terms(b->data->spec), fit, err);
}

/* Unit j of the resample is unit bounded(j, units); its points are made anew. */
static slt_status resample_units(bootstrap *b, uint32_t resample, slt_least_squares *fit,
                                 slt_error *err)
{
    const size_t units = b->data->units;
    slt_fit_points points;
    for (size_t j = 0; j < units; j++)
        b->drawn[j] = (size_t)slt_draw_bounded(bootstrap_stream(b, resample), j, units);
    slt_status status =
        slt_fit_points_make(b->data, b->drawn, units, false, &points, err);
    if (!status)
        status = slt_fit_solve(points.x, points.y, points.count,
                               slt_fit_terms(b->data->spec), fit, err);
    slt_fit_points_free(&points);
    return status;
}

static void bootstrap_keep(bootstrap *b, size_t number, slt_real value)
{
    if (slt_real_finite(value))
        b->found[number][b->counts[number]++] = value;
}

/* Fits one resample.  One that has too few points, or whose columns are linearly
 * dependent, has no fit and is skipped. */
static slt_status fit_resample(bootstrap *b, uint32_t number, slt_error *err)
{
    slt_real x[SLT_FIT_TERMS_MAX];
    slt_least_squares fit = {.x = x};
    slt_status status = b->spec->over == SLT_BOOTSTRAP_POINTS
                            ? resample_points(b, number, &fit, err)
                            : resample_units(b, number, &fit, err);
    for (size_t j = 0; j < slt_fit_terms(b->data->spec) && !status; j++)
        bootstrap_keep(b, j, x[j]);
    if (!status)
        bootstrap_keep(b, R2, slt_fit_r2(&fit));
    return status == SLT_FORMAT ? SLT_OK : status;
}

/* ---- Rows -------------------------------------------------------------------------- */

static slt_status add_interval(slt_figure *figure, bootstrap *b, const char *label,
                               size_t number, slt_error *err)
{
    static const char *const names[NUMBERS_MAX] = {"a0", "a1", "a2", "r2"};
    slt_real rest = slt_real_sub(slt_real_of(1), b->spec->level);
    slt_real low = slt_real_div(rest, slt_real_of(2));
    slt_real *values = b->found[number];
    uint64_t n = b->counts[number];
    if (!n)
        return SLT_OK;
    const slt_table_origin origin = {.part = SLT_TABLE_BOOTSTRAP,
                                     .item =
                                         (size_t)(b->spec - figure->spec->bootstraps)};
    slt_status status = slt_order_sort(values, (size_t)n, err);
    for (size_t i = 0; i < 2 && !status; i++) {
        slt_real p = i ? slt_real_sub(slt_real_of(1), low) : low;
        status =
            slt_figure_add(figure, origin, "", slt_order_quantile(values, (size_t)n, p),
                           NULL, &n, err, "bootstrap.%s%s.%s.%s", b->spec->name, label,
                           names[number], i ? "high" : "low");
    }
    return status;
}

static slt_status run_resamples(slt_figure *figure, bootstrap *b, const char *label,
                                slt_error *err)
{
    slt_status status = bootstrap_create(b, err);
    for (uint32_t r = 0; r < b->spec->resamples && !status; r++)
        status = fit_resample(b, r, err);
    for (size_t i = 0; i < NUMBERS_MAX && !status; i++)
        status = add_interval(figure, b, label, i, err);
    bootstrap_destroy(b);
    return status;
}

static slt_status make_bootstrap(slt_figure *figure, const slt_measures *measures,
                                 const slt_fit_spec *fit, size_t first, const char *label,
                                 void *context, slt_error *err)
{
    slt_fit_data data;
    slt_fit_points points = {0};
    const slt_bootstrap_spec *spec = context;
    slt_status status = slt_fit_data_make(measures, fit, first,
                                          spec->over == SLT_BOOTSTRAP_BLOCKS, &data, err);
    if (!status)
        status = slt_fit_points_make(&data, NULL, 0, false, &points, err);
    if (!status) {
        bootstrap b = {.spec = spec, .data = &data, .points = &points};
        status = run_resamples(figure, &b, label + strlen(fit->name), err);
    }
    slt_fit_points_free(&points);
    slt_fit_data_free(&data);
    return status;
}

slt_status slt_bootstrap_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->bootstrap_count && !status; i++) {
        slt_bootstrap_spec *spec = &figure->spec->bootstraps[i];
        status = slt_fit_each(figure, measures, spec->fit, make_bootstrap, spec, err);
    }
    return status;
}
