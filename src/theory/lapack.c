#include "theory/lapack.h"

#include <dlfcn.h>
#include <fenv.h>
#include <stddef.h>
#include <string.h>

/* A library that was built for speed may change the floating-point environment when it
 * is loaded.  Nothing that is computed afterwards may be affected. */
static void *open_library(const char *name)
{
    fenv_t ours;
    fegetenv(&ours);
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    fesetenv(&ours);
    return library;
}

slt_status slt_lapack_find(const char *name, void *function, slt_error *err)
{
    static const char *const names[] = {"liblapack.so.3", "libopenblas.so.0"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = open_library(names[i]);
        void *symbol = library ? dlsym(library, name) : NULL;
        if (symbol) { /* ISO C has no conversion to a function's address */
            memcpy(function, &symbol, sizeof symbol);
            return SLT_OK;
        }
    }
    return slt_fail(err, SLT_UNFIT,
                    "no LAPACK (liblapack.so.3 or libopenblas.so.0) is installed");
}
