/* Made-up outcomes for tests of figures: four runs, an axis of numbers a = 1, 2 and seeds
 * 0, 1 for each; the test sets the results of each run. */
#ifndef SLT_TESTS_OUTCOME_SAMPLE_H
#define SLT_TESTS_OUTCOME_SAMPLE_H

#include "study_sample.h"

#include "figure/figure.h"

#define OUTCOME_RUNS 4
#define OUTCOME_RESULTS 16
#define OUTCOME_POINTS 64

#define OUTCOME_HEAD                                                                     \
    SAMPLE_HEAD("test/outcomes")                                                         \
    "sweep:\n  a: [1, 2]\n  seed: [0, 1]\n"                                              \
    "run:\n  arithmetic: f32\n  seed: $seed\n" SAMPLE_DATA SAMPLE_NET                    \
    "  train: {optimizer: {kind: sgd, lr: $a}, steps: 10}\n"                             \
    "  llc: [{at: last, lr: 1e-4, localization: 1, num_draws: 8}]\n"                     \
    "figure:\n"

typedef struct outcome_sample {
    slt_manifest *manifest;
    slt_outcome outcomes[OUTCOME_RUNS];
    slt_result results[OUTCOME_RUNS][OUTCOME_RESULTS];
    slt_curve curves[OUTCOME_RUNS][2];
    slt_curve_point points[OUTCOME_RUNS][2][OUTCOME_POINTS];
    slt_part parts[OUTCOME_RUNS];
    slt_figure *figure;
    slt_error err;
} outcome_sample;

static inline void outcome_open(outcome_sample *s, const char *figure)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%s%s", OUTCOME_HEAD, figure);
    *s = (outcome_sample){.manifest = sample_open(slt_buffer_text(&text))};
    slt_buffer_free(&text);
    for (size_t run = 0; run < OUTCOME_RUNS; run++)
        s->outcomes[run] = (slt_outcome){.status = SLT_RUN_DONE,
                                         .results = s->results[run],
                                         .curves = s->curves[run],
                                         .parts = &s->parts[run]};
}

static inline void outcome_result(outcome_sample *s, size_t run, const char *name,
                                  double value)
{
    s->results[run][s->outcomes[run].result_count++] = result_of(name, value);
}

/* A metric at steps 0, every, 2 every, ... */
static inline void outcome_curve(outcome_sample *s, size_t run, const char *name,
                                 uint64_t every, size_t count, const double *values)
{
    size_t at = s->outcomes[run].curve_count++;
    slt_curve *curve = &s->curves[run][at];
    *curve = (slt_curve){.points = s->points[run][at], .count = count};
    curve->quantity = quantity_of(name);
    for (size_t i = 0; i < count; i++)
        curve->points[i] = (slt_curve_point){i * every, slt_real_of(values[i])};
    s->outcomes[run].has_step = true;
    s->outcomes[run].step = (count - 1) * every;
}

static inline slt_status outcome_make(outcome_sample *s)
{
    return slt_figure_of_outcomes(s->manifest, s->outcomes, &s->figure, &s->err);
}

static inline void outcome_close(outcome_sample *s)
{
    slt_figure_free(s->figure);
    slt_manifest_free(s->manifest);
}

/* The figure's CSV without its header, before the counts by status. */
static inline const char *outcome_csv(outcome_sample *s)
{
    size_t size;
    if (outcome_make(s))
        return s->err.text;
    char *csv = (char *)(uintptr_t)slt_figure_csv(s->figure, &size);
    char *end = strstr(csv, "status.done");
    if (end)
        *end = 0;
    return csv + strlen("series,x,value,error,n\n");
}

/* A number of the figure that is no data; -1e300 where there is none. */
static inline double outcome_named(const outcome_sample *s, const char *name)
{
    const slt_table_row *row = slt_table_named(&s->figure->table, name);
    return row ? slt_real_double(row->value) : -1e300;
}

/* Opens, fills by the test's own function, and compares that CSV. */
static inline void outcome_gives(void (*fill)(outcome_sample *), const char *figure,
                                 const char *csv, const char *name)
{
    outcome_sample *s = (outcome_sample *)calloc(1, sizeof *s);
    outcome_open(s, figure);
    fill(s);
    TAP_EQ_TEXT(outcome_csv(s), csv, name);
    outcome_close(s);
    free(s);
}

/* The same where it is refused. */
static inline void outcome_refuses(void (*fill)(outcome_sample *), const char *figure,
                                   const char *part)
{
    outcome_sample *s = (outcome_sample *)calloc(1, sizeof *s);
    outcome_open(s, figure);
    fill(s);
    if (!TAP_OK(outcome_make(s) == SLT_FORMAT && strstr(s->err.text, part), "refuses: %s",
                part))
        tap_note("said '%s'", s->err.text);
    outcome_close(s);
    free(s);
}

#endif
