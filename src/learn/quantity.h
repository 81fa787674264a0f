/* The quantities that training and estimates give. */
#ifndef SLT_LEARN_QUANTITY_H
#define SLT_LEARN_QUANTITY_H

#include <sltrace/quantity.h>

#include "learn/spec.h"

#define SLT_METRICS_MAX 4 /* of slt_metric */
/* "loss", "accuracy", "val/loss", "val/accuracy". */
const char *slt_metric_name(slt_metric metric);
slt_quantity slt_quantity_of_metric(slt_metric metric);
/* Whether a quantity is a metric of checkpoints, and which. */
bool slt_quantity_is_metric(const slt_quantity *quantity, slt_metric *metric);

/* Whether it is the mean, the deviation or a chain of an LLC. */
bool slt_quantity_is_llc(const slt_quantity *quantity);
/* Whether it is the mean of an LLC, without a step. */
bool slt_quantity_is_mean(const slt_quantity *quantity);
/* The same quantity at the checkpoint of `step`. */
slt_quantity slt_quantity_at(slt_quantity quantity, uint64_t step);

/* Reads "NAME@", what an estimate gives at a checkpoint whose step is given elsewhere, as
 * the quantity NAME.  SLT_FORMAT if NAME cannot have a step. */
slt_status slt_quantity_read_open(const char *text, slt_quantity *quantity,
                                  slt_error *err);

#endif
