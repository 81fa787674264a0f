#include "run/outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the outcome of a run");
}

/* ---- Checkpoints ------------------------------------------------------------------- */

/* NULL if there is none, or it is not finite. */
static const slt_real *find_value(const slt_result *list, size_t count,
                                  const slt_quantity *quantity)
{
    for (size_t i = 0; i < count; i++)
        if (slt_quantity_equal(&list[i].quantity, quantity) &&
            slt_real_finite(list[i].value))
            return &list[i].value;
    return NULL;
}

static slt_status copy_curve(const slt_trace *trace, const slt_quantity *metric,
                             slt_curve *curve, slt_error *err)
{
    size_t records = slt_trace_records(trace);
    curve->quantity = *metric;
    curve->points = slt_world.calloc(records, sizeof *curve->points);
    if (!curve->points)
        return no_memory(err);
    for (size_t i = 0; i < records; i++) {
        const slt_record *record = slt_trace_record(trace, i);
        const slt_real *value =
            record->kind == SLT_RECORD_CHECKPOINT
                ? find_value(record->metrics, record->metric_count, metric)
                : NULL;
        if (value)
            curve->points[curve->count++] = (slt_curve_point){record->step, *value};
    }
    return SLT_OK;
}

static slt_status copy_curves(const slt_trace *trace, const slt_outcome_needs *needs,
                              slt_outcome *outcome, slt_error *err)
{
    slt_status status = SLT_OK;
    outcome->curves = slt_world.calloc(needs->metric_count + 1, sizeof *outcome->curves);
    if (!outcome->curves)
        return no_memory(err);
    for (size_t i = 0; i < needs->metric_count && !status; i++)
        status = copy_curve(trace, &needs->metrics[i],
                            &outcome->curves[outcome->curve_count++], err);
    return status;
}

static slt_status copy_parts(const slt_trace *trace, const slt_outcome_needs *needs,
                             slt_outcome *outcome, slt_error *err)
{
    slt_status status = SLT_OK;
    outcome->parts = slt_world.calloc(needs->part_count + 1, sizeof *outcome->parts);
    if (!outcome->parts)
        return no_memory(err);
    for (size_t i = 0; i < needs->part_count && !status; i++) {
        outcome->parts[i] = needs->parts[i];
        outcome->part_count++;
        status = slt_part_of_trace(trace, &outcome->parts[i], err);
    }
    return status;
}

static slt_status copy_blocks(const slt_trace *trace, const slt_outcome_needs *needs,
                              slt_outcome *outcome, slt_error *err)
{
    slt_status status = SLT_OK;
    outcome->blocks = slt_world.calloc(needs->block_count + 1, sizeof *outcome->blocks);
    if (!outcome->blocks)
        return no_memory(err);
    for (size_t i = 0; i < needs->block_count && !status; i++) {
        slt_blocks *blocks = &outcome->blocks[outcome->block_count++];
        snprintf(blocks->name, sizeof blocks->name, "%s", needs->blocks[i]);
        status = slt_blocks_of_trace(trace, blocks, err);
    }
    return status;
}

static slt_status copy_chains(const slt_trace *trace, const slt_outcome_needs *needs,
                              size_t run, slt_outcome *outcome, slt_error *err)
{
    slt_status status = SLT_OK;
    outcome->chains = slt_world.calloc(needs->chain_count + 1, sizeof *outcome->chains);
    if (!outcome->chains)
        return no_memory(err);
    for (size_t i = 0; i < needs->chain_count && !status; i++) {
        const slt_chains_spec *spec = &needs->chains[i];
        if (spec->run != run || outcome->status != SLT_RUN_DONE)
            continue;
        slt_chain_draws *chains = &outcome->chains[outcome->chain_count++];
        chains->spec = spec;
        status = slt_chain_draws_of_trace(trace, chains, err);
    }
    return status;
}

/* ---- A trace ----------------------------------------------------------------------- */

static slt_status copy_results(const slt_trace *trace, slt_outcome *outcome,
                               slt_error *err)
{
    const slt_record *table = NULL;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_TABLE)
            table = record;
        if (record->kind == SLT_RECORD_CHECKPOINT) {
            outcome->has_step = true;
            outcome->step = record->step;
        }
    }
    size_t count = table ? table->result_count : 0;
    outcome->results = slt_world.calloc(count + 1, sizeof *outcome->results);
    if (!outcome->results)
        return no_memory(err);
    if (count)
        memcpy(outcome->results, table->results, count * sizeof *outcome->results);
    outcome->result_count = count;
    return SLT_OK;
}

