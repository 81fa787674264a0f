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

static const struct {
    const char *prefix;
    bool has_x;
} parts[] = {[SLT_TABLE_ROWS] = {"", true},
             [SLT_TABLE_POINTS] = {"points.", true},
             [SLT_TABLE_HISTOGRAM] = {"hist.", true},
             [SLT_TABLE_CURVE] = {"curve.", true},
             [SLT_TABLE_CHAINS] = {"chain.", true},
             [SLT_TABLE_SLOPE] = {"slope.", true},
             [SLT_TABLE_REFERENCE] = {"reference.", true},
             [SLT_TABLE_RATIO] = {"ratio.", true},
             [SLT_TABLE_FIT] = {"fit.", false},
             [SLT_TABLE_BOOTSTRAP] = {"bootstrap.", false},
             [SLT_TABLE_STATISTIC] = {"stat.", false},
             [SLT_TABLE_CLUSTER] = {"cluster.", false},
             [SLT_TABLE_BINS] = {"hist.", false},
             [SLT_TABLE_COMPARISON] = {"compare.", false},
             [SLT_TABLE_SUMMARY] = {"summary.", false},
             [SLT_TABLE_STATUS] = {"status.", false},
             [SLT_TABLE_UNKNOWN] = {"", false}};
#define PARTS (sizeof parts / sizeof *parts)

const char *slt_table_prefix(slt_table_part part)
{
    return parts[part].prefix;
}

/* ---- Reading ----------------------------------------------------------------------- */

static char *restore_text(slt_buffer *field)
{
    return (char *)(uintptr_t)slt_escape_csv_restore(slt_buffer_text(field));
}

/* The part that a row belongs to, by its series and whether it has an x. */
static slt_table_part part_of_series(const char *series, bool has_x)
{
    for (size_t i = 0; i < PARTS; i++)
        if (parts[i].has_x == has_x && *parts[i].prefix &&
            !strncmp(series, parts[i].prefix, strlen(parts[i].prefix)))
            return (slt_table_part)i;
    return has_x ? SLT_TABLE_ROWS : SLT_TABLE_UNKNOWN;
}

static bool read_row(slt_buffer field[FIELDS], slt_table_row *row)
{
    const char *value = slt_buffer_text(&field[2]), *error = slt_buffer_text(&field[3]);
    const char *n = slt_buffer_text(&field[4]);
    char *rest;
    *row = (slt_table_row){.series = restore_text(&field[0]),
                           .x = restore_text(&field[1]),
                           .has_error = *error,
                           .has_n = *n};
    row->origin =
        (slt_table_origin){part_of_series(row->series, *row->x), SIZE_MAX, SIZE_MAX};
    row->n = strtoull(n, &rest, 10);
    return slt_real_parse(value, &row->value) && !*rest &&
           (!row->has_error || slt_real_parse(error, &row->error));
}

/* Parts with an x must come in their order, before those without. */
static bool part_in_order(const slt_table *table, slt_table_part part)
{
    slt_table_part before =
        table->count ? table->rows[table->count - 1].origin.part : SLT_TABLE_ROWS;
    return before <= part || part >= SLT_TABLE_FIT;
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
        for (size_t i = 0; i < FIELDS; i++)
            if (field[i].failed)
                return slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", name);
        if (!fine || !read_row(field, &row))
            return slt_fail(err, SLT_FORMAT,
                            "%s:%zu: expected `series,x,value,error,n`, found another "
                            "line",
                            name, line);
        if (!part_in_order(table, row.origin.part))
            return slt_fail(err, SLT_FORMAT,
                            "%s:%zu: expected rows, points, histograms, curves, "
                            "chains, slopes, references and ratios before what has no x",
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
