/* Which version of sltrace this is: of these headers, and of the library that runs. */
#ifndef SLTRACE_VERSION_H
#define SLTRACE_VERSION_H

#include <sltrace/export.h>

SLT_C_BEGIN

/* Of these headers.  The version of the shared library's interface (its SONAME) is a
 * number of its own, and so is the numerics revision (numerics.h). */
#define SLT_VERSION_MAJOR 0
#define SLT_VERSION_MINOR 1
#define SLT_VERSION_PATCH 0

/* A version as one number, for comparisons by the preprocessor:
 * #if SLT_VERSION_NUMBER >= SLT_VERSION_OF(0, 2, 0) */
#define SLT_VERSION_OF(major, minor, patch)                                              \
    ((major) * 1000000 + (minor) * 1000 + (patch))
#define SLT_VERSION_NUMBER                                                               \
    SLT_VERSION_OF(SLT_VERSION_MAJOR, SLT_VERSION_MINOR, SLT_VERSION_PATCH)

/* Of the library that runs, "major.minor.patch", and as SLT_VERSION_NUMBER has it; with a
 * shared library it may be another than that of the headers.  Any thread may ask. */
SLT_API const char *slt_version(void);
SLT_API int slt_version_number(void);

SLT_C_END

#endif
