#include "simulate/plan.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "simulate/draw.h"
#include "simulate/study.h"
#include "simulate/system.h"
#include "tap.h"

/* No command keeps a lock for more doors than this while another waits for it. */
enum { WAITED_MAX = 200, SHRINKS_MAX = 400 };

/* ---- Drawing ----------------------------------------------------------------------- */

static event_kind draw_event(uint64_t *state)
{
    static const event_kind kinds[] = {EVENT_CUT,  EVENT_CUT,    EVENT_CUT, EVENT_CUT,
                                       EVENT_KILL, EVENT_SIGNAL, EVENT_NONE};
    return kinds[draw_below(state, sizeof kinds / sizeof *kinds)];
}

plan plan_draw(uint64_t seed)
{
    static const unsigned switching[] = {0, 20, 150, 500}, leaping[] = {0, 0, 20, 200};
    static const uint64_t ticks[] = {1000, 30000000, 100000000, 400000000};
    static const disk_loss losses[] = {DISK_LOSES_SOME, DISK_LOSES_SOME, DISK_LOSES_ALL,
                                       DISK_LOSES_BYTES};
    uint64_t state = seed;
    plan p = {.seed = seed};
    draw(&state);
    p.scenario = (unsigned)draw_below(&state, study_scenario_count);
    p.phases = 1 + (unsigned)draw_below(&state, PHASES_MAX);
    unsigned long doors = study_measured(p.scenario)->doors;
    for (unsigned i = 0; i < p.phases; i++)
        p.phase[i] = (plan_phase){.kind = draw_event(&state),
                                  .at = draw_below(&state, doors + doors / 8),
                                  .loss = losses[draw_below(&state, 4)]};
    p.switching = switching[draw_below(&state, 4)];
    p.leaping = leaping[draw_below(&state, 4)];
    p.tick_ns = ticks[draw_below(&state, 4)];
    p.has_syncfs = !draw_chance(&state, 100);
    p.rot = draw_chance(&state, 300) ? (plan_rot)(1 + draw_below(&state, 2)) : ROT_NONE;
    p.draws = draw(&state);
    return p;
}

/* ---- Bits that rot ----------------------------------------------------------------- */

typedef struct choice {
    plan_rot rot;
    unsigned count;
    disk_node *chosen;
    char path[DISK_PATH_MAX];
} choice;

/* Manifests and the folder's own statement are what a user may change. */
static bool may_rot(const choice *c, const char *path, const disk_node *file)
{
    study_kind kind = study_kind_of(path);
    if (!file->bytes.size || strstr(path, ".yaml") || strstr(path, "experiment"))
        return false;
    if (c->rot == ROT_FINISHED)
        return kind == KIND_RESULT;
    return kind == KIND_UNDERWAY && (strstr(path, ".part") || strstr(path, ".snapshot"));
}

/* One of all, each as likely. */
static void consider(void *context, const char *path, disk_node *file)
{
    choice *c = context;
    if (!may_rot(c, path, file) || draw_below(schedule_draws(), ++c->count))
        return;
    c->chosen = file;
    snprintf(c->path, sizeof c->path, "%s", path);
}

/* "" where nothing can. */
static void rot_one(plan_rot rot, char path[DISK_PATH_MAX], plan_counts *counts)
{
    choice c = {.rot = rot};
    char text[200];
    *path = 0;
    disk_walk(&c, consider);
    if (!c.chosen)
        return;
    size_t bit = draw_below(schedule_draws(), 8 * c.chosen->bytes.size);
    uint8_t byte = (uint8_t)(c.chosen->bytes.data[bit / 8] ^ 1u << bit % 8);
    disk_put(c.chosen, bit / 8, &byte, 1);
    disk_sync(c.chosen);
    memcpy(path, c.path, DISK_PATH_MAX);
    snprintf(text, sizeof text, "bit %zu of %.150s", bit, path);
    schedule_tell(text);
    counts->rots++;
}

/* ---- Carrying it out --------------------------------------------------------------- */

typedef struct trial {
    const plan *plan;
    plan_counts *counts;
    const study_scenario *scenario;
    const study_command *const *commands; /* of this phase */
    unsigned count;
    bool done[PROCESSES_MAX]; /* said so */
    bool killed, rotten;
    unsigned owed; /* snapshots to go on from */
    study_outcome outcome;
} trial;

static trial t;

static schedule_plan plan_of(const plan *p, const plan_phase *phase)
{
    return (schedule_plan){.switching = p->switching,
                           .leaping = p->leaping,
                           .tick_ns = p->tick_ns,
                           .kind = phase ? phase->kind : EVENT_NONE,
                           .at = phase ? phase->at : 0};
}

