/* The table of float kernels and the naming of their variants: see kernels.cmake.
 *
 * A body is written once, in terms of `real` (float or double) and the macros below; the
 * scalar copy is the definition and every other copy must equal it in every bit. */
#ifndef SLT_NUM_KERNELS_KERNELS_H
#define SLT_NUM_KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "num/draw.h"

/* One table per type; the same fields, `real` being the type's element. */
#define SLT_KERNEL_TABLE(type, real)                                                     \
    typedef struct slt_kernels_##type {                                                  \
        const char *isa;                                                                 \
        /* fields are added with the kernels */                                          \
    } slt_kernels_##type;

SLT_KERNEL_TABLE(f32, float)
SLT_KERNEL_TABLE(f64, double)

#endif
