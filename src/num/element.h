/* Copies and products of single elements, rounded once to the arithmetic of the tensor
 * that is written.  In fixed point they are made of integers, never by way of a
 * binary64. */
#ifndef SLT_NUM_ELEMENT_H
#define SLT_NUM_ELEMENT_H

#include "num/tensor.h"

/* to[e] = from[i]; both tensors have one arithmetic.  Fixed: brought to to->frac and
 * rounded to nearest even; to->overflow latches where it does not fit. */
void slt_num_put(const slt_tensor *from, size_t i, slt_tensor *to, size_t e);

/* to[e] = a[i] b[j], by the same rules. */
void slt_num_put_product(const slt_tensor *a, size_t i, const slt_tensor *b, size_t j,
                         slt_tensor *to, size_t e);

/* to = from, element by element, which exactly one rounding or none separates: from any
 * arithmetic but modular to any but fixed.  Indices are not numbers. */
void slt_num_convert(const slt_tensor *from, slt_tensor *to);

#endif
