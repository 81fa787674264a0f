/* The optimisers.  To add one: a file optimizer_NAME.c that defines `const
 * slt_optimizer_type slt_optimizer_NAME`, and its row here, which makes SLT_OPTIMIZER_...
 * too.  Messages list the words in this order. */
#ifndef SLT_LEARN_OPTIMIZERS_H
#define SLT_LEARN_OPTIMIZERS_H

#define SLT_OPTIMIZERS(ROW)                                                              \
    ROW(SGD, sgd)                                                                        \
    ROW(ADAM, adam)                                                                      \
    ROW(FLOW, flow)

#endif
