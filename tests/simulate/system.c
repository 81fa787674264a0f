#include "simulate/system.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/mman.h>

#include "base/world.h"
#include "simulate/disk.h"
#include "simulate/draw.h"
#include "simulate/schedule.h"
#include "tap.h"

enum { FIRST_FD = 1 << 20, FDS_MAX = 64, LOCKS_MAX = 64, BLOCK = 4096 };

static slt_world_table real;

/* ---- Descriptors ------------------------------------------------------------------- */

typedef struct open_file {
    disk_node *node;
    size_t at;
    int flags;
    unsigned uses;            /* descriptors */
    const disk_entry *listed; /* of a folder: what list_entries goes on behind */
    bool listing;
} open_file;

static open_file *fds[FDS_MAX];

static open_file *file_of(int fd)
{
    return fd >= FIRST_FD && fd < FIRST_FD + FDS_MAX ? fds[fd - FIRST_FD] : NULL;
}

static int give_fd(open_file *file)
{
    for (int i = 0; i < FDS_MAX; i++)
        if (!fds[i]) {
            fds[i] = file;
            file->uses++;
            return FIRST_FD + i;
        }
    return errno = EMFILE, -1;
}

static int fail(int reason)
{
    errno = reason;
    return -1;
}

/* ---- Locks ------------------------------------------------------------------------- */

typedef struct range_lock {
    const open_file *owner; /* of a process; NULL: free */
    unsigned process;
    const disk_node *node;
    off_t at;
    short type;
} range_lock;

static struct {
    range_lock locks[LOCKS_MAX];
    bool has_syncfs;
} * shared;

static void let_go(const open_file *owner, unsigned process, const off_t *at)
{
    for (int i = 0; i < LOCKS_MAX; i++) {
        range_lock *l = &shared->locks[i];
        if (l->owner && l->process == process && (!owner || l->owner == owner) &&
            (!at || l->at == *at))
            l->owner = NULL;
    }
}

/* Locks of one byte, as the program has them. */
static int set_lock(open_file *file, const struct flock *wanted)
{
    range_lock *empty = NULL;
    unsigned process = schedule_process();
    if (wanted->l_len != 1 || wanted->l_whence != SEEK_SET)
        return fail(EINVAL);
    for (int i = 0; i < LOCKS_MAX; i++) {
        range_lock *l = &shared->locks[i];
        bool mine = l->process == process && l->owner == file;
        if (!l->owner)
            empty = l;
        else if (l->node == file->node && l->at == wanted->l_start && !mine &&
                 wanted->l_type != F_UNLCK &&
                 (l->type == F_WRLCK || wanted->l_type == F_WRLCK)) {
            schedule_find_taken(l->process);
            return fail(EAGAIN);
        }
    }
    let_go(file, process, &wanted->l_start);
    schedule_got_lock();
    if (wanted->l_type == F_UNLCK)
        return 0;
    if (!empty)
        return fail(ENOLCK);
    *empty = (range_lock){file, process, file->node, wanted->l_start, wanted->l_type};
    return 0;
}

static int own_fcntl(int fd, int command, void *argument)
{
    open_file *file = file_of(fd);
    if (!file)
        return real.fcntl(fd, command, argument);
    schedule_door("fcntl", "");
    return command == F_OFD_SETLK ? set_lock(file, argument) : fail(EINVAL);
}

/* ---- Opening ----------------------------------------------------------------------- */

static int open_node(disk_node *node, int flags)
{
    open_file *file = calloc(1, sizeof *file);
    if (!file)
        return fail(ENOMEM);
    *file = (open_file){.node = node, .flags = flags};
    return give_fd(file);
}

