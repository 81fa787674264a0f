/* This copy's table. */
#include "num/float/kernels/body.h"

#define SLT_KERNEL_TEXT(variant) SLT_KERNEL_QUOTE(variant)
#define SLT_KERNEL_QUOTE(variant) #variant
#define SLT_KERNEL_ENTRY(result, name, parameters) .name = SLT_KERNEL(name),

extern const slt_kernels SLT_KERNEL(kernels);
const slt_kernels SLT_KERNEL(kernels) = {.isa = SLT_KERNEL_TEXT(SLT_VARIANT),
                                         SLT_KERNEL_MAP(SLT_KERNEL_ENTRY)};
