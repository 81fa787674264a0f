/* A fixed set of worker threads that carry out independent tasks.  A task is a run, a
 * chain, a segment or some of the numbers of a value, never a part of a reduction: what
 * it computes does not depend on the worker, on the order of tasks or on their number. */
#ifndef SLT_BASE_POOL_H
#define SLT_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/status.h>

typedef struct slt_pool slt_pool;

/* A task: task(argument, index), run once for every index in [0, count). */
typedef void (*slt_task)(void *argument, size_t index);

/* Creates a pool of `jobs` >= 1 threads, of which the caller is one, so that jobs - 1
 * are started.  Every worker first sets its floating-point environment.  slt_pool_fpenv
 * returns SLT_OK if all could; only what computes in floats has to ask.  pool may be
 * NULL there. */
slt_status slt_pool_create(size_t jobs, slt_pool **pool, slt_error *err);
slt_status slt_pool_fpenv(slt_pool *pool, slt_error *err);
void slt_pool_free(slt_pool *pool);
/* The caller of slt_pool_create included; 1 of none. */
size_t slt_pool_threads(const slt_pool *pool);

/* Runs task for all indices, started in ascending order, and returns when all are done.
 * A task may call it again: the caller then works on its own batch and idle workers
 * help, so that runs and the chains inside them share the same threads without deadlock.
 * Where pool is NULL the caller does everything itself, in order. */
void slt_pool_each(slt_pool *pool, size_t count, slt_task task, void *argument);

#endif