static int own_open(const char *path, int flags, mode_t mode)
{
    char name[DISK_NAME_MAX];
    bool writes = (flags & O_ACCMODE) != O_RDONLY;
    if (!disk_has(path))
        return real.open(path, flags, mode);
    schedule_door(flags & O_CREAT ? "open to write" : "open", path);
    disk_node *node = disk_find(path);
    if (node && flags & O_CREAT && flags & O_EXCL)
        return fail(EEXIST);
    if (!node && !(flags & O_CREAT))
        return -1;
    if (!node) {
        disk_node *folder = disk_folder_of(path, name);
        if (!folder)
            return -1;
        node = disk_make(folder, name, false, mode & 0666 & ~022u);
    }
    if (node->folder && writes)
        return fail(EISDIR);
    if (!node->folder && flags & O_DIRECTORY)
        return fail(ENOTDIR);
    if (flags & O_TRUNC && node->bytes.size)
        disk_cut_off(node, 0);
    return open_node(node, flags);
}

/* Draws the Xs at the end of a path until nothing has that name. */
static void draw_name(char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    char *end = path + strlen(path) - 6;
    do
        for (int i = 0; i < 6; i++)
            end[i] = letters[draw_below(schedule_draws(), sizeof letters - 1)];
    while (disk_find(path));
}

static int own_mkstemp(char *path)
{
    if (!disk_has(path))
        return real.mkstemp(path);
    draw_name(path);
    int fd = own_open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd >= 0)
        file_of(fd)->node->mode = 0600;
    return fd;
}

static int own_dup(int fd)
{
    open_file *file = file_of(fd);
    return file ? give_fd(file) : real.dup(fd);
}

static int own_close(int fd)
{
    open_file *file = file_of(fd);
    if (!file)
        return real.close(fd);
    schedule_door("close", "");
    fds[fd - FIRST_FD] = NULL;
    if (--file->uses)
        return 0;
    let_go(file, schedule_process(), NULL);
    free(file);
    return 0;
}

/* ---- Reading and writing ----------------------------------------------------------- */

static ssize_t get_bytes(const open_file *file, void *to, size_t size, size_t at)
{
    const disk_bytes *bytes = &file->node->bytes;
    if (file->node->folder)
        return fail(EISDIR);
    size_t left = at < bytes->size ? bytes->size - at : 0;
    size = size < left ? size : left;
    if (size)
        memcpy(to, bytes->data + at, size);
    return (ssize_t)size;
}

static ssize_t own_read(int fd, void *to, size_t size)
{
    open_file *file = file_of(fd);
    if (!file)
        return real.read(fd, to, size);
    schedule_door("read", "");
    ssize_t got = get_bytes(file, to, size, file->at);
    file->at += got > 0 ? (size_t)got : 0;
    return got;
}

static ssize_t own_pread(int fd, void *to, size_t size, off_t at)
{
    const open_file *file = file_of(fd);
    if (!file)
        return real.pread(fd, to, size, at);
    schedule_door("pread", "");
    return get_bytes(file, to, size, (size_t)at);
}

static ssize_t own_write(int fd, const void *from, size_t size)
{
    open_file *file = file_of(fd);
    if (!file)
        return real.write(fd, from, size);
    schedule_door("write", "");
    if ((file->flags & O_ACCMODE) == O_RDONLY)
        return fail(EBADF);
    if (file->flags & O_APPEND)
        file->at = file->node->bytes.size;
    disk_put(file->node, file->at, from, size);
    file->at += size;
    return (ssize_t)size;
}

static off_t own_lseek(int fd, off_t at, int from)
{
    open_file *file = file_of(fd);
    if (!file)
        return real.lseek(fd, at, from);
    off_t base = from == SEEK_SET   ? 0
                 : from == SEEK_CUR ? (off_t)file->at
                                    : (off_t)file->node->bytes.size;
    if (base + at < 0)
        return fail(EINVAL);
    file->at = (size_t)(base + at);
    file->listing = false;
    return base + at;
}

static int own_ftruncate(int fd, off_t size)
{
    const open_file *file = file_of(fd);
    if (!file)
        return real.ftruncate(fd, size);
    schedule_door("ftruncate", "");
    if ((size_t)size != file->node->bytes.size)
        disk_cut_off(file->node, (size_t)size);
    return 0;
}

