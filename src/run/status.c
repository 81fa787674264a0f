/* How far a study is, as its folders show it. */
#include <sltrace/study.h>
#include <sltrace/system.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "run/run_list.h"
#include "run/store.h"
#include "trace/trace_peek.h"

typedef struct survey {
    const char *const *folders;
    size_t folder_count;
    slt_study_status *status;
    slt_shard *costs; /* by run; NULL without a manifest: all cost the same */
    uint64_t done_cost, done_seconds;
} survey;

static uint64_t cost_at(const survey *s, size_t run)
{
    return s->costs ? s->costs[run].cost_ns : 1;
}

/* ---- How long a run took ----------------------------------------------------------- */

static bool read_digits(const char **text, int count, char behind, int64_t *number)
{
    *number = 0;
    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *number = 10 * *number + (**text - '0');
    }
    return *(*text)++ == behind;
}

/* "2026-01-31T12:00:00Z" in seconds, of which only differences mean anything. */
static bool read_time(const char *json, const char *key, int64_t *seconds)
{
    const char *at = strstr(json, key);
    int64_t year, month, day, hour, minute, second;
    if (!at)
        return false;
    at += strlen(key);
    if (!read_digits(&at, 4, '-', &year) || !read_digits(&at, 2, '-', &month) ||
        !read_digits(&at, 2, 'T', &day) || !read_digits(&at, 2, ':', &hour) ||
        !read_digits(&at, 2, ':', &minute) || !read_digits(&at, 2, 'Z', &second))
        return false;
    /* Years begin in March, so that the leap day is the last. */
    year -= month <= 2;
    month += month <= 2 ? 9 : -3;
    const int64_t days =
        365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    *seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

static slt_status add_time(survey *s, const char *folder, size_t run, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_buffer json = {0};
    int64_t started, finished;
    bool there = false;
    slt_status status = slt_store_provenance_path(folder, run, path, err);
    if (!status)
        status = slt_files_look(path, &there, err);
    if (!status && there)
        status = slt_io_read(path, SLT_PROVENANCE_BYTES_MAX, &json, err);
    const char *text = slt_buffer_text(&json);
    if (!status && read_time(text, "\"started\": \"", &started) &&
        read_time(text, "\"finished\": \"", &finished) && finished >= started) {
        s->done_cost += cost_at(s, run);
        s->done_seconds += (uint64_t)(finished - started);
    }
    slt_buffer_free(&json);
    return status;
}

/* ---- One run ----------------------------------------------------------------------- */

static slt_found found_by(slt_run_status ended)
{
    return ended == SLT_RUN_DIVERGED   ? SLT_FOUND_DIVERGED
           : ended == SLT_RUN_OVERFLOW ? SLT_FOUND_OVERFLOWED
                                       : SLT_FOUND_DONE;
}

static slt_status look_finished(survey *s, const char *folder, size_t run,
                                slt_found *found, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_trace *trace = NULL;
    bool there = false;
    slt_status status = slt_store_trace_path(folder, run, path, err);
    if (!status)
        status = slt_files_look(path, &there, err);
    if (status || !there)
        return status;
    status = slt_trace_open(path, &trace, err);
    if (status == SLT_FORMAT) {
        *found = SLT_FOUND_DAMAGED;
        return SLT_OK;
    }
    if (status)
        return status;
    *found = found_by(slt_trace_record(trace, slt_trace_records(trace) - 1)->status);
    slt_trace_free(trace);
    return add_time(s, folder, run, err);
}

/* A part is computed now if somebody holds its run's lock. */
static slt_status look_part(const char *folder, size_t run, slt_found *found,
                            slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_digest experiment;
    bool there = false, held = false;
    slt_status status =
        slt_path_print(path, err, "%s/traces/%06zu.trace.part", folder, run);
    if (!status)
        status = slt_files_look(path, &there, err);
    if (status || !there)
        return status;
    status = slt_trace_peek(path, &experiment, err);
    if (!status)
        status = slt_store_held(folder, experiment, &held, err);
    else if (status == SLT_FORMAT)
        status = SLT_OK;
    *found = held ? SLT_FOUND_RUNNING : SLT_FOUND_UNFINISHED;
    return status;
}

static slt_status look_at_run(survey *s, size_t run, slt_error *err)
{
    slt_found best = SLT_FOUND_MISSING;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < s->folder_count && best < SLT_FOUND_OVERFLOWED && !status;
         i++) {
        slt_found found = SLT_FOUND_MISSING;
        status = look_finished(s, s->folders[i], run, &found, err);
        if (!status && found < SLT_FOUND_OVERFLOWED)
            status = look_part(s->folders[i], run, &found, err);
        best = found > best ? found : best;
    }
    s->status->count[best]++;
    s->status->found[run] = best;
    return status;
}

