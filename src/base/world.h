/* The door to the world: memory, files, streams, threads, the clock, signals, the
 * environment and child processes are reached through this table and nowhere else, so
 * that a test can put a world behind it that fails, runs out or loses power.  The system
 * stands behind it by default.
 *
 * Not in the table is what cannot fail and shows nothing of the world: free, which gives
 * back what the table's memory calls gave; text that goes to a stream by fprintf and its
 * kind, as fflush and fclose tell whether it arrived; and the end of the process. */
#ifndef SLT_BASE_WORLD_H
#define SLT_BASE_WORLD_H

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* CALL(kind, failure, type, name, parameters, arguments): a call of the system, by its
 * own name and with its own meaning.  The failure is how it tells one:
 *
 *   none    it does not fail, or what it answers instead is an answer
 *   null    NULL, with errno
 *   minus   -1, with errno
 *   number  an error's number
 *   end     EOF, with errno
 *   short   fewer items, and the stream's error is set */
#define SLT_WORLD_CALLS(CALL)                                                            \
    SLT_WORLD_MEMORY(CALL)                                                               \
    SLT_WORLD_FILES(CALL)                                                                \
    SLT_WORLD_STREAMS(CALL)                                                              \
    SLT_WORLD_THREADS(CALL)                                                              \
    SLT_WORLD_CLOCK(CALL)                                                                \
    SLT_WORLD_SIGNALS(CALL)                                                              \
    SLT_WORLD_ENVIRONMENT(CALL)                                                          \
    SLT_WORLD_LIBRARIES(CALL)                                                            \
    SLT_WORLD_CHILDREN(CALL)

#define SLT_WORLD_MEMORY(CALL)                                                           \
    CALL(memory, null, void *, malloc, (size_t size), (size))                            \
    CALL(memory, null, void *, calloc, (size_t count, size_t size), (count, size))       \
    CALL(memory, null, void *, realloc, (void *old, size_t size), (old, size))           \
    CALL(memory, null, void *, aligned_alloc, (size_t to, size_t size), (to, size))      \
    CALL(memory, null, char *, strdup, (const char *text), (text))                       \
    CALL(memory, null, char *, strndup, (const char *text, size_t size), (text, size))   \
    CALL(memory, minus, int, vasprintf, (char **text, const char *format, va_list list), \
         (text, format, list))

/* list_entries is getdents64, which not every C library has by this name. */
#define SLT_WORLD_FILES(CALL)                                                            \
    CALL(files, minus, int, open, (const char *path, int flags, mode_t mode),            \
         (path, flags, mode))                                                            \
    CALL(files, minus, int, mkstemp, (char *path), (path))                               \
    CALL(files, minus, int, dup, (int fd), (fd))                                         \
    CALL(files, minus, int, close, (int fd), (fd))                                       \
    CALL(files, minus, ssize_t, read, (int fd, void *to, size_t size), (fd, to, size))   \
    CALL(files, minus, ssize_t, pread, (int fd, void *to, size_t size, off_t at),        \
         (fd, to, size, at))                                                             \
    CALL(files, minus, ssize_t, write, (int fd, const void *from, size_t size),          \
         (fd, from, size))                                                               \
    CALL(files, minus, off_t, lseek, (int fd, off_t at, int from), (fd, at, from))       \
    CALL(files, minus, int, ftruncate, (int fd, off_t size), (fd, size))                 \
    CALL(files, minus, int, fsync, (int fd), (fd))                                       \
    CALL(files, minus, int, syncfs, (int fd), (fd))                                      \
    CALL(files, minus, int, fchmod, (int fd, mode_t mode), (fd, mode))                   \
    CALL(files, none, mode_t, umask, (mode_t mask), (mask))                              \
    CALL(files, minus, int, fcntl, (int fd, int command, void *argument),                \
         (fd, command, argument))                                                        \
    CALL(files, none, int, isatty, (int fd), (fd))                                       \
    CALL(files, minus, int, tcgetattr, (int fd, struct termios *about), (fd, about))     \
    CALL(files, minus, int, tcsetattr,                                                   \
         (int fd, int when, const struct termios *about), (fd, when, about))             \
    CALL(files, minus, int, stat, (const char *path, struct stat *about), (path, about)) \
    CALL(files, minus, int, lstat, (const char *path, struct stat *about),               \
         (path, about))                                                                  \
    CALL(files, minus, int, fstat, (int fd, struct stat *about), (fd, about))            \
    CALL(files, minus, int, fstatfs, (int fd, struct statfs *about), (fd, about))        \
    CALL(files, minus, int, statvfs, (const char *path, struct statvfs *about),          \
         (path, about))                                                                  \
    CALL(files, minus, int, access, (const char *path, int mode), (path, mode))          \
    CALL(files, minus, int, rename, (const char *from, const char *to), (from, to))      \
    CALL(files, minus, int, renameat2,                                                   \
         (int folder, const char *from, int other, const char *to, unsigned flags),      \
         (folder, from, other, to, flags))                                               \
    CALL(files, minus, int, link, (const char *from, const char *to), (from, to))        \
    CALL(files, minus, int, unlink, (const char *path), (path))                          \
    CALL(files, minus, int, unlinkat, (int folder, const char *name, int flags),         \
         (folder, name, flags))                                                          \
    CALL(files, minus, int, mkdir, (const char *path, mode_t mode), (path, mode))        \
    CALL(files, null, char *, mkdtemp, (char *path), (path))                             \
    CALL(files, minus, int, rmdir, (const char *path), (path))                           \
    CALL(files, minus, int, scandir,                                                     \
         (const char *path, struct dirent ***list, int (*keep)(const struct dirent *),   \
          int (*order)(const struct dirent **, const struct dirent **)),                 \
         (path, list, keep, order))                                                      \
    CALL(files, null, DIR *, opendir, (const char *path), (path))                        \
    CALL(files, null, struct dirent *, readdir, (DIR * folder), (folder))                \
    CALL(files, minus, int, closedir, (DIR * folder), (folder))                          \
    CALL(files, minus, ssize_t, list_entries, (int fd, void *list, size_t size),         \
         (fd, list, size))                                                               \
    CALL(files, null, char *, realpath, (const char *path, char *whole), (path, whole))  \
    CALL(files, null, char *, getcwd, (char *path, size_t size), (path, size))

