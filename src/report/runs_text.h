/* A table of runs, as text and as JSON. */
#ifndef SLT_REPORT_RUNS_TEXT_H
#define SLT_REPORT_RUNS_TEXT_H

#include <sltrace/json.h>

#include "figure/runs/runs.h"

/* Runs to sum up: the path that they are from, the study's name ("" if it is not known),
 * and the file with the table of runs, if they are from one. */
typedef struct slt_runs_source {
    const slt_runs *runs;
    const char *path, *name, *table;
} slt_runs_source;

void slt_runs_text(const slt_runs_source *source, slt_buffer *out);
/* The sums only, written into an open object. */
void slt_runs_json_sums(const slt_runs *runs, slt_json *json);
/* An estimate's members, and a Stein ratio as an object. */
void slt_runs_json_estimate(const slt_runs_estimate *estimate, slt_json *json);
void slt_runs_json_stein(const slt_stein_found *stein, slt_json *json);
void slt_runs_json(const slt_runs_source *source, slt_json *json);

#endif
