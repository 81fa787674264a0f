/* Compares estimates from elsewhere with ours: each row, and for each source the runs
 * that it lacks. */
#include "audit/estimates_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

static slt_status judge_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory to judge estimates");
}

/* ---- Rows -------------------------------------------------------------------------- */

/* Finds a run by its number; the runs of a golden are in rising order. */
static size_t judge_find_run(const slt_golden *golden, uint64_t run)
{
    size_t low = 0, high = golden->run_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (golden->runs[middle].run < run)
            low = middle + 1;
        else
            high = middle;
    }
    return low < golden->run_count && golden->runs[low].run == run ? low : SIZE_MAX;
}

/* Sets the reason why a row cannot be compared; none if both sides have an estimate. */
static slt_status judge_find_reason(const slt_estimates_audit *a, const slt_row *row,
                                    slt_judged_row *judged, slt_error *err)
{
    const slt_golden_run *run = &a->ours.golden->runs[judged->run];
    slt_buffer text = {0};
    if (row->kind == SLT_ROW_OTHER)
        slt_buffer_printf(&text, "%s", row->note);
    else if (row->kind == SLT_ROW_NONE && row->note)
        slt_buffer_printf(&text, "theirs: %s", row->note);
    if (!run->has_result[a->ours.result])
        slt_buffer_printf(&text, "%sours: %s", text.size ? "; " : "",
                          run->status == SLT_RUN_DONE ? "none"
                                                      : slt_run_status_name(run->status));
    judged->both = row->kind == SLT_ROW_ESTIMATE && run->has_result[a->ours.result];
    if (!text.size)
        return text.failed ? judge_no_memory(err) : SLT_OK;
    judged->reason = slt_buffer_take(&text);
    return judged->reason ? SLT_OK : judge_no_memory(err);
}

/* Compares the numbers. An error that is not given is taken to be equal to the other
 * side's, unless a note says why it is not known. */
static slt_status judge_numbers(const slt_estimates_audit *a, const slt_row *row,
                                slt_judged_row *judged, slt_error *err)
{
    const slt_ours *side = &a->ours;
    slt_real ours = side->mcse[judged->run], theirs = row->mcse;
    slt_real value = side->golden->runs[judged->run].results[side->result];
    const char *note = side->note[judged->run];
    judged->assumed =
        slt_real_finite(ours) != slt_real_finite(theirs) && !note && !row->note;
    if (judged->assumed && slt_real_finite(ours))
        theirs = ours;
    else if (judged->assumed)
        ours = theirs;
    judged->difference = slt_real_of(slt_real_double(row->llc) - slt_real_double(value));
    judged->agreement = slt_agreement_of(value, ours, row->llc, theirs, &judged->apart);
    if (judged->agreement != SLT_AGREE_UNKNOWN || (!note && !row->note))
        return SLT_OK;
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%s%s%s%s%s", row->note ? "theirs: " : "",
                      row->note ? row->note : "", row->note && note ? "; " : "",
                      note ? "ours: " : "", note ? note : "");
    judged->reason = slt_buffer_take(&text);
    return judged->reason ? SLT_OK : judge_no_memory(err);
}

static slt_status judge_row(const slt_estimates_audit *a, const slt_row *row,
                            slt_judged_row *judged, slt_error *err)
{
    *judged = (slt_judged_row){.run = judge_find_run(a->ours.golden, row->run),
                               .difference = slt_real_absent(),
                               .apart = slt_real_absent(),
                               .agreement = SLT_AGREE_UNKNOWN};
    if (judged->run == SIZE_MAX)
        return slt_fail(err, SLT_FORMAT, "%s:%zu: run %" PRIu64 " is none of %s", a->path,
                        row->line, row->run, a->ours.golden->path);
    judged->asked = a->ours.asked[judged->run];
    if (!judged->asked)
        return SLT_OK;
    slt_status status = judge_find_reason(a, row, judged, err);
    return !status && judged->both ? judge_numbers(a, row, judged, err) : status;
}

static slt_status judge_rows(slt_estimates_audit *a, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < a->rows.count && !status; i++) {
        status = judge_row(a, &a->rows.rows[i], &a->judged[i], err);
        if (!status)
            status = slt_audit_pause(&a->audit, "estimates", err);
    }
    return status;
}

/* ---- Sources ----------------------------------------------------------------------- */

/* Welford's method: apart_mean is the mean, apart_sd for now the sum of squares around
 * it. */
static void judge_add_apart(slt_source *source, slt_real apart)
{
    if (!slt_real_finite(apart))
        return;
    double mean = slt_real_double(source->apart_mean);
    double squares = slt_real_double(source->apart_sd);
    double off = slt_real_double(apart) - mean;
    mean += off / (double)++source->known;
    source->apart_mean = slt_real_of(mean);
    source->apart_sd = slt_real_of(squares + off * (slt_real_double(apart) - mean));
}

static void judge_sum_up(slt_estimates_audit *a)
{
    for (size_t i = 0; i < a->rows.count; i++) {
        const slt_judged_row *judged = &a->judged[i];
        slt_source *source = &a->sources[a->rows.rows[i].source];
        source->without += judged->asked && !judged->both;
        if (judged->both) {
            source->agreements[judged->agreement]++;
            judge_add_apart(source, judged->apart);
        }
    }
    for (size_t i = 0; i < a->rows.source_count; i++) {
        slt_source *source = &a->sources[i];
        double squares = slt_real_double(source->apart_sd);
        source->apart_sd = slt_real_of(
            source->known > 1 ? sqrt(squares / (double)(source->known - 1)) : NAN);
    }
}

/* Sorts rows by a key that is less than `keys`. Rows with equal keys keep their order in
 * `from` (NULL: 0, 1, ...). */
