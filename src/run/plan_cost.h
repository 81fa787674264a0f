/* Estimates the cost of one update.  Advisory. */
#ifndef SLT_RUN_PLAN_COST_H
#define SLT_RUN_PLAN_COST_H

#include "learn/spec.h"
#include "net/cost.h"

/* The cost of a run's network for each row of a batch. */
typedef struct slt_plan_rates {
    slt_cost gradient, gradient_picked, loss;
    size_t calls; /* of ops, whatever the number of rows */
} slt_plan_rates;
slt_status slt_plan_rates_of(const slt_run_spec *run, slt_plan_rates *rates,
                             slt_error *err);

/* Multiply-adds, counting a narrow matrix as wide as the lanes that work on it, and the
 * remaining time in picoseconds of a common processor; both saturate. */
typedef struct slt_plan_cost {
    uint64_t madds, ps;
} slt_plan_cost;

/* The cost of a gradient, and of a loss, on `rows` samples.  picked: the batch is copied
 * out of the data; otherwise it is all of the data. */
slt_plan_cost slt_plan_gradient(const slt_plan_rates *rates, uint64_t rows, bool picked);
slt_plan_cost slt_plan_loss(const slt_plan_rates *rates, uint64_t rows);
/* Of anything else, once. */
slt_plan_cost slt_plan_cost_of(const slt_cost *cost);

#endif
