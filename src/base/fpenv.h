/* The floating-point environment of a thread: round to nearest, no flush to zero, no
 * denormals-are-zero.  Every thread that computes checks it first. */
#ifndef SLT_BASE_FPENV_H
#define SLT_BASE_FPENV_H

#include <stdbool.h>

#include <sltrace/status.h>

/* Looks at the calling thread's environment and sets it right where it is not; then
 * proves by computing (a rounding, a subnormal product, a subnormal operand) that it is.
 * *corrected (may be NULL) tells whether something had to be set.  SLT_UNFIT where the
 * proof fails: the message names what is wrong. */
slt_status slt_fpenv_enter(bool *corrected, slt_error *err);

/* Proves it again without setting anything: SLT_UNFIT where it changed underway. */
slt_status slt_fpenv_check(slt_error *err);

/* What that proof finds in the calling thread: "round to nearest even, gradual underflow"
 * or everything that is wrong, separated by "; ". */
#define SLT_FPENV_TEXT_MAX 512
void slt_fpenv_describe(char text[SLT_FPENV_TEXT_MAX]);

/* Environments that a build or a library may have left a run in. */
typedef enum slt_fpenv_fault {
    SLT_FPENV_RIGHT,
    SLT_FPENV_FTZ,     /* subnormal results are zero */
    SLT_FPENV_DAZ,     /* subnormal operands are zero */
    SLT_FPENV_FTZ_DAZ, /* both */
    SLT_FPENV_DOWN,
    SLT_FPENV_UP,
    SLT_FPENV_TOWARD_ZERO,
    SLT_FPENV_FAULTS
} slt_fpenv_fault;
const char *slt_fpenv_fault_text(slt_fpenv_fault fault);
/* For audits alone: until it is given SLT_FPENV_RIGHT, the calling thread computes with
 * this fault, which slt_fpenv_enter then sets and slt_fpenv_check accepts; other threads
 * are as they were.  False, and nothing changed, where this CPU has no such switch. */
bool slt_fpenv_pretend(slt_fpenv_fault fault);

#endif
