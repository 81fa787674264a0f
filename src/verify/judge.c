#include "verify/judge.h"

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

/* One run under judgement. */
typedef struct bench {
    const slt_judge *judge;
    size_t index;
    const slt_golden_run *golden;
    slt_judgement *judgement;
    size_t trail; /* of the golden's trail, how many records were looked at */
    slt_trace *published;
    slt_buffer bytes; /* the run's trace */
    bool stopped;     /* at the first hash of the trail that differs */
} bench;

/* ---- The trail --------------------------------------------------------------------- */

static void note_trail(bench *b, uint64_t record, slt_digest hash)
{
    slt_run_verdict *j = &b->judgement->run;
    const slt_golden_run *golden = b->golden;
    if (b->trail == golden->trail_count || golden->trail_record[b->trail] != record)
        return;
    uint32_t expected = golden->trail_hash[b->trail++];
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

/* Keeps the bytes; without the publisher's trace a difference ends the run. */
static slt_status look_at_record(void *context, slt_trace_writer *writer, slt_error *err)
{
    bench *b = context;
    note_trail(b, writer->records - 1, writer->hashes[writer->records - 1]);
    slt_buffer_append(&b->bytes, writer->bytes.data, writer->bytes.size);
    slt_buffer_clear(&writer->bytes);
    if (b->bytes.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for the trace of run %" PRIu64,
                        b->golden->run);
    if (b->judgement->run.has_trail && !b->published) {
        b->stopped = true;
        b->judgement->run.other_trace = true;
        snprintf(b->judgement->run.fields.field, sizeof b->judgement->run.fields.field,
                 "trail");
        return slt_fail(err, SLT_DIFFERS, "differs");
    }
    return SLT_OK;
}

static bool pause_wanted(void *context, uint64_t done)
{
    bench *b = context;
    return b->judge->wanted &&
           b->judge->wanted(b->judge->context, (size_t)b->golden->run, done);
}

static slt_status pause_run(void *context, const slt_execution *at,
                            const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "stopped before all runs were judged");
}

/* ---- The publisher's trace --------------------------------------------------------- */

/* Where the run's trace lies, under any name; else where it would be by its number. */
static slt_status published_path(const bench *b, char path[SLT_FILE_PATH_MAX],
                                 slt_error *err)
{
    const char *found = slt_traces_find(b->judge->traces, b->golden->experiment);
    if (found)
        return slt_path_print(path, err, "%s", found);
    slt_status status =
        slt_store_trace_path(b->judge->folder, (size_t)b->golden->run, path, err);
    if (!status && !slt_file_exists(path))
        status = slt_path_print(path, err, "%s/%06" PRIu64 ".trace", b->judge->folder,
                                b->golden->run);
    return status;
}

static void open_published(bench *b)
{
    slt_run_verdict *j = &b->judgement->run;
    char path[SLT_FILE_PATH_MAX], sha256[65];
    slt_error err;
    if (!b->judge->folder)
        return;
    if (published_path(b, path, &err) || slt_trace_open(path, &b->published, &err)) {
        snprintf(j->note, sizeof j->note, "%.255s", err.text);
        return;
    }
    snprintf(j->trace, sizeof j->trace, "%.255s", path);
    slt_trace_sha256(b->published, sha256);
    if (!strcmp(sha256, b->golden->sha256))
        return;
    snprintf(j->note, sizeof j->note, "%.180s is not the golden's trace", path);
    slt_trace_free(b->published);
    b->published = NULL;
}

static void find_llc(bench *b)
{
    const slt_golden *golden = b->judge->golden;
    slt_run_verdict *j = &b->judgement->run;
    for (size_t i = 0; i < golden->result_count && !j->has_llc; i++) {
        const slt_quantity *column = &golden->results[i];
        const slt_real *found = slt_outcome_find(&b->judgement->outcome, column);
        if (!slt_quantity_is_llc(column) || !found || !b->golden->has_result[i])
            continue;
        j->has_llc = true;
        j->llc_expected = b->golden->results[i];
        j->llc_found = *found;
    }
}

static void locate(bench *b, const slt_trace *found)
{
    if (!b->published)
        return;
    b->judgement->run.difference = slt_compare_traces(b->published, found, 0, SIZE_MAX);
    b->judgement->run.located = true;
    find_llc(b);
}

/* ---- The golden made again --------------------------------------------------------- */

/* The trace, which this machine made or has remade, must give the golden's own lines. */
static slt_status compare_lines(bench *b, const slt_trace *trace, slt_error *err)
{
    const slt_judge *judge = b->judge;
    slt_run_verdict *j = &b->judgement->run;
    const slt_record *last = slt_trace_record(trace, slt_trace_records(trace) - 1);
    slt_status status =
        slt_outcome_of_trace(trace, judge->needs, &b->judgement->outcome, err);
    j->whole = !status;
    j->end_status = b->judgement->outcome.status;
    j->end_step = last->step;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        j->end_in_chain |=
            record->kind == SLT_RECORD_CHAIN && record->chain_status != SLT_RUN_DONE;
    }
    if (!status)
        status = slt_study_golden_set_run(judge->made, b->index, trace, "the run's trace",
                                          err);
    if (!status)
        status = slt_golden_compare_line(judge->golden, judge->made, SLT_GOLDEN_RUN,
                                         b->index, &j->fields, err);
    if (!status)
        status = slt_golden_compare_line(judge->golden, judge->made, SLT_GOLDEN_TRAIL,
                                         b->index, &j->fields, err);
    if (!status)
        j->verdict = j->fields.count ? SLT_VERDICT_DIFFERS : SLT_VERDICT_IDENTICAL;
    return status;
}

