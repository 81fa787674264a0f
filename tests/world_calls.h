/* The calls of base/world.h as numbers, and what a world that fails is told and tells. */
#ifndef SLT_TESTS_WORLD_CALLS_H
#define SLT_TESTS_WORLD_CALLS_H

#include <stdatomic.h>

#include "base/world.h"

enum {
#define WORLD_NUMBER(kind, failure, type, name, parameters, arguments) WORLD_##name,
    SLT_WORLD_CALLS(WORLD_NUMBER)
#undef WORLD_NUMBER
        WORLD_CALLS
};

typedef enum world_failure {
    WORLD_FAILS_none,
    WORLD_FAILS_null,
    WORLD_FAILS_minus,
    WORLD_FAILS_number,
    WORLD_FAILS_end,
    WORLD_FAILS_short
} world_failure;

static const struct {
    const char *name, *kind;
    world_failure failure;
} world_calls[WORLD_CALLS] = {
#define WORLD_ROW(kind, failure, type, name, parameters, arguments)                      \
    {#name, #kind, WORLD_FAILS_##failure},
    SLT_WORLD_CALLS(WORLD_ROW)
#undef WORLD_ROW
};

typedef enum world_way {
    WORLD_ONCE,  /* this call alone */
    WORLD_ON,    /* it, and from then on all of its kind that can */
    WORLD_SAME,  /* it, and from then on all of its name */
    WORLD_BRIEF, /* it reads or writes one byte */
    WORLD_DIES   /* the process ends before it */
} world_way;

/* Which call fails, and how; `at` counts from 0.  With WORLD_CALLS for `call` none
 * does. */
typedef struct world_fault {
    int call;
    long at;
    world_way way;
    int reason; /* errno */
} world_fault;

/* What was called, and what failed; in memory that processes share, if need be. */
typedef struct world_counts {
    atomic_long calls[WORLD_CALLS];
    atomic_long failed;
    atomic_long unsynced; /* files that got their name before their bytes were safe */
} world_counts;

#endif
