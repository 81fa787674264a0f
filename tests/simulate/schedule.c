#include "simulate/schedule.h"

#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "simulate/draw.h"
#include "tap.h"

#define NS 1000000000u
#define NEVER UINT64_MAX

enum {
    TASKS_MAX = 64,
    LINES_MAX = 1 << 15,
    LINE_BYTES = 128,
    LINES_SHOWN = 16,
    PATIENCE_MS = 120000
};

typedef enum task_state { READY, WAITS, ENDED } task_state;

/* A thread of a process. */
typedef struct task {
    atomic_int turn;
    task_state state;
    unsigned process;
    const void *on; /* what it waits for, an address of its process */
    uint64_t until; /* or the time that it waits for */
    bool late;      /* that came */
    void *(*run)(void *argument);
    void *argument;
    pthread_t thread;
} task;

typedef struct process {
    pid_t pid;
    int tells, told; /* a pipe to the one who runs them all; its end is the process's */
    bool alive;
    unsigned long doors;       /* of its own */
    unsigned waits_for;        /* the process that has the lock; PROCESSES_MAX: none */
    unsigned long waits_since; /* that one's doors then */
} process;

/* What a process tells: */
enum { HAS_ENDED = 'e', POWER_IS_OFF = 'c', KILL_ONE = 'k', IS_STUCK = 's' };

typedef struct schedule {
    uint64_t draws;
    schedule_plan plan;
    unsigned long doors, waited;
    bool happened;
    uint64_t now;
    int64_t wall_ahead;
    unsigned leaps, task_count, process_count;
    task tasks[TASKS_MAX];
    process processes[PROCESSES_MAX];
    bool keeps_list;
    size_t lines;
    char list[LINES_MAX][LINE_BYTES];
} schedule;

static schedule *s;
static void (*tell_ended)(unsigned process);
static unsigned own; /* of this process */
static _Thread_local task *me;
static unsigned steady; /* nobody else goes on while it is not 0 */

void schedule_separate(void)
{
    s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (s == MAP_FAILED)
        tap_bail("no memory for a schedule");
}

void schedule_begin(void (*ended)(unsigned process))
{
    tell_ended = ended;
    schedule_separate();
}

void schedule_seed(uint64_t seed)
{
    s->draws = seed;
    s->now = 1000 * (uint64_t)NS;
    s->wall_ahead = 1700000000 * (int64_t)NS;
    s->lines = 0;
}

uint64_t *schedule_draws(void)
{
    return &s->draws;
}

unsigned schedule_process(void)
{
    return own;
}

/* ---- The list ---------------------------------------------------------------------- */

void schedule_keep_list(bool keep)
{
    s->keeps_list = keep;
    s->lines = 0;
}

static void list_line(char mark, const char *text, const char *about)
{
    if (!s->keeps_list || s->lines == LINES_MAX)
        return;
    snprintf(s->list[s->lines++], LINE_BYTES, "%c %lu %c: %.20s%s%.90s", mark, s->doors,
             'A' + (char)own, text, *about ? " " : "", about);
}

void schedule_tell(const char *text)
{
    list_line('*', "", text);
}

void schedule_print_list(void)
{
    for (size_t i = 0; i < s->lines; i++) {
        bool near = s->list[i][0] != ' ' || i + LINES_SHOWN >= s->lines;
        for (size_t j = i; j < s->lines && j < i + LINES_SHOWN && !near; j++)
            near = s->list[j][0] == '!';
        if (near)
            printf("#   %s\n", s->list[i]);
    }
}

/* ---- Taking turns ------------------------------------------------------------------ */

static void await_turn(task *t)
{
    while (!atomic_load(&t->turn))
        syscall(SYS_futex, &t->turn, FUTEX_WAIT, 0, NULL, NULL, 0);
    atomic_store(&t->turn, 0);
}

