/* trials MANIFEST RUN: one of a run's trials, counted in blocks as `run` counts them; and
 * trials-alone: one made by itself. */
#include <stdlib.h>

#include "manifest/manifest.h"
#include "run/trial.h"
#include "worker.h"

typedef struct trials {
    slt_run_spec spec;
    slt_tally_layout layout;
    slt_trial_maker *maker;
} trials;

static trials *make_trials_of(const words *asked)
{
    static const slt_trial_hooks hooks;
    slt_error err;
    slt_manifest *manifest;
    trials *t = take_memory(sizeof *t);
    need(slt_manifest_open(asked->word[1], &manifest, &err), &err);
    need(slt_manifest_run(manifest, (size_t)atoi(asked->word[2]), &t->spec, &err), &err);
    slt_manifest_free(manifest);
    t->spec.trials.count = UINT32_MAX; /* so many as are asked for, one block of them */
    need(slt_tally_layout_of(&t->spec, &t->layout, &err), &err);
    need(slt_trial_maker_create(&t->spec, &hooks, &t->maker, &err), &err);
    return t;
}

static double time_trials(void *self, uint64_t count)
{
    trials *t = self;
    slt_trial_block block = {0};
    slt_error err;
    t->spec.trials.block = count;
    const double start = cpu_seconds();
    need(slt_trial_block_advance(t->maker, &t->layout, &block, &err), &err);
    const double seconds = cpu_seconds() - start;
    free(block.words);
    return seconds;
}

task make_trials(const words *asked)
{
    return (task){make_trials_of(asked), time_trials};
}

static double time_trials_alone(void *self, uint64_t count)
{
    trials *t = self;
    const double start = cpu_seconds();
    for (uint64_t i = 0; i < count; i++) {
        slt_trial trial;
        slt_error err;
        need(slt_trial_make(t->maker, i, &trial, &err), &err);
    }
    return cpu_seconds() - start;
}

task make_trials_alone(const words *asked)
{
    return (task){make_trials_of(asked), time_trials_alone};
}
