/* Archives of POSIX ustar with one form for each set of files: names rising byte by byte,
 * mode 0644, owner and group 0 without names, time 0, blocks of 10240 bytes.  They are
 * the bytes that GNU tar makes of the same files with --format=ustar --sort=name
 * --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644. */
#ifndef SLT_CODEC_USTAR_H
#define SLT_CODEC_USTAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

#include "base/buffer.h"

#define SLT_USTAR_NAME_MAX 256 /* with the NUL */
#define SLT_USTAR_FILE_MAX UINT64_C(077777777777)

typedef struct slt_ustar_file {
    char name[SLT_USTAR_NAME_MAX]; /* relative; no part of it is empty, "." or ".." */
    const uint8_t *bytes;          /* in the archive */
    size_t size;
} slt_ustar_file;

/* Appends a file.  The caller gives names in their order, each once.  SLT_FORMAT where
 * the name is none of such an archive, or has no place in it; SLT_RESOURCE without
 * memory. */
slt_status slt_ustar_add(slt_buffer *archive, const char *name, const void *bytes,
                         size_t size, slt_error *err);
/* Appends the end. */
slt_status slt_ustar_end(slt_buffer *archive, slt_error *err);

/* Reads an archive of exactly that form; `name` is what messages call it.  *files is
 * malloc'ed and points into `bytes`.  SLT_FORMAT, with the byte, for anything else:
 * links, folders, devices, names that are absolute, lead out, rise not or come twice,
 * another flavour of tar, sizes beyond the end, bytes behind it. */
slt_status slt_ustar_read(const uint8_t *bytes, size_t size, const char *name,
                          slt_ustar_file **files, size_t *count, slt_error *err);

#endif
