#include "manifest/schema_figure.h"

#include "learn/spec.h"
#include "manifest/schema_rows.h"

#define WORDING_MAX SLT_FIGURE_WORDING_MAX
#define METRIC_MAX 39 /* names of metrics and results in a trace */
#define COUNT_MAX 4096

/* ---- Of each run ------------------------------------------------------------------- */

static const slt_schema place_forms[] = {
    {.type = SLT_SCHEMA_INT, .least = 0, .most = WORD32_MAX},
    {.type = SLT_SCHEMA_TEXT, .most = METRIC_MAX},
};

static const slt_schema measure_fields[] = {
    {.key = "first", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX, .optional = true,
     .meaning = "the step of the first checkpoint at which this metric is at_least or "
                "below a number"},
    {.key = "metric", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX, .optional = true,
     .meaning = "this metric, at a checkpoint"},
    {.key = "result", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX, .optional = true,
     .meaning = "this result, such as llc/mean or mark/i; llc/mean@ with `at` is the one "
                "of a checkpoint"},
    {.key = "part", .type = SLT_SCHEMA_INT, .least = 1, .most = COUNT_MAX,
     .optional = true,
     .meaning = "the estimate made from the part-th of `of` equal parts of the draws"},
    {.key = "value", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "expr|expression",
     .meaning = "an expression over earlier measures and sweep axes; absent where "
                "`above` or `below` does not hold"},
    {.key = "at_least", .type = SLT_SCHEMA_REAL, .optional = true,
     .meaning = "with first: the metric reaches this number"},
    {.key = "above", .type = SLT_SCHEMA_REAL, .optional = true,
     .meaning = "with value: only above this number"},
    {.key = "below", .type = SLT_SCHEMA_REAL, .optional = true,
     .meaning = "with first: the metric is below this number; with value: only below it"},
    {.key = "every", .type = SLT_SCHEMA_INT, .least = 1, .most = WORD32_MAX,
     PRESET(INT_VALUE(1)),
     .meaning = "with first: only checkpoints at multiples of this step count"},
    {.key = "at", .type = SLT_SCHEMA_EITHER, FIELDS(place_forms), .optional = true,
     .meaning = "with metric and result: a step, `last`, or an earlier measure"},
    {.key = "of", .type = SLT_SCHEMA_INT, .least = 1, .most = COUNT_MAX, .optional = true,
     .meaning = "with part: how many parts"},
    {.key = "llc", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_LLC_MAX,
     PRESET(INT_VALUE(1)), .also = "estimate",
     .meaning = "with part: which estimate of the run, from 1"},
};

const slt_schema slt_schema_measure = {.type = SLT_SCHEMA_MAP, FIELDS(measure_fields)};

static const slt_schema transitions_fields[] = {
    {.key = "name", .type = SLT_SCHEMA_NAME, .also = "id",
     .meaning = "what expressions call them: NAME.step, r, df, dlambda, dloss, loss"},
    {.key = "metric", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX,
     .meaning = "the curve that falls in steps"},
    {.key = "window", .type = SLT_SCHEMA_INT, .least = 1, .most = COUNT_MAX,
     .meaning = "checkpoints that are averaged before and after; 1 smooths nothing"},
    {.key = "drop", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_FRACTION,
     .meaning = "least fall of a transition, in parts of the whole fall"},
    {.key = "llc", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX,
     PRESET(TEXT_VALUE("llc/mean")),
     .meaning = "result at checkpoints that is the state's LLC"},
    {.key = "n", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_POSITIVE,
     .meaning = "n in the free energy n L + lambda ln n"},
    {.key = "from", .type = SLT_SCHEMA_INT, .least = 0, .most = WORD32_MAX,
     PRESET(INT_VALUE(0)), .meaning = "checkpoints before this step do not count"},
    {.key = "ends", .type = SLT_SCHEMA_WORD, WORDS("keep", "drop"),
     PRESET(TEXT_VALUE("keep")),
     .meaning = "drop: none where the curve falls fastest at the first or last place "
                "with room for both windows, which may be no maximum"},
};

const slt_schema slt_schema_transitions = {.type = SLT_SCHEMA_MAP,
                                           FIELDS(transitions_fields)};

