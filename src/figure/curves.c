/* figure.curves: metrics and estimates at the checkpoints of one run, or their means over
 * runs, by step. */
#include "figure/figure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "figure/along.h"
#include "num/scalar.h"

static slt_status add_point(slt_figure *figure, const slt_curves_spec *spec,
                            const slt_figure_value *of, const char *series, uint64_t step,
                            slt_real value, const slt_real *error, const uint64_t *n,
                            slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_CURVE,
                                     .item = (size_t)(spec - figure->spec->curves),
                                     .metric = (size_t)(of - spec->of)};
    char x[24], what[SLT_QUANTITY_TEXT_MAX];
    snprintf(x, sizeof x, "%" PRIu64, step);
    slt_quantity_text(&of->quantity, what);
    return slt_figure_add(figure, origin, x, value, error, n, err, "curve.%s.%s%s",
                          spec->name, what, series);
}

/* ---- Of one run -------------------------------------------------------------------- */

static slt_status make_curve(slt_figure *figure, const slt_measures *measures,
                             const slt_curves_spec *spec, const slt_figure_value *of,
                             slt_error *err)
{
    slt_along along;
    slt_status status =
        slt_along_open(&measures->outcomes[spec->run], of, 0, &along, err);
    if (!status && !(along.curve && along.curve->count))
        status =
            slt_fail(err, SLT_FORMAT,
                     "%s:%d:%d: figure.curves: run %zu has neither a metric '%s' nor "
                     "results '%s@STEP'",
                     slt_manifest_path(figure->manifest), of->place.line,
                     of->place.column, spec->run, of->text, of->text);
    for (size_t i = 0; !status && i < along.curve->count; i++)
        status = add_point(figure, spec, of, "", along.curve->points[i].step,
                           along.curve->points[i].value, NULL, NULL, err);
    slt_along_close(&along);
    return status;
}

/* ---- Over runs --------------------------------------------------------------------- */

/* The runs that a mean is over, those of one series of a curve. */
typedef struct curve_group {
    const char *series; /* "" or " AXIS=VALUE ..." */
    slt_along *runs;
    slt_real *values; /* room for one of each run */
    size_t count;
} curve_group;

/* A row for each step: the mean over the runs that have it. */
static slt_status add_means(slt_figure *figure, const slt_curves_spec *spec,
                            const slt_figure_value *of, const curve_group *group,
                            bool *any, slt_error *err)
{
    slt_status status = SLT_OK;
    uint64_t step = 0;
    while (!status && slt_along_next(group->runs, group->count, &step)) {
        size_t n = 0;
        slt_real error;
        for (size_t i = 0; i < group->count; i++) {
            const slt_real *value = slt_along_take(&group->runs[i], step);
            if (value)
                group->values[n++] = *value;
        }
        const bool has_error = slt_figure_error(spec->error, group->values, n, &error);
        const uint64_t runs = n;
        status = add_point(figure, spec, of, group->series, step,
                           slt_real_mean(group->values, n), has_error ? &error : NULL,
                           &runs, err);
        *any = true;
    }
    return status;
}

static bool curve_takes(const slt_measures *measures, const slt_curves_spec *spec,
                        size_t run)
{
    return measures->outcomes[run].status == SLT_RUN_DONE &&
           slt_figure_where(measures->manifest, &spec->where, run);
}

/* The series that begins with a run: it and those after it that have its values. */
static slt_status make_series(slt_figure *figure, const slt_measures *measures,
                              const slt_curves_spec *spec, const slt_figure_value *of,
                              size_t first, curve_group *group, bool *any, slt_error *err)
{
    slt_buffer name = {0};
    slt_status status = slt_figure_name_series(figure->manifest, spec->series,
                                               spec->series_count, first, &name, err);
    group->count = 0;
    group->series = slt_buffer_text(&name);
    for (size_t run = first; run < measures->runs && !status; run++)
        if (curve_takes(measures, spec, run) &&
            slt_figure_same_series(figure->manifest, spec->series, spec->series_count,
                                   first, run))
            status = slt_along_open(&measures->outcomes[run], of, 0,
                                    &group->runs[group->count++], err);
    if (!status)
        status = add_means(figure, spec, of, group, any, err);
    for (size_t i = 0; i < group->count; i++)
        slt_along_close(&group->runs[i]);
    slt_buffer_free(&name);
    return status;
}

/* Whether no run before it is of the same series. */
static bool begins_series(const slt_measures *measures, const slt_curves_spec *spec,
                          size_t run)
{
    bool first = true;
    for (size_t i = 0; i < run && first; i++)
        first = !curve_takes(measures, spec, i) ||
                !slt_figure_same_series(measures->manifest, spec->series,
                                        spec->series_count, i, run);
    return first;
}

static slt_status make_means(slt_figure *figure, const slt_measures *measures,
                             const slt_curves_spec *spec, const slt_figure_value *of,
                             slt_error *err)
{
    curve_group group = {.runs = calloc(measures->runs, sizeof *group.runs),
                         .values = calloc(measures->runs, sizeof *group.values)};
    bool any = false, taken = false;
    slt_status status =
        group.runs && group.values
            ? SLT_OK
            : slt_fail(err, SLT_RESOURCE, "no memory for the figure's curves");
    for (size_t run = 0; run < measures->runs && !status; run++)
        if (curve_takes(measures, spec, run) && begins_series(measures, spec, run)) {
            taken = true;
            status = make_series(figure, measures, spec, of, run, &group, &any, err);
        }
    free(group.values);
    free(group.runs);
    if (status || any || !taken)
        return status;
    return slt_fail(err, SLT_FORMAT,
                    "%s:%d:%d: figure.curves: no run that is done has a metric '%s' or "
                    "results '%s@STEP'",
                    slt_manifest_path(figure->manifest), of->place.line, of->place.column,
                    of->text, of->text);
}

slt_status slt_curve_rows(slt_figure *figure, const slt_measures *measures,
                          slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->curve_count && !status; i++) {
        const slt_curves_spec *spec = &figure->spec->curves[i];
        for (size_t j = 0; j < spec->of_count && !status; j++)
            status = spec->has_run
                         ? make_curve(figure, measures, spec, &spec->of[j], err)
                         : make_means(figure, measures, spec, &spec->of[j], err);
    }
    return status;
}
