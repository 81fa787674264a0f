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

/* Files are written whole or not at all: under another name at first, which is then
 * changed; what stood there, a link too, is replaced. */
SLT_API slt_status slt_files_put(const char *path, const void *bytes, size_t size,
                                 slt_error *err);
/* The same by way of a stream, until it ends; not kept, path is as before. */
typedef struct slt_stream slt_stream;
SLT_API slt_status slt_stream_begin(const char *path, slt_stream **stream, FILE **file,
                                    slt_error *err);
SLT_API slt_status slt_stream_end(slt_stream *stream, bool keep, slt_error *err);

/* Removes the files in the making that would be left where the process ends now; their
 * targets are as before.  A signal handler may call it. */
SLT_API void slt_files_abandon(void);

#endif
