/* What a run gave: its status and named results, as its trace's last records have them.
 */
#ifndef SLT_STUDY_OUTCOME_H
#define SLT_STUDY_OUTCOME_H

#include <sltrace/trace.h>

typedef struct slt_outcome {
    slt_run_status status;
    slt_trace_metric *results;
    size_t result_count;
} slt_outcome;

/* Copies the results out of a whole trace. */
slt_status slt_outcome_of_trace(const slt_trace *trace, slt_outcome *outcome,
                                slt_error *err);
void slt_outcome_free(slt_outcome *outcome);
/* NULL where the run has no such result. */
const slt_real *slt_outcome_find(const slt_outcome *outcome, const char *name);

#endif
