/* The tables of numbers that a figure asks for. */
#include "report/page/report.h"

#include <stdlib.h>

static void put_cell(slt_html *page, const slt_grid_cell *cell)
{
    slt_html_open(page, "td", "class", "number", NULL);
    if (slt_real_finite(cell->value))
        slt_html_print(page, "%.4g", slt_real_double(cell->value));
    else
        slt_html_text(page, "\xe2\x80\x93");
    if (slt_real_finite(cell->low) && slt_real_finite(cell->high))
        slt_html_print(page, " [%.4g, %.4g]", slt_real_double(cell->low),
                       slt_real_double(cell->high));
    if (slt_real_finite(cell->printed)) {
        slt_html_text(page, " ");
        slt_html_open(page, "span", "class", "soft", NULL);
        slt_html_print(page, "printed %.4g", slt_real_double(cell->printed));
        slt_html_close(page, "span");
    }
    slt_html_close(page, "td");
}

static void put_heads(slt_html *page, const slt_grid_spec *spec)
{
    slt_html_open(page, "thead", NULL);
    slt_html_open(page, "tr", NULL);
    slt_html_element(page, "th", spec->head ? spec->head : "", "scope", "col", NULL);
    for (size_t i = 0; i < spec->column_count; i++)
        slt_html_element(page, "th", spec->columns[i].head, "scope", "col", "class",
                         "number", NULL);
    slt_html_close(page, "tr");
    slt_html_close(page, "thead");
}

static void put_grid(slt_html *page, const slt_grid *grid)
{
    const slt_grid_spec *spec = grid->spec;
    slt_report_open_table(page, NULL, spec->title);
    put_heads(page, spec);
    slt_html_open(page, "tbody", NULL);
    for (size_t row = 0; row < spec->row_count; row++) {
        slt_html_open(page, "tr", NULL);
        slt_html_element(page, "th", spec->rows[row], "scope", "row", NULL);
        for (size_t column = 0; column < spec->column_count; column++)
            put_cell(page, &grid->cells[row * spec->column_count + column]);
        slt_html_close(page, "tr");
    }
    slt_html_close(page, "tbody");
    slt_report_close_table(page);
}

void slt_report_put_grids(slt_html *page, const slt_report_part *part)
{
    if (!part->figure || !part->figure->grid_count)
        return;
    slt_report_put_heading(page, part, "tables", "Tables");
    for (size_t i = 0; i < part->figure->grid_count; i++)
        put_grid(page, &part->figure->grids[i]);
}
