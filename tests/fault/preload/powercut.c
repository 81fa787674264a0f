/* A power cut, preloaded: remembers what was synced of the files below one folder, and at
 * the moment asked for turns the folder into one of the states in which a disk may be
 * found after the power has gone, and kills the process.
 *
 * The model is POSIX's, which is harsher than any file system here: a file's bytes are
 * sure once it was synced (fsync, fdatasync, syncfs), a name once its folder was.  Of
 * names not synced any number of the first changes to a folder is kept; of bytes not
 * synced all, none, the first of them, or the first and then zeros.  Bytes that were
 * synced and not cut off since are always there.  Syncs are remembered, not done. */
#include "powercut.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct bytes {
    uint8_t *data;
    size_t size;
} bytes;

typedef struct file {
    ino_t inode;
    bool live;    /* the number is still this file's */
    bool dirty;   /* changed since it was synced */
    bytes synced; /* what is on the disk */
    size_t kept;  /* so many of these were never cut off */
    bytes last;   /* of a file that is no more */
} file;

typedef struct name {
    char path[512];
    size_t file;
} name;

enum { CREATED, RENAMED, REMOVED };

typedef struct change {
    int kind;
    char from[512], to[512];
    size_t file;
} change;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char root[256];
static volatile long *calls, cut_at;
static uint64_t state;
static file *files;
static name *names; /* that are on the disk */
static change *changes;
static size_t file_count, name_count, change_count;

#define GROW(array, count)                                                               \
    do {                                                                                 \
        if (((count) & ((count)-1)) == 0)                                                \
            (array) = realloc((array), ((count) ? 2 * (count) : 1) * sizeof *(array));   \
        if (!(array))                                                                    \
            abort();                                                                     \
    } while (0)

/* ---- Small things ------------------------------------------------------------------ */

/* splitmix64: the choices of one cut follow from its seed. */
static size_t below(size_t n)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return n ? (size_t)((z ^ (z >> 31)) % n) : 0;
}

static int raw_open(const char *path, int flags, mode_t mode)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static bytes read_all(const char *path)
{
    struct stat about;
    bytes all = {0};
    int fd = raw_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return all;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
        all.data = malloc((size_t)about.st_size + 1);
        ssize_t got = pread(fd, all.data, (size_t)about.st_size, 0);
        all.size = got > 0 ? (size_t)got : 0;
    }
    close(fd);
    return all;
}

static bytes read_fd(int fd)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return read_all(path);
}

static bool below_root(const char *path)
{
    size_t length = strlen(root);
    return length && !strncmp(path, root, length) && path[length] == '/';
}

static void folder_of(const char *path, char folder[512])
{
    snprintf(folder, 512, "%.*s", (int)(strrchr(path, '/') - path), path);
}

/* ---- Files ------------------------------------------------------------------------- */

static file *live_file(ino_t inode)
{
    for (size_t i = file_count; i > 0; i--)
        if (files[i - 1].live && files[i - 1].inode == inode)
            return &files[i - 1];
    return NULL;
}

/* Callers hold the lock: the array moves when it grows. */
static file *file_of_fd(int fd)
{
    struct stat about;
    if (!*root || fstat(fd, &about) || !S_ISREG(about.st_mode))
        return NULL;
    return live_file(about.st_ino);
}

static file *add_file(ino_t inode, bytes synced)
{
    GROW(files, file_count);
    files[file_count] =
        (file){.inode = inode, .live = true, .synced = synced, .kept = synced.size};
    return &files[file_count++];
}

static void set_synced(file *f, bytes all)
{
    free(f->synced.data);
    f->synced = all;
    f->kept = all.size;
    f->dirty = false;
}

/* What goes away may come back at a cut. */
static void bury(const char *path)
{
    struct stat about;
    file *f = lstat(path, &about) ? NULL : live_file(about.st_ino);
    if (!f)
        return;
    f->last = read_all(path);
    f->live = false;
}

/* ---- Names ------------------------------------------------------------------------- */

static name *find_name(const char *path)
{
    for (size_t i = 0; i < name_count; i++)
        if (!strcmp(names[i].path, path))
            return &names[i];
    return NULL;
}

static void drop_name(const char *path)
{
    name *n = find_name(path);
    if (n)
        *n = names[--name_count];
}

static void put_name(const char *path, size_t of)
{
    drop_name(path);
    GROW(names, name_count);
    snprintf(names[name_count].path, sizeof names[0].path, "%s", path);
    names[name_count++].file = of;
}

