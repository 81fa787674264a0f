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
/* Writes a temporary file beside path, syncs it and renames it to path.  After an error
 * path is as before and no temporary file is left. */
slt_status slt_io_replace(const char *path, const void *bytes, size_t size,
                          slt_error *err);

#endif
