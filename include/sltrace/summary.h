/* How runs ended, and how far their estimates are to be believed. */
#ifndef SLTRACE_SUMMARY_H
#define SLTRACE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/golden.h>
#include <sltrace/json.h>
#include <sltrace/status.h>
#include <sltrace/study.h>

/* A line an estimate with its mean, Monte Carlo error, R-hat, effective sample sizes,
 * drift and whether its chains have settled; runs that are missing or ended early are
 * named; the last lines say it in words.  path: a trace; a folder of traces, such as a
 * study's; or a golden, of which the table of runs beside it tells (SLT_FILE where there
 * is none, SLT_DIFFERS where it contradicts the golden).  It is a text, malloc'ed, or
 * where `json` is not NULL a document begun in it, for the caller to end; of a folder
 * with traces that cannot be read it is of the others, beside the status of the first of
 * these.  No text and no document where there is nothing to tell. */
SLT_API slt_status slt_summary(const char *path, slt_json *json, char **text,
                               slt_error *err);

/* What the chains of a figure's runs say, in lines: how many estimates have settled, then
 * the worst of what tells so. malloc'ed; NULL where no table of runs and no trace told,
 * or without memory. */
SLT_API char *slt_figure_chains(const slt_figure *figure);
/* The same as an object; null where nothing told. */
SLT_API void slt_figure_chains_json(const slt_figure *figure, slt_json *json);

/* The table of runs that `record` writes beside a golden, "NAME.runs.csv": malloc'ed, of
 * a figure made from traces. */
SLT_API slt_status slt_golden_runs(const slt_golden *golden, const slt_figure *figure,
                                   char **csv, size_t *size, slt_error *err);
/* Where it lies: malloc'ed. */
SLT_API char *slt_golden_runs_path(const char *golden);

#endif
