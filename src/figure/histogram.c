/* figure.histograms: counts in bins of equal width. */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/manifest.h"
#include "num/convert.h"
#include "num/scalar.h"

typedef struct histogram {
    const char *name;
    size_t item;
    size_t bins;
    slt_real *edges; /* bins + 1 */
    uint64_t *counts;
    uint64_t below, above;
    uint64_t count; /* all, those outside too */
} histogram;

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for a histogram");
}

/* ---- Bins -------------------------------------------------------------------------- */

static bool same_bins(const slt_bins *a, const slt_bins *b)
{
    return a->from.bits == b->from.bits && a->to.bits == b->to.bits &&
           a->count == b->count;
}

/* The bins that a run's tally has. */
static slt_status bins_of_run(const slt_run_spec *run, const char *tally, slt_bins *bins,
                              slt_error *err)
{
    for (size_t i = 0; i < run->trials.tally_count; i++) {
        const slt_tally_spec *spec = &run->trials.tally[i];
        if (strcmp(spec->name, tally) || !spec->bins)
            continue;
        *bins = (slt_bins){spec->from, spec->to, (size_t)spec->bins};
        return SLT_OK;
    }
    return slt_fail(err, SLT_FORMAT, "no tally %s of the run's trials is a histogram",
                    tally);
}

/* Those of a tally, which all selected runs must share. */
static slt_status bins_of_tally(slt_manifest *manifest, const slt_histogram_spec *spec,
                                slt_run_spec *run, slt_bins *bins, slt_error *err)
{
    slt_status status = SLT_OK;
    bool any = false;
    for (size_t i = 0; i < slt_manifest_runs(manifest) && !status; i++) {
        slt_bins found = {0};
        if (!slt_figure_where(manifest, &spec->where, i))
            continue;
        status = slt_manifest_run(manifest, i, run, err);
        if (!status)
            status = bins_of_run(run, spec->tally, &found, err);
        if (!status && any && !same_bins(&found, bins))
            status = slt_fail(err, SLT_FORMAT,
                              "tally %s has other bins in run %zu: `where` selects runs "
                              "that have the same",
                              spec->tally, i);
        *bins = found;
        any = true;
    }
    return any || status ? status : slt_fail(err, SLT_FORMAT, "it is of no run");
}

slt_status slt_histogram_bins(slt_manifest *manifest, const slt_histogram_spec *spec,
                              slt_bins *bins, slt_error *err)
{
    slt_error inner;
    *bins = (slt_bins){spec->from, spec->to, spec->bins};
    if (!*spec->tally)
        return SLT_OK;
    slt_run_spec *run = slt_run_spec_create();
    if (!run)
        return no_memory(err);
    slt_status status = bins_of_tally(manifest, spec, run, bins, &inner);
    free(run);
    return status ? slt_fail(err, status, "%s:%d: figure.histograms.%s: %s",
                             slt_manifest_path(manifest), spec->place.line, spec->name,
                             inner.text)
                  : SLT_OK;
}

static slt_status histogram_create(slt_manifest *manifest, const slt_histogram_spec *spec,
                                   histogram *h, slt_error *err)
{
    slt_bins bins;
    slt_status status = slt_histogram_bins(manifest, spec, &bins, err);
    if (status)
        return status;
    *h = (histogram){.name = spec->name, .bins = bins.count};
    h->edges = slt_world.calloc(h->bins + 1, sizeof *h->edges);
    h->counts = slt_world.calloc(h->bins, sizeof *h->counts);
    if (!h->edges || !h->counts)
        return no_memory(err);
    for (size_t k = 0; k <= h->bins; k++)
        h->edges[k] = slt_real_edge(bins.from, bins.to, h->bins, k);
    return SLT_OK;
}

/* ---- Counting ---------------------------------------------------------------------- */

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

static slt_status count_values(const slt_measures *measures,
                               const slt_histogram_spec *spec, histogram *h,
                               slt_error *err)
{
    slt_values values;
    slt_status status =
        slt_values_collect(measures, &spec->where, spec->of, NULL, &values, err);
    for (size_t i = 0; i < values.count && !status; i++)
        count_value(h, values.x[i]);
    h->count = values.count;
    slt_values_free(&values);
    return status;
}

/* A count of a tally, as its result says it; 0 if the run does not have it. */
static uint64_t count_in(slt_real value)
{
    int64_t nearest = 0;
    return slt_real_to_fixed(value, 0, &nearest) && nearest > 0 ? (uint64_t)nearest : 0;
}

static uint64_t count_of(const slt_outcome *outcome, slt_quantity *quantity,
                         slt_quantity_kind kind)
{
    quantity->kind = kind;
    const slt_real *value = slt_outcome_find(outcome, quantity);
    return value ? count_in(*value) : 0;
}

/* Adds what a run's tally counted. */
static slt_status add_tally(const slt_outcome *outcome, const char *tally, histogram *h,
                            slt_error *err)
{
    slt_quantity quantity = {.kind = SLT_QUANTITY_TALLY_BIN};
    slt_curve bins = {0};
    memcpy(quantity.name, tally, sizeof quantity.name);
    slt_status status = slt_outcome_series(outcome, &quantity, &bins, err);
    for (size_t i = 0; i < bins.count && !status; i++)
        if (bins.points[i].step < h->bins)
            h->counts[bins.points[i].step] += count_in(bins.points[i].value);
    free(bins.points);
    h->below += count_of(outcome, &quantity, SLT_QUANTITY_TALLY_BELOW);
    h->above += count_of(outcome, &quantity, SLT_QUANTITY_TALLY_ABOVE);
    h->count += count_of(outcome, &quantity, SLT_QUANTITY_TALLY_TRIALS);
    return status;
}

static slt_status count_tallies(const slt_measures *measures,
                                const slt_histogram_spec *spec, histogram *h,
                                slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t run = 0; run < measures->runs && !status; run++)
        if (measures->outcomes[run].status == SLT_RUN_DONE &&
            slt_figure_where(measures->manifest, &spec->where, run))
            status = add_tally(&measures->outcomes[run], spec->tally, h, err);
    return status;
}

/* ---- Rows -------------------------------------------------------------------------- */

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

static slt_status add_named(slt_figure *figure, const histogram *h, slt_error *err)
{
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {{"below", h->below}, {"above", h->above}, {"count", h->count}};
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
    histogram h = {0};
    slt_status status = histogram_create(figure->manifest, spec, &h, err);
    h.item = (size_t)(spec - figure->spec->histograms);
    if (!status)
        status = *spec->tally ? count_tallies(measures, spec, &h, err)
                              : count_values(measures, spec, &h, err);
    if (!status)
        status = named ? add_named(figure, &h, err) : add_bins(figure, &h, err);
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
