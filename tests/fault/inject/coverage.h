/* Whether every command of the program, and every option of each, is in a scenario. */
#ifndef SLT_TESTS_INJECT_COVERAGE_H
#define SLT_TESTS_INJECT_COVERAGE_H

#include <stddef.h>

/* How many are in none; each is told by a note. */
size_t coverage_missing(void);

#endif
