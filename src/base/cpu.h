/* CPU features that matter here, and the instruction sets that kernels come in. */
#ifndef SLT_BASE_CPU_H
#define SLT_BASE_CPU_H

#include <stdbool.h>

#include <sltrace/status.h>

/* Each architecture's sets stand in rising order: a cap allows the set it names and
 * those before it. */
typedef enum slt_isa {
    SLT_ISA_SCALAR, /* no vectors by hand; hardware fma where the CPU has it */
    SLT_ISA_NEON,   /* arm64 */
    SLT_ISA_AVX2,   /* x86-64-v3: AVX2 and FMA */
    SLT_ISA_AVX512, /* x86-64-v4: AVX-512 F, BW, DQ, VL */
    SLT_ISA_COUNT
} slt_isa;

/* The name in lower case, as --isa and SLTRACE_ISA take it. */
const char *slt_isa_name(slt_isa isa);
slt_status slt_isa_parse(const char *text, slt_isa *isa, slt_error *err);

/* Whether this CPU and its operating system can run kernels of an instruction set. */
bool slt_cpu_has(slt_isa isa);
/* Whether this CPU has an fma instruction, which float arithmetics need. */
bool slt_cpu_has_fma(void);
/* The model name of the CPU, for provenance and `doctor`; "" if it is unknown. */
const char *slt_cpu_model(void);

#endif
