/* What a panel shows: series of rows of the table, selected by name. */
#include "report/picture/svg_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/manifest.h"

static const slt_table_part parts[] = {[SLT_PANEL_ROWS] = SLT_TABLE_ROWS,
                                       [SLT_PANEL_POINTS] = SLT_TABLE_POINTS,
                                       [SLT_PANEL_HISTOGRAM] = SLT_TABLE_HISTOGRAM,
                                       [SLT_PANEL_CURVES] = SLT_TABLE_CURVE,
                                       [SLT_PANEL_HEATMAP] = SLT_TABLE_ROWS,
                                       [SLT_PANEL_SLOPES] = SLT_TABLE_SLOPE,
                                       [SLT_PANEL_TRACE] = SLT_TABLE_CHAINS,
                                       [SLT_PANEL_RANKS] = SLT_TABLE_CHAINS,
                                       [SLT_PANEL_AUTOCORRELATION] = SLT_TABLE_CHAINS};

size_t slt_svg_panels(const slt_figure *figure)
{
    return figure->spec ? figure->spec->panel_count : 0;
}

/* ---- Which rows -------------------------------------------------------------------- */

/* The index of the item that a panel shows, in the figure's list of that kind. */
static size_t panel_item_of(const slt_svg_panel *panel)
{
    const slt_figure_spec *figure = panel->figure->spec;
    const slt_panel_spec *spec = panel->spec;
    switch (panel->kind) {
    case SLT_PANEL_ROWS:
    case SLT_PANEL_HEATMAP:
        return (size_t)(spec->rows - figure->rows);
    case SLT_PANEL_POINTS:
        return (size_t)(spec->points - figure->points);
    case SLT_PANEL_HISTOGRAM:
        return (size_t)(spec->histogram - figure->histograms);
    case SLT_PANEL_SLOPES:
        return (size_t)(spec->slopes - figure->fits);
    case SLT_PANEL_TRACE:
    case SLT_PANEL_RANKS:
    case SLT_PANEL_AUTOCORRELATION:
        return (size_t)(spec->chains - figure->chains);
    case SLT_PANEL_CURVES:
        break;
    }
    return (size_t)(spec->curves - figure->curves);
}

/* Whether a row belongs to the panel. Without panels all rows are shown. A curve's rows
 * of a metric that it does not name are never shown. */
static bool panel_belongs(const slt_svg_panel *panel, const slt_table_origin *origin)
{
    return origin->part == parts[panel->kind] &&
           (!panel->spec || origin->item == panel_item_of(panel)) &&
           (panel->kind != SLT_PANEL_CURVES || origin->metric != SIZE_MAX) &&
           (!slt_svg_is_chains(panel) || origin->metric == slt_panel_show(panel->kind));
}

#define LLC_SIGN "LLC \xce\xbb\xcc\x82" /* lambda with a hat */

/* The text of a series, as its rows or its metric have it. */
static const char *plain_title(const slt_svg_panel *panel, const slt_table_row *row)
{
    if (panel->kind == SLT_PANEL_ROWS)
        return panel->spec ? slt_figure_series_title(panel->spec->rows, row->series)
                           : row->series;
    if (panel->kind == SLT_PANEL_POINTS && panel->spec->points->series_count)
        return row->series + strlen(slt_table_prefix(SLT_TABLE_POINTS)) +
               strlen(panel->spec->points->name) + 1;
    if (panel->kind == SLT_PANEL_SLOPES)
        return row->series + strlen(slt_table_prefix(SLT_TABLE_SLOPE));
    if (panel->kind == SLT_PANEL_CURVES)
        return panel->spec->curves->series_count
                   ? row->series + strlen(slt_table_prefix(SLT_TABLE_CURVE)) +
                         strlen(panel->spec->curves->name) + 1
                   : panel->spec->curves->of[row->origin.metric].text;
    return NULL;
}

