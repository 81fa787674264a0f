#include "verify/segments_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "num/math.h"

/* ---- Table and end ----------------------------------------------------------------- */

/* Notes what a record says of a run and what it should say. */
static void one_note(slt_segments_verdict *verdict, size_t record, const char *expected,
                     const char *found, const slt_quantity *result)
{
    slt_difference *difference = &verdict->difference;
    *difference =
        (slt_difference){.kind = result ? SLT_DIFFERENT_RESULT : SLT_DIFFERENT_END,
                         .record = record,
                         .record_kind = result ? SLT_RECORD_TABLE : SLT_RECORD_END};
    if (result)
        difference->quantity = *result;
    verdict->field = result ? "results" : "tensor";
    snprintf(verdict->expected, sizeof verdict->expected, "%s", expected);
    snprintf(verdict->found, sizeof verdict->found, "%s", found);
    verdict->same = false;
}

static size_t one_table(const slt_trace *trace)
{
    return slt_trace_records(trace) - 2;
}

static const slt_result *one_find(const slt_record *table, const slt_quantity *quantity)
{
    for (size_t i = 0; i < table->result_count; i++)
        if (slt_quantity_equal(&table->results[i].quantity, quantity))
            return &table->results[i];
    return NULL;
}

/* Compares numbers that a piece gives with those of the table. */
static void one_compare_results(const slt_trace *trace, const slt_results *results,
                                slt_segments_verdict *verdict)
{
    const size_t record = one_table(trace);
    const slt_record *table = slt_trace_record(trace, record);
    for (size_t i = 0; i < results->count && verdict->same; i++) {
        const slt_result *made = &results->list[i];
        const slt_result *says = one_find(table, &made->quantity);
        char expected[SLT_REAL_TEXT_MAX] = "(none)", found[SLT_REAL_TEXT_MAX];
        if (says && (says->value.bits == made->value.bits ||
                     (!slt_real_finite(says->value) && !slt_real_finite(made->value))))
            continue;
        if (says)
            slt_real_text(says->value, expected);
        slt_real_text(made->value, found);
        one_note(verdict, record, expected, found, &made->quantity);
    }
}

/* The end names the tensor of the first chain that did not finish. */
static void one_compare_end(const slt_trace *trace, const slt_segments_estimate *estimate,
                            size_t chains, slt_segments_verdict *verdict)
{
    const size_t last = slt_trace_records(trace) - 1;
    const slt_record *end = slt_trace_record(trace, last);
    size_t i = 0;
    while (slt_trace_kind(trace, i) != SLT_RECORD_CHAIN ||
           slt_trace_record(trace, i)->chain_status == SLT_RUN_DONE)
        if (++i == last)
            return;
    if (verdict->same && i >= estimate->first && i < estimate->first + chains &&
        strcmp(end->status_tensor, estimate->tensor) != 0)
        one_note(verdict, last, end->status_tensor, estimate->tensor, NULL);
}

/* ---- One piece --------------------------------------------------------------------- */

static bool one_failed(slt_pieces *pieces)
{
    return pieces->status || slt_pieces_over(pieces, SIZE_MAX);
}

/* What training gives besides its checkpoints: the table's first numbers or, where it was
 * all, table and end. */
static slt_status one_close_training(slt_pieces *pieces, slt_results *results,
                                     slt_error *err)
{
    const slt_execution *at = &pieces->last;
    slt_mark_values marks;
    if (!pieces->has_last || pieces->ended)
        return SLT_OK;
    if (!pieces->estimate_count) {
        slt_pieces_close(pieces);
        return SLT_OK;
    }
    /* A trace without chains says that training failed; a reader refuses one that has the
     * checkpoint of its end, which this stretch has just made. */
    SLT_ASSERT(pieces->sampled);
    slt_status status =
        slt_train_marks(pieces->trainer, &at->marks, at->checkpoint_step, &marks, err);
    if (!status)
        slt_results_of_training(results, at->run, &at->metrics, at->end_step, &marks);
    return status;
}

/* The stretch that ends in a checkpoint, or passes it. */
static size_t one_stretch_of(const slt_pieces *pieces, size_t record)
{
    size_t i = 0;
    while (pieces->stretches[i].end < record)
        i++;
    return i;
}

