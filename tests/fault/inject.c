/* Whatever call of the system fails, a command says so and exits with status 2, or it
 * does what it would have done; and given again, it does.  Each command of
 * inject/scenarios.c is run in a child process over a world in which one call fails: the
 * Nth of its name, once or from there on, by each error that it can have, or is cut
 * short.  A seeded sample of the places is taken, among them one of each command and
 * call; SLT_LONG=1 takes all.
 *
 *     SLT_SEED=N          another sample
 *     SLT_SAMPLE=N        of about so many places
 *     SLT_PLACES=A:B      of these, those from number A to below B: a campaign by parts
 *     SLT_COMMAND=TEXT    of the commands that have this text in them
 *     SLT_FAULT='COMMAND:CALL:AT:WAY:ERROR'
 *                         one place, as a failure prints it, with what was written */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "inject/coverage.h"
#include "inject/oracle.h"
#include "inject/places.h"
#include "tap.h"

enum { SCENARIOS_MAX = 256, SAMPLE = 4000, WORKERS = 2 };

static char root[] = "/dev/shm/sltrace-inject-XXXXXX";
static undisturbed measures[SCENARIOS_MAX];
static place_list list;

/* ---- The campaign ------------------------------------------------------------------ */

/* How many places go by until it is said how far the campaign is. */
#define STRIDE 10000

/* What came of the places, in memory that the workers share. */
typedef struct tally {
    atomic_size_t next; /* of the places */
    size_t end;
    atomic_long by_scenario[SCENARIOS_MAX][VERDICTS];
    atomic_long by_call[WORLD_CALLS][VERDICTS];
} tally;

static void tell_place(const place_group *g, long at, const worker *w, verdict v,
                       const char *why)
{
    printf("# SLT_FAULT='%s:%s:%ld:%s:%d' %s: %s (exit %d) %.200s\n",
           scenarios[g->scenario].command, world_calls[g->call].name, at,
           way_names[g->way], g->reason, verdict_names[v], why, outcome_exit(&w->got),
           w->got.err);
    fflush(stdout);
}

static verdict try_place(worker *w, const place_group *g, long at, const char **why)
{
    const world_fault fault = place_fault(g, at);
    return oracle_judge(w, root, &scenarios[g->scenario], &measures[g->scenario], &fault,
                        why);
}

static void say_reached(size_t number)
{
    printf("# place %zu of %zu\n", number, list.count);
    fflush(stdout);
}

static void work(worker *w, tally *t)
{
    for (size_t i; (i = atomic_fetch_add(&t->next, 1)) < t->end;) {
        if (i % STRIDE == 0)
            say_reached(i);
        const place_group *g = &list.groups[list.places[i].group];
        const char *why = "";
        verdict v = try_place(w, g, list.places[i].at, &why);
        if (v >= ABORTED && atomic_load(&t->by_scenario[g->scenario][v]) < 40)
            tell_place(g, list.places[i].at, w, v, why);
        atomic_fetch_add(&t->by_scenario[g->scenario][v], 1);
        atomic_fetch_add(&t->by_call[g->call][v], 1);
    }
}

static void campaign(tally *t)
{
    static worker all[WORKERS];
    pid_t pids[WORKERS];
    fflush(stdout);
    for (int i = 0; i < WORKERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            worker_open(&all[i], root, i + 1);
            work(&all[i], t);
            _exit(0);
        }
    }
    for (int i = 0; i < WORKERS; i++)
        waitpid(pids[i], NULL, 0);
}

/* ---- What came of it --------------------------------------------------------------- */

static long bad_of(const atomic_long of[VERDICTS])
{
    return of[ABORTED] + of[HUNG] + of[WRONG];
}

static void report(const tally *t)
{
    bool few = list.count < list.group_count || getenv("SLT_PLACES");
    for (size_t i = 0; i < scenario_count; i++) {
        const atomic_long *of = t->by_scenario[i];
        TAP_OK(bad_of(of) == 0 && (few || of[TOLD] > 0),
               "%s: %ld faults told, %ld harmless, %ld aborted, %ld hung, %ld wrong",
               scenarios[i].command, of[TOLD], of[HARMLESS], of[ABORTED], of[HUNG],
               of[WRONG]);
    }
    for (int call = 0; call < WORLD_CALLS; call++) {
        const atomic_long *of = t->by_call[call];
        if (of[TOLD] + of[HARMLESS] + bad_of(of))
            tap_note("%-12s %-30s %6ld told %6ld harmless %4ld bad",
                     world_calls[call].kind, world_calls[call].name, of[TOLD],
                     of[HARMLESS], bad_of(of));
    }
}

