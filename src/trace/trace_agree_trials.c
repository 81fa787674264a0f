/* Checks the records of a run with trials: its blocks, how it ended, and adds up what the
 * table must hold. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/world.h"
#include "trace/trace_agree_internal.h"
#include "trace/trace_block.h"

static void judge_block(slt_agree *a, size_t index, const slt_tally_layout *layout,
                        uint64_t *numbers, uint64_t *totals)
{
    const slt_run_spec *run = a->run;
    const slt_record *record = slt_trace_record(a->trace, index);
    const uint64_t before = (index - 1) * run->trials.block;
    slt_error wrong = {0};
    if (before >= run->trials.count) {
        slt_agree_refuse(a, index, "expected no block behind the last trial");
        return;
    }
    const uint64_t left = run->trials.count - before;
    const uint64_t size = left < run->trials.block ? left : run->trials.block;
    slt_agree_uint(a, index, "step", before + size, record->step);
    slt_agree_uint(a, index, "metrics", 0, record->metric_count);
    if (record->has_joint || record->power_count)
        slt_agree_refuse(a, index, "expected the tables of a block of trials");
    else if (slt_trace_read_block(record, layout, numbers, &wrong) ||
             slt_tally_check(run, layout, size, numbers, &wrong))
        slt_agree_refuse(a, index, "%s", wrong.text);
    else
        slt_tally_total(layout, numbers, totals);
}

/* Trials end at the last, or before a block with a sum that is no number. */
static void judge_trials_end(slt_agree *a)
{
    const size_t index = slt_trace_records(a->trace) - 1;
    const uint64_t blocks = a->chains - 1, all = a->run->trials.count;
    const bool whole = blocks * a->run->trials.block >= all;
    if (a->chains < a->table)
        slt_agree_refuse(a, a->chains, "expected no chains: the run has trials");
    slt_agree_text(a, index, "status",
                   slt_run_status_name(whole ? SLT_RUN_DONE : SLT_RUN_DIVERGED),
                   slt_run_status_name(a->end->status));
    slt_agree_uint(a, index, "step", whole ? all : blocks * a->run->trials.block,
                   a->end->step);
}

void slt_agree_trials(slt_agree *a)
{
    slt_tally_layout layout;
    slt_error wrong = {0};
    if (slt_tally_layout_of(a->run, &layout, &wrong)) {
        slt_agree_refuse(a, 0, "run: %s", wrong.text);
        return;
    }
    uint64_t *numbers = slt_world.calloc(layout.numbers, sizeof *numbers);
    uint64_t *totals = slt_world.calloc(layout.numbers, sizeof *totals);
    if (!numbers || !totals)
        slt_agree_memory(a);
    for (size_t i = 1; i < a->chains && !a->status; i++) {
        judge_block(a, i, &layout, numbers, totals);
        slt_trace_forget(a->trace, i);
    }
    if (!a->status)
        judge_trials_end(a);
    if (!a->status)
        slt_tally_results(a->run, &layout, totals, &a->found);
    free(numbers);
    free(totals);
}
