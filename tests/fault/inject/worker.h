/* A folder in which commands run, each in a child process over a world that fails. */
#ifndef SLT_TESTS_INJECT_WORKER_H
#define SLT_TESTS_INJECT_WORKER_H

#include <stddef.h>

#include "world_calls.h"

/* What a command gave back. */
typedef struct outcome {
    int how; /* as waitpid tells; -1: it hangs */
    size_t words, complaint;
    char out[1 << 17], err[1 << 14];
} outcome;

typedef struct worker {
    char folder[128];
    int out, err;       /* files that take what a command writes */
    world_counts *seen; /* of the last command; it shares them */
    outcome got, again; /* of a command with a fault, and of the same without */
} worker;

extern const world_fault worker_no_fault;

/* SIGCHLD must be blocked. */
void worker_open(worker *w, const char *root, int number);
/* Runs `command`, arguments between blanks, in the worker's folder. */
void worker_run(worker *w, const char *command, const world_fault *fault, outcome *got);
/* How the only child ended, as waitpid tells; -1: it slept, or worked, for too long, and
 * was killed. */
int worker_await(pid_t child);
/* The status that a command exited with; -1: it ended in another way. */
int outcome_exit(const outcome *o);

#endif
