/* Checks of figure.panels and figure.theory that involve several fields, which the schema
 * cannot express. */
#include "manifest/manifest_figure_internal.h"

#include <string.h>

#include <sltrace/theory.h>

typedef struct panel_check {
    const slt_schema_walk *walk;
    const slt_value *figure;
    const slt_figure_spec *spec;
    slt_schema_path up, path; /* figure.panels */
} panel_check;

static slt_status panel_fail(const panel_check *check, size_t panel, const char *key,
                             const slt_value *at, const char *message, const char *word)
{
    const slt_schema_path item = {&check->path, NULL, panel}, field = {&item, key, 0};
    return slt_schema_fail(check->walk, key ? &field : &item, at, message, word);
}

/* What a panel shows; NULL if the figure has nothing of that name. */
static const void *shown_by(const slt_panel_spec *panel)
{
    switch (panel->kind) {
    case SLT_PANEL_ROWS:
    case SLT_PANEL_HEATMAP:
        return panel->rows;
    case SLT_PANEL_POINTS:
        return panel->points;
    case SLT_PANEL_HISTOGRAM:
        return panel->histogram;
    case SLT_PANEL_SLOPES:
        return panel->slopes;
    case SLT_PANEL_TRACE:
    case SLT_PANEL_RANKS:
    case SLT_PANEL_AUTOCORRELATION:
        return panel->chains;
    case SLT_PANEL_CURVES:
        break;
    }
    return panel->curves;
}

/* The kinds of panels, and the list of the figure that holds what they name. */
static const struct {
    const char *key, *list;
} kinds[] = {[SLT_PANEL_ROWS] = {"rows", "rows"},
             [SLT_PANEL_POINTS] = {"points", "points"},
             [SLT_PANEL_HISTOGRAM] = {"histogram", "histograms"},
             [SLT_PANEL_CURVES] = {"curves", "curves"},
             [SLT_PANEL_HEATMAP] = {"heatmap", "rows"},
             [SLT_PANEL_SLOPES] = {"slopes", "fit"},
             [SLT_PANEL_TRACE] = {"trace", "chains"},
             [SLT_PANEL_RANKS] = {"ranks", "chains"},
             [SLT_PANEL_AUTOCORRELATION] = {"autocorrelation", "chains"}};

#define KINDS (sizeof kinds / sizeof *kinds)

static slt_status check_kind(const panel_check *check, size_t i, const slt_value *panel)
{
    const slt_panel_spec *spec = &check->spec->panels[i];
    size_t found = 0;
    for (size_t k = 0; k < KINDS; k++)
        found += slt_value_get(panel, kinds[k].key) != NULL;
    if (found != 1)
        return panel_fail(check, i, NULL, panel, "expected one of %s",
                          "rows, points, histogram, curves, heatmap, slopes, trace, "
                          "ranks, autocorrelation");
    const slt_value *name = slt_value_get(panel, kinds[spec->kind].key);
    if (!shown_by(spec))
        return panel_fail(check, i, kinds[spec->kind].key, name,
                          "nothing of figure.%s has this name", kinds[spec->kind].list);
    if (spec->slopes && spec->slopes->kind != SLT_FIT_EXPONENT)
        return panel_fail(check, i, kinds[spec->kind].key, name,
                          "expected %s, which alone has local slopes", "an exponent");
    if (spec->chains && !slt_chains_shows(spec->chains, slt_panel_show(spec->kind)))
        return panel_fail(check, i, kinds[spec->kind].key, name,
                          "these chains do not show %s", kinds[spec->kind].key);
    if (spec->rows && !*spec->rows->name &&
        strcmp(spec->rows->value.text, spec->name) != 0)
        return panel_fail(check, i, kinds[spec->kind].key, name, "figure.rows shows %s",
                          spec->rows->value.text);
    return SLT_OK;
}

