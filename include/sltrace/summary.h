/* Summaries: how runs ended, and how far their estimates can be trusted. */
#ifndef SLTRACE_SUMMARY_H
#define SLTRACE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/golden.h>
#include <sltrace/json.h>
#include <sltrace/status.h>
#include <sltrace/study.h>

SLT_C_BEGIN

/* Summarises runs: for each estimate a line with its mean, Monte Carlo error, R-hat,
 * effective sample sizes, drift and whether its chains have settled; then the runs that
 * are missing or ended early; then a few lines in words.
 *
 * path is a trace; a folder of traces, such as a study's; or a golden, whose table of
 * runs beside it is read (SLT_FILE if there is none, SLT_DIFFERS if it contradicts the
 * golden). If some traces of a folder cannot be read, the others are summarised, and the
 * status is that of the first of those.  If `json` is NULL, *text is malloc'ed; otherwise
 * a document is begun in json, which the caller ends.  There is neither if there is
 * nothing to tell. */
SLT_API slt_status slt_summary(const char *path, slt_json *json, char **text,
                               slt_error *err);

/* The diagnostics of a figure's chains as malloc'ed lines: how many estimates have
 * settled, then the worst values of the diagnostics.  NULL if neither a table of runs nor
 * a trace has them, or without memory. */
SLT_API char *slt_figure_chains(const slt_figure *figure);
/* The same as an object; null if nothing has them. */
SLT_API void slt_figure_chains_json(const slt_figure *figure, slt_json *json);

/* Makes the table of runs that `record` writes beside a golden, "NAME.runs.csv", from a
 * figure made from traces; *csv is malloc'ed. */
SLT_API slt_status slt_golden_runs(const slt_golden *golden, const slt_figure *figure,
                                   char **csv, size_t *size, slt_error *err);
/* The path of a golden's table of runs; malloc'ed. */
SLT_API char *slt_golden_runs_path(const char *golden);

SLT_C_END

#endif
