/* A private folder of files that goes with the process: what was unpacked to be read. */
#ifndef SLT_BASE_UNPACKED_H
#define SLT_BASE_UNPACKED_H

#include <stddef.h>

#include <sltrace/status.h>

/* Makes the folder, in TMPDIR or /tmp, where nobody else may look into it; there is one
 * at a time.  It counts as a tree of its own (tree.h), as it has a .git. */
slt_status slt_unpacked_begin(const char **folder, slt_error *err);
/* Writes a file at a relative path without "..", and the folders above it. */
slt_status slt_unpacked_put(const char *name, const void *bytes, size_t size,
                            slt_error *err);
/* Removes all that was made. */
void slt_unpacked_end(void);
/* The same for a process that is about to end.  A signal handler may call it, through
 * slt_files_abandon. */
void slt_unpacked_abandon(void);

#endif
