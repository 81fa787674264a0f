/* What must come of a fault: status 2 and a message, or what comes without the fault; no
 * file that is neither as it was nor as it is to be; and when the command is given again,
 * all that comes without the fault. */
#ifndef SLT_TESTS_INJECT_ORACLE_H
#define SLT_TESTS_INJECT_ORACLE_H

#include <stdbool.h>

#include "places.h"
#include "scenarios.h"
#include "tree.h"

typedef enum verdict { TOLD, HARMLESS, ABORTED, HUNG, WRONG, VERDICTS } verdict;
extern const char *const verdict_names[];

/* A scenario without a fault. */
typedef struct undisturbed {
    int exit;
    size_t words;
    char *out;
    tree before, after;
} undisturbed;

/* Runs it; w->seen counts its calls.  False where it does not do what it should. */
bool oracle_measure(worker *w, const char *root, const scenario *s, undisturbed *m);
/* Runs it with a fault; *why says what is wrong. */
verdict oracle_judge(worker *w, const char *root, const scenario *s, const undisturbed *m,
                     const world_fault *fault, const char **why);

#endif
