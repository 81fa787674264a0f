/* The folder of a study:
 *
 *   OUT/experiment               name, runs and numbering of the manifest that was run
 *   OUT/lock                     what programs hold while they write here
 *   OUT/traces/000057.trace      finished runs; .trace.part while unfinished
 *   OUT/provenance/000057.json   where and with what it was computed
 *   OUT/resume/000057.snapshot   beside a .part: how to go on
 *
 * A run is known by its experiment, which header, snapshot and lock name; its number is
 * its place in the manifest that was run last.  Several programs may write into a folder:
 * each run is computed by the one that holds its lock.
 *
 * A file has its final name only once its bytes are on the disk, and is never written
 * again: records are written as they come, and finished runs are synced and renamed
 * together, at most every second and at the end (sync.h).  What a crash leaves of the
 * others is found by its hashes, and gone on with or made again. */
#ifndef SLT_RUN_STORE_H
#define SLT_RUN_STORE_H

#include <sltrace/manifest.h>
#include <sltrace/study.h>

#include "run/execute.h"
#include "run/files.h"

/* Largest trace that is read back, 4 GiB less a page where size_t is wide enough. */
#define SLT_TRACE_BYTES_MAX ((size_t)0xfffff000u)

typedef struct slt_store {
    char out[SLT_FILE_PATH_MAX];
    int lock;
    const slt_study_options *options; /* for remarks, and to stop waiting */
} slt_store;

/* The default folder of a manifest, sltrace-out/NAME. */
slt_status slt_store_default(const slt_manifest *manifest, char out[SLT_FILE_PATH_MAX],
                             slt_error *err);
/* Where a run's finished trace lies in a study's folder. */
slt_status slt_store_trace_path(const char *out, size_t run, char path[SLT_FILE_PATH_MAX],
                                slt_error *err);
/* What a study's folder says it is of; "" and 0 where it does not. */
typedef struct slt_store_about {
    char name[256];
    uint64_t runs;
} slt_store_about;
slt_store_about slt_store_about_of(const char *out);
/* SLT_FORMAT naming the first field in which a trace's run is not this one of the
 * manifest's; SLT_OK where it is. */
slt_status slt_store_refuse_other(slt_manifest *manifest, size_t run, const char *path,
                                  const slt_trace *trace, slt_error *err);

/* Makes the folder where it is not there and gives the traces in it the manifest's
 * numbers (slt_store_number).  SLT_FORMAT for a folder of another experiment,
 * SLT_RESOURCE where numbers change while another program computes here. */
slt_status slt_store_open(slt_manifest *manifest, const slt_study_options *options,
                          slt_store *store, slt_error *err);
/* Removes what is empty, lets go of all locks. */
void slt_store_close(slt_store *store);
/* Tells the caller something that is no error. */
void slt_store_remark(const slt_store *store, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes its final name from a file that is no whole trace; it is kept as .trace.damaged,
 * and told with the reason. */
slt_status slt_store_set_aside(const slt_store *store, size_t run, const char *why,
                               slt_error *err);

/* ---- Locks: byte ranges of OUT/lock, let go of with the program ------------------- */

slt_status slt_store_open_lock(slt_store *store, slt_error *err);
/* While a program finds out what is there, no other one does. */
slt_status slt_store_enter(const slt_store *store, slt_error *err);
void slt_store_leave(const slt_store *store);
/* That this program computes here; alone: that no other one does, *got false where one
 * does. */
slt_status slt_store_join(const slt_store *store, bool alone, bool *got, slt_error *err);
/* Whether no other program is here, nor can come before this one has closed. */
bool slt_store_is_last(const slt_store *store);
/* A run, *got false where another program has it. */
slt_status slt_store_take(const slt_store *store, slt_digest experiment, bool *got,
                          slt_error *err);
void slt_store_release(const slt_store *store, slt_digest experiment);

/* ---- Numbers ------------------------------------------------------------------- */

/* Gives every trace and part the number that its run has in the manifest, also traces
 * that were put into OUT/traces under any name; those of other runs make room.  renamed:
 * the folder was not numbered by this manifest.  SLT_FORMAT where it then holds traces,
 * but of none of its runs; SLT_RESOURCE while another program computes here by other
 * numbers. */
slt_status slt_store_number(const slt_store *store, slt_manifest *manifest, bool renamed,
                            slt_error *err);

/* ---- The files of one run ------------------------------------------------------- */

typedef struct slt_run_files {
    char part[SLT_FILE_PATH_MAX], trace[SLT_FILE_PATH_MAX];
    char snapshot[SLT_FILE_PATH_MAX], provenance[SLT_FILE_PATH_MAX];
    char dropped[400]; /* "" or why a snapshot was: for a remark */
    int fd;            /* of the part, -1 while closed */
    uint64_t synced_ns;
    bool unsynced;
    bool leftovers; /* a snapshot, or what an earlier program left, is to be removed */
} slt_run_files;

slt_status slt_run_files_name(const slt_store *store, size_t run, slt_run_files *files,
                              slt_error *err);
/* Whether the part is a whole trace of this run, with its provenance: only its final name
 * is missing.  head: the chain hash of the header that this run must have. */
slt_status slt_run_files_whole(slt_run_files *files, slt_digest head, bool *whole,
                               slt_run_status *ended, slt_error *err);
/* Brings back what an unfinished run left: on SLT_OK *resumed tells whether execution and
 * writer (both fresh) now stand after the last snapshot, with the part cut there and
 * open; otherwise both are as fresh and the part is open and empty. */
slt_status slt_run_files_open(slt_run_files *files, slt_digest experiment,
                              slt_digest head, slt_execution *execution,
                              slt_trace_writer *writer, bool *resumed, slt_error *err);
/* Begins again a run whose trace, that came of a snapshot, contradicts itself. */
slt_status slt_run_files_restart(slt_run_files *files, slt_execution *execution,
                                 slt_trace_writer *writer, slt_error *err);
/* Moves the writer's bytes into the part. */
slt_status slt_run_files_append(slt_run_files *files, slt_trace_writer *writer,
                                slt_error *err);
/* Syncs the part, then puts a snapshot beside it. */
slt_status slt_run_files_snapshot(slt_run_files *files, slt_digest experiment,
                                  const slt_execution *execution,
                                  const slt_trace_writer *writer, slt_error *err);
/* Writes the provenance and closes the part: the run waits for its final name. */
slt_status slt_run_files_finish(slt_run_files *files, const slt_buffer *provenance,
                                slt_error *err);
/* Gives the trace its final name, once its bytes are on the disk. */
slt_status slt_run_files_rename(const slt_run_files *files, slt_error *err);
/* Removes what is left beside a finished trace. */
slt_status slt_run_files_tidy(const slt_run_files *files, slt_error *err);
void slt_run_files_close(slt_run_files *files);

#endif
