/* A run with its sampler and chains in progress, for tests of sampling. */
#ifndef SLT_TESTS_CHAIN_SAMPLE_H
#define SLT_TESTS_CHAIN_SAMPLE_H

#include "systems.h"

static slt_run_spec run;

typedef struct scene {
    slt_trainer *trainer;
    slt_state state;
    slt_sampler *sampler;
} scene;

/* In place: the sampler borrows the state's weights. */
static inline void open_scene(scene *open, size_t ordinal)
{
    slt_error err;
    system_must(slt_trainer_create(&run, &open->trainer, &err), &err);
    system_must(slt_state_create(&run, &open->state, &err), &err);
    system_must(slt_state_init(open->trainer, &open->state, &err), &err);
    system_must(slt_sampler_create(&run, ordinal, slt_trainer_data(open->trainer),
                                   &open->state.weights, &open->sampler, &err),
                &err);
}

static inline void close_scene(scene *open)
{
    slt_sampler_free(open->sampler);
    slt_state_free(&open->state);
    slt_trainer_free(open->trainer);
}

typedef struct walk {
    slt_chain_worker *worker;
    slt_chain chain;
} walk;

static inline walk open_walk(const scene *open, uint32_t number)
{
    walk made;
    slt_error err;
    system_must(slt_chain_worker_create(open->sampler, number, &made.worker, &err), &err);
    system_must(slt_chain_create(open->sampler, &made.chain, &err), &err);
    return made;
}

static inline void close_walk(walk *open)
{
    slt_chain_free(&open->chain);
    slt_chain_worker_free(open->worker);
}

#endif
