#include "manifest/schema_figure.h"

#include "learn/diagnostics_curves.h"
#include "learn/spec.h"
#include "manifest/figure_spec.h"
#include "manifest/schema_rows.h"
#include "manifest/sweep.h"

#define WORDING_MAX SLT_FIGURE_WORDING_MAX
#define METRIC_MAX SLT_FIGURE_QUANTITY_MAX

/* ---- Of each run ------------------------------------------------------------------- */

static const slt_schema place_forms[] = {
    {.type = SLT_SCHEMA_INT, .least = 0, .most = WORD32_MAX, .shared = true,
     AT(slt_measure_spec, step), TAG(slt_measure_spec, at, SLT_MEASURE_AT_STEP)},
    {.type = SLT_SCHEMA_TEXT, .most = METRIC_MAX, .shared = true,
     OWNED_TEXT(slt_measure_spec, at_measure),
     TAG(slt_measure_spec, at, SLT_MEASURE_AT_MEASURE)},
};

/* The key that makes a form of measure, and what it names. */
#define FORM(form_tag) TAG(slt_measure_spec, form, SLT_MEASURE_##form_tag), .shared = true
#define FORM_OF(form_tag)                                                                \
    FORM(form_tag), OWNED_TEXT(slt_measure_spec, of.text),                               \
        PLACE(slt_measure_spec, of.place)
#define BOUND(member) AT(slt_measure_spec, member), FLAG(slt_measure_spec, has_##member)

static const slt_schema measure_fields[] = {
    {.key = "first", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX, .optional = true,
     FORM_OF(FIRST),
     .meaning = "the step of the first checkpoint at which this metric is at_least or "
                "below a number"},
    {.key = "metric", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX, .optional = true,
     FORM_OF(METRIC),
     .meaning = "this metric, at a checkpoint"},
    {.key = "result", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX, .optional = true,
     FORM_OF(RESULT),
     .meaning = "this result, such as llc/mean or mark/i; llc/mean@ with `at` is the one "
                "of a checkpoint"},
    {.key = "part", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_FIGURE_PARTS_MAX,
     .optional = true, FORM(PART), AT(slt_measure_spec, part),
     .meaning = "the estimate made from the part-th of `of` equal parts of the draws"},
    {.key = "value", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "expr|expression", FORM_OF(VALUE),
     .meaning = "an expression over earlier measures and sweep axes; absent where "
                "`above` or `below` does not hold"},
    {.key = "mean", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     FORM_OF(MEAN),
     .meaning = "the mean of an expression over the items of a list, such as the "
                "checkpoints of a run"},
    {.key = "max", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     FORM_OF(MAX),
     .meaning = "its greatest value; with `give` another expression there"},
    {.key = "min", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     FORM_OF(MIN),
     .meaning = "its least value, likewise"},
    {.key = "give", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     OWNED_TEXT(slt_measure_spec, give),
     .meaning = "with max and min: what is given of the first item where it is so"},
    {.key = "if", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     OWNED_TEXT(slt_measure_spec, condition),
     .meaning = "an expression over earlier measures and sweep axes: absent where it is "
                "0 or absent"},
    {.key = "at_least", .type = SLT_SCHEMA_REAL, .optional = true, BOUND(at_least),
     .meaning = "with first: the metric reaches this number"},
    {.key = "above", .type = SLT_SCHEMA_REAL, .optional = true, BOUND(above),
     .meaning = "with value: only above this number"},
    {.key = "below", .type = SLT_SCHEMA_REAL, .optional = true, BOUND(below),
     .meaning = "with first: the metric is below this number; with value: only below it"},
    {.key = "every", .type = SLT_SCHEMA_INT, .least = 1, .most = WORD32_MAX,
     PRESET(INT_VALUE(1)), AT(slt_measure_spec, every),
     .meaning = "with first: only checkpoints at multiples of this step count"},
    {.key = "at", .type = SLT_SCHEMA_EITHER, FIELDS(place_forms), .optional = true,
     .meaning = "with metric and result: a step, `last`, or an earlier measure"},
    {.key = "of", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_FIGURE_PARTS_MAX,
     .optional = true, AT(slt_measure_spec, parts),
     .meaning = "with part: how many parts"},
    {.key = "llc", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_LLC_MAX,
     PRESET(INT_VALUE(1)), .also = "estimate", AT(slt_measure_spec, llc),
     .meaning = "with part: which estimate of the run, from 1"},
};

const slt_schema slt_schema_measure = {.type = SLT_SCHEMA_MAP, FIELDS(measure_fields)};

