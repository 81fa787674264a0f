/* A model with its names resolved against the data's shape: what a net runs. */
#ifndef SLT_NET_PLAN_H
#define SLT_NET_PLAN_H

#include "net/batch.h"
#include "net/op.h"

#define SLT_VALUES_MAX (SLT_INPUTS_MAX + SLT_OPS_MAX)
#define SLT_NOTHING ((size_t)-1) /* in place of an index: there is none */

/* Inputs come first, in the batch's order, then the ops' outputs in theirs. */
typedef struct slt_plan_value {
    char name[SLT_NAME_MAX];
    slt_shape shape;
    bool differentiable; /* depends on a trainable weight */
    bool gradient;       /* differentiable, and the loss depends on it */
    size_t uses;         /* times it receives a contribution to its gradient */
    size_t memory;       /* whose memory a net gives it: its own, or its op's input */
} slt_plan_value;

typedef struct slt_plan_op {
    const slt_op_type *type;
    slt_op_spec spec;
    size_t in[SLT_OP_INPUTS_MAX]; /* values */
    size_t inputs;
    size_t out;          /* value */
    size_t weight, bias; /* owners' indices, or SLT_NOTHING */
} slt_plan_op;

typedef struct slt_plan_weight {
    char name[SLT_NAME_MAX];
    size_t rows, cols;
    bool trained; /* owns its storage and is trainable: has a gradient */
    size_t uses;  /* times it receives a contribution to its gradient */
} slt_plan_weight;

typedef struct slt_plan {
    slt_arithmetic arithmetic;
    slt_plan_value values[SLT_VALUES_MAX];
    size_t value_count, inputs;
    slt_plan_op ops[SLT_OPS_MAX];
    size_t op_count;
    slt_plan_weight weights[SLT_WEIGHTS_MAX];
    size_t weight_count;
    const slt_loss_type *loss;
    slt_loss_spec loss_spec;
    size_t loss_in, loss_target; /* values; loss_target SLT_NOTHING: the data's target */
} slt_plan;

/* Keeps no pointer into model or shape. */
slt_status slt_plan_make(const slt_model_spec *model, const slt_batch *shape,
                         slt_arithmetic arithmetic, slt_plan *plan, slt_error *err);
/* Index of the value called name, SLT_NOTHING where there is none. */
size_t slt_plan_find(const slt_plan *plan, const char *name);
/* Times that ops take the value. */
size_t slt_plan_takers(const slt_plan *plan, size_t value);

#endif
