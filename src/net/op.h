/* Ops and losses: all that the program knows of one stands in its file, op_NAME.c or
 * loss_NAME.c, and no other file names it.
 *
 * A value has a row for each sample, or where samples have positions for each position
 * of each sample; its columns are the last axis.  An op turns one to four values, and at
 * most a weight and a bias, into one value; a loss turns a value and a target into a
 * number.  To add one: a file that defines `const slt_op_type slt_op_NAME` (`const
 * slt_loss_type slt_loss_NAME`), and a row of the table in ops.c. */
#ifndef SLT_NET_OP_H
#define SLT_NET_OP_H

#include "base/schema.h"
#include "net/cost.h"
#include "net/model.h"
#include "num/math.h"
#include "num/members.h"
#include "num/ops.h"
#include "num/tensor.h"

/* A value as far as shapes go: its width, the positions of a sample, and whether it holds
 * indices (SLT_INDEX) in place of numbers of the run's arithmetic. */
typedef struct slt_shape {
    size_t cols;
    slt_positions positions;
    bool indices;
    size_t range; /* indices are below it */
} slt_shape;

/* An op when shapes are worked out.  weight, bias and further ones are NULL if not given,
 * or where a word stands for a further one. */
typedef struct slt_op_site {
    const slt_op_spec *spec;
    slt_shape in[SLT_OP_INPUTS_MAX];
    const slt_weight_spec *weight, *bias, *further[SLT_OP_FURTHER];
    slt_arithmetic arithmetic;
} slt_op_site;

