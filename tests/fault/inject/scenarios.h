/* The commands whose calls fail, and where each begins. */
#ifndef SLT_TESTS_INJECT_SCENARIOS_H
#define SLT_TESTS_INJECT_SCENARIOS_H

#include <stddef.h>

#include "stages.h"

enum {
    TIMES = 1, /* its words tell times, or what was done before */
    KEEPS = 2, /* it overwrites nothing: given again it may say that a file exists */
    TELLS = 4, /* its file says what is wrong, which status 2 goes with */
    PARTS = 8  /* it may leave some of its files, whole ones, and KEEPS them */
};

typedef struct scenario {
    stage from;
    unsigned flags;
    const char *command; /* arguments between blanks */
} scenario;

extern const scenario scenarios[];
extern const size_t scenario_count;

#endif
