/* The estimates of two computations of one run, side by side. */
#ifndef SLT_AUDIT_ESTIMATE_PAIRS_H
#define SLT_AUDIT_ESTIMATE_PAIRS_H

#include <sltrace/trace.h>

#include "audit/audit.h"
#include "learn/diagnostics.h"

/* One estimate of both.  Where the computations draw the same numbers their chains share
 * much of their noise: chain i of one goes with chain i of the other, so that the
 * difference is known better than either LLC.  `apart` takes the two for independent, and
 * is what the verdict rests on; `paired_apart` is the difference in Monte Carlo errors of
 * the differences themselves, as slt_diagnose gives them. */
typedef struct slt_estimate_pair {
    uint32_t llc;
    bool last; /* at the last checkpoint of this estimate */
    uint64_t step_a, step_b;
    bool has_b;            /* b made it */
    bool whole_a, whole_b; /* all chains ended well: only then diagnostics hold */
    slt_diagnostics a, b;
    slt_agreement agreement;
    slt_real difference;    /* LLC of b - LLC of a; this and the rest not finite where */
    slt_real combined_mcse; /* unknown */
    slt_real apart;
    slt_real paired_mcse;
    slt_real paired_apart;
    bool draw_differs; /* the first draw, in order of draws, then chains */
    uint64_t draw;
    uint32_t chain;
} slt_estimate_pair;

typedef struct slt_estimate_pairs {
    slt_estimate_pair *list;
    size_t count;
} slt_estimate_pairs;

/* Of every estimate of a, in its order: that of b at the same step, and of an estimate's
 * last the last. Advisory. */
slt_status slt_estimate_pairs_find(const slt_trace *a, const slt_trace *b,
                                   slt_estimate_pairs *pairs, slt_error *err);
void slt_estimate_pairs_free(slt_estimate_pairs *pairs);

#endif
