/* The numerics of this library: revision, start-up, capabilities. */
#ifndef SLTRACE_NUMERICS_H
#define SLTRACE_NUMERICS_H

#include <sltrace/export.h>
#include <sltrace/status.h>

/* The revision of the arithmetic contract; a golden names the one it was made with. */
#define SLT_NUMERICS_REVISION 1

/* Program version, "major.minor.patch". */
SLT_API const char *slt_version(void);

/* Sets up kernels; isa caps them ("scalar", "avx2", ...; NULL: SLTRACE_ISA from the
 * environment, else the best). Call once, first. SLT_USAGE for an unknown name.
 * Where floats cannot run, their runs are refused one by one. */
SLT_API slt_status slt_start(const char *isa, slt_error *err);

#endif
