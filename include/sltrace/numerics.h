/* The numerics of this library: revision, start-up, capabilities. */
#ifndef SLTRACE_NUMERICS_H
#define SLTRACE_NUMERICS_H

#include <sltrace/export.h>
#include <sltrace/status.h>
#include <sltrace/version.h>

SLT_C_BEGIN

/* The revision of the arithmetic contract; a golden names the one it was made with. */
#define SLT_NUMERICS_REVISION 1

/* Every function of the library that computes does so in round to nearest even with
 * gradual underflow, whatever its caller's thread has, and leaves the floating-point
 * environment of that thread as it was: rounding, flushing to zero, traps and flags.
 * What it calls back meanwhile runs in the library's environment. */

/* Chooses the kernels.  Call it once, before anything else.  `isa` is the most that they
 * may use ("scalar", "avx2", ...); NULL: what SLTRACE_ISA in the environment says, else
 * the best that this CPU has.  SLT_USAGE for an unknown name.  On a machine that cannot
 * compute in floats it succeeds all the same; float runs are then refused one by one. */
SLT_API slt_status slt_start(const char *isa, slt_error *err);

SLT_C_END

#endif
