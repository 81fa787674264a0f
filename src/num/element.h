/* Single elements from tensor to tensor, each rounded once to the arithmetic of the
 * tensor written; in fixed point from the integers, never by way of a binary64. */
#ifndef SLT_NUM_ELEMENT_H
#define SLT_NUM_ELEMENT_H

#include "num/tensor.h"

/* to[e] = from[i]; both of one arithmetic.  Fixed: brought to to->frac, to nearest even;
 * what does not fit latches to->overflow. */
void slt_num_put(const slt_tensor *from, size_t i, slt_tensor *to, size_t e);

/* to[e] = a[i] b[j], likewise. */
void slt_num_put_product(const slt_tensor *a, size_t i, const slt_tensor *b, size_t j,
                         slt_tensor *to, size_t e);

#endif
