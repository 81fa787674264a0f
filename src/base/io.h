/* Whole files: read at once, or replaced so that a reader meets the old content or the
 * new one, never a part. Messages carry the path and the system's reason. */
#ifndef SLT_BASE_IO_H
#define SLT_BASE_IO_H

#include <sltrace/status.h>

#include "base/buffer.h"

/* Appends the content of an ordinary file of at most size_max bytes.  SLT_FILE where it
 * cannot be read, is no ordinary file or is larger; SLT_RESOURCE without memory. */
slt_status slt_io_read(const char *path, size_t size_max, slt_buffer *bytes,
                       slt_error *err);
/* The same of what is open already; `name` is for messages. */
slt_status slt_io_read_open(int fd, const char *name, size_t size_max, slt_buffer *bytes,
                            slt_error *err);
/* Writes all of the bytes to what is open, from where it stands. */
slt_status slt_io_write_open(int fd, const char *name, const void *bytes, size_t size,
                             slt_error *err);
/* fsync; a pipe and some network mounts, which can be written but not synced, are fine.
 */
slt_status slt_io_sync_open(int fd, const char *name, slt_error *err);
/* An open descriptor of an ordinary file, and its size: no FIFO, device or socket, and
 * none of the system's that only look like files (/proc, /sys).  -1 and SLT_FILE
 * otherwise. */
slt_status slt_io_open(const char *path, int *fd, uint64_t *size, slt_error *err);

/* A file in the making: written beside path under a temporary name, which it takes when
 * it is whole; a link there is replaced, not followed.  A device or a pipe, and where a
 * link of the system's leads (/dev/stdout), is written to as it is.  Latches its first
 * error. */
typedef struct slt_io_output {
    const char *path;
    char *temporary; /* NULL: not begun, over, or a device or a pipe */
    int place;       /* among those that slt_io_abandon knows; -1: not there */
    int fd;
    bool fresh;   /* nothing may be at path when it ends */
    bool drafted; /* `temporary` is a name of the caller's */
    bool failed;
    slt_error error;
} slt_io_output;

void slt_io_begin(slt_io_output *output, const char *path);
/* The same where nothing is at path, which is an error else, now and at the end. */
void slt_io_begin_new(slt_io_output *output, const char *path);
void slt_io_write(slt_io_output *output, const void *bytes, size_t size);
/* Syncs and renames, or after an error (an own one, or `keep` false) removes the
 * temporary file: path is then as before. */
slt_status slt_io_end(slt_io_output *output, bool keep, slt_error *err);

/* Removes the temporary files of all outputs that have not ended, for a process that ends
 * now; a signal handler may call it, by way of slt_files_abandon. */
void slt_io_abandon(void);

/* The same three for bytes at hand. */
slt_status slt_io_replace(const char *path, const void *bytes, size_t size,
                          slt_error *err);

/* The same by way of the file path + ending, under which the next program finds what is
 * left where this one is killed. */
slt_status slt_io_replace_by(const char *path, const char *ending, const void *bytes,
                             size_t size, slt_error *err);

/* rename, or with `over` false only where nothing is at `to`: -1 and EEXIST else. */
int slt_io_rename(const char *from, const char *to, bool over);

#endif
