/* Figures of goldens: of one, or one self-contained HTML page about several. */
#ifndef SLTRACE_REPORT_H
#define SLTRACE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/golden.h>
#include <sltrace/study.h>

/* The figure of a golden, made from the data beside it, or with `from` from the traces in
 * these folders of its study; golden, manifest, data and claims must go together
 * (SLT_DIFFERS naming what does not). The manifest must outlive the figure. */
SLT_API slt_status slt_golden_figure(const char *path, const char *const *from,
                                     size_t from_count, slt_manifest **manifest,
                                     slt_figure **figure, slt_error *err);

typedef struct slt_report slt_report;

/* What became of one golden. */
typedef struct slt_report_entry {
    const char *path;    /* of the golden, as it was given */
    const char *name;    /* NULL where the golden cannot be read */
    slt_status status;   /* SLT_OK where golden, manifest, data and claims go together */
    const char *message; /* why not; "" otherwise */
    const slt_golden *golden; /* NULL where it cannot be read */
    const slt_figure *figure; /* NULL where the status is not SLT_OK, or without data */
    slt_status drawn;         /* SLT_UNFIT where there is no gnuplot */
    const char *no_picture;   /* why there is none; "" where there is one */
    const char *no_chains;  /* why traces do not tell whether the chains settled, or "" */
    const char *wrong_runs; /* what is wrong with the table of runs beside it, or "" */
    slt_status runs_status; /* SLT_DIFFERS where that contradicts the golden or itself */
} slt_report_entry;

SLT_API slt_status slt_report_create(const char *title, slt_report **report,
                                     slt_error *err);
SLT_API void slt_report_free(slt_report *report);

/* Adds a section made from a golden, its manifest and the figure data beside it; with
 * `from`, the folders that hold the studies (FROM/NAME), and where the traces of all runs
 * are there, from these.  A golden that cannot be read, or that its manifest, data or
 * claims contradict, gets a section that says so and no verdict: that is told by the
 * entry, while the returned status is about memory alone.  `path` is shown in commands,
 * so it is best relative to where a reader will stand. */
SLT_API slt_status slt_report_add(slt_report *report, const char *path,
                                  const char *const *from, size_t from_count,
                                  slt_error *err);
SLT_API size_t slt_report_count(const slt_report *report);
SLT_API slt_report_entry slt_report_at(const slt_report *report, size_t index);

/* The page: UTF-8, HTML that is well-formed XML too, the same bytes for the same files
 * (and the same gnuplot); it loads nothing and runs no script.  malloc'ed, a NUL after
 * it. */
SLT_API slt_status slt_report_html(const slt_report *report, char **text, size_t *size,
                                   slt_error *err);

#endif
