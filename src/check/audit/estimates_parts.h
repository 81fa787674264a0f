/* The audit of estimates from elsewhere: what its files share. */
#ifndef SLT_CHECK_AUDIT_ESTIMATES_PARTS_H
#define SLT_CHECK_AUDIT_ESTIMATES_PARTS_H

#include "check/audit/audit.h"
#include "check/audit/rows.h"

/* Fewer members say nothing of the spread. */
#define SLT_GROUP_MIN 4

/* A row beside ours; its place is that of the row. */
typedef struct slt_judged_row {
    size_t run;                 /* in the golden */
    slt_real difference, apart; /* theirs - ours, in errors of both */
    bool assumed;               /* one of the two errors is taken to be the other */
    slt_agreement agreement;
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
    size_t count;
    size_t agreements[SLT_AGREE_UNKNOWN + 1];
    size_t known;                  /* rows with an error */
    slt_real apart_mean, apart_sd; /* of their differences in errors */
} slt_source;

typedef struct slt_estimates_audit {
    slt_audit audit;
    const slt_audit_estimates_options *more;
    const char *path;
    slt_golden *golden;
    size_t result;  /* column of the golden */
    uint32_t llc;   /* the estimate that it is of */
    size_t over;    /* axis, SIZE_MAX: none */
    slt_real *mcse; /* of ours, by run; not finite where not known */
    const char *mcse_from;
    slt_rows rows;
    slt_judged_row *judged;
    slt_group *groups;
    size_t group_count;
    slt_source *sources;
    slt_status worst;
} slt_estimates_audit;

/* Fills rows from a CSV file, a golden or a study's folder. */
slt_status slt_estimates_read(slt_estimates_audit *audit, slt_error *err);
/* Fills mcse. */
slt_status slt_estimates_errors(slt_estimates_audit *audit, slt_error *err);
/* Fills judged, groups and sources. */
slt_status slt_estimates_judge(slt_estimates_audit *audit, slt_error *err);

/* "rank=27 seed=7"; without the axis `over` where groups are meant. */
void slt_estimates_label(const slt_estimates_audit *audit, size_t run, bool group,
                         slt_buffer *text);
void slt_estimates_print(slt_estimates_audit *audit);
void slt_estimates_print_json(slt_estimates_audit *audit);

#endif
