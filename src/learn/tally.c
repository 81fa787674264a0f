/* The table of tallies, and what they have in common. */
#include "learn/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/schema_kinds.h"
#include "base/schema_rows.h"
#include "learn/quantity.h"

#define DECLARE(constant, name) extern const slt_tally_type slt_tally_kind_##name;
SLT_TALLIES(DECLARE)

#define ROW(constant, name) [SLT_TALLY_##constant] = &slt_tally_kind_##name,
static const slt_tally_type *const types[] = {SLT_TALLIES(ROW)};
#define TYPES (sizeof types / sizeof *types)

static const slt_tally_type *type_of(const slt_tally_spec *tally)
{
    SLT_ASSERT((size_t)tally->kind < TYPES);
    return types[tally->kind];
}

SLT_SCHEMA_KINDS(slt_tally_kind, types)

const slt_schema slt_tally_of_result = {
    .key = "of",
    .type = SLT_SCHEMA_METRIC,
    AT(slt_tally_spec, of),
    WORDS("loss", "accuracy", "error", "val/loss", "val/accuracy", "val/error"),
    .results = true,
    .also = "result|metric|mark",
    .meaning = "a trial's result: a metric of its last checkpoint, the step that its "
               "training ended at, or a mark; of a curve a metric"};

const slt_schema slt_tally_since = {
    .key = "since",
    .type = SLT_SCHEMA_NAME,
    AT(slt_tally_spec, since),
    .optional = true,
    .also = "minus|after|from_mark",
    .meaning =
        "a mark whose step or time is taken off the result: from one mark to another; "
        "trials that never reached it are left out"};

bool slt_tally_goes_along(const slt_tally_spec *tally)
{
    return type_of(tally)->along;
}

slt_status slt_tally_fit(const slt_tally_spec *tally, const slt_run_spec *run,
                         slt_error *err)
{
    const slt_tally_type *type = type_of(tally);
    return type->fit ? type->fit(tally, run, err) : SLT_OK;
}

/* The finite value of a result; NULL if the trial has none. */
static const slt_real *result_of_trial(const slt_trial *trial,
                                       const slt_quantity *quantity)
{
    for (size_t i = 0; i < trial->results->count; i++) {
        const slt_result *result = &trial->results->list[i];
        if (slt_quantity_equal(&result->quantity, quantity) &&
            slt_real_finite(result->value))
            return &result->value;
    }
    return NULL;
}

bool slt_tally_trial_value(const slt_tally_spec *tally, const slt_trial *trial,
                           slt_real *value)
{
    const slt_real *of = result_of_trial(trial, &tally->of);
    slt_quantity mark = {.kind = SLT_QUANTITY_MARK};
    if (!of || !tally->since[0]) {
        *value = of ? *of : slt_real_absent();
        return of != NULL;
    }
    memcpy(mark.name, tally->since, sizeof mark.name);
    const slt_real *since = result_of_trial(trial, &mark);
    *value = since ? slt_real_sub(*of, *since) : slt_real_absent();
    return since && slt_real_finite(*value);
}

/* ---- Layout ------------------------------------------------------------------------ */

enum { ENDED = 3 }; /* done, diverged, overflow */

static const char ended_name[] = "trials/ended";

size_t slt_tally_rows(const slt_tally_table *table)
{
    return table->sums ? 2 : 1;
}

static void add_table(slt_tally_layout *layout, const char *name, bool sums, size_t cols)
{
    slt_tally_table *table = &layout->table[layout->count++];
    const size_t numbers = (sums ? 2 : 1) * cols;
    *table = (slt_tally_table){
        .sums = sums, .cols = cols, .number = layout->numbers, .word = layout->words};
    snprintf(table->name, sizeof table->name, "%s%s", name, sums ? "/sums" : "");
    layout->numbers += numbers;
    layout->words += numbers * (sums ? SLT_REAL_PARTIALS : 1);
}

slt_status slt_tally_layout_of(const slt_run_spec *run, slt_tally_layout *layout,
                               slt_error *err)
{
    *layout = (slt_tally_layout){0};
    add_table(layout, ended_name, false, ENDED);
    for (size_t i = 0; i < run->trials.tally_count; i++) {
        const slt_tally_spec *tally = &run->trials.tally[i];
        const slt_tally_type *type = type_of(tally);
        const size_t cols = type->cols ? type->cols(tally, run) : 1;
        const size_t each = type->sums ? 3 : 1;
        if (cols > (SLT_TALLY_NUMBERS_MAX - layout->numbers) / each)
            return slt_fail(err, SLT_FORMAT,
                            "tallies up to %s: expected at most %zu numbers, found %zu "
                            "and %zu x %zu",
                            tally->name, SLT_TALLY_NUMBERS_MAX, layout->numbers, each,
                            cols);
        layout->first[i] = layout->count;
        add_table(layout, tally->name, false, cols);
        if (type->sums)
            add_table(layout, tally->name, true, cols);
    }
    return SLT_OK;
}

