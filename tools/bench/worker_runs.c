/* The steps of a run, as its manifest has them: TASK MANIFEST RUN. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"
#include "learn/chain_group.h"
#include "learn/sampler.h"
#include "learn/train_group.h"
#include "manifest/manifest.h"
#include "num/members.h"
#include "report/show.h"
#include "trace/trace_writer.h"
#include "worker.h"

/* Training begins anew after so many steps: what a step costs early and late is one
 * thing, numbers that fade to nothing are another. */
#define STEPS_MAX 2000
/* Chains start behind so many. */
#define STEPS_BEFORE_CHAIN 200

typedef struct run {
    slt_manifest *manifest;
    slt_run_spec spec;
    slt_trainer *trainer;
    slt_state state;
    slt_sampler *sampler;
    slt_chain_worker *worker; /* of one chain, or */
    slt_chain_group *group;   /* of as many as go side by side */
    slt_chain chains[SLT_MEMBERS_MAX];
    size_t chain_count;
    slt_trace_writer writer;
    slt_metrics metrics;
} run;

/* The first run of those that --only would take. */
static size_t parse_run(const slt_manifest *manifest, const char *only)
{
    slt_error err;
    bool *selected = take_memory(slt_manifest_runs(manifest) * sizeof *selected);
    need(slt_manifest_select(manifest, only, selected, &err), &err);
    size_t first = 0;
    while (!selected[first])
        first++;
    free(selected);
    return first;
}

void print_settings(const char *path, const char *index)
{
    slt_error err;
    slt_manifest *manifest;
    const uint8_t *bytes;
    size_t size;
    slt_json json = {0};
    need(slt_manifest_open(path, &manifest, &err), &err);
    need(
        slt_manifest_canonical(manifest, parse_run(manifest, index), &bytes, &size, &err),
        &err);
    slt_show_packed_json(bytes, size, &json);
    puts(slt_buffer_text(&json.text));
    slt_buffer_free(&json.text);
    slt_manifest_free(manifest);
}

static void begin(run *r)
{
    slt_error err;
    slt_state_free(&r->state);
    need(slt_state_create(&r->spec, &r->state, &err), &err);
    need(slt_state_init(r->trainer, &r->state, &err), &err);
}

/* The `further`-th behind the one asked for. */
static run *make_run_behind(const words *asked, size_t further)
{
    slt_error err;
    run *r = take_memory(sizeof *r);
    need(slt_manifest_open(asked->word[1], &r->manifest, &err), &err);
    need(slt_manifest_run(r->manifest, parse_run(r->manifest, asked->word[2]) + further,
                          &r->spec, &err),
         &err);
    r->spec.train.stop = (slt_stop_spec){0}; /* every step asked for is one */
    need(slt_trainer_create(&r->spec, &r->trainer, &err), &err);
    begin(r);
    return r;
}

static run *make_run(const words *asked)
{
    return make_run_behind(asked, 0);
}

/* ---- train: a training step ------------------------------------------------------- */

static double time_training(void *self, uint64_t count)
{
    run *r = self;
    double seconds = 0;
    while (count) {
        if (r->state.step >= STEPS_MAX)
            begin(r);
        uint64_t left = STEPS_MAX - r->state.step, steps = count < left ? count : left;
        double start = cpu_seconds();
        for (uint64_t i = 0; i < steps; i++) {
            slt_real loss;
            if (slt_train_step(r->trainer, &r->state, &loss) != SLT_STEP_MORE)
                give_up("training ended at step %llu", (unsigned long long)r->state.step);
        }
        seconds += cpu_seconds() - start;
        count -= steps;
    }
    return seconds;
}

task make_training(const words *asked)
{
    return (task){make_run(asked), time_training};
}

/* train-lanes: a training step of one of the runs that go side by side: that one and
 * those behind it in the manifest. */

typedef struct team {
    size_t count;
    run *runs[SLT_MEMBERS_MAX];
    slt_train_group *group;
    slt_state *states[SLT_MEMBERS_MAX];
} team;

static void begin_team(team *t)
{
    for (size_t i = 0; i < t->count; i++) {
        begin(t->runs[i]);
        t->states[i] = &t->runs[i]->state;
    }
}

static double time_team(void *self, uint64_t count)
{
    team *t = self;
    slt_step_result results[SLT_MEMBERS_MAX] = {SLT_STEP_MORE};
    uint64_t steps = (count + t->count - 1) / t->count, left = steps;
    double seconds = 0;
    while (left) {
        if (t->states[0]->step >= STEPS_MAX)
            begin_team(t);
        uint64_t room = STEPS_MAX - t->states[0]->step, now = left < room ? left : room;
        double start = cpu_seconds();
        slt_train_group_advance(t->group, t->states, now, results);
        seconds += cpu_seconds() - start;
        for (size_t i = 0; i < t->count; i++)
            if (results[i] != SLT_STEP_MORE)
                give_up("training of run %zu of a group ended", i);
        left -= now;
    }
    return seconds * (double)count / (double)(steps * t->count);
}

