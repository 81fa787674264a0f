/* Runs the chains of an estimate to their ends: in groups if that is faster, spread over
 * the pool, with pauses. */
#include <stdlib.h>

#include "base/world.h"
#include "learn/chain_group.h"
#include "learn/sampler.h"
#include "run/execute_internal.h"

/* Chains that one task advances: several in a group, or one. */
typedef struct team {
    size_t first, count;
    slt_chain_worker *worker;
    slt_chain_group *group;
    slt_error error;
} team;

typedef struct wave {
    slt_executor *executor;
    slt_sampler *sampler;
    uint64_t slice; /* updates between two questions to the caller */
    size_t first, count;
    team *teams;
    size_t team_count;
} wave;

static slt_chain *first_of(const wave *w, const team *t)
{
    return &w->executor->at->chains[t->first];
}

static bool team_ended(const wave *w, const team *t)
{
    for (size_t i = 0; i < t->count; i++)
        if (!first_of(w, t)[i].ended)
            return false;
    return true;
}

static uint64_t updates_of(const wave *w, const team *t)
{
    uint64_t updates = 0;
    for (size_t i = 0; i < t->count; i++)
        updates += first_of(w, t)[i].updates;
    return updates;
}

static void advance_team(void *argument, size_t index)
{
    wave *w = argument;
    team *t = &w->teams[index];
    while (!t->error.status && !team_ended(w, t)) {
        uint64_t before = updates_of(w, t);
        if (t->group)
            slt_chain_group_advance(t->group, first_of(w, t), w->slice, &t->error);
        else
            slt_chain_advance(t->worker, first_of(w, t), w->slice);
        atomic_fetch_add_explicit(&w->executor->done,
                                  (updates_of(w, t) - before) *
                                      slt_sampler_gradients(w->sampler->spec),
                                  memory_order_relaxed);
        if (slt_executor_wanted(w->executor))
            break;
    }
}

static bool wave_ended(const wave *w)
{
    for (size_t i = 0; i < w->team_count; i++)
        if (!team_ended(w, &w->teams[i]))
            return false;
    return true;
}

/* The first error of the chains of a team, in their order. */
static slt_status team_failure(const wave *w, slt_error *err)
{
    for (size_t i = 0; i < w->team_count; i++)
        if (w->teams[i].error.status)
            return slt_error_copy(err, &w->teams[i].error);
    return SLT_OK;
}

/* At a pause some chains may be further than others. */
static slt_status run_wave(wave *w, slt_error *err)
{
    slt_status status = SLT_OK;
    while (!status && !wave_ended(w)) {
        slt_pool_each(w->executor->pool, w->team_count, advance_team, w);
        status = team_failure(w, err);
        if (!status && slt_executor_wanted(w->executor))
            status = slt_executor_pause(w->executor, err);
    }
    return status;
}

/* Advances the next `count` chains of the wave. */
static slt_status create_team(const wave *w, size_t first, size_t count, team *t,
                              slt_error *err)
{
    *t = (team){.first = first, .count = count};
    if (count > 1)
        return slt_chain_group_create(w->sampler, (uint32_t)first, count, &t->group, err);
    slt_status status =
        slt_chain_worker_create(w->sampler, (uint32_t)first, &t->worker, err);
    if (!status)
        slt_chain_worker_share(t->worker, w->executor->pool);
    return status;
}

static slt_status create_teams(wave *w, slt_error *err)
{
    slt_status status = SLT_OK;
    w->team_count = 0;
    for (size_t done = 0, count; done < w->count && !status; done += count) {
        count = slt_chain_group_share(w->sampler, w->count - done);
        status = create_team(w, w->first + done, count, &w->teams[w->team_count++], err);
    }
    return status;
}

slt_status slt_sample_advance(slt_executor *executor, slt_sampler *sampler, size_t first,
                              size_t count, uint64_t slice, slt_error *err)
{
    wave w = {.executor = executor,
              .sampler = sampler,
              .slice = slice,
              .first = first,
              .count = count,
              .teams = slt_world.calloc(count, sizeof *w.teams)};
    if (!w.teams)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu chains", count);
    slt_status status = create_teams(&w, err);
    if (!status)
        status = run_wave(&w, err);
    for (size_t i = 0; i < w.team_count; i++) {
        slt_chain_worker_free(w.teams[i].worker);
        slt_chain_group_free(w.teams[i].group);
    }
    free(w.teams);
    return status;
}
