/* The estimates that a trace holds: the chains of each, and their diagnostics. */
#ifndef SLT_STUDY_FIGURE_ESTIMATES_H
#define SLT_STUDY_FIGURE_ESTIMATES_H

#include <sltrace/trace.h>

#include "learn/diagnostics.h"

/* The chains of one estimate at one checkpoint; lives while the walk is at it. */
typedef struct slt_estimate {
    const slt_record **chain;
    size_t chains; /* at least 1 */
    bool whole;    /* every chain is done */
} slt_estimate;

/* Calls for each estimate in the order of the trace, until one call fails. */
typedef slt_status (*slt_estimate_call)(void *context, const slt_estimate *estimate,
                                        slt_error *err);
slt_status slt_estimate_walk(const slt_trace *trace, slt_estimate_call call,
                             void *context, slt_error *err);

bool slt_estimate_has_losses(const slt_estimate *estimate);
/* Of a whole estimate. A trace may say anything: SLT_FORMAT where the chains have not all
 * the same number of draws. */
slt_status slt_estimate_diagnose(const slt_estimate *estimate, slt_diagnostics *found,
                                 slt_error *err);

#endif
