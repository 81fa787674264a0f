#include "figure/table.h"

#include <stdlib.h>
#include <string.h>

#include <inttypes.h>

#include "base/escape.h"
#include "codec/csv.h"

#define HEADER "series,x,value,error,n\n"
#define FIELDS 5

static void print_row(slt_buffer *csv, const slt_table_row *row)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_escape_csv(csv, row->series);
    slt_buffer_byte(csv, ',');
    slt_escape_csv(csv, row->x);
    slt_real_text(row->value, text);
    slt_buffer_printf(csv, ",%s,", text);
    if (row->has_error) {
        slt_real_text(row->error, text);
        slt_buffer_printf(csv, "%s", text);
    }
    slt_buffer_byte(csv, ',');
    if (row->has_n)
        slt_buffer_printf(csv, "%" PRIu64, row->n);
    slt_buffer_byte(csv, '\n');
}

void slt_table_print(const slt_table *table, slt_buffer *csv)
{
    slt_buffer_printf(csv, HEADER);
    for (size_t i = 0; i < table->count; i++)
        print_row(csv, &table->rows[i]);
}

/* ---- Reading ----------------------------------------------------------------------- */

static char *restore(slt_buffer *field)
{
    return (char *)(uintptr_t)slt_escape_csv_restore(slt_buffer_text(field));
}

static bool read_row(slt_buffer field[FIELDS], slt_table_row *row)
{
    const char *value = slt_buffer_text(&field[2]), *error = slt_buffer_text(&field[3]);
    const char *n = slt_buffer_text(&field[4]);
    char *rest;
    *row = (slt_table_row){.series = restore(&field[0]),
                           .x = restore(&field[1]),
                           .has_error = *error,
                           .has_n = *n};
    row->n = strtoull(n, &rest, 10);
    return slt_real_parse(value, &row->value) && !*rest &&
           (!row->has_error || slt_real_parse(error, &row->error));
}

/* Rows of one part of the figure stand together, parts in their order. */
static bool in_order(const slt_table *table, const slt_table_row *row)
{
    return !table->count ||
           slt_table_part_of(&table->rows[table->count - 1]) <= slt_table_part_of(row);
}

static slt_status read_rows(const char *at, const char *end, const char *name,
                            slt_buffer field[FIELDS], slt_table *table, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t line = 2; at < end && !status; line++) {
        slt_table_row row;
        bool fine = true;
        for (size_t i = 0; i < FIELDS && fine; i++) {
            fine =
                slt_csv_read(&at, end, &field[i]) && *at == (i + 1 < FIELDS ? ',' : '\n');
            at += fine;
        }
        if (!fine || !read_row(field, &row))
            return slt_fail(err, SLT_FORMAT,
                            "%s:%zu: expected `series,x,value,error,n`, found another "
                            "line",
                            name, line);
        if (!in_order(table, &row))
            return slt_fail(err, SLT_FORMAT,
                            "%s:%zu: expected rows, points, histograms and curves before "
                            "what has no x",
                            name, line);
        status = slt_table_add(table, &row, err);
    }
    return status;
}

slt_status slt_table_parse(const char *csv, size_t size, const char *name,
                           slt_table *table, slt_error *err)
{
    *table = (slt_table){0};
    size_t head = strlen(HEADER);
    if (size < head || memcmp(csv, HEADER, head))
        return slt_fail(err, SLT_FORMAT, "%s:1: expected `series,x,value,error,n`", name);
    slt_buffer field[FIELDS] = {{0}}, again = {0};
    slt_status status = read_rows(csv + head, csv + size, name, field, table, err);
    for (size_t i = 0; i < FIELDS; i++)
        slt_buffer_free(&field[i]);
    if (!status) {
        slt_table_print(table, &again);
        status = slt_csv_require_same(csv, size, &again, name, "figure data", err);
    }
    if (status)
        slt_table_free(table);
    return status;
}