static const slt_schema transitions_fields[] = {
    {.key = "name", .type = SLT_SCHEMA_NAME, .also = "id", AT(slt_transitions_spec, name),
     .meaning = "what expressions call them: NAME.step, r, df, dlambda, dloss, loss"},
    {.key = "metric", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX,
     OWNED_TEXT(slt_transitions_spec, metric.text),
     PLACE(slt_transitions_spec, metric.place),
     .meaning = "the curve that falls in steps"},
    {.key = "window", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_FIGURE_WINDOW_MAX,
     AT(slt_transitions_spec, window),
     .meaning = "checkpoints that are averaged before and after; 1 smooths nothing"},
    {.key = "drop", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_FRACTION,
     AT(slt_transitions_spec, drop),
     .meaning = "least fall of a transition, in parts of the whole fall"},
    {.key = "llc", .type = SLT_SCHEMA_TEXT, .most = METRIC_MAX,
     PRESET(TEXT_VALUE("llc/mean")), OWNED_TEXT(slt_transitions_spec, llc.text),
     .meaning = "result at checkpoints that is the state's LLC"},
    {.key = "n", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_POSITIVE,
     AT(slt_transitions_spec, n),
     .meaning = "n in the free energy n L + lambda ln n"},
    {.key = "from", .type = SLT_SCHEMA_INT, .least = 0, .most = WORD32_MAX,
     PRESET(INT_VALUE(0)), AT(slt_transitions_spec, from),
     .meaning = "checkpoints before this step do not count"},
    {.key = "ends", .type = SLT_SCHEMA_WORD, WORDS("keep", "drop"),
     PRESET(TEXT_VALUE("keep")), AT(slt_transitions_spec, drops_ends),
     .meaning = "drop: none where the curve falls fastest at the first or last place "
                "with room for both windows, which may be no maximum"},
};

const slt_schema slt_schema_transitions = {.type = SLT_SCHEMA_MAP,
                                           FIELDS(transitions_fields)};

static const slt_schema checkpoint_field = {.type = SLT_SCHEMA_TEXT,
                                            .most = METRIC_MAX,
                                            OWNED_TEXT(slt_checkpoint_field, of.text),
                                            PLACE(slt_checkpoint_field, of.place)};

static const slt_schema checkpoints_fields[] = {
    {.key = "name", .type = SLT_SCHEMA_NAME, .also = "id", AT(slt_checkpoints_spec, name),
     .meaning = "what expressions call them: NAME.step, NAME.time, NAME.FIELD"},
    {.key = "of", .type = SLT_SCHEMA_NAMED, ONE(checkpoint_field), .least = 1,
     .most = SLT_FIGURE_FIELDS_MAX, .also = "fields",
     OWNED(slt_checkpoints_spec, fields, field_count),
     .meaning = "fields: metrics of checkpoints, and results at checkpoints such as "
                "llc/mean"},
    {.key = "from", .type = SLT_SCHEMA_INT, .least = 0, .most = WORD32_MAX,
     PRESET(INT_VALUE(0)), AT(slt_checkpoints_spec, from),
     .meaning = "checkpoints before this step do not count"},
    {.key = "every", .type = SLT_SCHEMA_INT, .least = 1, .most = WORD32_MAX,
     PRESET(INT_VALUE(1)), AT(slt_checkpoints_spec, every),
     .meaning = "only checkpoints at multiples of this step count"},
};

const slt_schema slt_schema_checkpoints = {.type = SLT_SCHEMA_MAP,
                                           FIELDS(checkpoints_fields)};

/* ---- Over runs or items ------------------------------------------------------------ */

#define NAME_ROW(...)                                                                    \
    {.key = "name", .type = SLT_SCHEMA_NAME, .also = "id", __VA_ARGS__,                  \
     .meaning = "what the data's rows and claims call it"}
#define EXPRESSION_ROW(of_type, member, words)                                           \
    {.key = #member, .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX,                       \
     OWNED_TEXT(of_type, member), .meaning = words}
#define OF_ROW(of_type)                                                                  \
    EXPRESSION_ROW(of_type, of,                                                          \
                   "an expression over measures, or over items of a list")
#define WHERE_ROW(of_type)                                                               \
    {.key = "where", .type = SLT_SCHEMA_WHERE, .optional = true, .also = "filter",       \
     AT(of_type, where), .meaning = "only runs with these values of sweep axes"}

static const slt_schema series_axis = {.type = SLT_SCHEMA_AXIS, ITEM(size_t)};