static slt_status check_fits(const panel_check *check, size_t i, const slt_value *panel)
{
    const slt_value *fits = slt_value_get(panel, "fits"), *names;
    size_t count = fits ? slt_schema_items(fits, &names) : 0;
    for (size_t k = 0; k < count; k++)
        if (!slt_figure_spec_fit(check->spec, names[k].text))
            return panel_fail(check, i, "fits", &names[k], "no fit is called %s",
                              names[k].text);
    return SLT_OK;
}

static slt_status check_references(const panel_check *check, size_t i,
                                   const slt_value *panel)
{
    const slt_value *list = slt_value_get(panel, "references"), *names;
    size_t count = list ? slt_schema_items(list, &names) : 0;
    for (size_t k = 0; k < count; k++)
        if (!slt_figure_spec_reference(check->spec, names[k].text))
            return panel_fail(check, i, "references", &names[k],
                              "no reference is called %s", names[k].text);
    return SLT_OK;
}

/* A heat map shows by how much values are above a formula that stands beside them. */
static slt_status check_less(const panel_check *check, size_t i, const slt_value *panel)
{
    const slt_panel_spec *spec = &check->spec->panels[i];
    const slt_theory_spec *theory = &check->spec->theory;
    bool found = !spec->less;
    if (spec->less && spec->kind != SLT_PANEL_HEATMAP)
        return panel_fail(check, i, "less", slt_value_get(panel, "less"),
                          "less goes with %s alone", "heatmap");
    for (size_t k = 0; k < theory->formula_count && !found; k++)
        found = !strcmp(theory->formulas[k], spec->less);
    return found ? SLT_OK
                 : panel_fail(check, i, "less", slt_value_get(panel, "less"),
                              "no formula of figure.theory is called %s", spec->less);
}

/* The axes of a heat map are places of cells, its colours stand at the right. */
static slt_status check_heatmap(const panel_check *check, size_t i,
                                const slt_value *panel)
{
    static const char *const others[] = {"fits",   "references", "log",
                                         "levels", "verticals",  "right"};
    const slt_panel_spec *spec = &check->spec->panels[i];
    if (spec->kind != SLT_PANEL_HEATMAP)
        return SLT_OK;
    if (spec->rows->series_count != 1)
        return panel_fail(check, i, "heatmap", slt_value_get(panel, "heatmap"),
                          "expected rows with one axis in %s", "series");
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (slt_value_get(panel, others[k]))
            return panel_fail(check, i, others[k], slt_value_get(panel, others[k]),
                              "%s does not go with heatmap", others[k]);
    return check_less(check, i, panel);
}

/* Only panels of curves have a right axis. */
static slt_status check_right(const panel_check *check, size_t i, const slt_value *panel)
{
    const slt_value *right = slt_value_get(panel, "right");
    if (check->spec->panels[i].kind == SLT_PANEL_HEATMAP)
        return check_heatmap(check, i, panel);
    if (slt_value_get(panel, "less"))
        return check_less(check, i, panel);
    if (!right)
        right = slt_value_get(panel, "right_label");
    if (right && check->spec->panels[i].kind != SLT_PANEL_CURVES)
        return panel_fail(check, i, NULL, right, "only %s have an axis to the right",
                          "curves");
    return SLT_OK;
}

static slt_status check_network(const panel_check *check, const slt_value *theory)
{
    const slt_theory_spec *spec = &check->spec->theory;
    const slt_schema_path up = {&check->up, "theory", 0};
    const slt_schema_path path = {&up, "quadratic-network", 0};
    const slt_value *network = slt_value_get(theory, "quadratic-network"), *names;
    if (spec->has_samples && spec->has_fraction)
        return slt_schema_fail(check->walk, &path, network,
                               "expected samples or fraction, found both");
    const slt_value *formulas = network ? slt_value_get(network, "formulas") : NULL;
    const size_t count = formulas ? slt_schema_items(formulas, &names) : 0;
    for (size_t i = 0; i < count; i++)
        if (!slt_quadratic_gives_lambda(names[i].text))
            return slt_schema_fail(check->walk, &path, &names[i],
                                   "%s is no formula of lambda or a rank; see sltrace "
                                   "theory quadratic",
                                   names[i].text);
    return SLT_OK;
}

