#include "base/pool.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "base/world.h"

/* The tasks of one slt_pool_each, on the stack of its caller. */
typedef struct batch {
    struct batch *older;
    uint64_t id; /* a later batch has a higher one */
    slt_task task;
    void *argument;
    size_t count, begun, done;
} batch;

struct slt_pool {
    pthread_mutex_t mutex;
    pthread_cond_t
        changed; /* a batch was added or finished, a worker is ready, or stop was set */
    batch *newest;
    uint64_t ids;
    bool stop;
    size_t standing; /* workers that have entered their environment */
    slt_status worker_status;
    slt_error worker_error;
    size_t workers;
    pthread_t threads[];
};

/* The newest batch after `id` that has a task not yet started.  Newest first, so that
 * work that was begun ends before other work begins. */
static batch *find_work(const slt_pool *pool, uint64_t id)
{
    for (batch *b = pool->newest; b && b->id > id; b = b->older)
        if (b->begun < b->count)
            return b;
    return NULL;
}

/* Expects the mutex locked, and returns with it locked. */
static void run_one(slt_pool *pool, batch *b)
{
    size_t index = b->begun++;
    slt_world.pthread_mutex_unlock(&pool->mutex);
    b->task(b->argument, index);
    slt_world.pthread_mutex_lock(&pool->mutex);
    if (++b->done == b->count)
        slt_world.pthread_cond_broadcast(&pool->changed);
}

static void worker_enter(slt_pool *pool)
{
    slt_error err;
    slt_status status = slt_fpenv_enter(NULL, &err);
    slt_world.pthread_mutex_lock(&pool->mutex);
    if (status != SLT_OK) {
        pool->worker_status = status;
        pool->worker_error = err;
    }
    pool->standing++;
    slt_world.pthread_cond_broadcast(&pool->changed);
}

static void *worker_run(void *argument)
{
    slt_pool *pool = argument;
    worker_enter(pool);
    while (!pool->stop) {
        batch *b = find_work(pool, 0);
        if (b)
            run_one(pool, b);
        else
            slt_world.pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    slt_world.pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static slt_status start_workers(slt_pool *pool, size_t count, slt_error *err)
{
    for (; pool->workers < count; pool->workers++)
        if (slt_world.pthread_create(&pool->threads[pool->workers], NULL, worker_run,
                                     pool))
            return slt_fail(err, SLT_RESOURCE, "thread %zu of %zu could not be started",
                            pool->workers + 1, count);
    slt_world.pthread_mutex_lock(&pool->mutex);
    while (pool->standing < pool->workers)
        slt_world.pthread_cond_wait(&pool->changed, &pool->mutex);
    slt_world.pthread_mutex_unlock(&pool->mutex);
    return SLT_OK;
}

slt_status slt_pool_fpenv(slt_pool *pool, slt_error *err)
{
    if (!pool || pool->worker_status == SLT_OK)
        return SLT_OK;
    if (err)
        *err = pool->worker_error;
    return pool->worker_status;
}

slt_status slt_pool_create(size_t jobs, slt_pool **made, slt_error *err)
{
    *made = NULL;
    if (!jobs)
        return slt_fail(err, SLT_USAGE, "jobs: expected at least 1 thread, found 0");
    slt_pool *pool = NULL;
    if (jobs < SIZE_MAX / sizeof *pool->threads / 2)
        pool = slt_world.calloc(1, sizeof *pool + (jobs - 1) * sizeof *pool->threads);
    if (!pool)
        return slt_fail(err, SLT_RESOURCE, "no memory for a pool of %zu threads", jobs);
    slt_world.pthread_mutex_init(&pool->mutex, NULL);
    slt_world.pthread_cond_init(&pool->changed, NULL);
    slt_status status = start_workers(pool, jobs - 1, err);
    if (status != SLT_OK)
        slt_pool_free(pool);
    else
        *made = pool;
    return status;
}

void slt_pool_free(slt_pool *pool)
{
    if (!pool)
        return;
    slt_world.pthread_mutex_lock(&pool->mutex);
    SLT_ASSERT(!pool->newest);
    pool->stop = true;
    slt_world.pthread_cond_broadcast(&pool->changed);
    slt_world.pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->workers; i++)
        slt_world.pthread_join(pool->threads[i], NULL);
    slt_world.pthread_cond_destroy(&pool->changed);
    slt_world.pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

size_t slt_pool_threads(const slt_pool *pool)
{
    return pool ? pool->workers + 1 : 1;
}

static void remove_batch(slt_pool *pool, const batch *b)
{
    batch **at = &pool->newest;
    while (*at != b)
        at = &(*at)->older;
    *at = b->older;
}

/* While other threads finish the last tasks of its own batch, the caller helps with
 * newer batches only.  So it never starts a task that is older than the one it is inside
 * of, stacks stay as deep as the nesting, and because every wait is for a newer batch no
 * circle of waits can close. */
static void each_in_pool(slt_pool *pool, batch *own)
{
    slt_world.pthread_mutex_lock(&pool->mutex);
    own->id = ++pool->ids;
    own->older = pool->newest;
    pool->newest = own;
    slt_world.pthread_cond_broadcast(&pool->changed);
    while (own->begun < own->count)
        run_one(pool, own);
    while (own->done < own->count) {
        batch *newer = find_work(pool, own->id);
        if (newer)
            run_one(pool, newer);
        else
            slt_world.pthread_cond_wait(&pool->changed, &pool->mutex);
    }
    remove_batch(pool, own);
    slt_world.pthread_mutex_unlock(&pool->mutex);
}

void slt_pool_each(slt_pool *pool, size_t count, slt_task task, void *argument)
{
    if (!pool || count < 2) {
        for (size_t i = 0; i < count; i++)
            task(argument, i);
        return;
    }
    batch own = {.task = task, .argument = argument, .count = count};
    each_in_pool(pool, &own);
}
