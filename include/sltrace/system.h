/* What this process may use of the system: processors, and files. */
#ifndef SLTRACE_SYSTEM_H
#define SLTRACE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sltrace/export.h>
#include <sltrace/status.h>

typedef struct slt_processors {
    unsigned online;  /* of the machine */
    unsigned allowed; /* by this process's affinity mask (taskset, a batch system) */
    unsigned quota;   /* by its cgroups (a container, a batch system), in thousandths of
                         a processor; 0: no limit */
    unsigned jobs;    /* what the process may use: the least of these, at least 1 */
} slt_processors;
SLT_API slt_processors slt_processors_here(void);
/* What was found, in words. */
#define SLT_PROCESSORS_TEXT_MAX 128
SLT_API void slt_processors_print(const slt_processors *found,
                                  char text[SLT_PROCESSORS_TEXT_MAX]);

/* What goldens, manifests and traces may name is files of their own tree, by relative
 * paths: of the nearest folder above them with a .git, else of the working folder where
 * they lie in it, else of their own folder.  These two, called before the first file is
 * read, change that for the process: the tree is `folder`, or any file may be named. */
SLT_API slt_status slt_files_within(const char *folder, slt_error *err);
SLT_API void slt_files_anywhere(void);

/* A file in the making: written beside path under another name, which it changes for path
 * when it is whole.  With `over` false nothing is overwritten: SLT_FILE where path is
 * there, at the beginning or the end.  A device or a pipe is written to as it is; the
 * path
 * "-" is standard output, which stays open. */
typedef struct slt_output slt_output;
SLT_API slt_status slt_output_begin(const char *path, bool over, slt_output **file,
                                    FILE **stream, slt_error *err);
/* Closes the stream; where `keep` is false or anything failed path is as before.  NULL is
 * nothing. */
SLT_API slt_status slt_output_end(slt_output *file, bool keep, slt_error *err);
/* The same for bytes at hand. */
SLT_API slt_status slt_output_write(const char *path, const void *bytes, size_t size,
                                    bool over, slt_error *err);

/* Files that appear together in a folder that is there, one such at a time: *inner is a
 * folder to write them into; at the end, with `keep`, they move out of it, all of their
 * names checked before where `over` is false.  *inner is gone then. */
SLT_API slt_status slt_staging_begin(const char *folder, const char **inner,
                                     slt_error *err);
SLT_API slt_status slt_staging_end(const char *folder, bool keep, bool over,
                                   slt_error *err);

/* Removes the files in the making that would be left where the process ends now; their
 * targets are as before.  A signal handler may call it. */
SLT_API void slt_files_abandon(void);

#endif
