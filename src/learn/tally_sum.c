/* sum: of a result and of its square, over the trials that have it. */
#include "base/schema_rows.h"
#include "learn/tally.h"

static void add_to_sum(const slt_tally_spec *tally, const slt_run_spec *run,
                       size_t number, const slt_trial *trial,
                       const slt_tally_sheet *sheet)
{
    slt_real value;
    (void)run;
    (void)number;
    if (slt_tally_trial_value(tally, trial, &value))
        slt_tally_sum(sheet, 0, value);
}

static size_t within_sum(const slt_tally_spec *tally, slt_real low, slt_real high)
{
    (void)tally;
    return low.bits == high.bits ? 0 : SIZE_MAX;
}

static void results_of_sum(const slt_tally_totals *totals, slt_results *results)
{
    slt_tally_add_moments(totals, 0, slt_tally_part(totals, SLT_QUANTITY_TALLY_TRIALS),
                          results);
}

const slt_tally_type slt_tally_kind_sum = {
    .name = "sum",
    .meaning = "of a result and of its square, over the trials that have it",
    .fields = FIELD_LIST(&slt_tally_of_result, &slt_tally_since),
    .sums = true,
    .add = add_to_sum,
    .within = within_sum,
    .results = results_of_sum,
    .once = true,
};