static const slt_schema points_fields[] = {
    NAME_ROW(AT(slt_points_spec, name)),
    EXPRESSION_ROW(slt_points_spec, x,
                   "the abscissa, over measures, or over items of transitions or "
                   "checkpoints"),
    EXPRESSION_ROW(slt_points_spec, y, "the ordinate, likewise"),
    WHERE_ROW(slt_points_spec),
    {.key = "series", .type = SLT_SCHEMA_LIST, ONE(series_axis), .least = 1,
     .most = SLT_FIGURE_SERIES_MAX, .lone = true, .optional = true,
     .also = "group|group_by|color", OWNED(slt_points_spec, series, series_count),
     .meaning = "axis or axes that split the points into series"},
};
const slt_schema slt_schema_points = {.type = SLT_SCHEMA_MAP, FIELDS(points_fields)};

static const slt_schema histogram_fields[] = {
    NAME_ROW(AT(slt_histogram_spec, name)),
    {.key = "of", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     OWNED_TEXT(slt_histogram_spec, of),
     .meaning = "an expression over measures, or over items of a list"},
    {.key = "from", .type = SLT_SCHEMA_REAL, .optional = true,
     AT(slt_histogram_spec, from),
     .meaning = "with of: lower edge of the first bin"},
    {.key = "to", .type = SLT_SCHEMA_REAL, .optional = true, AT(slt_histogram_spec, to),
     .meaning = "with of: upper edge of the last bin"},
    {.key = "bins", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_FIGURE_BINS_MAX,
     .optional = true, AT(slt_histogram_spec, bins),
     .meaning = "with of: bins of equal width"},
    {.key = "tally", .type = SLT_SCHEMA_NAME, .optional = true,
     AT(slt_histogram_spec, tally),
     .meaning = "instead: the histogram that this tally of trials is, its bins added up "
                "over runs"},
    WHERE_ROW(slt_histogram_spec),
};
const slt_schema slt_schema_histogram = {.type = SLT_SCHEMA_MAP, FIELDS(histogram_fields),
                                         PLACE(slt_histogram_spec, place)};

static const slt_schema curve_series = {.type = SLT_SCHEMA_TEXT,
                                        .most = METRIC_MAX,
                                        OWNED_TEXT(slt_figure_value, text),
                                        PLACE(slt_figure_value, place)};

static const slt_schema place_of_curve = {.type = SLT_SCHEMA_REAL, ITEM(slt_real)};

static const slt_schema curve_fields[] = {
    NAME_ROW(AT(slt_curves_spec, name)),
    {.key = "run", .type = SLT_SCHEMA_INT, .least = 0, .most = SLT_SWEEP_RUNS_MAX - 1,
     .optional = true, AT(slt_curves_spec, run), FLAG(slt_curves_spec, has_run),
     .meaning = "number of the run; absent: the mean over runs, at each step over those "
                "that have it"},
    {.key = "where", .type = SLT_SCHEMA_WHERE, .optional = true, .also = "filter",
     AT(slt_curves_spec, where),
     .meaning = "without run: only runs with these values of sweep axes"},
    {.key = "error", .type = SLT_SCHEMA_WORD, WORDS("sd", "se", "none"),
     PRESET(TEXT_VALUE("sd")), .also = "errors|band", AT(slt_curves_spec, error),
     .meaning = "without run: sd: standard deviation over the runs of a step; se: "
                "standard error"},
    {.key = "series", .type = SLT_SCHEMA_LIST, ONE(series_axis), .least = 1,
     .most = SLT_FIGURE_SERIES_MAX, .lone = true, .optional = true,
     .also = "group|group_by|color", OWNED(slt_curves_spec, series, series_count),
     .meaning = "without run: axis or axes, a mean for each of their values"},
    {.key = "of", .type = SLT_SCHEMA_LIST, ONE(curve_series), .least = 1,
     .most = SLT_FIGURE_CURVES_MAX, .lone = true, OWNED(slt_curves_spec, of, of_count),
     .meaning = "metrics of checkpoints, and results at checkpoints such as llc/mean"},
    {.key = "x", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     OWNED_TEXT(slt_curves_spec, x),
     .meaning = "the abscissa, instead of the step: an expression over `step`, `time`, "
                "measures and axes, such as t - time with t a mark of each run; means "
                "are over equal x"},
    {.key = "at", .type = SLT_SCHEMA_LIST, ONE(place_of_curve), .least = 1,
     .most = SLT_FIGURE_AT_MAX, .lone = true, .optional = true, .also = "grid",
     OWNED(slt_curves_spec, at, at_count),
     .meaning = "the x of its rows, ascending, where each run is read off straight lines "
                "between its own"},
};
const slt_schema slt_schema_curve = {.type = SLT_SCHEMA_MAP, FIELDS(curve_fields)};

