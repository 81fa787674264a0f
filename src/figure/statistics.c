/* figure.statistics: moments and quantiles of values over runs or items. */
#include "figure/figure.h"

#include "figure/order.h"
#include "num/scalar.h"

typedef struct statistic {
    slt_figure *figure;
    slt_table_origin origin;
    const char *name;
    uint64_t count;
} statistic;

static slt_status add_statistic(const statistic *s, const char *what, slt_real value,
                                const slt_real *error, slt_error *err)
{
    return slt_figure_add(s->figure, s->origin, "", value, error, &s->count, err,
                          "stat.%s.%s", s->name, what);
}

/* Adds mean, with its standard error, and sd; values are summed in the order of runs. */
static slt_status add_moments(const statistic *s, const slt_real *values, slt_real *sd,
                              slt_error *err)
{
    size_t count = (size_t)s->count;
    slt_real error = {0};
    if (count > 1) {
        *sd = slt_real_sd(values, count);
        error = slt_real_div(*sd, slt_real_sqrt(slt_real_from_u64(count)));
    }
    return add_statistic(s, "mean", slt_real_mean(values, count),
                         count > 1 ? &error : NULL, err);
}

static slt_status add_quantiles(const statistic *s, const slt_real *sorted,
                                slt_error *err)
{
    static const struct {
        const char *name;
        slt_real p;
    } rows[] = {{"median", {UINT64_C(0x3fe0000000000000)}},
                {"q05", {UINT64_C(0x3fa999999999999a)}},
                {"q95", {UINT64_C(0x3fee666666666666)}}};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !status; i++)
        status = add_statistic(s, rows[i].name,
                               slt_order_quantile(sorted, (size_t)s->count, rows[i].p),
                               NULL, err);
    return status;
}

/* Adds all statistics; sorts the values after their moments are computed. */
static slt_status add_statistics(const statistic *s, slt_real *values, slt_error *err)
{
    size_t count = (size_t)s->count;
    slt_real sd = {0}, least = values[0], greatest = values[0];
    for (size_t i = 1; i < count; i++) {
        least = slt_real_less(values[i], least) ? values[i] : least;
        greatest = slt_real_less(greatest, values[i]) ? values[i] : greatest;
    }
    slt_status status = add_statistic(s, "min", least, NULL, err);
    if (!status)
        status = add_moments(s, values, &sd, err);
    if (!status)
        status = add_statistic(s, "max", greatest, NULL, err);
    if (!status && count > 1)
        status = add_statistic(s, "sd", sd, NULL, err);
    if (!status)
        status = slt_order_sort(values, count, err);
    return status ? status : add_quantiles(s, values, err);
}

/* The run that has the values of `less`, and those of `run` of all other axes; SIZE_MAX
 * where the sweep has none. */
static size_t partner_of(const slt_manifest *manifest, const slt_where *less, size_t run)
{
    const size_t runs = slt_manifest_runs(manifest), axes = slt_manifest_axes(manifest);
    for (size_t other = 0; other < runs; other++) {
        bool is = slt_figure_where(manifest, less, other);
        for (size_t axis = 0; axis < axes && is; axis++) {
            bool named = false;
            for (size_t i = 0; i < less->count; i++)
                named |= less->items[i].axis == axis;
            is = named || slt_figure_same_series(manifest, &axis, 1, run, other);
        }
        if (is)
            return other;
    }
    return SIZE_MAX;
}

/* Takes from each value that of its run's partner; one without a partner's is dropped. */
static slt_status subtract_partners(const slt_measures *measures,
                                    const slt_statistic_spec *spec, slt_values *values,
                                    slt_error *err)
{
    size_t kept = 0;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < values->count && !status; i++) {
        const size_t other = partner_of(measures->manifest, &spec->less, values->run[i]);
        slt_real theirs;
        if (other == SIZE_MAX || measures->outcomes[other].status != SLT_RUN_DONE)
            continue;
        status = slt_measures_value(measures, spec->of, other, SIZE_MAX, &theirs, err);
        if (!status && slt_real_finite(theirs)) {
            values->x[kept] = slt_real_sub(values->x[i], theirs);
            values->run[kept++] = values->run[i];
        }
    }
    values->count = kept;
    return status;
}

static slt_status make_statistics(slt_figure *figure, const slt_measures *measures,
                                  const slt_statistic_spec *spec, slt_error *err)
{
    statistic s = {.figure = figure, .name = spec->name};
    s.origin = (slt_table_origin){.part = SLT_TABLE_STATISTIC,
                                  .item = (size_t)(spec - figure->spec->statistics)};
    slt_values values;
    slt_status status =
        slt_values_collect(measures, &spec->where, spec->of, NULL, &values, err);
    if (!status && spec->less.count)
        status = subtract_partners(measures, spec, &values, err);
    s.count = values.count;
    if (!status)
        status = add_statistic(&s, "count", slt_real_from_u64(s.count), NULL, err);
    if (!status && s.count)
        status = add_statistics(&s, values.x, err);
    slt_values_free(&values);
    return status;
}

slt_status slt_statistic_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->statistic_count && !status; i++)
        status = make_statistics(figure, measures, &figure->spec->statistics[i], err);
    return status;
}
