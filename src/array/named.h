/* A file of arrays that a run names by its SHA-256. */
#ifndef SLT_ARRAY_NAMED_H
#define SLT_ARRAY_NAMED_H

#include <sltrace/status.h>

#include "array/array.h"
#include "base/buffer.h"

/* What a run says of it. */
typedef struct slt_array_name {
    const char *folder; /* of the naming file; NULL or "": the working folder */
    const char *file;   /* relative to it; "": any file there that has the SHA-256 */
    const char
        *member; /* of a file of several arrays: its name; NULL or "": the only one */
    const char *sha256; /* as sha256sum prints it; "": not told yet, which is an error */
} slt_array_name;

/* What is read of it; begins as zeros. */
typedef struct slt_array_file {
    slt_buffer path;            /* as messages call it */
    slt_buffer bytes, unpacked; /* of the whole file; of a member that was packed */
    slt_array array;            /* borrows them */
    const char *format;
} slt_array_file;

/* Reads a file of at most size_max bytes, checks its SHA-256 and what it says of its
 * array (array/format.h).  Where files are given by --data they are looked for in that
 * folder (slt_files_from), else in the folder of the name, and those without a file name
 * in the working folder too.  SLT_FILE or SLT_FORMAT with the file's name, and the
 * SHA-256 that it has. */
slt_status slt_array_open(const slt_array_name *name, size_t size_max,
                          slt_array_file *file, slt_error *err);
void slt_array_close(slt_array_file *file);

#endif
