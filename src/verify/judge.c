#include "verify/judge.h"

#include <sltrace/system.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/digest.h"
#include "learn/quantity.h"
#include "figure/golden_make.h"
#include "num/math.h"
#include "run/files.h"
#include "run/store.h"
#include "verify/segments.h"

/* One run while it is judged. */
typedef struct judging {
    const slt_judge *judge;
    size_t index;
    const slt_golden_run *golden;
    slt_judgement *judgement;
    size_t trail; /* how many entries of the golden's trail were compared */
    slt_trace *published;
    bool there;       /* a file that should be it */
    slt_buffer bytes; /* the run's trace */
    bool stopped;     /* early, at the first hash of the trail that differs */
} judging;

/* ---- The trail --------------------------------------------------------------------- */

static void judge_note_trail(judging *r, uint64_t record, slt_digest hash)
{
    slt_run_verdict *j = &r->judgement->run;
    const slt_golden_run *golden = r->golden;
    if (r->trail == golden->trail_count || golden->trail_record[r->trail] != record)
        return;
    uint32_t expected = golden->trail_hash[r->trail++];
    if (j->has_trail)
        return;
    if (expected == slt_digest_prefix(hash)) {
        j->has_last_equal = true;
        j->last_equal = record;
        return;
    }
    j->has_trail = true;
    j->first_differing = record;
    snprintf(j->expected, sizeof j->expected, "%08" PRIx32, expected);
    snprintf(j->found, sizeof j->found, "%08" PRIx32, slt_digest_prefix(hash));
}

/* Keeps the bytes. Without the publisher's trace to compare with, the first difference
 * ends the run. */
static slt_status judge_look_at_record(void *context, slt_trace_writer *writer,
                                       slt_error *err)
{
    judging *r = context;
    judge_note_trail(r, writer->records - 1, writer->hashes[writer->records - 1]);
    slt_buffer_append(&r->bytes, writer->bytes.data, writer->bytes.size);
    slt_buffer_clear(&writer->bytes);
    if (r->bytes.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for the trace of run %" PRIu64,
                        r->golden->run);
    if (r->judgement->run.has_trail && !r->published) {
        r->stopped = true;
        r->judgement->run.other_trace = true;
        snprintf(r->judgement->run.fields.field, sizeof r->judgement->run.fields.field,
                 "trail");
        return slt_fail(err, SLT_DIFFERS, "differs");
    }
    return SLT_OK;
}

static bool judge_pause_wanted(void *context, uint64_t done)
{
    judging *r = context;
    return r->judge->wanted &&
           r->judge->wanted(r->judge->context, (size_t)r->golden->run, done);
}

static slt_status judge_tell_loss(void *context, uint64_t step,
                                  const slt_metrics *metrics, slt_error *err)
{
    judging *r = context;
    (void)step;
    (void)err;
    if (r->judge->loss && metrics->count)
        r->judge->loss(r->judge->context, (size_t)r->golden->run, metrics->list[0].value);
    return SLT_OK;
}

static slt_status judge_pause(void *context, const slt_execution *at,
                              const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "stopped before all runs were judged");
}

/* ---- The publisher's trace --------------------------------------------------------- */

/* The path of the run's trace, whatever its name; if there is none, the path that its
 * number gives. */
static slt_status judge_published_path(const judging *r, char path[SLT_FILE_PATH_MAX],
                                       slt_error *err)
{
    const char *found = slt_traces_find(r->judge->traces, r->golden->experiment);
    if (found)
        return slt_path_print(path, err, "%s", found);
    bool there = false;
    slt_status status =
        slt_store_trace_path(r->judge->folder, (size_t)r->golden->run, path, err);
    if (!status)
        status = slt_files_look(path, &there, err);
    if (!status && !there)
        status = slt_path_print(path, err, "%s/%06" PRIu64 ".trace", r->judge->folder,
                                r->golden->run);
    return status;
}

