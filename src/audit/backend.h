/* The other ways in which an audit computes a run. */
#ifndef SLT_AUDIT_BACKEND_H
#define SLT_AUDIT_BACKEND_H

#include <stddef.h>

#include <sltrace/status.h>

#include "base/cpu.h"
#include "num/tensor.h"

typedef enum slt_backend_kind {
    SLT_BACKEND_OURS, /* as sltrace run does it: what the others are compared with */
    SLT_BACKEND_ARITHMETIC, /* in another arithmetic: same seed, same draws */
    SLT_BACKEND_OPENBLAS,   /* products by OpenBLAS */
    SLT_BACKEND_ISA         /* by the kernels of an instruction set */
} slt_backend_kind;

typedef struct slt_backend {
    char name[40]; /* as it was asked for: "f64", "openblas:Haswell", "isa:scalar" */
    slt_backend_kind kind;
    slt_arithmetic arithmetic;
    const char *core; /* of OpenBLAS, in name */
    slt_isa isa;
} slt_backend;

#define SLT_BACKENDS_MAX 32

/* Reads "f64,openblas:Haswell,..." behind list[0], which is ours: *count of them in all.
 * SLT_USAGE for an unknown one, one given twice, none, or too many. */
slt_status slt_backend_read(const char *text, slt_backend list[SLT_BACKENDS_MAX],
                            size_t *count, slt_error *err);

/* The name as part of a file's: "openblas-Haswell". */
void slt_backend_file_name(const slt_backend *backend, char name[40]);

#endif
