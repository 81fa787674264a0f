/* What a loss looks at: the rows of a value and its target that `at` and `ignore` leave.
 * It is the loss of these rows alone; the derivative by the others is +0, and a loss that
 * looks at none is +0. */
#ifndef SLT_NET_LOOK_H
#define SLT_NET_LOOK_H

#include "net/op.h"

/* Whether it may leave rows out. */
static inline bool slt_look_chooses(const slt_loss_spec *spec)
{
    return spec->last || spec->ignores;
}

/* What it is of: a value with so many positions a sample, and a target. */
typedef struct slt_look {
    const slt_loss_type *type;
    const slt_loss_spec *spec;
    size_t positions;
    const slt_tensor *value, *target;
} slt_look;

/* SLT_FORMAT where the value has no positions to choose from, or the target no such
 * class. */
slt_status slt_look_check(const slt_loss_spec *spec, const slt_shape *value,
                          const slt_shape *target, slt_error *err);
/* slt_loss_type's loss and second. */
slt_real slt_look_loss(const slt_look *look, slt_tensor *dvalue);
void slt_look_second(const slt_look *look, const slt_tensor *change,
                     slt_tensor *gradient);
/* How many rows it looks at; value and target become these rows, which live until the
 * next call here. */
size_t slt_look_rows(slt_look *look, slt_tensor *value, slt_tensor *target);

#endif