task make_train_lanes(const words *asked)
{
    slt_error err;
    team *t = take_memory(sizeof *t);
    slt_trainer *trainers[SLT_MEMBERS_MAX];
    run *first = make_run(asked);
    size_t width = slt_train_group_width(&first->spec);
    if (width < 2)
        return (task){0};
    size_t left =
        slt_manifest_runs(first->manifest) - parse_run(first->manifest, asked->word[2]);
    for (; t->count < width && t->count < left; t->count++) {
        run *next = t->count ? make_run_behind(asked, t->count) : first;
        if (!slt_train_groups(&first->spec, &next->spec))
            break;
        t->runs[t->count] = next;
        trainers[t->count] = next->trainer;
    }
    begin_team(t);
    need(slt_train_group_create(trainers, t->count, &t->group, &err), &err);
    return (task){t, time_team};
}

/* ---- chain: a gradient of the first estimate's first chain, with its update ------- */

static void begin_chains(run *r)
{
    slt_error err;
    for (size_t i = 0; i < r->chain_count; i++) {
        slt_chain_free(&r->chains[i]);
        need(slt_chain_create(r->sampler, &r->chains[i], &err), &err);
    }
}

static void advance(run *r, uint64_t updates)
{
    slt_error err;
    if (r->group)
        need(slt_chain_group_advance(r->group, r->chains, updates, &err), &err);
    else
        slt_chain_advance(r->worker, r->chains, updates);
}

/* The chains go on together, so the first one tells of all. */
static double time_chains(void *self, uint64_t count)
{
    run *r = self;
    const slt_chain *first = &r->chains[0];
    const uint64_t each = r->chain_count * slt_sampler_gradients(r->sampler->spec);
    uint64_t updates = (count + each - 1) / each, left = updates;
    double seconds = 0;
    while (left) {
        if (first->ended)
            begin_chains(r);
        uint64_t before = first->updates;
        double start = cpu_seconds();
        advance(r, left);
        seconds += cpu_seconds() - start;
        if (first->status != SLT_CHAIN_DONE)
            give_up("a chain left the numbers");
        left -= first->updates - before;
    }
    return seconds * (double)count / (double)(updates * each);
}

/* A run where some steps of training have led, with the sampler of an estimate. */
static run *make_sampled(const words *asked, size_t place)
{
    slt_error err;
    run *r = make_run(asked);
    uint64_t before = r->spec.train.steps;
    time_training(r, before < STEPS_BEFORE_CHAIN ? before : STEPS_BEFORE_CHAIN);
    need(slt_sampler_create(&r->spec, place, slt_trainer_data(r->trainer),
                            &r->state.weights, &r->sampler, &err),
         &err);
    return r;
}

static task make_chain_of(const words *asked, size_t place)
{
    slt_error err;
    run *r = make_sampled(asked, place);
    need(slt_chain_worker_create(r->sampler, 0, &r->worker, &err), &err);
    r->chain_count = 1;
    begin_chains(r);
    return (task){r, time_chains};
}

task make_chain(const words *asked)
{
    return make_chain_of(asked, 0);
}

/* estimate: the same of another estimate than the first, by its place from 0. */
task make_estimate(const words *asked)
{
    return make_chain_of(asked, strtoul(asked->word[3], NULL, 10));
}

/* chain-lanes: of one of the chains that go side by side, as many as `run` lets. */
task make_chain_lanes(const words *asked)
{
    slt_error err;
    run *r = make_sampled(asked, 0);
    r->chain_count = slt_chain_group_share(r->sampler, r->spec.llc[0].num_chains);
    if (r->chain_count < 2)
        return (task){0};
    need(slt_chain_group_create(r->sampler, 0, r->chain_count, &r->group, &err), &err);
    begin_chains(r);
    return (task){r, time_chains};
}

/* ---- metrics: losses and accuracies of a checkpoint ------------------------------- */

static double time_metrics(void *self, uint64_t count)
{
    run *r = self;
    double start = cpu_seconds();
    for (uint64_t i = 0; i < count; i++)
        if (slt_train_metrics(r->trainer, &r->state, &r->metrics) != SLT_STEP_MORE)
            give_up("metrics that are no numbers");
    return cpu_seconds() - start;
}

task make_metrics(const words *asked)
{
    return (task){make_run(asked), time_metrics};
}

/* ---- checkpoint: the record of one that stores its state, its hashes among it ----- */

static double time_checkpoint(void *self, uint64_t count)
{
    run *r = self;
    double start = cpu_seconds();
    for (uint64_t i = 0; i < count; i++) {
        r->state.step++;
        slt_trace_write_checkpoint(&r->writer, &r->spec.model, &r->state, &r->metrics,
                                   SLT_TRACE_STORED);
        slt_buffer_clear(&r->writer.bytes);
    }
    return cpu_seconds() - start;
}

task make_checkpoint(const words *asked)
{
    slt_error err;
    const uint8_t *bytes;
    size_t size;
    run *r = make_run(asked);
    time_metrics(r, 1);
    need(slt_manifest_canonical(r->manifest, parse_run(r->manifest, asked->word[2]),
                                &bytes, &size, &err),
         &err);
    slt_trace_writer_init(&r->writer);
    slt_trace_write_header(&r->writer, bytes, size, slt_run_functions(&r->spec),
                           r->spec.arithmetic);
    return (task){r, time_checkpoint};
}
