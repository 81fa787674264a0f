/* curve: of a metric and of its square, at each checkpoint that the run asks for, or by
 * the number of checkpoints before the one that reached a mark. */
#include <string.h>

#include "base/schema_rows.h"
#include "learn/quantity.h"
#include "learn/tally.h"

static size_t cols_of_curve(const slt_tally_spec *tally, const slt_run_spec *run)
{
    const uint64_t checkpoints = slt_train_checkpoints(&run->train, 0);
    (void)tally;
    return checkpoints < SIZE_MAX ? (size_t)checkpoints : SIZE_MAX;
}

/* The place of the checkpoint that reached the mark; point_count if none did. */
static size_t place_of_mark(const slt_tally_spec *tally, const slt_run_spec *run,
                            const slt_trial *trial)
{
    const size_t mark = slt_mark_find(&run->train, tally->before);
    size_t place = 0;
    if (!trial->marks->reached[mark])
        return trial->point_count;
    while (place < trial->point_count &&
           trial->points[place].step != trial->marks->step[mark])
        place++;
    return place;
}

static void add_before(const slt_tally_spec *tally, const slt_run_spec *run,
                       size_t number, const slt_trial *trial,
                       const slt_tally_sheet *sheet)
{
    const size_t last = place_of_mark(tally, run, trial);
    if (last == trial->point_count)
        return;
    for (size_t i = 0; i <= last; i++)
        if (slt_real_finite(trial->points[i].value[number]))
            slt_tally_sum(sheet, last - i, trial->points[i].value[number]);
    for (size_t col = last + 1; col < sheet->cols && tally->hold; col++)
        if (slt_real_finite(trial->points[0].value[number]))
            slt_tally_sum(sheet, col, trial->points[0].value[number]);
}

/* A last checkpoint where a stop rule ended training at a step of its own has no
 * column. */
static void add_to_curve(const slt_tally_spec *tally, const slt_run_spec *run,
                         size_t number, const slt_trial *trial,
                         const slt_tally_sheet *sheet)
{
    size_t col = 0;
    if (tally->before[0]) {
        add_before(tally, run, number, trial, sheet);
        return;
    }
    for (size_t i = 0; i < trial->point_count; i++) {
        const slt_trial_point *point = &trial->points[i];
        if (!slt_checkpoint_due(&run->train, point->step))
            continue;
        if (slt_real_finite(point->value[number]))
            slt_tally_sum(sheet, col, point->value[number]);
        col++;
    }
}

static void results_of_curve(const slt_tally_totals *totals, slt_results *results)
{
    const slt_quantity part = slt_tally_part(totals, SLT_QUANTITY_TALLY_TRIALS);
    uint64_t step = 0;
    for (size_t col = 0; col < totals->cols; col++) {
        step = totals->tally->before[0]
                   ? col
                   : slt_checkpoint_next(&totals->run->train, step + (col > 0));
        slt_tally_add_moments(totals, col, slt_quantity_at(part, step), results);
    }
}

static slt_status fit_curve(const slt_tally_spec *tally, const slt_run_spec *run,
                            slt_error *err)
{
    if (!slt_quantity_is_metric(&tally->of))
        return slt_fail(err, SLT_FORMAT, "of: expected a metric of checkpoints");
    if (tally->before[0] &&
        slt_mark_find(&run->train, tally->before) == run->train.mark_count)
        return slt_fail(err, SLT_FORMAT, "before: train.marks has no mark '%s'",
                        tally->before);
    if (tally->hold && !tally->before[0])
        return slt_fail(err, SLT_FORMAT, "hold: expected together with before");
    return SLT_OK;
}

static const slt_schema field_before = {
    .key = "before",
    .type = SLT_SCHEMA_NAME,
    AT(slt_tally_spec, before),
    .optional = true,
    .also = "mark|align|aligned",
    .meaning = "align trials at the checkpoint that reached this mark, and count "
               "checkpoints backwards from there; trials that never reached it are left "
               "out"};

static const slt_schema field_hold = {
    .key = "hold",
    .type = SLT_SCHEMA_BOOL,
    AT(slt_tally_spec, hold),
    PRESET_NO,
    .also = "held|pad",
    .meaning = "with before: a trial counts in the columns of times before its first "
               "checkpoint too, with what it had there"};

const slt_tally_type slt_tally_kind_curve = {
    .name = "curve",
    .meaning = "sums of a metric and of its square at each checkpoint",
    .fields = FIELD_LIST(&slt_tally_of_result, &field_before, &field_hold),
    .along = true,
    .sums = true,
    .cols = cols_of_curve,
    .add = add_to_curve,
    .results = results_of_curve,
    .fit = fit_curve,
};
