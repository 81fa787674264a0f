/* The section of one golden: picture, fits, chains, and the parts that other files of
 * this folder write. */
#include "report/page/report.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

/* ---- Picture ----------------------------------------------------------------------- */

static size_t series_rows(const slt_table *table, size_t from)
{
    size_t end = from;
    while (end < table->data_count &&
           !strcmp(table->rows[end].series, table->rows[from].series))
        end++;
    return end - from;
}

static void describe_series(const slt_table *table, size_t from, size_t rows,
                            slt_buffer *text)
{
    double least = slt_real_double(table->rows[from].value), most = least;
    for (size_t i = from; i < from + rows; i++) {
        double value = slt_real_double(table->rows[i].value);
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    slt_buffer_printf(text, " %s: %zu points, x from %s to %s, values from %.4g to %.4g.",
                      table->rows[from].series, rows, table->rows[from].x,
                      table->rows[from + rows - 1].x, least, most);
}

#define SERIES_DESCRIBED 12

void slt_report_describe(const slt_figure *figure, slt_buffer *text)
{
    const slt_table *table = &figure->table;
    const slt_figure_spec *spec = figure->spec;
    size_t series = 0;
    if (spec && spec->x_label && spec->y_label)
        slt_buffer_printf(text, "%s against %s.", spec->y_label, spec->x_label);
    for (size_t from = 0; from < table->data_count; series++) {
        size_t rows = series_rows(table, from);
        if (series < SERIES_DESCRIBED)
            describe_series(table, from, rows, text);
        from += rows;
    }
    if (series > SERIES_DESCRIBED)
        slt_buffer_printf(text, " And %zu more series.", series - SERIES_DESCRIBED);
    slt_buffer_printf(text, " All numbers are in the table of the figure's data.");
}

/* Writes what the axes leave out, one sentence for each panel. */
static void put_hidden(slt_html *page, const slt_figure *figure)
{
    size_t hidden;
    char *text = NULL, *rest;
    if (slt_figure_hidden(figure, &hidden, &text, NULL))
        page->out->failed = true;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest))
        slt_html_print(page, " In %s.", line);
    free(text);
}

static void put_caption(slt_html *page, const slt_report_part *part)
{
    const slt_theory *theory = slt_figure_theory(part->figure);
    slt_html_open(page, "figcaption", NULL);
    slt_html_print(
        page, "Drawn from %s%s.", part->golden->data,
        part->figure->has_runs && !part->of_table ? ", made again from the traces" : "");
    slt_report_put_left_out(page, part);
    put_hidden(page, part->figure);
    if (theory->lines)
        slt_html_print(page, " Beside it, advisory: %s.", theory->title);
    if (theory->note.size)
        slt_html_print(page, " Theory: %.*s.", (int)theory->note.size,
                       (const char *)theory->note.data);
    slt_html_close(page, "figcaption");
}

static void put_picture(slt_html *page, const slt_report_part *part)
{
    if (!part->figure)
        return;
    if (part->no_picture.status) {
        slt_html_element(page, "p", part->no_picture.text, "class", "alert", NULL);
        return;
    }
    slt_html_open(page, "figure", NULL);
    slt_html_open(page, "div", "class", "scroll", "role", "region", "tabindex", "0",
                  "aria-label", "Picture", NULL);
    slt_html_markup(page, part->svg.data, part->svg.size);
    slt_html_close(page, "div");
    put_caption(page, part);
    slt_html_close(page, "figure");
}

/* ---- Fits -------------------------------------------------------------------------- */

static bool is_fit(const slt_table_row *row)
{
    return row->origin.part == SLT_TABLE_FIT || row->origin.part == SLT_TABLE_BOOTSTRAP;
}

static size_t count_named(const slt_table *table, bool fits)
{
    size_t count = 0;
    for (size_t i = table->data_count; i < table->count; i++)
        count += is_fit(&table->rows[i]) == fits;
    return count;
}

static void put_named_row(slt_html *page, const slt_figure *figure, size_t i)
{
    const slt_table_row *row = &figure->table.rows[i];
    slt_html_open(page, "tr", NULL);
    slt_html_open(page, "th", "scope", "row", NULL);
    slt_html_element(page, "code", row->series, NULL);
    slt_html_close(page, "th");
    slt_report_put_number(page, row->value, NULL);
    slt_html_open(page, "td", "class", "number", NULL);
    if (row->has_error)
        slt_html_print(page, "%.3g", slt_real_double(row->error));
    slt_html_close(page, "td");
    slt_html_open(page, "td", "class", "number", NULL);
    if (row->has_n)
        slt_html_print(page, "%llu", (unsigned long long)row->n);
    slt_html_close(page, "td");
    slt_report_put_coverage(page, figure, i);
    slt_html_close(page, "tr");
}

static void put_named(slt_html *page, const slt_figure *figure, bool fits,
                      const char *caption)
{
    static const char *const names[] = {"Name", ">Value", ">Standard error", ">n",
                                        "Runs"};
    const slt_table *table = &figure->table;
    slt_report_open_table(page, NULL, caption);
    slt_report_put_head(page, names, 4 + (slt_figure_ended_early(figure) > 0));
    slt_html_open(page, "tbody", NULL);
    for (size_t i = table->data_count; i < table->count; i++)
        if (is_fit(&table->rows[i]) == fits)
            put_named_row(page, figure, i);
    slt_html_close(page, "tbody");
    slt_report_close_table(page);
}

