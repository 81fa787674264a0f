/* What the preloaded library of power cuts gives a test. */
#ifndef SLT_TESTS_POWERCUT_H
#define SLT_TESTS_POWERCUT_H

#include <stdint.h>

/* From now on the files below a folder (an absolute path) are watched.  *count counts the
 * moments at which the power may go, before and after each call that changes or syncs; it
 * goes at number `at` (-1: never), to a state that follows from seed. */
typedef void slt_powercut_arm_call(const char *folder, long at, uint64_t seed,
                                   volatile long *count);
slt_powercut_arm_call slt_powercut_arm;

#endif