static int own_fsync(int fd)
{
    const open_file *file = file_of(fd);
    if (!file)
        return real.fsync(fd);
    schedule_door("fsync", file->node->folder ? "of a folder" : "");
    disk_sync(file->node);
    return 0;
}

static int own_syncfs(int fd)
{
    if (!file_of(fd))
        return real.syncfs(fd);
    schedule_door("syncfs", "");
    if (!shared->has_syncfs)
        return fail(ENOSYS);
    disk_sync_all();
    return 0;
}

static int own_fchmod(int fd, mode_t mode)
{
    const open_file *file = file_of(fd);
    if (!file)
        return real.fchmod(fd, mode);
    schedule_door("fchmod", "");
    file->node->mode = mode;
    return 0;
}

static mode_t own_umask(mode_t mask)
{
    (void)mask;
    return 022;
}

static int own_isatty(int fd)
{
    return file_of(fd) ? 0 : real.isatty(fd);
}

/* ---- What there is ----------------------------------------------------------------- */

static int describe(const disk_node *node, struct stat *about)
{
    *about = (struct stat){.st_dev = 1,
                           .st_ino = node->number,
                           .st_mode = node->mode | (node->folder ? S_IFDIR : S_IFREG),
                           .st_nlink = 1,
                           .st_size = (off_t)node->bytes.size,
                           .st_blksize = BLOCK};
    return 0;
}

