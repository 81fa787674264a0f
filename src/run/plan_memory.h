/* Estimates the memory that a run takes from its fields.  Advisory. */
#ifndef SLT_RUN_PLAN_MEMORY_H
#define SLT_RUN_PLAN_MEMORY_H

#include <sltrace/study.h>

#include "learn/spec.h"

/* The tensors of a training state for each weight: itself and the optimiser's slots. */
uint64_t slt_plan_copies(const slt_run_spec *run);

/* Sums saturate.  SLT_FORMAT if the model does not fit the data. */
slt_status slt_plan_memory_of(const slt_run_spec *run, slt_plan_memory *memory,
                              slt_error *err);

#endif
