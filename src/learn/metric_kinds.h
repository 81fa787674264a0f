/* The kinds of metrics.  To add one: a file metric_NAME.c that defines `const
 * slt_metric_type slt_metric_kind_NAME`, and its row here, which makes SLT_METRIC_...
 * too. Messages list the words in this order. */
#ifndef SLT_LEARN_METRIC_KINDS_H
#define SLT_LEARN_METRIC_KINDS_H

#define SLT_METRIC_KINDS(ROW)                                                            \
    ROW(LOSS, loss)                                                                      \
    ROW(NORM, norm)                                                                      \
    ROW(IPR, ipr)                                                                        \
    ROW(HESSIAN_TRACE, hessian_trace)                                                    \
    ROW(POPULATION_ERROR, population_error)                                              \
    ROW(EFFECTIVE_DIMENSION, effective_dimension)

#endif
