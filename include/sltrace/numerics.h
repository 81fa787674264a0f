/* The numerics of this library: revision, start-up, capabilities. */
#ifndef SLTRACE_NUMERICS_H
#define SLTRACE_NUMERICS_H

#include <sltrace/export.h>
#include <sltrace/status.h>

/* The revision of the arithmetic contract; a golden names the one it was made with. */
#define SLT_NUMERICS_REVISION 1

/* The version of the library and the program, "major.minor.patch". */
SLT_API const char *slt_version(void);

/* Chooses the kernels.  Call it once, before anything else.  `isa` is the most that they
 * may use ("scalar", "avx2", ...); NULL: what SLTRACE_ISA in the environment says, else
 * the best that this CPU has.  SLT_USAGE for an unknown name.  On a machine that cannot
 * compute in floats it succeeds all the same; float runs are then refused one by one. */
SLT_API slt_status slt_start(const char *isa, slt_error *err);

#endif