#define SLT_WORLD_STREAMS(CALL)                                                          \
    CALL(streams, null, FILE *, fopen, (const char *path, const char *mode),             \
         (path, mode))                                                                   \
    CALL(streams, null, FILE *, fdopen, (int fd, const char *mode), (fd, mode))          \
    CALL(streams, null, FILE *, tmpfile, (void), ())                                     \
    CALL(streams, end, int, fclose, (FILE * stream), (stream))                           \
    CALL(streams, end, int, fflush, (FILE * stream), (stream))                           \
    CALL(streams, minus, int, fseeko, (FILE * stream, off_t at, int from),               \
         (stream, at, from))                                                             \
    CALL(streams, short, size_t, fread,                                                  \
         (void *to, size_t size, size_t count, FILE *stream), (to, size, count, stream)) \
    CALL(streams, short, size_t, fwrite,                                                 \
         (const void *from, size_t size, size_t count, FILE *stream),                    \
         (from, size, count, stream))                                                    \
    CALL(streams, null, char *, fgets, (char *line, int size, FILE *stream),             \
         (line, size, stream))                                                           \
    CALL(streams, minus, ssize_t, getline, (char **line, size_t *room, FILE *stream),    \
         (line, room, stream))

/* Locks and conditions of the default kind do not fail. */
#define SLT_WORLD_THREADS(CALL)                                                          \
    CALL(threads, number, int, pthread_create,                                           \
         (pthread_t * thread, const pthread_attr_t *with, void *(*run)(void *),          \
          void *argument),                                                               \
         (thread, with, run, argument))                                                  \
    CALL(threads, number, int, size_stacks, (size_t size), (size))                       \
    CALL(threads, none, int, pthread_join, (pthread_t thread, void **result),            \
         (thread, result))                                                               \
    CALL(threads, none, int, pthread_once, (pthread_once_t * once, void (*call)(void)),  \
         (once, call))                                                                   \
    CALL(threads, number, int, pthread_key_create,                                       \
         (pthread_key_t * key, void (*end)(void *)), (key, end))                         \
    CALL(threads, number, int, pthread_setspecific,                                      \
         (pthread_key_t key, const void *value), (key, value))                           \
    CALL(threads, none, int, pthread_mutex_init,                                         \
         (pthread_mutex_t * mutex, const pthread_mutexattr_t *with), (mutex, with))      \
    CALL(threads, none, int, pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))     \
    CALL(threads, none, int, pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))  \
    CALL(threads, none, int, pthread_mutex_unlock, (pthread_mutex_t * mutex), (mutex))   \
    CALL(threads, none, int, pthread_mutex_destroy, (pthread_mutex_t * mutex), (mutex))  \
    CALL(threads, none, int, pthread_cond_init,                                          \
         (pthread_cond_t * changed, const pthread_condattr_t *with), (changed, with))    \
    CALL(threads, none, int, pthread_cond_wait,                                          \
         (pthread_cond_t * changed, pthread_mutex_t * mutex), (changed, mutex))          \
    CALL(                                                                                \
        threads, none, int, pthread_cond_timedwait,                                      \
        (pthread_cond_t * changed, pthread_mutex_t * mutex, const struct timespec *end), \
        (changed, mutex, end))                                                           \
    CALL(threads, none, int, pthread_cond_signal, (pthread_cond_t * changed), (changed)) \
    CALL(threads, none, int, pthread_cond_broadcast, (pthread_cond_t * changed),         \
         (changed))                                                                      \
    CALL(threads, none, int, pthread_cond_destroy, (pthread_cond_t * changed), (changed))

