/* The folder of a study:
 *
 *   OUT/experiment               name, runs and numbering of the manifest that was run
 *   OUT/lock                     what programs hold while they write here
 *   OUT/traces/000057.trace      finished runs; .trace.part while unfinished
 *   OUT/provenance/000057.json   where and with what it was computed
 *   OUT/resume/000057.snapshot   beside a .part: how to go on
 *
 * A run is known by its experiment, which header, snapshot and lock name; its number is
 * its index in the manifest that was run last.  Several programs may write into a folder:
 * each run is computed by the one that holds its lock.
 *
 * A file has its final name only once its bytes are on the disk, and is never written
 * again: records are written as they come, and finished runs are synced and renamed
 * together, at most once a second and at the end (sync.h).  What a crash leaves of the
 * others is checked by its hashes, and continued or made again. */
#ifndef SLT_RUN_STORE_H
#define SLT_RUN_STORE_H

#include <sltrace/manifest.h>
#include <sltrace/study.h>

#include "run/execute.h"
#include "run/files.h"

/* Largest trace that is read back: 4 GiB less a page if size_t is wide enough. */
#define SLT_TRACE_BYTES_MAX ((size_t)0xfffff000u)

typedef struct slt_store {
    char out[SLT_FILE_PATH_MAX];
    int lock;
    const slt_study_options *options; /* for remarks, and to stop waiting */
} slt_store;

/* The default folder of a manifest, sltrace-out/NAME. */
slt_status slt_store_default(const slt_manifest *manifest, char out[SLT_FILE_PATH_MAX],
                             slt_error *err);
/* The path of a run's finished trace in a study's folder. */
slt_status slt_store_trace_path(const char *out, size_t run, char path[SLT_FILE_PATH_MAX],
                                slt_error *err);
/* The path of a run's provenance, and how large such a file may be. */
#define SLT_PROVENANCE_BYTES_MAX (1u << 20)
slt_status slt_store_provenance_path(const char *out, size_t run,
                                     char path[SLT_FILE_PATH_MAX], slt_error *err);
/* The manifest that a study's folder states; "" and 0 if it states none. */
typedef struct slt_store_about {
    char name[256];
    uint64_t runs;
} slt_store_about;
slt_store_about slt_store_about_of(const char *out);
/* Checks that a trace is of this run of the manifest; otherwise SLT_FORMAT, naming the
 * first field that differs. */
slt_status slt_store_refuse_other(slt_manifest *manifest, size_t run, const char *path,
                                  const slt_trace *trace, slt_error *err);

/* Makes the folder if it does not exist, and gives the traces in it the manifest's
 * numbers (slt_store_number).  SLT_FORMAT if the folder is of another experiment;
 * SLT_RESOURCE if numbers would change while another program computes here. */
slt_status slt_store_open(slt_manifest *manifest, const slt_study_options *options,
                          slt_store *store, slt_error *err);
/* Removes empty folders and releases all locks. */
void slt_store_close(slt_store *store);
/* Gives the caller a remark, which is not an error. */
void slt_store_remark(const slt_store *store, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Renames a file that is not a whole trace to .trace.damaged, with a remark giving the
 * reason. */
slt_status slt_store_set_aside(const slt_store *store, size_t run, const char *why,
                               slt_error *err);

/* ---- Locks: byte ranges of OUT/lock, released when the program ends ---------------- */

slt_status slt_store_open_lock(slt_store *store, slt_error *err);
/* Only one program at a time examines the folder. */
slt_status slt_store_enter(const slt_store *store, slt_error *err);
void slt_store_leave(const slt_store *store);
/* States that this program computes here.  alone: only if no other one does; *got is
 * false if one does. */
slt_status slt_store_join(const slt_store *store, bool alone, bool *got, slt_error *err);
/* Whether no other program is here, and none can come before this one closes. */
bool slt_store_is_last(const slt_store *store);
/* Locks a run; *got is false if another program has it. */
slt_status slt_store_take(const slt_store *store, slt_digest experiment, bool *got,
                          slt_error *err);
void slt_store_release(const slt_store *store, slt_digest experiment);

/* Whether a program holds a run of the study in `out`, which this one need not be in. */
slt_status slt_store_held(const char *out, slt_digest experiment, bool *held,
                          slt_error *err);

/* ---- Numbers ------------------------------------------------------------------- */

/* The number that the stem of a file's name is, written as we write it; SIZE_MAX if it is
 * none. */
size_t slt_store_number_of(const char *stem);
/* Gives every trace and part the number that its run has in the manifest, even traces
 * that were put into OUT/traces under any name; traces of other runs make room.  renamed:
 * the folder was not numbered by this manifest.  SLT_FORMAT if it holds traces then, but
 * of none of its runs; SLT_RESOURCE if another program computes here by other numbers. */
slt_status slt_store_number(const slt_store *store, slt_manifest *manifest, bool renamed,
                            slt_error *err);

/* ---- The files of one run ------------------------------------------------------- */

typedef struct slt_run_files {
    char part[SLT_FILE_PATH_MAX], trace[SLT_FILE_PATH_MAX];
    char snapshot[SLT_FILE_PATH_MAX], provenance[SLT_FILE_PATH_MAX];
    char dropped[400]; /* why a snapshot was dropped, for a remark; or "" */
    int fd;            /* of the part, -1 while closed */
    uint64_t synced_ns;
    bool unsynced;
    bool leftovers; /* there is a snapshot or a part to be removed */
} slt_run_files;

slt_status slt_run_files_name(const slt_store *store, size_t run, slt_run_files *files,
                              slt_error *err);
/* Whether the part is a whole trace of this run, with its provenance, so that only its
 * final name is missing.  head: the chain hash of the header that this run must have. */
slt_status slt_run_files_whole(slt_run_files *files, slt_digest head, bool *whole,
                               slt_run_status *ended, slt_error *err);
/* Opens the part and restores what an unfinished run left.  On SLT_OK, if *resumed,
 * execution and writer (both fresh before) are in the state of the last snapshot and the
 * part is cut there; otherwise both are still fresh and the part is empty. */
slt_status slt_run_files_open(slt_run_files *files, slt_digest experiment,
                              slt_digest head, slt_execution *execution,
                              slt_trace_writer *writer, bool *resumed, slt_error *err);
/* Restarts a run whose trace, continued from a snapshot, contradicts itself. */
slt_status slt_run_files_restart(slt_run_files *files, slt_execution *execution,
                                 slt_trace_writer *writer, slt_error *err);
/* Moves the writer's bytes to the end of the part. */
slt_status slt_run_files_append(slt_run_files *files, slt_trace_writer *writer,
                                slt_error *err);
/* Syncs the part, then writes a snapshot beside it. */
slt_status slt_run_files_snapshot(slt_run_files *files, slt_digest experiment,
                                  const slt_execution *execution,
                                  const slt_trace_writer *writer, slt_error *err);
/* Writes the provenance and closes the part, which then waits for its final name. */
slt_status slt_run_files_finish(slt_run_files *files, const slt_buffer *provenance,
                                slt_error *err);
/* Gives the trace its final name.  Its bytes must be on the disk. */
slt_status slt_run_files_rename(const slt_run_files *files, slt_error *err);
/* Removes what is left beside a finished trace. */
slt_status slt_run_files_tidy(const slt_run_files *files, slt_error *err);
void slt_run_files_close(slt_run_files *files);

#endif
