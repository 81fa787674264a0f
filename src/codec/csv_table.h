/* Reads CSV files of anyone: a header, then lines of as many fields. */
#ifndef SLT_CODEC_CSV_TABLE_H
#define SLT_CODEC_CSV_TABLE_H

#include <sltrace/status.h>

#include "base/buffer.h"

#define SLT_CSV_COLUMNS_MAX 64

typedef struct slt_csv_table {
    char **cells; /* (lines + 1) x columns; the header first */
    size_t *line; /* of each line of cells, where it begins in the text, from 1 */
    size_t columns, lines;
    slt_buffer text; /* what the cells point into */
} slt_csv_table;

/* Lines end in LF or CR LF, the last one perhaps in nothing; a field with a comma, quote
 * or line end inside is quoted, and its quotes doubled; blank lines are passed over.
 * SLT_FORMAT with name:line for anything else, for a line of another number of fields
 * than the header, for two columns of one name, and for a NUL. */
slt_status slt_csv_table_read(const char *csv, size_t size, const char *name,
                              slt_csv_table *table, slt_error *err);
void slt_csv_table_free(slt_csv_table *table);

/* The column of that name; SIZE_MAX if there is none.  The cell of a line, from 0. */
size_t slt_csv_table_column(const slt_csv_table *table, const char *name, size_t size);
const char *slt_csv_table_cell(const slt_csv_table *table, size_t line, size_t column);

#endif
