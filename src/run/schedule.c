/* All runs of a manifest over a pool of threads. */
#include <stdlib.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "learn/train_group.h"
#include "manifest/manifest.h"
#include "num/math.h"
#include "num/members.h"
#include "run/run_list.h"
#include "run/schedule_internal.h"

/* ---- Several ----------------------------------------------------------------------- */

static void finish_task(void *argument, size_t index)
{
    slt_schedule_finish((slt_schedule_job *)argument + index);
}

static void train_together(slt_schedule *s, slt_schedule_job *jobs, size_t count)
{
    slt_execute_job *training = slt_world.calloc(count, sizeof *training);
    slt_schedule_job *of[SLT_MEMBERS_MAX];
    size_t under_way = 0;
    for (size_t i = 0; i < count && training; i++) {
        slt_schedule_job *j = &jobs[i];
        if (!j->under_way)
            continue;
        of[under_way] = j;
        training[under_way++] = (slt_execute_job){.execution = &j->execution,
                                                  .canonical = j->canonical,
                                                  .size = j->canonical_size,
                                                  .writer = &j->writer,
                                                  .hooks = &j->hooks};
    }
    slt_execute_training(training, under_way, s->pool);
    for (size_t i = 0; i < under_way; i++)
        if (training[i].status)
            slt_schedule_fail(of[i], training[i].status, &training[i].error);
    free(training);
}

static void run_team(void *argument, size_t index)
{
    slt_schedule *s = argument;
    const slt_schedule_team *t = &s->teams[index];
    slt_schedule_job *jobs = slt_world.calloc(t->count, sizeof *jobs);
    if (!jobs) {
        slt_schedule_job failed = {.study = s, .run = s->runs[t->first]};
        slt_error err;
        slt_schedule_fail(&failed, slt_fail(&err, SLT_RESOURCE, "no memory for a run"),
                          &err);
        return;
    }
    for (size_t i = 0; i < t->count; i++)
        slt_schedule_open(s, t->first + i, &jobs[i]);
    if (t->count > 1)
        train_together(s, jobs, t->count);
    slt_pool_each(s->pool, t->count, finish_task, jobs);
    free(jobs);
}

/* How many of `count` runs that can be trained side by side make a team.  Teams are of
 * equal size: as few as hold the runs, but as many as keep all threads busy; if that
 * would make them too small, they are full. */
static size_t share_of(const slt_schedule *s, const slt_run_spec *run, size_t count)
{
    const size_t width = slt_train_group_width(run), least = slt_train_group_min(run);
    const size_t jobs = s->options->jobs ? s->options->jobs : 1;
    const size_t teams = (count + width - 1) / width;
    const size_t busy = (teams + jobs - 1) / jobs * jobs;
    if (count / busy >= least)
        return (count + busy - 1) / busy;
    return count / teams >= least ? (count + teams - 1) / teams : width;
}

/* Divides runs `first` to first + count - 1 (indices into the selection) into teams. */
static void schedule_divide(slt_schedule *s, const slt_run_spec *run, size_t first,
                            size_t count)
{
    const bool together = !s->options->trained && slt_train_group_width(run) > 0;
    const size_t least = together ? slt_train_group_min(run) : SIZE_MAX;
    const size_t share = together ? share_of(s, run, count) : 1;
    for (size_t done = 0, size; done < count; done += size) {
        const size_t left = count - done;
        size = left < least ? 1 : left < share ? left : share;
        s->teams[s->team_count++] = (slt_schedule_team){first + done, size};
    }
}

/* ---- The study --------------------------------------------------------------------- */

/* The estimated work of each run: its updates, each weighed by the numbers it touches. */
static void estimate(slt_schedule *s, size_t place, const slt_run_spec *spec)
{
    s->work[place] = slt_execute_work(spec);
    s->weight[place] = 1 + slt_model_parameters(&spec->model);
}

/* Looks at all runs and divides consecutive ones that can be trained side by side into
 * teams. */
static slt_status look_ahead(slt_schedule *s, slt_run_spec *head, slt_run_spec *next,
                             slt_error *err)
{
    size_t first = 0;
    for (size_t i = 0; i < s->run_count; i++) {
        slt_status status =
            slt_manifest_run(s->manifest, s->runs[i], i ? next : head, err);
        if (status)
            return status;
        estimate(s, i, i ? next : head);
        if (i == 0 || slt_train_groups(head, next))
            continue;
        schedule_divide(s, head, first, i - first);
        first = i;
        slt_run_spec_copy(next, head);
    }
    if (s->run_count)
        schedule_divide(s, head, first, s->run_count - first);
    return SLT_OK;
}

static slt_status schedule_plan(slt_schedule *s, slt_error *err)
{
    slt_run_spec *head = slt_run_spec_create(), *next = slt_run_spec_create();
    slt_status status = SLT_OK;
    s->work = slt_world.calloc(s->run_count + 1, sizeof *s->work);
    s->done = slt_world.calloc(s->run_count + 1, sizeof *s->done);
    s->weight = slt_world.calloc(s->run_count + 1, sizeof *s->weight);
    s->teams = slt_world.calloc(s->run_count + 1, sizeof *s->teams);
    s->elsewhere = slt_world.calloc(s->run_count + 1, sizeof *s->elsewhere);
    s->foreign = slt_world.calloc(s->run_count + 1, sizeof *s->foreign);
    if (!head || !next || !s->elsewhere || !s->foreign || !s->work || !s->done ||
        !s->weight || !s->teams)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", s->run_count);
    if (!status)
        status = look_ahead(s, head, next, err);
    free(head);
    free(next);
    return status;
}