static const slt_schema chain_steps[] = {
    {.type = SLT_SCHEMA_INT, .least = 0, .most = WORD32_MAX, AT(slt_chains_spec, step)},
    {.type = SLT_SCHEMA_WORD, WORDS("last"), TAG(slt_chains_spec, at_last, true)},
};

static const slt_schema chains_fields[] = {
    NAME_ROW(AT(slt_chains_spec, name)),
    {.key = "run", .type = SLT_SCHEMA_INT, .least = 0, .most = SLT_SWEEP_RUNS_MAX - 1,
     AT(slt_chains_spec, run),
     .meaning = "number of the run"},
    {.key = "llc", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_LLC_MAX,
     PRESET(INT_VALUE(1)), .also = "estimate", AT(slt_chains_spec, llc),
     .meaning = "which estimate of the run, from 1"},
    {.key = "at", .type = SLT_SCHEMA_EITHER, FIELDS(chain_steps),
     PRESET(TEXT_VALUE("last")), .also = "step",
     .meaning = "a step, or `last`"},
    {.key = "of", .type = SLT_SCHEMA_WORD, WORDS("llc", "loss"),
     PRESET(TEXT_VALUE("llc")), AT(slt_chains_spec, of_loss),
     .meaning = "what its trace shows; llc: nbeta (loss - L_n(w*))"},
    {.key = "show", .type = SLT_SCHEMA_SET, .words = slt_chains_words, .optional = true,
     AT(slt_chains_spec, show), FLAG(slt_chains_spec, has_show),
     .meaning = "what the data hold of the chains; absent: all; trace: means of parts "
                "of the draws, at most 250; ranks: the shares of a chain's draws in 20 "
                "bins of the ranks of all; autocorrelation: of each chain by lag"},
    {.key = "lags", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_CHAIN_LAGS_MAX,
     PRESET(INT_VALUE(SLT_CHAIN_LAGS)), .also = "max_lag", AT(slt_chains_spec, lags),
     .meaning = "the longest lag, in draws; of more than 250 every so many"},
};
const slt_schema slt_schema_chains = {.type = SLT_SCHEMA_MAP, FIELDS(chains_fields)};

static const slt_schema statistic_fields[] = {
    NAME_ROW(OWNED_TEXT(slt_statistic_spec, name)),
    OF_ROW(slt_statistic_spec),
    WHERE_ROW(slt_statistic_spec),
    {.key = "less", .type = SLT_SCHEMA_WHERE, .optional = true,
     .also = "minus|against|paired|relative_to", AT(slt_statistic_spec, less),
     .meaning = "of each run's value less that of its partner, the run that has these "
                "values of these axes and its own of all others"},
};
static const slt_schema statistic_forms[] = {
    {.type = SLT_SCHEMA_TEXT, .most = SLT_FIGURE_FIELD_MAX,
     OWNED_TEXT(slt_statistic_spec, of)},
    {.type = SLT_SCHEMA_MAP, FIELDS(statistic_fields)},
};
const slt_schema slt_schema_statistic = {.type = SLT_SCHEMA_EITHER,
                                         FIELDS(statistic_forms)};

static const slt_schema cluster_fields[] = {
    NAME_ROW(AT(slt_cluster_spec, name)),
    OF_ROW(slt_cluster_spec),
    {.key = "gap", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_NOT_NEGATIVE,
     AT(slt_cluster_spec, gap),
     .meaning = "sorted neighbours further apart than this are in two clusters"},
    WHERE_ROW(slt_cluster_spec),
};
const slt_schema slt_schema_cluster = {.type = SLT_SCHEMA_MAP, FIELDS(cluster_fields)};

/* ---- Over fits --------------------------------------------------------------------- */

