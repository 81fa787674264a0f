/* The schema of the parts of a manifest besides `run`; they decide no bit of a run. */
#include "manifest/schema.h"

#include "manifest/figure_spec.h"
#include "manifest/schema_figure.h"
#include "manifest/schema_rows.h"

#define WORDING_MAX SLT_FIGURE_WORDING_MAX
#define LISTS_MAX SLT_FIGURE_LISTS_MAX

static const slt_schema cite_fields[] = {
    {.key = "paper", .type = SLT_SCHEMA_TEXT, .most = SLT_CITE_TEXT_MAX, .optional = true,
     OWNED_TEXT(slt_cite_spec, paper), .also = "source|doi|arxiv",
     .meaning = "the paper, such as arXiv:2512.00686v3"},
    {.key = "figure", .type = SLT_SCHEMA_SCALAR, .optional = true, .also = "fig",
     OWNED_TEXT(slt_cite_spec, figure),
     .meaning = "number or name of the figure"},
    {.key = "table", .type = SLT_SCHEMA_SCALAR, .optional = true,
     OWNED_TEXT(slt_cite_spec, table),
     .meaning = "number or name of the table"},
    {.key = "note", .type = SLT_SCHEMA_TEXT, .most = SLT_CITE_TEXT_MAX, .optional = true,
     OWNED_TEXT(slt_cite_spec, note), .also = "notes|comment", .sample = "\"an example\"",
     .meaning = "anything else"},
    {.key = "url", .type = SLT_SCHEMA_TEXT, .most = SLT_CITE_TEXT_MAX, .optional = true,
     OWNED_TEXT(slt_cite_spec, url), .also = "link|href",
     .meaning = "where it can be found"},
};

static const slt_schema series_item = {.type = SLT_SCHEMA_AXIS, ITEM(size_t)};

#define ROWS                                                                             \
    {.key = "by", .type = SLT_SCHEMA_AXIS, .also = "x|axis", AT(slt_rows_spec, by),      \
     .meaning = "the sweep axis along the figure: runs that differ in no other axis "    \
                "named here are averaged"},                                              \
    {.key = "value", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX,                       \
     PRESET(TEXT_VALUE(SLT_ROWS_VALUE)), .also = "y|result",                             \
     OWNED_TEXT(slt_rows_spec, value.text),                                              \
     .meaning = "name of the measure or result that is shown"},                          \
    {.key = "error", .type = SLT_SCHEMA_WORD, WORDS("sd", "se", "none"),                 \
     PRESET(TEXT_VALUE("sd")), .also = "errors|bars", AT(slt_rows_spec, error),          \
     .meaning = "sd: standard deviation over the runs of a row; se: standard error"},    \
    {.key = "where", .type = SLT_SCHEMA_WHERE, .optional = true, .also = "filter",       \
     AT(slt_rows_spec, where),                                                           \
     .meaning = "only runs with these values of other axes"},                            \
    {.key = "series", .type = SLT_SCHEMA_LIST, ONE(series_item), .least = 1,             \
     .most = SLT_FIGURE_SERIES_MAX, .lone = true, .optional = true,                      \
     .also = "group|group_by|color", OWNED(slt_rows_spec, series, series_count),         \
     .meaning = "axis or axes that split the rows into curves"}

static const slt_schema rows_fields[] = {ROWS};

static const slt_schema named_rows_fields[] = {
    {.key = "name", .type = SLT_SCHEMA_NAME, .also = "id", AT(slt_rows_spec, name),
     .meaning = "the series of these rows, before AXIS=VALUE"},
    ROWS,
};

static const slt_schema named_rows = {.type = SLT_SCHEMA_MAP, FIELDS(named_rows_fields)};

static const slt_schema rows_forms[] = {
    {.type = SLT_SCHEMA_MAP, FIELDS(rows_fields),
     OWNED(slt_figure_spec, rows, row_count)},
    {.type = SLT_SCHEMA_LIST, ONE(named_rows), .least = 1, .most = LISTS_MAX,
     OWNED(slt_figure_spec, rows, row_count)},
};

