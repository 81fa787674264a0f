/* Ops and losses: one file each, one row each in the table of ops.c.
 *
 * A value has one row per sample.  An op turns one to four values, and at most a weight
 * and a bias, into one value; a loss turns a value and a target into a number.  To add
 * one: a file op_NAME.c that defines `const slt_op_type slt_op_NAME`, and its row. */
#ifndef SLT_NET_OP_H
#define SLT_NET_OP_H

#include "net/model.h"
#include "num/math.h"
#include "num/tensor.h"

/* A value as far as shapes go: its width, and whether it holds indices (SLT_INDEX) in
 * place of numbers of the run's arithmetic. */
typedef struct slt_shape {
    size_t cols;
    bool indices;
    size_t range; /* indices are below it */
} slt_shape;

/* An op when shapes are worked out.  weight and bias are NULL where not given. */
typedef struct slt_op_site {
    const slt_op_spec *spec;
    size_t position; /* in the model's list, from 0 */
    slt_shape in[SLT_OP_INPUTS_MAX];
    const slt_weight_spec *weight, *bias;
} slt_op_site;

/* SLT_FORMAT with "ops[POSITION] (OP -> OUT): " and the formatted message. */
slt_status slt_op_fail(const slt_op_site *site, slt_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* SLT_OK where the bias is absent or has one row of cols numbers. */
slt_status slt_op_check_bias(const slt_op_site *site, size_t cols, slt_error *err);

/* The shape rule of ops of one input that go element by element. */
slt_status slt_op_same_width(const slt_op_site *site, size_t *cols, slt_error *err);

/* An op when it runs: every tensor has the rows of the batch at hand. */
typedef struct slt_op_call {
    const slt_op_spec *spec;
    const slt_tensor *in[SLT_OP_INPUTS_MAX];
    size_t inputs;
    const slt_tensor *weight, *bias;
    slt_tensor *kept; /* like the output: what forward keeps for backward, else NULL */
} slt_op_call;

/* What a gradient is taken with respect to: input i is SLT_TO_INPUT + i. */
typedef enum slt_op_argument {
    SLT_TO_INPUT = 0,
    SLT_TO_WEIGHT = SLT_OP_INPUTS_MAX,
    SLT_TO_BIAS
} slt_op_argument;

typedef enum slt_op_takes {
    SLT_TAKES_NO,
    SLT_TAKES_OPTIONAL,
    SLT_TAKES_ONE
} slt_op_takes;

typedef struct slt_op_type {
    const char *name;
    size_t inputs_min, inputs_max;
    slt_op_takes weight, bias;
    bool transposes;       /* `transpose: true` means something */
    unsigned index_inputs; /* bit i: input i holds indices */
    bool keeps;            /* forward may fill call->kept, which backward then has too */
    bool passes_gradient;  /* that by an input is dout itself, where it has one use */
    bool in_place;         /* of one input: backward's gradient may be dout */
    bool overwrites;       /* of one input: out may be it; backward then has out for it */
    /* The width of the output, or SLT_FORMAT through slt_op_fail.  Numbers of inputs and
     * arguments and the kinds of inputs are checked before. */
    slt_status (*shape)(const slt_op_site *site, size_t *cols, slt_error *err);
    void (*forward)(const slt_op_call *call, slt_tensor *out);
    /* Writes all of `gradient`, the derivative of the loss by one argument, from dout,
     * that by the output.  Asked only for numbers, never for indices. */
    void (*backward)(const slt_op_call *call, const slt_tensor *dout,
                     slt_op_argument argument, slt_tensor *gradient);
    /* Functions with a fingerprint that it calls; NULL for none. */
    slt_function_set (*functions)(slt_arithmetic arithmetic);
} slt_op_type;

typedef struct slt_loss_type {
    const char *name;
    bool index_target;
    bool in_place; /* dvalue may be value */
    /* SLT_FORMAT where value and target do not go together. */
    slt_status (*shape)(const slt_loss_spec *spec, slt_shape value, slt_shape target,
                        slt_error *err);
    /* The loss; where dvalue is not NULL also its derivative by the value. */
    slt_real (*loss)(const slt_loss_spec *spec, const slt_tensor *value,
                     const slt_tensor *target, slt_tensor *dvalue);
    slt_function_set (*functions)(slt_arithmetic arithmetic);
} slt_loss_type;

/* NULL where there is none of that name. */
const slt_op_type *slt_op_find(const char *name);
const slt_loss_type *slt_loss_find(const char *name);

#endif
