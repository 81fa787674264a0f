/* A model with its names resolved against the data's shape: what a net runs. */
#ifndef SLT_NET_PROGRAM_H
#define SLT_NET_PROGRAM_H

#include "net/batch.h"
#include "net/net.h"
#include "net/op.h"

#define SLT_VALUES_MAX (SLT_INPUTS_MAX + SLT_OPS_MAX)
#define SLT_NOTHING ((size_t)-1) /* in place of an index: there is none */

/* Inputs come first, in the batch's order, then the ops' outputs in theirs. */
typedef struct slt_program_value {
    char name[SLT_NAME_MAX];
    slt_shape shape;
    bool differentiable; /* depends on a trainable weight */
    bool gradient;       /* differentiable, and the loss depends on it */
    size_t uses;         /* times it receives a contribution to its gradient */
    bool passed;         /* its gradient is that of the output of the one op that takes
                            it, and needs no memory of its own */
    size_t memory;       /* whose memory a net gives it: its own, or its op's input */
} slt_program_value;

typedef struct slt_program_op {
    const slt_op_type *type;
    slt_op_spec spec;
    size_t in[SLT_OP_INPUTS_MAX]; /* values */
    size_t inputs;
    size_t out;          /* value */
    size_t weight, bias; /* owners' indices, or SLT_NOTHING */
    size_t further[SLT_OP_FURTHER];
    bool needed; /* the loss that is trained depends on its output */
    bool added;  /* its output is added to what its memory holds, by which it has
                    done the work of the op that takes it, ... */
    bool done;   /* ... which is such an op */
} slt_program_op;

typedef struct slt_program_weight {
    char name[SLT_NAME_MAX];
    size_t rows, cols;
    size_t axis[SLT_WEIGHT_AXES_MAX]; /* as written */
    bool trained; /* owns its storage and is trainable: has a gradient */
    size_t uses;  /* times it receives a contribution to its gradient */
} slt_program_weight;

typedef struct slt_program_loss {
    const slt_loss_type *type;
    slt_loss_spec spec;
    size_t in, target; /* values; target SLT_NOTHING: the data's target */
} slt_program_loss;

typedef struct slt_program {
    slt_arithmetic arithmetic;
    slt_program_value values[SLT_VALUES_MAX];
    size_t value_count, inputs;
    slt_program_op ops[SLT_OPS_MAX];
    size_t op_count;
    slt_program_weight weights[SLT_WEIGHTS_MAX];
    size_t weight_count;
    const slt_loss_type *loss;
    slt_loss_spec loss_spec;
    size_t loss_in, loss_target; /* values; loss_target SLT_NOTHING: the data's target */
    slt_program_loss others[SLT_LOSSES_MAX];
    size_t other_count;
    size_t read; /* the value that the model asks for, or SLT_NOTHING */
} slt_program;

/* Keeps no pointer into model or shape.  The message of an error in an op begins with its
 * position, "ops[3] "; where fault is not NULL, that has the position instead. */
slt_status slt_program_make(const slt_model_spec *model, const slt_batch *shape,
                            slt_arithmetic arithmetic, slt_program *program,
                            slt_net_fault *fault, slt_error *err);
/* Index of the value called name, SLT_NOTHING if there is none. */
size_t slt_program_find(const slt_program *program, const char *name);
/* The owner's index of the weight that is the argument; SLT_NOTHING for inputs and where
 * there is none. */
static inline size_t slt_program_argument(const slt_program_op *op,
                                          slt_op_argument argument)
{
    return argument < SLT_TO_WEIGHT    ? SLT_NOTHING
           : argument == SLT_TO_WEIGHT ? op->weight
           : argument == SLT_TO_BIAS   ? op->bias
                                       : op->further[argument - SLT_TO_FURTHER];
}
/* Whether the value's gradient has memory of its own. */
static inline bool slt_program_keeps(const slt_program *program, size_t value)
{
    return program->values[value].gradient && !program->values[value].passed;
}
/* Whether all rows of the value are wanted after a loss: one is taken of it, the one that
 * is trained or another, or the model asks for it. */
bool slt_program_compared(const slt_program *program, size_t value);
/* The numbers of a sample of the value. */
static inline size_t slt_program_numbers(const slt_program *program, size_t value)
{
    return slt_shape_numbers(&program->values[value].shape);
}
/* Times that ops take the value. */
size_t slt_program_takers(const slt_program *program, size_t value);

#endif
