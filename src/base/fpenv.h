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

#endif
