/* Calls of Linux that emscripten lacks, for src/base/world.c: each fails as on
 * a system that does not have it. */
#include <errno.h>
#include <sys/syscall.h>

#define __syscall_getdents64 0
#define RENAME_NOREPLACE 1

static inline long syscall(long number, ...)
{
    (void)number;
    errno = ENOSYS;
    return -1;
}

static inline int renameat2(int folder, const char *from, int other, const char *to,
                            unsigned flags)
{
    return (int)syscall(0, folder, from, other, to, flags);
}
