/* Gradient flow of a loss that is a sum of squares, by the one weight that its value is
 * affine in: dw/dt = -(curvature J'(J w - r) + l2 w + l1 sign(w)), J the features, that
 * is, the derivatives of the values by the weight's numbers, r the targets less the
 * values at weight 0.  Without l1 it is solved exactly, mode by mode, up to rounding in
 * binary64; with l1 too of a weight of one number, and at its end; else in steps whose
 * error is bounded (docs/spec/09-training.md). */
#ifndef SLT_LEARN_FLOW_H
#define SLT_LEARN_FLOW_H

#include "learn/spec.h"
#include "net/params.h"

typedef struct slt_flow slt_flow;

/* Of a run whose model slt_net_affine admits, which outlives it; data and first weights
 * are the run's and borrowed here alone.  SLT_RESOURCE, or SLT_FORMAT where a feature or
 * a target is not finite. */
slt_status slt_flow_create(const slt_run_spec *run, const slt_data *data,
                           const slt_params *first, slt_flow **flow, slt_error *err);
/* The same of other data and first weights of the same run's form. */
slt_status slt_flow_begin(slt_flow *flow, const slt_run_spec *run, const slt_data *data,
                          const slt_params *first, slt_error *err);
void slt_flow_free(slt_flow *flow);
/* Bytes that it takes; saturates. */
uint64_t slt_flow_bytes(const slt_run_spec *run);
/* About how many multiply-adds it takes to create one and to reach a time; saturate.
 * Without the steps that l1 needs of a weight of several numbers. */
void slt_flow_work(const slt_run_spec *run, uint64_t *make, uint64_t *reach);

/* Sets the weight to its value at a time; +infinity is the end point.  Each number is
 * rounded once to the run's arithmetic.  Whether all are finite then, and were found. */
bool slt_flow_reach(slt_flow *flow, slt_real time, slt_params *weights);

/* The fingerprinted functions that it calls. */
slt_function_set slt_flow_functions(void);

#endif