/* ---- Over runs or items ------------------------------------------------------------ */

#define NAME_ROW                                                                         \
    {.key = "name", .type = SLT_SCHEMA_NAME, .also = "id",                               \
     .meaning = "what the data's rows and claims call it"}
#define EXPRESSION_ROW(name, words)                                                      \
    {.key = name, .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .meaning = words}
#define OF_ROW                                                                           \
    EXPRESSION_ROW("of", "an expression over measures, or over items of transitions")
#define WHERE_ROW                                                                        \
    {.key = "where", .type = SLT_SCHEMA_WHERE, .optional = true, .also = "filter",       \
     .meaning = "only runs with these values of sweep axes"}

static const slt_schema points_fields[] = {
    NAME_ROW,
    EXPRESSION_ROW("x", "the abscissa, over measures, or over items of transitions"),
    EXPRESSION_ROW("y", "the ordinate, likewise"),
    WHERE_ROW,
};
const slt_schema slt_schema_points = {.type = SLT_SCHEMA_MAP, FIELDS(points_fields)};

static const slt_schema histogram_fields[] = {
    NAME_ROW,
    OF_ROW,
    {.key = "from", .type = SLT_SCHEMA_REAL, .meaning = "lower edge of the first bin"},
    {.key = "to", .type = SLT_SCHEMA_REAL, .meaning = "upper edge of the last bin"},
    {.key = "bins", .type = SLT_SCHEMA_INT, .least = 1, .most = COUNT_MAX,
     .meaning = "bins of equal width"},
    WHERE_ROW,
};
const slt_schema slt_schema_histogram = {.type = SLT_SCHEMA_MAP,
                                         FIELDS(histogram_fields)};

static const slt_schema curve_series = {.type = SLT_SCHEMA_TEXT, .most = METRIC_MAX};

static const slt_schema curve_fields[] = {
    NAME_ROW,
    {.key = "run", .type = SLT_SCHEMA_INT, .least = 0, .most = 999999,
     .meaning = "number of the run"},
    {.key = "of", .type = SLT_SCHEMA_LIST, ONE(curve_series), .least = 1, .most = 16,
     .lone = true,
     .meaning = "metrics of checkpoints, and results at checkpoints such as llc/mean"},
};
const slt_schema slt_schema_curve = {.type = SLT_SCHEMA_MAP, FIELDS(curve_fields)};

static const slt_schema statistic_fields[] = {NAME_ROW, OF_ROW, WHERE_ROW};
static const slt_schema statistic_forms[] = {
    {.type = SLT_SCHEMA_TEXT, .most = 63},
    {.type = SLT_SCHEMA_MAP, FIELDS(statistic_fields)},
};
const slt_schema slt_schema_statistic = {.type = SLT_SCHEMA_EITHER,
                                         FIELDS(statistic_forms)};

static const slt_schema cluster_fields[] = {
    NAME_ROW,
    OF_ROW,
    {.key = "gap", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_NOT_NEGATIVE,
     .meaning = "sorted neighbours further apart than this are in two clusters"},
    WHERE_ROW,
};
const slt_schema slt_schema_cluster = {.type = SLT_SCHEMA_MAP, FIELDS(cluster_fields)};

/* ---- Over fits --------------------------------------------------------------------- */

static const slt_schema bootstrap_fields[] = {
    NAME_ROW,
    {.key = "fit", .type = SLT_SCHEMA_NAME,
     .meaning = "the fit whose points are redrawn"},
    {.key = "resamples", .type = SLT_SCHEMA_INT, .least = 1, .most = 100000,
     .also = "draws|count|samples", .meaning = "how often"},
    {.key = "level", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_FRACTION,
     PRESET(REAL_VALUE(0x3fee666666666666)),
     .meaning = "share of the resamples between low and high"},
    {.key = "seed", .type = SLT_SCHEMA_INT, .least = 0, .most = UINT64_MAX,
     .meaning = "seed of the redrawing"},
};
const slt_schema slt_schema_bootstrap = {.type = SLT_SCHEMA_MAP,
                                         FIELDS(bootstrap_fields)};