/* ---- In pieces --------------------------------------------------------------------- */

static bool may_divide(bench *b)
{
    slt_run_verdict *j = &b->judgement->run;
    if (!b->judge->segments)
        return false;
    if (b->published && slt_segments_possible(b->published))
        return true;
    snprintf(j->pieces.whole, sizeof j->pieces.whole, "%.200s",
             b->published ? "its trace stores no states" : j->note);
    return false;
}

/* The trail's hashes before the record that differs are the trace's own. */
static void note_trace(bench *b, const slt_segments_verdict *verdict)
{
    slt_run_verdict *j = &b->judgement->run;
    size_t records = slt_trace_records(b->published);
    for (size_t i = 0; i < records && i < verdict->difference.record; i++)
        note_trail(b, i, slt_trace_record(b->published, i)->hash);
    j->other_trace = true;
    snprintf(j->fields.field, sizeof j->fields.field, "%s",
             j->has_trail ? "trail" : "chain");
    if (j->has_trail)
        return;
    j->located = true;
    j->difference = verdict->difference;
    j->has_trail = b->trail < b->golden->trail_count;
    j->first_differing = j->has_trail ? b->golden->trail_record[b->trail] : 0;
    slt_digest_text(verdict->expected, j->expected);
    slt_digest_text(verdict->found, j->found);
}

static slt_status judge_pieces(bench *b, const slt_run_spec *spec,
                               const uint8_t *canonical, size_t size, slt_error *err)
{
    slt_run_verdict *j = &b->judgement->run;
    const slt_segments segments = {.trace = b->published,
                                   .run = spec,
                                   .canonical = canonical,
                                   .canonical_size = size,
                                   .pool = b->judge->pool,
                                   .jobs = b->judge->jobs,
                                   .context = b,
                                   .wanted = pause_wanted};
    slt_segments_verdict verdict;
    slt_status status = slt_segments_judge(&segments, &verdict, err);
    if (status)
        return status;
    j->pieces = (slt_run_pieces){
        .divided = true, .stretches = verdict.stretches, .estimates = verdict.estimates};
    if (verdict.same)
        return compare_lines(b, b->published, err);
    note_trace(b, &verdict);
    j->verdict = SLT_VERDICT_DIFFERS;
    return SLT_OK;
}

/* ---- The verdict ------------------------------------------------------------------- */

static slt_status judge_whole(bench *b, slt_error *err)
{
    slt_run_verdict *j = &b->judgement->run;
    slt_trace *found = NULL;
    slt_status status =
        slt_trace_parse(b->bytes.data, b->bytes.size, "the run's trace", &found, err);
    if (!status)
        status = compare_lines(b, found, err);
    if (!status) {
        slt_digest chain = b->judge->made->runs[b->index].chain;
        j->other_trace = !slt_digest_equal(chain, b->golden->chain);
        slt_digest_text(b->golden->chain, j->expected);
        slt_digest_text(chain, j->found);
    }
    if (!status && j->other_trace)
        locate(b, found);
    slt_trace_free(found);
    return status;
}

static void set_trouble(slt_run_verdict *j, slt_status status, const slt_error *err)
{
    j->verdict = status == SLT_UNFIT ? SLT_VERDICT_NOT_JUDGED : SLT_VERDICT_TROUBLE;
    j->error = *err;
    j->error.status = status;
}

static slt_status execute_run(bench *b, const slt_run_spec *spec,
                              const uint8_t *canonical, size_t size,
                              slt_trace_writer *writer, slt_error *err)
{
    slt_execution execution = {0};
    slt_execute_hooks hooks = {.context = b,
                               .record = look_at_record,
                               .wanted = pause_wanted,
                               .pause = pause_run};
    slt_status status = slt_execution_create(spec, &execution, err);
    if (!status)
        status =
            slt_execute(&execution, canonical, size, writer, b->judge->pool, &hooks, err);
    slt_execution_free(&execution);
    return status;
}

void slt_judge_run(const slt_judge *judge, size_t index, const slt_run_spec *spec,
                   const uint8_t *canonical, size_t size, slt_judgement *judgement)
{
    bench b = {.judge = judge,
               .index = index,
               .golden = &judge->golden->runs[index],
               .judgement = judgement};
    slt_trace_writer writer;
    slt_error err = {0};
    *judgement = (slt_judgement){0};
    slt_trace_writer_init(&writer);
    open_published(&b);
    slt_status status = SLT_OK;
    bool divided = may_divide(&b);
    if (divided)
        status = judge_pieces(&b, spec, canonical, size, &err);
    else
        status = execute_run(&b, spec, canonical, size, &writer, &err);
    if (b.stopped)
        judgement->run.verdict = SLT_VERDICT_DIFFERS;
    else if (!status && !divided)
        status = judge_whole(&b, &err);
    if (status && !b.stopped)
        set_trouble(&judgement->run, status, &err);
    slt_trace_writer_free(&writer);
    slt_trace_free(b.published);
    slt_buffer_free(&b.bytes);
}
