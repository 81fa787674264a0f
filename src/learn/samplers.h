/* The samplers.  To add one: a file sampler_NAME.c that defines `const slt_sampler_type
 * slt_sampler_NAME`, and its row here, which makes SLT_SAMPLER_... too.  Messages
 * list the words in this order. */
#ifndef SLT_LEARN_SAMPLERS_H
#define SLT_LEARN_SAMPLERS_H

/* clang-format off */
#define SLT_SAMPLERS(ROW)                                                                \
    ROW(SGLD, sgld)                                                                      \
    ROW(BAOAB, baoab)                                                                    \
    ROW(SGHMC, sghmc)                                                                    \
    ROW(MALA, mala)                                                                      \
    ROW(RMSPROP_SGLD, rmsprop_sgld)                                                      \
    ROW(ADAM_SGLD, adam_sgld)                                                            \
    ROW(SGNHT, sgnht)                                                                    \
    ROW(HMC, hmc)
/* clang-format on */

#endif
