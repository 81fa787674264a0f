/* The estimates that a trace holds: the chains of each, what they gave and how well. */
#ifndef SLT_FIGURE_ESTIMATES_H
#define SLT_FIGURE_ESTIMATES_H

#include <sltrace/trace.h>

#include "learn/diagnostics.h"

/* One estimate at one checkpoint.  The records are the trace's. */
typedef struct slt_estimate {
    const slt_record **chain;
    size_t chains; /* at least 1 */
    uint32_t llc;  /* which of the run's estimates */
    uint64_t at_step;
    bool last;          /* no later one of this llc */
    size_t ended_early; /* chains that diverged or overflowed */
    bool whole;         /* none did: only then what follows holds */
    slt_real mean, sd;  /* the trace's "llc/mean" and "llc/std", of this checkpoint; the
                           former is found.llc too */
    slt_diagnostics found;
} slt_estimate;

typedef struct slt_estimates {
    slt_estimate *list;
    size_t count;
    const slt_record **chains; /* those of all */
} slt_estimates;

/* In the order of the trace, which must outlive them.  A trace may say anything:
 * SLT_FORMAT where the chains of one estimate have not all the same number of draws, or
 * are not of an estimate of its run. To be freed, whatever is returned. */
slt_status slt_estimates_of_trace(const slt_trace *trace, slt_estimates *all,
                                  slt_error *err);
void slt_estimates_free(slt_estimates *all);

/* The estimate of that llc and step; the last of that llc; NULL where there is none. */
const slt_estimate *slt_estimates_find(const slt_estimates *all, uint32_t llc,
                                       uint64_t at_step);
const slt_estimate *slt_estimates_last(const slt_estimates *all, uint32_t llc);

bool slt_estimate_has_losses(const slt_estimate *estimate);
/* Whether two have the same chains, in every draw that is known and every hash. */
bool slt_estimate_same(const slt_estimate *a, const slt_estimate *b);

#endif
