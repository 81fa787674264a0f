/* A set of tensors, one per weight of a model in manifest order: weights, gradients and
 * slots (learn/slots.h) all have this form.  A tied weight's entry is a view of its
 * owner. */
#ifndef SLT_NET_PARAMS_H
#define SLT_NET_PARAMS_H

#include "net/model.h"
#include "num/tensor.h"

typedef struct slt_params {
    size_t count;
    slt_tensor *tensor; /* each array has `count` items */
    size_t *owner;      /* whose storage it is; its own index where owned */
    bool *owned;        /* false: a view of a tied owner */
    bool *trainable;    /* updates touch owned and trainable tensors only */
} slt_params;

/* The arrays, all zero: no tensor has memory. */
slt_status slt_params_reserve(size_t count, slt_params *params, slt_error *err);
/* All zero.  The model has passed slt_model_check. */
slt_status slt_params_create(const slt_model_spec *model, slt_arithmetic arithmetic,
                             slt_params *params, slt_error *err);
void slt_params_free(slt_params *params);
/* Whether updates change the tensor: it is trained, and no view of another. */
static inline bool slt_params_moves(const slt_params *params, size_t index)
{
    return params->owned[index] && params->trainable[index];
}
/* Same form required. */
void slt_params_copy(slt_params *to, const slt_params *from);
/* Makes every view look like its owner again (fixed: frac and overflow), after the owners
 * were written. */
void slt_params_share(slt_params *params);

#endif