#define CURVE_FIELDS                                                                     \
    {.key = "y", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,         \
     OWNED_TEXT(slt_fit_spec, y.text),                                                   \
     .meaning = "name of the measure or result that is fitted"},                         \
    {.key = "x", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,         \
     OWNED_TEXT(slt_fit_spec, x),                                                        \
     .meaning = "the axis that it is fitted in"},                                        \
    {.key = "points", .type = SLT_SCHEMA_NAME, .optional = true,                         \
     OWNED_TEXT(slt_fit_spec, points_name),                                              \
     .meaning = "instead of y and x: figure.points of this name"},                       \
    {.key = "curve", .type = SLT_SCHEMA_NAME, .optional = true, .also = "curves",        \
     OWNED_TEXT(slt_fit_spec, curve_name),                                               \
     .meaning = "instead: figure.curves of this name; with their series, and of means "  \
                "over runs"},                                                            \
    {.key = "of", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,        \
     .also = "metric", OWNED_TEXT(slt_fit_spec, curve_of),                               \
     .meaning = "with curve: which of its metrics, if it has several"},                  \
    {.key = "where", .type = SLT_SCHEMA_WHERE, .optional = true,                         \
     AT(slt_fit_spec, where),                                                            \
     .meaning = "only rows with these values of other axes"},                            \
    {.key = "from", .type = SLT_SCHEMA_SCALAR, .optional = true,                         \
     OWNED_TEXT(slt_fit_spec, from),                                                     \
     .meaning = "only x from here: a number, or an expression over measures and axes"},  \
    {.key = "to", .type = SLT_SCHEMA_SCALAR, .optional = true,                           \
     OWNED_TEXT(slt_fit_spec, to), .meaning = "only x up to here, likewise"},            \
    {.key = "series", .type = SLT_SCHEMA_LIST, ONE(series_item), .least = 1,             \
     .most = SLT_FIGURE_SERIES_MAX, .lone = true, .optional = true,                      \
     .also = "group|group_by", OWNED(slt_fit_spec, series, series_count),                \
     .meaning = "axis or axes, a fit for each of their values: NAME[AXIS=VALUE ...]"}

static const slt_schema curve_fields[] = {CURVE_FIELDS};
static const slt_schema exponent_fields[] = {
    CURVE_FIELDS,
    {.key = "local", .type = SLT_SCHEMA_INT, .least = 2, .most = SLT_FIGURE_LOCAL_MAX,
     PRESET(INT_VALUE(3)), AT(slt_fit_spec, local),
     .meaning = "how many neighbouring points a local slope is of"},
};

/* A field for each kind of curve.  The fit's place is that of the kind's map or, in a
 * list, of the item. */
#define CURVE(kind_tag, fields)                                                          \
    .type = SLT_SCHEMA_MAP, FIELDS(fields), .optional = true, .shared = true,            \
    TAG(slt_fit_spec, kind, SLT_FIT_##kind_tag)
#define CURVES(...)                                                                      \
    {.key = "linear", CURVE(LINEAR, curve_fields) __VA_ARGS__,                           \
     .meaning = "y = a0 + a1 x"},                                                        \
    {.key = "quadratic", CURVE(QUADRATIC, curve_fields) __VA_ARGS__,                     \
     .meaning = "y = a0 + a1 x + a2 x^2"},                                               \
    {.key = "constant", CURVE(CONSTANT, curve_fields) __VA_ARGS__,                       \
     .meaning = "y = a0"},                                                               \
    {.key = "exponent", CURVE(EXPONENT, exponent_fields) __VA_ARGS__,                    \
     .also = "power|loglog|power_law",                                                   \
     .meaning = "ln y = a0 + a1 ln x, of the points with x > 0 and y > 0; beside it "    \
                "the local slopes, slope.NAME"}

static const slt_schema fit_fields[] = {CURVES(, PLACE(slt_fit_spec, place))};

static const slt_schema named_fit_fields[] = {
    {.key = "name", .type = SLT_SCHEMA_NAME, .also = "id", AT(slt_fit_spec, name),
     .meaning = "what claims call the fit"},
    CURVES(),
};

static const slt_schema named_fit = {
    .type = SLT_SCHEMA_MAP, FIELDS(named_fit_fields), PLACE(slt_fit_spec, place)};

static const slt_schema fit_forms[] = {
    {.type = SLT_SCHEMA_MAP, FIELDS(fit_fields), OWNED(slt_figure_spec, fits, fit_count),
     .each = true},
    {.type = SLT_SCHEMA_LIST, ONE(named_fit), .least = 1, .most = LISTS_MAX,
     OWNED(slt_figure_spec, fits, fit_count)},
};

static const slt_schema size_forms[] = {
    {.type = SLT_SCHEMA_AXIS_REFERENCE, AT(slt_size_spec, axis),
     FLAG(slt_size_spec, is_axis)},
    {.type = SLT_SCHEMA_INT, .least = 0, .most = WIDTH_MAX, AT(slt_size_spec, number)},
};

static const slt_schema rrr_fields[] = {
    {.key = "in", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms), .also = "input|inputs",
     AT(slt_theory_spec, in),
     .meaning = "width of the input"},
    {.key = "hidden", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms),
     AT(slt_theory_spec, hidden),
     .meaning = "width of the hidden layer"},
    {.key = "out", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms),
     .also = "output|outputs", AT(slt_theory_spec, out),
     .meaning = "width of the output"},
    {.key = "rank", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms),
     AT(slt_theory_spec, rank),
     .meaning = "rank of the true map"},
    {.key = "depth", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms),
     .also = "layers|num_layers", AT(slt_theory_spec, depth), PRESET(INT_VALUE(2)),
     .meaning = "layers; above 2 it is a deep linear network, hidden wide between"},
};