/* ---- All of them ------------------------------------------------------------------- */

/* What is left takes, if it goes as what is done went, or else as planned. */
static void foresee(survey *s)
{
    uint64_t left = 0, done = s->done_cost;
    for (size_t run = 0; run < s->status->runs; run++)
        if (s->status->found[run] < SLT_FOUND_OVERFLOWED)
            left += cost_at(s, run);
    s->status->planned = left && !done && s->costs;
    s->status->known = !left || done || s->costs;
    if (s->status->planned)
        s->status->to_go_s = left / 1000000000;
    for (; left >> 31; left >>= 1)
        done >>= 1;
    if (done)
        s->status->to_go_s = left * s->done_seconds / done;
}

static void name_runs(slt_study_status *status)
{
    for (size_t kind = 0; kind < SLT_FOUND_KINDS; kind++) {
        slt_run_list list = {0};
        for (size_t run = 0; run < status->runs; run++)
            if (status->found[run] == kind)
                slt_run_list_add(&list, run);
        snprintf(status->named[kind], sizeof status->named[kind], "%s",
                 slt_run_list_text(&list));
        slt_run_list_free(&list);
    }
}

static slt_status begin_survey(survey *s, slt_error *err)
{
    for (size_t i = 0; i < s->folder_count; i++) {
        const slt_store_about about = slt_store_about_of(s->folders[i]);
        if (!about.runs || about.runs > SIZE_MAX / 2)
            return slt_fail(err, SLT_FILE,
                            "%s: not the folder of a study: no %s/experiment",
                            s->folders[i], s->folders[i]);
        if (i &&
            (strcmp(about.name, s->status->name) != 0 || about.runs != s->status->runs))
            return slt_fail(
                err, SLT_FORMAT,
                "%s: the folder of experiment '%s' of %zu runs, expected '%s' "
                "of %zu as in %s",
                s->folders[i], about.name, (size_t)about.runs, s->status->name,
                s->status->runs, s->folders[0]);
        snprintf(s->status->name, sizeof s->status->name, "%s", about.name);
        s->status->runs = (size_t)about.runs;
    }
    s->status->found = slt_world.calloc(s->status->runs, sizeof *s->status->found);
    return s->status->found
               ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", s->status->runs);
}

static slt_status take_costs(survey *s, slt_manifest *manifest, slt_error *err)
{
    if (!manifest)
        return SLT_OK;
    if (strcmp(slt_manifest_name(manifest), s->status->name) != 0 ||
        slt_manifest_runs(manifest) != s->status->runs)
        return slt_fail(err, SLT_FORMAT,
                        "%s: the folder of experiment '%s' of %zu runs, expected '%s' of "
                        "%zu",
                        s->folders[0], s->status->name, s->status->runs,
                        slt_manifest_name(manifest), slt_manifest_runs(manifest));
    s->costs = slt_world.calloc(s->status->runs, sizeof *s->costs);
    if (!s->costs)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", s->status->runs);
    return slt_study_shards(manifest, NULL, 1, s->costs, err);
}

slt_status slt_study_look(const char *const *folders, size_t count,
                          slt_manifest *manifest, slt_study_status *found, slt_error *err)
{
    SLT_FPENV_ENTERED;
    survey s = {.folders = folders, .folder_count = count, .status = found};
    *found = (slt_study_status){.runs = 0};
    slt_status status = begin_survey(&s, err);
    if (!status)
        status = take_costs(&s, manifest, err);
    for (size_t run = 0; run < found->runs && !status; run++)
        status = look_at_run(&s, run, err);
    if (!status) {
        foresee(&s);
        name_runs(found);
    }
    free(s.costs);
    return status;
}

void slt_study_status_free(slt_study_status *status)
{
    free(status->found);
    status->found = NULL;
}
