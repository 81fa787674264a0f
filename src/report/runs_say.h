/* A table of runs for people and for programs. */
#ifndef SLT_REPORT_RUNS_SAY_H
#define SLT_REPORT_RUNS_SAY_H

#include <sltrace/json.h>

#include "figure/runs/runs.h"

/* What is summed up: where it is from, a study's name ("" where it is not known), and
 * where another file tells it, that file. */
typedef struct slt_runs_said {
    const slt_runs *runs;
    const char *path, *name, *table;
} slt_runs_said;

void slt_runs_say(const slt_runs_said *said, slt_buffer *out);
/* The sums alone, inside an object. */
void slt_runs_say_sums(const slt_runs *runs, slt_json *json);
void slt_runs_say_json(const slt_runs_said *said, slt_json *json);

#endif