slt_status slt_outcome_of_trace(const slt_trace *trace, const slt_outcome_needs *needs,
                                size_t run, slt_outcome *outcome, slt_error *err)
{
    *outcome = (slt_outcome){
        .status = slt_trace_record(trace, slt_trace_records(trace) - 1)->status};
    slt_status status = copy_results(trace, outcome, err);
    if (!status && needs)
        status = copy_curves(trace, needs, outcome, err);
    if (!status && needs)
        status = copy_parts(trace, needs, outcome, err);
    if (!status && needs)
        status = copy_blocks(trace, needs, outcome, err);
    if (!status && needs)
        status = copy_chains(trace, needs, run, outcome, err);
    if (status)
        slt_outcome_free(outcome);
    return status;
}

void slt_outcome_free(slt_outcome *outcome)
{
    for (size_t i = 0; i < outcome->curve_count; i++)
        free(outcome->curves[i].points);
    free(outcome->curves);
    for (size_t i = 0; i < outcome->block_count; i++)
        slt_blocks_free(&outcome->blocks[i]);
    free(outcome->blocks);
    for (size_t i = 0; i < outcome->chain_count; i++)
        slt_chain_curves_free(&outcome->chains[i].curves);
    free(outcome->chains);
    free(outcome->parts);
    free(outcome->results);
    *outcome = (slt_outcome){0};
}

/* ---- Looking up -------------------------------------------------------------------- */

const slt_real *slt_outcome_find(const slt_outcome *outcome, const slt_quantity *quantity)
{
    return find_value(outcome->results, outcome->result_count, quantity);
}

const slt_curve *slt_outcome_curve(const slt_outcome *outcome, const slt_quantity *metric)
{
    for (size_t i = 0; i < outcome->curve_count; i++)
        if (slt_quantity_equal(&outcome->curves[i].quantity, metric))
            return &outcome->curves[i];
    return NULL;
}

const slt_blocks *slt_outcome_blocks(const slt_outcome *outcome, const char *tally)
{
    for (size_t i = 0; i < outcome->block_count; i++)
        if (!strcmp(outcome->blocks[i].name, tally))
            return &outcome->blocks[i];
    return NULL;
}

const slt_chain_curves *slt_outcome_chains(const slt_outcome *outcome,
                                           const slt_chains_spec *spec)
{
    for (size_t i = 0; i < outcome->chain_count; i++)
        if (outcome->chains[i].spec == spec)
            return &outcome->chains[i].curves;
    return NULL;
}

const slt_real *slt_curve_at(const slt_curve *curve, uint64_t step)
{
    for (size_t i = 0; curve && i < curve->count; i++)
        if (curve->points[i].step == step)
            return &curve->points[i].value;
    return NULL;
}

slt_status slt_outcome_series(const slt_outcome *outcome, const slt_quantity *quantity,
                              slt_curve *curve, slt_error *err)
{
    *curve = (slt_curve){.quantity = *quantity};
    curve->points = slt_world.calloc(outcome->result_count + 1, sizeof *curve->points);
    if (!curve->points)
        return no_memory(err);
    for (size_t i = 0; i < outcome->result_count; i++) {
        slt_quantity found = outcome->results[i].quantity;
        const uint64_t step = found.step;
        const bool at_step = found.at_step;
        found.at_step = false;
        found.step = 0;
        if (at_step && slt_quantity_equal(&found, quantity) &&
            slt_real_finite(outcome->results[i].value))
            curve->points[curve->count++] =
                (slt_curve_point){step, outcome->results[i].value};
    }
    return SLT_OK;
}

slt_status slt_outcome_along(const slt_outcome *outcome, const slt_figure_value *of,
                             slt_curve *made, const slt_curve **curve, slt_error *err)
{
    *made = (slt_curve){0};
    *curve = of->is_quantity ? slt_outcome_curve(outcome, &of->quantity) : NULL;
    if (!of->is_quantity || (*curve && (*curve)->count))
        return SLT_OK;
    *curve = made;
    return slt_outcome_series(outcome, &of->quantity, made, err);
}
