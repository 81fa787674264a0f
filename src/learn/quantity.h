/* The quantities that training and estimates give. */
#ifndef SLT_LEARN_QUANTITY_H
#define SLT_LEARN_QUANTITY_H

#include <sltrace/quantity.h>

#include "learn/spec.h"

/* What a checkpoint records at most: loss and accuracy, and what training names, each
 * also of the validation data. */
#define SLT_METRICS_MAX (4 + 2 * SLT_METRIC_SPECS_MAX)
/* Whether a quantity is a metric of checkpoints; whether such a one exists only for a
 * target of classes, only for one of signs, only with validation samples. */
bool slt_quantity_is_metric(const slt_quantity *quantity);
bool slt_metric_of_classes(const slt_quantity *metric);
bool slt_metric_of_signs(const slt_quantity *metric);
bool slt_metric_of_validation(const slt_quantity *metric);
/* Whether it is what training gives by its end: a metric, `step` or a mark. */
bool slt_quantity_is_of_training(const slt_quantity *quantity);
/* A mark, a named metric or a part of a tally. */
slt_quantity slt_quantity_named(slt_quantity_kind kind, const char *name);

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
