/* figure.bootstrap: percentile intervals of a fit's numbers, from resamples of its points
 * drawn with replacement. */
#include "figure/figure.h"

#include <stdlib.h>

#include "figure/order.h"
#include "num/draw.h"
#include "num/scalar.h"

#define NUMBERS_MAX (SLT_FIT_TERMS_MAX + 1) /* a0, a1, a2; and r2, always the last */
#define R2 SLT_FIT_TERMS_MAX

typedef struct bootstrap {
    const slt_values *points;
    size_t terms;
    uint64_t seed;
    slt_real *x, *y;              /* one resample */
    slt_real *found[NUMBERS_MAX]; /* the values that the resamples gave */
    size_t counts[NUMBERS_MAX];
} bootstrap;

static slt_status bootstrap_create(bootstrap *b, size_t resamples, slt_error *err)
{
    bool fine = true;
    b->x = calloc(b->points->count + 1, sizeof *b->x);
    b->y = calloc(b->points->count + 1, sizeof *b->y);
    for (size_t i = 0; i < NUMBERS_MAX; i++) {
        b->found[i] = calloc(resamples, sizeof *b->found[i]);
        fine &= b->found[i] != NULL;
    }
    if (!b->x || !b->y || !fine)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu resamples", resamples);
    return SLT_OK;
}

static void bootstrap_destroy(bootstrap *b)
{
    free(b->x);
    free(b->y);
    for (size_t i = 0; i < NUMBERS_MAX; i++)
        free(b->found[i]);
}

/* Point j of the resample is point bounded(j, count) of the fit. */
static void draw_resample(bootstrap *b, uint32_t resample)
{
    slt_stream stream = slt_stream_of(b->seed, SLT_DRAW_BOOTSTRAP, 0, 0, resample, 0);
    for (size_t j = 0; j < b->points->count; j++) {
        size_t i = (size_t)slt_draw_bounded(stream, j, b->points->count);
        b->x[j] = b->points->x[i];
        b->y[j] = b->points->y[i];
    }
}

static void bootstrap_keep(bootstrap *b, size_t number, slt_real value)
{
    if (slt_real_finite(value))
        b->found[number][b->counts[number]++] = value;
}

/* Fits one resample.  One whose columns are linearly dependent has no fit and is
 * skipped. */
static slt_status fit_resample(bootstrap *b, uint32_t number, slt_error *err)
{
    slt_real x[SLT_FIT_TERMS_MAX];
    slt_least_squares fit = {.x = x};
    draw_resample(b, number);
    slt_status status = slt_fit_solve(b->x, b->y, b->points->count, b->terms, &fit, err);
    for (size_t j = 0; j < b->terms && !status; j++)
        bootstrap_keep(b, j, x[j]);
    if (!status)
        bootstrap_keep(b, R2, slt_fit_r2(&fit));
    return status == SLT_FORMAT ? SLT_OK : status;
}

static slt_status add_interval(slt_figure *figure, const slt_bootstrap_spec *spec,
                               bootstrap *b, size_t number, slt_error *err)
{
    static const char *const names[NUMBERS_MAX] = {"a0", "a1", "a2", "r2"};
    slt_real rest = slt_real_sub(slt_real_of(1), spec->level);
    slt_real low = slt_real_div(rest, slt_real_of(2));
    slt_real *values = b->found[number];
    uint64_t n = b->counts[number];
    if (!n)
        return SLT_OK;
    const slt_table_origin origin = {.part = SLT_TABLE_BOOTSTRAP,
                                     .item = (size_t)(spec - figure->spec->bootstraps)};
    slt_status status = slt_order_sort(values, (size_t)n, err);
    for (size_t i = 0; i < 2 && !status; i++) {
        slt_real p = i ? slt_real_sub(slt_real_of(1), low) : low;
        status = slt_figure_add(
            figure, origin, "", slt_order_quantile(values, (size_t)n, p), NULL, &n, err,
            "bootstrap.%s.%s.%s", spec->name, names[number], i ? "high" : "low");
    }
    return status;
}

static slt_status run_resamples(slt_figure *figure, const slt_bootstrap_spec *spec,
                                bootstrap *b, slt_error *err)
{
    b->seed = spec->seed;
    slt_status status = bootstrap_create(b, spec->resamples, err);
    for (uint32_t r = 0; r < spec->resamples && !status; r++)
        status = fit_resample(b, r, err);
    for (size_t i = 0; i < NUMBERS_MAX && !status; i++)
        status = add_interval(figure, spec, b, i, err);
    bootstrap_destroy(b);
    return status;
}

static slt_status make_bootstrap(slt_figure *figure, const slt_measures *measures,
                                 const slt_bootstrap_spec *spec, slt_error *err)
{
    slt_values points;
    slt_status status = slt_fit_points(measures, spec->fit, &points, err);
    if (!status) {
        bootstrap b = {.points = &points, .terms = slt_fit_terms(spec->fit)};
        status = run_resamples(figure, spec, &b, err);
    }
    slt_values_free(&points);
    return status;
}

slt_status slt_bootstrap_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->bootstrap_count && !status; i++)
        status = make_bootstrap(figure, measures, &figure->spec->bootstraps[i], err);
    return status;
}