static slt_status judge_open_published(judging *r, slt_error *trouble)
{
    slt_run_verdict *j = &r->judgement->run;
    char path[SLT_FILE_PATH_MAX], sha256[65];
    slt_error err = {0};
    if (!r->judge->folder)
        return SLT_OK;
    slt_status status = judge_published_path(r, path, trouble);
    if (!status)
        status = slt_files_look(path, &r->there, trouble);
    if (status)
        return status;
    status = slt_trace_open(path, &r->published, &err);
    if (status && r->there && status != SLT_FORMAT)
        return slt_error_copy(trouble, &err);
    if (status) {
        snprintf(j->note, sizeof j->note, "%.255s", err.text);
        return SLT_OK;
    }
    snprintf(j->trace, sizeof j->trace, "%.255s", path);
    slt_trace_sha256(r->published, sha256);
    if (!strcmp(sha256, r->golden->sha256))
        return SLT_OK;
    snprintf(j->note, sizeof j->note, "%.180s is not the golden's trace", path);
    slt_trace_free(r->published);
    r->published = NULL;
    return SLT_OK;
}

static void judge_find_llc(judging *r)
{
    const slt_golden *golden = r->judge->golden;
    slt_run_verdict *j = &r->judgement->run;
    for (size_t i = 0; i < golden->result_count && !j->has_llc; i++) {
        const slt_quantity *column = &golden->results[i];
        const slt_real *found = slt_outcome_find(&r->judgement->outcome, column);
        if (!slt_quantity_is_llc(column) || !found || !r->golden->has_result[i])
            continue;
        j->has_llc = true;
        j->llc_expected = r->golden->results[i];
        j->llc_found = *found;
    }
}

static slt_status judge_locate(judging *r, const slt_trace *found, slt_error *err)
{
    if (!r->published)
        return SLT_OK;
    slt_status status = slt_compare_traces(r->published, found, 0, SIZE_MAX,
                                           &r->judgement->run.difference, err);
    r->judgement->run.located = true;
    judge_find_llc(r);
    return status;
}

/* ---- The golden made again --------------------------------------------------------- */

/* The trace, made by this machine or confirmed by it in pieces, must give the golden's
 * own lines. */
static slt_status judge_compare_lines(judging *r, const slt_trace *trace, slt_error *err)
{
    const slt_judge *judge = r->judge;
    slt_run_verdict *j = &r->judgement->run;
    const slt_record *last = slt_trace_record(trace, slt_trace_records(trace) - 1);
    slt_status status =
        slt_outcome_of_trace(trace, judge->needs, r->index, &r->judgement->outcome, err);
    j->whole = !status;
    j->end_status = r->judgement->outcome.status;
    j->end_step = last->step;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        j->end_in_chain |=
            record->kind == SLT_RECORD_CHAIN && record->chain_status != SLT_RUN_DONE;
    }
    if (!status)
        status = slt_study_golden_set_run(judge->made, r->index, trace, "the run's trace",
                                          err);
    if (!status)
        status = slt_golden_compare_line(judge->golden, judge->made, SLT_GOLDEN_RUN,
                                         r->index, &j->fields, err);
    if (!status)
        status = slt_golden_compare_line(judge->golden, judge->made, SLT_GOLDEN_TRAIL,
                                         r->index, &j->fields, err);
    if (!status)
        j->verdict = j->fields.count ? SLT_VERDICT_DIFFERS : SLT_VERDICT_IDENTICAL;
    return status;
}

/* ---- In pieces --------------------------------------------------------------------- */

static bool judge_may_divide(judging *r)
{
    slt_run_verdict *j = &r->judgement->run;
    if (!r->judge->segments)
        return false;
    if (r->published && slt_segments_possible(r->published))
        return true;
    snprintf(j->pieces.whole, sizeof j->pieces.whole, "%.200s",
             r->published ? "its trace stores no states" : j->note);
    return false;
}

/* Up to the record that differs, the hashes to compare with the trail are those of the
 * trace. */
