/* The audit of estimates from elsewhere: what its files share. */
#ifndef SLT_AUDIT_ESTIMATES_INTERNAL_H
#define SLT_AUDIT_ESTIMATES_INTERNAL_H

#include "audit/audit.h"
#include "audit/estimates_rows.h"

/* Fewer members say nothing of the spread. */
#define SLT_GROUP_MIN 4

/* A row beside ours; its place is that of the row. */
typedef struct slt_judged_row {
    size_t run; /* in the golden */
    bool asked; /* the run is among those asked for; else the row is passed over */
    bool both;  /* both sides have an estimate; else there is nothing to compare */
    slt_real difference, apart; /* theirs - ours, in errors of both */
    bool assumed;               /* one of the two errors is taken to be the other */
    slt_agreement agreement;    /* UNKNOWN where there is nothing to compare */
    char *reason; /* why there is not, or why no error is known; NULL otherwise */
} slt_judged_row;

/* The runs of a source that differ on one axis alone. */
typedef struct slt_group {
    size_t source, first; /* the first row */
    size_t count;
    slt_real difference; /* mean of theirs - ours */
    slt_real error;      /* of both means, from the spread of each: as if independent */
    slt_real paired;     /* of the differences */
    slt_real apart, paired_apart;
    slt_agreement agreement; /* UNKNOWN below SLT_GROUP_MIN */
} slt_group;

/* All rows of a source. */
typedef struct slt_source {
    size_t first_row, rows;                   /* in rows_of_sources */
    size_t first_group, groups;               /* in groups */
    size_t agreements[SLT_AGREE_UNKNOWN + 1]; /* of rows with both estimates */
    size_t without;                           /* rows without */
    size_t missing;                           /* runs asked for that no row is of */
    slt_buffer missing_list;                  /* "3,57,190-199" */
    size_t known;                             /* rows with an error */
    slt_real apart_mean, apart_sd;            /* of their differences in errors */
} slt_source;

/* Ours: a golden, the manifest beside it, errors of its estimates. */
typedef struct slt_ours {
    slt_golden *golden;
    slt_manifest *manifest; /* NULL where none can be read */
    size_t result;          /* the column ... */
    slt_quantity column;    /* ... and of what */
    char column_name[SLT_QUANTITY_TEXT_MAX];
    bool *asked;    /* by run: --only, else all */
    slt_real *mcse; /* by run; not finite where not known */
    char **note;    /* why it cannot be known, NULL where nothing is said of it */
    const char *mcse_from;
} slt_ours;

struct slt_estimates_audit {
    slt_audit audit;
    const slt_audit_estimates_options *more;
    const char *path;
    slt_ours ours;
    size_t over; /* axis, SIZE_MAX: none */
    slt_rows rows;
    slt_buffer
        arithmetic;   /* "fixed there, f32 here": of runs that differ in that alone */
    size_t converted; /* how many do */
    size_t others;    /* runs there that are none of the golden's */
    slt_judged_row *judged;
    size_t *rows_of_sources; /* rows, source by source, each in its order */
    slt_group *groups;       /* source by source */
    size_t group_count;
    slt_source *sources;
};

/* Fills rows from a CSV file, a golden or a study's folder. Of the latter two a row for
 * every run of ours that is asked for, in their order. */
slt_status slt_estimates_read(slt_estimates_audit *audit, slt_error *err);
/* Fills mcse and note of ours. */
slt_status slt_estimates_errors(slt_estimates_audit *audit, slt_error *err);
/* Fills judged, groups and sources. */
slt_status slt_estimates_judge(slt_estimates_audit *audit, slt_error *err);
void slt_estimates_judge_free(slt_estimates_audit *audit);
slt_status slt_estimates_group(slt_estimates_audit *audit, slt_error *err);

/* A result of a trace as its table has it, with the error of the estimate it is of. */
typedef struct slt_trace_estimate {
    bool has;
    slt_real llc, mcse;
    char *note; /* without an estimate why, without an error why; the caller's */
} slt_trace_estimate;
slt_status slt_estimates_of_run(const slt_trace *trace, const char *path,
                                const slt_ours *ours, slt_trace_estimate *found,
                                slt_error *err);

/* ---- Which run is which ------------------------------------------------------------ */

/* The canonical bytes of a golden's run, where they are at hand: from its manifest (may
 * be NULL) or, of its first run, from itself. */
bool slt_match_canonical(const slt_golden *golden, slt_manifest *manifest, size_t run,
                         const uint8_t **bytes, size_t *size);

/* A run as its experiment in each arithmetic, its own first: that is what a run of
 * another golden or study must be to be the same one. */
typedef struct slt_match_keys {
    slt_digest experiment[3];
    slt_arithmetic arithmetic[3];
    size_t count; /* 1 where its canonical bytes are not at hand */
} slt_match_keys;
slt_match_keys slt_match_keys_of(const slt_ours *ours, size_t run);

/* Appends "FIELD is B there, A here" of the first field, besides the arithmetic where it
 * is not the only one, in which canonical bytes differ. */
slt_status slt_match_difference(const uint8_t *ours, size_t ours_size,
                                const uint8_t *theirs, size_t theirs_size,
                                slt_buffer *text, slt_error *err);

/* ---- Words ------------------------------------------------------------------------- */

/* "rank=27 seed=7"; without the axis `over` where groups are meant. */
void slt_estimates_label(const slt_estimates_audit *audit, size_t run, bool group,
                         slt_buffer *text);
/* What a row is found to be: an agreement, or what stands in the way of one. */
const char *slt_estimates_verdict(const slt_estimates_audit *audit, size_t row);

#endif
