/* figure.histograms: counts in bins of equal width. */
#include "figure/figure.h"

#include <stdlib.h>

#include "num/scalar.h"

typedef struct histogram {
    const char *name;
    size_t item;
    size_t bins;
    slt_real *edges; /* bins + 1 */
    uint64_t *counts;
    uint64_t below, above;
} histogram;

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for a histogram");
}

static slt_status histogram_create(const slt_histogram_spec *spec, histogram *h,
                                   slt_error *err)
{
    *h = (histogram){.name = spec->name, .bins = spec->bins};
    h->edges = calloc(h->bins + 1, sizeof *h->edges);
    h->counts = calloc(h->bins, sizeof *h->counts);
    if (!h->edges || !h->counts)
        return no_memory(err);
    for (size_t k = 0; k <= h->bins; k++)
        h->edges[k] = slt_real_edge(spec->from, spec->to, h->bins, k);
    return SLT_OK;
}

/* Counts a value in the last bin whose lower edge is at most the value. */
static void count_value(histogram *h, slt_real value)
{
    size_t k = h->bins;
    if (slt_real_less(value, h->edges[0])) {
        h->below++;
        return;
    }
    while (slt_real_less(value, h->edges[k]))
        k--;
    if (k == h->bins)
        h->above++;
    else
        h->counts[k]++;
}

static slt_status add_bins(slt_figure *figure, const histogram *h, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_HISTOGRAM, .item = h->item};
    slt_status status = SLT_OK;
    for (size_t k = 0; k < h->bins && !status; k++) {
        char x[SLT_REAL_TEXT_MAX];
        slt_real_text(h->edges[k], x);
        status = slt_figure_add(figure, origin, x, slt_real_from_u64(h->counts[k]), NULL,
                                NULL, err, "hist.%s", h->name);
    }
    return status;
}

/* Adds the centre of the fullest bin, the lowest of several; no row if all are empty. */
static slt_status add_mode(slt_figure *figure, slt_table_origin origin,
                           const histogram *h, slt_error *err)
{
    size_t mode = 0;
    for (size_t k = 1; k < h->bins; k++)
        mode = h->counts[k] > h->counts[mode] ? k : mode;
    if (!h->counts[mode])
        return SLT_OK;
    slt_real sum = slt_real_add(h->edges[mode], h->edges[mode + 1]);
    return slt_figure_add(figure, origin, "", slt_real_div(sum, slt_real_of(2)), NULL,
                          NULL, err, "hist.%s.mode", h->name);
}

static slt_status add_named(slt_figure *figure, const histogram *h, uint64_t count,
                            slt_error *err)
{
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {{"below", h->below}, {"above", h->above}, {"count", count}};
    const slt_table_origin origin = {.part = SLT_TABLE_BINS, .item = h->item};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && !status; i++)
        status = slt_figure_add(figure, origin, "", slt_real_from_u64(rows[i].count),
                                NULL, NULL, err, "hist.%s.%s", h->name, rows[i].name);
    return status ? status : add_mode(figure, origin, h, err);
}

static slt_status make_histogram(slt_figure *figure, const slt_measures *measures,
                                 const slt_histogram_spec *spec, bool named,
                                 slt_error *err)
{
    slt_values values;
    histogram h = {0};
    slt_status status =
        slt_values_collect(measures, &spec->where, spec->of, NULL, &values, err);
    if (!status)
        status = histogram_create(spec, &h, err);
    h.item = (size_t)(spec - figure->spec->histograms);
    for (size_t i = 0; i < values.count && !status; i++)
        count_value(&h, values.x[i]);
    if (!status)
        status =
            named ? add_named(figure, &h, values.count, err) : add_bins(figure, &h, err);
    slt_values_free(&values);
    free(h.edges);
    free(h.counts);
    return status;
}

slt_status slt_histogram_rows(slt_figure *figure, const slt_measures *measures,
                              bool named, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->histogram_count && !status; i++)
        status =
            make_histogram(figure, measures, &figure->spec->histograms[i], named, err);
    return status;
}
