/* Snapshots: a run under way, put aside so that a killed program loses a second.
 *
 * A snapshot belongs to a trace cut after one of its records: it names how many, how many
 * bytes and the last H_k.  Its own bytes carry an XXH3-128; one that does not fit in any
 * way is no snapshot, and the run begins again.  It never travels: numbers are stored as
 * eight little-endian bytes, tensors as in a trace, in the order below, without names. */
#ifndef SLT_STUDY_SNAPSHOT_H
#define SLT_STUDY_SNAPSHOT_H

#include "study/execute.h"

/* Which cut of which trace a snapshot belongs to. */
typedef struct slt_snapshot_place {
    slt_digest experiment;
    uint64_t records, written;
    slt_digest hash; /* H of the last record */
} slt_snapshot_place;

/* Appends a snapshot; a failed allocation latches in bytes. */
void slt_snapshot_store(const slt_execution *execution, const slt_snapshot_place *place,
                        slt_buffer *bytes);

/* Fills a freshly created execution; chains of the estimate under way come back when it
 * goes on.  SLT_FORMAT where the bytes are not a whole snapshot of this run's shapes. */
slt_status slt_snapshot_load(const uint8_t *bytes, size_t size, slt_execution *execution,
                             slt_snapshot_place *place, slt_error *err);

/* Fills the created chains from execution->frozen_chains and empties it. */
slt_status slt_snapshot_thaw(slt_execution *execution, slt_error *err);

#endif