static slt_status one_run_stretch(slt_pieces *pieces, size_t index,
                                  slt_segments_verdict *verdict, slt_error *err)
{
    slt_results results = {0};
    slt_pieces_stretch(pieces, index);
    slt_status status =
        one_failed(pieces) ? SLT_OK : one_close_training(pieces, &results, err);
    if (!status)
        status = slt_pieces_conclude(pieces, verdict, err);
    if (!status && results.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the results of a run");
    if (!status && verdict->same)
        one_compare_results(pieces->trace, &results, verdict);
    slt_results_free(&results);
    return status;
}

static slt_status one_run_estimate(slt_pieces *pieces, size_t index,
                                   slt_segments_verdict *verdict, slt_error *err)
{
    const slt_segments_estimate *estimate = &pieces->estimates[index];
    if (!slt_trace_record(pieces->trace, estimate->record)->has_state)
        slt_pieces_stretch(pieces, one_stretch_of(pieces, estimate->record));
    if (!one_failed(pieces))
        slt_pieces_estimate(pieces, index);
    slt_status status = slt_pieces_conclude(pieces, verdict, err);
    if (status || !verdict->same)
        return status;
    if (estimate->results.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for the results of a run");
    one_compare_results(pieces->trace, &estimate->results, verdict);
    one_compare_end(pieces->trace, estimate,
                    pieces->segments->run->llc[estimate->at.llc].num_chains, verdict);
    return SLT_OK;
}

/* ---- Which there are --------------------------------------------------------------- */

static size_t one_estimates(const slt_pieces *pieces)
{
    return pieces->sampled ? pieces->estimate_count : 0;
}

static slt_run_stretch one_tell(const slt_pieces *pieces, size_t index)
{
    const slt_trace *trace = pieces->trace;
    if (index >= pieces->stretch_count) {
        const slt_execute_place *at =
            &pieces->estimates[index - pieces->stretch_count].at;
        return (slt_run_stretch){.kind = SLT_STRETCH_ESTIMATE,
                                 .from = at->step,
                                 .to = at->step,
                                 .llc = (uint32_t)at->llc};
    }
    const slt_stretch *stretch = &pieces->stretches[index];
    const size_t end =
        stretch->end == SIZE_MAX ? slt_trace_records(trace) - 1 : stretch->end;
    return (slt_run_stretch){.kind = pieces->segments->run->trials.count
                                         ? SLT_STRETCH_TRIALS
                                         : SLT_STRETCH_TRAINING,
                             .from = stretch->start == SIZE_MAX
                                         ? 0
                                         : slt_trace_record(trace, stretch->start)->step,
                             .to = slt_trace_record(trace, end)->step};
}

slt_status slt_segments_count(const slt_segments *segments, size_t *stretches,
                              size_t *estimates, slt_error *err)
{
    slt_pieces pieces;
    slt_pieces_begin(&pieces, segments);
    slt_status status = slt_pieces_plan(&pieces, err);
    *stretches = pieces.stretch_count;
    *estimates = status ? 0 : one_estimates(&pieces);
    slt_pieces_free(&pieces);
    return status;
}

slt_status slt_segments_judge_one(const slt_segments *segments, size_t index,
                                  slt_run_stretch *piece, slt_segments_verdict *verdict,
                                  slt_error *err)
{
    slt_pieces pieces;
    *verdict = (slt_segments_verdict){0};
    slt_pieces_begin(&pieces, segments);
    slt_status status = slt_pieces_plan(&pieces, err);
    if (!status)
        *piece = one_tell(&pieces, index);
    if (!status)
        status = slt_num_available(segments->run->arithmetic, err);
    if (!status && pieces.estimate_count)
        status = slt_trainer_create(segments->run, &pieces.trainer, err);
    if (!status && index < pieces.stretch_count)
        status = one_run_stretch(&pieces, index, verdict, err);
    else if (!status)
        status = one_run_estimate(&pieces, index - pieces.stretch_count, verdict, err);
    slt_pieces_free(&pieces);
    return status;
}
