/* Matrix products by OpenBLAS, as a second opinion for audits.
 *
 * OpenBLAS promises no bits: they change with its kernels, which it chooses by CPU.
 * What it computes must never reach a golden, a record or a verification: only audit/
 * may call this, in a child process of its own. */
#ifndef SLT_NUM_OPENBLAS_H
#define SLT_NUM_OPENBLAS_H

#include <sltrace/status.h>

/* The library that was loaded, in its own words. */
typedef struct slt_openblas {
    char core[64];    /* the core type whose kernels it took */
    char config[256]; /* version and how it was built */
    char path[256];   /* the file */
} slt_openblas;

/* Loads libopenblas.so.0 with one thread and the kernels of a core type ("auto": the one
 * that it chooses itself), and makes it compute slt_num_product in f32 and f64 from now
 * on.  Call it after slt_num_start, once in a process that has one thread.  *found holds
 * what is known, after a refusal too.  SLT_UNFIT if the library is not installed,
 * lacks a function, has 64-bit integers or took another core type than it was asked for
 * ("asked for SkylakeX, got Prescott"), and in builds without floats. */
slt_status slt_openblas_start(const char *core, slt_openblas *found, slt_error *err);

#endif
