/* What a panel shows: series of the table's data rows, by their names. */
#include "report/picture/svg_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

static const struct {
    const char *key, *prefix, *list;
} kinds[] = {[SLT_SVG_ROWS] = {"rows", "", "rows"},
             [SLT_SVG_POINTS] = {"points", "points.", "points"},
             [SLT_SVG_HISTOGRAM] = {"histogram", "hist.", "histograms"},
             [SLT_SVG_CURVES] = {"curves", "curve.", "curves"}};

#define KINDS (sizeof kinds / sizeof *kinds)

size_t slt_svg_panels(const slt_figure *figure)
{
    const slt_value *panels = figure->part ? slt_value_get(figure->part, "panels") : NULL;
    return panels ? panels->count : 0;
}

const slt_value *slt_svg_named(const slt_value *list, const char *name)
{
    if (list && list->kind == SLT_VALUE_MAP)
        return slt_value_get(list, name);
    for (size_t i = 0; list && i < list->count; i++)
        if (!strcmp(slt_figure_text(&list->items[i], "name", ""), name))
            return &list->items[i];
    return NULL;
}

/* ---- Which rows -------------------------------------------------------------------- */

static bool is_of_other_kind(const char *series)
{
    for (size_t i = 0; i < KINDS; i++)
        if (*kinds[i].prefix &&
            !strncmp(series, kinds[i].prefix, strlen(kinds[i].prefix)))
            return true;
    return false;
}

/* Whether a row's series is of rows called name, and what of it the key says. */
static bool is_of_rows(const slt_svg_panel *panel, const char *series, const char **title)
{
    const slt_value *rows = slt_value_get(panel->figure->part, "rows");
    size_t length = strlen(panel->name);
    *title = series;
    if (!panel->part || !rows || rows->kind == SLT_VALUE_MAP)
        return !is_of_other_kind(series);
    if (strncmp(series, panel->name, length) || (series[length] && series[length] != ' '))
        return false;
    *title += series[length] ? length + 1 : 0;
    return true;
}

static bool belongs(const slt_svg_panel *panel, const char *series, const char **title)
{
    const char *prefix = kinds[panel->kind].prefix;
    size_t length = strlen(prefix), name = strlen(panel->name);
    if (panel->kind == SLT_SVG_ROWS)
        return is_of_rows(panel, series, title);
    if (strncmp(series, prefix, length) || strncmp(series + length, panel->name, name))
        return false;
    series += length + name;
    *title = panel->kind == SLT_SVG_CURVES ? series + 1 : NULL;
    return panel->kind == SLT_SVG_CURVES ? *series == '.' : !*series;
}

static slt_status find_series(slt_svg_panel *panel, slt_error *err)
{
    const slt_table *table = &panel->figure->table;
    size_t end = 0;
    for (size_t from = 0; from < table->data_count; from = end) {
        slt_svg_series series = {.from = from};
        for (end = from + 1; end < table->data_count &&
                             !strcmp(table->rows[end].series, table->rows[from].series);)
            end++;
        if (!belongs(panel, table->rows[from].series, &series.title))
            continue;
        slt_svg_series *more =
            realloc(panel->series, (panel->count + 1) * sizeof *panel->series);
        if (!more)
            return slt_fail(err, SLT_RESOURCE, "no memory for the picture");
        series.end = end;
        panel->series = more;
        panel->series[panel->count++] = series;
    }
    return SLT_OK;
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
    panel->words = calloc(WORDS_MAX, sizeof *panel->words);
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

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && !strcmp(text + length - tail, end);
}

static const char *unit_of(const char *metric)
{
    if (!strncmp(metric, "llc", 3))
        return "LLC";
    if (ends_with(metric, "loss"))
        return "loss";
    return ends_with(metric, "accuracy") ? "accuracy" : metric;
}

/* Whether a curve's unit is the one that goes right where nothing is said: the LLC's, or
 * the second of two. */
