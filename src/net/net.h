/* A model bound to an arithmetic, a batch size and input shapes: forward values, losses
 * and gradients.  A net owns its workspace and is called by one thread at a time; weights
 * and gradients are passed in.  No allocation after creation. */
#ifndef SLT_NET_NET_H
#define SLT_NET_NET_H

#include "base/schema.h"
#include "net/batch.h"
#include "net/model.h"
#include "net/params.h"
#include "num/math.h"
#include "num/ops.h"

typedef struct slt_net slt_net;

/* The part of a model that an error lies in. */
typedef enum slt_net_part {
    SLT_NET_MODEL,
    SLT_NET_OP,
    SLT_NET_LOSS,
    SLT_NET_OTHER_LOSS
} slt_net_part;
typedef struct slt_net_fault {
    slt_net_part part;
    size_t op; /* of an op: its position; of another loss: its place among them */
} slt_net_fault;

/* Whether model and data go together, without making anything: the errors of
 * slt_net_create, but that *fault has the position of an op and the message does not.
 * `shape` holds the names and widths of the inputs and the target, and which of them are
 * indices; its rows and data are not looked at. */
slt_status slt_net_check(const slt_model_spec *model, const slt_batch *shape,
                         slt_arithmetic arithmetic, slt_net_fault *fault, slt_error *err);

/* The largest batches that a net will see: of a gradient or the values of a forward (0:
 * none), and of a loss alone.  In floats a loss alone takes many rows block by block, so
 * that its samples cost hardly any memory. */
typedef struct slt_net_rows {
    size_t gradient, loss;
} slt_net_rows;

/* rows_max >= 1: the largest batch it will see.  SLT_FORMAT naming the op or weight where
 * names or shapes do not fit (unknown value, value defined twice, ...; an output that
 * nothing uses is allowed).  The loss's target is the data's where loss.target is "" or
 * "y*", else the input of that name. */
slt_status slt_net_create(const slt_model_spec *model, const slt_batch *shape,
                          size_t rows_max, slt_arithmetic arithmetic, slt_net **net,
                          slt_error *err);
/* Bytes that it takes, without making it; saturates. */
slt_status slt_net_bytes(const slt_model_spec *model, const slt_batch *shape,
                         size_t rows_max, slt_arithmetic arithmetic, uint64_t *bytes,
                         slt_error *err);
/* Both for rows of each kind, at least 1 of one of them. */
slt_status slt_net_create_rows(const slt_model_spec *model, const slt_batch *shape,
                               slt_net_rows rows, slt_arithmetic arithmetic,
                               slt_net **net, slt_error *err);
slt_status slt_net_bytes_rows(const slt_model_spec *model, const slt_batch *shape,
                              slt_net_rows rows, slt_arithmetic arithmetic,
                              uint64_t *bytes, slt_error *err);
void slt_net_free(slt_net *net);
/* Threads of the pool (NULL: none) may help with every call from now on: in floats with
 * the samples of a large batch, and with the gradients of weights.  No bit depends on
 * it. */
void slt_net_share(slt_net *net, slt_pool *pool);

/* Runs the ops on a batch of 1 <= rows <= rows_max whose inputs are those of `shape`, in
 * its order. */
void slt_net_forward(slt_net *net, const slt_params *weights, const slt_batch *batch);
/* The value called name (an input or an op's output) after a forward; NULL if unknown.
 * Where an op wrote its output over its input, which it may if nothing else uses that,
 * both names give the output.  After slt_net_gradient there are only the values that the
 * loss depends on, and its own may be overwritten. */
const slt_tensor *slt_net_value(const slt_net *net, const char *name);

/* Forward and loss; of the values only those of losses, and the one that the model asks
 * for, may be asked for afterwards. */
slt_real slt_net_loss(slt_net *net, const slt_params *weights, const slt_batch *batch);
/* The loss model->others[index] of the last batch of slt_net_forward or slt_net_loss,
 * while that lives. */
slt_real slt_net_other_loss(const slt_net *net, size_t index);
/* After slt_net_loss, while its batch lives: for each sample the loss of its rows of the
 * value and the target alone. */
void slt_net_sample_losses(const slt_net *net, slt_real *losses);
/* Whether the loss of a batch is the mean (slt_real_mean) of its samples' losses in every
 * bit: in floats, of one term a sample and no factor.  The model has passed
 * slt_net_check. */
slt_status slt_net_adds_up(const slt_model_spec *model, const slt_batch *shape,
                           slt_arithmetic arithmetic, bool *adds, slt_error *err);
