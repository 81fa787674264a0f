#include "base/world.h"

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* A folder's entries as the kernel lists them. */
static ssize_t list_entries(int fd, void *list, size_t size)
{
    return syscall(SYS_getdents64, fd, list, size);
}

/* setrlimit, whose first parameter is an enum of glibc's own or an int. */
static int limit_resource(int which, const struct rlimit *limit)
{
    return setrlimit(which, limit);
}

static int limit_of(int which, struct rlimit *limit)
{
    return getrlimit(which, limit);
}

/* The stack of threads to come, those of libraries too. */
static int size_stacks(size_t size)
{
    pthread_attr_t with;
    int failed = pthread_attr_init(&with);
    if (failed)
        return failed;
    failed = pthread_attr_setstacksize(&with, size);
    if (!failed)
        failed = pthread_setattr_default_np(&with);
    pthread_attr_destroy(&with);
    return failed;
}

/* The signal `number` comes when the parent process ends. */
static int end_with_parent(int number)
{
    return prctl(PR_SET_PDEATHSIG, number);
}

/* SIGALRM comes after a while. */
static int ring_after(const struct itimerval *after)
{
    return setitimer(ITIMER_REAL, after, NULL);
}

/* Functions of our own, as some calls of the system are macros or take `...`. */
#define SYSTEM(kind, failure, type, name, parameters, arguments)                         \
    static type system_##name parameters                                                 \
    {                                                                                    \
        return name arguments;                                                           \
    }
SLT_WORLD_CALLS(SYSTEM)

slt_world_table slt_world = {
#define ENTRY(kind, failure, type, name, parameters, arguments) .name = system_##name,
    SLT_WORLD_CALLS(ENTRY)
#undef ENTRY
};
