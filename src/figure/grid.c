/* figure.tables: numbers of the data, and what is printed beside them, in rows and
 * columns.  Advisory. */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "figure/expr.h"

#define ROW "$row"

/* The expression with the row's text wherever it says $row. */
static char *expression_in(const char *text, const char *row)
{
    slt_buffer out = {0};
    for (const char *at; (at = strstr(text, ROW)) != NULL; text = at + strlen(ROW))
        slt_buffer_printf(&out, "%.*s%s", (int)(at - text), text, row);
    slt_buffer_printf(&out, "%s", text);
    return slt_buffer_take(&out);
}

/* The value of one of a cell's expressions; absent where it has none or, in a table whose
 * cells may be blank, where the data do not have what it names. */
static slt_status cell_value(const slt_figure *figure, const slt_grid_spec *spec,
                             const char *text, const char *row, slt_real *value,
                             slt_error *err)
{
    slt_error inner;
    *value = slt_real_absent();
    if (!text)
        return SLT_OK;
    char *expression = expression_in(text, row);
    if (!expression)
        return slt_fail(err, SLT_RESOURCE, "no memory for a table");
    slt_status status =
        slt_expr_value(expression, &figure->table, figure->manifest, value, &inner);
    free(expression);
    if (status == SLT_FORMAT && spec->blank) {
        *value = slt_real_absent();
        return SLT_OK;
    }
    return status ? slt_fail(err, status, "at row %s: %s", row, inner.text) : SLT_OK;
}

static slt_status make_cell(const slt_figure *figure, const slt_grid_spec *spec,
                            const slt_grid_column *column, const char *row,
                            slt_grid_cell *cell, slt_error *err)
{
    const struct {
        const char *text;
        slt_real *value;
    } parts[] = {{column->value, &cell->value},
                 {column->low, &cell->low},
                 {column->high, &cell->high},
                 {column->printed, &cell->printed}};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !status; i++)
        status = cell_value(figure, spec, parts[i].text, row, parts[i].value, err);
    return status;
}

/* A table with nothing in it has a name that is spelt wrong. */
static slt_status make_grid(const slt_figure *figure, const slt_grid_spec *spec,
                            slt_grid *grid, slt_error *err)
{
    slt_status status = SLT_OK;
    bool any = false;
    grid->spec = spec;
    grid->cells =
        slt_world.calloc(spec->row_count * spec->column_count, sizeof *grid->cells);
    if (!grid->cells)
        return slt_fail(err, SLT_RESOURCE, "no memory for a table");
    for (size_t row = 0; row < spec->row_count; row++)
        for (size_t column = 0; column < spec->column_count && !status; column++) {
            slt_grid_cell *cell = &grid->cells[row * spec->column_count + column];
            status = make_cell(figure, spec, &spec->columns[column], spec->rows[row],
                               cell, err);
            any |= slt_real_finite(cell->value);
        }
    return status || any ? status
                         : slt_fail(err, SLT_FORMAT, "none of its cells has a value");
}

slt_status slt_grids_make(slt_figure *figure, slt_error *err)
{
    const slt_figure_spec *spec = figure->spec;
    slt_status status = SLT_OK;
    figure->grids = slt_world.calloc(spec->grid_count + 1, sizeof *figure->grids);
    if (!figure->grids)
        return slt_fail(err, SLT_RESOURCE, "no memory for the tables");
    for (size_t i = 0; i < spec->grid_count && !status; i++) {
        slt_error inner;
        status = make_grid(figure, &spec->grids[i], &figure->grids[figure->grid_count++],
                           &inner);
        if (status)
            status = slt_fail(err, status, "%s:%d: figure.tables[%zu]: %s",
                              slt_manifest_path(figure->manifest),
                              spec->grids[i].place.line, i, inner.text);
    }
    return status;
}

void slt_grids_free(slt_figure *figure)
{
    for (size_t i = 0; i < figure->grid_count; i++)
        free(figure->grids[i].cells);
    free(figure->grids);
}
