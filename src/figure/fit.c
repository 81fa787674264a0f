/* figure.fit: least squares of points on powers of x. */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "num/linalg.h"
#include "num/scalar.h"

static const struct {
    const char *name;
    size_t terms;
} kinds[] = {{"constant", 1}, {"linear", 2}, {"quadratic", 3}};

size_t slt_fit_terms(const slt_fit_spec *spec)
{
    for (size_t i = 0; spec->kind && i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, spec->kind))
            return kinds[i].terms;
    return 0;
}

bool slt_fit_at(const slt_value *part, size_t index, slt_fit_spec *spec)
{
    const slt_value *fits = part ? slt_value_get(part, "fit") : NULL;
    if (!fits || index >= fits->count)
        return false;
    if (fits->kind == SLT_VALUE_MAP) {
        *spec = (slt_fit_spec){.name = fits->keys[index],
                               .kind = fits->keys[index],
                               .curve = &fits->items[index],
                               .line = fits->items[index].line};
        return true;
    }
    const slt_value *item = &fits->items[index];
    *spec = (slt_fit_spec){.name = slt_figure_text(item, "name", ""), .line = item->line};
    for (size_t i = 0; i < item->count; i++)
        if (strcmp(item->keys[i], "name")) {
            spec->kind = item->keys[i];
            spec->curve = &item->items[i];
        }
    return true;
}

/* ---- Points ------------------------------------------------------------------------ */

/* The groups along an axis: its value, and the mean of the group. */
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

static slt_status points_of_axis(const slt_measures *measures, const slt_value *curve,
                                 slt_values *points, slt_error *err)
{
    const char *x = slt_figure_text(curve, "x", "");
    size_t axis = slt_figure_axis(measures->manifest, x);
    slt_groups groups;
    if (axis == slt_manifest_axes(measures->manifest))
        return slt_fail(err, SLT_FORMAT, "no sweep axis '%s'", x);
    slt_status status =
        slt_groups_make(measures, axis, NULL, slt_value_get(curve, "where"),
                        slt_figure_text(curve, "y", ""), &groups, err);
    if (!status)
        status = points_of_groups(measures, &groups, axis, points, err);
    slt_groups_free(&groups);
    return status;
}

slt_status slt_fit_points(const slt_measures *measures, const slt_fit_spec *spec,
                          slt_values *points, slt_error *err)
{
    const char *name = slt_figure_text(spec->curve, "points", NULL);
    const slt_value *list = slt_value_get(measures->part, "points");
    *points = (slt_values){0};
    if (!name)
        return points_of_axis(measures, spec->curve, points, err);
    for (size_t i = 0; list && i < list->count; i++) {
        const slt_value *item = &list->items[i];
        if (!strcmp(slt_figure_text(item, "name", ""), name))
            return slt_values_collect(measures, slt_value_get(item, "where"),
                                      slt_figure_text(item, "x", ""),
                                      slt_figure_text(item, "y", ""), points, err);
    }
    return slt_fail(err, SLT_FORMAT, "no points '%s'", name);
}

/* ---- Solving ----------------------------------------------------------------------- */

/* a[i] = 1, x, x x; b[i] = y. */
static void fill(const slt_real *x, const slt_real *y, slt_tensor *a, slt_tensor *b)
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
        fill(x, y, &a, &b);
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

static slt_status add_fit(slt_figure *figure, const char *name,
                          const slt_least_squares *fit, size_t terms, uint64_t n,
                          slt_error *err)
{
    static const char *const names[SLT_FIT_TERMS_MAX] = {"a0", "a1", "a2"};
    bool spare = n > terms; /* else there is nothing to estimate errors from */
    slt_real r2 = slt_fit_r2(fit);
    slt_status status = SLT_OK;
    for (size_t j = 0; j < terms && !status; j++)
        status = slt_figure_add(figure, "", fit->x[j], spare ? &fit->errors[j] : NULL, &n,
                                err, "fit.%s.%s", name, names[j]);
    if (!status && slt_real_finite(r2))
        status = slt_figure_add(figure, "", r2, NULL, &n, err, "fit.%s.r2", name);
    if (!status)
        status = slt_figure_add(figure, "", fit->rss, NULL, &n, err, "fit.%s.rss", name);
    return status;
}

static slt_status one_fit(slt_figure *figure, const slt_measures *measures,
                          const slt_fit_spec *spec, slt_error *err)
{
    size_t terms = slt_fit_terms(spec);
    slt_real x[SLT_FIT_TERMS_MAX], errors[SLT_FIT_TERMS_MAX];
    slt_values points;
    if (!terms)
        return slt_fail(err, SLT_FORMAT, "expected constant, linear or quadratic");
    slt_status status = slt_fit_points(measures, spec, &points, err);
    slt_least_squares fit = {.x = x, .errors = points.count > terms ? errors : NULL};
    if (!status)
        status = slt_fit_solve(points.x, points.y, points.count, terms, &fit, err);
    if (!status)
        status = add_fit(figure, spec->name, &fit, terms, points.count, err);
    slt_values_free(&points);
    return status;
}

slt_status slt_fit_rows(slt_figure *figure, const slt_measures *measures, slt_error *err)
{
    slt_fit_spec spec;
    slt_status status = SLT_OK;
    for (size_t i = 0; !status && slt_fit_at(figure->part, i, &spec); i++) {
        slt_error inner;
        status = one_fit(figure, measures, &spec, &inner);
        if (status)
            status = slt_fail(err, status, "%s:%d: figure.fit.%s: %s",
                              slt_manifest_path(figure->manifest), spec.line, spec.name,
                              inner.text);
    }
    return status;
}