/* What a formula reads must be given, or be a strength, whose absence is 0. */
static const char *formula_lacks(const slt_theory_spec *spec, const char *name)
{
    const slt_grokking_group *group;
    const slt_grokking_formula *formula =
        slt_grokking_formula_of(spec->model, name, &group);
    if (!formula || !formula->evaluate)
        return "%s is no formula with a value; see sltrace theory grokking";
    const bool chance = group->chance && !strcmp(group->chance, name);
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        if (formula->reads >> i & 1 && !spec->grokking_given[i] && i != SLT_GROKKING_L1 &&
            i != SLT_GROKKING_L2 && !(chance && i == SLT_GROKKING_T))
            return i <= SLT_GROKKING_EPS ? "%s reads more of samples, inputs and gap"
                                         : "%s is of one data set, or of one time";
    return NULL;
}

static bool has_rows(const slt_figure_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->row_count; i++)
        if (!strcmp(spec->rows[i].name, name))
            return true;
    return false;
}

static slt_status check_grokking(const panel_check *check, const slt_value *theory)
{
    const slt_theory_spec *spec = &check->spec->theory;
    const slt_schema_path up = {&check->up, "theory", 0}, path = {&up, "grokking", 0};
    const slt_value *map = slt_value_get(theory, "grokking"), *names;
    const slt_value *formulas = map ? slt_value_get(map, "formulas") : NULL;
    const size_t count = formulas ? slt_schema_items(formulas, &names) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *lacks = formula_lacks(spec, names[i].text);
        if (lacks)
            return slt_schema_fail(check->walk, &path, &names[i], lacks, names[i].text);
    }
    for (size_t i = 0; i < spec->beside_count; i++)
        if (!has_rows(check->spec, spec->beside[i]))
            return slt_schema_fail(check->walk, &path, slt_value_get(map, "rows"),
                                   "no rows are called %s", spec->beside[i]);
    return SLT_OK;
}

static slt_status check_theory(const panel_check *check)
{
    const slt_value *theory = slt_value_get(check->figure, "theory");
    const slt_schema_path path = {&check->up, "theory", 0};
    const slt_theory_spec *spec = &check->spec->theory;
    if (!theory)
        return SLT_OK;
    if (!theory->count)
        return slt_schema_fail(check->walk, &path, theory,
                               "expected rrr, planted-quadratic, quadratic-at-point, "
                               "quadratic-network, grokking or levels");
    if (spec->rrr + spec->planted_quadratic + spec->quadratic_at_point +
            spec->quadratic_network + spec->grokking >
        1)
        return slt_schema_fail(check->walk, &path, theory,
                               "expected one of rrr, planted-quadratic, "
                               "quadratic-at-point, quadratic-network and grokking, "
                               "found several");
    const slt_status status = check_network(check, theory);
    return status ? status : check_grokking(check, theory);
}

static slt_status check_panel(const panel_check *check, size_t i, const slt_value *panel)
{
    slt_status status = check_kind(check, i, panel);
    if (!status)
        status = check_fits(check, i, panel);
    if (!status)
        status = check_references(check, i, panel);
    return status ? status : check_right(check, i, panel);
}

slt_status slt_manifest_check_panels(const slt_figure_check *of)
{
    const slt_value *panels = slt_value_get(of->figure, "panels");
    panel_check check = {.walk = of->walk,
                         .figure = of->figure,
                         .spec = &of->manifest->figure_spec,
                         .up = {NULL, "figure", 0}};
    check.path = (slt_schema_path){&check.up, "panels", 0};
    slt_status status = check_theory(&check);
    for (size_t i = 0;
         panels && i < panels->count && slt_schema_goes_on(of->walk, status); i++)
        status = slt_status_worse(status, check_panel(&check, i, &panels->items[i]));
    return status;
}
