/* What happens to the commands of a scenario, all of it drawn by one number. */
#ifndef SLT_TESTS_SIMULATE_PLAN_H
#define SLT_TESTS_SIMULATE_PLAN_H

#include "simulate/disk.h"
#include "simulate/schedule.h"

enum { PHASES_MAX = 3 };

typedef enum plan_rot {
    ROT_NONE,
    ROT_UNDERWAY, /* a bit of a part or a snapshot, before the command goes on */
    ROT_FINISHED, /* a bit of a finished file, before the command is given once more */
    ROTS
} plan_rot;

/* The commands are begun once for each phase, and each time something happens; then they
 * are given once more, one after the other, and nothing happens. */
typedef struct plan_phase {
    event_kind kind;
    unsigned long at;
    disk_loss loss; /* of a cut */
} plan_phase;

typedef struct plan {
    uint64_t seed;  /* what it was drawn from */
    uint64_t draws; /* all that is drawn on the way */
    unsigned scenario, phases;
    plan_phase phase[PHASES_MAX];
    unsigned switching, leaping;
    uint64_t tick_ns;
    bool has_syncfs;
    plan_rot rot;
} plan;

typedef struct plan_counts {
    unsigned long cuts, kills, signals, rots, told, leaps, doors, waited;
} plan_counts;

plan plan_draw(uint64_t seed);
/* Carries it out: NULL, or what is wrong.  Counts are added to. */
const char *plan_try(const plan *p, plan_counts *counts);
/* A plan as simple as may be that still fails. */
plan plan_shrink(const plan *p);
void plan_print(const plan *p);

#endif
