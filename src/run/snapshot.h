/* Snapshots: a run in progress is saved, so that a killed program loses about a second.
 *
 * A snapshot belongs to a trace cut after one of its records; it states the number of
 * records and bytes and the last H_k.  Its own bytes end with their XXH3-128.  If it does
 * not fit the trace, or holds a state that no run reaches, it is dropped and the run
 * starts again.  It is read only where it was written: numbers are eight little-endian
 * bytes, tensors as in a trace, in the order below, without names. */
#ifndef SLT_RUN_SNAPSHOT_H
#define SLT_RUN_SNAPSHOT_H

#include "run/execute.h"

/* The trace that a snapshot belongs to, and where it is cut. */
typedef struct slt_snapshot_place {
    slt_digest experiment;
    uint64_t records, written;
    slt_digest hash; /* H of the last record */
} slt_snapshot_place;

/* Appends a snapshot; bytes latches a failed allocation. */
void slt_snapshot_store(const slt_execution *execution, const slt_snapshot_place *place,
                        slt_buffer *bytes);

/* Fills a freshly created execution.  SLT_FORMAT, with the reason, if the bytes are not a
 * whole snapshot of a run with these shapes. */
slt_status slt_snapshot_load(const uint8_t *bytes, size_t size, slt_execution *execution,
                             slt_snapshot_place *place, slt_error *err);

/* Checks that a run can be in the state of a loaded execution after the records that
 * writer continues from: every number must be one that the run reaches there, and the
 * record that it would write next must be allowed there.  SLT_FORMAT otherwise, naming
 * the field
 * ("chain 1: draws: expected 5, found 9"); the execution must not be used then. */
slt_status slt_snapshot_check(const slt_execution *execution,
                              const slt_trace_writer *writer, slt_error *err);

#endif
