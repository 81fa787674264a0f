/* figure.clusters: sorted values, split where neighbours are more than a gap apart. */
#include "figure/figure.h"

#include "figure/order.h"
#include "num/scalar.h"

/* Adds the rows of cluster `number` (from 1), which has `count` sorted values. */
static slt_status add_cluster(slt_figure *figure, slt_table_origin origin,
                              const char *name, size_t number, const slt_real *values,
                              size_t count, slt_error *err)
{
    const struct {
        const char *name;
        slt_real value;
    } rows[] = {{"n", slt_real_from_u64(count)},
                {"min", values[0]},
                {"mean", slt_real_mean(values, count)},
                {"max", values[count - 1]}};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !status; i++)
        status = slt_figure_add(figure, origin, "", rows[i].value, NULL, NULL, err,
                                "cluster.%s.%zu.%s", name, number, rows[i].name);
    return status;
}

/* Where the cluster that begins at first ends. */
static size_t cluster_end(const slt_values *values, size_t first, slt_real gap)
{
    size_t end = first + 1;
    while (end < values->count &&
           !slt_real_less(gap, slt_real_sub(values->x[end], values->x[end - 1])))
        end++;
    return end;
}

static slt_status add_clusters(slt_figure *figure, const slt_cluster_spec *spec,
                               const slt_values *values, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_CLUSTER,
                                     .item = (size_t)(spec - figure->spec->clusters)};
    size_t count = 0, number = 0;
    for (size_t at = 0; at < values->count; at = cluster_end(values, at, spec->gap))
        count++;
    slt_status status = slt_figure_add(figure, origin, "", slt_real_from_u64(count), NULL,
                                       NULL, err, "cluster.%s.count", spec->name);
    for (size_t at = 0, end; at < values->count && !status; at = end) {
        end = cluster_end(values, at, spec->gap);
        status = add_cluster(figure, origin, spec->name, ++number, values->x + at,
                             end - at, err);
    }
    return status;
}

slt_status slt_cluster_rows(slt_figure *figure, const slt_measures *measures,
                            slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->cluster_count && !status; i++) {
        const slt_cluster_spec *spec = &figure->spec->clusters[i];
        slt_values values;
        status = slt_values_collect(measures, &spec->where, spec->of, NULL, &values, err);
        if (!status)
            status = slt_order_sort(values.x, values.count, err);
        if (!status)
            status = add_clusters(figure, spec, &values, err);
        slt_values_free(&values);
    }
    return status;
}
