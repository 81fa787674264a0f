/* Private to net.c, net_backward.c and second.c. */
#ifndef SLT_NET_NET_INTERNAL_H
#define SLT_NET_NET_INTERNAL_H

#include "net/look.h"
#include "net/net.h"
#include "net/program.h"

/* Storage has a row for each sample: rows_max for values, but for a loss alone the loss's
 * value may have more, and fewer for gradients.  `value` and `gradient` are what the
 * batch at hand takes of it, with a row for each position of each sample (an input's
 * value is the batch's own memory). */
struct slt_net {
    size_t rows_max, rows; /* samples */
    size_t first; /* sample at which the values of losses begin: of a block of a batch */
    slt_net_rows most;
    slt_tensor *value_storage, *gradient_storage; /* of each value, in one allocation */
    slt_tensor *kept_storage;                     /* of the op whose output it is */
    slt_tensor *value, *gradient, *kept;
    slt_tensor target;      /* of the loss */
    slt_tensor data_target; /* the data's, which other losses may take */
    slt_tensor part;        /* a further contribution, before it is added */
    bool gradients_stay;    /* a backward pass overwrites no value and no gradient */
    slt_pool *pool;         /* whose threads help, or NULL */
    char overflowed[SLT_NAME_MAX];
    slt_program program; /* the last member */
};

/* What the ops are run for: any of their values; a gradient of the loss, for which floats
 * need no op that it does not depend on (in fixed point one may overflow); second order,
 * which has tangents of all. */
typedef enum slt_net_purpose {
    SLT_NET_VALUES,
    SLT_NET_GRADIENT,
    SLT_NET_SECOND
} slt_net_purpose;
void slt_net_run(slt_net *net, const slt_params *weights, const slt_batch *batch,
                 slt_net_purpose purpose);
/* The loss of the last run, and what it gives: the gradients of its values and, where
 * gradients is not NULL, of the weights. */
slt_real slt_net_backward(slt_net *net, const slt_params *weights, slt_params *gradients);
/* The samples of the batch at hand in the memory of a value, from one on. */
slt_tensor slt_net_samples(const slt_net *net, size_t value, const slt_tensor *storage,
                           size_t first);
/* The same from the first on, or, where storage has no memory, without data. */
slt_tensor slt_net_form(const slt_net *net, size_t value, const slt_tensor *storage);
/* What a gradient or a change of one has of `from`, whose numbers it shares. */
void slt_net_pass(const slt_tensor *from, slt_tensor *to);
/* Contributions to a tensor: the first (begun is false) is stored, a later one made in
 * the memory of part and added. */
slt_tensor slt_net_room(const slt_tensor *to, const slt_tensor *part, bool begun);
void slt_net_gather(const slt_tensor *made, slt_tensor *to, bool *begun);
/* What the loss looks at, of the last run. */
slt_look slt_net_sight(const slt_net *net);
/* The loss of the last run; where dvalue is not NULL also its derivative by the value. */
slt_real slt_net_find_loss(slt_net *net, slt_tensor *dvalue);
/* In how many parts threads take the samples of the batch at hand, where `numbers` are
 * read and written in all; in floats what an op makes of a sample depends on that sample
 * alone.  1: they go as a whole. */
size_t slt_net_parts(const slt_net *net, size_t numbers);
/* The samples of part `index` of `parts` and the tensors of an op for them; a tensor has
 * as many rows for each sample.  part->call points into part. */
typedef struct slt_net_part_call {
    size_t first, samples;
    slt_op_call call;
    slt_tensor in[SLT_OP_INPUTS_MAX], kept;
} slt_net_part_call;
void slt_net_take_part(const slt_net *net, const slt_op_call *whole, size_t index,
                       size_t parts, slt_net_part_call *part);
slt_tensor slt_net_part_rows(const slt_net *net, const slt_net_part_call *part,
                             const slt_tensor *whole);
/* An op of the last run, or of the one at hand; keeps: a backward pass will follow. */
slt_op_call slt_net_call(slt_net *net, const slt_program_op *op,
                         const slt_params *weights, bool keeps);
/* Remembers the first tensor whose overflow latch is set. */
void slt_net_note_overflow(slt_net *net, const slt_tensor *tensor,
                           const char name[SLT_NAME_MAX]);

#endif