static bool goes_right(const slt_svg_panel *panel, size_t s)
{
    const char *unit = unit_of(panel->series[s].title), *other = NULL;
    const char *first = unit_of(panel->series[0].title);
    bool llc = false, two = true, rest = false;
    for (size_t i = 0; i < panel->count; i++) {
        const char *one = unit_of(panel->series[i].title);
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

static bool is_listed(const slt_value *list, const char *text)
{
    for (size_t i = 0; list->kind == SLT_VALUE_LIST && i < list->count; i++)
        if (!strcmp(list->items[i].text, text))
            return true;
    return list->kind != SLT_VALUE_LIST && !strcmp(list->text, text);
}

static void find_right(slt_svg_panel *panel)
{
    const slt_value *right = slt_value_get(panel->part, "right");
    for (size_t s = 0; s < panel->count; s++) {
        slt_svg_series *series = &panel->series[s];
        series->right = right ? is_listed(right, series->title) : goes_right(panel, s);
        panel->has_right |= series->right;
    }
}

/* ---- Opening ----------------------------------------------------------------------- */

static bool has_log(const slt_value *part, const char *axis)
{
    const slt_value *log = slt_value_get(part, "log");
    return log && is_listed(log, axis);
}

static void read_part(slt_svg_panel *panel, size_t index)
{
    panel->part = &slt_value_get(panel->figure->part, "panels")->items[index];
    for (size_t kind = 0; kind < KINDS; kind++) {
        const char *name = slt_figure_text(panel->part, kinds[kind].key, NULL);
        if (name) {
            panel->kind = (slt_svg_kind)kind;
            panel->name = name;
        }
    }
    panel->log_x = has_log(panel->part, "x");
    panel->log_y = has_log(panel->part, "y");
    panel->log_right = has_log(panel->part, "right");
    snprintf(panel->block, sizeof panel->block, "p%zus", index + 1);
}

/* Where nothing is above 0 a logarithmic axis could show nothing at all. */
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
        read_part(panel, index);
    slt_status status = find_series(panel, err);
    if (!status)
        status = find_words(panel, err);
    if (!status && panel->kind == SLT_SVG_CURVES)
        find_right(panel);
    check_log(panel, &panel->log_x, SLT_SVG_X);
    check_log(panel, &panel->log_y, SLT_SVG_Y);
    check_log(panel, &panel->log_right, SLT_SVG_RIGHT);
    if (status)
        slt_svg_panel_free(panel);
    return status;
}

void slt_svg_panel_free(slt_svg_panel *panel)
{
    free(panel->series);
    free(panel->words);
    *panel = (slt_svg_panel){0};
}

/* ---- Texts ------------------------------------------------------------------------- */

/* The item of the figure that the panel shows. */
static const slt_value *shown(const slt_svg_panel *panel)
{
    const slt_value *list = slt_value_get(panel->figure->part, kinds[panel->kind].list);
    if (panel->kind == SLT_SVG_ROWS && list && list->kind == SLT_VALUE_MAP)
        return list;
    return slt_svg_named(list, panel->name);
}

const char *slt_svg_title(const slt_svg_panel *panel)
{
    if (panel->part)
        return slt_figure_text(panel->part, "title", "");
    const char *title = slt_figure_text(panel->figure->part, "title", NULL);
    return title ? title : slt_manifest_name(panel->figure->manifest);
}

/* A label of the panel; of rows also the figure's. */
static const char *label(const slt_svg_panel *panel, const char *key, const char *absent)
{
    if (panel->kind == SLT_SVG_ROWS)
        absent = slt_figure_text(panel->figure->part, key, absent);
    return slt_figure_text(panel->part, key, absent);
}

const char *slt_svg_x_label(const slt_svg_panel *panel)
{
    static const char *const keys[] = {"by", "x", "of", ""};
    const char *absent = panel->kind == SLT_SVG_CURVES ? "step" : "";
    return label(panel, "x_label",
                 slt_figure_text(shown(panel), keys[panel->kind], absent));
}

/* The unit of the curves on one side. */
static const char *side_label(const slt_svg_panel *panel, bool right)
{
    for (size_t s = 0; s < panel->count; s++)
        if (panel->series[s].right == right)
            return unit_of(panel->series[s].title);
    return "";
}

const char *slt_svg_y_label(const slt_svg_panel *panel)
{
    const char *absent = "";
    if (panel->kind == SLT_SVG_ROWS)
        absent = slt_figure_result(shown(panel));
    else if (panel->kind == SLT_SVG_POINTS)
        absent = slt_figure_text(shown(panel), "y", "");
    else
        absent = panel->kind == SLT_SVG_CURVES ? side_label(panel, false) : "count";
    return label(panel, "y_label", absent);
}

const char *slt_svg_right_label(const slt_svg_panel *panel)
{
    return slt_figure_text(panel->part, "right_label", side_label(panel, true));
}

const slt_value *slt_svg_levels(const slt_svg_panel *panel)
{
    const slt_value *own = panel->part ? slt_value_get(panel->part, "levels") : NULL;
    const slt_value *theory = slt_value_get(panel->figure->part, "theory");
    if (own || !theory || panel->kind != SLT_SVG_ROWS)
        return own;
    return slt_value_get(theory, "levels");
}
