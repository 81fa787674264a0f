/* Auditing estimates from elsewhere against a golden: what its files share with each
 * other and with their reports. "Ours" are the golden's, "theirs" the ones from
 * elsewhere. */
#ifndef SLT_AUDIT_ESTIMATES_INTERNAL_H
#define SLT_AUDIT_ESTIMATES_INTERNAL_H

#include "audit/audit.h"
#include "audit/estimates_rows.h"

/* A group with fewer members says nothing about the spread. */
#define SLT_GROUP_MIN 4

/* A row compared with ours; it has the row's index. */
typedef struct slt_judged_row {
    size_t run; /* in the golden */
    bool asked; /* the run is among those asked for; otherwise the row is skipped */
    bool both;  /* both sides have an estimate; otherwise there is nothing to compare */
    slt_real difference,
        apart;    /* theirs - ours; and the same in units of the combined error */
    bool assumed; /* one error is unknown and taken to be equal to the other */
    slt_agreement agreement; /* UNKNOWN if there is nothing to compare */
    char *
        reason; /* why there is nothing to compare, or why no error is known; else NULL */
} slt_judged_row;

/* The runs of a source that differ on one axis only. */
typedef struct slt_group {
    size_t source, first; /* the first row */
    size_t count;
    slt_real difference; /* mean of theirs - ours */
    slt_real error;      /* of that difference, from the spread of each side, taken as
                            independent */
    slt_real paired;     /* of that difference, from the spread of the differences */
    slt_real apart, paired_apart;
    slt_agreement agreement; /* UNKNOWN below SLT_GROUP_MIN */
} slt_group;

/* All rows of a source. */
typedef struct slt_source {
    size_t first_row, rows;                   /* in rows_of_sources */
    size_t first_group, groups;               /* in groups */
    size_t agreements[SLT_AGREE_UNKNOWN + 1]; /* of rows with both estimates */
    size_t without;                           /* rows without both */
    size_t missing;                           /* runs asked for that have no row */
    slt_buffer missing_list;                  /* "3,57,190-199" */
    size_t known;                             /* rows with a known error */
    slt_real apart_mean,
        apart_sd; /* mean and deviation of their differences in units of the error */
} slt_source;

/* Our side: a golden, its manifest, and the errors of its estimates. */
typedef struct slt_ours {
    slt_golden *golden;
    slt_manifest *manifest; /* NULL if it cannot be read */
    size_t result;          /* the index of the column compared */
    slt_quantity column;    /* what the column holds */
    char column_name[SLT_QUANTITY_TEXT_MAX];
    bool *asked;    /* by run: those of --only, or all */
    slt_real *mcse; /* by run; not finite if not known */
    char **note;    /* by run: why mcse cannot be known; NULL if nothing is said */
    const char *mcse_from;
} slt_ours;

struct slt_estimates_audit {
    slt_audit audit;
    const slt_audit_estimates_options *more;
    const char *path;
    slt_ours ours;
    size_t over; /* axis of groups; SIZE_MAX: none */
    slt_rows rows;
    slt_buffer arithmetic; /* "fixed there, f32 here", if runs differ only in that */
    size_t converted;      /* how many runs differ only in that */
    size_t others;         /* their runs that are not in the golden */
    slt_judged_row *judged;
    size_t *rows_of_sources; /* row indices, source by source, in the order of the rows */
    slt_group *groups;       /* source by source */
    size_t group_count;
    slt_source *sources;
};

/* Fills rows from a CSV file, a golden or a study's folder. A golden and a folder give
 * one row for each run of ours that is asked for, in order. */
slt_status slt_estimates_read(slt_estimates_audit *audit, slt_error *err);
/* Fills ours.mcse and ours.note. */
slt_status slt_estimates_errors(slt_estimates_audit *audit, slt_error *err);
/* Fills judged, groups and sources. */
slt_status slt_estimates_judge(slt_estimates_audit *audit, slt_error *err);
void slt_estimates_judge_free(slt_estimates_audit *audit);
slt_status slt_estimates_group(slt_estimates_audit *audit, slt_error *err);

/* A result in a trace's table, with the error of the estimate that it comes from. */
typedef struct slt_trace_estimate {
    bool has;
    slt_real llc, mcse;
    char *note; /* why there is no estimate, or no error; the caller frees it */
} slt_trace_estimate;
slt_status slt_estimates_of_run(const slt_trace *trace, const char *path,
                                const slt_ours *ours, slt_trace_estimate *found,
                                slt_error *err);

/* ---- Which run is which ------------------------------------------------------------ */

/* The canonical bytes of a golden's run, from its manifest (may be NULL) or, for the
 * first run, from the golden itself; NULL where neither has them. */
slt_status slt_match_canonical(const slt_golden *golden, slt_manifest *manifest,
                               size_t run, const uint8_t **bytes, size_t *size,
                               slt_error *err);

/* A run's experiment in each arithmetic, its own first. A run of another golden or study
 * is the same run if its experiment is one of these. */
typedef struct slt_match_keys {
    slt_digest experiment[3];
    slt_arithmetic arithmetic[3];
    size_t count; /* 1 if its canonical bytes are not known */
} slt_match_keys;
slt_status slt_match_keys_of(const slt_ours *ours, size_t run, slt_match_keys *keys,
                             slt_error *err);

/* Appends "FIELD is B there, A here" for the first field in which canonical bytes differ;
 * the arithmetic is named only if nothing else differs. */
slt_status slt_match_difference(const uint8_t *ours, size_t ours_size,
                                const uint8_t *theirs, size_t theirs_size,
                                slt_buffer *text, slt_error *err);

/* ---- Reading ----------------------------------------------------------------------- */

/* Adds a row for a run of ours.  Takes ownership of the note of `found`. */
slt_status slt_estimates_add_row(slt_estimates_audit *audit, size_t run, size_t source,
                                 slt_row_kind kind, const slt_trace_estimate *found,
                                 slt_error *err);
/* Adds a row without an estimate.  `what` says which other settings their run has; if it
 * is empty, they have no such run. */
slt_status slt_estimates_add_absent(slt_estimates_audit *audit, size_t run, size_t source,
                                    slt_buffer *what, slt_error *err);
/* Why a run has no estimate: malloc'ed; NULL if memory runs out. */
char *slt_estimates_reason(slt_run_status status, const char *column);
/* Notes that a run of ours was found in the arithmetic keys->arithmetic[which]. */
void slt_estimates_note_arithmetic(slt_estimates_audit *audit, const slt_match_keys *keys,
                                   size_t which);

/* Reads the golden at audit->path. */
slt_status slt_estimates_read_golden(slt_estimates_audit *audit, slt_error *err);

/* ---- Words ------------------------------------------------------------------------- */

/* Appends "rank=27 seed=7"; for a group, without the axis `over`. */
void slt_estimates_label(const slt_estimates_audit *audit, size_t run, bool group,
                         slt_buffer *text);
/* The verdict on a row: how it agrees, or why there is nothing to compare. */
const char *slt_estimates_verdict(const slt_estimates_audit *audit, size_t row);

#endif