static void judge_note_trace(judging *r, const slt_segments_verdict *verdict)
{
    slt_run_verdict *j = &r->judgement->run;
    size_t records = slt_trace_records(r->published);
    for (size_t i = 0; i < records && i < verdict->difference.record; i++)
        judge_note_trail(r, i, slt_trace_record(r->published, i)->hash);
    j->other_trace = true;
    snprintf(j->fields.field, sizeof j->fields.field, "%s",
             j->has_trail ? "trail" : verdict->field);
    if (j->has_trail)
        return;
    j->located = true;
    j->difference = verdict->difference;
    j->has_trail = r->trail < r->golden->trail_count;
    j->first_differing = j->has_trail ? r->golden->trail_record[r->trail] : 0;
    memcpy(j->expected, verdict->expected, sizeof j->expected);
    memcpy(j->found, verdict->found, sizeof j->found);
}

static slt_segments judge_segments(judging *r, const slt_run_spec *spec,
                                   const uint8_t *canonical, size_t size)
{
    return (slt_segments){.trace = r->published,
                          .run = spec,
                          .canonical = canonical,
                          .canonical_size = size,
                          .pool = r->judge->pool,
                          .jobs = r->judge->jobs,
                          .fine = r->judge->spot,
                          .context = r,
                          .wanted = judge_pause_wanted};
}

static slt_status judge_pieces(judging *r, const slt_run_spec *spec,
                               const uint8_t *canonical, size_t size, slt_error *err)
{
    slt_run_verdict *j = &r->judgement->run;
    const slt_segments segments = judge_segments(r, spec, canonical, size);
    slt_segments_verdict verdict;
    slt_status status = slt_segments_judge(&segments, &verdict, err);
    if (status)
        return status;
    j->pieces = (slt_run_pieces){.divided = true,
                                 .trials = spec->trials.count != 0,
                                 .stretches = verdict.stretches,
                                 .estimates = verdict.estimates};
    if (verdict.same)
        return judge_compare_lines(r, r->published, err);
    judge_note_trace(r, &verdict);
    j->verdict = SLT_VERDICT_DIFFERS;
    return SLT_OK;
}

/* ---- The publisher's word ---------------------------------------------------------- */

/* Without the golden's trace there is nothing to draw from. */
static slt_status judge_require_published(judging *r, slt_error *err)
{
    slt_run_verdict *j = &r->judgement->run;
    if (r->published)
        return SLT_OK;
    if (!r->there)
        return slt_fail(err, SLT_FILE, "%s: a spot check needs the trace of every run",
                        j->note);
    j->verdict = SLT_VERDICT_DIFFERS;
    j->fields = (slt_golden_difference){.count = 1, .field = "sha256"};
    memcpy(j->fields.golden, r->golden->sha256, sizeof r->golden->sha256);
    memcpy(j->fields.found, j->note, sizeof j->note);
    return SLT_OK;
}

static slt_status judge_trace_alone(judging *r, const slt_run_spec *spec,
                                    const uint8_t *canonical, size_t size, slt_error *err)
{
    slt_run_verdict *j = &r->judgement->run;
    slt_status status = judge_require_published(r, err);
    if (status || !r->published)
        return status;
    const slt_segments segments = judge_segments(r, spec, canonical, size);
    status =
        slt_segments_count(&segments, &j->pieces.stretches, &j->pieces.estimates, err);
    j->pieces.divided = true;
    j->pieces.trials = spec->trials.count != 0;
    return status ? status : judge_compare_lines(r, r->published, err);
}

static slt_status judge_one_piece(judging *r, size_t piece, const slt_run_spec *spec,
                                  const uint8_t *canonical, size_t size, slt_error *err)
{
    slt_run_verdict *j = &r->judgement->run;
    slt_status status = judge_require_published(r, err);
    if (status || !r->published)
        return status;
    const slt_segments segments = judge_segments(r, spec, canonical, size);
    slt_segments_verdict verdict;
    status = slt_segments_judge_one(&segments, piece, &j->stretch, &verdict, err);
    if (status)
        return status;
    j->verdict = verdict.same ? SLT_VERDICT_IDENTICAL : SLT_VERDICT_DIFFERS;
    if (!verdict.same)
        judge_note_trace(r, &verdict);
    return SLT_OK;
}

