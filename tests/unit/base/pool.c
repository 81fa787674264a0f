#include "base/pool.h"

#include <fenv.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/fpenv.h"
#include "tap.h"

enum { OUTER = 40, INNER = 7 };

typedef struct shared {
    slt_pool *pool;
    atomic_int runs[OUTER][INNER];
    atomic_int unfit;
} shared;

typedef struct row {
    shared *all;
    size_t outer;
} row;

static void inner(void *argument, size_t index)
{
    row *r = argument;
    atomic_fetch_add(&r->all->runs[r->outer][index], 1);
    atomic_fetch_add(&r->all->unfit, slt_fpenv_check(NULL) != SLT_OK);
}

static void outer(void *argument, size_t index)
{
    row r = {argument, index};
    slt_pool_each(r.all->pool, INNER, inner, &r);
    for (int i = 0; i < INNER; i++)
        if (atomic_load(&r.all->runs[index][i]) != 1)
            atomic_fetch_add(&r.all->runs[index][i], 1000);
}

static bool each_once(shared *all)
{
    bool once = true;
    for (int o = 0; o < OUTER; o++)
        for (int i = 0; i < INNER; i++)
            once &= atomic_exchange(&all->runs[o][i], 0) == 1;
    return once;
}

static void test_nested(size_t jobs)
{
    static shared all;
    all.pool = NULL;
    TAP_OK(jobs == 0 || slt_pool_create(jobs, &all.pool, NULL) == SLT_OK, "a pool of %zu",
           jobs);
    bool once = true;
    for (int round = 0; round < 50; round++) {
        slt_pool_each(all.pool, OUTER, outer, &all);
        once &= each_once(&all);
    }
    TAP_OK(once, "%zu jobs: each index once, batches whole when the call returns", jobs);
    TAP_OK(atomic_load(&all.unfit) == 0, "%zu jobs: every task in the environment", jobs);
    slt_pool_free(all.pool);
}

typedef struct order {
    size_t next;
    bool ascending;
} order;

static void in_order(void *argument, size_t index)
{
    order *o = argument;
    o->ascending &= index == o->next++;
}

static void test_order(void)
{
    order o = {0, true};
    slt_pool_each(NULL, 100, in_order, &o);
    TAP_OK(o.ascending && o.next == 100, "no pool: all, in order");
    slt_pool *pool = NULL;
    slt_pool_create(1, &pool, NULL);
    o = (order){0, true};
    slt_pool_each(pool, 100, in_order, &o);
    TAP_OK(o.ascending && o.next == 100, "one job: all, in order");
    slt_pool_each(pool, 0, in_order, &o);
    TAP_OK(o.next == 100, "no index: no call");
    slt_pool_free(pool);
}

/* Two chains that wait for each other can only end on two threads: the helper is whoever
 * has nothing left to do. */
typedef struct meeting {
    slt_pool *pool;
    pthread_barrier_t barrier;
    int met;
} meeting;

static void meet(void *argument, size_t index)
{
    meeting *m = argument;
    (void)index;
    if (pthread_barrier_wait(&m->barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
        m->met++;
}

static void long_and_short(void *argument, size_t index)
{
    meeting *m = argument;
    if (index == 1)
        slt_pool_each(m->pool, 2, meet, m);
}

static void test_idle_helps(void)
{
    meeting m = {0};
    pthread_barrier_init(&m.barrier, NULL, 2);
    slt_pool_create(2, &m.pool, NULL);
    alarm(60);
    for (int i = 0; i < 200; i++)
        slt_pool_each(m.pool, 2, long_and_short, &m);
    alarm(0);
    TAP_OK(m.met == 200, "whoever is idle helps, the caller of the outer batch too");
    slt_pool_free(m.pool);
    pthread_barrier_destroy(&m.barrier);
}

typedef struct look {
    pthread_barrier_t barrier;
    atomic_int unfit;
} look;

static void look_around(void *argument, size_t index)
{
    look *l = argument;
    (void)index;
    pthread_barrier_wait(&l->barrier);
    atomic_fetch_add(&l->unfit, slt_fpenv_check(NULL) != SLT_OK);
}

/* Threads inherit the environment of the one that starts them.  The barrier makes each
 * of the three take one task. */
static void test_environment(void)
{
    slt_pool *pool = NULL;
    look l = {.unfit = 0};
    pthread_barrier_init(&l.barrier, NULL, 3);
    fesetround(FE_UPWARD);
    slt_status status = slt_pool_create(3, &pool, NULL);
    slt_fpenv_enter(NULL, NULL);
    TAP_OK(status == SLT_OK, "a pool started from a wrong environment");
    slt_pool_each(pool, 3, look_around, &l);
    TAP_OK(atomic_load(&l.unfit) == 0, "its workers set theirs right");
    slt_pool_free(pool);
    pthread_barrier_destroy(&l.barrier);
}

int main(void)
{
    for (size_t jobs = 0; jobs <= 5; jobs++)
        test_nested(jobs);
    test_order();
    test_idle_helps();
    test_environment();
    return tap_done();
}
