/* A fixed set of worker threads and a list of independent tasks.  Tasks divide runs,
 * chains or segments, never a reduction: what a task computes does not depend on the
 * worker, on the order of tasks or on their number. */
#ifndef SLT_BASE_POOL_H
#define SLT_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/status.h>

typedef struct slt_pool slt_pool;

/* A task: task(argument, index), run once for every index in [0, count). */
typedef void (*slt_task)(void *argument, size_t index);

/* jobs >= 1 threads in all, the caller's among them (so jobs - 1 are started).  Every
 * worker enters the floating-point environment first; slt_pool_fpenv tells whether all
 * could (pool may be NULL), which only what computes in floats has to ask. */
slt_status slt_pool_create(size_t jobs, slt_pool **pool, slt_error *err);
slt_status slt_pool_fpenv(slt_pool *pool, slt_error *err);
void slt_pool_free(slt_pool *pool);

/* Runs task for all indices, begun in ascending order, and returns when all are done.
 * May be called from inside a task: the caller works on its own batch and idle workers
 * help, so runs and the chains inside a run share the same threads without deadlock.
 * pool may be NULL: then the caller does everything itself, in order. */
void slt_pool_each(slt_pool *pool, size_t count, slt_task task, void *argument);

#endif
