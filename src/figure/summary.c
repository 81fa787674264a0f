/* figure.summary: the least, mean and greatest value of a result over all runs. */
#include "figure/figure.h"

#include <stdlib.h>

#include "base/world.h"
#include "num/scalar.h"

/* Collects the values of the finished runs that have one; returns how many. */
static size_t collect_values(const slt_measures *measures, const slt_figure_value *of,
                             slt_real *values)
{
    size_t count = 0;
    for (size_t run = 0; run < measures->runs; run++) {
        const slt_real *value = slt_measures_find(measures, run, of);
        if (value)
            values[count++] = *value;
    }
    return count;
}

static slt_status add_summary(slt_figure *figure, const char *name,
                              const slt_real *values, size_t count, slt_error *err)
{
    static const char *const kinds[] = {"min", "mean", "max"};
    slt_real of_kind[] = {values[0], slt_real_mean(values, count), values[0]};
    uint64_t n = count;
    slt_status status = SLT_OK;
    for (size_t i = 1; i < count; i++) {
        of_kind[0] = slt_real_less(values[i], of_kind[0]) ? values[i] : of_kind[0];
        of_kind[2] = slt_real_less(of_kind[2], values[i]) ? values[i] : of_kind[2];
    }
    for (size_t i = 0; i < 3 && !status; i++)
        status =
            slt_figure_add(figure, (slt_table_origin){.part = SLT_TABLE_SUMMARY}, "",
                           of_kind[i], NULL, &n, err, "summary.%s.%s", name, kinds[i]);
    return status;
}

slt_status slt_summary_rows(slt_figure *figure, const slt_measures *measures,
                            slt_error *err)
{
    const slt_figure_spec *spec = figure->spec;
    slt_real *values = slt_world.calloc(measures->runs + 1, sizeof *values);
    slt_status status = SLT_OK;
    if (!values)
        return slt_fail(err, SLT_RESOURCE, "no memory for the figure's summaries");
    for (size_t i = 0; i < spec->summary_count && !status; i++) {
        const char *name = spec->summary[i].text;
        size_t count = collect_values(measures, &spec->summary[i], values);
        if (count)
            status = add_summary(figure, name, values, count, err);
        else
            status = slt_fail(err, SLT_FORMAT,
                              "%s:%d: figure.summary: no finished run has a result '%s'",
                              slt_manifest_path(figure->manifest),
                              spec->summary_place.line, name);
    }
    free(values);
    return status;
}
