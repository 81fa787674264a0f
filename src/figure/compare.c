/* figure.comparisons: a series of the data held against a reference. */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "figure/order.h"
#include "num/scalar.h"

/* A place where both have a value. */
typedef struct place {
    slt_real x, ours, theirs;
    slt_real error[2]; /* ours, theirs; 0 where it has none */
    slt_real n[2];
    bool has_n[2];
    bool exact; /* ours is a row, not read off between two */
} place;

/* The rows of a series by their x. */
typedef struct series {
    const slt_table_row **rows;
    slt_real *x;
    size_t count;
} series;

typedef struct comparison {
    const slt_comparison_spec *spec;
    series ours, theirs;
    place *places;
    size_t count;
} comparison;

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for a comparison");
}

/* ---- Series ------------------------------------------------------------------------ */

static void series_free(series *s)
{
    free(s->rows);
    free(s->x);
}

/* Puts the rows in order of x; equal ones keep theirs. */
static slt_status series_sort(series *s, slt_error *err)
{
    size_t *order = slt_world.calloc(s->count + 1, sizeof *order);
    series sorted = {slt_world.calloc(s->count + 1, sizeof *sorted.rows),
                     slt_world.calloc(s->count + 1, sizeof *sorted.x), s->count};
    slt_status status = order && sorted.rows && sorted.x
                            ? slt_order_find(s->x, s->count, order, err)
                            : no_memory(err);
    for (size_t i = 0; i < s->count && !status; i++) {
        sorted.rows[i] = s->rows[order[i]];
        sorted.x[i] = s->x[order[i]];
    }
    free(order);
    series_free(status ? &sorted : s);
    if (!status)
        *s = sorted;
    return status;
}

static slt_status series_find(const slt_table *table, const char *name, series *s,
                              slt_error *err)
{
    s->rows = slt_world.calloc(table->data_count + 1, sizeof *s->rows);
    s->x = slt_world.calloc(table->data_count + 1, sizeof *s->x);
    if (!s->rows || !s->x)
        return no_memory(err);
    for (size_t i = 0; i < table->data_count; i++) {
        if (strcmp(table->rows[i].series, name))
            continue;
        if (!slt_real_parse(table->rows[i].x, &s->x[s->count]))
            return slt_fail(err, SLT_FORMAT, "%s has the x '%s', no number", name,
                            table->rows[i].x);
        s->rows[s->count++] = &table->rows[i];
    }
    if (!s->count)
        return slt_fail(err, SLT_FORMAT, "the figure's data have no series '%s'", name);
    return series_sort(s, err);
}

/* Ours must say one thing at each x. */
static slt_status series_check(const series *s, const char *name, slt_error *err)
{
    for (size_t i = 1; i < s->count; i++)
        if (!slt_real_less(s->x[i - 1], s->x[i]))
            return slt_fail(err, SLT_FORMAT, "%s has two rows at x = %s", name,
                            s->rows[i]->x);
    return SLT_OK;
}

static slt_real error_of(const slt_table_row *row)
{
    return row->has_error ? row->error : slt_real_of(0);
}

static void take_row(const slt_table_row *row, size_t side, place *at)
{
    *(side ? &at->theirs : &at->ours) = row->value;
    at->error[side] = error_of(row);
    at->has_n[side] = row->has_n;
    at->n[side] = slt_real_from_u64(row->n);
}

/* What a series has at x: the first of its rows there, else a straight line between the
 * two rows about it.  False beyond its ends. */
static bool series_at(const series *s, slt_real x, size_t side, place *at)
{
    size_t next = 0;
    while (next < s->count && slt_real_less(s->x[next], x))
        next++;
    if (next == s->count)
        return false;
    const slt_table_row *row = s->rows[next];
    if (!slt_real_less(x, s->x[next])) {
        take_row(row, side, at);
        return true;
    }
    if (!next)
        return false;
    const slt_real share = slt_order_share(x, s->x[next - 1], s->x[next]);
    const slt_table_row *before = s->rows[next - 1];
    *(side ? &at->theirs : &at->ours) =
        slt_order_between(before->value, row->value, share);
    at->error[side] = slt_order_between(error_of(before), error_of(row), share);
    at->exact = false;
    return true;
}

/* ---- Places ------------------------------------------------------------------------ */

static slt_status missing(const comparison *c, slt_real x, const char *why,
                          slt_error *err)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_real_text(x, text);
    return slt_fail(err, SLT_FORMAT, "%s at x = %s, of %s and reference %s", why, text,
                    c->spec->of, c->spec->reference_name);
}

