#include "figure/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"

void slt_table_free(slt_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->rows[i].series);
        free(table->rows[i].x);
    }
    free(table->rows);
    *table = (slt_table){0};
}

slt_status slt_table_add(slt_table *table, const slt_table_row *row, slt_error *err)
{
    slt_table_row *rows =
        slt_world.realloc(table->rows, (table->count + 1) * sizeof *rows);
    if (rows)
        table->rows = rows;
    slt_table_row copy = *row;
    copy.series = rows ? slt_world.strdup(row->series) : NULL;
    copy.x = rows ? slt_world.strdup(row->x) : NULL;
    if (!copy.series || !copy.x) {
        free(copy.series);
        free(copy.x);
        return slt_fail(err, SLT_RESOURCE, "no memory for the figure's data");
    }
    rows[table->count++] = copy;
    table->data_count += *copy.x != 0;
    table->row_count += *copy.x && copy.origin.part == SLT_TABLE_ROWS;
    return SLT_OK;
}

const slt_table_row *slt_table_named(const slt_table *table, const char *series)
{
    for (size_t i = table->data_count; i < table->count; i++)
        if (!strcmp(table->rows[i].series, series))
            return &table->rows[i];
    return NULL;
}

const slt_table_row *slt_table_at(const slt_table *table, const char *series,
                                  const char *x)
{
    const slt_table_row *found = NULL;
    size_t count = series ? table->data_count : table->row_count;
    for (size_t i = 0; i < count; i++) {
        const slt_table_row *row = &table->rows[i];
        if (strcmp(row->x, x) || (series && strcmp(row->series, series)))
            continue;
        if (found)
            return NULL;
        found = row;
    }
    return found;
}
