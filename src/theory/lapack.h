/* Functions of a LAPACK that is installed (base/library.h). */
#ifndef SLT_THEORY_LAPACK_H
#define SLT_THEORY_LAPACK_H

#include <sltrace/status.h>

/* Writes the address of the function of that name, as Fortran names it ("dsyev_"), into
 * *function, a pointer to a function.  SLT_UNFIT if neither liblapack.so.3 nor
 * libopenblas.so.0 has the function; SLT_RESOURCE as slt_library_find. */
slt_status slt_lapack_find(const char *name, void *function, slt_error *err);

#endif