static void choose_commands(unsigned phase)
{
    bool first = t.scenario->first && phase == 0 && t.plan->phases > 1;
    t.commands = first ? &t.scenario->first : t.scenario->together;
    t.count = first ? 1 : study_measured(t.plan->scenario)->commands;
}

static const char *judge_ends(const plan_phase *phase)
{
    const schedule_result *result = &t.outcome.result;
    const char *why = NULL;
    for (unsigned i = 0; i < t.count && !why; i++) {
        bool signalled = phase->kind == EVENT_SIGNAL && result->happened &&
                         result->ending[i] == ENDED_ITSELF &&
                         WIFSIGNALED(result->how[i]) &&
                         WTERMSIG(result->how[i]) == SIGTERM;
        if (signalled || result->ending[i] == ENDED_CUT ||
            result->ending[i] == ENDED_KILLED)
            continue;
        if (t.commands == t.scenario->together)
            why = study_judge_end(t.plan->scenario, i, &t.outcome, false);
        t.done[i] |=
            !why && study_exit(&t.outcome, i) == 0 && t.commands == t.scenario->together;
    }
    if (!why && result->waited > WAITED_MAX)
        why = "one waits for a lock while another does its work";
    return why;
}

static const char *judge_disk(void)
{
    const char *why = study_judge_names(t.plan->scenario);
    for (unsigned i = 0; i < PROCESSES_MAX && !why; i++)
        if (t.done[i])
            why = study_judge_made(t.plan->scenario, i);
    return why;
}

static void count_event(const plan_phase *phase)
{
    const schedule_result *result = &t.outcome.result;
    t.counts->cuts += phase->kind == EVENT_CUT;
    t.counts->kills += phase->kind == EVENT_KILL && result->happened;
    t.counts->signals += phase->kind == EVENT_SIGNAL && result->happened;
    t.counts->leaps += result->leaps;
    t.counts->doors += result->doors;
    if (result->waited > t.counts->waited)
        t.counts->waited = result->waited;
    t.killed |= phase->kind == EVENT_CUT || phase->kind == EVENT_KILL;
}

/* A cut comes at the end where it did not come before. */
static const char *carry_out_phase(unsigned number)
{
    const plan_phase *phase = &t.plan->phase[number];
    const schedule_plan with = plan_of(t.plan, phase);
    char path[DISK_PATH_MAX];
    bool first = number == 0;
    choose_commands(number);
    study_run(&with, t.commands, t.count, &t.outcome);
    count_event(phase);
    const char *why = judge_ends(phase);
    if (!why)
        why = study_judge_snapshots(t.owed, &t.outcome);
    t.owed = 0;
    if (!why && phase->kind == EVENT_CUT) {
        disk_power_cut(phase->loss, schedule_draws(), schedule_tell);
        system_restart(t.plan->has_syncfs);
        t.owed = first ? study_snapshots() : 0;
    }
    if (!why)
        why = judge_disk();
    if (!why && t.plan->rot == ROT_UNDERWAY) {
        rot_one(ROT_UNDERWAY, path, t.counts);
        t.rotten |= *path != 0;
        t.owed = *path ? 0 : t.owed;
    }
    return why;
}

static const char *command_alone(unsigned command)
{
    const schedule_plan with = plan_of(t.plan, NULL);
    study_run(&with, &t.scenario->together[command], 1, &t.outcome);
    /* The judge looks for it at its place. */
    if (command) {
        t.outcome.result.ending[command] = t.outcome.result.ending[0];
        t.outcome.result.how[command] = t.outcome.result.how[0];
        memcpy(t.outcome.words[command], t.outcome.words[0], WORDS_MAX);
        memcpy(t.outcome.complaint[command], t.outcome.complaint[0], WORDS_MAX);
    }
    return study_judge_end(t.plan->scenario, command, &t.outcome, true);
}

static const char *give_again(void)
{
    const char *why = NULL;
    unsigned count = study_measured(t.plan->scenario)->commands;
    schedule_tell("and now undisturbed");
    for (unsigned i = 0; i < count && !why; i++) {
        why = command_alone(i);
        if (!why)
            why = study_judge_snapshots(i ? 0 : t.owed, &t.outcome);
    }
    return why ? why : study_judge_all(t.plan->scenario, t.killed, t.rotten);
}

