/* What a figure shows of the chains of an estimate. */
#ifndef SLT_RUN_CHAIN_DRAWS_H
#define SLT_RUN_CHAIN_DRAWS_H

#include <sltrace/trace.h>

#include "learn/diagnostics_curves.h"
#include "manifest/figure_spec.h"

typedef struct slt_chain_draws {
    const slt_chains_spec *spec;
    slt_chain_curves curves;
} slt_chain_draws;

/* Computes draws->curves of draws->spec from the trace of a run that is done.
 * SLT_FORMAT if there is no such estimate, or if the trace does not hold its losses.  To
 * be freed whatever is returned. */
slt_status slt_chain_draws_of_trace(const slt_trace *trace, slt_chain_draws *draws,
                                    slt_error *err);

#endif
