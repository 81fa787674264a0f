/* The optimisers.  To add one: a file optimizer_NAME.c that defines `const
 * slt_optimizer_type slt_optimizer_NAME`, and its row here, which makes SLT_OPTIMIZER_...
 * too.  Their order is that of the manifest's words in messages. */
#ifndef SLT_LEARN_OPTIMIZERS_H
#define SLT_LEARN_OPTIMIZERS_H

#define SLT_OPTIMIZERS(ROW)                                                              \
    ROW(SGD, sgd)                                                                        \
    ROW(ADAM, adam)

#endif
