/* A world that fails: behind the table of base/world.h stands the system, but one call,
 * chosen by its name and its number, fails, is cut short, or is where the process dies.
 */
#ifndef SLT_TESTS_FAILING_WORLD_H
#define SLT_TESTS_FAILING_WORLD_H

#include <errno.h>
#include <stdbool.h>

#include "world_calls.h"

static world_fault world_plan = {.call = WORLD_CALLS};

static world_counts *world_seen;

static slt_world_table world_system;
static atomic_bool world_broken;

static bool world_same_kind(int a, int b)
{
    return strcmp(world_calls[a].kind, world_calls[b].kind) == 0;
}

/* Whether this call is to fail now. */
static bool world_fails(int call)
{
    long number = atomic_fetch_add(&world_seen->calls[call], 1);
    if (world_plan.call == WORLD_CALLS)
        return false;
    bool now = call == world_plan.call && number == world_plan.at;
    if (now && world_plan.way == WORLD_DIES)
        _exit(0);
    if (now)
        atomic_store(&world_broken, true);
    bool later =
        atomic_load(&world_broken) &&
        ((world_plan.way == WORLD_ON && world_same_kind(call, world_plan.call)) ||
         (world_plan.way == WORLD_SAME && call == world_plan.call));
    if (!now && !later)
        return false;
    atomic_fetch_add(&world_seen->failed, 1);
    errno = world_plan.reason;
    return true;
}

/* A failure of the system: what it answers then. */
#define WORLD_SAYS_null(type) return (type)0
#define WORLD_SAYS_minus(type) return (type)(-1)
#define WORLD_SAYS_number(type) return (type)world_plan.reason
#define WORLD_SAYS_end(type) return (type)EOF
#define WORLD_SAYS_short(type) return (type)0