static slt_status judge_order_by(const slt_estimates_audit *a,
                                 size_t (*key)(const slt_estimates_audit *, size_t),
                                 size_t keys, const size_t *from, size_t *to,
                                 slt_error *err)
{
    size_t count = a->rows.count, *next = slt_world.calloc(keys + 1, sizeof *next);
    if (!next)
        return judge_no_memory(err);
    for (size_t i = 0; i < count; i++)
        next[key(a, i) + 1]++;
    for (size_t k = 0; k < keys; k++)
        next[k + 1] += next[k];
    for (size_t i = 0; i < count; i++) {
        size_t row = from ? from[i] : i;
        to[next[key(a, row)]++] = row;
    }
    free(next);
    return SLT_OK;
}

static size_t judge_source_of(const slt_estimates_audit *a, size_t row)
{
    return a->rows.rows[row].source;
}

static size_t judge_run_of(const slt_estimates_audit *a, size_t row)
{
    return a->judged[row].run;
}

static void judge_note_missing(const slt_estimates_audit *a, slt_source *source,
                               size_t from, size_t to)
{
    const slt_golden *golden = a->ours.golden;
    for (size_t first = from; first < to; first++) {
        size_t end = first;
        while (end < to && a->ours.asked[end])
            end++;
        if (end == first)
            continue;
        source->missing += end - first;
        slt_buffer_printf(&source->missing_list, "%s%" PRIu64,
                          source->missing_list.size ? "," : "", golden->runs[first].run);
        if (end - first > 1)
            slt_buffer_printf(&source->missing_list, "-%" PRIu64,
                              golden->runs[end - 1].run);
        first = end;
    }
}

/* Finds the runs that each source lacks. rows: sorted by source, then by run. */
static slt_status judge_find_missing(slt_estimates_audit *a, const size_t *rows,
                                     slt_error *err)
{
    size_t at = 0;
    slt_status status = SLT_OK;
    for (size_t s = 0; s < a->rows.source_count && !status; s++) {
        slt_source *source = &a->sources[s];
        size_t next = 0;
        source->first_row = at;
        for (; at < a->rows.count && judge_source_of(a, rows[at]) == s; at++) {
            judge_note_missing(a, source, next, judge_run_of(a, rows[at]));
            next = judge_run_of(a, rows[at]) + 1;
        }
        source->rows = at - source->first_row;
        judge_note_missing(a, source, next, a->ours.golden->run_count);
        status = source->missing_list.failed
                     ? judge_no_memory(err)
                     : slt_audit_pause(&a->audit, "estimates", err);
    }
    return status;
}

static slt_status judge_arrange(slt_estimates_audit *a, slt_error *err)
{
    size_t sources = a->rows.source_count, *by_run, *both;
    by_run = slt_world.calloc(a->rows.count + 1, sizeof *by_run);
    both = slt_world.calloc(a->rows.count + 1, sizeof *both);
    a->rows_of_sources = slt_world.calloc(a->rows.count + 1, sizeof *a->rows_of_sources);
    slt_status status =
        by_run && both && a->rows_of_sources ? SLT_OK : judge_no_memory(err);
    if (!status)
        status =
            judge_order_by(a, judge_source_of, sources, NULL, a->rows_of_sources, err);
    if (!status)
        status =
            judge_order_by(a, judge_run_of, a->ours.golden->run_count, NULL, by_run, err);
    if (!status)
        status = judge_order_by(a, judge_source_of, sources, by_run, both, err);
    if (!status)
        status = judge_find_missing(a, both, err);
    free(by_run);
    free(both);
    return status;
}

slt_status slt_estimates_judge(slt_estimates_audit *a, slt_error *err)
{
    a->judged = slt_world.calloc(a->rows.count + 1, sizeof *a->judged);
    a->sources = slt_world.calloc(a->rows.source_count + 1, sizeof *a->sources);
    if (!a->judged || !a->sources)
        return judge_no_memory(err);
    slt_status status = judge_rows(a, err);
    if (!status)
        status = judge_arrange(a, err);
    if (status)
        return status;
    judge_sum_up(a);
    return slt_estimates_group(a, err);
}

void slt_estimates_judge_free(slt_estimates_audit *a)
{
    for (size_t i = 0; a->judged && i < a->rows.count; i++)
        free(a->judged[i].reason);
    for (size_t i = 0; a->sources && i < a->rows.source_count; i++)
        slt_buffer_free(&a->sources[i].missing_list);
    free(a->judged);
    free(a->sources);
    free(a->rows_of_sources);
    free(a->groups);
}

/* ---- Words ------------------------------------------------------------------------- */

const char *slt_estimates_verdict(const slt_estimates_audit *a, size_t row)
{
    static const char *const absent[] = {[SLT_ROW_NONE] = "no estimate",
                                         [SLT_ROW_MISSING] = "missing",
                                         [SLT_ROW_OTHER] = "other settings"};
    const slt_judged_row *judged = &a->judged[row];
    slt_row_kind kind = a->rows.rows[row].kind;
    if (judged->both)
        return slt_agreement_text(judged->agreement);
    return kind == SLT_ROW_ESTIMATE ? "no estimate" : absent[kind];
}

void slt_estimates_label(const slt_estimates_audit *a, size_t run, bool group,
                         slt_buffer *text)
{
    const slt_golden *golden = a->ours.golden;
    for (size_t axis = 0; axis < golden->axis_count; axis++)
        if (!group || axis != a->over)
            slt_buffer_printf(text, "%s%s=%s", text->size ? " " : "", golden->axes[axis],
                              golden->runs[run].values[axis]);
    if (group && !text->size)
        slt_buffer_printf(text, "all runs");
}
