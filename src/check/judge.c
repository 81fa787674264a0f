#include "check/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/segments.h"
#include "num/math.h"
#include "record/digest.h"
#include "study/files.h"

/* One run under judgement. */
typedef struct bench {
    const slt_judge *judge;
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
    slt_judgement *j = b->judgement;
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
    if (b->judgement->has_trail && !b->published) {
        b->stopped = true;
        return slt_fail(err, SLT_DIFFERS, "differs");
    }
    return SLT_OK;
}

static bool wanted(void *context, uint64_t done)
{
    bench *b = context;
    return b->judge->wanted &&
           b->judge->wanted(b->judge->context, (size_t)b->golden->run, done);
}

static slt_status stop(void *context, const slt_execution *at,
                       const slt_trace_writer *writer, slt_error *err)
{
    (void)context;
    (void)at;
    (void)writer;
    return slt_fail(err, SLT_INTERRUPTED, "stopped before all runs were judged");
}

/* ---- The publisher's trace --------------------------------------------------------- */

/* DIR/000057.trace, or where a study's folder is named DIR/traces/000057.trace. */
static slt_status published_path(const bench *b, char path[SLT_FILE_PATH_MAX],
                                 slt_error *err)
{
    slt_status status = slt_path_print(path, err, "%s/traces/%06" PRIu64 ".trace",
                                       b->judge->traces, b->golden->run);
    if (!status && !slt_file_exists(path))
        status = slt_path_print(path, err, "%s/%06" PRIu64 ".trace", b->judge->traces,
                                b->golden->run);
    return status;
}

