/* Commands on a disk that loses what is not synced, beside others, killed, interrupted,
 * by clocks that leap, with bits that rot: whatever happens, the same command then makes
 * the same bytes; what it said to have made stays; nothing waits for ever.
 *
 *     SLT_SEED=N     one number, what happens by it, and a simpler case if it fails
 *     SLT_SEEDS=N    so many numbers (SLT_LONG=1: 100000), from 1 on
 *     SLT_FIRST=N    or from this one on
 *
 * Compiled with SLT_PLANTED, a name, the program has an error, and must be found out; the
 * numbers begin a little below the one that found it last. */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "simulate/plan.h"
#include "simulate/study.h"
#include "tap.h"

enum {
    WORKERS = 2,
    SEEDS = 400,
    SEEDS_LONG = 100000,
    SEEDS_PLANTED = 10000,
    FAILURES = 5
};
enum { SCENARIOS_MAX = 32 };

/* Sanitizers look at fewer, and take long to find what is planted. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

#ifdef SLT_PLANTED
static const char *const planted = SLT_PLANTED;
enum { FIRST = SLT_PLANTED_FIRST };
#else
static const char *const planted = NULL;
enum { FIRST = 1 };
#endif

typedef struct tally {
    atomic_ulong next; /* number */
    atomic_uint failures;
    atomic_ulong failed; /* the first */
    atomic_ulong seeds[SCENARIOS_MAX], bad[SCENARIOS_MAX];
    atomic_ulong cuts[SCENARIOS_MAX], kills[SCENARIOS_MAX], signals[SCENARIOS_MAX];
    atomic_ulong rots[SCENARIOS_MAX], told[SCENARIOS_MAX], leaps[SCENARIOS_MAX];
    atomic_ulong waited;
} tally;

/* Tells what is wrong, and by how little. */
static void tell(const plan *p)
{
    plan_counts counts = {0};
    plan least = plan_shrink(p);
    schedule_keep_list(true);
    const char *why = plan_try(&least, &counts);
    printf("# SLT_SEED=%" PRIu64 ": %s\n", p->seed, why ? why : "not again");
    plan_print(&least);
    schedule_print_list();
    schedule_keep_list(false);
    fflush(stdout);
}

static void count(tally *t, unsigned i, const plan_counts *c)
{
    t->seeds[i]++;
    t->cuts[i] += c->cuts;
    t->kills[i] += c->kills;
    t->signals[i] += c->signals;
    t->rots[i] += c->rots;
    t->told[i] += c->told;
    t->leaps[i] += c->leaps;
    if (c->waited > t->waited)
        t->waited = c->waited;
}

/* Now and then, whether all of it follows from the number. */
static const char *try_again(const plan *p, const plan_counts *before)
{
    plan_counts counts = {0};
    if (p->seed % 64)
        return NULL;
    plan_try(p, &counts);
    return memcmp(&counts, before, sizeof counts) ? "goes another way the second time"
                                                  : NULL;
}

static void work(tally *t, unsigned long most)
{
    for (unsigned long seed; (seed = atomic_fetch_add(&t->next, 1)) <= most;) {
        plan_counts counts = {0};
        plan p = plan_draw(seed);
        const char *why = plan_try(&p, &counts);
        count(t, p.scenario, &counts);
        if (!why)
            why = try_again(&p, &counts);
        if (!why)
            continue;
        t->bad[p.scenario]++;
        if (planted) {
            t->failed = seed;
            t->next = most + 1;
        }
        if (atomic_fetch_add(&t->failures, 1) < (planted ? 1 : FAILURES))
            tell(&p);
    }
}

static unsigned long number_of(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text ? strtoul(text, NULL, 10) : otherwise;
}

static void campaign(tally *t, unsigned long most)
{
    pid_t pids[WORKERS];
    const unsigned long first = number_of("SLT_FIRST", FIRST);
    t->next = first;
    most += first - 1;
    fflush(stdout);
    for (int i = 0; i < WORKERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            study_separate();
            work(t, most);
            fflush(stdout);
            _exit(0);
        }
    }
    for (int i = 0; i < WORKERS; i++) {
        int how;
        waitpid(pids[i], &how, 0);
        if (how)
            tap_bail("a simulation failed");
    }
}

static void report(const tally *t)
{
    unsigned long seeds = 0, cuts = 0;
    for (unsigned i = 0; i < study_scenario_count; i++) {
        TAP_OK(t->bad[i] == 0,
               "%s: %lu seeds, %lu cuts, %lu kills, %lu signals, %lu bits rotten (%lu "
               "told), %lu leaps of the clock, %lu failed",
               study_scenarios[i].name, t->seeds[i], t->cuts[i], t->kills[i],
               t->signals[i], t->rots[i], t->told[i], t->leaps[i], t->bad[i]);
        seeds += t->seeds[i];
        cuts += t->cuts[i];
    }
    tap_note("%lu seeds, %lu power cuts; a lock that another waited for was kept for %lu "
             "doors at most",
             seeds, cuts, t->waited);
}

int main(void)
{
    tally *t =
        mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        tap_bail("no memory");
    if (planted && sanitized) {
        puts("1..0 # SKIP sanitizers take too long");
        return 0;
    }
    study_begin();
    if (getenv("SLT_SEED")) {
        plan p = plan_draw(number_of("SLT_SEED", 1));
        plan_counts counts = {0};
        plan_print(&p);
        const char *why = plan_try(&p, &counts);
        if (why)
            tell(&p);
        TAP_OK(!why, "seed %" PRIu64 ": %s", p.seed, why ? why : "nothing wrong");
    } else if (planted) {
        campaign(t, number_of("SLT_SEEDS", SEEDS_PLANTED));
        TAP_OK(t->failed > 0, "%s: found by seed %lu", planted, t->failed);
    } else {
        campaign(t, number_of("SLT_SEEDS", getenv("SLT_LONG") ? SEEDS_LONG
                                           : sanitized        ? SEEDS / tap_times(4, 10)
                                                              : SEEDS));
        report(t);
    }
    return tap_done();
}
