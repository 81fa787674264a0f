/* This copy's table. */
#include "num/float/kernels/ensemble.h"

#define SLT_KERNEL_TEXT(variant) SLT_KERNEL_QUOTE(variant)
#define SLT_KERNEL_QUOTE(variant) #variant
#define SLT_KERNEL_ENTRY(result, name, parameters) .name = SLT_KERNEL(name),

static const slt_ensemble_kernels ensemble = {SLT_ENSEMBLE_MAP(SLT_KERNEL_ENTRY)};

extern const slt_kernels SLT_KERNEL(kernels);
const slt_kernels SLT_KERNEL(kernels) = {.isa = SLT_KERNEL_TEXT(SLT_VARIANT),
                                         .ensemble = &ensemble,
                                         SLT_KERNEL_MAP(SLT_KERNEL_ENTRY)};
