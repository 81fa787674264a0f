/* What losses share that are a binary cross entropy of logits. */
#ifndef SLT_NET_LOGITS_H
#define SLT_NET_LOGITS_H

#include "net/loss_squares.h"

/* A loss's loss, second and cost (net/op.h): factor * S / D. */
slt_real slt_logits_loss(const slt_loss_spec *spec, const slt_tensor *value,
                         const slt_tensor *target, slt_tensor *dvalue);
void slt_logits_second(const slt_loss_spec *spec, const slt_tensor *value,
                       const slt_tensor *target, const slt_tensor *change,
                       slt_tensor *gradient);
void slt_logits_cost(const slt_cost_site *site, slt_cost *cost);

#endif