static const slt_schema at_point_fields[] = {
    {.key = "runs", .type = SLT_SCHEMA_INT, .least = 1, .most = WORD32_MAX,
     PRESET(INT_VALUE(1)), AT(slt_theory_spec, at_point_runs),
     .meaning = "how many runs of each row are predicted, the first ones"},
};

static const slt_schema share_forms[] = {
    {.type = SLT_SCHEMA_AXIS_REFERENCE, AT(slt_share_spec, axis),
     FLAG(slt_share_spec, is_axis)},
    {.type = SLT_SCHEMA_REAL, .range = SLT_RANGE_POSITIVE, AT(slt_share_spec, number)},
};

static const slt_schema formula_item = {
    .type = SLT_SCHEMA_TEXT, .most = SLT_FIGURE_LABEL_MAX, TEXT_ITEM};

static const slt_schema network_fields[] = {
    {.key = "p", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms), AT(slt_theory_spec, p),
     .meaning = "the modulus"},
    {.key = "width", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms), .also = "hidden|K",
     AT(slt_theory_spec, width),
     .meaning = "neurons"},
    {.key = "samples", .type = SLT_SCHEMA_EITHER, FIELDS(size_forms), .optional = true,
     .also = "n", AT(slt_theory_spec, samples), FLAG(slt_theory_spec, has_samples),
     .meaning = "pairs of the training set; absent, without fraction: all"},
    {.key = "fraction", .type = SLT_SCHEMA_EITHER, FIELDS(share_forms), .optional = true,
     .also = "train_fraction", AT(slt_theory_spec, fraction),
     FLAG(slt_theory_spec, has_fraction),
     .meaning = "instead: part of the p^2 pairs"},
    {.key = "formulas", .type = SLT_SCHEMA_LIST, ONE(formula_item), .least = 1,
     .most = SLT_FIGURE_FORMULAS_MAX, .lone = true, .shared = true, .also = "formula",
     OWNED(slt_theory_spec, formulas, formula_count),
     .meaning = "names of what `sltrace theory quadratic` prints: lambda, or half a "
                "rank"},
};

static const slt_schema strength_forms[] = {
    {.type = SLT_SCHEMA_AXIS_REFERENCE, AT(slt_share_spec, axis),
     FLAG(slt_share_spec, is_axis)},
    {.type = SLT_SCHEMA_REAL, .range = SLT_RANGE_NOT_NEGATIVE,
     AT(slt_share_spec, number)},
};