static void open_published(bench *b)
{
    slt_judgement *j = b->judgement;
    char path[SLT_FILE_PATH_MAX], sha256[65];
    slt_error err;
    if (!b->judge->traces)
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
    slt_judgement *j = b->judgement;
    for (size_t i = 0; i < golden->result_count && !j->has_llc; i++) {
        const slt_real *found = slt_outcome_find(&j->outcome, golden->results[i]);
        if (strncmp(golden->results[i], "llc", 3) || !found || !b->golden->has_result[i])
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
    b->judgement->difference = slt_compare_traces(b->published, found, 0, SIZE_MAX);
    b->judgement->located = true;
    find_llc(b);
}

/* ---- In pieces --------------------------------------------------------------------- */

static bool may_divide(bench *b)
{
    slt_judgement *j = b->judgement;
    if (!b->judge->segments)
        return false;
    if (b->published && slt_segments_possible(b->published))
        return true;
    snprintf(j->pieces, sizeof j->pieces, "verified whole: %.200s",
             b->published ? "its trace stores no states" : j->note);
    return false;
}

/* The trail's hashes before the record that differs are the trace's own. */
static void note_trace(bench *b, const slt_segments_verdict *verdict)
{
    slt_judgement *j = b->judgement;
    size_t records = slt_trace_records(b->published);
    size_t equal = verdict->same ? records : verdict->difference.record;
    for (size_t i = 0; i < records && i < equal; i++)
        note_trail(b, i, slt_trace_record(b->published, i)->hash);
    if (verdict->same || j->has_trail)
        return;
    j->located = true;
    j->difference = verdict->difference;
    j->has_trail = b->trail < b->golden->trail_count;
    j->first_differing = j->has_trail ? b->golden->trail_record[b->trail] : 0;
    slt_digest_text(verdict->expected, j->expected);
    slt_digest_text(verdict->found, j->found);
}

static slt_digest last_hash(const slt_trace *trace)
{
    return slt_trace_record(trace, slt_trace_records(trace) - 1)->hash;
}

static slt_status judge_pieces(bench *b, const slt_run_spec *spec,
                               const uint8_t *canonical, size_t size, slt_error *err)
{
    slt_judgement *j = b->judgement;
    const slt_segments segments = {.trace = b->published,
                                   .run = spec,
                                   .canonical = canonical,
                                   .canonical_size = size,
                                   .pool = b->judge->pool,
                                   .jobs = b->judge->jobs,
                                   .context = b,
                                   .wanted = wanted};
    slt_segments_verdict verdict;
    slt_status status = slt_segments_judge(&segments, &verdict, err);
    if (status)
        return status;
    snprintf(j->pieces, sizeof j->pieces, "%zu %s of training, %zu %s", verdict.stretches,
             verdict.stretches == 1 ? "stretch" : "stretches", verdict.estimates,
             verdict.estimates == 1 ? "estimate" : "estimates");
    note_trace(b, &verdict);
    bool same = verdict.same && !j->has_trail;
    j->verdict = SLT_VERDICT_DIFFERS;
    if (!same)
        return SLT_OK;
    status = slt_outcome_of_trace(b->published, b->judge->needs, &j->outcome, err);
    j->whole = !status;
    if (!status && j->outcome.status == b->golden->status &&
        slt_digest_equal(last_hash(b->published), b->golden->chain))
        j->verdict = SLT_VERDICT_IDENTICAL;
    return status;
}

/* ---- The verdict ------------------------------------------------------------------- */

static slt_status judge_whole(bench *b, const slt_trace_writer *writer, slt_error *err)
{
    slt_judgement *j = b->judgement;
    const slt_golden_run *golden = b->golden;
    slt_trace *found = NULL;
    char sha256[65];
    slt_status status =
        slt_trace_parse(b->bytes.data, b->bytes.size, "the run's trace", &found, err);
    if (!status)
        status = slt_outcome_of_trace(found, b->judge->needs, &j->outcome, err);
    if (status) {
        slt_trace_free(found);
        return status;
    }
    j->whole = true;
    slt_trace_writer_sha256(writer, sha256);
    slt_digest last = writer->hashes[writer->records - 1];
    bool same = !j->has_trail && slt_digest_equal(last, golden->chain) &&
                !strcmp(sha256, golden->sha256) && j->outcome.status == golden->status;
    j->verdict = same ? SLT_VERDICT_IDENTICAL : SLT_VERDICT_DIFFERS;
    if (!same) {
        slt_digest_text(golden->chain, j->expected);
        slt_digest_text(last, j->found);
        locate(b, found);
    }
    slt_trace_free(found);
    return SLT_OK;
}

static void set_trouble(slt_judgement *j, slt_status status, const slt_error *err)
{
    j->verdict = status == SLT_UNFIT ? SLT_VERDICT_NOT_JUDGED : SLT_VERDICT_TROUBLE;
    j->status = status;
    j->error = *err;
}

static slt_status execute(bench *b, const slt_run_spec *spec, const uint8_t *canonical,
                          size_t size, slt_trace_writer *writer, slt_error *err)
{
    slt_execution execution = {0};
    slt_execute_hooks hooks = {
        .context = b, .record = look_at_record, .wanted = wanted, .pause = stop};
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
    bench b = {
        .judge = judge, .golden = &judge->golden->runs[index], .judgement = judgement};
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
        status = execute(&b, spec, canonical, size, &writer, &err);
    if (b.stopped)
        judgement->verdict = SLT_VERDICT_DIFFERS;
    else if (!status && !divided)
        status = judge_whole(&b, &writer, &err);
    if (status && !b.stopped)
        set_trouble(judgement, status, &err);
    slt_trace_writer_free(&writer);
    slt_trace_free(b.published);
    slt_buffer_free(&b.bytes);
}

/* ---- YAML -------------------------------------------------------------------------- */

static void print_location(const slt_judgement *j, slt_buffer *out)
{
    const slt_difference *d = &j->difference;
    slt_buffer_printf(out, "  record: %zu\n", d->record);
    if (d->has_step)
        slt_buffer_printf(out, "  step: %" PRIu64 "\n", d->step);
    if (d->kind == SLT_DIFFERENT_TENSOR)
        slt_buffer_printf(out, "  tensor: %s\n", d->name);
    if (d->kind == SLT_DIFFERENT_JOINT)
        slt_buffer_printf(out, "  tensor: not known, all have one joint hash; on both "
                               "machines `next` tells which\n");
    if (d->kind == SLT_DIFFERENT_METRIC)
        slt_buffer_printf(out, "  metric: %s\n", d->name);
    if (d->kind == SLT_DIFFERENT_RESULT)
        slt_buffer_printf(out, "  result: %s\n", d->name);
    if (d->kind == SLT_DIFFERENT_DRAW || d->kind == SLT_DIFFERENT_CHAIN)
        slt_buffer_printf(out, "  chain: %" PRIu32 "\n", d->chain);
    if (d->kind == SLT_DIFFERENT_DRAW)
        slt_buffer_printf(out, "  draw: %" PRIu64 "\n", d->draw);
    if (d->has_element)
        slt_buffer_printf(out, "  element: [%zu, %zu]\n", d->row, d->column);
    if (d->has_ulp)
        slt_buffer_printf(out, "  ulp: %" PRIu64 "\n", d->ulp);
}

static void print_llc(const slt_judgement *j, slt_buffer *out)
{
    char expected[SLT_REAL_TEXT_MAX], found[SLT_REAL_TEXT_MAX];
    slt_real_text(j->llc_expected, expected);
    slt_real_text(j->llc_found, found);
    slt_buffer_printf(out, "  llc: {expected: %s, found: %s}\n", expected, found);
}

static void print_difference(const slt_judgement *j, slt_buffer *out)
{
    slt_buffer_printf(out, "  verdict: differs\n  expected: %s\n  found: %s\n",
                      j->expected, j->found);
    slt_buffer_printf(out, "  trail: {last_equal: ");
    if (j->has_last_equal)
        slt_buffer_printf(out, "%" PRIu64, j->last_equal);
    else
        slt_buffer_printf(out, "none");
    if (j->has_trail)
        slt_buffer_printf(out, ", first_differing: %" PRIu64, j->first_differing);
    slt_buffer_printf(out, "}\n");
    if (j->located)
        print_location(j, out);
    if (j->has_llc)
        print_llc(j, out);
    if (j->located) {
        slt_buffer_printf(out, "  next: ");
        slt_difference_print_replay(&j->difference, j->trace, out);
        slt_buffer_byte(out, '\n');
    }
    if (*j->note)
        slt_buffer_printf(out, "  note: \"%s\"\n", j->note);
}

void slt_judgement_print(const slt_judgement *j, slt_buffer *out)
{
    slt_buffer_printf(out, "  ---\n");
    if (j->verdict == SLT_VERDICT_DIFFERS)
        print_difference(j, out);
    else
        slt_buffer_printf(out, "  verdict: %s\n  reason: \"%s\"\n",
                          j->verdict == SLT_VERDICT_NOT_JUDGED ? "not judged" : "trouble",
                          j->error.text);
    slt_buffer_printf(out, "  ...\n");
}