static void note(int kind, const char *from, const char *to, size_t of)
{
    GROW(changes, change_count);
    change *c = &changes[change_count++];
    *c = (change){.kind = kind, .file = of};
    snprintf(c->from, sizeof c->from, "%s", from);
    snprintf(c->to, sizeof c->to, "%s", to);
}

static void apply(const change *c)
{
    const name *n = find_name(c->from);
    size_t of = n ? n->file : SIZE_MAX;
    if (c->kind == CREATED)
        put_name(c->from, c->file);
    if (c->kind != CREATED)
        drop_name(c->from);
    if (c->kind == RENAMED && of != SIZE_MAX)
        put_name(c->to, of);
}

/* Up to `most` changes of one folder (NULL: of all) are on the disk now. */
static void sync_names(const char *folder, size_t most)
{
    size_t left = 0;
    char own[512];
    for (size_t i = 0; i < change_count; i++) {
        folder_of(changes[i].from, own);
        if (most && (!folder || !strcmp(own, folder))) {
            apply(&changes[i]);
            most--;
        } else {
            changes[left++] = changes[i];
        }
    }
    change_count = left;
}

static size_t changes_in(const char *folder)
{
    char own[512];
    size_t count = 0;
    for (size_t i = 0; i < change_count; i++) {
        folder_of(changes[i].from, own);
        count += !strcmp(own, folder);
    }
    return count;
}

/* ---- The cut ----------------------------------------------------------------------- */

/* Every name below a folder: what(path, inode). */
static void walk(const char *folder, void (*what)(const char *path, ino_t inode))
{
    DIR *open_folder = opendir(folder);
    if (!open_folder)
        return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        char path[512];
        struct stat about;
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &about))
            continue;
        if (S_ISDIR(about.st_mode))
            walk(path, what);
        else
            what(path, about.st_ino);
    }
    closedir(open_folder);
}

static void begin_with(const char *path, ino_t inode)
{
    add_file(inode, read_all(path));
    put_name(path, file_count - 1);
}

static void bring_up_to_date(const char *path, ino_t inode)
{
    file *f = live_file(inode);
    if (f)
        f->last = read_all(path);
}