/* The text of a series in the key; NULL for none. */
static const char *panel_title_of(const slt_svg_panel *panel, const slt_table_row *row)
{
    const char *title = plain_title(panel, row);
    return title && !strcmp(title, SLT_ROWS_VALUE) ? LLC_SIGN : title;
}

/* Whether a row is of a reference that the panel names. */
static bool panel_refers(const slt_svg_panel *panel, const slt_table_origin *origin)
{
    const slt_figure_spec *figure = panel->figure->spec;
    bool named = false;
    for (size_t i = 0; panel->spec && i < panel->spec->reference_count; i++)
        named |=
            origin->part == SLT_TABLE_REFERENCE &&
            origin->item < figure->reference_count &&
            !strcmp(panel->spec->references[i], figure->references[origin->item].name);
    return named;
}

static slt_status add_series(slt_svg_series **list, size_t *count, slt_svg_series series,
                             slt_error *err)
{
    slt_svg_series *more = slt_world.realloc(*list, (*count + 1) * sizeof **list);
    if (!more)
        return slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    *list = more;
    more[(*count)++] = series;
    return SLT_OK;
}

static slt_status find_series(slt_svg_panel *panel, slt_error *err)
{
    const slt_table *table = &panel->figure->table;
    size_t end = 0;
    slt_status status = SLT_OK;
    for (size_t from = 0; from < table->data_count && !status; from = end) {
        slt_svg_series series = {.from = from};
        for (end = from + 1; end < table->data_count &&
                             !strcmp(table->rows[end].series, table->rows[from].series);)
            end++;
        series.end = end;
        if (panel_refers(panel, &table->rows[from].origin)) {
            series.title = table->rows[from].series;
            status = add_series(&panel->references, &panel->reference_count, series, err);
        } else if (panel_belongs(panel, &table->rows[from].origin)) {
            series.title = panel_title_of(panel, &table->rows[from]);
            status = add_series(&panel->series, &panel->count, series, err);
        }
    }
    return status;
}

/* ---- Words along the horizontal axis ----------------------------------------------- */

#define WORDS_MAX 256

static bool is_number(const char *text)
{
    slt_real value;
    return slt_real_parse(text, &value);
}

static size_t word_place(const slt_svg_panel *panel, const char *word)
{
    size_t place = 0;
    while (place < panel->word_count && strcmp(panel->words[place], word))
        place++;
    return place;
}

static slt_status find_words(slt_svg_panel *panel, slt_error *err)
{
    const slt_table_row *rows = panel->figure->table.rows;
    bool numeric = true;
    for (size_t s = 0; s < panel->count; s++)
        for (size_t i = panel->series[s].from; i < panel->series[s].end; i++)
            numeric &= is_number(rows[i].x);
    if (numeric)
        return SLT_OK;
    panel->words = slt_world.calloc(WORDS_MAX, sizeof *panel->words);
    if (!panel->words)
        return slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    for (size_t s = 0; s < panel->count; s++)
        for (size_t i = panel->series[s].from; i < panel->series[s].end; i++)
            if (word_place(panel, rows[i].x) < panel->word_count)
                continue;
            else if (panel->word_count < WORDS_MAX)
                panel->words[panel->word_count++] = rows[i].x;
            else
                return slt_fail(err, SLT_RESOURCE,
                                "no picture: more than %d words along an axis",
                                WORDS_MAX);
    return SLT_OK;
}

slt_real slt_svg_x(const slt_svg_panel *panel, size_t row)
{
    const char *text = panel->figure->table.rows[row].x;
    slt_real x = {0};
    if (panel->word_count)
        x = slt_real_of((double)word_place(panel, text));
    else
        slt_real_parse(text, &x);
    return x;
}

/* ---- The axis to the right --------------------------------------------------------- */

static const slt_figure_value *panel_metric_of(const slt_svg_panel *panel, size_t s)
{
    const slt_table_row *rows = panel->figure->table.rows;
    return &panel->spec->curves->of[rows[panel->series[s].from].origin.metric];
}

