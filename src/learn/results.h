/* The results in a run's table: which ones, and in which order.  Running a run and
 * checking its trace compute them by these same functions. */
#ifndef SLT_LEARN_RESULTS_H
#define SLT_LEARN_RESULTS_H

#include <sltrace/trace.h>

#include "learn/llc.h"
#include "learn/marks.h"
#include "learn/stein.h"

typedef struct slt_results {
    slt_result *list;
    size_t count, room;
    bool failed; /* out of memory; latched */
} slt_results;

void slt_results_free(slt_results *results);
void slt_results_add(slt_results *results, slt_quantity quantity, slt_real value);
void slt_results_append(slt_results *results, const slt_results *more);

/* Adds the last checkpoint's metrics (`last` is empty if there is no checkpoint), the
 * step at which training ended, and the values of marks that have one. */
void slt_results_of_training(slt_results *results, const slt_run_spec *run,
                             const slt_metrics *last, uint64_t step,
                             const slt_mark_values *marks);

/* What an estimate finds at one checkpoint. */
typedef struct slt_findings {
    const slt_llc_result *llc;        /* NULL if a chain did not finish */
    slt_real acceptance;              /* mean over the chains, if the sampler has one */
    slt_real adapted_lr;              /* mean over the chains, if they adapt it */
    slt_real swap[SLT_TEMPERING_MAX]; /* those of pairs of replicas, with tempering */
    const slt_stein_result *stein; /* if the estimate asks for it; NULL if a chain did not
                                      finish */
    slt_real trace;                /* of the Hessian, if the estimate asks for it */
} slt_findings;

/* The sums of a chain as its record holds them; not finite where that holds nil. */
void slt_results_stein_sums(const slt_record *record, slt_stein *sums);

/* Adds the results of estimate `llc` at the checkpoint of `step`.  An estimate made at
 * several checkpoints gives each of them results with a step, without single chains.  At
 * the last checkpoint of any estimate come the run's own results, which have no step. */
void slt_results_of_estimate(slt_results *results, const slt_run_spec *run, size_t llc,
                             uint64_t step, bool last, const slt_findings *found);

#endif
