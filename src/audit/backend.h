/* The other ways in which an audit computes a run. */
#ifndef SLT_AUDIT_BACKEND_H
#define SLT_AUDIT_BACKEND_H

#include <stddef.h>

#include <sltrace/status.h>

#include "base/cpu.h"
#include "num/tensor.h"

typedef enum slt_backend_kind {
    SLT_BACKEND_OURS,       /* as sltrace run computes; the others are compared with it */
    SLT_BACKEND_ARITHMETIC, /* in another arithmetic: same seed, same draws */
    SLT_BACKEND_OPENBLAS,   /* matrix products by OpenBLAS */
    SLT_BACKEND_ISA         /* with the kernels of one instruction set */
} slt_backend_kind;

typedef struct slt_backend {
    char name[40]; /* as the user wrote it: "f64", "openblas:Haswell", "isa:scalar" */
    slt_backend_kind kind;
    slt_arithmetic arithmetic;
    const char *core; /* OpenBLAS core type; points into name */
    slt_isa isa;
} slt_backend;

#define SLT_BACKENDS_MAX 32

/* Reads "f64,openblas:Haswell,..." into list[1] and up; list[0] is our own. *count is the
 * number of all. SLT_USAGE if one is unknown or given twice, or if there are none or too
 * many. */
slt_status slt_backend_read(const char *text, slt_backend list[SLT_BACKENDS_MAX],
                            size_t *count, slt_error *err);

/* The name in the form used in file names: "openblas-Haswell". */
void slt_backend_file_name(const slt_backend *backend, char name[40]);

#endif
