/* figure.curves: metrics and estimates at the checkpoints of one run, or their means over
 * runs, by step. */
#include "figure/figure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "figure/along.h"
#include "num/scalar.h"

static slt_status add_point(slt_figure *figure, const slt_curves_spec *spec,
                            const slt_figure_value *of, uint64_t step, slt_real value,
                            const slt_real *error, const uint64_t *n, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_CURVE,
                                     .item = (size_t)(spec - figure->spec->curves),
                                     .metric = (size_t)(of - spec->of)};
    char x[24], what[SLT_QUANTITY_TEXT_MAX];
    snprintf(x, sizeof x, "%" PRIu64, step);
    slt_quantity_text(&of->quantity, what);
    return slt_figure_add(figure, origin, x, value, error, n, err, "curve.%s.%s",
                          spec->name, what);
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
        status = add_point(figure, spec, of, along.curve->points[i].step,
                           along.curve->points[i].value, NULL, NULL, err);
    slt_along_close(&along);
    return status;
}

/* ---- Over runs --------------------------------------------------------------------- */

/* The mean of the values at one step, of which there is at least one. */
static slt_status add_mean(slt_figure *figure, const slt_curves_spec *spec,
                           const slt_figure_value *of, uint64_t step,
                           const slt_real *values, size_t count, slt_error *err)
{
    slt_real error;
    const uint64_t n = count;
    const bool has_error = slt_figure_error(spec->error, values, count, &error);
    return add_point(figure, spec, of, step, slt_real_mean(values, count),
                     has_error ? &error : NULL, &n, err);
}

static slt_status add_means(slt_figure *figure, const slt_curves_spec *spec,
                            const slt_figure_value *of, slt_along *runs, size_t count,
                            slt_real *values, slt_error *err)
{
    slt_status status = SLT_OK;
    uint64_t step = 0;
    bool any = false;
    while (!status && slt_along_next(runs, count, &step)) {
        size_t have = 0;
        for (size_t i = 0; i < count; i++) {
            const slt_real *value = slt_along_take(&runs[i], step);
            if (value)
                values[have++] = *value;
        }
        status = add_mean(figure, spec, of, step, values, have, err);
        any = true;
    }
    if (status || any || !count)
        return status;
    return slt_fail(err, SLT_FORMAT,
                    "%s:%d:%d: figure.curves: no run that is done has a metric '%s' or "
                    "results '%s@STEP'",
                    slt_manifest_path(figure->manifest), of->place.line, of->place.column,
                    of->text, of->text);
}

/* Each step's mean is over the runs that have it: runs may end at different steps. */
static slt_status make_means(slt_figure *figure, const slt_measures *measures,
                             const slt_curves_spec *spec, const slt_figure_value *of,
                             slt_error *err)
{
    size_t count = 0;
    slt_along *runs = calloc(measures->runs, sizeof *runs);
    slt_real *values = calloc(measures->runs, sizeof *values);
    slt_status status =
        runs && values ? SLT_OK
                       : slt_fail(err, SLT_RESOURCE, "no memory for the figure's curves");
    for (size_t run = 0; run < measures->runs && !status; run++)
        if (measures->outcomes[run].status == SLT_RUN_DONE &&
            slt_figure_where(figure->manifest, &spec->where, run))
            status = slt_along_open(&measures->outcomes[run], of, 0, &runs[count++], err);
    if (!status)
        status = add_means(figure, spec, of, runs, count, values, err);
    for (size_t i = 0; i < count; i++)
        slt_along_close(&runs[i]);
    free(values);
    free(runs);
    return status;
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
