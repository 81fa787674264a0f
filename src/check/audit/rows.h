/* Learning coefficients from elsewhere, a row each. */
#ifndef SLT_CHECK_AUDIT_ROWS_H
#define SLT_CHECK_AUDIT_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

#define SLT_ROWS_BYTES_MAX (16u << 20)

typedef struct slt_row {
    size_t line; /* where it stands; 0: in no text */
    uint64_t run;
    size_t source;      /* index into sources */
    slt_real llc, mcse; /* mcse not finite where it is not given */
} slt_row;

/* Sets of rows and of sources find a member by its hash. */
typedef struct slt_row_index {
    uint32_t *slots; /* 1 + place; 0: empty */
    size_t size;     /* a power of two, or 0 */
} slt_row_index;

typedef struct slt_rows {
    slt_row *rows;
    size_t count;
    char **sources; /* in the order in which they first appear */
    size_t source_count;
    slt_row_index by_run, by_source;
} slt_rows;

void slt_rows_free(slt_rows *rows);
/* The place of a source's name, added where it is new. */
slt_status slt_rows_source(slt_rows *rows, const char *name, size_t *source,
                           slt_error *err);
/* SLT_FORMAT, "path:line: ...", where its source has another row of that run. */
slt_status slt_rows_add(slt_rows *rows, const slt_row *row, const char *path,
                        slt_error *err);

/* CSV: a line of names, the columns run, source, llc and mcse in any order, then rows.
 * Fields may be quoted (RFC 4180); lines end in LF or CRLF; blanks around a field, empty
 * lines and a byte order mark are passed over.  run is a whole number, llc and mcse are
 * decimals, mcse may be empty.  SLT_FORMAT with path:line of what is wrong.  `rows` is
 * empty before, and after an error. */
slt_status slt_rows_parse(const char *text, size_t size, const char *path, slt_rows *rows,
                          slt_error *err);

#endif
