/* Least squares of the points' means on powers of x. */
#include "study/figure.h"

#include <stdio.h>
#include <string.h>

#include "num/linalg.h"
#include "num/scalar.h"

static const struct {
    const char *name;
    size_t terms;
} kinds[] = {{"constant", 1}, {"linear", 2}, {"quadratic", 3}};

#define TERMS_MAX 3

static size_t terms_of(const char *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(kinds[i].name, kind))
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

static slt_status add_number(slt_figure *figure, const char *fit_name, const char *what,
                             slt_real value, const slt_real *error, size_t n,
                             slt_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "fit.%s.%s", fit_name, what);
    slt_table_row row = {.series = name, .x = "", .value = value, .has_n = true, .n = n};
    if (error) {
        row.error = *error;
        row.has_error = true;
    }
    return slt_table_add(&figure->table, &row, err);
}

/* a[i] = 1, x, x x; b[i] = the mean of group i. */
static slt_status fill(const slt_figure *figure, const slt_points *points, size_t axis,
                       slt_tensor *a, slt_tensor *b, slt_error *err)
{
    for (size_t i = 0; i < points->count; i++) {
        slt_real x;
        const char *text = slt_manifest_value(figure->manifest, points->run[i], axis);
        if (!slt_real_parse(text, &x))
            return slt_fail(err, SLT_FORMAT, "the axis has the value '%s', no number",
                            text);
        slt_real power = slt_real_of(1);
        for (size_t j = 0; j < a->cols; j++) {
            slt_tensor_set(a, i * a->cols + j, power);
            power = slt_real_mul(power, x);
        }
        slt_tensor_set(b, i, slt_real_mean(points->values[i], points->counts[i]));
    }
    return SLT_OK;
}

static slt_status add_fit(slt_figure *figure, const char *name,
                          const slt_least_squares *fit, size_t terms, size_t n,
                          slt_error *err)
{
    static const char *const names[TERMS_MAX] = {"a0", "a1", "a2"};
    bool spare = n > terms; /* else there is nothing to estimate errors from */
    slt_status status = SLT_OK;
    for (size_t j = 0; j < terms && !status; j++)
        status = add_number(figure, name, names[j], fit->x[j],
                            spare ? &fit->errors[j] : NULL, n, err);
    if (!status && slt_real_less(slt_real_of(0), fit->tss))
        status = add_number(
            figure, name, "r2",
            slt_real_sub(slt_real_of(1), slt_real_div(fit->rss, fit->tss)), NULL, n, err);
    if (!status)
        status = add_number(figure, name, "rss", fit->rss, NULL, n, err);
    return status;
}

static slt_status fit_points(slt_figure *figure, const slt_fit_spec *spec,
                             const slt_points *points, size_t axis, slt_error *err)
{
    size_t terms = terms_of(spec->kind), n = points->count;
    slt_real x[TERMS_MAX], errors[TERMS_MAX];
    slt_least_squares fit = {.x = x, .errors = n > terms ? errors : NULL};
    slt_tensor a = {0}, b = {0};
    if (n < terms)
        return slt_fail(err, SLT_FORMAT, "%zu points, expected at least %zu", n, terms);
    slt_status status = slt_tensor_create(&a, SLT_F64, n, terms, err);
    if (!status)
        status = slt_tensor_create(&b, SLT_F64, n, 1, err);
    if (!status)
        status = fill(figure, points, axis, &a, &b, err);
    if (!status)
        status = slt_num_least_squares(&a, &b, &fit, err);
    if (!status)
        status = add_fit(figure, spec->name, &fit, terms, n, err);
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    return status;
}

static slt_status one_fit(slt_figure *figure, const slt_outcome *outcomes,
                          const slt_fit_spec *spec, slt_error *err)
{
    const char *y = slt_figure_text(spec->curve, "y", "");
    const char *x = slt_figure_text(spec->curve, "x", "");
    size_t axis = slt_figure_axis(figure->manifest, x);
    slt_points points;
    if (!spec->kind || !terms_of(spec->kind))
        return slt_fail(err, SLT_FORMAT, "expected constant, linear or quadratic");
    if (axis == slt_manifest_axes(figure->manifest))
        return slt_fail(err, SLT_FORMAT, "no sweep axis '%s'", x);
    slt_status status =
        slt_points_group(figure->manifest, outcomes, axis, NULL,
                         slt_value_get(spec->curve, "where"), y, &points, err);
    if (!status)
        status = fit_points(figure, spec, &points, axis, err);
    slt_points_free(&points);
    return status;
}

slt_status slt_fit_rows(slt_figure *figure, const slt_outcome *outcomes, slt_error *err)
{
    slt_fit_spec spec;
    slt_status status = SLT_OK;
    for (size_t i = 0; !status && slt_fit_at(figure->part, i, &spec); i++) {
        slt_error inner;
        status = one_fit(figure, outcomes, &spec, &inner);
        if (status)
            status = slt_fail(err, status, "%s:%d: figure.fit.%s: %s",
                              slt_manifest_path(figure->manifest), spec.line, spec.name,
                              inner.text);
    }
    return status;
}
