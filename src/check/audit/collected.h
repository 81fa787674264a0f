/* The estimates of one trace, with their diagnostics, to be set beside another's. */
#ifndef SLT_CHECK_AUDIT_COLLECTED_H
#define SLT_CHECK_AUDIT_COLLECTED_H

#include "study/figure/estimates.h"

/* The records are the trace's. */
typedef struct slt_collected {
    const slt_record **chain;
    size_t chains; /* at least 1 */
    uint32_t llc;
    uint64_t at_step;
    bool last;             /* no later one of this llc */
    bool whole;            /* all chains ended well */
    slt_diagnostics found; /* where it is whole */
} slt_collected;

typedef struct slt_collection {
    slt_collected *list;
    size_t count;
} slt_collection;

/* In the order of the trace, which must outlive it.  The collection is to be freed,
 * whatever is returned. */
slt_status slt_collect_estimates(const slt_trace *trace, slt_collection *all,
                                 slt_error *err);
void slt_collection_free(slt_collection *all);

/* The estimate of that llc and step, NULL where there is none. */
const slt_collected *slt_collected_find(const slt_collection *all, uint32_t llc,
                                        uint64_t at_step);
/* Whether two have the same chains, in every draw that is known and every hash. */
bool slt_collected_same(const slt_collected *a, const slt_collected *b);

#endif
