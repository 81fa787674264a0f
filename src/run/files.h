/* Files and folders of a study.  Error messages give the path and the system's reason. */
#ifndef SLT_RUN_FILES_H
#define SLT_RUN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

#include "base/folder.h"
#include "base/io.h"

#define SLT_FILE_PATH_MAX 4096

/* Formats a path into text; SLT_USAGE if it does not fit. */
slt_status slt_path_print(char text[SLT_FILE_PATH_MAX], slt_error *err,
                          const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The ending of the temporary name that a study's file has while it is being replaced. */
#define SLT_FILE_DRAFT ".tmp"
/* Removes a file; it is no error if there is none. */
slt_status slt_file_remove(const char *path, slt_error *err);

/* Nanoseconds of a clock that only goes forward; no hashed data may depend on it. */
uint64_t slt_clock_ns(void);

#endif
