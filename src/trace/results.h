/* The results that a run's table holds: which, and in which order.  Who carries a run
 * out and who reads its trace make them by the same functions. */
#ifndef SLT_TRACE_RESULTS_H
#define SLT_TRACE_RESULTS_H

#include <sltrace/trace.h>

#include "learn/llc.h"
#include "learn/marks.h"

typedef struct slt_results {
    slt_result *list;
    size_t count, room;
    bool failed; /* memory was short: latched */
} slt_results;

void slt_results_free(slt_results *results);
void slt_results_add(slt_results *results, slt_quantity quantity, slt_real value);
void slt_results_append(slt_results *results, const slt_results *more);

/* The last checkpoint's metrics (none: no metrics), the step that the run ended at, and
 * the marks that were reached. */
void slt_results_of_training(slt_results *results, const slt_run_spec *run,
                             const slt_metrics *last, uint64_t step,
                             const slt_marks *marks);

/* What an estimate finds at one checkpoint. */
typedef struct slt_findings {
    const slt_llc_result *llc; /* NULL where a chain did not finish */
    slt_real acceptance;       /* mean over the chains, where asked for */
    slt_real trace;            /* of the Hessian, where asked for */
} slt_findings;

/* The results of estimate `llc` at the checkpoint of `step`: where it is made at several,
 * those of this one alone, without single chains; and at the last of these those of the
 * run, which have no step. */
void slt_results_of_estimate(slt_results *results, const slt_run_spec *run, size_t llc,
                             uint64_t step, bool last, const slt_findings *found);

#endif