/* ---- Adding ------------------------------------------------------------------------ */

void slt_tally_count(const slt_tally_sheet *sheet, size_t col)
{
    SLT_ASSERT(col < sheet->cols);
    sheet->counts[col]++;
}

void slt_tally_sum(const slt_tally_sheet *sheet, size_t col, slt_real value)
{
    slt_tally_count(sheet, col);
    slt_real *sum = &sheet->sums[col * SLT_REAL_PARTIALS + sheet->partial];
    slt_real *square = sum + sheet->cols * SLT_REAL_PARTIALS;
    *sum = slt_real_add(*sum, value);
    *square = slt_real_fma(value, value, *square);
}

void slt_tally_add(const slt_run_spec *run, const slt_tally_layout *layout,
                   uint64_t place, const slt_trial *trial, uint64_t *words)
{
    words[layout->table[0].word + trial->status]++;
    for (size_t i = 0; i < run->trials.tally_count && trial->status == SLT_RUN_DONE;
         i++) {
        const slt_tally_type *type = type_of(&run->trials.tally[i]);
        const slt_tally_table *table = &layout->table[layout->first[i]];
        const slt_tally_sheet sheet = {
            .counts = words + table->word,
            .sums = type->sums ? (slt_real *)(words + table[1].word) : NULL,
            .cols = table->cols,
            .partial = (size_t)(place % SLT_REAL_PARTIALS)};
        type->add(&run->trials.tally[i], run, i, trial, &sheet);
    }
}

bool slt_tally_add_within(const slt_run_spec *run, const slt_tally_layout *layout,
                          uint64_t place, slt_real low, slt_real high, uint64_t *words)
{
    size_t col[SLT_TALLIES_MAX];
    for (size_t i = 0; i < run->trials.tally_count; i++) {
        const slt_tally_type *type = type_of(&run->trials.tally[i]);
        if (!type->within)
            return false;
        col[i] = type->within(&run->trials.tally[i], low, high);
        if (col[i] == SIZE_MAX)
            return false;
    }
    words[layout->table[0].word + SLT_RUN_DONE]++;
    for (size_t i = 0; i < run->trials.tally_count; i++) {
        const slt_tally_type *type = type_of(&run->trials.tally[i]);
        const slt_tally_table *table = &layout->table[layout->first[i]];
        const slt_tally_sheet sheet = {
            .counts = words + table->word,
            .sums = type->sums ? (slt_real *)(words + table[1].word) : NULL,
            .cols = table->cols,
            .partial = (size_t)(place % SLT_REAL_PARTIALS)};
        if (col[i] == table->cols)
            continue;
        if (type->sums)
            slt_tally_sum(&sheet, col[i], low);
        else
            slt_tally_count(&sheet, col[i]);
    }
    return true;
}

_Static_assert(sizeof(slt_real) == sizeof(uint64_t), "a sum fills a word");

void slt_tally_close(const slt_tally_layout *layout, const uint64_t *words,
                     uint64_t *numbers)
{
    for (size_t t = 0; t < layout->count; t++) {
        const slt_tally_table *table = &layout->table[t];
        for (size_t i = 0; i < slt_tally_rows(table) * table->cols; i++) {
            slt_real partial[SLT_REAL_PARTIALS];
            uint64_t *number = &numbers[table->number + i];
            if (!table->sums) {
                *number = words[table->word + i];
                continue;
            }
            memcpy(partial, words + table->word + i * SLT_REAL_PARTIALS, sizeof partial);
            *number = slt_real_tree(partial).bits;
        }
    }
}

bool slt_tally_finite(const slt_tally_layout *layout, const uint64_t *numbers)
{
    for (size_t t = 0; t < layout->count; t++) {
        const slt_tally_table *table = &layout->table[t];
        for (size_t i = 0; table->sums && i < 2 * table->cols; i++)
            if (!slt_real_finite((slt_real){numbers[table->number + i]}))
                return false;
    }
    return true;
}

