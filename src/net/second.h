/* Second order: how values and gradients change along a direction of the weights, exactly
 * and by the net's own ops (docs/spec/06-operations.md, section 6.2): the product of
 * the Hessian with a direction (Pearlmutter 1994), forward over reverse, and on the way
 * the product of the Jacobian of every value.
 *
 * A direction and a product have the form of gradients (net/params.h): entries of frozen
 * weights and of views are neither read nor written.  Used by one thread at a time; no
 * allocation after creation. */
#ifndef SLT_NET_SECOND_H
#define SLT_NET_SECOND_H

#include "net/net.h"

typedef struct slt_second slt_second;

/* Of a model that slt_net_check takes: SLT_FORMAT naming the loss, or an op whose output
 * changes with trainable weights, that has no second derivatives. */
slt_status slt_second_check(const slt_model_spec *model, slt_error *err);

/* As slt_net_create, with slt_second_check. */
slt_status slt_second_create(const slt_model_spec *model, const slt_batch *shape,
                             size_t rows_max, slt_arithmetic arithmetic,
                             slt_second **second, slt_error *err);
/* Bytes that it takes, without making it; saturates. */
slt_status slt_second_bytes(const slt_model_spec *model, const slt_batch *shape,
                            size_t rows_max, slt_arithmetic arithmetic, uint64_t *bytes,
                            slt_error *err);
void slt_second_free(slt_second *second);

/* The point at which what follows is taken: values, and gradients of values; the weights'
 * own too where gradients is not NULL, as slt_net_gradient has them.  Returns the loss.
 * Weights and batch must stay as they are until the next point. */
slt_real slt_second_place(slt_second *second, const slt_params *weights,
                          const slt_batch *batch, slt_params *gradients);

/* The changes of all values along the direction, to first order: J v. */
void slt_second_push(slt_second *second, const slt_params *direction);
/* That of the value called name, after slt_second_push or slt_second_product; NULL where
 * there is no such value or it depends on no trainable weight. */
const slt_tensor *slt_second_tangent(const slt_second *second, const char *name);

/* product = H v, H the Hessian of the loss by the trainable weights.  Written as
 * gradients are: +0 where no op uses a weight. */
void slt_second_product(slt_second *second, const slt_params *direction,
                        slt_params *product);
/* product = J' L J v, J the derivative of the loss's value by the weights, L the loss's
 * second derivative by its value: the Hessian as if the value were linear in the weights
 * (Gauss and Newton's). */
void slt_second_gauss_newton(slt_second *second, const slt_params *direction,
                             slt_params *product);
/* v' p, in binary64: the inner products of the weights' tensors (slt_num_dot), added from
 * +0 in the order of the weights; of trainable ones that are no views. */
slt_real slt_second_along(const slt_params *direction, const slt_params *product);

/* As slt_net_overflowed: a value, a change of it or of its gradient by the value's name,
 * or a weight. */
bool slt_second_overflowed(slt_second *second, char name[SLT_NAME_MAX]);

#endif
