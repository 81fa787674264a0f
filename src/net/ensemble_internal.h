/* What ensemble.c and ensemble_create.c share: the net itself. */
#ifndef SLT_NET_ENSEMBLE_INTERNAL_H
#define SLT_NET_ENSEMBLE_INTERNAL_H

#include "net/ensemble.h"
#include "net/program.h"

/* The gradient of a weight or bias by one of the ops that use it.  The first that the
 * backward pass computes is written into the gradient itself; the others wait in memory
 * of their own until they are added. */
typedef struct slt_contribution {
    bool wanted, first;
    slt_tensor own;
} slt_contribution;

struct slt_ensemble_net {
    size_t members, rows_max; /* of a block */
    slt_tensor *value_storage, *gradient_storage; /* of each value, in one allocation */
    slt_tensor *value, *gradient;
    slt_tensor target_storage, target;
    slt_tensor part; /* a value's further contribution, before it is added */
    slt_contribution *weight, *bias; /* of each op, in one allocation */
    slt_op_call *call;               /* of each op, with the weights at hand */
    bool used[SLT_INPUTS_MAX];       /* inputs that an op or the loss takes */
    size_t op_count;               /* without a last op whose work the loss does */
    size_t loss_in;
    slt_loss_sums sums;
    slt_program program; /* the last member */
};

/* A block of a batch has a multiple of these rows, but for the last one. */
#define SLT_BLOCK_ROWS 4

/* Whether a value has memory here: not an input that nothing takes, nor the output of
 * a last op whose work the loss does. */
static inline bool slt_ensemble_stores(const slt_ensemble_net *net, size_t value)
{
    if (value < net->program.inputs)
        return net->used[value];
    return value != net->program.loss_in || value == net->loss_in;
}

/* Whether there is a derivative by a value, in memory of its own: that by what the loss
 * looks at takes its place. */
static inline bool slt_ensemble_derives(const slt_ensemble_net *net, size_t value)
{
    return net->program.values[value].gradient && value != net->loss_in;
}

#endif
