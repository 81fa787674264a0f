/* Finished runs on their way to their final names.
 *
 * A thread syncs what has been finished since it last did, all in one go, and then
 * renames it: at most once a second, and at the end.  One call syncs the file system
 * (syncfs): thousands of small files a second cost one commit of its journal, where an
 * fsync of each costs thousands.  A run keeps its lock until its trace has its name. */
#ifndef SLT_RUN_SYNC_H
#define SLT_RUN_SYNC_H

#include "run/store.h"

typedef struct slt_syncer slt_syncer;

slt_status slt_syncer_start(const slt_store *store, slt_syncer **syncer, slt_error *err);
/* A run of this study whose part is whole and closed, and whose lock is held.
 * SLT_RESOURCE without memory. */
slt_status slt_syncer_put(slt_syncer *syncer, size_t run, slt_digest experiment,
                          bool leftovers, slt_error *err);
/* Waits until all that was put has its name, or cannot have it. */
void slt_syncer_flush(slt_syncer *syncer);
/* The same, and the names are there to stay; the first error since the start.  Frees. */
slt_status slt_syncer_stop(slt_syncer *syncer, slt_error *err);

#endif
