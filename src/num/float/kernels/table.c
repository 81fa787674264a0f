/* This copy's table. */
#include "num/float/kernels/members.h"

#define SLT_KERNEL_TEXT(variant) SLT_KERNEL_QUOTE(variant)
#define SLT_KERNEL_QUOTE(variant) #variant
#define SLT_KERNEL_ENTRY(result, name, parameters) .name = SLT_KERNEL(name),

static const slt_members_kernels members = {SLT_MEMBERS_MAP(SLT_KERNEL_ENTRY)};

extern const slt_kernels SLT_KERNEL(kernels);
const slt_kernels SLT_KERNEL(kernels) = {.isa = SLT_KERNEL_TEXT(SLT_VARIANT),
                                         .members = &members,
                                         SLT_KERNEL_MAP(SLT_KERNEL_ENTRY)};