/* Ours over theirs; absent where theirs is 0. */
static slt_real ratio_of(const place *at)
{
    const slt_real ratio = slt_real_div(at->ours, at->theirs);
    return slt_real_finite(ratio) ? ratio : slt_real_absent();
}

/* A sum of squares leaves out no place: it would be too small. */
static slt_status check_place(const comparison *c, const place *at, bool found,
                              slt_error *err)
{
    if (c->spec->chi2 == SLT_CHI2_NONE)
        return SLT_OK;
    if (!found)
        return missing(c, at->x, "no two values", err);
    if (c->spec->chi2 == SLT_CHI2_GIVEN)
        return at->error[0].bits << 1 || at->error[1].bits << 1
                   ? SLT_OK
                   : missing(c, at->x, "no error", err);
    if (c->spec->chi2 == SLT_CHI2_LOGS)
        return slt_real_less(slt_real_of(0), ratio_of(at))
                   ? SLT_OK
                   : missing(c, at->x, "no ratio above 0", err);
    if (!at->exact)
        return missing(c, at->x, "no two rows", err);
    const slt_real zero = slt_real_of(0), one = slt_real_of(1);
    for (size_t side = 0; c->spec->chi2 == SLT_CHI2_BINOMIAL && side < 2; side++) {
        const slt_real share = side ? at->theirs : at->ours;
        if (!at->has_n[side] || !slt_real_less(zero, at->n[side]))
            return missing(c, at->x, "not both n", err);
        if (slt_real_less(share, zero) || slt_real_less(one, share))
            return missing(c, at->x, "not two shares from 0 to 1", err);
    }
    return SLT_OK;
}

static slt_status find_places(comparison *c, slt_error *err)
{
    const size_t most = c->spec->at_count ? c->spec->at_count : c->theirs.count;
    slt_status status = SLT_OK;
    c->places = slt_world.calloc(most, sizeof *c->places);
    if (!c->places)
        return no_memory(err);
    for (size_t i = 0; i < most && !status; i++) {
        place *at = &c->places[c->count];
        *at = (place){.x = c->spec->at_count ? c->spec->at[i] : c->theirs.x[i],
                      .exact = true};
        bool found = series_at(&c->ours, at->x, 0, at);
        if (c->spec->at_count)
            found &= series_at(&c->theirs, at->x, 1, at);
        else
            take_row(c->theirs.rows[i], 1, at);
        status = check_place(c, at, found, err);
        c->count += found && !status;
    }
    if (!status && !c->count)
        status = slt_fail(err, SLT_FORMAT, "%s and reference %s have no x in common",
                          c->spec->of, c->spec->reference_name);
    return status;
}

/* ---- Numbers ----------------------------------------------------------------------- */

static slt_real square_over(slt_real difference, slt_real variance)
{
    return slt_real_div(slt_real_mul(difference, difference), variance);
}

/* Two counts of n and m by their shares, whose share together is p: the variance of the
 * difference is p (1 - p) (1/n + 1/m). */
static slt_real term_binomial(const place *at)
{
    const slt_real one = slt_real_of(1);
    const slt_real p = slt_real_div(slt_real_add(slt_real_mul(at->ours, at->n[0]),
                                                 slt_real_mul(at->theirs, at->n[1])),
                                    slt_real_add(at->n[0], at->n[1]));
    const slt_real width =
        slt_real_add(slt_real_div(one, at->n[0]), slt_real_div(one, at->n[1]));
    const slt_real variance = slt_real_mul(slt_real_mul(p, slt_real_sub(one, p)), width);
    return slt_real_less(slt_real_of(0), variance)
               ? square_over(slt_real_sub(at->ours, at->theirs), variance)
               : slt_real_of(0);
}

static slt_real term_logs(const place *at)
{
    const slt_real log = slt_real_log(ratio_of(at));
    return slt_real_mul(log, log);
}

static slt_real term_given(const place *at)
{
    return square_over(slt_real_sub(at->ours, at->theirs),
                       slt_real_add(slt_real_mul(at->error[0], at->error[0]),
                                    slt_real_mul(at->error[1], at->error[1])));
}

/* Pearson's, of counts whose expected numbers are as the reference's are to each other.
 */
static slt_status chi2_counts(const comparison *c, slt_real *chi2, slt_error *err)
{
    slt_real ours = slt_real_of(0), theirs = slt_real_of(0);
    for (size_t i = 0; i < c->count; i++) {
        ours = slt_real_add(ours, c->places[i].ours);
        theirs = slt_real_add(theirs, c->places[i].theirs);
    }
    const slt_real scale = slt_real_div(ours, theirs);
    *chi2 = slt_real_of(0);
    for (size_t i = 0; i < c->count; i++) {
        const slt_real expected = slt_real_mul(c->places[i].theirs, scale);
        if (!slt_real_less(slt_real_of(0), expected))
            return missing(c, c->places[i].x, "nothing is expected", err);
        *chi2 = slt_real_add(
            *chi2, square_over(slt_real_sub(c->places[i].ours, expected), expected));
    }
    return SLT_OK;
}

