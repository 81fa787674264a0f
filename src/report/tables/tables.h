/* What the forms of a study's tables share: its axes, and the way through its runs. */
#ifndef SLT_REPORT_TABLES_TABLES_H
#define SLT_REPORT_TABLES_TABLES_H

#include <sltrace/golden.h>
#include <sltrace/tables.h>

#include "base/io.h"
#include "figure/estimates.h"
#include "manifest/sweep.h"

/* What all values of an axis are: whole numbers within an int64, numbers, or anything. */
typedef enum slt_tables_type {
    SLT_TABLES_WHOLE,
    SLT_TABLES_REAL,
    SLT_TABLES_TEXT
} slt_tables_type;

#define SLT_TABLES_NAME_MAX 96

typedef struct slt_tables_axis {
    char name[SLT_TABLES_NAME_MAX]; /* as a column; "sweep_run" where a column of the
                                       form has the axis's own name */
    slt_tables_type type;
} slt_tables_axis;

typedef struct slt_tables_study {
    slt_manifest *manifest;
    const slt_traces *traces;
    const slt_sweep *sweep;
    slt_tables_axis axes[SLT_GOLDEN_AXES_MAX];
    size_t axis_count;
} slt_tables_study;

/* A run as it is handed on. */
typedef struct slt_tables_run {
    size_t run;
    const slt_trace *trace;
    const slt_record *end;
} slt_tables_run;

typedef slt_status (*slt_tables_call)(void *context, const slt_tables_run *run,
                                      slt_error *err);

/* Finds what the axes hold. */
slt_status slt_tables_study_of(slt_manifest *manifest, const slt_traces *traces,
                               slt_tables_study *study, slt_error *err);
/* Names them.  columns: the form's own, ended by NULL; small and capital letters count as
 * the same, as they do in SQL. */
slt_status slt_tables_name_axes(slt_tables_study *study, const char *const *columns,
                                slt_error *err);
/* Reads and checks each run's trace in their order, and hands it to the call. */
slt_status slt_tables_walk(const slt_tables_study *study, slt_tables_call call,
                           void *context, slt_error *err);

/* The value of an axis of numbers in a run, by the axis's type. */
int64_t slt_tables_whole(const slt_tables_study *study, size_t run, size_t axis);
slt_real slt_tables_real(const slt_tables_study *study, size_t run, size_t axis);

/* The estimates of a run with their diagnostics, to be freed whatever is returned. */
slt_status slt_tables_estimates(const slt_tables_run *run, slt_estimates *estimates,
                                slt_error *err);
/* What is told of an estimate, by name; not finite where it is not known. */
#define SLT_TABLES_NUMBERS 9
extern const char *const slt_tables_numbers[SLT_TABLES_NUMBERS];
void slt_tables_number(const slt_estimate *estimate, slt_real values[SLT_TABLES_NUMBERS]);
/* Whether its chains have settled, in a word; NULL where one ended early. */
const char *slt_tables_settled(const slt_estimate *estimate);
/* Draw i of a chain that has its losses. */
slt_real slt_tables_loss(const slt_record *chain, size_t i);
/* One of its losses of single samples. */
slt_real slt_tables_observed(const slt_record *chain, size_t i);

/* The forms. */
slt_status slt_tables_draws(slt_manifest *manifest, const slt_traces *traces,
                            slt_io_output *to, slt_error *err);
slt_status slt_tables_sqlite(slt_manifest *manifest, const slt_traces *traces,
                             const char *file, slt_error *err);
slt_status slt_tables_netcdf(slt_manifest *manifest, const slt_traces *traces,
                             const char *file, slt_error *err);

#endif
