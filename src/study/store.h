/* The folder of a study:
 *
 *   OUT/experiment               name, number and root of the experiments in it
 *   OUT/lock                     held while a program writes here
 *   OUT/traces/000057.trace      finished runs; .trace.part while unfinished
 *   OUT/provenance/000057.json   where and with what it was computed
 *   OUT/resume/000057.snapshot   beside a .part: how to go on
 *
 * A finished trace is never written again.  Records are written as they come, synced at
 * most every second and before the final rename. */
#ifndef SLT_STUDY_STORE_H
#define SLT_STUDY_STORE_H

#include <sltrace/manifest.h>

#include "study/execute.h"
#include "study/files.h"

/* Largest trace that is read back, 4 GiB less a page where size_t is wide enough. */
#define SLT_TRACE_BYTES_MAX ((size_t)0xfffff000u)

typedef struct slt_store {
    char out[SLT_FILE_PATH_MAX];
    int lock;
} slt_store;

/* The default folder of a manifest, sltrace-out/NAME. */
slt_status slt_store_default(const slt_manifest *manifest, char out[SLT_FILE_PATH_MAX],
                             slt_error *err);
/* Where a run's finished trace lies in a study's folder. */
slt_status slt_store_trace_path(const char *out, size_t run, char path[SLT_FILE_PATH_MAX],
                                slt_error *err);

/* SLT_FORMAT naming the first field in which a trace's run is not this one of the
 * manifest's; SLT_OK where it is. */
slt_status slt_store_refuse_other(slt_manifest *manifest, size_t run, const char *path,
                                  const slt_trace *trace, slt_error *err);

/* Makes the folder where it is not there, takes its lock (SLT_RESOURCE while another
 * program has it) and refuses a folder of another experiment (SLT_FORMAT). */
slt_status slt_store_open(slt_manifest *manifest, const char *out, slt_store *store,
                          slt_error *err);
/* Removes what is empty, lets go of the lock. */
void slt_store_close(slt_store *store);

/* The files of one run that is being computed. */
typedef struct slt_run_files {
    char part[SLT_FILE_PATH_MAX], trace[SLT_FILE_PATH_MAX];
    char snapshot[SLT_FILE_PATH_MAX], provenance[SLT_FILE_PATH_MAX];
    char traces[SLT_FILE_PATH_MAX];
    int fd; /* of the part, -1 while closed */
    uint64_t synced_ns;
    bool unsynced;
} slt_run_files;

slt_status slt_run_files_name(const slt_store *store, size_t run, slt_run_files *files,
                              slt_error *err);
/* Brings back what an unfinished run left: on SLT_OK *resumed tells whether execution and
 * writer (both fresh) now stand after the last snapshot, with the part cut there and
 * open; otherwise both are as fresh and the part is open and empty.  head: the chain hash
 * of the header that this run must have. */
slt_status slt_run_files_open(slt_run_files *files, slt_digest experiment,
                              slt_digest head, slt_execution *execution,
                              slt_trace_writer *writer, bool *resumed, slt_error *err);
/* Moves the writer's bytes into the part. */
slt_status slt_run_files_append(slt_run_files *files, slt_trace_writer *writer,
                                slt_error *err);
/* Syncs the part, then puts a snapshot beside it. */
slt_status slt_run_files_snapshot(slt_run_files *files, slt_digest experiment,
                                  const slt_execution *execution,
                                  const slt_trace_writer *writer, slt_error *err);
/* Writes the provenance, gives the trace its final name, removes the leftovers. */
slt_status slt_run_files_finish(slt_run_files *files, const slt_buffer *provenance,
                                slt_error *err);
/* Leftovers of a run whose trace is finished. */
slt_status slt_run_files_tidy(const slt_run_files *files, slt_error *err);
void slt_run_files_close(slt_run_files *files);

#endif