static void remove_name(const char *path, ino_t inode)
{
    (void)inode;
    syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

static void cut_names(void)
{
    char folder[512];
    while (change_count) {
        folder_of(changes[below(change_count)].from, folder);
        size_t count = changes_in(folder);
        sync_names(folder, below(count + 1));
        size_t left = 0;
        for (size_t i = 0; i < change_count; i++) {
            char own[512];
            folder_of(changes[i].from, own);
            if (strcmp(own, folder) != 0)
                changes[left++] = changes[i];
        }
        change_count = left;
    }
}

static void write_back(const char *path, const file *f)
{
    size_t kept = f->kept < f->last.size ? f->kept : f->last.size;
    size_t some = kept + below(f->last.size - kept + 1);
    const bytes *from = &f->last;
    size_t size = from->size, zeros = 0;
    if (f->dirty) {
        size_t how = below(4);
        from = how == 0 ? &f->synced : &f->last;
        size = how == 0 ? f->synced.size : how == 1 ? size : some;
        zeros = how == 3 ? f->last.size - some : 0;
    }
    int fd = raw_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    uint8_t *all = calloc(size + zeros + 1, 1);
    memcpy(all, from->data ? from->data : (const uint8_t *)"", from->data ? size : 0);
    syscall(SYS_write, fd, all, size + zeros);
    free(all);
    close(fd);
}

static void cut(void)
{
    walk(root, bring_up_to_date);
    cut_names();
    walk(root, remove_name);
    for (size_t i = 0; i < name_count; i++) {
        char folder[512];
        folder_of(names[i].path, folder);
        mkdir(folder, 0777);
        write_back(names[i].path, &files[names[i].file]);
    }
    kill(getpid(), SIGKILL);
    pause();
}

/* A moment at which the power may go. */
static void pass(void)
{
    if ((*calls)++ == cut_at)
        cut();
}

void slt_powercut_arm(const char *folder, long at, uint64_t seed, volatile long *count)
{
    snprintf(root, sizeof root, "%s", folder);
    calls = count;
    cut_at = at;
    state = seed;
    walk(root, begin_with);
}

/* ---- The calls --------------------------------------------------------------------- */

static void enter(void)
{
    pthread_mutex_lock(&mutex);
    pass();
}

static void leave(void)
{
    int reason = errno;
    pass();
    pthread_mutex_unlock(&mutex);
    errno = reason;
}

/* Enters with the file of fd; NULL, and not entered, where it is no file of the disk. */
static file *enter_file(int fd)
{
    pthread_mutex_lock(&mutex);
    file *f = file_of_fd(fd);
    if (f)
        pass();
    else
        pthread_mutex_unlock(&mutex);
    return f;
}

static int tracked_open(const char *path, int flags, mode_t mode)
{
    struct stat about;
    enter();
    bool there = lstat(path, &about) == 0;
    if (there && !live_file(about.st_ino))
        add_file(about.st_ino, read_all(path));
    int fd = raw_open(path, flags, mode);
    if (fd >= 0 && !there && fstat(fd, &about) == 0) {
        add_file(about.st_ino, (bytes){0})->dirty = true;
        note(CREATED, path, "", file_count - 1);
    }
    file *f = fd >= 0 && there ? live_file(about.st_ino) : NULL;
    if (f && flags & O_TRUNC) {
        f->dirty = true;
        f->kept = 0;
    }
    leave();
    return fd;
}

static int any_open(const char *path, int flags, mode_t mode)
{
    bool writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT;
    return writes && below_root(path) ? tracked_open(path, flags, mode)
                                      : raw_open(path, flags, mode);
}

#define OPEN(called)                                                                     \
    int called(const char *path, int flags, ...)                                         \
    {                                                                                    \
        mode_t mode = 0;                                                                 \
        va_list arguments;                                                               \
        va_start(arguments, flags);                                                      \
        if (flags & O_CREAT)                                                             \
            mode = va_arg(arguments, mode_t);                                            \
        va_end(arguments);                                                               \
        return any_open(path, flags, mode);                                              \
    }
OPEN(open)
OPEN(open64)

ssize_t write(int fd, const void *buffer, size_t size)
{
    file *f = enter_file(fd);
    if (!f)
        return syscall(SYS_write, fd, buffer, size);
    ssize_t put = syscall(SYS_write, fd, buffer, size);
    f->dirty = true;
    leave();
    return put;
}

static int any_truncate(int fd, off_t size)
{
    file *f = enter_file(fd);
    if (!f)
        return (int)syscall(SYS_ftruncate, fd, size);
    int result = (int)syscall(SYS_ftruncate, fd, size);
    f->dirty = true;
    f->kept = f->kept < (size_t)size ? f->kept : (size_t)size;
    leave();
    return result;
}

int ftruncate(int fd, off_t size)
{
    return any_truncate(fd, size);
}

int ftruncate64(int fd, off_t size)
{
    return any_truncate(fd, size);
}

/* The folder that fd is open on; empty where it is none. */
static void folder_of_fd(int fd, char folder[512])
{
    char path[64];
    struct stat about;
    ssize_t length = 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (*root && fstat(fd, &about) == 0 && S_ISDIR(about.st_mode))
        length = readlink(path, folder, 511);
    folder[length > 0 ? length : 0] = 0;
}

static int sync_fd(int fd, int number)
{
    char folder[512];
    file *f = enter_file(fd);
    if (f) {
        set_synced(f, read_fd(fd));
        leave();
        return 0;
    }
    folder_of_fd(fd, folder);
    if (!*folder)
        return (int)syscall(number, fd);
    enter();
    sync_names(folder, SIZE_MAX);
    leave();
    return 0;
}

int fsync(int fd)
{
    return sync_fd(fd, SYS_fsync);
}

int fdatasync(int fd)
{
    return sync_fd(fd, SYS_fdatasync);
}

static void sync_path(const char *path, ino_t inode)
{
    file *f = live_file(inode);
    if (f && f->dirty)
        set_synced(f, read_all(path));
}

int syncfs(int fd)
{
    if (!*root)
        return (int)syscall(SYS_syncfs, fd);
    enter();
    walk(root, sync_path);
    sync_names(NULL, SIZE_MAX);
    leave();
    return 0;
}

int rename(const char *from, const char *to)
{
    if (!below_root(from))
        return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    enter();
    bury(to);
    int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (result == 0)
        note(RENAMED, from, to, 0);
    leave();
    return result;
}

int unlink(const char *path)
{
    if (!below_root(path))
        return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    enter();
    bury(path);
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result == 0)
        note(REMOVED, path, "", 0);
    leave();
    return result;
}
