/* figure.curves: metrics and estimates at the checkpoints of one run, or their means over
 * runs, by step or by an abscissa of their own. */
#include "figure/figure.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/world.h"
#include "figure/curve_data.h"
#include "learn/quantity.h"
#include "num/scalar.h"

/* A metric of an item of curves, and what its rows are called. */
typedef struct curve_rows {
    slt_figure *figure;
    const slt_measures *measures;
    const slt_curves_spec *spec;
    const slt_figure_value *of;
    const char *series; /* "" or " AXIS=VALUE ..." */
} curve_rows;

static slt_status add_point(const curve_rows *c, slt_real x, slt_real value,
                            const slt_real *error, const uint64_t *n, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_CURVE,
                                     .item = (size_t)(c->spec - c->figure->spec->curves),
                                     .metric = (size_t)(c->of - c->spec->of)};
    char text[SLT_REAL_TEXT_MAX], what[SLT_QUANTITY_TEXT_MAX];
    slt_real_text(x, text);
    slt_quantity_text(&c->of->quantity, what);
    return slt_figure_add(c->figure, origin, text, value, error, n, err, "curve.%s.%s%s",
                          c->spec->name, what, c->series);
}

/* A row for each x: the mean of what runs have there. */
static slt_status add_means(const curve_rows *c, const slt_curve_data *data,
                            slt_error *err)
{
    slt_real *values = slt_world.calloc(data->count + 1, sizeof *values);
    slt_status status =
        values ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "no memory for the figure's curves");
    for (size_t from = 0, end; from < data->count && !status; from = end) {
        end = slt_curve_group_end(data, from);
        const slt_curve_sample *first = &data->samples[data->order[from]];
        uint64_t n = end - from;
        slt_real error;
        for (size_t i = from; i < end; i++)
            values[i - from] = data->samples[data->order[i]].value;
        bool has_error = slt_figure_error(c->spec->error, values, end - from, &error);
        if (n == 1 && !c->spec->at_count &&
            c->of->quantity.kind == SLT_QUANTITY_TALLY_MEAN) {
            const slt_quantity at = slt_quantity_at(c->of->quantity, first->step);
            const slt_alone alone =
                slt_figure_alone(&c->measures->outcomes[first->run], &at, c->spec->error);
            has_error = alone.has_error;
            error = alone.error;
            n = alone.n;
        }
        status = add_point(c, first->x, slt_real_mean(values, end - from),
                           has_error ? &error : NULL, &n, err);
    }
    free(values);
    return status;
}

static slt_status add_samples(const curve_rows *c, const slt_curve_data *data,
                              slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < data->count && !status; i++) {
        const slt_curve_sample *sample = &data->samples[data->order[i]];
        status = add_point(c, sample->x, sample->value, NULL, NULL, err);
    }
    return status;
}

static slt_status refuse_name(const curve_rows *c, const char *whose, slt_error *err)
{
    return slt_fail(err, SLT_FORMAT,
                    "%s:%d:%d: figure.curves: %s a metric '%s' %s results '%s@STEP'%s",
                    slt_manifest_path(c->figure->manifest), c->of->place.line,
                    c->of->place.column, whose, c->of->text,
                    c->spec->has_run ? "nor" : "or", c->of->text,
                    c->spec->x ? ", where x has a value" : "");
}

static slt_status make_curve(const curve_rows *c, slt_error *err)
{
    slt_curve_data data;
    char whose[64];
    slt_status status =
        slt_curve_data_make(c->measures, c->spec, c->of, c->spec->run, &data, err);
    snprintf(whose, sizeof whose, "run %zu has neither", c->spec->run);
    if (!status)
        status = data.count ? add_samples(c, &data, err) : refuse_name(c, whose, err);
    slt_curve_data_free(&data);
    return status;
}

/* The series that begins with a run. */
static slt_status make_series(curve_rows *c, size_t first, bool *any, slt_error *err)
{
    slt_buffer name = {0};
    slt_curve_data data = {0};
    slt_status status = slt_figure_name_series(c->figure->manifest, c->spec->series,
                                               c->spec->series_count, first, &name, err);
    c->series = slt_buffer_text(&name);
    if (!status)
        status = slt_curve_data_make(c->measures, c->spec, c->of, first, &data, err);
    if (!status)
        status = add_means(c, &data, err);
    *any |= data.count > 0;
    slt_curve_data_free(&data);
    slt_buffer_free(&name);
    return status;
}

static slt_status make_means(curve_rows *c, slt_error *err)
{
    bool any = false, taken = false;
    slt_status status = SLT_OK;
    for (size_t run = 0; run < c->measures->runs && !status; run++)
        if (slt_curve_begins_series(c->measures, c->spec, run)) {
            taken = true;
            status = make_series(c, run, &any, err);
        }
    return status || any || !taken ? status
                                   : refuse_name(c, "no run that is done has", err);
}

slt_status slt_curve_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->curve_count && !status; i++) {
        const slt_curves_spec *spec = &figure->spec->curves[i];
        for (size_t j = 0; j < spec->of_count && !status; j++) {
            curve_rows c = {figure, measures, spec, &spec->of[j], ""};
            status = spec->has_run ? make_curve(&c, err) : make_means(&c, err);
        }
    }
    return status;
}