/* The unit of the curve that a series shows. */
static const char *panel_unit_of(const slt_svg_panel *panel, size_t s)
{
    const slt_figure_value *of = panel_metric_of(panel, s);
    if (of->is_quantity && slt_quantity_is_llc(&of->quantity))
        return "LLC";
    if (of->is_quantity && (of->quantity.kind == SLT_QUANTITY_LOSS ||
                            of->quantity.kind == SLT_QUANTITY_VAL_LOSS))
        return "loss";
    if (of->is_quantity && (of->quantity.kind == SLT_QUANTITY_ACCURACY ||
                            of->quantity.kind == SLT_QUANTITY_VAL_ACCURACY))
        return "accuracy";
    if (of->is_quantity && (of->quantity.kind == SLT_QUANTITY_ERROR ||
                            of->quantity.kind == SLT_QUANTITY_VAL_ERROR))
        return "error";
    return of->text;
}

/* Whether a curve's unit goes on the right axis by default: the LLC's does, or the second
 * of two units. */
static bool panel_goes_right(const slt_svg_panel *panel, size_t s)
{
    const char *unit = panel_unit_of(panel, s), *other = NULL;
    const char *first = panel_unit_of(panel, 0);
    bool llc = false, two = true, rest = false;
    for (size_t i = 0; i < panel->count; i++) {
        const char *one = panel_unit_of(panel, i);
        llc |= !strcmp(one, "LLC");
        rest |= strcmp(one, "LLC") != 0;
        if (!strcmp(one, first))
            continue;
        two &= !other || !strcmp(one, other);
        other = one;
    }
    if (llc)
        return rest && !strcmp(unit, "LLC");
    return other && two && strcmp(unit, first);
}

static bool is_listed(const slt_panel_spec *spec, const char *curve)
{
    for (size_t i = 0; i < spec->right_count; i++)
        if (!strcmp(spec->right[i], curve))
            return true;
    return false;
}

static void find_right(slt_svg_panel *panel)
{
    const slt_panel_spec *spec = panel->spec;
    for (size_t s = 0; s < panel->count; s++) {
        slt_svg_series *series = &panel->series[s];
        series->right = spec->has_right ? is_listed(spec, panel_metric_of(panel, s)->text)
                                        : panel_goes_right(panel, s);
        panel->has_right |= series->right;
    }
}

/* ---- Opening ----------------------------------------------------------------------- */

static void read_spec(slt_svg_panel *panel, size_t index)
{
    panel->spec = &panel->figure->spec->panels[index];
    panel->kind = panel->spec->kind;
    panel->name = panel->spec->name;
    panel->log_x = panel->spec->log[SLT_PANEL_X];
    panel->log_y = panel->spec->log[SLT_PANEL_Y];
    panel->log_right = panel->spec->log[SLT_PANEL_RIGHT];
    snprintf(panel->block, sizeof panel->block, "p%zus", index + 1);
}

/* Whether a plain horizontal axis would crowd the rows of a sweep, as it does rates that
 * grow by factors: all numbers are above 0, and most lie in the lowest eighth of it. */
static bool is_crowded(const slt_svg_panel *panel)
{
    slt_real low, high;
    size_t rows = 0, crowded = 0;
    if (panel->kind != SLT_PANEL_ROWS || panel->word_count ||
        !slt_svg_range(panel, SLT_SVG_X, &low, &high) || slt_real_double(low) <= 0)
        return false;
    const double edge =
        slt_real_double(low) + (slt_real_double(high) - slt_real_double(low)) / 8;
    for (size_t s = 0; s < panel->count; s++)
        for (size_t i = panel->series[s].from; i < panel->series[s].end; i++, rows++)
            crowded += slt_real_double(slt_svg_x(panel, i)) < edge;
    return rows > 2 && 2 * crowded > rows;
}

