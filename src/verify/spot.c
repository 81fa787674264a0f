#include "verify/spot.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/world.h"
#include "manifest/manifest.h"
#include "verify/spot_draw.h"

/* A spot check on its way. */
typedef struct spotting {
    const slt_spot_check *check;
    slt_spot *spot;
    uint32_t *drawn;       /* numbers of stretches among those of all runs, ascending */
    pthread_mutex_t mutex; /* guards the manifest and all that follows */
    slt_judgement *judgements; /* of those drawn, in order */
    size_t told, ended;
    slt_status worst;
    slt_error error; /* of the first trouble */
} spotting;

/* ---- What there is to draw from ---------------------------------------------------- */

static void spot_count(const slt_spot_check *check, slt_spot *spot)
{
    for (size_t i = 0; i < check->judge->golden->run_count; i++) {
        const slt_run_verdict *run = &check->judgements[i].run;
        spot->training += run->pieces.stretches;
        spot->estimates += run->pieces.estimates;
    }
    spot->stretches = spot->training + spot->estimates;
}

static void spot_value(slt_spot *spot, size_t asked)
{
    const size_t all = spot->stretches;
    spot->drawn = asked < all ? asked : all;
    spot->changed = (all + 99) / 100;
    spot->caught = slt_spot_caught(all, spot->changed, spot->drawn);
    spot->least = slt_spot_least(all, spot->drawn);
}

/* ---- One of them ------------------------------------------------------------------- */

/* The run that a stretch is of; *index becomes its number in that run. */
static size_t spot_run_of(const spotting *s, size_t stretch, size_t *index)
{
    size_t run = 0;
    for (;; run++) {
        const slt_run_pieces *pieces = &s->check->judgements[run].run.pieces;
        const size_t count = pieces->stretches + pieces->estimates;
        if (stretch < count)
            break;
        stretch -= count;
    }
    *index = stretch;
    return run;
}

static slt_status spot_load(spotting *s, size_t run, slt_run_spec *spec,
                            const uint8_t **canonical, size_t *size, slt_error *err)
{
    slt_manifest *manifest = s->check->manifest;
    slt_world.pthread_mutex_lock(&s->mutex);
    slt_status status = slt_manifest_run(manifest, run, spec, err);
    if (!status)
        status = slt_manifest_canonical(manifest, run, canonical, size, err);
    slt_world.pthread_mutex_unlock(&s->mutex);
    return status;
}

static bool spot_cancelled(const spotting *s)
{
    const slt_verify_options *options = s->check->options;
    return options->cancel && *options->cancel;
}

static void spot_count_verdict(slt_verify_result *result, const slt_run_verdict *run)
{
    result->identical += run->verdict == SLT_VERDICT_IDENTICAL;
    result->differ += run->verdict == SLT_VERDICT_DIFFERS;
    result->not_judged += run->verdict == SLT_VERDICT_NOT_JUDGED;
    result->trouble += run->verdict == SLT_VERDICT_TROUBLE;
}

/* Tells all verdicts that are next in order, of those that an interruption left without
 * one only the first.  The caller holds the mutex. */
static void spot_tell_ready(spotting *s)
{
    const slt_spot_check *check = s->check;
    bool stopped =
        s->told && s->judgements[s->told - 1].run.error.status == SLT_INTERRUPTED;
    while (s->told < s->spot->drawn && !stopped) {
        const slt_run_verdict *run = &s->judgements[s->told].run;
        if (run->verdict == SLT_VERDICT_PENDING)
            break;
        if (check->page->run)
            check->page->run(check->page->context, check->judge->golden, run);
        stopped = run->error.status == SLT_INTERRUPTED;
        s->told++;
    }
}

static void spot_note(spotting *s, size_t place, const slt_judgement *judgement)
{
    const slt_run_verdict *run = &judgement->run;
    const slt_status status =
        run->verdict == SLT_VERDICT_DIFFERS ? SLT_DIFFERS : run->error.status;
    slt_world.pthread_mutex_lock(&s->mutex);
    if (status && slt_status_worse(s->worst, status) != s->worst) {
        s->worst = status;
        s->error = run->error;
    }
    s->judgements[place] = *judgement;
    spot_count_verdict(s->check->result, run);
    s->ended++;
    spot_tell_ready(s);
    s->check->progress(s->check->context, run, s->ended);
    slt_world.pthread_mutex_unlock(&s->mutex);
}

static void spot_judge_task(void *argument, size_t place)
{
    spotting *s = argument;
    size_t index, size = 0;
    const size_t run = spot_run_of(s, s->drawn[place], &index);
    const uint8_t *canonical = NULL;
    slt_judgement judgement = {0};
    slt_error *err = &judgement.run.error;
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status;
    if (spot_cancelled(s))
        status =
            slt_fail(err, SLT_INTERRUPTED, "stopped before all stretches were judged");
    else if (!spec)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a run");
    else
        status = spot_load(s, run, spec, &canonical, &size, err);
    if (status)
        judgement.run.verdict = SLT_VERDICT_TROUBLE;
    else
        slt_judge_stretch(s->check->judge, run, index, spec, canonical, size, &judgement);
    judgement.run.run = run;
    judgement.run.label = s->check->judgements[run].run.label;
    spot_note(s, place, &judgement);
    free(spec);
}

/* ---- All of them ------------------------------------------------------------------- */

static slt_status spot_conclude(const spotting *s, slt_error *err)
{
    const slt_verify_result *result = s->check->result;
    if (s->worst && s->worst != SLT_DIFFERS && err)
        *err = s->error;
    else if (s->worst)
        slt_fail(err, s->worst, "%s: %zu of %zu stretches %s",
                 s->check->judge->golden->path, result->differ, s->spot->drawn,
                 result->differ == 1 ? "differs" : "differ");
    return s->worst;
}

slt_status slt_spot_judge(const slt_spot_check *check, slt_error *err)
{
    slt_spot *spot = &check->result->spot;
    spotting s = {.check = check, .spot = spot};
    spot_count(check, spot);
    spot_value(spot, check->options->spot);
    slt_status status =
        slt_spot_draw(slt_spot_key(check->options->spot_key, check->result->runs_sha256),
                      spot->stretches, spot->drawn, &s.drawn, err);
    if (!status &&
        !(s.judgements = slt_world.calloc(spot->drawn + 1, sizeof *s.judgements)))
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu verdicts", spot->drawn);
    if (!status) {
        slt_world.pthread_mutex_init(&s.mutex, NULL);
        if (check->page->spot)
            check->page->spot(check->page->context, spot);
        slt_pool_each(check->judge->pool, spot->drawn, spot_judge_task, &s);
        status = spot_conclude(&s, err);
        slt_world.pthread_mutex_destroy(&s.mutex);
    }
    free(s.judgements);
    free(s.drawn);
    return status;
}