/* Whether the loss's target is indices, so that there is an accuracy. */
bool slt_net_classifies(const slt_net *net);
/* Of the last forward's batch, while that lives: the share of samples, or of their
 * positions, whose largest value stands at their target, or whose logit is above 0 where
 * that is class 1 and not where it is 0, of those that the loss looks at: a count divided
 * by their number in binary64, 0 where there are none.  Needs slt_net_classifies. */
slt_real slt_net_accuracy(const slt_net *net);
/* Likewise the share of samples whose value has not the sign of their target, a zero
 * being wrong.  Needs a loss that compares one column with a target of numbers. */
slt_real slt_net_sign_error(const slt_net *net);
/* Forward, loss and gradient with respect to every trainable weight.  The entry of a
 * trainable weight is written whole (used twice: the last use's contribution first,
 * earlier ones added to it one by one; unused: +0), that of a frozen one not at all. */
slt_real slt_net_gradient(slt_net *net, const slt_params *weights, const slt_batch *batch,
                          slt_params *gradients);

/* Forward, and the gradient of sum(seed * value) for the loss's value, whose form seed
 * has; written as slt_net_gradient writes it. */
void slt_net_gradient_along(slt_net *net, const slt_params *weights,
                            const slt_batch *batch, const slt_tensor *seed,
                            slt_params *gradients);

/* The loss's value as its loss sees it. */
typedef struct slt_net_residual {
    size_t outputs;    /* numbers a sample */
    size_t width;      /* of which so many at each position */
    bool squares;      /* the loss is 0 only where the residual, value - target, is 0
                          once centred, and there it goes as the sum of its squares */
    slt_centre centre; /* changes that it does not see */
} slt_net_residual;
slt_net_residual slt_net_look(const slt_net *net);

/* SLT_USAGE, naming the first op that is not, unless every op is a polynomial of inputs
 * and weights, so that the model runs in SLT_MODULAR: forward, and backward along a
 * seed. */
slt_status slt_net_polynomial(const slt_model_spec *model, slt_error *err);

/* SLT_FORMAT, naming what is to blame, unless the loss is a sum of squares of its value
 * less a target of numbers, and that value is affine in the one trainable weight, whose
 * index is *weight then.  The model has passed slt_net_check. */
slt_status slt_net_affine(const slt_model_spec *model, size_t *weight, slt_error *err);
/* Whether the value that the loss takes is weight . x + bias alone, one column, by one op
 * whose coefficients are the numbers of the input `x`, and the loss a sum of squares of
 * it less the data's target; weight and bias are their indices, bias that of none,
 * weight_count, without one, and curvature the second derivative of the loss of so many
 * rows by each value.  The model has passed slt_net_check. */
typedef struct slt_net_plane {
    size_t weight, bias;
    slt_real curvature;
} slt_net_plane;
bool slt_net_is_plane(const slt_model_spec *model, const char *x, size_t rows,
                      slt_net_plane *plane);
/* Of such a model, after slt_net_forward on all its rows: differences (SLT_F64, a column
 * of rows * outputs numbers) = target - value, each widened and subtracted in binary64.
 * Returns the second derivative of the loss by each number of the value. */
slt_real slt_net_differences(const slt_net *net, slt_tensor *differences);

/* Whether a fixed-point value or gradient overflowed since the last call; names the first
 * that did: the value ("y*" for the data's target), or the weight whose gradient it was.
 */
bool slt_net_overflowed(slt_net *net, char name[SLT_NAME_MAX]);

/* Functions with a fingerprint that the model's ops and its trained loss call in this
 * arithmetic; those that a loss calls. */
slt_function_set slt_net_functions(const slt_model_spec *model,
                                   slt_arithmetic arithmetic);
slt_function_set slt_net_loss_functions(const slt_loss_spec *spec,
                                        slt_arithmetic arithmetic);

/* Whether a loss (by its name, known) takes a target of indices. */
bool slt_net_loss_classifies(const char *loss);
/* Names of the known ops and losses, for the manifest's schema and its messages. Index
 * from 0; NULL past the end. */
const char *slt_net_op_name(size_t index);
/* Layers that people know and that are no ops. */
extern const slt_schema_absent slt_net_ops_absent[];
const char *slt_net_loss_name(size_t index);
/* What the manual says of a loss. */
const char *slt_net_loss_meaning(size_t index);
/* Fields of the manifest that an op or a loss alone has; NULL past the end. */
const slt_schema *const *slt_net_op_fields(size_t index);
const slt_schema *const *slt_net_loss_fields(size_t index);
/* The fields of the map that a loss is in a manifest; they fill a slt_loss_spec. */
#define SLT_NET_LOSS_ROWS 5
extern const slt_schema slt_net_loss_rows[SLT_NET_LOSS_ROWS];

#endif