/* Makes a logarithmic axis linear if no value is above 0, because it could show
 * nothing. */
static void check_log(slt_svg_panel *panel, bool *log, slt_svg_axis axis)
{
    slt_real low, high;
    bool flat = *log && panel->count && !slt_svg_range(panel, axis, &low, &high);
    *log &= !flat;
    panel->flat |= flat;
}

slt_status slt_svg_panel_open(const slt_figure *figure, size_t index,
                              slt_svg_panel *panel, slt_error *err)
{
    *panel = (slt_svg_panel){.figure = figure, .name = "", .block = "s"};
    if (slt_svg_panels(figure))
        read_spec(panel, index);
    slt_status status = find_series(panel, err);
    if (!status)
        status = panel->kind == SLT_PANEL_HEATMAP ? slt_svg_heat_open(panel, err)
                                                  : find_words(panel, err);
    if (!status && panel->kind == SLT_PANEL_CURVES)
        find_right(panel);
    if (!status && !panel->log_x && !panel->log_y)
        panel->log_x = is_crowded(panel);
    check_log(panel, &panel->log_x, SLT_SVG_X);
    check_log(panel, &panel->log_y, SLT_SVG_Y);
    check_log(panel, &panel->log_right, SLT_SVG_RIGHT);
    panel->ends = !status && slt_svg_has_ends(panel);
    if (status)
        slt_svg_panel_free(panel);
    return status;
}

void slt_svg_panel_free(slt_svg_panel *panel)
{
    free(panel->series);
    free(panel->references);
    free(panel->words);
    free(panel->lines);
    *panel = (slt_svg_panel){0};
}

/* ---- Texts ------------------------------------------------------------------------- */

const char *slt_svg_title(const slt_svg_panel *panel)
{
    const char *title = panel->spec ? panel->spec->title : panel->figure->spec->title;
    if (!title)
        title = panel->spec ? "" : slt_manifest_name(panel->figure->manifest);
    return title;
}

/* The first label that is given: the panel's; for rows, the figure's; or that of what the
 * panel shows. */
static const char *panel_label(const slt_svg_panel *panel, const char *own,
                               const char *figures, const char *shown)
{
    if (own)
        return own;
    return panel->kind == SLT_PANEL_ROWS && figures ? figures : shown;
}

/* The rows spec that a panel, or a picture without panels, shows; NULL if there are
 * several or none. */
static const slt_rows_spec *panel_rows_of(const slt_svg_panel *panel)
{
    const slt_figure_spec *figure = panel->figure->spec;
    if (panel->spec)
        return panel->spec->rows;
    return figure->row_count && !*figure->rows->name ? figure->rows : NULL;
}

/* Whether an expression is this field of a list of transitions, or a measure called so.
 */
static bool is_field(const slt_figure_spec *figure, const char *expression,
                     const char *field)
{
    bool is = !strcmp(expression, field);
    for (size_t t = 0; t < figure->transition_count && !is; t++) {
        const size_t size = strlen(figure->transitions[t].name);
        is = !strncmp(expression, figure->transitions[t].name, size) &&
             expression[size] == '.' && !strcmp(expression + size + 1, field);
    }
    return is;
}

