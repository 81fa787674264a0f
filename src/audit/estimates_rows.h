/* Learning coefficients from elsewhere, a row each. */
#ifndef SLT_AUDIT_ESTIMATES_ROWS_H
#define SLT_AUDIT_ESTIMATES_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

#include "audit/index_set.h"

#define SLT_ROWS_BYTES_MAX (64u << 20)

typedef enum slt_row_kind {
    SLT_ROW_ESTIMATE,
    SLT_ROW_NONE,    /* no estimate: the run ended early, or the row leaves it open */
    SLT_ROW_MISSING, /* no such run there */
    SLT_ROW_OTHER    /* a run at this point of the sweep, but with other settings */
} slt_row_kind;

typedef struct slt_row {
    size_t line; /* where it stands; 0: in no text */
    uint64_t run;
    size_t source; /* index into sources */
    slt_row_kind kind;
    slt_real llc, mcse; /* of an estimate; mcse not finite where it is not given */
    char *note;         /* why there is no estimate, or no error of it can be known; NULL
                           where there is nothing to say. The rows' own */
} slt_row;

typedef struct slt_rows {
    slt_row *rows;
    size_t count;
    char **sources; /* in the order in which they first appear */
    size_t source_count;
    slt_index_set by_run, by_source;
} slt_rows;

void slt_rows_free(slt_rows *rows);
/* The place of a source's name, added where it is new. */
slt_status slt_rows_source(slt_rows *rows, const char *name, size_t *source,
                           slt_error *err);
/* Takes the note over, whatever is returned.  SLT_FORMAT, "path:line: ...", where its
 * source has another row of that run. */
slt_status slt_rows_add(slt_rows *rows, const slt_row *row, const char *path,
                        slt_error *err);

/* CSV: a line of names, among them run, source, llc and mcse, each once, then rows of as
 * many fields.  Fields may be quoted (RFC 4180); lines end in LF or CRLF; blanks around a
 * field, empty lines and a byte order mark are passed over.  run is a whole number, which
 * may be written as a decimal ("3.0"); llc and mcse are decimals, and where they are
 * empty or say NA, NaN, null or None there is none.  SLT_FORMAT with path:line of what is
 * wrong, SLT_INTERRUPTED once *cancel (may be NULL).  `rows` is empty before, and after
 * an error. */
slt_status slt_rows_parse(const char *text, size_t size, const char *path,
                          const volatile int *cancel, slt_rows *rows, slt_error *err);

#endif
