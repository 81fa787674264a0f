#include "theory/lapack.h"

#include <stddef.h>

#include "base/library.h"

slt_status slt_lapack_find(const char *name, void *function, slt_error *err)
{
    static const char *const names[] = {"liblapack.so.3", "libopenblas.so.0", NULL};
    if (slt_library_find(names, name, function))
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT,
                    "no LAPACK (liblapack.so.3 or libopenblas.so.0) is installed");
}
