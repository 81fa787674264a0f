/* The memory that a run takes, counted from its fields. Advisory. */
#ifndef SLT_RUN_PLAN_MEMORY_H
#define SLT_RUN_PLAN_MEMORY_H

#include <sltrace/study.h>

#include "learn/spec.h"

/* Tensors of a training state for each one of the weights: 1 and the optimiser's. */
uint64_t slt_plan_copies(const slt_run_spec *run);

/* Sums saturate.  SLT_FORMAT where the model does not fit the data. */
slt_status slt_plan_memory_of(const slt_run_spec *run, slt_plan_memory *memory,
                              slt_error *err);

#endif
