/* Snapshots: a run under way, put aside so that a killed program loses a second.
 *
 * A snapshot belongs to a trace cut after one of its records: it names how many, how many
 * bytes and the last H_k.  Its own bytes carry an XXH3-128; one that does not fit in any
 * way, or that no run reaches, is no snapshot, and the run begins again.  It never
 * travels: numbers are stored as eight little-endian bytes, tensors as in a trace, in the
 * order below, without names. */
#ifndef SLT_RUN_SNAPSHOT_H
#define SLT_RUN_SNAPSHOT_H

#include "run/execute.h"

/* Which cut of which trace a snapshot belongs to. */
typedef struct slt_snapshot_place {
    slt_digest experiment;
    uint64_t records, written;
    slt_digest hash; /* H of the last record */
} slt_snapshot_place;

/* Appends a snapshot; a failed allocation latches in bytes. */
void slt_snapshot_store(const slt_execution *execution, const slt_snapshot_place *place,
                        slt_buffer *bytes);

/* Fills a freshly created execution.  SLT_FORMAT where the bytes are not a whole snapshot
 * of this run's shapes, with a few words on why. */
slt_status slt_snapshot_load(const uint8_t *bytes, size_t size, slt_execution *execution,
                             slt_snapshot_place *place, slt_error *err);

/* Whether a run can stand where a loaded execution does, behind the records that writer
 * goes on from: every number is one that the run reaches there, and what it would write
 * next may come next.  SLT_FORMAT saying what is not so ("chain 1: draws: expected 5,
 * found 9"); nothing of it may be carried on then. */
slt_status slt_snapshot_check(const slt_execution *execution,
                              const slt_trace_writer *writer, slt_error *err);

#endif
