/* figure.fit: least squares of points on powers of x. */
#include "figure/figure.h"

#include <stdlib.h>

#include "num/linalg.h"
#include "num/scalar.h"

size_t slt_fit_terms(const slt_fit_spec *spec)
{
    static const size_t terms[] = {
        [SLT_FIT_CONSTANT] = 1, [SLT_FIT_LINEAR] = 2, [SLT_FIT_QUADRATIC] = 3};
    return terms[spec->kind];
}

/* ---- Points ------------------------------------------------------------------------ */

/* A point for each group along an axis: the axis value and the mean of the group. */
static slt_status points_of_groups(const slt_measures *measures, const slt_groups *groups,
                                   size_t axis, slt_values *points, slt_error *err)
{
    *points = (slt_values){.run = calloc(groups->count + 1, sizeof *points->run),
                           .x = calloc(groups->count + 1, sizeof *points->x),
                           .y = calloc(groups->count + 1, sizeof *points->y),
                           .count = groups->count};
    if (!points->run || !points->x || !points->y)
        return slt_fail(err, SLT_RESOURCE, "no memory for its points");
    for (size_t i = 0; i < groups->count; i++) {
        const char *text = slt_manifest_value(measures->manifest, groups->run[i], axis);
        if (!slt_real_parse(text, &points->x[i]))
            return slt_fail(err, SLT_FORMAT, "the axis has the value '%s', no number",
                            text);
        points->run[i] = groups->run[i];
        points->y[i] = slt_real_mean(groups->values[i], groups->counts[i]);
    }
    return SLT_OK;
}

static slt_status points_of_axis(const slt_measures *measures, const slt_fit_spec *fit,
                                 slt_values *points, slt_error *err)
{
    const slt_rows_spec rows = {.by = fit->axis, .value = fit->y, .where = fit->where};
    slt_groups groups;
    if (fit->axis == SIZE_MAX)
        return slt_fail(err, SLT_FORMAT, "no sweep axis '%s'", fit->x);
    slt_status status = slt_groups_make(measures, &rows, &groups, err);
    if (!status)
        status = points_of_groups(measures, &groups, fit->axis, points, err);
    slt_groups_free(&groups);
    return status;
}

slt_status slt_fit_points(const slt_measures *measures, const slt_fit_spec *spec,
                          slt_values *points, slt_error *err)
{
    const slt_points_spec *from = spec->points;
    *points = (slt_values){0};
    return from
               ? slt_values_collect(measures, &from->where, from->x, from->y, points, err)
               : points_of_axis(measures, spec, points, err);
}

/* ---- Solving ----------------------------------------------------------------------- */

/* a[i] = 1, x, x x; b[i] = y. */
static void fill_system(const slt_real *x, const slt_real *y, slt_tensor *a,
                        slt_tensor *b)
{
    for (size_t i = 0; i < a->rows; i++) {
        slt_real power = slt_real_of(1);
        for (size_t j = 0; j < a->cols; j++) {
            slt_tensor_set(a, i * a->cols + j, power);
            power = slt_real_mul(power, x[i]);
        }
        slt_tensor_set(b, i, y[i]);
    }
}

slt_status slt_fit_solve(const slt_real *x, const slt_real *y, size_t count, size_t terms,
                         slt_least_squares *fit, slt_error *err)
{
    slt_tensor a = {0}, b = {0};
    if (count < terms)
        return slt_fail(err, SLT_FORMAT, "%zu points, expected at least %zu", count,
                        terms);
    slt_status status = slt_tensor_create(&a, SLT_F64, count, terms, err);
    if (!status)
        status = slt_tensor_create(&b, SLT_F64, count, 1, err);
    if (!status) {
        fill_system(x, y, &a, &b);
        status = slt_num_least_squares(&a, &b, fit, err);
    }
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    return status;
}

slt_real slt_fit_r2(const slt_least_squares *fit)
{
    if (!slt_real_less(slt_real_of(0), fit->tss))
        return slt_real_absent();
    return slt_real_sub(slt_real_of(1), slt_real_div(fit->rss, fit->tss));
}

/* ---- Rows -------------------------------------------------------------------------- */

static slt_status add_fit(slt_figure *figure, const slt_fit_spec *spec,
                          const slt_least_squares *fit, size_t terms, uint64_t n,
                          slt_error *err)
{
    static const char *const names[SLT_FIT_TERMS_MAX] = {"a0", "a1", "a2"};
    bool spare = n > terms; /* otherwise errors cannot be estimated */
    slt_real r2 = slt_fit_r2(fit);
    const slt_table_origin origin = {.part = SLT_TABLE_FIT,
                                     .item = (size_t)(spec - figure->spec->fits)};
    slt_status status = SLT_OK;
    for (size_t j = 0; j < terms && !status; j++)
        status =
            slt_figure_add(figure, origin, "", fit->x[j], spare ? &fit->errors[j] : NULL,
                           &n, err, "fit.%s.%s", spec->name, names[j]);
    if (!status && slt_real_finite(r2))
        status = slt_figure_add(figure, origin, "", r2, NULL, &n, err, "fit.%s.r2",
                                spec->name);
    if (!status)
        status = slt_figure_add(figure, origin, "", fit->rss, NULL, &n, err, "fit.%s.rss",
                                spec->name);
    return status;
}

static slt_status make_fit(slt_figure *figure, const slt_measures *measures,
                           const slt_fit_spec *spec, slt_error *err)
{
    size_t terms = slt_fit_terms(spec);
    slt_real x[SLT_FIT_TERMS_MAX], errors[SLT_FIT_TERMS_MAX];
    slt_values points;
    slt_status status = slt_fit_points(measures, spec, &points, err);
    slt_least_squares fit = {.x = x, .errors = points.count > terms ? errors : NULL};
    if (!status)
        status = slt_fit_solve(points.x, points.y, points.count, terms, &fit, err);
    if (!status)
        status = add_fit(figure, spec, &fit, terms, points.count, err);
    slt_values_free(&points);
    return status;
}

slt_status slt_fit_rows(slt_figure *figure, const slt_measures *measures, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->fit_count && !status; i++) {
        const slt_fit_spec *spec = &figure->spec->fits[i];
        slt_error inner;
        status = make_fit(figure, measures, spec, &inner);
        if (status)
            status = slt_fail(err, status, "%s:%d: figure.fit.%s: %s",
                              slt_manifest_path(figure->manifest), spec->place.line,
                              spec->name, inner.text);
    }
    return status;
}
