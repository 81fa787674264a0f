/* The floating-point environment of a thread: round to nearest, no flush to zero, no
 * denormals-are-zero.  Every thread that computes checks it first. */
#ifndef SLT_BASE_FPENV_H
#define SLT_BASE_FPENV_H

#include <fenv.h>
#include <stdbool.h>

#include <sltrace/status.h>

/* Sets the calling thread's environment right where it is wrong, then proves by
 * computing (a rounding, a subnormal product, a subnormal operand) that it is right.
 * *corrected, unless NULL, tells whether something had to be set.  SLT_UNFIT if the
 * proof fails; the message names what is wrong. */
slt_status slt_fpenv_enter(bool *corrected, slt_error *err);

/* A function that others call computes in the right environment and leaves its thread's
 * as it was: rounding, flushing, traps and flags.  SLT_FPENV_ENTERED, its first
 * statement, does both; SLT_FPENV_KEPT the latter alone, for what looks at the
 * environment first.
 * The compiler may move arithmetic of what is passed or returned by value across either
 * end: such a value goes through a volatile one. */
typedef struct slt_fpenv {
    fenv_t environment;
} slt_fpenv;
void slt_fpenv_keep(slt_fpenv *kept); /* nothing traps from here on */
void slt_fpenv_set(void);
void slt_fpenv_leave(const slt_fpenv *kept);
#define SLT_FPENV_KEPT                                                                   \
    __attribute__((cleanup(slt_fpenv_leave))) slt_fpenv fpenv_kept;                      \
    slt_fpenv_keep(&fpenv_kept)
#define SLT_FPENV_ENTERED                                                                \
    SLT_FPENV_KEPT;                                                                      \
    slt_fpenv_set()

/* The same proof, without setting anything: SLT_UNFIT if the environment has changed
 * since. */
slt_status slt_fpenv_check(slt_error *err);

/* What the proof finds in the calling thread: "round to nearest even, gradual
 * underflow", or all that is wrong, separated by "; ". */
#define SLT_FPENV_TEXT_MAX 512
void slt_fpenv_describe(char text[SLT_FPENV_TEXT_MAX]);

/* Wrong environments that a build or a library may leave behind. */
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
/* For audits alone.  Makes the calling thread compute with this fault until it is called
 * with SLT_FPENV_RIGHT; meanwhile slt_fpenv_enter sets the fault and slt_fpenv_check
 * accepts it.  Other threads are not affected.  Returns false, with nothing changed,
 * where this CPU has no such switch. */
bool slt_fpenv_pretend(slt_fpenv_fault fault);

#endif
