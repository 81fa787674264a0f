/* count: of the trials that have a result, perhaps within bounds. */
#include "base/schema_rows.h"
#include "learn/tally.h"

/* Zero equals minus zero. */
static bool is_equal(slt_real a, slt_real b)
{
    return !slt_real_less(a, b) && !slt_real_less(b, a);
}

static bool count_takes(const slt_tally_spec *tally, slt_real value)
{
    return (!tally->has_at_least || !slt_real_less(value, tally->at_least)) &&
           (!tally->has_below || slt_real_less(value, tally->below)) &&
           (!tally->has_equals || is_equal(value, tally->equals));
}

static void add_to_count(const slt_tally_spec *tally, const slt_run_spec *run,
                         size_t number, const slt_trial *trial,
                         const slt_tally_sheet *sheet)
{
    slt_real value;
    (void)run;
    (void)number;
    if (slt_tally_trial_value(tally, trial, &value) && count_takes(tally, value))
        slt_tally_count(sheet, 0);
}

/* What is taken is an interval. */
static size_t within_count(const slt_tally_spec *tally, slt_real low, slt_real high)
{
    if (count_takes(tally, low) && count_takes(tally, high))
        return 0;
    const bool none = (tally->has_at_least && slt_real_less(high, tally->at_least)) ||
                      (tally->has_below && !slt_real_less(low, tally->below)) ||
                      (tally->has_equals && (slt_real_less(high, tally->equals) ||
                                             slt_real_less(tally->equals, low)));
    return none ? 1 : SIZE_MAX;
}

static void results_of_count(const slt_tally_totals *totals, slt_results *results)
{
    const slt_real n = slt_real_from_u64(totals->counts[0]);
    slt_results_add(results, slt_tally_part(totals, SLT_QUANTITY_TALLY_TRIALS), n);
    slt_results_add(results, slt_tally_part(totals, SLT_QUANTITY_TALLY_SHARE),
                    totals->trials ? slt_real_div(n, slt_real_from_u64(totals->trials))
                                   : slt_real_absent());
}

static const slt_schema field_at_least = {.key = "at_least",
                                          .type = SLT_SCHEMA_REAL,
                                          AT(slt_tally_spec, at_least),
                                          FLAG(slt_tally_spec, has_at_least),
                                          .optional = true,
                                          .also = "above|min",
                                          .meaning = "where it is this or more"};

static const slt_schema field_below = {.key = "below",
                                       .type = SLT_SCHEMA_REAL,
                                       AT(slt_tally_spec, below),
                                       FLAG(slt_tally_spec, has_below),
                                       .optional = true,
                                       .also = "less|max",
                                       .meaning =
                                           "where it is less; with at_least: both"};

static const slt_schema field_equals = {.key = "equals",
                                        .type = SLT_SCHEMA_REAL,
                                        AT(slt_tally_spec, equals),
                                        FLAG(slt_tally_spec, has_equals),
                                        .optional = true,
                                        .also = "is|value",
                                        .meaning = "where it is exactly this"};

const slt_tally_type slt_tally_kind_count = {
    .name = "count",
    .meaning = "of the trials that have the result, within the bounds that are given",
    .fields = FIELD_LIST(&slt_tally_of_result, &slt_tally_since, &field_at_least,
                         &field_below, &field_equals),
    .add = add_to_count,
    .within = within_count,
    .results = results_of_count,
    .once = true,
};
