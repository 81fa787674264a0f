/* What a network takes, counted from its widths; advisory. */
#ifndef SLT_NET_COST_H
#define SLT_NET_COST_H

#include "net/batch.h"
#include "net/model.h"

/* Of one sample of a batch. */
typedef struct slt_cost {
    uint64_t madds;     /* multiply-adds of products, narrow ones as wide as a vector */
    uint64_t rows;      /* passes over a row */
    uint64_t numbers;   /* numbers written */
    uint64_t functions; /* values of functions such as exp and tanh */
} slt_cost;

/* Of a gradient, else of a loss alone.  picked: the batch is picked out of the data, else
 * it is all of them.  Errors as slt_net_create. */
slt_status slt_net_cost(const slt_model_spec *model, const slt_batch *shape,
                        slt_arithmetic arithmetic, bool gradient, bool picked,
                        slt_cost *cost, slt_error *err);

#endif
