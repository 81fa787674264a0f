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

/* Which part of a figure gave a row.  Those before SLT_TABLE_FIT have an x, in the order
 * in which they stand; those from it on have none. */
typedef enum slt_table_part {
    SLT_TABLE_ROWS,
    SLT_TABLE_POINTS,    /* points.NAME */
    SLT_TABLE_HISTOGRAM, /* hist.NAME */
    SLT_TABLE_CURVE,     /* curve.NAME.METRIC */
    SLT_TABLE_FIT,       /* fit.NAME.NUMBER, and so on */
    SLT_TABLE_BOOTSTRAP,
    SLT_TABLE_STATISTIC,
    SLT_TABLE_CLUSTER,
    SLT_TABLE_BINS, /* hist.NAME.NUMBER */
    SLT_TABLE_SUMMARY,
    SLT_TABLE_STATUS,
    SLT_TABLE_UNKNOWN /* without x; made by no part */
} slt_table_part;

/* What a row is of: an item of the figure's list of that part, and of a curve's several
 * metrics one.  SIZE_MAX: not known, or there is no list. */
typedef struct slt_table_origin {
    slt_table_part part;
    size_t item, metric;
} slt_table_origin;

typedef struct slt_table_row {
    char *series, *x; /* x "" in rows that are no data */
    slt_table_origin origin;
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

void slt_table_free(slt_table *table);
/* Copies a row to the end; it is data where its x is not empty. */
slt_status slt_table_add(slt_table *table, const slt_table_row *row, slt_error *err);

/* The row that is no data and is called series, NULL where there is none. */
const slt_table_row *slt_table_named(const slt_table *table, const char *series);
/* The data row at x; series NULL stands for the only one of figure.rows. NULL where there
 * is none, or several. */
const slt_table_row *slt_table_at(const slt_table *table, const char *series,
                                  const char *x);

/* The part that a row read back is of, by its series and whether it has an x. */
slt_table_part slt_table_part_read(const char *series, bool has_x);
/* What a part's series begin with. */
const char *slt_table_prefix(slt_table_part part);

/* CSV, LF, header `series,x,value,error,n`; and back, accepting nothing but what printing
 * gives (SLT_FORMAT with name:line).  Rows read back know their part and no item. */
void slt_table_print(const slt_table *table, slt_buffer *csv);
slt_status slt_table_parse(const char *csv, size_t size, const char *name,
                           slt_table *table, slt_error *err);

#endif
