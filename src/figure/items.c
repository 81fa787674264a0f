/* Finds which items of the manifest's figure the rows of data read back belong to.  One
 * item's name may be the beginning of another's, so the longest that matches is taken. */
#include "figure/figure.h"

#include <string.h>

/* Whether the text is NAME, or NAME followed by a point, a blank or a bracket, and more.
 */
static bool begins_with_name(const char *text, const char *name)
{
    const size_t size = strlen(name);
    return !strncmp(text, name, size) && (!text[size] || strchr(". [", text[size]));
}

/* The item whose name matches best so far. */
typedef struct name_match {
    size_t item, length;
} name_match;

static void offer_match(name_match *best, const char *text, const char *name, size_t item)
{
    if (begins_with_name(text, name) &&
        (best->item == SIZE_MAX || strlen(name) > best->length))
        *best = (name_match){item, strlen(name)};
}

#define OFFER(items, count)                                                              \
    for (size_t i = 0; i < spec->count; i++)                                             \
    offer_match(&best, text, spec->items[i].name, i)

static size_t find_named(const slt_figure_spec *spec, slt_table_part part,
                         const char *text)
{
    name_match best = {.item = SIZE_MAX};
    switch (part) {
    case SLT_TABLE_POINTS:
        OFFER(points, point_count);
        break;
    case SLT_TABLE_HISTOGRAM:
    case SLT_TABLE_BINS:
        OFFER(histograms, histogram_count);
        break;
    case SLT_TABLE_CURVE:
        OFFER(curves, curve_count);
        break;
    case SLT_TABLE_CHAINS:
        OFFER(chains, chain_count);
        break;
    case SLT_TABLE_SLOPE:
    case SLT_TABLE_FIT:
        OFFER(fits, fit_count);
        break;
    case SLT_TABLE_BOOTSTRAP:
        OFFER(bootstraps, bootstrap_count);
        break;
    case SLT_TABLE_STATISTIC:
        OFFER(statistics, statistic_count);
        break;
    case SLT_TABLE_CLUSTER:
        OFFER(clusters, cluster_count);
        break;
    case SLT_TABLE_REFERENCE:
        OFFER(references, reference_count);
        break;
    case SLT_TABLE_RATIO:
    case SLT_TABLE_COMPARISON:
        OFFER(comparisons, comparison_count);
        break;
    case SLT_TABLE_ROWS:
    case SLT_TABLE_SUMMARY:
    case SLT_TABLE_STATUS:
    case SLT_TABLE_UNKNOWN:
        break;
    }
    return best.item;
}

static size_t find_rows(const slt_figure_spec *spec, const char *series)
{
    size_t item = 0;
    while (item < spec->row_count && !slt_figure_series_is_of(&spec->rows[item], series))
        item++;
    return item < spec->row_count ? item : SIZE_MAX;
}

/* What follows an item's name and the letter behind it; "" if nothing does. */
static const char *behind_name(const char *text, const char *name)
{
    const size_t size = strlen(name);
    return text + size + (text[size] != 0);
}

/* Which of its metrics a row of a curve shows, by index; the axes of a series follow a
 * blank. */
static size_t find_metric(const slt_curves_spec *curve, const char *text)
{
    const char *metric = behind_name(text, curve->name);
    const size_t size = curve->series_count ? strcspn(metric, " ") : strlen(metric);
    size_t i = 0;
    while (i < curve->of_count && (strlen(curve->of[i].text) != size ||
                                   strncmp(curve->of[i].text, metric, size)))
        i++;
    return i < curve->of_count ? i : SIZE_MAX;
}

/* What a row of chains shows of them; a number follows. */
static size_t find_show(const slt_chains_spec *chains, const char *text)
{
    const char *show = behind_name(text, chains->name);
    const size_t size = strcspn(show, ".");
    size_t i = 0;
    while (i < SLT_CHAINS_SHOWN && (strlen(slt_chains_words[i]) != size ||
                                    strncmp(slt_chains_words[i], show, size)))
        i++;
    return i < SLT_CHAINS_SHOWN ? i : SIZE_MAX;
}

void slt_figure_find_items(slt_figure *figure)
{
    const slt_figure_spec *spec = figure->spec;
    for (size_t i = 0; spec && i < figure->table.count; i++) {
        slt_table_row *row = &figure->table.rows[i];
        const slt_table_part part = row->origin.part;
        const char *text = row->series + strlen(slt_table_prefix(part));
        row->origin.item = part == SLT_TABLE_ROWS ? find_rows(spec, row->series)
                                                  : find_named(spec, part, text);
        if (part == SLT_TABLE_CURVE && row->origin.item != SIZE_MAX)
            row->origin.metric = find_metric(&spec->curves[row->origin.item], text);
        if (part == SLT_TABLE_CHAINS && row->origin.item != SIZE_MAX)
            row->origin.metric = find_show(&spec->chains[row->origin.item], text);
    }
}