#define SLT_WORLD_CLOCK(CALL)                                                            \
    CALL(clock, none, int, clock_gettime, (clockid_t which, struct timespec * now),     \
         (which, now))                                                                   \
    CALL(clock, minus, int, nanosleep,                                                   \
         (const struct timespec *wait, struct timespec *left), (wait, left))             \
    CALL(clock, none, time_t, time, (time_t * now), (now))

#define SLT_WORLD_SIGNALS(CALL)                                                          \
    CALL(signals, minus, int, sigaction,                                                 \
         (int number, const struct sigaction *action, struct sigaction *before),         \
         (number, action, before))                                                       \
    CALL(signals, none, sighandler_t, signal, (int number, sighandler_t handler),        \
         (number, handler))                                                              \
    CALL(signals, number, int, pthread_sigmask,                                          \
         (int how, const sigset_t *set, sigset_t *before), (how, set, before))           \
    CALL(signals, minus, int, ring_after, (const struct itimerval *after), (after))      \
    CALL(signals, none, int, raise, (int number), (number))                              \
    CALL(signals, none, int, kill, (pid_t process, int number), (process, number))

#define SLT_WORLD_ENVIRONMENT(CALL)                                                      \
    CALL(environment, none, char *, getenv, (const char *name), (name))                  \
    CALL(environment, minus, int, setenv,                                                \
         (const char *name, const char *value, int over), (name, value, over))           \
    CALL(environment, minus, int, uname, (struct utsname * about), (about))              \
    CALL(environment, minus, long, sysconf, (int name), (name))                          \
    CALL(environment, minus, int, sched_getaffinity,                                     \
         (pid_t process, size_t size, cpu_set_t * set), (process, size, set))            \
    CALL(environment, minus, int, limit_of, (int which, struct rlimit * limit),          \
         (which, limit))                                                                 \
    CALL(environment, minus, int, limit_resource,                                        \
         (int which, const struct rlimit *limit), (which, limit))

#define SLT_WORLD_LIBRARIES(CALL)                                                        \
    CALL(libraries, null, void *, dlopen, (const char *name, int flags), (name, flags))  \
    CALL(libraries, null, void *, dlsym, (void *library, const char *name),              \
         (library, name))                                                                \
    CALL(libraries, none, int, dladdr, (const void *address, Dl_info *about),            \
         (address, about))

#define SLT_WORLD_CHILDREN(CALL)                                                         \
    CALL(children, minus, pid_t, fork, (void), ())                                       \
    CALL(children, none, pid_t, getpid, (void), ())                                      \
    CALL(children, none, pid_t, getppid, (void), ())                                     \
    CALL(children, minus, int, end_with_parent, (int number), (number))                  \
    CALL(children, minus, int, pipe2, (int ends[2], int flags), (ends, flags))           \
    CALL(children, minus, int, poll, (struct pollfd * list, nfds_t count, int wait_ms),  \
         (list, count, wait_ms))                                                         \
    CALL(children, minus, pid_t, waitpid, (pid_t process, int *how, int flags),          \
         (process, how, flags))                                                          \
    CALL(children, number, int, posix_spawn_file_actions_init,                           \
         (posix_spawn_file_actions_t * files), (files))                                  \
    CALL(children, number, int, posix_spawn_file_actions_addopen,                        \
         (posix_spawn_file_actions_t * files, int fd, const char *path, int flags,       \
          mode_t mode),                                                                  \
         (files, fd, path, flags, mode))                                                 \
    CALL(children, number, int, posix_spawn_file_actions_adddup2,                        \
         (posix_spawn_file_actions_t * files, int fd, int to), (files, fd, to))          \
    CALL(children, none, int, posix_spawn_file_actions_destroy,                          \
         (posix_spawn_file_actions_t * files), (files))                                  \
    CALL(children, number, int, posix_spawnp,                                            \
         (pid_t * process, const char *program, const posix_spawn_file_actions_t *files, \
          const posix_spawnattr_t *with, char *const arguments[],                        \
          char *const variables[]),                                                      \
         (process, program, files, with, arguments, variables))

typedef struct slt_world_table {
#define SLT_WORLD_FIELD(kind, failure, type, name, parameters, arguments)                \
    type(*name) parameters;
    SLT_WORLD_CALLS(SLT_WORLD_FIELD)
#undef SLT_WORLD_FIELD
} slt_world_table;

/* Changed by tests alone, while the process has a single thread. */
extern slt_world_table slt_world;

#endif
