/* Learning coefficients from elsewhere, one in each row. */
#ifndef SLT_AUDIT_ESTIMATES_ROWS_H
#define SLT_AUDIT_ESTIMATES_ROWS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

#include "audit/index_set.h"

#define SLT_ROWS_BYTES_MAX (64u << 20)

typedef enum slt_row_kind {
    SLT_ROW_ESTIMATE,
    SLT_ROW_NONE,    /* no estimate: the run ended early, or the field is empty */
    SLT_ROW_MISSING, /* their side has no such run */
    SLT_ROW_OTHER    /* their run at this point of the sweep has other settings */
} slt_row_kind;

typedef struct slt_row {
    size_t line; /* line in the file; 0 if not from a file */
    uint64_t run;
    size_t source; /* index into sources */
    slt_row_kind kind;
    slt_real llc, mcse; /* if it is an estimate; mcse is not finite if not given */
    char *note; /* why there is no estimate, or why its error cannot be known; NULL if
                   nothing is said. Owned by the rows */
} slt_row;

typedef struct slt_rows {
    slt_row *rows;
    size_t count;
    char **sources; /* in order of first appearance */
    size_t source_count;
    slt_index_set by_run, by_source;
} slt_rows;

void slt_rows_free(slt_rows *rows);
/* The index of a source's name, which is added if it is new. */
slt_status slt_rows_source(slt_rows *rows, const char *name, size_t *source,
                           slt_error *err);
/* Adds a row. Takes ownership of the note, even on failure. SLT_FORMAT, "path:line: ...",
 * if the source already has a row of that run. */
slt_status slt_rows_add(slt_rows *rows, const slt_row *row, const char *path,
                        slt_error *err);

/* Reads CSV: a line of names, among them run, source, llc and mcse, each once, then rows
 * with as many fields. Fields may be quoted (RFC 4180); lines end in LF or CRLF; blanks
 * around a field, empty lines and a byte order mark are ignored. run is a whole number,
 * which may be written as a decimal ("3.0"). llc and mcse are decimals; if one is empty
 * or says NA, NaN, null or None, there is none. SLT_FORMAT with path:line of what is
 * wrong; SLT_INTERRUPTED once *cancel is set (cancel may be NULL). `rows` must be empty
 * before, and is empty after an error. */
slt_status slt_rows_parse(const char *text, size_t size, const char *path,
                          const atomic_int *cancel, slt_rows *rows, slt_error *err);

#endif
