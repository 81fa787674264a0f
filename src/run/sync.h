/* Syncs finished runs and gives their traces their final names.
 *
 * A thread syncs all runs that have finished since the last time together, and then
 * renames them: at most once a second, and at the end.  A single syncfs syncs the file
 * system, so that thousands of small files cost one commit of its journal; an fsync of
 * each would cost thousands.  A run keeps its lock until its trace has its final name. */
#ifndef SLT_RUN_SYNC_H
#define SLT_RUN_SYNC_H

#include "run/store.h"

typedef struct slt_syncer slt_syncer;

slt_status slt_syncer_start(const slt_store *store, slt_syncer **syncer, slt_error *err);
/* Hands over a run of this study whose part is whole and closed and whose lock is held.
 * SLT_RESOURCE without memory. */
slt_status slt_syncer_put(slt_syncer *syncer, size_t run, slt_digest experiment,
                          bool leftovers, slt_error *err);
/* Waits until every run handed over has its final name, or has failed to get it. */
void slt_syncer_flush(slt_syncer *syncer);
/* Waits likewise, syncs the names of all finished traces in the folder and frees the
 * syncer.  Returns the first error since the start. */
slt_status slt_syncer_stop(slt_syncer *syncer, slt_error *err);

#endif