void slt_tally_total(const slt_tally_layout *layout, const uint64_t *numbers,
                     uint64_t *totals)
{
    for (size_t t = 0; t < layout->count; t++) {
        const slt_tally_table *table = &layout->table[t];
        for (size_t i = 0; i < slt_tally_rows(table) * table->cols; i++) {
            const uint64_t number = numbers[table->number + i];
            uint64_t *total = &totals[table->number + i];
            *total = table->sums
                         ? slt_real_add((slt_real){*total}, (slt_real){number}).bits
                         : *total + number;
        }
    }
}

/* ---- Results ----------------------------------------------------------------------- */

slt_quantity slt_tally_part(const slt_tally_totals *totals, slt_quantity_kind part)
{
    return slt_quantity_named(part, totals->tally->name);
}

/* Of n values with this sum and sum of squares. */
static slt_real std_of(slt_real n, slt_real sum, slt_real squares)
{
    const slt_real zero = slt_real_from_u64(0), one = slt_real_from_u64(1);
    const slt_real mean = slt_real_div(sum, n);
    const slt_real rest = slt_real_fma(slt_real_neg(sum), mean, squares);
    return slt_real_sqrt(
        slt_real_less(rest, zero) ? zero : slt_real_div(rest, slt_real_sub(n, one)));
}

void slt_tally_add_moments(const slt_tally_totals *totals, size_t col, slt_quantity part,
                           slt_results *results)
{
    const uint64_t count = totals->counts[col];
    const slt_real n = slt_real_from_u64(count), sum = totals->sums[col];
    slt_results_add(results, part, n);
    part.kind = SLT_QUANTITY_TALLY_MEAN;
    slt_results_add(results, part, count ? slt_real_div(sum, n) : slt_real_absent());
    part.kind = SLT_QUANTITY_TALLY_STD;
    slt_results_add(results, part,
                    count > 1 ? std_of(n, sum, totals->squares[col]) : slt_real_absent());
}

void slt_tally_results(const slt_run_spec *run, const slt_tally_layout *layout,
                       const uint64_t *totals, slt_results *results)
{
    static const slt_quantity_kind ended[ENDED] = {SLT_QUANTITY_TRIALS_DONE,
                                                   SLT_QUANTITY_TRIALS_DIVERGED,
                                                   SLT_QUANTITY_TRIALS_OVERFLOW};
    for (size_t i = 0; i < ENDED; i++)
        slt_results_add(results, (slt_quantity){.kind = ended[i]},
                        slt_real_from_u64(totals[layout->table[0].number + i]));
    for (size_t i = 0; i < run->trials.tally_count; i++) {
        const slt_tally_type *type = type_of(&run->trials.tally[i]);
        const slt_tally_table *table = &layout->table[layout->first[i]];
        const slt_real *sums =
            type->sums ? (const slt_real *)(totals + table[1].number) : NULL;
        const slt_tally_totals of = {.tally = &run->trials.tally[i],
                                     .run = run,
                                     .trials = totals[layout->table[0].number],
                                     .counts = totals + table->number,
                                     .sums = sums,
                                     .squares = sums ? sums + table->cols : NULL,
                                     .cols = table->cols};
        type->results(&of, results);
    }
}

/* ---- Checking ---------------------------------------------------------------------- */

/* Whether every count, or where a trial counts once all counts together, are within. */
static bool are_counts(const uint64_t *counts, size_t cols, bool once, uint64_t most)
{
    uint64_t all = 0;
    for (size_t i = 0; i < cols; i++) {
        if (counts[i] > most - all)
            return false;
        all += once ? counts[i] : 0;
    }
    return true;
}

slt_status slt_tally_check(const slt_run_spec *run, const slt_tally_layout *layout,
                           uint64_t trials, const uint64_t *numbers, slt_error *err)
{
    const uint64_t *ended = numbers + layout->table[0].number;
    if (!are_counts(ended, ENDED, true, trials) ||
        ended[0] + ended[1] + ended[2] < trials)
        return slt_fail(err, SLT_FORMAT, "%s: expected %" PRIu64 " trials", ended_name,
                        trials);
    for (size_t i = 0; i < run->trials.tally_count; i++) {
        const slt_tally_type *type = type_of(&run->trials.tally[i]);
        const slt_tally_table *table = &layout->table[layout->first[i]];
        if (!are_counts(numbers + table->number, table->cols, type->once, ended[0]))
            return slt_fail(err, SLT_FORMAT,
                            "%s: expected counts of the %" PRIu64 " trials that are done",
                            table->name, ended[0]);
    }
    return SLT_OK;
}