#define GROKKING(parameter, forms)                                                       \
    .type = SLT_SCHEMA_EITHER, FIELDS(forms), .optional = true,                          \
    AT(slt_theory_spec, grokking_at[SLT_GROKKING_##parameter]),                          \
    FLAG(slt_theory_spec, grokking_given[SLT_GROKKING_##parameter])

static const slt_schema grokking_fields[] = {
    {.key = "model", .type = SLT_SCHEMA_TEXT, .most = SLT_FIGURE_LABEL_MAX,
     OWNED_TEXT(slt_theory_spec, model),
     .meaning = "a model of `sltrace theory grokking`"},
    {.key = "formulas", .type = SLT_SCHEMA_LIST, ONE(formula_item), .least = 1,
     .most = SLT_FIGURE_FORMULAS_MAX, .lone = true, .shared = true, .also = "formula",
     OWNED(slt_theory_spec, formulas, formula_count),
     .meaning = "names of what it prints: beside the rows; of the chance of a time up to "
                "t, what it expects in the bins of the histograms"},
    {.key = "rows", .type = SLT_SCHEMA_LIST, ONE(formula_item), .least = 1,
     .most = LISTS_MAX, .lone = true, .optional = true,
     OWNED(slt_theory_spec, beside, beside_count),
     .meaning = "names of the rows that they stand beside; absent: all"},
    {.key = "samples", GROKKING(N, share_forms), .also = "n",
     .meaning = "samples of both signs, 2 N"},
    {.key = "inputs", GROKKING(D, share_forms), .also = "d|dim",
     .meaning = "inputs of the ball, D"},
    {.key = "gap", GROKKING(EPS, share_forms), .also = "eps|epsilon",
     .meaning = "eps"},
    {.key = "l1", GROKKING(L1, strength_forms), .meaning = "absent: 0"},
    {.key = "l2", GROKKING(L2, strength_forms), .meaning = "absent: 0"},
};

static const slt_schema theory_fields[] = {
    {.key = "rrr", .type = SLT_SCHEMA_MAP, FIELDS(rrr_fields), .optional = true,
     FLAG(slt_theory_spec, rrr),
     .meaning = "reduced-rank regression"},
    {.key = "planted-quadratic", .type = SLT_SCHEMA_MAP, .optional = true,
     .also = "quadratic|planted", FLAG(slt_theory_spec, planted_quadratic),
     .meaning = "what SGLD must give on a linear op's squared error at this nbeta, step "
                "and length of chain, from the curvatures of the run's own data; {}"},
    {.key = "quadratic-at-point", .type = SLT_SCHEMA_MAP, FIELDS(at_point_fields),
     .optional = true, .also = "at-point|spectrum",
     FLAG(slt_theory_spec, quadratic_at_point),
     .meaning = "what SGLD must give if the loss were quadratic around the weights "
                "that its chains start from, by the Hessian's spectrum there; of weights "
                "that a trace stores, or that a run starts with"},
    {.key = "quadratic-network", .type = SLT_SCHEMA_MAP, FIELDS(network_fields),
     .optional = true, FLAG(slt_theory_spec, quadratic_network),
     .meaning = "closed forms of a quadratic network on modular addition"},
    {.key = "grokking", .type = SLT_SCHEMA_MAP, FIELDS(grokking_fields),
     .optional = true, FLAG(slt_theory_spec, grokking),
     .meaning = "closed forms of grokking"},
    {.key = "levels", .type = SLT_SCHEMA_LIST, ONE(slt_schema_level), .least = 1,
     .most = SLT_FIGURE_LEVELS_MAX, .optional = true, .also = "hlines",
     OWNED(slt_theory_spec, levels, level_count),
     .meaning = "horizontal lines"},
};

static const slt_schema claim_fields[] = {
    {.key = "id", .type = SLT_SCHEMA_ID, .most = SLT_FIGURE_ID_MAX, .also = "name",
     OWNED_TEXT(slt_claim_spec, id),
     .meaning = "its name, different from the other claims'"},
    {.key = "says", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX,
     OWNED_TEXT(slt_claim_spec, says),
     .meaning = "what is printed, in words"},
    {.key = "value", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX,
     OWNED_TEXT(slt_claim_spec, value), PLACE(slt_claim_spec, value_place),
     .meaning = "an expression over the figure's data"},
    {.key = "expect", .type = SLT_SCHEMA_REAL, .also = "expected",
     AT(slt_claim_spec, expect),
     .meaning = "the printed value"},
    {.key = "tolerance", .type = SLT_SCHEMA_REAL, .range = SLT_RANGE_NOT_NEGATIVE,
     .also = "tol", AT(slt_claim_spec, tolerance),
     .meaning = "how far off still counts as reproduced"},
    {.key = "basis", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX,
     OWNED_TEXT(slt_claim_spec, basis),
     .meaning = "what the tolerance rests on"},
    {.key = "note", .type = SLT_SCHEMA_TEXT, .most = SLT_FIGURE_NOTE_MAX,
     .optional = true, OWNED_TEXT(slt_claim_spec, note), .also = "why|comment",
     .meaning = "why it comes out as it does; shown in reports"},
    {.key = "by", .type = SLT_SCHEMA_WORD, WORDS("paper", "ours"),
     PRESET(TEXT_VALUE("paper")), .also = "source|of", AT(slt_claim_spec, by),
     .meaning = "paper: what is printed; ours: a check beside it, counted apart"},
};

static const slt_schema claim_item = {.type = SLT_SCHEMA_MAP, FIELDS(claim_fields)};

static const slt_schema summary_item = {
    .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, OWNED_TEXT(slt_figure_value, text)};

static const slt_schema figure_fields[] = {
    {.key = "rows", .type = SLT_SCHEMA_EITHER, FIELDS(rows_forms), .optional = true,
     .sample = "\n  by: seed",
     .meaning = "the figure's data: a row a value of `by`; a map, or a list of maps with "
                "a name"},
    {.key = "fit", .type = SLT_SCHEMA_EITHER, FIELDS(fit_forms), .optional = true,
     .also = "fits",
     .meaning = "least squares over the rows or over points; a map of "
                "kinds, or a list of maps of one kind and a name"},
    {.key = "summary", .type = SLT_SCHEMA_LIST, ONE(summary_item), .least = 1,
     .most = LISTS_MAX, .lone = true, .optional = true, .also = "summaries",
     OWNED(slt_figure_spec, summary, summary_count),
     PLACE(slt_figure_spec, summary_place),
     .meaning = "measures and results whose least, mean and greatest over all runs join "
                "the data"},
    {.key = "measures", .type = SLT_SCHEMA_NAMED, ONE(slt_schema_measure), .least = 1,
     .most = SLT_FIGURE_MEASURES_MAX, .optional = true, .also = "measure",
     OWNED(slt_figure_spec, measures, measure_count),
     .meaning = "numbers of each run that the rest of the figure names"},
    {.key = "transitions", .type = SLT_SCHEMA_LIST, ONE(slt_schema_transitions),
     .least = 1, .most = SLT_FIGURE_TRANSITIONS_MAX, .optional = true,
     .also = "transition", OWNED(slt_figure_spec, transitions, transition_count),
     .meaning = "sudden falls of a metric in each run: a list of items a run"},
    {.key = "checkpoints", .type = SLT_SCHEMA_LIST, ONE(slt_schema_checkpoints),
     .least = 1, .most = SLT_FIGURE_CHECKPOINTS_MAX, .optional = true,
     .also = "checkpoint", OWNED(slt_figure_spec, checkpoints, checkpoint_count),
     .meaning = "metrics and results at the checkpoints of each run: a list of items a "
                "run"},
    {.key = "points", .type = SLT_SCHEMA_LIST, ONE(slt_schema_points), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "scatter",
     OWNED(slt_figure_spec, points, point_count),
     .meaning = "a point a run, or an item of transitions or checkpoints"},
    {.key = "histograms", .type = SLT_SCHEMA_LIST, ONE(slt_schema_histogram), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "histogram|hist",
     OWNED(slt_figure_spec, histograms, histogram_count),
     .meaning = "counts in bins"},
    {.key = "curves", .type = SLT_SCHEMA_LIST, ONE(slt_schema_curve), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "curve",
     OWNED(slt_figure_spec, curves, curve_count),
     .meaning = "what the checkpoints of one run show, or their mean over runs, by step"},
    {.key = "chains", .type = SLT_SCHEMA_LIST, ONE(slt_schema_chains), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "chain",
     OWNED(slt_figure_spec, chains, chain_count),
     .meaning = "how the chains of an estimate of one run went, draw by draw"},
    {.key = "statistics", .type = SLT_SCHEMA_LIST, ONE(slt_schema_statistic), .least = 1,
     .most = SLT_FIGURE_STATISTICS_MAX, .optional = true, .also = "statistic|stats",
     OWNED(slt_figure_spec, statistics, statistic_count),
     .meaning = "count, least, mean, greatest, standard deviation and quantiles of a "
                "measure, a field LIST.FIELD, or an expression with a name"},
    {.key = "clusters", .type = SLT_SCHEMA_LIST, ONE(slt_schema_cluster), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "cluster",
     OWNED(slt_figure_spec, clusters, cluster_count),
     .meaning = "groups of values apart from each other"},
    {.key = "bootstrap", .type = SLT_SCHEMA_LIST, ONE(slt_schema_bootstrap), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "bootstraps",
     OWNED(slt_figure_spec, bootstraps, bootstrap_count),
     .meaning = "percentile intervals of a fit's numbers"},
    {.key = "references", .type = SLT_SCHEMA_LIST, ONE(slt_schema_reference), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "reference|published",
     OWNED(slt_figure_spec, references, reference_count),
     .meaning = "points that others published, from files beside the manifest"},
    {.key = "comparisons", .type = SLT_SCHEMA_LIST, ONE(slt_schema_comparison),
     .least = 1, .most = SLT_FIGURE_COMPARISONS_MAX, .optional = true,
     .also = "comparison|compare",
     OWNED(slt_figure_spec, comparisons, comparison_count),
     .meaning = "series of the data held against references: ratios and a chi2"},
    {.key = "theory", .type = SLT_SCHEMA_MAP, FIELDS(theory_fields), .optional = true,
     AT(slt_figure_spec, theory),
     .meaning = "what is drawn beside the rows; numbers or $axis"},
    {.key = "panels", .type = SLT_SCHEMA_LIST, ONE(slt_schema_panel), .least = 1,
     .most = SLT_FIGURE_PANELS_MAX, .optional = true, .also = "panel|plots|subplots",
     OWNED(slt_figure_spec, panels, panel_count),
     .meaning = "what the picture shows, a panel each; absent: the rows"},
    {.key = "columns", .type = SLT_SCHEMA_INT, .least = 1, .most = SLT_FIGURE_COLUMNS_MAX,
     PRESET(INT_VALUE(1)), AT(slt_figure_spec, columns),
     .meaning = "panels side by side"},
    {.key = "tables", .type = SLT_SCHEMA_LIST, ONE(slt_schema_grid), .least = 1,
     .most = LISTS_MAX, .optional = true, .also = "table",
     OWNED(slt_figure_spec, grids, grid_count),
     .meaning = "numbers of the data in rows and columns, in reports"},
    {.key = "claims", .type = SLT_SCHEMA_LIST, ONE(claim_item), .least = 0,
     .most = SLT_FIGURE_CLAIMS_MAX, PRESET_NONE, .also = "claim",
     OWNED(slt_figure_spec, claims, claim_count),
     .meaning = "what is printed, to be judged"},
    {.key = "title", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     OWNED_TEXT(slt_figure_spec, title),
     .meaning = "title"},
    {.key = "x_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "xlabel", OWNED_TEXT(slt_figure_spec, x_label),
     .meaning = "name of the horizontal axis"},
    {.key = "y_label", .type = SLT_SCHEMA_TEXT, .most = WORDING_MAX, .optional = true,
     .also = "ylabel", OWNED_TEXT(slt_figure_spec, y_label),
     .meaning = "name of the vertical axis"},
};

static const slt_schema manifest_fields[] = {
    {.key = "sltrace", .type = SLT_SCHEMA_INT, .least = 1, .most = 1, .sample = "1",
     .meaning = "the schema of manifests: 1"},
    {.key = "name", .type = SLT_SCHEMA_TEXT, .most = 127,
     .meaning = "words of a-z 0-9 . _ - joined by slashes"},
    {.key = "cite", .type = SLT_SCHEMA_MAP, FIELDS(cite_fields), .optional = true,
     .also = "paper|reference",
     .meaning = "what is reproduced"},
    {.key = "sweep", .type = SLT_SCHEMA_APART, .optional = true, .also = "axes|grid",
     .sample = "\n  seed: {from: 0, count: 2}",
     .meaning = "map of axis to a list of scalars, {from, count, step}, or "
                "{with, values} for one that goes along with an earlier axis; runs are "
                "its points, first axis slowest"},
    {.key = "run", .type = SLT_SCHEMA_APART,
     .meaning = "the only part that decides bits; `$axis` stands for the axis' value"},
    {.key = "pins", .type = SLT_SCHEMA_APART, .optional = true, .also = "pin",
     .meaning = "map of a path such as run.data.samples to the reason for its value"},
    {.key = "figure", .type = SLT_SCHEMA_MAP, FIELDS(figure_fields), .optional = true,
     .also = "plot",
     .meaning = "what is drawn, fitted and claimed"},
};

const slt_schema slt_schema_manifest = {
    .key = "manifest", .type = SLT_SCHEMA_MAP, FIELDS(manifest_fields),
    .meaning = "what a figure runs, cites and claims"};