/* ---- The verdict ------------------------------------------------------------------- */

static slt_status judge_whole(judging *r, slt_error *err)
{
    slt_run_verdict *j = &r->judgement->run;
    slt_trace *found = NULL;
    slt_status status =
        slt_trace_parse(r->bytes.data, r->bytes.size, "the run's trace", &found, err);
    if (!status)
        status = judge_compare_lines(r, found, err);
    if (!status) {
        slt_digest chain = r->judge->made->runs[r->index].chain;
        j->other_trace = !slt_digest_equal(chain, r->golden->chain);
        slt_digest_text(r->golden->chain, j->expected);
        slt_digest_text(chain, j->found);
    }
    if (!status && j->other_trace)
        status = judge_locate(r, found, err);
    slt_trace_free(found);
    return status;
}

static void judge_set_trouble(slt_run_verdict *j, slt_status status, const slt_error *err)
{
    j->verdict = status == SLT_UNFIT ? SLT_VERDICT_NOT_JUDGED : SLT_VERDICT_TROUBLE;
    j->error = *err;
    j->error.status = status;
}

static slt_status judge_execute(judging *r, const slt_run_spec *spec,
                                const uint8_t *canonical, size_t size,
                                slt_trace_writer *writer, slt_error *err)
{
    slt_execution execution = {0};
    slt_execute_hooks hooks = {.context = r,
                               .record = judge_look_at_record,
                               .checkpoint = judge_tell_loss,
                               .wanted = judge_pause_wanted,
                               .pause = judge_pause};
    slt_status status = slt_execution_create(spec, &execution, err);
    if (!status)
        status =
            slt_execute(&execution, canonical, size, writer, r->judge->pool, &hooks, err);
    slt_execution_free(&execution);
    return status;
}

void slt_judge_run(const slt_judge *judge, size_t index, const slt_run_spec *spec,
                   const uint8_t *canonical, size_t size, slt_judgement *judgement)
{
    judging r = {.judge = judge,
                 .index = index,
                 .golden = &judge->golden->runs[index],
                 .judgement = judgement};
    slt_trace_writer writer;
    slt_error err = {0};
    *judgement = (slt_judgement){0};
    slt_trace_writer_init(&writer);
    slt_status status = judge_open_published(&r, &err);
    bool divided = !status && (judge->spot || judge_may_divide(&r));
    if (divided && judge->spot) {
        judgement->run.stretch.kind = SLT_STRETCH_TRACE;
        status = judge_trace_alone(&r, spec, canonical, size, &err);
    } else if (divided)
        status = judge_pieces(&r, spec, canonical, size, &err);
    else if (!status)
        status = judge_execute(&r, spec, canonical, size, &writer, &err);
    if (r.stopped)
        judgement->run.verdict = SLT_VERDICT_DIFFERS;
    else if (!status && !divided)
        status = judge_whole(&r, &err);
    if (status && !r.stopped)
        judge_set_trouble(&judgement->run, status, &err);
    slt_trace_writer_free(&writer);
    slt_trace_free(r.published);
    slt_buffer_free(&r.bytes);
}

void slt_judge_stretch(const slt_judge *judge, size_t index, size_t piece,
                       const slt_run_spec *spec, const uint8_t *canonical, size_t size,
                       slt_judgement *judgement)
{
    judging r = {.judge = judge,
                 .index = index,
                 .golden = &judge->golden->runs[index],
                 .judgement = judgement};
    slt_error err = {0};
    *judgement = (slt_judgement){0};
    slt_status status = judge_open_published(&r, &err);
    if (!status)
        status = judge_one_piece(&r, piece, spec, canonical, size, &err);
    if (status)
        judge_set_trouble(&judgement->run, status, &err);
    slt_trace_free(r.published);
}