/* There are no symbolic links. */
#define LOOK(name)                                                                       \
    static int own_##name(const char *path, struct stat *about)                          \
    {                                                                                    \
        if (!disk_has(path))                                                             \
            return real.name(path, about);                                               \
        schedule_door(#name, path);                                                      \
        const disk_node *node = disk_find(path);                                         \
        return node ? describe(node, about) : -1;                                        \
    }
LOOK(stat)
LOOK(lstat)

static int own_fstat(int fd, struct stat *about)
{
    const open_file *file = file_of(fd);
    return file ? describe(file->node, about) : real.fstat(fd, about);
}

static int own_fstatfs(int fd, struct statfs *about)
{
    if (!file_of(fd))
        return real.fstatfs(fd, about);
    *about = (struct statfs){.f_type = EXT4_SUPER_MAGIC};
    return 0;
}

static int own_statvfs(const char *path, struct statvfs *about)
{
    return real.statvfs(disk_has(path) ? "/" : path, about);
}

static int own_access(const char *path, int mode)
{
    if (!disk_has(path))
        return real.access(path, mode);
    schedule_door("access", path);
    return disk_find(path) ? 0 : -1;
}

static char *own_realpath(const char *path, char *whole)
{
    char name[DISK_NAME_MAX], above[DISK_PATH_MAX];
    if (!disk_has(path))
        return real.realpath(path, whole);
    const disk_node *node = disk_find(path);
    const disk_node *folder = node ? disk_folder_of(path, name) : NULL;
    if (!folder)
        return NULL;
    if (!whole && !(whole = malloc(PATH_MAX)))
        return NULL;
    disk_path_of(node->folder ? node : folder, above);
    if (node->folder)
        snprintf(whole, PATH_MAX, "%s", above);
    else
        snprintf(whole, PATH_MAX, "%s/%s", above, name);
    return whole;
}

static char *own_getcwd(char *path, size_t size)
{
    snprintf(path, size, "%s", DISK_ROOT);
    return path;
}

/* ---- Names ------------------------------------------------------------------------- */

static bool is_empty(const disk_node *node)
{
    return !node->folder || !node->names;
}

/* Why `node` may not take the place of `there`; 0 where it may. */
static int in_the_way(const disk_node *node, const disk_node *there)
{
    if (!there)
        return 0;
    if (node->folder != there->folder)
        return there->folder ? EISDIR : ENOTDIR;
    return is_empty(there) ? 0 : ENOTEMPTY;
}

static int rename_on_disk(const char *from, const char *to, bool over)
{
    char name[DISK_NAME_MAX], as[DISK_NAME_MAX];
    schedule_door("rename", from);
    disk_node *folder = disk_folder_of(from, name);
    disk_node *other = folder ? disk_folder_of(to, as) : NULL;
    if (!other)
        return -1;
    const disk_node *node = disk_look(folder, name), *there = disk_look(other, as);
    if (!node)
        return fail(ENOENT);
    if (there && !over)
        return fail(EEXIST);
    if (there == node)
        return 0;
    int reason = in_the_way(node, there);
    if (reason)
        return fail(reason);
    disk_rename(folder, name, other, as);
    return 0;
}

static int own_rename(const char *from, const char *to)
{
    return disk_has(from) ? rename_on_disk(from, to, true) : real.rename(from, to);
}

static int own_renameat2(int folder, const char *from, int other, const char *to,
                         unsigned flags)
{
    if (folder != AT_FDCWD || other != AT_FDCWD || !disk_has(from))
        return real.renameat2(folder, from, other, to, flags);
    return rename_on_disk(from, to, !(flags & RENAME_NOREPLACE));
}

static int own_link(const char *from, const char *to)
{
    char as[DISK_NAME_MAX];
    if (!disk_has(from))
        return real.link(from, to);
    schedule_door("link", to);
    disk_node *node = disk_find(from), *folder = node ? disk_folder_of(to, as) : NULL;
    if (!folder)
        return -1;
    if (disk_look(folder, as))
        return fail(EEXIST);
    disk_link(folder, as, node);
    return 0;
}

static int remove_name(disk_node *folder, const char *name, bool is_folder)
{
    const disk_node *node = disk_look(folder, name);
    if (!node)
        return fail(ENOENT);
    if (node->folder != is_folder)
        return fail(is_folder ? ENOTDIR : EISDIR);
    if (!is_empty(node))
        return fail(ENOTEMPTY);
    disk_remove(folder, name);
    return 0;
}

static int remove_path(const char *call, const char *path, bool is_folder)
{
    char name[DISK_NAME_MAX];
    schedule_door(call, path);
    disk_node *folder = disk_folder_of(path, name);
    return folder ? remove_name(folder, name, is_folder) : -1;
}

static int own_unlink(const char *path)
{
    return disk_has(path) ? remove_path("unlink", path, false) : real.unlink(path);
}

static int own_rmdir(const char *path)
{
    return disk_has(path) ? remove_path("rmdir", path, true) : real.rmdir(path);
}

static int own_unlinkat(int fd, const char *name, int flags)
{
    open_file *file = file_of(fd);
    if (!file)
        return real.unlinkat(fd, name, flags);
    schedule_door("unlinkat", name);
    return remove_name(file->node, name, flags & AT_REMOVEDIR);
}

static int own_mkdir(const char *path, mode_t mode)
{
    char name[DISK_NAME_MAX];
    if (!disk_has(path))
        return real.mkdir(path, mode);
    schedule_door("mkdir", path);
    disk_node *folder = disk_folder_of(path, name);
    if (!folder)
        return -1;
    if (!*name || disk_look(folder, name))
        return fail(EEXIST);
    disk_make(folder, name, true, mode & 0777 & ~022u);
    return 0;
}

static char *own_mkdtemp(char *path)
{
    if (!disk_has(path))
        return real.mkdtemp(path);
    draw_name(path);
    return own_mkdir(path, 0700) ? NULL : path;
}

/* ---- Folders ----------------------------------------------------------------------- */

static struct dirent *make_dirent(const char *name, const disk_node *node)
{
    struct dirent *entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    entry->d_ino = node->number;
    entry->d_type = node->folder ? DT_DIR : DT_REG;
    entry->d_reclen = sizeof *entry;
    snprintf(entry->d_name, sizeof entry->d_name, "%s", name);
    return entry;
}

/* All names of a folder, its own two first. */
static int list_names(const disk_node *folder, struct dirent ***list,
                      int (*keep)(const struct dirent *))
{
    int count = 0, room = 3;
    for (const disk_entry *e = folder->names; e; e = e->next)
        room++;
    struct dirent **all = calloc((size_t)room, sizeof *all);
    const disk_entry own = {.node = folder->above, .name = ".."};
    disk_entry self = {.next = (disk_entry *)(uintptr_t)&own,
                       .node = (disk_node *)(uintptr_t)folder,
                       .name = "."};
    for (const disk_entry *e = &self; e && all; e = e == &own ? folder->names : e->next) {
        struct dirent *entry = make_dirent(e->name, e->node);
        if (entry && (!keep || keep(entry)))
            all[count++] = entry;
        else
            free(entry);
    }
    *list = all;
    return all ? count : -1;
}

static int own_scandir(const char *path, struct dirent ***list,
                       int (*keep)(const struct dirent *),
                       int (*order)(const struct dirent **, const struct dirent **))
{
    if (!disk_has(path))
        return real.scandir(path, list, keep, order);
    schedule_door("scandir", path);
    const disk_node *folder = disk_find(path);
    if (!folder || !folder->folder)
        return folder ? fail(ENOTDIR) : -1;
    int count = list_names(folder, list, keep);
    for (int i = 1; i < count && order; i++)
        for (int j = i; j > 0 && order((const struct dirent **)&(*list)[j - 1],
                                       (const struct dirent **)&(*list)[j]) > 0;
             j--) {
            struct dirent *other = (*list)[j];
            (*list)[j] = (*list)[j - 1];
            (*list)[j - 1] = other;
        }
    return count;
}

/* An open folder of the disk: its names when it was opened. */
typedef struct listing {
    struct dirent **names;
    int count, next;
} listing;

static listing *listings[FDS_MAX];

static listing **listing_of(const DIR *folder)
{
    for (int i = 0; i < FDS_MAX; i++)
        if (listings[i] == (const void *)folder)
            return &listings[i];
    return NULL;
}

static DIR *own_opendir(const char *path)
{
    if (!disk_has(path))
        return real.opendir(path);
    listing **place = listing_of(NULL), *all = calloc(1, sizeof *all);
    all->count = own_scandir(path, &all->names, NULL, NULL);
    if (all->count < 0 || !place) {
        free(all);
        return NULL;
    }
    *place = all;
    return (DIR *)(void *)all;
}

static struct dirent *own_readdir(DIR *folder)
{
    listing **place = listing_of(folder);
    if (!place)
        return real.readdir(folder);
    return (*place)->next < (*place)->count ? (*place)->names[(*place)->next++] : NULL;
}

static int own_closedir(DIR *folder)
{
    listing **place = listing_of(folder);
    if (!place)
        return real.closedir(folder);
    for (int i = 0; i < (*place)->count; i++)
        free((*place)->names[i]);
    free((*place)->names);
    free(*place);
    *place = NULL;
    return 0;
}

/* As getdents64 lists: one entry at a time. */
static ssize_t own_list_entries(int fd, void *list, size_t size)
{
    open_file *file = file_of(fd);
    if (!file)
        return real.list_entries(fd, list, size);
    schedule_door("getdents64", "");
    file->listed = file->listing ? file->listed->next : file->node->names;
    file->listing = file->listed != NULL;
    if (!file->listed)
        return 0;
    struct dirent64 *entry = list;
    *entry = (struct dirent64){.d_ino = file->listed->node->number,
                               .d_reclen = sizeof *entry,
                               .d_type = file->listed->node->folder ? DT_DIR : DT_REG};
    snprintf(entry->d_name, sizeof entry->d_name, "%s", file->listed->name);
    return size < sizeof *entry ? fail(EINVAL) : (ssize_t)sizeof *entry;
}

/* ---- Streams ----------------------------------------------------------------------- */

static ssize_t cookie_read(void *fd, char *to, size_t size)
{
    return own_read((int)(intptr_t)fd, to, size);
}

static ssize_t cookie_write(void *fd, const char *from, size_t size)
{
    ssize_t put = own_write((int)(intptr_t)fd, from, size);
    return put < 0 ? 0 : put;
}

static int cookie_seek(void *fd, off64_t *at, int from)
{
    *at = own_lseek((int)(intptr_t)fd, *at, from);
    return *at < 0 ? -1 : 0;
}

static int cookie_close(void *fd)
{
    return own_close((int)(intptr_t)fd);
}

static FILE *own_fdopen(int fd, const char *mode)
{
    static const cookie_io_functions_t calls = {cookie_read, cookie_write, cookie_seek,
                                                cookie_close};
    return file_of(fd) ? fopencookie((void *)(intptr_t)fd, mode, calls)
                       : real.fdopen(fd, mode);
}

static FILE *own_fopen(const char *path, const char *mode)
{
    if (!disk_has(path))
        return real.fopen(path, mode);
    int flags = *mode == 'r' ? O_RDONLY : O_WRONLY | O_CREAT;
    flags |= *mode == 'w' ? O_TRUNC : *mode == 'a' ? O_APPEND : 0;
    if (strchr(mode, '+'))
        flags = (flags & ~O_ACCMODE) | O_RDWR;
    int fd = own_open(path, flags, 0666);
    return fd < 0 ? NULL : own_fdopen(fd, mode);
}

/* ---- Threads, the clock ------------------------------------------------------------ */

static int own_cond_signal(pthread_cond_t *changed)
{
    return schedule_wake(changed, false);
}

static int own_cond_broadcast(pthread_cond_t *changed)
{
    return schedule_wake(changed, true);
}

static int own_clock_gettime(clockid_t which, struct timespec *now)
{
    schedule_now(which == CLOCK_REALTIME, now);
    return 0;
}

static time_t own_time(time_t *now)
{
    struct timespec exact;
    schedule_now(true, &exact);
    if (now)
        *now = exact.tv_sec;
    return exact.tv_sec;
}

static int own_nanosleep(const struct timespec *wait, struct timespec *left)
{
    (void)left;
    schedule_sleep(wait);
    return 0;
}

/* There are no other programs. */
static int own_posix_spawnp(pid_t *process, const char *program,
                            const posix_spawn_file_actions_t *files,
                            const posix_spawnattr_t *with, char *const arguments[],
                            char *const variables[])
{
    (void)process, (void)program, (void)files, (void)with;
    (void)arguments, (void)variables;
    return ENOENT;
}

/* ---- Behind the table -------------------------------------------------------------- */

void system_begin(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        tap_bail("no memory for locks");
}

void system_restart(bool has_syncfs)
{
    memset(shared, 0, sizeof *shared);
    shared->has_syncfs = has_syncfs;
}

void system_end_process(unsigned process)
{
    let_go(NULL, process, NULL);
}

void system_enter(void)
{
    real = slt_world;
#define OWN(name) slt_world.name = own_##name
    OWN(open), OWN(mkstemp), OWN(dup), OWN(close), OWN(read), OWN(pread), OWN(write);
    OWN(lseek), OWN(ftruncate), OWN(fsync), OWN(syncfs), OWN(fchmod), OWN(umask);
    OWN(fcntl), OWN(isatty), OWN(stat), OWN(lstat), OWN(fstat), OWN(fstatfs);
    OWN(statvfs), OWN(access), OWN(rename), OWN(renameat2), OWN(link), OWN(unlink);
    OWN(unlinkat), OWN(mkdir), OWN(mkdtemp), OWN(rmdir), OWN(scandir), OWN(opendir);
    OWN(readdir), OWN(closedir), OWN(list_entries), OWN(realpath), OWN(getcwd);
    OWN(fopen), OWN(fdopen), OWN(clock_gettime), OWN(time), OWN(nanosleep);
    OWN(posix_spawnp);
#undef OWN
    slt_world.pthread_create = schedule_thread;
    slt_world.pthread_join = schedule_join;
    slt_world.pthread_once = schedule_once;
    slt_world.pthread_mutex_lock = schedule_lock;
    slt_world.pthread_mutex_unlock = schedule_unlock;
    slt_world.pthread_cond_wait = schedule_wait;
    slt_world.pthread_cond_timedwait = schedule_wait_until;
    slt_world.pthread_cond_signal = own_cond_signal;
    slt_world.pthread_cond_broadcast = own_cond_broadcast;
}
