/* Who goes on: processes and their threads, one at a time.  Each that is not the one
 * waits; the one goes on until it calls the system (a door), waits for another, or ends.
 * Who is next, when the clock leaps, and when a process is interrupted, killed or loses
 * its power follows from one number. */
#ifndef SLT_TESTS_SIMULATE_SCHEDULE_H
#define SLT_TESTS_SIMULATE_SCHEDULE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

enum { PROCESSES_MAX = 3, DOORS_MAX = 30000 };

typedef enum event_kind {
    EVENT_NONE,
    EVENT_CUT,    /* the power goes for all of them */
    EVENT_KILL,   /* one of them is killed */
    EVENT_SIGNAL, /* the one that goes on gets SIGTERM */
    EVENT_KINDS
} event_kind;

typedef struct schedule_plan {
    unsigned switching; /* per mille: at a door another goes on */
    unsigned leaping;   /* per mille: a look at the clock finds it far ahead, or back */
    uint64_t tick_ns;   /* a look at the clock takes up to twice this */
    event_kind kind;
    unsigned long at; /* the door, from 0 */
} schedule_plan;

typedef enum schedule_ending {
    ENDED_ITSELF, /* how: as waitpid tells */
    ENDED_KILLED,
    ENDED_CUT,
    ENDED_STUCK, /* waits for what nobody will do, or goes on for ever */
    ENDED_SLOW   /* a door without end, by a real clock */
} schedule_ending;

typedef struct schedule_result {
    schedule_ending ending[PROCESSES_MAX];
    int how[PROCESSES_MAX];
    bool happened;        /* the event */
    unsigned long doors;  /* passed by all */
    unsigned long waited; /* most doors that one kept a lock for which another waited */
    unsigned leaps;
} schedule_result;

/* Makes the memory that all share; `ended` is told of each process that has ended. */
void schedule_begin(void (*ended)(unsigned process));
/* Gives the process, and those it forks from now on, a schedule of their own. */
void schedule_separate(void);
/* What follows depends on this number and the plans alone. */
void schedule_seed(uint64_t seed);
uint64_t *schedule_draws(void);
/* Keeps a list of what happens from now on, or no longer; prints it: the events, the
 * doors before each, and where another went on. */
void schedule_keep_list(bool keep);
void schedule_print_list(void);

/* Runs `count` processes, each by run(context, its number), which returns its exit
 * status, until all have ended. */
void schedule_run(const schedule_plan *plan, unsigned count,
                  int (*run)(void *context, unsigned process), void *context,
                  schedule_result *result);

/* ---- Called by those that run ------------------------------------------------------ */

/* A moment before a call of the system, by its name and what it is about. */
void schedule_door(const char *call, const char *about);
/* A line for the list of what happened, which is kept if it is asked for. */
void schedule_tell(const char *text);

unsigned schedule_process(void);
void schedule_now(bool wall, struct timespec *now);
void schedule_sleep(const struct timespec *wait);
/* Finds a lock taken by another process: how many doors that one goes through meanwhile
 * tells for how long it keeps it; and gets a lock. */
void schedule_find_taken(unsigned by);
void schedule_got_lock(void);

int schedule_thread(pthread_t *thread, const pthread_attr_t *with, void *(*run)(void *),
                    void *argument);
int schedule_join(pthread_t thread, void **result);
int schedule_once(pthread_once_t *once, void (*call)(void));
int schedule_lock(pthread_mutex_t *mutex);
int schedule_unlock(pthread_mutex_t *mutex);
int schedule_wait(pthread_cond_t *changed, pthread_mutex_t *mutex);
int schedule_wait_until(pthread_cond_t *changed, pthread_mutex_t *mutex,
                        const struct timespec *end);
int schedule_wake(pthread_cond_t *changed, bool all);

#endif
