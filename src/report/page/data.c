/* The figure's data: as a file embedded in the page, and as a table. */
#include "report/page/report.h"

#include <inttypes.h>
#include <stdio.h>

#define ROWS_SHOWN 1000

/* Percent-encodes the data; unreserved characters of RFC 3986 and commas are kept as they
 * are. */
static void print_data_address(const slt_buffer *csv, slt_buffer *address)
{
    slt_buffer_printf(address, "data:text/csv;charset=utf-8,");
    for (size_t i = 0; i < csv->size; i++) {
        uint8_t c = csv->data[i];
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            c == '-' || c == '.' || c == '_' || c == ',' || c == '/')
            slt_buffer_byte(address, c);
        else
            slt_buffer_printf(address, "%%%02X", c);
    }
}

static void put_download(slt_html *page, const slt_report_part *part)
{
    slt_buffer address = {0};
    print_data_address(&part->csv, &address);
    slt_html_open(page, "p", "class", "download", NULL);
    slt_html_element(page, "a", part->golden->data, "href", slt_buffer_text(&address),
                     "download", part->golden->data, NULL);
    slt_html_print(page, " (%zu bytes) is inside this page.", part->csv.size);
    slt_html_close(page, "p");
    page->out->failed |= address.failed;
    slt_buffer_free(&address);
}

static void put_cell(slt_html *page, bool there, slt_real value)
{
    char text[SLT_REAL_TEXT_MAX] = "";
    if (there)
        slt_real_text(value, text);
    slt_html_element(page, "td", text, "class", "number", NULL);
}

/* Writes the advisory columns: the closed form, or what SGLD must give according to
 * theory. */
static void put_theory(slt_html *page, const slt_figure *figure, size_t i)
{
    const slt_theory *theory = slt_figure_theory(figure);
    for (size_t line = 0; line < theory->lines; line++) {
        bool has =
            i < figure->table.data_count && slt_real_finite(theory->value[line][i]);
        put_cell(page, has, has ? theory->value[line][i] : (slt_real){0});
    }
}

static void put_row(slt_html *page, const slt_figure *figure, size_t i)
{
    const slt_table_row *row = &figure->table.rows[i];
    char n[24] = "";
    slt_html_open(page, "tr", NULL);
    slt_html_open(page, "th", "scope", "row", NULL);
    slt_html_element(page, "code", row->series, NULL);
    slt_html_close(page, "th");
    slt_html_element(page, "td", row->x, "class", "number", NULL);
    put_cell(page, true, row->value);
    put_cell(page, row->has_error, row->error);
    if (row->has_n)
        snprintf(n, sizeof n, "%" PRIu64, row->n);
    slt_html_element(page, "td", n, "class", "number", NULL);
    slt_report_put_coverage(page, figure, i);
    put_theory(page, figure, i);
    slt_html_close(page, "tr");
}

static void put_rows(slt_html *page, const slt_figure *figure)
{
    const slt_theory *theory = slt_figure_theory(figure);
    const char *names[6 + SLT_THEORY_LINES_MAX] = {"Series", ">x", ">Value",
                                                   ">Error", ">n", "Runs"};
    const size_t own = 5 + (slt_figure_ended_early(figure) > 0);
    const slt_table *table = &figure->table;
    size_t shown = table->count < ROWS_SHOWN ? table->count : ROWS_SHOWN;
    for (size_t line = 0; line < theory->lines; line++)
        names[own + line] = theory->column[line];
    slt_report_open_table(page, NULL,
                          "Data rows first, then what was computed from them");
    slt_report_put_head(page, names, own + theory->lines);
    slt_html_open(page, "tbody", NULL);
    for (size_t i = 0; i < shown; i++)
        put_row(page, figure, i);
    slt_html_close(page, "tbody");
    slt_report_close_table(page);
    if (shown < table->count) {
        slt_html_open(page, "p", NULL);
        slt_html_print(page, "And %zu rows more, in the file.", table->count - shown);
        slt_html_close(page, "p");
    }
}

void slt_report_put_data(slt_html *page, const slt_report_part *part)
{
    if (!part->figure || !part->golden->data)
        return;
    bool open = part->no_picture.status != SLT_OK; /* the table replaces the picture */
    slt_html_open(page, "div", "class", "data", NULL);
    slt_report_put_heading(page, part, "data", "Figure data");
    put_download(page, part);
    slt_html_open(page, "details", "open", open ? "open" : NULL, NULL);
    slt_html_open(page, "summary", NULL);
    slt_html_print(page, "All %zu rows as a table", part->figure->table.count);
    slt_html_close(page, "summary");
    put_rows(page, part->figure);
    slt_html_close(page, "details");
    slt_html_close(page, "div");
}