static slt_status chi2_of(const comparison *c, slt_real *chi2, slt_error *err)
{
    if (c->spec->chi2 == SLT_CHI2_COUNTS)
        return chi2_counts(c, chi2, err);
    slt_real (*const term[])(const place *) = {[SLT_CHI2_GIVEN] = term_given,
                                               [SLT_CHI2_BINOMIAL] = term_binomial,
                                               [SLT_CHI2_LOGS] = term_logs};
    *chi2 = slt_real_of(0);
    for (size_t i = 0; i < c->count; i++)
        *chi2 = slt_real_add(*chi2, term[c->spec->chi2](&c->places[i]));
    return SLT_OK;
}

/* ---- Rows -------------------------------------------------------------------------- */

static slt_status add_ratios(slt_figure *figure, const comparison *c,
                             slt_table_origin origin, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < c->count && !status; i++) {
        char x[SLT_REAL_TEXT_MAX];
        const slt_real ratio = ratio_of(&c->places[i]);
        slt_real_text(c->places[i].x, x);
        if (slt_real_finite(ratio))
            status = slt_figure_add(figure, origin, x, ratio, NULL, NULL, err, "ratio.%s",
                                    c->spec->name);
    }
    return status;
}

static slt_status add_number(slt_figure *figure, const comparison *c,
                             slt_table_origin origin, const char *what, slt_real value,
                             slt_error *err)
{
    const uint64_t n = c->count;
    if (!slt_real_finite(value))
        return SLT_OK;
    return slt_figure_add(figure, origin, "", value, NULL, &n, err, "compare.%s.%s",
                          c->spec->name, what);
}

static slt_status add_numbers(slt_figure *figure, const comparison *c,
                              slt_table_origin origin, slt_error *err)
{
    slt_real least = slt_real_absent(), greatest = least, chi2;
    for (size_t i = 0; i < c->count; i++) {
        const slt_real ratio = ratio_of(&c->places[i]);
        if (!slt_real_finite(ratio))
            continue;
        if (!slt_real_finite(least) || slt_real_less(ratio, least))
            least = ratio;
        if (!slt_real_finite(greatest) || slt_real_less(greatest, ratio))
            greatest = ratio;
    }
    slt_status status =
        add_number(figure, c, origin, "count", slt_real_from_u64(c->count), err);
    if (!status)
        status = add_number(figure, c, origin, "least", least, err);
    if (!status)
        status = add_number(figure, c, origin, "greatest", greatest, err);
    if (status || c->spec->chi2 == SLT_CHI2_NONE)
        return status;
    status = chi2_of(c, &chi2, err);
    return status ? status : add_number(figure, c, origin, "chi2", chi2, err);
}

static slt_status make_comparison(slt_figure *figure, const slt_comparison_spec *spec,
                                  bool named, slt_error *err)
{
    const slt_table_origin origin = {.part =
                                         named ? SLT_TABLE_COMPARISON : SLT_TABLE_RATIO,
                                     .item = (size_t)(spec - figure->spec->comparisons)};
    comparison c = {.spec = spec};
    slt_buffer name = {0};
    slt_buffer_printf(&name, "reference.%s", spec->reference_name);
    slt_status status = series_find(&figure->table, spec->of, &c.ours, err);
    if (!status)
        status = series_check(&c.ours, spec->of, err);
    if (!status)
        status = series_find(&figure->table, slt_buffer_text(&name), &c.theirs, err);
    if (!status)
        status = find_places(&c, err);
    if (!status)
        status = named ? add_numbers(figure, &c, origin, err)
                       : add_ratios(figure, &c, origin, err);
    slt_buffer_free(&name);
    series_free(&c.ours);
    series_free(&c.theirs);
    free(c.places);
    return status;
}

slt_status slt_comparison_rows(slt_figure *figure, bool named, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->comparison_count && !status; i++) {
        const slt_comparison_spec *spec = &figure->spec->comparisons[i];
        slt_error inner;
        status = make_comparison(figure, spec, named, &inner);
        if (status)
            status = slt_fail(err, status, "%s:%d: figure.comparisons.%s: %s",
                              slt_manifest_path(figure->manifest), spec->place.line,
                              spec->name, inner.text);
    }
    return status;
}
