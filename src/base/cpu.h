/* CPU features that matter here, and the instruction sets that kernels come in. */
#ifndef SLT_BASE_CPU_H
#define SLT_BASE_CPU_H

#include <stdbool.h>

#include <sltrace/status.h>

/* In rising order on each architecture; a cap of one allows those before it. */
typedef enum slt_isa {
    SLT_ISA_SCALAR, /* no vectors by hand; hardware fma where the CPU has it */
    SLT_ISA_NEON,   /* arm64 */
    SLT_ISA_AVX2,   /* x86-64-v3: AVX2 and FMA */
    SLT_ISA_AVX512, /* x86-64-v4: AVX-512 F, BW, DQ, VL */
    SLT_ISA_COUNT
} slt_isa;

/* Lower-case name, as --isa and SLTRACE_ISA take it. */
const char *slt_isa_name(slt_isa isa);
slt_status slt_isa_parse(const char *text, slt_isa *isa, slt_error *err);

/* Whether this CPU (and operating system) can run kernels of isa. */
bool slt_cpu_has(slt_isa isa);
/* Whether fma is one instruction here; float arithmetics need it. */
bool slt_cpu_has_fma(void);
/* The CPU's model name for provenance and doctor; "" where unknown. */
const char *slt_cpu_model(void);

#endif
