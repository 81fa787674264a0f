/* What this process may use of the system: processors, stacks and files. */
#ifndef SLTRACE_SYSTEM_H
#define SLTRACE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sltrace/export.h>
#include <sltrace/status.h>

SLT_C_BEGIN

typedef struct slt_processors {
    unsigned online;  /* of the machine */
    unsigned allowed; /* by this process's affinity mask (taskset, a batch system) */
    unsigned quota;   /* by its cgroups (a container, a batch system), in thousandths of
                         a processor; 0: no limit */
    unsigned jobs;    /* what the process may use: the least of these, at least 1 */
} slt_processors;
SLT_API slt_processors slt_processors_here(void);
/* Writes the findings as a line of text. */
#define SLT_PROCESSORS_TEXT_MAX 128
SLT_API void slt_processors_print(const slt_processors *found,
                                  char text[SLT_PROCESSORS_TEXT_MAX]);

/* What the stack of a thread must have room for: several times what the deepest calls
 * take.  slt_stack_begin gives that much to the main thread, and to the threads that are
 * started later, those of libraries too.  SLT_RESOURCE where the system allows less. */
#define SLT_STACK_BYTES ((size_t)2 << 20)
SLT_API slt_status slt_stack_begin(slt_error *err);

/* Goldens, manifests and traces may name files of their own tree only, by relative paths.
 * The tree is the nearest folder above the file with a .git in it, else the working
 * folder where the file lies inside that, else the file's own folder.  Called before the
 * first file is read, the first of these makes `folder` the tree for the whole process,
 * the second allows any file to be named. */
SLT_API slt_status slt_files_within(const char *folder, slt_error *err);
SLT_API void slt_files_anywhere(void);
/* The files that runs read, of data and of first weights, are those of `folder`,
 * whichever file names them.  Called before the first file is read. */
SLT_API slt_status slt_files_from(const char *folder, slt_error *err);

/* Whether a path ends in a suffix, as ".golden". */
SLT_API bool slt_files_end_in(const char *path, const char *suffix);
/* *there: whether anything with this name exists, even a dangling link.  SLT_FILE, and
 * false, where the system cannot tell. */
SLT_API slt_status slt_files_look(const char *path, bool *there, slt_error *err);
/* *folder: whether path is one, or a link to one; false where nothing is there.  SLT_FILE
 * where the system cannot tell. */
SLT_API slt_status slt_files_is_folder(const char *path, bool *folder, slt_error *err);
/* *there as above, and *same: whether it is a file that holds these `size` bytes. */
SLT_API slt_status slt_files_compare(const char *path, const void *bytes, size_t size,
                                     bool *there, bool *same, slt_error *err);

/* Makes the folders above `path`, those that are not there yet. */
SLT_API slt_status slt_files_make_parents(const char *path, slt_error *err);

/* A file that appears whole or not at all: it is written under a temporary name in the
 * same folder and renamed to path at the end, and is then there to stay, after a power
 * cut too.  With `over` false an existing file is
 * never replaced: SLT_FILE where path exists at the beginning or at the end.  A device or
 * a pipe is written to directly; the path "-" is standard output, which stays open. */
typedef struct slt_output slt_output;
SLT_API slt_status slt_output_begin(const char *path, bool over, slt_output **file,
                                    FILE **stream, slt_error *err);
/* Closes the stream and puts the file in place; where `keep` is false or anything failed,
 * path is left as it was before.  Does nothing where file is NULL. */
SLT_API slt_status slt_output_end(slt_output *file, bool keep, slt_error *err);
/* Writes `size` bytes to path in one call, by the same rules. */
SLT_API slt_status slt_output_write(const char *path, const void *bytes, size_t size,
                                    bool over, slt_error *err);

/* Several files that appear together in an existing folder; a process can have one such
 * set in the making at a time.  The caller writes the files into *inner, a new folder
 * inside `folder`.  The end, with `keep`, moves them into `folder`; with `over` false it
 * first checks that none of their names is taken, and moves none otherwise (SLT_FILE).
 * They are there to stay then.  It removes *inner in any case. */
SLT_API slt_status slt_staging_begin(const char *folder, const char **inner,
                                     slt_error *err);
SLT_API slt_status slt_staging_end(const char *folder, bool keep, bool over,
                                   slt_error *err);

/* Whether memory ran out, since the process began, for a piece of text or bytes.  Pages
 * that go to a stream leave such a piece out, so a program that prints them asks at its
 * end, as it asks whether the stream has an error. */
SLT_API bool slt_text_lost(void);

/* Removes all unfinished files of the functions above, for a process that is about to
 * end; the files that they were to replace stay as they are.  A signal handler may call
 * it. */
SLT_API void slt_files_abandon(void);

SLT_C_END

#endif
