/* Figure data: the rows of the hashed CSV, and names for them.
 *
 * Data rows come first: those of figure.rows, then points, histograms, curves, chains,
 * local slopes, references and ratios to these; their series tell them apart.  After them
 * rows without x: fits, statistics, counts of runs by status.
 * docs/spec/16-figure-data.md. */
#ifndef SLT_FIGURE_TABLE_H
#define SLT_FIGURE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>

#include "base/buffer.h"

/* Which part of a figure made a row.  The rows of the parts before SLT_TABLE_FIT have an
 * x and come in this order; the rows of the others have none. */
typedef enum slt_table_part {
    SLT_TABLE_ROWS,
    SLT_TABLE_POINTS,    /* points.NAME */
    SLT_TABLE_HISTOGRAM, /* hist.NAME */
    SLT_TABLE_CURVE,     /* curve.NAME.METRIC */
    SLT_TABLE_CHAINS,    /* chain.NAME.SHOW.C */
    SLT_TABLE_SLOPE,     /* slope.NAME, of a fit */
    SLT_TABLE_REFERENCE, /* reference.NAME */
    SLT_TABLE_RATIO,     /* ratio.NAME, of a comparison */
    SLT_TABLE_FIT,       /* fit.NAME.NUMBER, and so on */
    SLT_TABLE_BOOTSTRAP,
    SLT_TABLE_STATISTIC,
    SLT_TABLE_CLUSTER,
    SLT_TABLE_BINS,       /* hist.NAME.NUMBER */
    SLT_TABLE_COMPARISON, /* compare.NAME.NUMBER */
    SLT_TABLE_SUMMARY,
    SLT_TABLE_STATUS,
    SLT_TABLE_UNKNOWN /* without x; not the row of any part */
} slt_table_part;

/* Where a row comes from: the index of its item in the figure's list of that part and,
 * for curves, of the metric, for chains what it shows of them.  SIZE_MAX if it is not
 * known or there is no list. */
typedef struct slt_table_origin {
    slt_table_part part;
    size_t item, metric;
} slt_table_origin;

typedef struct slt_table_row {
    char *series, *x; /* x is "" in rows that are not data */
    slt_table_origin origin;
    slt_real value, error;
    bool has_error, has_n;
    uint64_t n;
} slt_table_row;

typedef struct slt_table {
    slt_table_row *rows;
    size_t count;
    size_t data_count; /* so many rows, the first ones, are data */
    size_t row_count;  /* so many of these, the first ones, are of figure.rows */
} slt_table;

void slt_table_free(slt_table *table);
/* Appends a copy of the row; it is data if its x is not empty. */
slt_status slt_table_add(slt_table *table, const slt_table_row *row, slt_error *err);

/* The row of this series that is not data; NULL if there is none. */
const slt_table_row *slt_table_named(const slt_table *table, const char *series);
/* The data row of a series at x; NULL if there is none, or more than one.  series: NULL
 * for the rows of figure.rows. */
const slt_table_row *slt_table_at(const slt_table *table, const char *series,
                                  const char *x);

/* The text that the series of a part begin with. */
const char *slt_table_prefix(slt_table_part part);

/* Writes CSV with LF line ends and the header `series,x,value,error,n`, and reads it
 * back, accepting only what is written (SLT_FORMAT with name:line).  Rows read back have
 * the part of their origin, but no item. */
void slt_table_print(const slt_table *table, slt_buffer *csv);
slt_status slt_table_parse(const char *csv, size_t size, const char *name,
                           slt_table *table, slt_error *err);

#endif
