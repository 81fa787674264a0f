/* What one update costs.  Advisory. */
#ifndef SLT_RUN_PLAN_COST_H
#define SLT_RUN_PLAN_COST_H

#include "learn/spec.h"
#include "net/cost.h"

/* What a run's network takes for each row of a batch. */
typedef struct slt_plan_rates {
    slt_cost gradient, gradient_picked, loss;
    size_t calls; /* of ops, whatever the number of rows */
} slt_plan_rates;
slt_status slt_plan_rates_of(const slt_run_spec *run, slt_plan_rates *rates,
                             slt_error *err);

/* Multiply-adds, a narrow matrix taken as wide as the lanes that work on it, and what
 * comes beside them in picoseconds of a common processor; both saturate. */
typedef struct slt_plan_cost {
    uint64_t madds, ps;
} slt_plan_cost;

/* A gradient, and a loss, on `rows` samples, from a batch that is picked out of the data
 * (else it is all of them). */
slt_plan_cost slt_plan_gradient(const slt_plan_rates *rates, uint64_t rows, bool picked);
slt_plan_cost slt_plan_loss(const slt_plan_rates *rates, uint64_t rows);

#endif