static void give_turn(task *t)
{
    atomic_store(&t->turn, 1);
    syscall(SYS_futex, &t->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static bool may_go_on(const task *t)
{
    return t->state == READY || (t->state == WAITS && t->until <= s->now);
}

static uint64_t soonest(void)
{
    uint64_t least = NEVER;
    for (unsigned i = 0; i < s->task_count; i++)
        if (s->tasks[i].state == WAITS && s->tasks[i].until < least)
            least = s->tasks[i].until;
    return least;
}

/* The next to go on; NULL where all wait for each other. */
static task *choose(void)
{
    task *able[TASKS_MAX];
    unsigned count = 0;
    for (int again = 0; again < 2 && !count; again++) {
        for (unsigned i = 0; i < s->task_count; i++)
            if (may_go_on(&s->tasks[i]))
                able[count++] = &s->tasks[i];
        if (!count && soonest() != NEVER)
            s->now = soonest();
    }
    if (!count)
        return NULL;
    task *next = able[draw_below(&s->draws, count)];
    next->late = next->state == WAITS;
    next->state = READY;
    return next;
}

static void tell_runner(char what)
{
    if (write(s->processes[own].tells, &what, 1) != 1)
        _exit(99);
}

static void go_on_with(task *next)
{
    if (next == me)
        return;
    if (next && next->process != own)
        list_line('>', "another goes on", "");
    if (next)
        give_turn(next);
    else
        tell_runner(IS_STUCK);
    await_turn(me);
}

/* Waits for `on`, or until a time; true where that came. */
static bool await(const void *on, uint64_t until)
{
    me->state = WAITS;
    me->on = on;
    me->until = until;
    go_on_with(choose());
    me->until = NEVER;
    return me->late;
}

static void wake(const void *on, bool all)
{
    task *waiting[TASKS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < s->task_count; i++) {
        task *t = &s->tasks[i];
        if (t->state == WAITS && t->process == own && t->on == on)
            waiting[count++] = t;
    }
    if (count && !all)
        waiting[0] = waiting[draw_below(&s->draws, count)];
    for (unsigned i = 0; i < (all ? count : count > 0); i++) {
        waiting[i]->state = READY;
        waiting[i]->late = false;
    }
}

/* ---- Doors ------------------------------------------------------------------------- */

static void let_others(void)
{
    if (!steady && draw_chance(&s->draws, s->plan.switching))
        go_on_with(choose());
}

static void make_happen(void)
{
    s->happened = true;
    if (s->plan.kind == EVENT_SIGNAL) {
        list_line('!', "SIGTERM", "");
        raise(SIGTERM);
        return;
    }
    list_line('!', s->plan.kind == EVENT_CUT ? "the power goes" : "one is killed", "");
    tell_runner(s->plan.kind == EVENT_CUT ? POWER_IS_OFF : KILL_ONE);
    await_turn(me);
}

void schedule_door(const char *call, const char *about)
{
    list_line(' ', call, about);
    if (s->doors++ == s->plan.at && s->plan.kind != EVENT_NONE)
        make_happen();
    s->processes[own].doors++;
    if (s->doors > DOORS_MAX) {
        tell_runner(IS_STUCK);
        await_turn(me);
    }
    let_others();
}

/* ---- The clock --------------------------------------------------------------------- */

/* The one clock only goes forward, now and then by hours; the wall's goes back too. */
static void leap(void)
{
    static const uint64_t far[] = {NS / 2, 3 * (uint64_t)NS, 7200 * (uint64_t)NS};
    s->leaps++;
    s->now += draw_below(&s->draws, far[draw_below(&s->draws, 3)]);
    s->wall_ahead +=
        (int64_t)draw_below(&s->draws, 200000 * (uint64_t)NS) - 100000 * (int64_t)NS;
}

void schedule_now(bool wall, struct timespec *now)
{
    s->now += draw_below(&s->draws, 2 * s->plan.tick_ns);
    if (draw_chance(&s->draws, s->plan.leaping))
        leap();
    uint64_t ns = wall ? s->now + (uint64_t)s->wall_ahead : s->now;
    now->tv_sec = (time_t)(ns / NS);
    now->tv_nsec = (long)(ns % NS);
}

void schedule_sleep(const struct timespec *wait)
{
    await(NULL, s->now + (uint64_t)wait->tv_sec * NS + (uint64_t)wait->tv_nsec);
}

void schedule_find_taken(unsigned by)
{
    process *p = &s->processes[own];
    const unsigned long doors = s->processes[by].doors;
    if (p->waits_for != by)
        p->waits_since = doors;
    p->waits_for = by;
    if (doors - p->waits_since > s->waited)
        s->waited = doors - p->waits_since;
}

void schedule_got_lock(void)
{
    s->processes[own].waits_for = PROCESSES_MAX;
}

/* ---- Threads ----------------------------------------------------------------------- */

static task *add_task(unsigned of)
{
    if (s->task_count == TASKS_MAX)
        tap_bail("too many threads");
    task *t = &s->tasks[s->task_count++];
    *t = (task){.process = of, .until = NEVER, .state = READY};
    return t;
}

static void *begin_task(void *argument)
{
    me = argument;
    await_turn(me);
    void *result = me->run(me->argument);
    me->state = ENDED;
    wake(me, true);
    task *next = choose();
    if (next)
        give_turn(next);
    else
        tell_runner(IS_STUCK);
    return result;
}

int schedule_thread(pthread_t *thread, const pthread_attr_t *with, void *(*run)(void *),
                    void *argument)
{
    task *t = add_task(own);
    t->run = run;
    t->argument = argument;
    int failed = pthread_create(thread, with, begin_task, t);
    t->thread = *thread;
    if (failed)
        t->state = ENDED;
    else
        let_others();
    return failed;
}

int schedule_join(pthread_t thread, void **result)
{
    for (unsigned i = 0; i < s->task_count; i++) {
        task *t = &s->tasks[i];
        if (t->process == own && t != me && t->run && pthread_equal(t->thread, thread))
            while (t->state != ENDED)
                await(t, NEVER);
    }
    return pthread_join(thread, result);
}

int schedule_once(pthread_once_t *once, void (*call)(void))
{
    steady++;
    int failed = pthread_once(once, call);
    steady--;
    return failed;
}

int schedule_lock(pthread_mutex_t *mutex)
{
    let_others();
    while (pthread_mutex_trylock(mutex) == EBUSY)
        await(mutex, NEVER);
    return 0;
}

int schedule_unlock(pthread_mutex_t *mutex)
{
    int failed = pthread_mutex_unlock(mutex);
    wake(mutex, true);
    return failed;
}

int schedule_wait_until(pthread_cond_t *changed, pthread_mutex_t *mutex,
                        const struct timespec *end)
{
    uint64_t until = end ? (uint64_t)end->tv_sec * NS + (uint64_t)end->tv_nsec : NEVER;
    schedule_unlock(mutex);
    bool late = await(changed, until);
    schedule_lock(mutex);
    return late ? ETIMEDOUT : 0;
}

int schedule_wait(pthread_cond_t *changed, pthread_mutex_t *mutex)
{
    return schedule_wait_until(changed, mutex, NULL);
}

int schedule_wake(pthread_cond_t *changed, bool all)
{
    wake(changed, all);
    return 0;
}

/* ---- All of them ------------------------------------------------------------------- */

static void begin_process(unsigned number, int (*run)(void *context, unsigned process),
                          void *context)
{
    int ends[2];
    task *t = add_task(number);
    process *p = &s->processes[number];
    if (pipe(ends))
        tap_bail("no pipe");
    *p = (process){
        .told = ends[0], .tells = ends[1], .alive = true, .waits_for = PROCESSES_MAX};
    fflush(stdout);
    pid_t pid = fork();
    if (pid < 0)
        tap_bail("cannot fork");
    if (pid > 0) {
        p->pid = pid;
        close(ends[1]);
        return;
    }
    for (unsigned i = 0; i <= number; i++)
        close(s->processes[i].told);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    own = number;
    me = t;
    await_turn(me);
    int status = run(context, number);
    tell_runner(HAS_ENDED);
    _exit(status);
}

static void end_process(unsigned number, schedule_ending ending, schedule_result *result)
{
    process *p = &s->processes[number];
    if (!p->alive)
        return;
    if (ending != ENDED_ITSELF)
        kill(p->pid, SIGKILL);
    waitpid(p->pid, &result->how[number], 0);
    close(p->told);
    p->alive = false;
    result->ending[number] = ending;
    for (unsigned i = 0; i < s->task_count; i++)
        if (s->tasks[i].process == number)
            s->tasks[i].state = ENDED;
    tell_ended(number);
}

static void end_all(schedule_ending ending, schedule_result *result)
{
    for (unsigned i = 0; i < s->process_count; i++)
        end_process(i, ending, result);
}

/* The number of the process that tells something, or that has ended without a word;
 * PROCESSES_MAX where none does. */
static unsigned await_word(char *what)
{
    struct pollfd all[PROCESSES_MAX];
    for (unsigned i = 0; i < s->process_count; i++)
        all[i] = (struct pollfd){.fd = s->processes[i].alive ? s->processes[i].told : -1,
                                 .events = POLLIN};
    while (poll(all, s->process_count, PATIENCE_MS) < 0 && errno == EINTR)
        continue;
    for (unsigned i = 0; i < s->process_count; i++)
        if (all[i].revents) {
            if (read(all[i].fd, what, 1) != 1)
                *what = HAS_ENDED;
            return i;
        }
    return PROCESSES_MAX;
}

static unsigned choose_alive(void)
{
    unsigned alive[PROCESSES_MAX], count = 0;
    for (unsigned i = 0; i < s->process_count; i++)
        if (s->processes[i].alive)
            alive[count++] = i;
    return alive[draw_below(&s->draws, count)];
}

static void hear(schedule_result *result)
{
    char what = 0;
    unsigned who = await_word(&what);
    if (who == PROCESSES_MAX)
        end_all(ENDED_SLOW, result);
    else if (what == HAS_ENDED)
        end_process(who, ENDED_ITSELF, result);
    else if (what == POWER_IS_OFF)
        end_all(ENDED_CUT, result);
    else if (what == KILL_ONE)
        end_process(choose_alive(), ENDED_KILLED, result);
    else
        end_all(ENDED_STUCK, result);
}

static bool any_alive(void)
{
    for (unsigned i = 0; i < s->process_count; i++)
        if (s->processes[i].alive)
            return true;
    return false;
}

void schedule_run(const schedule_plan *plan, unsigned count,
                  int (*run)(void *context, unsigned process), void *context,
                  schedule_result *result)
{
    *result = (schedule_result){.happened = false};
    s->plan = *plan;
    s->doors = s->waited = 0;
    s->happened = false;
    s->leaps = s->task_count = 0;
    s->process_count = count;
    memset(s->processes, 0, sizeof s->processes);
    for (unsigned i = 0; i < count; i++)
        begin_process(i, run, context);
    while (any_alive()) {
        task *next = choose();
        if (next) {
            give_turn(next);
            hear(result);
        } else {
            end_all(ENDED_STUCK, result);
        }
    }
    result->happened = s->happened;
    result->doors = s->doors;
    result->waited = s->waited;
    result->leaps = s->leaps;
}