#define WORLD_OWN_none(type, name, parameters, arguments)                                \
    static type world_##name parameters                                                  \
    {                                                                                    \
        atomic_fetch_add(&world_seen->calls[WORLD_##name], 1);                           \
        return world_system.name arguments;                                              \
    }
#define WORLD_OWN(failure, type, name, parameters, arguments)                            \
    static type world_##name parameters                                                  \
    {                                                                                    \
        if (world_fails(WORLD_##name))                                                   \
            WORLD_SAYS_##failure(type);                                                  \
        return world_system.name arguments;                                              \
    }
#define WORLD_OWN_null(...) WORLD_OWN(null, __VA_ARGS__)
#define WORLD_OWN_minus(...) WORLD_OWN(minus, __VA_ARGS__)
#define WORLD_OWN_number(...) WORLD_OWN(number, __VA_ARGS__)
#define WORLD_OWN_end(...) WORLD_OWN(end, __VA_ARGS__)
#define WORLD_OWN_short(...) WORLD_OWN(short, __VA_ARGS__)
#define WORLD_CALL(kind, failure, type, name, parameters, arguments)                     \
    WORLD_OWN_##failure(type, name, parameters, arguments)
SLT_WORLD_CALLS(WORLD_CALL)
#undef WORLD_CALL

/* ---- Calls that fail in ways of their own ------------------------------------------ */

static size_t world_cut(int call, size_t size)
{
    bool brief = world_plan.way == WORLD_BRIEF && size > 1;
    return brief && call == world_plan.call &&
                   atomic_load(&world_seen->calls[call]) == world_plan.at
               ? 1
               : size;
}

#define WORLD_MOVED(name, parameters, ...)                                               \
    static ssize_t world_own_##name parameters                                           \
    {                                                                                    \
        size_t part = world_cut(WORLD_##name, size);                                     \
        if (part < size)                                                                 \
            atomic_fetch_add(&world_seen->failed, 1);                                    \
        else if (world_fails(WORLD_##name))                                              \
            return -1;                                                                   \
        if (part < size)                                                                 \
            atomic_fetch_add(&world_seen->calls[WORLD_##name], 1);                       \
        return world_system.name(__VA_ARGS__);                                           \
    }
WORLD_MOVED(read, (int fd, void *to, size_t size), fd, to, part)
WORLD_MOVED(write, (int fd, const void *from, size_t size), fd, from, part)
WORLD_MOVED(pread, (int fd, void *to, size_t size, off_t at), fd, to, part, at)

/* The descriptor is closed all the same. */
static int world_own_close(int fd)
{
    if (!world_fails(WORLD_close))
        return world_system.close(fd);
    world_system.close(fd);
    errno = world_plan.reason;
    return -1;
}

/* Calls with the stream's file one that fails to be read or written, so that the stream
 * remembers its error. */
static void world_spoil(FILE *stream, int spoilt[2], const char *path, int flags)
{
    spoilt[0] = fileno(stream);
    spoilt[1] = spoilt[0] < 0 ? -1 : dup(spoilt[0]);
    int other = spoilt[1] < 0 ? -1 : open(path, flags | O_CLOEXEC);
    if (other >= 0) {
        dup2(other, spoilt[0]);
        close(other);
    }
}

static void world_mend(const int spoilt[2])
{
    if (spoilt[1] < 0)
        return;
    dup2(spoilt[1], spoilt[0]);
    close(spoilt[1]);
    errno = world_plan.reason;
}

static int world_own_fflush(FILE *stream)
{
    int spoilt[2];
    if (!world_fails(WORLD_fflush))
        return world_system.fflush(stream);
    world_spoil(stream, spoilt, "/dev/full", O_WRONLY);
    fflush(stream);
    world_mend(spoilt);
    return EOF;
}

static int world_own_fclose(FILE *stream)
{
    int spoilt[2];
    if (!world_fails(WORLD_fclose))
        return world_system.fclose(stream);
    world_spoil(stream, spoilt, "/dev/full", O_WRONLY);
    fclose(stream);
    if (spoilt[1] >= 0)
        close(spoilt[1]);
    errno = world_plan.reason;
    return EOF;
}

static size_t world_own_fwrite(const void *from, size_t size, size_t count, FILE *stream)
{
    int spoilt[2];
    if (!world_fails(WORLD_fwrite))
        return world_system.fwrite(from, size, count, stream);
    world_spoil(stream, spoilt, "/dev/full", O_WRONLY);
    fwrite(from, size, count, stream);
    fflush(stream);
    world_mend(spoilt);
    return 0;
}

/* What the stream has read ahead still comes. */
#define WORLD_READS(type, name, parameters, ...)                                         \
    static type world_own_##name parameters                                              \
    {                                                                                    \
        int spoilt[2];                                                                   \
        if (!world_fails(WORLD_##name))                                                  \
            return world_system.name(__VA_ARGS__);                                       \
        world_spoil(stream, spoilt, "/dev/null", O_WRONLY);                              \
        type got = world_system.name(__VA_ARGS__);                                       \
        world_mend(spoilt);                                                              \
        return got;                                                                      \
    }
WORLD_READS(size_t, fread, (void *to, size_t size, size_t count, FILE *stream), to, size,
            count, stream)
WORLD_READS(char *, fgets, (char *line, int size, FILE *stream), line, size, stream)
WORLD_READS(ssize_t, getline, (char **line, size_t *room, FILE *stream), line, room,
            stream)

/* ---- Bytes that are not on the disk yet -------------------------------------------- */

enum { WORLD_UNSYNCED_MAX = 256 };
static ino_t world_unsynced[WORLD_UNSYNCED_MAX];
static pthread_mutex_t world_mutex = PTHREAD_MUTEX_INITIALIZER;

/* The place of a file in the list; of an empty one where it is not in it. */
static ino_t *world_place(ino_t inode)
{
    ino_t *empty = NULL;
    for (int i = 0; i < WORLD_UNSYNCED_MAX; i++) {
        if (world_unsynced[i] == inode)
            return &world_unsynced[i];
        if (!world_unsynced[i])
            empty = &world_unsynced[i];
    }
    return empty;
}

static void world_note(int fd, bool synced)
{
    int reason = errno;
    struct stat about;
    if (fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
        pthread_mutex_lock(&world_mutex);
        ino_t *place = world_place(about.st_ino);
        if (place)
            *place = synced ? (*place == about.st_ino ? 0 : *place) : about.st_ino;
        pthread_mutex_unlock(&world_mutex);
    }
    errno = reason;
}

static void world_look(int folder, const char *path)
{
    int reason = errno;
    struct stat about;
    if (fstatat(folder, path, &about, AT_SYMLINK_NOFOLLOW) == 0) {
        pthread_mutex_lock(&world_mutex);
        const ino_t *place = world_place(about.st_ino);
        if (place && *place == about.st_ino)
            atomic_fetch_add(&world_seen->unsynced, 1);
        pthread_mutex_unlock(&world_mutex);
    }
    errno = reason;
}

static ssize_t world_noted_write(int fd, const void *from, size_t size)
{
    world_note(fd, false);
    return world_own_write(fd, from, size);
}

static int world_noted_fclose(FILE *stream)
{
    world_note(fileno(stream), false);
    return world_own_fclose(stream);
}

static int world_noted_fsync(int fd)
{
    int result = world_fsync(fd);
    if (result == 0)
        world_note(fd, true);
    return result;
}

static int world_noted_syncfs(int fd)
{
    int result = world_syncfs(fd);
    if (result == 0) {
        pthread_mutex_lock(&world_mutex);
        memset(world_unsynced, 0, sizeof world_unsynced);
        pthread_mutex_unlock(&world_mutex);
    }
    return result;
}

static int world_noted_rename(const char *from, const char *to)
{
    world_look(AT_FDCWD, from);
    return world_rename(from, to);
}

static int world_noted_renameat2(int folder, const char *from, int other, const char *to,
                                 unsigned flags)
{
    world_look(folder, from);
    return world_renameat2(folder, from, other, to, flags);
}

static int world_noted_unlink(const char *path)
{
    struct stat about;
    int got = lstat(path, &about), result = world_unlink(path), reason = errno;
    if (got == 0 && result == 0) {
        pthread_mutex_lock(&world_mutex);
        ino_t *place = world_place(about.st_ino);
        if (place && *place == about.st_ino)
            *place = 0;
        pthread_mutex_unlock(&world_mutex);
    }
    errno = reason;
    return result;
}

/* ---- Putting it behind the table --------------------------------------------------- */

static void world_begin(world_counts *seen)
{
    world_system = slt_world;
    world_seen = seen;
    atomic_store(&world_broken, false);
#define WORLD_ENTRY(kind, failure, type, name, parameters, arguments)                    \
    slt_world.name = world_##name;
    SLT_WORLD_CALLS(WORLD_ENTRY)
#undef WORLD_ENTRY
    slt_world.read = world_own_read;
    slt_world.write = world_noted_write;
    slt_world.pread = world_own_pread;
    slt_world.close = world_own_close;
    slt_world.fflush = world_own_fflush;
    slt_world.fclose = world_noted_fclose;
    slt_world.fsync = world_noted_fsync;
    slt_world.syncfs = world_noted_syncfs;
    slt_world.rename = world_noted_rename;
    slt_world.renameat2 = world_noted_renameat2;
    slt_world.unlink = world_noted_unlink;
    slt_world.fwrite = world_own_fwrite;
    slt_world.fread = world_own_fread;
    slt_world.fgets = world_own_fgets;
    slt_world.getline = world_own_getline;
}

static inline void world_end(void)
{
    slt_world = world_system;
}

#endif
