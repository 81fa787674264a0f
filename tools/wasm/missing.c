/* Calls of Linux that the program in a page never makes, or does without: there are no
 * other processes or threads, and files are in memory. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <unistd.h>

#define MISSING(type, name, parameters)                                                  \
    type name parameters;                                                                \
    type name parameters                                                                 \
    {                                                                                    \
        errno = ENOSYS;                                                                  \
        return -1;                                                                       \
    }
#pragma clang diagnostic ignored "-Wunused-parameter"
MISSING(int, prctl, (int option, ...))
MISSING(int, syncfs, (int fd))
MISSING(int, sched_getaffinity, (pid_t process, size_t size, cpu_set_t *set))
MISSING(int, __sched_cpucount, (size_t size, const cpu_set_t *set))

int posix_spawnp(pid_t *process, const char *program,
                 const posix_spawn_file_actions_t *files, const posix_spawnattr_t *with,
                 char *const arguments[], char *const variables[])
{
    return ENOSYS;
}

/* Threads to come have any stack: none comes. */
int pthread_setattr_default_np(const pthread_attr_t *with)
{
    return 0;
}
