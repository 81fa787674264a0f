/* Whole files: read at once, or replaced so that a reader finds either the old content
 * or the new one, never a part.  Messages carry the path and the system's reason. */
#ifndef SLT_BASE_IO_H
#define SLT_BASE_IO_H

#include <sltrace/status.h>

#include "base/buffer.h"

/* Appends the content of an ordinary file of at most size_max bytes to *bytes.  SLT_FILE
 * if it cannot be read, is not an ordinary file or is larger; SLT_RESOURCE without
 * memory. */
slt_status slt_io_read(const char *path, size_t size_max, slt_buffer *bytes,
                       slt_error *err);
/* The same for a file that is open already; `name` is what messages call it. */
slt_status slt_io_read_open(int fd, const char *name, size_t size_max, slt_buffer *bytes,
                            slt_error *err);
/* Writes all of the bytes to what is open, from where it stands. */
slt_status slt_io_write_open(int fd, const char *name, const void *bytes, size_t size,
                             slt_error *err);
/* fsync; a pipe and some network mounts, which can be written but not synced, are fine.
 */
slt_status slt_io_sync_open(int fd, const char *name, slt_error *err);
/* Opens an ordinary file for reading and tells its size.  SLT_FILE, and *fd -1, for
 * anything else: a FIFO, a device, a socket, or a file of /proc and /sys, which only
 * looks ordinary. */
slt_status slt_io_open(const char *path, int *fd, uint64_t *size, slt_error *err);

/* A file that appears whole: it is written beside path under a temporary name and takes
 * its name at the end.  A symbolic link at path is replaced, not followed.  A device or
 * a pipe, and what a link of the system leads to (/dev/stdout), is written to directly.
 * The first error latches. */
typedef struct slt_io_output {
    const char *path;
    char *temporary; /* NULL: not begun, ended, or a device or a pipe */
    int place;       /* its place in the list for slt_io_abandon; -1: none */
    int fd;
    bool fresh;   /* path must not exist, now or at the end */
    bool drafted; /* `temporary` is a name of the caller's */
    bool failed;
    slt_error error;
} slt_io_output;

void slt_io_begin(slt_io_output *output, const char *path);
/* The same, but it is an error if path exists, now or at the end. */
void slt_io_begin_new(slt_io_output *output, const char *path);
void slt_io_write(slt_io_output *output, const void *bytes, size_t size);
/* Syncs the file, gives it its name and syncs that; a name in a set (staging.h) is
 * synced with the set, one that slt_io_replace_by gives is not.  Where `keep` is false or
 * anything failed it removes the temporary file instead, and path is as it was before;
 * where the last sync failed it has its new content. */
slt_status slt_io_end(slt_io_output *output, bool keep, slt_error *err);

/* Removes the temporary files of all outputs that have not ended, for a process that is
 * about to end.  A signal handler may call it, through slt_files_abandon. */
void slt_io_abandon(void);

/* Replaces path by `size` bytes in one call. */
slt_status slt_io_replace(const char *path, const void *bytes, size_t size,
                          slt_error *err);

/* The same, but the temporary file is always path + ending, so that the next program can
 * find and remove what is left of a process that was killed. */
slt_status slt_io_replace_by(const char *path, const char *ending, const void *bytes,
                             size_t size, slt_error *err);

/* rename(from, to); with `over` false it fails with EEXIST where `to` exists. */
int slt_io_rename(const char *from, const char *to, bool over);

/* The folder for what is there for a while: TMPDIR, else /tmp. */
const char *slt_io_temporary(void);

#endif