static const char *sign_of(const slt_svg_panel *panel, const char *expression)
{
    static const char *const signs[][2] = {{"df", "\xce\x94\x46"},
                                           {"dlambda", "\xce\x94\xce\xbb\xcc\x82"},
                                           {"dloss", "\xce\x94\x4c"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (is_field(panel->figure->spec, expression, signs[i][0]))
            return signs[i][1];
    return expression;
}

/* What rows show; NULL: the LLC. */
static const char *value_sign(const slt_figure_value *value)
{
    const bool llc =
        !value || (value->is_quantity && slt_quantity_is_llc(&value->quantity));
    return llc ? LLC_SIGN : value->text;
}

/* What an exponent's slopes are along. */
static const char *slopes_of(const slt_fit_spec *fit)
{
    if (fit->curve)
        return fit->curve->x ? fit->curve->x : "step";
    return fit->points ? fit->points->x : fit->x;
}

static const char *shown_x(const slt_svg_panel *panel)
{
    const slt_rows_spec *rows = panel_rows_of(panel);
    switch (panel->kind) {
    case SLT_PANEL_ROWS:
    case SLT_PANEL_HEATMAP:
        return rows ? slt_manifest_axis(panel->figure->manifest, rows->by) : "";
    case SLT_PANEL_POINTS:
        return sign_of(panel, panel->spec->points->x);
    case SLT_PANEL_HISTOGRAM:
        return panel->spec->histogram->of ? sign_of(panel, panel->spec->histogram->of)
                                          : panel->spec->histogram->tally;
    case SLT_PANEL_SLOPES:
        return slopes_of(panel->spec->slopes);
    case SLT_PANEL_TRACE:
    case SLT_PANEL_RANKS:
    case SLT_PANEL_AUTOCORRELATION:
        return slt_svg_chains_x(panel);
    case SLT_PANEL_CURVES:
        break;
    }
    return panel->spec->curves->x ? panel->spec->curves->x : "step";
}

const char *slt_svg_x_label(const slt_svg_panel *panel)
{
    return panel_label(panel, panel->spec ? panel->spec->x_label : NULL,
                       panel->figure->spec->x_label, shown_x(panel));
}

/* The label of one vertical axis: the unit of its curves. */
static const char *side_label(const slt_svg_panel *panel, bool right)
{
    for (size_t s = 0; s < panel->count; s++)
        if (panel->series[s].right == right) {
            const char *unit = panel_unit_of(panel, s);
            return strcmp(unit, "LLC") ? unit : LLC_SIGN;
        }
    return "";
}

static const char *shown_y(const slt_svg_panel *panel)
{
    const slt_rows_spec *rows = panel_rows_of(panel);
    switch (panel->kind) {
    case SLT_PANEL_ROWS:
        return value_sign(rows ? &rows->value : NULL);
    case SLT_PANEL_HEATMAP:
        return slt_manifest_axis(panel->figure->manifest, *rows->series);
    case SLT_PANEL_POINTS:
        return sign_of(panel, panel->spec->points->y);
    case SLT_PANEL_HISTOGRAM:
        return "count";
    case SLT_PANEL_SLOPES:
        return "local slope";
    case SLT_PANEL_TRACE:
    case SLT_PANEL_RANKS:
    case SLT_PANEL_AUTOCORRELATION:
        return slt_svg_chains_y(panel);
    case SLT_PANEL_CURVES:
        break;
    }
    return side_label(panel, false);
}

const char *slt_svg_y_label(const slt_svg_panel *panel)
{
    return panel_label(panel, panel->spec ? panel->spec->y_label : NULL,
                       panel->figure->spec->y_label, shown_y(panel));
}

const char *slt_svg_right_label(const slt_svg_panel *panel)
{
    const char *own = panel->spec ? panel->spec->right_label : NULL;
    if (!own && panel->kind == SLT_PANEL_HEATMAP)
        return value_sign(&panel->spec->rows->value);
    return own ? own : side_label(panel, true);
}

slt_svg_levels slt_svg_levels_of(const slt_svg_panel *panel)
{
    const slt_theory_spec *theory = &panel->figure->spec->theory;
    const slt_panel_spec *spec = panel->spec;
    if (slt_svg_is_chains(panel) && !spec->level_count) {
        const slt_level_spec *level = slt_svg_chains_level(panel);
        return (slt_svg_levels){level, level ? 1 : 0};
    }
    if ((spec && spec->level_count) || panel->kind != SLT_PANEL_ROWS)
        return (slt_svg_levels){spec->levels, spec->level_count};
    return (slt_svg_levels){theory->levels, theory->level_count};
}
