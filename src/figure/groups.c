/* Which runs a figure selects, and how it groups them. */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "base/world.h"

bool slt_figure_where(const slt_manifest *manifest, const slt_where *where, size_t run)
{
    for (size_t i = 0; i < where->count; i++)
        if (strcmp(slt_manifest_value(manifest, run, where->items[i].axis),
                   where->items[i].value))
            return false;
    return true;
}

/* ---- Series ------------------------------------------------------------------------ */

bool slt_figure_same_series(const slt_manifest *manifest, const size_t *axes,
                            size_t count, size_t a, size_t b)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(slt_manifest_value(manifest, a, axes[i]),
                   slt_manifest_value(manifest, b, axes[i])))
            return false;
    return true;
}

slt_status slt_figure_name_series(const slt_manifest *manifest, const size_t *axes,
                                  size_t count, size_t run, slt_buffer *text,
                                  slt_error *err)
{
    slt_buffer_clear(text);
    for (size_t i = 0; i < count; i++)
        slt_buffer_printf(text, " %s=%s", slt_manifest_axis(manifest, axes[i]),
                          slt_manifest_value(manifest, run, axes[i]));
    slt_buffer_text(text);
    return text->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a series' name")
                        : SLT_OK;
}

void slt_figure_print_series(const slt_manifest *manifest, const slt_rows_spec *rows,
                             size_t run, slt_buffer *text)
{
    if (*rows->name || !rows->series_count)
        slt_buffer_printf(text, "%s", *rows->name ? rows->name : rows->value.text);
    for (size_t i = 0; i < rows->series_count; i++)
        slt_buffer_printf(text, "%s%s=%s", i || *rows->name ? " " : "",
                          slt_manifest_axis(manifest, rows->series[i]),
                          slt_manifest_value(manifest, run, rows->series[i]));
}

/* Whether a text begins with a piece, which is then skipped. */
static bool skip_piece(const char **text, const char *piece)
{
    const size_t size = strlen(piece);
    if (strncmp(*text, piece, size))
        return false;
    *text += size;
    return true;
}

bool slt_figure_series_is(const slt_manifest *manifest, const slt_rows_spec *rows,
                          size_t run, const char *series)
{
    bool same = true;
    if (*rows->name || !rows->series_count)
        same = skip_piece(&series, *rows->name ? rows->name : rows->value.text);
    for (size_t i = 0; i < rows->series_count && same; i++)
        same = skip_piece(&series, i || *rows->name ? " " : "") &&
               skip_piece(&series, slt_manifest_axis(manifest, rows->series[i])) &&
               skip_piece(&series, "=") &&
               skip_piece(&series, slt_manifest_value(manifest, run, rows->series[i]));
    return same && !*series;
}

bool slt_figure_series_is_of(const slt_rows_spec *rows, const char *series)
{
    const size_t size = strlen(rows->name);
    return !size ||
           (!strncmp(series, rows->name, size) && (!series[size] || series[size] == ' '));
}

const char *slt_figure_series_title(const slt_rows_spec *rows, const char *series)
{
    const size_t size = strlen(rows->name);
    return size && series[size] ? series + size + 1 : series;
}

/* ---- Groups ------------------------------------------------------------------------ */

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's groups of runs");
}

/* A run that is selected, and what decides its place: the first runs of its series and of
 * its group. */
typedef struct group_place {
    size_t run, series, group;
    slt_real value;
} group_place;

typedef struct group_order {
    const slt_manifest *manifest;
    const slt_rows_spec *rows;
} group_order;

static int by_series(const group_order *order, size_t a, size_t b)
{
    int sign = 0;
    for (size_t i = 0; i < order->rows->series_count && !sign; i++)
        sign = strcmp(slt_manifest_value(order->manifest, a, order->rows->series[i]),
                      slt_manifest_value(order->manifest, b, order->rows->series[i]));
    return sign;
}

static int by_x(const group_order *order, size_t a, size_t b)
{
    return strcmp(slt_manifest_value(order->manifest, a, order->rows->by),
                  slt_manifest_value(order->manifest, b, order->rows->by));
}

static int by_number(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* Runs of one series lie together, and in it those of one x. */
static int by_values(const void *context, const void *left, const void *right)
{
    const group_order *order = context;
    const group_place *a = left, *b = right;
    int sign = by_series(order, a->run, b->run);
    if (!sign)
        sign = by_x(order, a->run, b->run);
    return sign ? sign : by_number(a->run, b->run);
}

static int by_place(const void *context, const void *left, const void *right)
{
    const group_place *a = left, *b = right;
    (void)context;
    int sign = by_number(a->series, b->series);
    if (!sign)
        sign = by_number(a->group, b->group);
    return sign ? sign : by_number(a->run, b->run);
}

/* Finds the first runs of series and groups, and puts all in that order. */
static void sort_places(const group_order *order, group_place *places, size_t count,
                        group_place *room)
{
    slt_sort(places, room, count, sizeof *places, by_values, order);
    for (size_t i = 0, next; i < count; i = next) {
        size_t first = places[i].run;
        for (next = i; next < count && !by_series(order, places[i].run, places[next].run);
             next++) {
            const bool same =
                next > i && !by_x(order, places[next - 1].run, places[next].run);
            places[next].group = same ? places[next - 1].group : places[next].run;
            if (places[next].run < first)
                first = places[next].run;
        }
        for (size_t k = i; k < next; k++)
            places[k].series = first;
    }
    slt_sort(places, room, count, sizeof *places, by_place, order);
}

/* The groups of places that are in order; all values are one block, the first group's. */
static slt_status fill_groups(const group_place *places, size_t count, slt_groups *groups,
                              slt_error *err)
{
    slt_real *values = slt_world.calloc(count + 1, sizeof *values);
    groups->run = slt_world.calloc(count + 1, sizeof *groups->run);
    groups->values = slt_world.calloc(count + 1, sizeof *groups->values);
    groups->counts = slt_world.calloc(count + 1, sizeof *groups->counts);
    if (!values || !groups->run || !groups->values || !groups->counts) {
        free(values);
        return no_memory(err);
    }
    groups->values[0] = values;
    for (size_t i = 0; i < count; i++) {
        if (!i || places[i].group != places[i - 1].group) {
            groups->run[groups->count] = places[i].run;
            groups->values[groups->count++] = values + i;
        }
        values[i] = places[i].value;
        groups->counts[groups->count - 1]++;
    }
    return SLT_OK;
}

slt_status slt_groups_make(const slt_measures *measures, const slt_rows_spec *rows,
                           slt_groups *groups, slt_error *err)
{
    const group_order order = {measures->manifest, rows};
    group_place *places = slt_world.calloc(2 * measures->runs + 1, sizeof *places);
    size_t count = 0;
    *groups = (slt_groups){0};
    if (!places)
        return no_memory(err);
    for (size_t run = 0; run < measures->runs; run++) {
        const slt_real *value = slt_measures_find(measures, run, &rows->value);
        if (value && slt_figure_where(order.manifest, &rows->where, run))
            places[count++] = (group_place){.run = run, .value = *value};
    }
    sort_places(&order, places, count, places + measures->runs);
    slt_status status = fill_groups(places, count, groups, err);
    free(places);
    if (status)
        slt_groups_free(groups);
    return status;
}

void slt_groups_free(slt_groups *groups)
{
    if (groups->values)
        free(groups->values[0]);
    free(groups->run);
    free(groups->values);
    free(groups->counts);
    *groups = (slt_groups){0};
}