/* A rotten file is healed, or told. */
static const char *give_rotten(void)
{
    const char *why = NULL;
    char path[DISK_PATH_MAX];
    unsigned count = study_measured(t.plan->scenario)->commands;
    rot_one(ROT_FINISHED, path, t.counts);
    for (unsigned i = 0; i < count && !why && *path; i++) {
        why = command_alone(i);
        int got = study_exit(&t.outcome, i);
        bool told = got == 1 || got == 2;
        t.counts->told += told;
        if (told || !why)
            why = study_judge_rotten(t.plan->scenario, i, path, told);
    }
    return why;
}

const char *plan_try(const plan *p, plan_counts *counts)
{
    const char *why = NULL;
    t.plan = p;
    t.counts = counts;
    t.scenario = &study_scenarios[p->scenario];
    memset(t.done, 0, sizeof t.done);
    t.killed = t.rotten = false;
    t.owed = 0;
    study_set_back(p->scenario);
    system_restart(p->has_syncfs);
    schedule_seed(p->draws);
    for (unsigned i = 0; i < p->phases && !why; i++)
        why = carry_out_phase(i);
    if (!why)
        why = give_again();
    if (!why && p->rot == ROT_FINISHED)
        why = give_rotten();
    return why;
}

/* ---- Shrinking --------------------------------------------------------------------- */

static unsigned shrinks;

static bool take_if_fails(plan *best, const plan *simpler)
{
    plan_counts counts = {0};
    if (memcmp(best, simpler, sizeof *best) == 0 || shrinks == SHRINKS_MAX)
        return false;
    shrinks++;
    const char *why = plan_try(simpler, &counts);
    if (why && strstr(why, ": hangs")) /* what hangs is not tried hundreds of times */
        shrinks = SHRINKS_MAX;
    if (!why)
        return false;
    *best = *simpler;
    return true;
}

static bool drop_phase(plan *best, unsigned phase)
{
    plan p = *best;
    if (p.phases <= 1)
        return false;
    p.phases--;
    for (unsigned i = phase; i < p.phases; i++)
        p.phase[i] = p.phase[i + 1];
    return take_if_fails(best, &p);
}

static bool simplify_phase(plan *best, unsigned phase)
{
    bool better = false;
    const unsigned long at = best->phase[phase].at;
    const unsigned long earlier[] = {0, at / 2, at - at / 4, at - at / 16,
                                     at ? at - 1 : 0};
    for (size_t i = 0; i < sizeof earlier / sizeof *earlier && !better; i++) {
        plan p = *best;
        p.phase[phase].at = earlier[i];
        better = take_if_fails(best, &p);
    }
    plan p = *best;
    p.phase[phase].loss = DISK_LOSES_BYTES;
    better |= p.phase[phase].loss != best->phase[phase].loss && take_if_fails(best, &p);
    return better;
}

static bool simplify(plan *best)
{
    bool better = false;
    plan p = *best;
    p.rot = ROT_NONE;
    better |= take_if_fails(best, &p);
    p = *best;
    p.switching = 0;
    better |= take_if_fails(best, &p);
    p = *best;
    p.leaping = 0;
    better |= take_if_fails(best, &p);
    p = *best;
    p.tick_ns = 1000;
    better |= take_if_fails(best, &p);
    p = *best;
    p.has_syncfs = true;
    better |= take_if_fails(best, &p);
    return better;
}

plan plan_shrink(const plan *p)
{
    plan best = *p;
    shrinks = 0;
    for (bool better = true; better;) {
        better = false;
        for (unsigned i = best.phases; i-- > 0;)
            better |= drop_phase(&best, i);
        better |= simplify(&best);
        for (unsigned i = 0; i < best.phases; i++)
            better |= simplify_phase(&best, i);
    }
    return best;
}

void plan_print(const plan *p)
{
    static const char *const kinds[] = {"nothing", "power cut", "kill", "SIGTERM"};
    static const char *const losses[] = {"some is lost", "all is lost", "bytes are lost"};
    static const char *const rots[] = {"", ", a part or snapshot rots",
                                       ", a finished file rots"};
    printf("# %s, %u in 1000 doors let another go on, %u in 1000 looks at the clock find "
           "it far on, a look takes %" PRIu64 " ns%s%s\n",
           study_scenarios[p->scenario].name, p->switching, p->leaping, p->tick_ns,
           p->has_syncfs ? "" : ", no syncfs", rots[p->rot]);
    for (unsigned i = 0; i < p->phases; i++)
        printf("#   %s at door %lu%s%s\n", kinds[p->phase[i].kind], p->phase[i].at,
               p->phase[i].kind == EVENT_CUT ? ": " : "",
               p->phase[i].kind == EVENT_CUT ? losses[p->phase[i].loss] : "");
}
