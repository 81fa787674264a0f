/* Figure data: the rows of the hashed CSV, and names for them.
 *
 * Data rows come first: those of figure.rows, then points, histograms and curves, told
 * apart by their series.  After them rows without x: fits, statistics, counts of runs by
 * status.  docs/spec/16-figure-data.md. */
#ifndef SLT_FIGURE_TABLE_H
#define SLT_FIGURE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>

#include "base/buffer.h"

typedef struct slt_table_row {
    char *series, *x; /* x "" in rows that are no data */
    slt_real value, error;
    bool has_error, has_n;
    uint64_t n;
} slt_table_row;

typedef struct slt_table {
    slt_table_row *rows;
    size_t count;
    size_t data_count; /* the first of them are data */
    size_t row_count;  /* the first of those are of figure.rows */
} slt_table;

/* Which part of a figure gave a row. */
typedef enum slt_table_part {
    SLT_TABLE_ROWS,
    SLT_TABLE_POINTS,    /* points.NAME */
    SLT_TABLE_HISTOGRAM, /* hist.NAME */
    SLT_TABLE_CURVE,     /* curve.NAME.METRIC */
    SLT_TABLE_NAMED      /* no x */
} slt_table_part;
slt_table_part slt_table_part_of(const slt_table_row *row);

void slt_table_free(slt_table *table);
/* Copies a row to the end; it is data where its x is not empty. */
slt_status slt_table_add(slt_table *table, const slt_table_row *row, slt_error *err);

/* The row that is no data and is called series, NULL where there is none. */
const slt_table_row *slt_table_named(const slt_table *table, const char *series);
/* The data row at x; series NULL stands for the only one of figure.rows. NULL where there
 * is none, or several. */
const slt_table_row *slt_table_at(const slt_table *table, const char *series,
                                  const char *x);

/* CSV, LF, header `series,x,value,error,n`; and back, accepting nothing but what printing
 * gives (SLT_FORMAT with name:line). */
void slt_table_print(const slt_table *table, slt_buffer *csv);
slt_status slt_table_parse(const char *csv, size_t size, const char *name,
                           slt_table *table, slt_error *err);

#endif
