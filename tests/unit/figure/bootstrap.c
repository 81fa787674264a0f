/* figure/bootstrap.c and fits over points: against a resampling written out. */
#include "outcome_sample.h"

#include "num/draw.h"
#include "num/scalar.h"

/* y = 2 + 3 a + (a little by seed). */
static void fill(outcome_sample *s)
{
    static const double y[OUTCOME_RUNS] = {5, 5.5, 7.75, 8};
    for (size_t run = 0; run < OUTCOME_RUNS; run++)
        outcome_result(s, run, "llc/mean", y[run]);
}

#define FIGURE(seed)                                                                     \
    "  measures: {m: {result: llc/mean}}\n"                                              \
    "  points: [{name: p, x: a, y: m}]\n"                                                \
    "  fit: [{name: f, linear: {points: p}}, {name: c, constant: {points: p}}]\n"        \
    "  bootstrap:\n"                                                                     \
    "    - {name: b, fit: f, resamples: 40, level: 0.5, seed: " seed "}\n"               \
    "    - {name: d, fit: c, resamples: 3, level: 0, seed: " seed "}\n"

static bool near(double a, double b)
{
    return a - b < 1e-9 && b - a < 1e-9;
}

static void open_figure(outcome_sample *s, const char *figure)
{
    outcome_open(s, figure);
    fill(s);
    if (outcome_make(s))
        tap_bail(s->err.text);
}

static void test_fit(const outcome_sample *s)
{
    TAP_OK(near(outcome_named(s, "fit.f.a0"), 2.625) &&
               near(outcome_named(s, "fit.f.a1"), 2.625),
           "a line through points");
    TAP_OK(near(outcome_named(s, "fit.f.rss"), 0.125 + 0.03125), "its residuals");
    TAP_OK(near(outcome_named(s, "fit.c.a0"), 6.5625), "a constant through points");
    TAP_EQ_U64(slt_table_named(&s->figure->table, "fit.f.a1")->n, 4, "each counts once");
}

static int ascending(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Slopes of the resamples that have both values of a: with two abscissas a slope is the
 * difference of the two means. */
static size_t slopes(uint64_t seed, double found[40])
{
    static const double y[OUTCOME_RUNS] = {5, 5.5, 7.75, 8};
    size_t count = 0;
    for (uint32_t r = 0; r < 40; r++) {
        slt_stream stream = slt_stream_of(seed, SLT_DRAW_BOOTSTRAP, 0, 0, r, 0);
        double sum[2] = {0, 0}, number[2] = {0, 0};
        for (size_t j = 0; j < 4; j++) {
            size_t i = (size_t)slt_draw_bounded(stream, j, 4);
            sum[i / 2] += y[i];
            number[i / 2]++;
        }
        if (number[0] > 0 && number[1] > 0)
            found[count++] = sum[1] / number[1] - sum[0] / number[0];
    }
    qsort(found, count, sizeof *found, ascending);
    return count;
}

static double quantile(const double *sorted, size_t count, double p)
{
    double h = (double)(count - 1) * p;
    size_t i = (size_t)h;
    return i + 1 < count ? sorted[i] + (h - (double)i) * (sorted[i + 1] - sorted[i])
                         : sorted[count - 1];
}

static void test_intervals(const outcome_sample *s, uint64_t seed)
{
    double found[40];
    size_t count = slopes(seed, found);
    const slt_table_row *low = slt_table_named(&s->figure->table, "bootstrap.b.a1.low");
    TAP_OK(low && near(slt_real_double(low->value), quantile(found, count, 0.25)),
           "the lower quarter of the slopes");
    TAP_OK(near(outcome_named(s, "bootstrap.b.a1.high"), quantile(found, count, 0.75)),
           "the upper quarter");
    TAP_OK(low && low->n == count && count < 40,
           "a resample without a slope is passed over: %zu of 40", count);
    TAP_OK(outcome_named(s, "bootstrap.b.r2.low") <=
               outcome_named(s, "bootstrap.b.r2.high"),
           "and of r2");
    TAP_OK(outcome_named(s, "bootstrap.d.a0.low") ==
               outcome_named(s, "bootstrap.d.a0.high"),
           "level 0: the median twice");
    TAP_OK(!slt_table_named(&s->figure->table, "bootstrap.d.a1.low"),
           "a constant has no slope");
}

static void test_seeds(const outcome_sample *s)
{
    outcome_sample *same = calloc(1, sizeof *same), *other = calloc(1, sizeof *other);
    size_t size, same_size;
    open_figure(same, FIGURE("9"));
    open_figure(other, FIGURE("10"));
    const char *csv = slt_figure_csv(s->figure, &size);
    const char *again = slt_figure_csv(same->figure, &same_size);
    TAP_OK(size == same_size && !memcmp(csv, again, size), "one seed, one CSV");
    TAP_OK(outcome_named(s, "bootstrap.b.a1.low") !=
               outcome_named(other, "bootstrap.b.a1.low"),
           "another seed, other resamples");
    outcome_close(same);
    outcome_close(other);
    free(same);
    free(other);
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    outcome_sample *s = calloc(1, sizeof *s);
    open_figure(s, FIGURE("9"));
    test_fit(s);
    test_intervals(s, 9);
    test_seeds(s);
    outcome_close(s);
    free(s);
    return tap_done();
}
