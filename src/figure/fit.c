/* figure.fit: least squares of points on powers of x, or of their logarithms. */
#include "figure/figure.h"

#include <stdlib.h>

#include "figure/fit_data.h"

#include "num/linalg.h"
#include "num/scalar.h"

size_t slt_fit_terms(const slt_fit_spec *spec)
{
    static const size_t terms[] = {[SLT_FIT_CONSTANT] = 1,
                                   [SLT_FIT_LINEAR] = 2,
                                   [SLT_FIT_QUADRATIC] = 3,
                                   [SLT_FIT_EXPONENT] = 2};
    return terms[spec->kind];
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

static slt_status add_fit(slt_figure *figure, const slt_fit_spec *spec, const char *label,
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
                           &n, err, "fit.%s.%s", label, names[j]);
    if (!status && slt_real_finite(r2))
        status =
            slt_figure_add(figure, origin, "", r2, NULL, &n, err, "fit.%s.r2", label);
    if (!status)
        status = slt_figure_add(figure, origin, "", fit->rss, NULL, &n, err, "fit.%s.rss",
                                label);
    return status;
}

/* What is made of each fit or, where it has series, of each of them that has points
 * enough. */
static slt_status make_fit(slt_figure *figure, const slt_measures *measures,
                           const slt_fit_spec *spec, size_t first, const char *label,
                           void *context, slt_error *err)
{
    (void)context;
    const size_t terms = slt_fit_terms(spec);
    slt_real x[SLT_FIT_TERMS_MAX], errors[SLT_FIT_TERMS_MAX];
    slt_fit_data data;
    slt_fit_points points = {0};
    slt_status status = slt_fit_data_make(measures, spec, first, false, &data, err);
    if (!status)
        status = slt_fit_points_make(&data, NULL, 0, false, &points, err);
    slt_least_squares fit = {.x = x, .errors = points.count > terms ? errors : NULL};
    const bool few = !status && spec->series_count && points.count < terms;
    if (!status && !few)
        status = slt_fit_solve(points.x, points.y, points.count, terms, &fit, err);
    if (!status && !few)
        status = add_fit(figure, spec, label, &fit, terms, points.count, err);
    slt_fit_points_free(&points);
    slt_fit_data_free(&data);
    return status;
}

/* ---- Each ----------------------------------------------------------------------------
 */

/* NAME[AXIS=VALUE ...] for the series of a run. */
static slt_status name_series(const slt_figure *figure, const slt_fit_spec *spec,
                              size_t run, slt_buffer *label, slt_error *err)
{
    slt_buffer axes = {0};
    slt_status status = slt_figure_name_series(figure->manifest, spec->series,
                                               spec->series_count, run, &axes, err);
    slt_buffer_clear(label);
    if (!status)
        slt_buffer_printf(label, "%s[%s]", spec->name, slt_buffer_text(&axes) + 1);
    slt_buffer_text(label);
    slt_buffer_free(&axes);
    return label->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a fit's name")
                         : status;
}

slt_status slt_fit_each(slt_figure *figure, const slt_measures *measures,
                        const slt_fit_spec *spec, slt_fit_maker *make, void *context,
                        slt_error *err)
{
    slt_buffer label = {0};
    slt_status status = SLT_OK;
    if (!spec->series_count)
        return make(figure, measures, spec, SIZE_MAX, spec->name, context, err);
    for (size_t run = 0; run < measures->runs && !status; run++) {
        if (!slt_fit_begins_series(measures, spec, run))
            continue;
        status = name_series(figure, spec, run, &label, err);
        if (!status)
            status =
                make(figure, measures, spec, run, slt_buffer_text(&label), context, err);
    }
    slt_buffer_free(&label);
    return status;
}

slt_status slt_fit_rows(slt_figure *figure, const slt_measures *measures, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->fit_count && !status; i++) {
        const slt_fit_spec *spec = &figure->spec->fits[i];
        slt_error inner;
        status = slt_fit_each(figure, measures, spec, make_fit, NULL, &inner);
        if (status)
            status = slt_fail(err, status, "%s:%d: figure.fit.%s: %s",
                              slt_manifest_path(figure->manifest), spec->place.line,
                              spec->name, inner.text);
    }
    return status;
}
