#include "base/library.h"

#include <dlfcn.h>
#include <fenv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
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

/* No library that is asked for takes more when it is loaded. */
#define LIBRARY_BYTES ((size_t)64 << 20)

/* Whether the library may be there and could not be loaded for want of memory. */
static bool library_lacks_room(void)
{
    void *room = slt_world.malloc(LIBRARY_BYTES);
    free(room);
    return !room;
}

static slt_status find_one(const char *const *names, const slt_library_symbol *wanted,
                           const char *absent, slt_error *err)
{
    for (size_t i = 0; names[i]; i++) {
        void *library = open_library(names[i]);
        if (!library && library_lacks_room())
            return slt_fail(err, SLT_RESOURCE, "no memory for the library %s", names[i]);
        void *found = library ? slt_world.dlsym(library, wanted->name) : NULL;
        if (found) { /* ISO C has no conversion to a function's address */
            memcpy(wanted->function, &found, sizeof found);
            return SLT_OK;
        }
    }
    return slt_fail(err, SLT_UNFIT, "%s", absent);
}

slt_status slt_library_find(const char *const *names, const slt_library_symbol *wanted,
                            size_t count, const char *absent, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && !status; i++)
        status = find_one(names, &wanted[i], absent, err);
    return status;
}
