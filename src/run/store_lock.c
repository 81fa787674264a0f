/* Locks of a study's folder: byte 0 is shared by all programs that compute in it, byte 1
 * held by the one that looks what is there, and each run has a byte of its own, at a
 * place that its experiment gives.  They belong to the open file, so that two studies of
 * one process are two as well, and end with it, kill -9 included.  Over NFS they are the
 * server's. */
#include "run/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/endian.h"
#include "base/world.h"

#define COMPUTING 0
#define LOOKING 1
#define FIRST_RUN 16
#define WAIT_NS 20000000

slt_status slt_store_open_lock(slt_store *store, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/lock", store->out);
    if (status)
        return status;
    store->lock = slt_world.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (store->lock < 0)
        return slt_fail(err, SLT_FILE, "%s: cannot open: %s", path, strerror(errno));
    return SLT_OK;
}

/* type: F_RDLCK, F_WRLCK or F_UNLCK.  *got false if another program is in the way. */
static slt_status set_lock(const slt_store *store, short type, uint64_t byte, bool *got,
                           slt_error *err)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
    *got = slt_world.fcntl(store->lock, F_OFD_SETLK, &lock) == 0;
    if (*got || errno == EAGAIN || errno == EACCES)
        return SLT_OK;
    return slt_fail(err, SLT_FILE,
                    "%s/lock: cannot lock: %s (a study needs a file system with locks)",
                    store->out, strerror(errno));
}

static void unlock(const slt_store *store, uint64_t byte)
{
    bool got;
    set_lock(store, F_UNLCK, byte, &got, NULL);
}

slt_status slt_store_enter(const slt_store *store, slt_error *err)
{
    const struct timespec wait = {.tv_nsec = WAIT_NS};
    const atomic_int *cancel = store->options->cancel;
    bool got = false;
    slt_status status = set_lock(store, F_WRLCK, LOOKING, &got, err);
    while (!status && !got) {
        if (cancel && *cancel)
            return slt_fail(err, SLT_INTERRUPTED, "stopped before anything was begun");
        slt_world.nanosleep(&wait, NULL);
        status = set_lock(store, F_WRLCK, LOOKING, &got, err);
    }
    return status;
}

void slt_store_leave(const slt_store *store)
{
    unlock(store, LOOKING);
}

slt_status slt_store_join(const slt_store *store, bool alone, bool *got, slt_error *err)
{
    return set_lock(store, alone ? F_WRLCK : F_RDLCK, COMPUTING, got, err);
}

bool slt_store_is_last(const slt_store *store)
{
    bool got;
    return !set_lock(store, F_WRLCK, LOOKING, &got, NULL) && got &&
           !slt_store_join(store, true, &got, NULL) && got;
}

/* 61 bits of the experiment: if two runs shared a byte, one would only wait for the
 * other. */
static uint64_t byte_of(slt_digest experiment)
{
    return FIRST_RUN + (slt_load_le64(experiment.bytes) >> 3);
}

slt_status slt_store_take(const slt_store *store, slt_digest experiment, bool *got,
                          slt_error *err)
{
    return set_lock(store, F_WRLCK, byte_of(experiment), got, err);
}

void slt_store_release(const slt_store *store, slt_digest experiment)
{
    unlock(store, byte_of(experiment));
}

slt_status slt_store_held(const char *out, slt_digest experiment, bool *held,
                          slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    struct flock lock = {.l_type = F_RDLCK,
                         .l_whence = SEEK_SET,
                         .l_start = (off_t)byte_of(experiment),
                         .l_len = 1};
    slt_status status = slt_path_print(path, err, "%s/lock", out);
    *held = false;
    if (status)
        return status;
    const int fd = slt_world.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return errno == ENOENT ? SLT_OK
                               : slt_fail(err, SLT_FILE, "%s: cannot open: %s", path,
                                          strerror(errno));
    if (slt_world.fcntl(fd, F_OFD_GETLK, &lock))
        status = slt_fail(err, SLT_FILE, "%s: cannot ask for a lock: %s", path,
                          strerror(errno));
    *held = !status && lock.l_type != F_UNLCK;
    slt_world.close(fd);
    return status;
}
