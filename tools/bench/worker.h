/* A bench worker: a child that prepares tasks, times them when asked, and answers.
 *
 * It reads lines "COUNT TASK WORD..." and writes one line for each: the CPU seconds that
 * COUNT units of the task took.  A task is prepared when it is first named, and kept;
 * preparing it, and bringing it back to a place where it can go on, are not timed.  CPU
 * time, because what else the machine does is not part of a ratio.  Three lines
 * are answered with JSON: "info", "settings MANIFEST RUN" and "share MANIFEST RUN
 * FOLDER". A worker that cannot go on says why on standard error and ends. */
#ifndef BENCH_WORKER_H
#define BENCH_WORKER_H

#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include <sltrace/status.h>

/* What a task is made from: its words, the first of them its name. */
typedef struct words {
    const char *word[16];
    int count;
} words;

typedef struct task {
    void *self; /* NULL: there is no such thing here; answered with -1 */
    double (*time)(void *self, uint64_t count); /* CPU seconds of count units */
} task;

/* By name: what makes a task of it, and how many words it has. */
typedef struct task_kind {
    const char *name;
    int words;
    task (*make)(const words *asked);
} task_kind;

task make_peak(const words *asked);
task make_product(const words *asked);
task make_normals(const words *asked);
task make_training(const words *asked);
task make_train_lanes(const words *asked);
task make_chain(const words *asked);
task make_estimate(const words *asked);
task make_chain_lanes(const words *asked);
task make_metrics(const words *asked);
task make_checkpoint(const words *asked);
task make_trials(const words *asked);
task make_trials_alone(const words *asked);

/* The settings of a run of a manifest, as canonical JSON. */
void print_settings(const char *manifest, const char *run);
/* Does a whole run into an empty folder and says how long that took, and what of it went
 * into its trace, as JSON (worker_share.c). */
void print_shares(const char *manifest, const char *run, const char *folder);

double cpu_seconds(void);
noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Gives up with the error's text unless status is SLT_OK. */
void need(slt_status status, const slt_error *err);
/* Zeroed, never NULL. */
void *take_memory(size_t size);

#endif
