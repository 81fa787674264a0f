/* Files and folders of a study, with messages that carry the path and the system's
 * reason. */
#ifndef SLT_RUN_FILES_H
#define SLT_RUN_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

#include "base/io.h"

#define SLT_FILE_PATH_MAX 4096

/* text = the formatted path; SLT_USAGE where it does not fit. */
slt_status slt_path_print(char text[SLT_FILE_PATH_MAX], slt_error *err,
                          const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Whether something of that name exists. */
bool slt_file_exists(const char *path);
/* What a file that study's programs replace is called behind its own name until it is
 * whole. */
#define SLT_FILE_DRAFT ".tmp"
/* Removes a file; its absence is no error. */
slt_status slt_file_remove(const char *path, slt_error *err);

/* Makes the folder and those above it. */
slt_status slt_folder_make(const char *path, slt_error *err);
/* Makes renames in the folder last. */
slt_status slt_folder_sync(const char *path, slt_error *err);

/* Nanoseconds of a clock that only goes forward; never near a hash. */
uint64_t slt_clock_ns(void);

#endif
