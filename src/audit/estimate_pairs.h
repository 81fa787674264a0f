/* The estimates of two computations of one run, compared. */
#ifndef SLT_AUDIT_ESTIMATE_PAIRS_H
#define SLT_AUDIT_ESTIMATE_PAIRS_H

#include <sltrace/trace.h>

#include "audit/audit.h"
#include "learn/diagnostics.h"

/* One estimate as both computations made it. If they draw the same numbers, their chains
 * share much of their noise: chain i of one is paired with chain i of the other, and the
 * difference is known better than either LLC. `apart` treats the two as independent; the
 * verdict rests on it. `paired_apart` is the difference in units of the Monte Carlo error
 * of the paired differences, as slt_diagnose gives it. */
typedef struct slt_estimate_pair {
    uint32_t llc;
    bool last; /* the last checkpoint at which this estimate was made */
    uint64_t step_a, step_b;
    bool has_b; /* b made it too */
    bool whole_a,
        whole_b; /* all chains ended normally: only then do the diagnostics hold */
    slt_diagnostics a, b;
    slt_agreement agreement;
    slt_real difference;    /* LLC of b - LLC of a; this and the rest not finite where */
    slt_real combined_mcse; /* unknown */
    slt_real apart;
    slt_real paired_mcse;
    slt_real paired_apart;
    bool draw_differs; /* some draw differs; the first in order of draws, then chains, is
                        */
    uint64_t draw;
    uint32_t chain;
} slt_estimate_pair;

typedef struct slt_estimate_pairs {
    slt_estimate_pair *list;
    size_t count;
} slt_estimate_pairs;

/* Pairs every estimate of a, in order, with b's at the same step; an estimate's last one
 * is paired with b's last. Advisory. */
slt_status slt_estimate_pairs_find(const slt_trace *a, const slt_trace *b,
                                   slt_estimate_pairs *pairs, slt_error *err);
void slt_estimate_pairs_free(slt_estimate_pairs *pairs);

#endif
