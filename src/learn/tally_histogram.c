/* histogram: of a result, in bins of equal width, with what lies below and above them. */
#include "base/schema_rows.h"
#include "learn/quantity.h"
#include "learn/tally.h"

/* Columns: below, the bins, above. */
static size_t cols_of_histogram(const slt_tally_spec *tally, const slt_run_spec *run)
{
    (void)run;
    return (size_t)tally->bins + 2;
}

static slt_real edge_of(const slt_tally_spec *tally, uint64_t k)
{
    return slt_real_edge(tally->from, tally->to, tally->bins, k);
}

/* The last bin whose lower edge is at most the value. */
static size_t col_of(const slt_tally_spec *tally, slt_real value)
{
    uint64_t least = 0, most = tally->bins;
    if (slt_real_less(value, tally->from))
        return 0;
    while (least < most) {
        const uint64_t middle = most - (most - least) / 2;
        if (slt_real_less(value, edge_of(tally, middle)))
            most = middle - 1;
        else
            least = middle;
    }
    return 1 + (size_t)least;
}

static void add_to_histogram(const slt_tally_spec *tally, const slt_run_spec *run,
                             size_t number, const slt_trial *trial,
                             const slt_tally_sheet *sheet)
{
    slt_real value;
    (void)run;
    (void)number;
    if (slt_tally_trial_value(tally, trial, &value))
        slt_tally_count(sheet, col_of(tally, value));
}

static size_t within_histogram(const slt_tally_spec *tally, slt_real low, slt_real high)
{
    const size_t col = col_of(tally, low);
    return col == col_of(tally, high) ? col : SIZE_MAX;
}

static void add_count(const slt_tally_totals *totals, slt_quantity part, size_t col,
                      slt_results *results)
{
    slt_results_add(results, part, slt_real_from_u64(totals->counts[col]));
}

static void results_of_histogram(const slt_tally_totals *totals, slt_results *results)
{
    uint64_t all = 0;
    for (size_t col = 0; col < totals->cols; col++)
        all += totals->counts[col];
    slt_results_add(results, slt_tally_part(totals, SLT_QUANTITY_TALLY_TRIALS),
                    slt_real_from_u64(all));
    add_count(totals, slt_tally_part(totals, SLT_QUANTITY_TALLY_BELOW), 0, results);
    add_count(totals, slt_tally_part(totals, SLT_QUANTITY_TALLY_ABOVE), totals->cols - 1,
              results);
    const slt_quantity bin = slt_tally_part(totals, SLT_QUANTITY_TALLY_BIN);
    for (size_t k = 0; k + 2 < totals->cols; k++)
        add_count(totals, slt_quantity_at(bin, k), k + 1, results);
}

static slt_status fit_histogram(const slt_tally_spec *tally, const slt_run_spec *run,
                                slt_error *err)
{
    (void)run;
    for (uint64_t k = 0; k < tally->bins; k++)
        if (!slt_real_less(edge_of(tally, k), edge_of(tally, k + 1)))
            return slt_fail(err, SLT_FORMAT,
                            "expected from below to, and bins that are wide enough");
    return SLT_OK;
}

static const slt_schema field_from = {.key = "from",
                                      .type = SLT_SCHEMA_REAL,
                                      AT(slt_tally_spec, from),
                                      .also = "min|start",
                                      .meaning = "lower edge of the first bin"};

static const slt_schema field_to = {.key = "to",
                                    .type = SLT_SCHEMA_REAL,
                                    AT(slt_tally_spec, to),
                                    .also = "max|end",
                                    .meaning = "upper edge of the last bin, not in it"};

static const slt_schema field_bins = {.key = "bins",
                                      .type = SLT_SCHEMA_INT,
                                      AT(slt_tally_spec, bins),
                                      .least = 1,
                                      .most = 65536,
                                      .also = "count|n",
                                      .meaning = "number of bins of equal width"};

const slt_tally_type slt_tally_kind_histogram = {
    .name = "histogram",
    .meaning = "of a result, with what lies below and above",
    .fields = FIELD_LIST(&slt_tally_of_result, &slt_tally_since, &field_from, &field_to,
                         &field_bins),
    .cols = cols_of_histogram,
    .add = add_to_histogram,
    .within = within_histogram,
    .results = results_of_histogram,
    .fit = fit_histogram,
    .once = true,
};
