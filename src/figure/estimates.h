/* The estimates in a trace: the chains of each, their results and their diagnostics. */
#ifndef SLT_FIGURE_ESTIMATES_H
#define SLT_FIGURE_ESTIMATES_H

#include <sltrace/trace.h>

#include "learn/diagnostics.h"

/* One estimate at one checkpoint.  The records belong to the trace. */
typedef struct slt_estimate {
    const slt_record **chain;
    size_t chains; /* at least 1 */
    uint32_t llc;  /* which of the run's estimates */
    uint64_t at_step;
    bool last;          /* whether this is the last one of this llc */
    size_t ended_early; /* chains that diverged or overflowed */
    bool whole;         /* no chain did; what follows is known only then */
    slt_real mean, sd;  /* the trace's "llc/mean" and "llc/std" at this checkpoint; the
                           mean is also found.llc */
    slt_diagnostics found;
    slt_stein_found *stein; /* of each chain; NULL if it was not recorded */
    slt_real *ebfmi;        /* the same */
} slt_estimate;

typedef struct slt_estimates {
    slt_estimate *list;
    size_t count;
    const slt_record **chains; /* of all estimates */
} slt_estimates;

/* Reads the estimates in the order of the trace, which must outlive them.  The trace is
 * not trusted: SLT_FORMAT if the chains of one estimate differ in their number of draws,
 * or belong to no estimate of the run.  To be freed whatever is returned. */
slt_status slt_estimates_of_trace(const slt_trace *trace, slt_estimates *all,
                                  slt_error *err);
void slt_estimates_free(slt_estimates *all);

/* The estimate of that llc at that step, and the last one of that llc; NULL if there is
 * none. */
const slt_estimate *slt_estimates_find(const slt_estimates *all, uint32_t llc,
                                       uint64_t at_step);
const slt_estimate *slt_estimates_last(const slt_estimates *all, uint32_t llc);

bool slt_estimate_has_losses(const slt_estimate *estimate);
/* The losses of each chain, where it has them; to be freed. */
slt_status slt_estimate_losses(const slt_estimate *estimate, const slt_real ***losses,
                               slt_error *err);
/* What is diagnosed of an estimate that spec asks for. */
slt_diagnosed slt_estimate_diagnosed(const slt_estimate *estimate,
                                     const slt_llc_spec *spec);
/* Whether two estimates have the same chains, in every stored draw and every hash. */
bool slt_estimate_same(const slt_estimate *a, const slt_estimate *b);

#endif