static const slt_schema bootstrap_fields[] = {
    NAME_ROW(AT(slt_bootstrap_spec, name)),
    {.key = "fit", .type = SLT_SCHEMA_NAME, AT(slt_bootstrap_spec, fit_name),
     .meaning = "the fit that is made again"},
    {.key = "over", .type = SLT_SCHEMA_WORD, WORDS("points", "runs", "blocks"),
     PRESET(TEXT_VALUE("points")), .also = "of|units", AT(slt_bootstrap_spec, over),
     .meaning = "what is redrawn; runs: each with all that the fit has of it; blocks: of "
                "the trials that a curve of tally/NAME/mean is of"},
    {.key = "resamples", .type = SLT_SCHEMA_INT, .least = 1,
     .most = SLT_FIGURE_RESAMPLES_MAX, .also = "draws|count|samples",
     AT(slt_bootstrap_spec, resamples),
     .meaning = "how often"},
    {.key = "level", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_FRACTION,
     PRESET(REAL_VALUE(0x3fee666666666666)), AT(slt_bootstrap_spec, level),
     .meaning = "share of the resamples between low and high"},
    {.key = "seed", .type = SLT_SCHEMA_INT, .least = 0, .most = UINT64_MAX,
     AT(slt_bootstrap_spec, seed),
     .meaning = "seed of the redrawing"},
};
const slt_schema slt_schema_bootstrap = {.type = SLT_SCHEMA_MAP,
                                         FIELDS(bootstrap_fields)};

/* ---- What others published --------------------------------------------------------- */

#define COLUMN_ROW(member)                                                               \
    .key = #member, .type = SLT_SCHEMA_SCALAR, .most = WORDING_MAX,                      \
    OWNED_TEXT(slt_reference_spec, member)

static const slt_schema cell = {
    .type = SLT_SCHEMA_SCALAR, .most = WORDING_MAX, OWNED_TEXT(slt_cell_spec, text)};

static const slt_schema reference_fields[] = {
    NAME_ROW(AT(slt_reference_spec, name)),
    {.key = "csv", .type = SLT_SCHEMA_TEXT, .most = SLT_PATH_MAX - 1, .also = "path|data",
     OWNED_TEXT(slt_reference_spec, file),
     .meaning = "path, relative to the manifest, of a CSV file with a header"},
    {.key = "sha256", .type = SLT_SCHEMA_HEX, .most = 64, AT(slt_reference_spec, sha256),
     .meaning = "SHA-256 of that file, as sha256sum prints it"},
    {.key = "source", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .also = "cite|from",
     OWNED_TEXT(slt_reference_spec, source),
     .meaning = "where its numbers come from, in words"},
    {.key = "where", .type = SLT_SCHEMA_NAMED, ONE(cell), .optional = true, .least = 1,
     .most = SLT_FIGURE_LISTS_MAX, .also = "filter",
     OWNED(slt_reference_spec, cells, cell_count),
     .meaning = "only lines that have these texts in these columns"},
    {COLUMN_ROW(x), .meaning = "the abscissa: an expression over columns"},
    {COLUMN_ROW(y), .meaning = "the ordinate, likewise"},
    {COLUMN_ROW(error), .optional = true, .meaning = "its error, likewise"},
    {COLUMN_ROW(n), .optional = true,
     .meaning = "of how many it is a share or a mean, likewise: a whole number"},
};
const slt_schema slt_schema_reference = {.type = SLT_SCHEMA_MAP, FIELDS(reference_fields),
                                         PLACE(slt_reference_spec, place)};

static const slt_schema place_of_comparison = {.type = SLT_SCHEMA_REAL, ITEM(slt_real)};

static const slt_schema comparison_fields[] = {
    NAME_ROW(AT(slt_comparison_spec, name)),
    {.key = "of", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .also = "series",
     OWNED_TEXT(slt_comparison_spec, of),
     .meaning = "a series of the figure's data, as it stands there: of rows, "
                "points.NAME, hist.NAME, curve.NAME.METRIC, slope.NAME"},
    {.key = "reference", .type = SLT_SCHEMA_NAME, .also = "with|against",
     AT(slt_comparison_spec, reference_name),
     .meaning = "the reference that it is held against"},
    {.key = "at", .type = SLT_SCHEMA_LIST, ONE(place_of_comparison), .least = 1,
     .most = SLT_FIGURE_AT_MAX, .lone = true, .optional = true, .also = "x",
     OWNED(slt_comparison_spec, at, at_count),
     .meaning = "at these x, on straight lines between neighbours; absent: at those of "
                "the reference"},
    {.key = "chi2", .type = SLT_SCHEMA_WORD,
     WORDS("none", "given", "binomial", "counts", "logs"), PRESET(TEXT_VALUE("none")),
     AT(slt_comparison_spec, chi2),
     .meaning = "a sum of squares over their variances; given: by the errors of both; "
                "binomial: of shares by n; counts: of counts, whose expected numbers "
                "are in proportion to the reference; logs: the squares of ln(ours / "
                "theirs), as they are"},
};
const slt_schema slt_schema_comparison = {
    .type = SLT_SCHEMA_MAP, FIELDS(comparison_fields), PLACE(slt_comparison_spec, place)};