/* Writes statistics, clusters, what histograms leave out, summaries, and counts by
 * status. */
static void put_others(slt_html *page, const slt_figure *figure)
{
    slt_html_open(page, "details", NULL);
    slt_html_open(page, "summary", NULL);
    slt_html_print(page, "%zu other numbers computed from the data",
                   count_named(&figure->table, false));
    slt_html_close(page, "summary");
    put_named(page, figure, false,
              "Named as claims name them; n is how many they are of");
    slt_html_close(page, "details");
}

/* Says where the points of others come from. */
static void put_references(slt_html *page, const slt_report_part *part)
{
    const slt_figure_spec *spec = part->figure ? part->figure->spec : NULL;
    for (size_t i = 0; spec && i < spec->reference_count; i++) {
        const slt_reference_spec *reference = &spec->references[i];
        slt_html_open(page, "p", "class", "soft", NULL);
        slt_html_element(page, "code", reference->name, NULL);
        slt_html_print(page, ": %s; ", reference->source);
        slt_html_element(page, "code", reference->file, NULL);
        slt_html_print(page, ", SHA-256 %s.", reference->sha256);
        slt_html_close(page, "p");
    }
}

static void put_fits(slt_html *page, const slt_report_part *part)
{
    if (!part->figure || part->figure->table.count == part->figure->table.data_count)
        return;
    const slt_table *table = &part->figure->table;
    bool any = count_named(table, true) > 0;
    slt_report_put_heading(page, part, "fits", any ? "Fits" : "Numbers");
    if (any)
        put_named(page, part->figure, true,
                  "Least squares: a0 + a1 x + a2 x\xc2\xb2, of an exponent a0 + a1 ln x; "
                  "r2, rss; n is the number of points");
    if (count_named(table, false))
        put_others(page, part->figure);
}

/* ---- Section ----------------------------------------------------------------------- */

static void put_lead(slt_html *page, const slt_report_part *part)
{
    const slt_cite_spec *cite = slt_report_cite(part);
    slt_html_open(page, "p", "class", "soft", NULL);
    slt_html_element(page, "code", part->golden ? part->golden->name : part->path, NULL);
    if (cite->paper) {
        slt_html_text(page, " \xc2\xb7 ");
        slt_report_put_paper(page, cite);
    }
    if (cite->table)
        slt_html_print(page, ", table %s", cite->table);
    if (part->golden)
        slt_html_print(page, " \xc2\xb7 %zu run%s", part->golden->run_count,
                       part->golden->run_count == 1 ? "" : "s");
    slt_html_close(page, "p");
    if (cite->note)
        slt_html_element(page, "p", cite->note, NULL);
}

/* Writes which runs ended early, and which rows are missing because of that. */
static void put_ended(slt_html *page, const slt_report_part *part)
{
    slt_buffer ended = {0}, absent = {0};
    if (!part->figure || !slt_figure_ended_early(part->figure))
        return;
    slt_figure_print_ended(part->figure, &ended);
    slt_figure_print_absent(part->figure, &absent);
    slt_html_open(page, "p", "class", "alert", NULL);
    slt_report_put_left_out(page, part);
    slt_html_print(page, " %s.", slt_buffer_text(&ended));
    if (absent.size)
        slt_html_print(page, " Without a row, all their runs ended early: %s.",
                       slt_buffer_text(&absent));
    slt_html_close(page, "p");
    slt_buffer_free(&ended);
    slt_buffer_free(&absent);
}

static void put_trouble(slt_html *page, const slt_report_part *part)
{
    if (!part->trouble.status)
        return;
    slt_html_open(page, "p", "class", "alert", NULL);
    slt_html_element(page, "strong", "\xe2\x9c\x97 This golden does not hold: ", NULL);
    slt_html_print(page, "%s. No claim is judged.", part->trouble.text);
    slt_html_close(page, "p");
}

void slt_report_put_section(slt_html *page, const slt_report_part *part,
                            const slt_report_part *parts, size_t count)
{
    slt_buffer heading = {0};
    slt_report_heading(part, &heading);
    slt_html_open(page, "section", "aria-labelledby", part->anchor, NULL);
    slt_html_element(page, "h2", slt_buffer_text(&heading), "id", part->anchor, NULL);
    put_lead(page, part);
    put_trouble(page, part);
    put_ended(page, part);
    put_picture(page, part);
    put_references(page, part);
    slt_report_put_grids(page, part);
    slt_report_put_claims(page, part);
    put_fits(page, part);
    slt_report_put_runs(page, part);
    slt_report_put_settings(page, part);
    slt_report_put_hashes(page, part);
    slt_report_put_in_page(page, part, parts, count);
    slt_report_put_commands(page, part);
    slt_report_put_data(page, part);
    slt_html_close(page, "section");
    slt_buffer_free(&heading);
}
