#include "base/library.h"

#include <dlfcn.h>
#include <fenv.h>
#include <stddef.h>
#include <string.h>

#include "base/world.h"

/* A library that was built for speed may change the floating-point environment when it
 * is loaded.  Nothing that is computed afterwards may be affected. */
static void *open_library(const char *name)
{
    fenv_t ours;
    fegetenv(&ours);
    void *library = slt_world.dlopen(name, RTLD_NOW | RTLD_LOCAL);
    fesetenv(&ours);
    return library;
}

bool slt_library_find(const char *const *names, const char *symbol, void *function)
{
    for (size_t i = 0; names[i]; i++) {
        void *library = open_library(names[i]);
        void *found = library ? slt_world.dlsym(library, symbol) : NULL;
        if (found) { /* ISO C has no conversion to a function's address */
            memcpy(function, &found, sizeof found);
            return true;
        }
    }
    return false;
}