static void measure(worker *w, size_t number)
{
    bool fine = oracle_measure(w, root, &scenarios[number], &measures[number]);
    if (!fine)
        TAP_OK(false, "%s: undisturbed: %d: %s", scenarios[number].command,
               measures[number].exit, w->got.err);
    places_add(&list, number, w->seen);
}

/* The part of the places that SLT_PLACES names; all without. */
static void choose_part(tally *t)
{
    const char *part = getenv("SLT_PLACES");
    size_t from = 0, end = list.count;
    if (part && (sscanf(part, "%zu:%zu", &from, &end) != 2 || from >= end))
        tap_bail("SLT_PLACES=A:B");
    t->end = end < list.count ? end : list.count;
    atomic_store(&t->next, from);
}

/* Whether SLT_COMMAND, if it is given, is in a scenario's command. */
static bool is_wanted(const char *command)
{
    const char *text = getenv("SLT_COMMAND");
    return !text || strstr(command, text);
}

static void try_all(worker *w)
{
    const char *seed = getenv("SLT_SEED"), *sample = getenv("SLT_SAMPLE");
    size_t wanted = sample ? strtoull(sample, NULL, 0) : getenv("SLT_LONG") ? 0 : SAMPLE;
    tally *t =
        mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED || scenario_count > SCENARIOS_MAX)
        tap_bail("no memory");
    TAP_OK(coverage_missing() == 0, "every command, and every option, is in a scenario");
    for (size_t i = 0; i < scenario_count; i++)
        if (is_wanted(scenarios[i].command))
            measure(w, i);
    places_choose(&list, seed ? strtoull(seed, NULL, 0) : 1, wanted);
    tap_note("%zu places of %zu ways", list.count, list.group_count);
    choose_part(t);
    campaign(t);
    report(t);
}

/* ---- One place --------------------------------------------------------------------- */

/* Fills the group from the last four fields of "COMMAND:CALL:AT:WAY:ERROR". */
static bool read_place(char *text, place_group *g, long *at)
{
    const char *fields[4];
    for (int i = 3; i >= 0; i--) {
        char *colon = strrchr(text, ':');
        if (!colon)
            return false;
        *colon = 0;
        fields[i] = colon + 1;
    }
    g->scenario = 0;
    while (g->scenario < scenario_count &&
           strcmp(scenarios[g->scenario].command, text) != 0)
        g->scenario++;
    g->call = 0;
    while (g->call < WORLD_CALLS && strcmp(world_calls[g->call].name, fields[0]) != 0)
        g->call++;
    *at = strtol(fields[1], NULL, 10);
    g->way = WORLD_ONCE;
    while (g->way < WORLD_DIES && strcmp(way_names[g->way], fields[2]) != 0)
        g->way++;
    g->reason = atoi(fields[3]);
    return g->scenario < scenario_count && g->call < WORLD_CALLS && g->way < WORLD_DIES;
}

static int try_one(worker *w, const char *named)
{
    place_group g;
    long at;
    const char *why = "";
    char *text = strdup(named);
    if (!text || !read_place(text, &g, &at))
        tap_bail("SLT_FAULT=COMMAND:CALL:AT:WAY:ERROR");
    free(text);
    measure(w, g.scenario);
    verdict v = try_place(w, &g, at, &why);
    tell_place(&g, at, w, v, why);
    printf("---- it wrote:\n%s---- and:\n%s---- again:\n%s---- and:\n%s", w->got.out,
           w->got.err, w->again.out, w->again.err);
    return v >= ABORTED;
}

/* ---- ------------------------------------------------------------------------------- */

/* Commands may call the program, ../sltrace of their folder: it is this one. */
static bool is_program(const char *called)
{
    const char *name = strrchr(called, '/');
    return name && strcmp(name, "/sltrace") == 0;
}

static void link_program(void)
{
    char path[64], self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = 0;
    snprintf(path, sizeof path, "%s/sltrace", root);
    if (length <= 0 || symlink(self, path))
        tap_bail("no program");
}

int main(int argc, char **argv)
{
    static worker w;
    const char *one = getenv("SLT_FAULT");
    sigset_t set;
    if (is_program(argv[0]))
        return cli_main(argc, argv);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    setenv("TMPDIR", ".", 1);
    setenv("SLTRACE_SHARE", ".", 1);
    if (!mkdtemp(root))
        tap_bail("no folder");
    link_program();
    worker_open(&w, root, 0);
    stages_make(&w, root);
    int failed = 0;
    if (one)
        failed = try_one(&w, one);
    else
        try_all(&w);
    tree_remove(root);
    return one ? failed : tap_done();
}
