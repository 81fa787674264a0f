/* What one update costs, counted from the network's widths. Advisory. */
#ifndef SLT_RUN_PLAN_COST_H
#define SLT_RUN_PLAN_COST_H

#include "learn/spec.h"

/* Multiply-adds, a narrow matrix taken as wide as the lanes that work on it, and what
 * comes beside them in picoseconds of a common processor; both saturate. */
typedef struct slt_plan_cost {
    uint64_t madds, ps;
} slt_plan_cost;

/* A gradient, and a loss, on `rows` samples, from a batch that is picked out of the data
 * (else it is all of them). */
slt_plan_cost slt_plan_gradient(const slt_run_spec *run, uint64_t rows, bool picked);
slt_plan_cost slt_plan_loss(const slt_run_spec *run, uint64_t rows);

#endif