/* SLT_FORMAT with "(OP -> OUT): " and the formatted message. */
slt_status slt_op_fail(const slt_op_site *site, slt_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* SLT_OK if the bias is absent or has one row of cols numbers. */
slt_status slt_op_check_bias(const slt_op_site *site, size_t cols, slt_error *err);

/* The shape rule of ops that go element by element: inputs of one width, which is the
 * output's. */
slt_status slt_op_same_width(const slt_op_site *site, slt_shape *out, slt_error *err);
/* Numbers of a sample. */
static inline size_t slt_shape_numbers(const slt_shape *shape)
{
    return slt_positions_count(&shape->positions) * shape->cols;
}

/* The shape rule of losses whose target is numbers, one for each of the value's. */
slt_status slt_loss_check_numbers(const slt_loss_spec *spec, slt_shape value,
                                  slt_shape target, slt_error *err);

/* The shape rule of losses whose target is one class a sample, with a column of the value
 * for each. */
slt_status slt_loss_check_classes(const slt_loss_spec *spec, slt_shape value,
                                  slt_shape target, slt_error *err);

/* An op when it runs: every tensor has the rows of the batch at hand. */
typedef struct slt_op_call {
    const slt_op_spec *spec;
    const struct slt_op_type *type; /* the op's row */
    size_t samples;
    slt_positions positions; /* of the first input */
    const slt_tensor *in[SLT_OP_INPUTS_MAX];
    size_t inputs;
    const slt_tensor *weight, *bias, *further[SLT_OP_FURTHER];
    const size_t *axes; /* of the weight, as written */
    slt_tensor *kept; /* like the output: what forward keeps for backward, else NULL */
    slt_pool *pool;   /* threads that may help with the gradient by a weight, or NULL */
} slt_op_call;

/* The rows of a block of a sum over the rows of the first input: num/ops.h, long sums. */
static inline size_t slt_op_block(const slt_op_call *call)
{
    return slt_num_long_sum_block(slt_positions_count(&call->positions));
}

/* What a gradient is taken with respect to: input i is SLT_TO_INPUT + i. */
typedef enum slt_op_argument {
    SLT_TO_INPUT = 0,
    SLT_TO_WEIGHT = SLT_OP_INPUTS_MAX,
    SLT_TO_BIAS,
    SLT_TO_FURTHER, /* + which */
    SLT_OP_ARGUMENTS = SLT_TO_FURTHER + SLT_OP_FURTHER
} slt_op_argument;

/* Rules of ops that keep the numbers of their input, in whatever rows: out = in, and the
 * gradient by the input is dout.  out may have the memory of the input. */
void slt_op_forward_same(const slt_op_call *call, slt_tensor *out);
void slt_op_backward_same(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_tensor *gradient);
void slt_op_tangent_same(const slt_op_call *call, slt_op_argument argument,
                         const slt_tensor *change, slt_tensor *out);

/* How an output changes along `change` of a bias that is added to each row. */
void slt_op_tangent_bias(const slt_tensor *change, slt_tensor *out);
/* Rules of ops of one input whose output is linear in the input and in the weight, plus a
 * bias: by forward and backward of the op's row. */
void slt_op_tangent_bilinear(const slt_op_call *call, slt_op_argument argument,
                             const slt_tensor *change, slt_tensor *out);
bool slt_op_second_bilinear(const slt_op_call *call, const slt_tensor *dout,
                            slt_op_argument argument, slt_op_argument moved,
                            const slt_tensor *change, slt_tensor *gradient);

typedef enum slt_op_takes {
    SLT_TAKES_NO,
    SLT_TAKES_OPTIONAL,
    SLT_TAKES_ONE,
    SLT_TAKES_ONE_OR_WORD /* one of the op's words in place of it */
} slt_op_takes;

/* What the cost of an op or a loss depends on. */
typedef struct slt_cost_site {
    size_t in, out; /* widths of the first input and of the output; of a loss: both that
                       of its value; all is of one position of the output */
    size_t weight;  /* numbers of the op's weight; 0: it has none */
    size_t last_positions; /* those of a sample of the op's last input */
    const slt_op_spec *spec; /* the op's */
    bool data;      /* the first input is the data's: nothing asks for its gradient */
    bool gradient;  /* forward and backward, else forward alone */
    size_t lanes;   /* a product works on a multiple of so many columns */
} slt_cost_site;

/* The columns that a product works on for a width. */
static inline uint64_t slt_cost_padded(const slt_cost_site *site, uint64_t width)
{
    return (width + site->lanes - 1) / site->lanes * site->lanes;
}

/* An op's body for all members of an ensemble at once (num/members.h): of op->inputs,
 * weight and bias the tensors of all members.  It has the bits of forward and backward
 * for each of them. */
typedef struct slt_op_members {
    void (*forward)(const slt_op_call *call, slt_tensor *out);
    /* Where `goes_on`, the argument is a weight or bias, and the sums over the samples go
     * on from what `gradient` holds: rows of a batch come in blocks. */
    void (*backward)(const slt_op_call *call, const slt_tensor *dout,
                     slt_op_argument argument, bool goes_on, slt_tensor *gradient);
} slt_op_members;

/* A further weight, in the order of slt_op_spec's: what the manifest calls it. */
typedef struct slt_op_further_type {
    const char *name;
    slt_op_takes takes;
} slt_op_further_type;

typedef struct slt_op_type {
    const char *name;
    const slt_schema *const *fields; /* of the manifest, beside those of every op;
                                        NULL-terminated; NULL: none */
    size_t inputs_min, inputs_max;
    slt_op_takes weight, bias;
    slt_op_further_type further[SLT_OP_FURTHER];
    const char *const *words; /* of further weights; NULL-terminated */
    bool transposes;       /* `transpose: true` means something */
    unsigned index_inputs; /* bit i: input i holds indices */
    bool keeps;            /* forward of floats may fill call->kept, which backward has */
    bool passes_gradient;  /* that by an input is dout itself, where it has one use;
                              `second` is NULL */
    bool in_place;         /* of one input: backward's gradient may be dout, if it has
                              what forward keeps */
    bool overwrites;       /* out may be the first input; backward then has out for it */
    bool streams;          /* forward is hardly more than a pass over its rows, each by
                              itself: in floats, rows go through such ops together */
    bool sums;             /* out is ((in0 + in1) + in2) ..., element by element */
    bool multiaffine; /* out is affine in each input, the weight and the bias while the
                         others stay; one that `sums` in all inputs together */
    bool affine;     /* out is linear in weight and bias together, with the numbers of the
                        input (for a bias: 1) as coefficients, the same for each column */
    bool polynomial; /* out is one of inputs, weight and bias, with coefficients that are
                        binary fractions, and forward and backward go in SLT_MODULAR
                        (num/modular.h) */
    bool
        rectifies; /* out is the input where that is above 0, else +0, and nothing else */
    const struct slt_op_curve *curve; /* of an op that is one (net/curve.h), else NULL */
    bool centred; /* of an op that divides rows by their size (net/norm.h): less their
                     mean before */
    bool alone; /* its inputs may not have positions; those of others are the same */
    bool mixes; /* but here, where `shape` checks them */
    /* The shape of the output, or SLT_FORMAT through slt_op_fail.  *out has the positions
     * of the inputs.  Numbers of inputs and arguments and the kinds and positions of
     * inputs are checked before. */
    slt_status (*shape)(const slt_op_site *site, slt_shape *out, slt_error *err);
    void (*forward)(const slt_op_call *call, slt_tensor *out);
    /* In floats: out = out + what forward gives, element by element.  NULL: not known. */
    void (*forward_added)(const slt_op_call *call, slt_tensor *out);
    /* Writes all of `gradient`, the derivative of the loss by one argument, from dout,
     * that by the output.  Asked only for numbers, never for indices. */
    void (*backward)(const slt_op_call *call, const slt_tensor *dout,
                     slt_op_argument argument, slt_tensor *gradient);
    /* Second order (net/second.h).  `tangent` writes all of `out`, the derivative of the
     * output along `change` of one argument, which has the argument's form.  NULL: a
     * model with the op has no products with the Hessian. */
    void (*tangent)(const slt_op_call *call, slt_op_argument argument,
                    const slt_tensor *change, slt_tensor *out);
    /* The derivative of what backward gives for `argument` along `change` of the argument
     * `moved`, dout staying as it is; false, with nothing written, where that is always
     * 0.  NULL: it is for every two arguments. */
    bool (*second)(const slt_op_call *call, const slt_tensor *dout,
                   slt_op_argument argument, slt_op_argument moved,
                   const slt_tensor *change, slt_tensor *gradient);
    /* Goes element by element, or by columns, and takes no weight, so that forward and
     * backward are right for an ensemble's tensors as they stand; an op that does not may
     * have `members`.  With neither, a model with the op never runs as an ensemble. */
    bool elementwise;
    const slt_op_members *members;
    /* Adds what it takes beyond a pass over its row and over the numbers that it makes,
     * one forward and one backward, which every op does.  NULL: nothing. */
    void (*cost)(const slt_cost_site *site, slt_cost *cost);
    /* Bytes of working memory that it takes, beside its values, of a call whose tensors
     * have no data: forward, and for the gradients that are asked for.  NULL: hardly any.
     */
    uint64_t (*scratch)(const slt_op_call *call, bool to_input, bool to_weight);
    /* Functions with a fingerprint that it calls; NULL for none. */
    slt_function_set (*functions)(const slt_op_spec *spec, slt_arithmetic arithmetic);
} slt_op_type;

/* The loss of every member of an ensemble, summed in blocks of rows. */
typedef struct slt_loss_sums {
    slt_real factor, divisor, scale;
    slt_members_sum members;
} slt_loss_sums;

typedef struct slt_loss_members {
    bool rectifies; /* add takes what a last op that rectifies takes, and does its work */
    /* For a batch of `rows` samples and values of `cols` columns a member; with `verdict`
     * the results are any numbers that are finite where the losses are. */
    void (*begin)(const slt_loss_spec *spec, size_t rows, size_t cols, bool verdict,
                  slt_loss_sums *sums);
    /* A block of rows; dvalue may be NULL, or value. */
    void (*add)(bool rectified, const slt_tensor *value, const slt_tensor *target,
                slt_tensor *dvalue, slt_loss_sums *sums);
    void (*end)(slt_arithmetic arithmetic, slt_loss_sums *sums, slt_real *losses);
} slt_loss_members;

/* What the loss's sum adds as it is: the loss of a row, or of a number of the value; most
 * add products, each rounded with the sum. */
typedef enum slt_loss_terms {
    SLT_LOSS_OF_PRODUCTS,
    SLT_LOSS_OF_ROWS,
    SLT_LOSS_OF_NUMBERS
} slt_loss_terms;

typedef struct slt_loss_type {
    const char *name;
    const char *meaning;             /* what the manual says behind its name */
    const slt_schema *const *fields; /* of the manifest, beside those of every loss;
                                        NULL-terminated */
    bool index_target;
    bool logit;    /* of two classes: the value is one number, above 0 for class 1 */
    bool in_place; /* dvalue may be value */
    bool squares;  /* it is 0 only where the residual, value - target, is 0 once centred,
                      and there it goes as the sum of its squares */
    slt_loss_terms terms;
    /* The changes of the value that it does not see: those that centring takes away.
     * NULL: it sees all. */
    slt_centre (*centre)(const slt_loss_spec *spec);
    /* SLT_FORMAT where value and target do not go together. */
    slt_status (*shape)(const slt_loss_spec *spec, slt_shape value, slt_shape target,
                        slt_error *err);
    /* Where the loss is a sum of squares of value - target: its second derivative by each
     * of the value's numbers.  NULL: it is another loss. */
    slt_real (*curvature)(const slt_loss_spec *spec, size_t rows, size_t cols);
    /* The loss; where dvalue is not NULL also its derivative by the value. */
    slt_real (*loss)(const slt_loss_spec *spec, const slt_tensor *value,
                     const slt_tensor *target, slt_tensor *dvalue);
    /* The derivative of dvalue along `change` of the value.  NULL: a model with the loss
     * has no products with the Hessian. */
    void (*second)(const slt_loss_spec *spec, const slt_tensor *value,
                   const slt_tensor *target, const slt_tensor *change,
                   slt_tensor *gradient);
    /* NULL: a model with the loss never runs as an ensemble. */
    const slt_loss_members *members;
    /* As an op's. */
    void (*cost)(const slt_cost_site *site, slt_cost *cost);
    slt_function_set (*functions)(slt_arithmetic arithmetic);
} slt_loss_type;

/* NULL if there is none of that name. */
const slt_op_type *slt_op_find(const char *name);
const slt_loss_type *slt_loss_find(const char *name);

#endif