static size_t count_elsewhere(const slt_schedule *s)
{
    size_t count = 0;
    for (size_t i = 0; i < s->run_count; i++)
        count += s->elsewhere[i];
    return count;
}

/* Looks again at runs that another program had, as long as one of them has finished or
 * is free by then.  Our own traces get their final names before: of several programs
 * that share a study, the last one to look finds all traces of the others. */
static void share_out(slt_schedule *s)
{
    size_t left = SIZE_MAX, before;
    do {
        before = left;
        slt_pool_each(s->pool, s->team_count, run_team, s);
        left = count_elsewhere(s);
        if (left)
            slt_syncer_flush(s->syncer);
        s->team_count = 0;
        for (size_t i = 0; i < s->run_count; i++)
            if (s->elsewhere[i])
                s->teams[s->team_count++] = (slt_schedule_team){i, 1};
    } while (left && left < before && !slt_schedule_cancelled(s));
}

/* Says in one line which traces in the folder were made elsewhere. */
static void tell_foreign(const slt_schedule *s)
{
    slt_run_list list = {0};
    size_t count = 0;
    for (size_t i = 0; i < s->run_count; i++) {
        if (!s->foreign[i])
            continue;
        count++;
        slt_run_list_add(&list, s->runs[i]);
    }
    if (count)
        slt_store_remark(&s->store, "%zu kept %s made elsewhere (no provenance here): %s",
                         count, count == 1 ? "run was" : "runs were",
                         slt_run_list_text(&list));
    slt_run_list_free(&list);
}

static slt_status refuse_unfinished(const slt_schedule *s, slt_error *err)
{
    slt_run_list list = {0};
    size_t count = count_elsewhere(s);
    s->counts->elsewhere = count;
    for (size_t i = 0; i < s->run_count; i++)
        if (s->elsewhere[i])
            slt_run_list_add(&list, s->runs[i]);
    slt_status status = slt_fail(
        err, SLT_RESOURCE,
        "%zu of %zu runs %s being computed by another process: %s; all others "
        "are finished (the same command tells when these are)",
        count, s->run_count, count == 1 ? "is" : "are", slt_run_list_text(&list));
    slt_run_list_free(&list);
    return status;
}

static slt_status verdict(const slt_schedule *s, slt_error *err)
{
    if (s->status)
        return slt_error_copy(err, &s->error);
    if (count_elsewhere(s) && !slt_schedule_cancelled(s))
        return refuse_unfinished(s, err);
    if (s->runs_done < s->run_count)
        return slt_fail(err, SLT_INTERRUPTED,
                        "stopped; run the same command again to go on");
    return SLT_OK;
}

static slt_status run_all(slt_schedule *s, slt_error *err)
{
    slt_error unsynced = {0};
    slt_status status = schedule_plan(s, err);
    if (!status)
        status = slt_pool_create(s->options->jobs ? s->options->jobs : 1, &s->pool, err);
    if (status)
        return status;
    status = slt_syncer_start(&s->store, &s->syncer, err);
    if (!status) {
        share_out(s);
        status = slt_syncer_stop(s->syncer, &unsynced);
        if (!status || (s->status && s->status != SLT_INTERRUPTED))
            status = verdict(s, err);
        else
            slt_error_copy(err, &unsynced);
        tell_foreign(s);
    }
    slt_pool_free(s->pool);
    return status;
}

static size_t list_runs(const slt_manifest *manifest, const bool *selected, size_t *runs)
{
    size_t count = 0;
    for (size_t run = 0; run < slt_manifest_runs(manifest); run++)
        if (!selected || selected[run])
            runs[count++] = run;
    return count;
}

slt_status slt_study_run(slt_manifest *manifest, const slt_study_options *options,
                         slt_study_counts *counts, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_OPTIONS(options, err);
    if (!unknown)
        unknown = slt_num_available(SLT_FIXED, err); /* whether anything is */
    if (unknown)
        return unknown;
    size_t *runs = slt_world.calloc(slt_manifest_runs(manifest) + 1, sizeof *runs);
    if (!runs)
        return slt_fail(err, SLT_RESOURCE, "no memory for the list of runs");
    *counts = (slt_study_counts){0};
    slt_schedule s = {.manifest = manifest,
                      .options = options,
                      .runs = runs,
                      .run_count = list_runs(manifest, options->selected, runs),
                      .counts = counts};
    slt_status status = slt_store_open(manifest, options, &s.store, err);
    if (!status) {
        slt_world.pthread_mutex_init(&s.mutex, NULL);
        status = run_all(&s, err);
        slt_world.pthread_mutex_destroy(&s.mutex);
        slt_store_close(&s.store);
    }
    free(s.work);
    free(s.done);
    free(s.weight);
    free(s.teams);
    free(s.elsewhere);
    free(s.foreign);
    free(runs);
    return status;
}
