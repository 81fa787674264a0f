#include "theory/lapack.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <sltrace/system.h>

#include "base/library.h"
#include "base/world.h"

/* What OpenBLAS maps for each of its threads, and something for LAPACK. */
#define ROOM ((uint64_t)160 << 20)
enum { THREADS = 64 };

/* OpenBLAS tries for ever to map memory that it cannot have, some of it as it is loaded.
 * Where the process may have as much as there is, only its first thread is asked for. */
static bool lapack_has_room(void)
{
    static const int kinds[] = {RLIMIT_AS, RLIMIT_DATA};
    struct rlimit limit;
    bool limited = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        limited |= slt_world.limit_of(kinds[i], &limit) == 0 &&
                   limit.rlim_cur != RLIM_INFINITY;
    const unsigned threads = limited ? slt_processors_here().allowed : 1;
    const uint64_t size = ROOM * (threads < THREADS ? threads : THREADS);
    void *room = size <= SIZE_MAX / 2 ? slt_world.malloc((size_t)size) : NULL;
    free(room);
    return room != NULL;
}

slt_status slt_lapack_find(const char *name, void *function, slt_error *err)
{
    static const char *const names[] = {"liblapack.so.3", "libopenblas.so.0", NULL};
    static atomic_bool had_room; /* once it is loaded it keeps what it has */
    if (!atomic_load(&had_room) && !lapack_has_room())
        return slt_fail(err, SLT_RESOURCE, "no memory for LAPACK");
    atomic_store(&had_room, true);
    return slt_library_find(
        names, &(slt_library_symbol){name, function}, 1,
        "no LAPACK (liblapack.so.3 or libopenblas.so.0) is installed", err);
}
