/* Makes the spec of a figure from the `figure` part as written: fills it, and then finds
 * what its names refer to. */
#include "manifest/figure_spec.h"

#include <string.h>

#include "manifest/manifest_internal.h"

/* The index of the measure of this name; SIZE_MAX if there is none. */
static size_t find_measure(const slt_figure_spec *spec, const char *name)
{
    for (size_t i = 0; i < spec->measure_count; i++)
        if (strcmp(spec->measures[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The item of this name in an array of structs that begin with their name; NULL if there
 * is none, which the checks that follow refuse. */
static const void *find_named(const void *items, size_t count, size_t size,
                              const char *name)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = (const char *)items + i * size;
        if (strcmp(at, name) == 0)
            return at;
    }
    return NULL;
}

#define FIND(items, count, name) find_named((items), (count), sizeof *(items), (name))

const slt_fit_spec *slt_figure_spec_fit(const slt_figure_spec *spec, const char *name)
{
    return FIND(spec->fits, spec->fit_count, name);
}

const slt_reference_spec *slt_figure_spec_reference(const slt_figure_spec *spec,
                                                    const char *name)
{
    return FIND(spec->references, spec->reference_count, name);
}

const char *const slt_chains_words[] = {"trace", "ranks", "autocorrelation", NULL};

slt_chains_show slt_panel_show(slt_panel_kind kind)
{
    return kind == SLT_PANEL_TRACE             ? SLT_CHAINS_TRACE
           : kind == SLT_PANEL_RANKS           ? SLT_CHAINS_RANKS
           : kind == SLT_PANEL_AUTOCORRELATION ? SLT_CHAINS_AUTOCORRELATION
                                               : SLT_CHAINS_SHOWN;
}

bool slt_chains_shows(const slt_chains_spec *spec, slt_chains_show show)
{
    return !spec->has_show || spec->show[show];
}

/* Reads a metric's or result's name, unless it is the name of a measure, which comes
 * first. */
static void link_quantity(slt_figure_value *value)
{
    value->is_quantity = value->text && !value->is_measure &&
                         !slt_quantity_read(value->text, &value->quantity, NULL);
}

static void link_value(const slt_figure_spec *spec, slt_figure_value *value)
{
    value->measure = value->text ? find_measure(spec, value->text) : SIZE_MAX;
    value->is_measure = value->measure != SIZE_MAX;
    link_quantity(value);
}

static void link_values(slt_figure_spec *spec)
{
    for (size_t i = 0; i < spec->row_count; i++)
        link_value(spec, &spec->rows[i].value);
    for (size_t i = 0; i < spec->fit_count; i++)
        link_value(spec, &spec->fits[i].y);
    for (size_t i = 0; i < spec->summary_count; i++)
        link_value(spec, &spec->summary[i]);
    for (size_t i = 0; i < spec->transition_count; i++) {
        link_quantity(&spec->transitions[i].metric);
        link_quantity(&spec->transitions[i].llc);
    }
    for (size_t i = 0; i < spec->checkpoint_count; i++)
        for (size_t j = 0; j < spec->checkpoints[i].field_count; j++)
            link_quantity(&spec->checkpoints[i].fields[j].of);
    for (size_t i = 0; i < spec->curve_count; i++)
        for (size_t j = 0; j < spec->curves[i].of_count; j++)
            link_quantity(&spec->curves[i].of[j]);
}

const char *slt_measure_expression(const slt_measure_spec *measure)
{
    switch (measure->form) {
    case SLT_MEASURE_VALUE:
    case SLT_MEASURE_MEAN:
    case SLT_MEASURE_MAX:
    case SLT_MEASURE_MIN:
        return measure->of.text;
    case SLT_MEASURE_FIRST:
    case SLT_MEASURE_METRIC:
    case SLT_MEASURE_RESULT:
    case SLT_MEASURE_PART:
        break;
    }
    return NULL;
}

static void link_measures(slt_figure_spec *spec)
{
    for (size_t i = 0; i < spec->measure_count; i++) {
        slt_measure_spec *measure = &spec->measures[i];
        slt_figure_value *of = &measure->of;
        if (measure->form == SLT_MEASURE_RESULT && measure->at != SLT_MEASURE_AT_NONE)
            of->is_quantity = !slt_quantity_read_open(of->text, &of->quantity, NULL);
        else if (!slt_measure_expression(measure))
            link_quantity(of);
        if (measure->at != SLT_MEASURE_AT_MEASURE)
            continue;
        measure->measure = find_measure(spec, measure->at_measure);
        if (strcmp(measure->at_measure, "last") == 0)
            measure->at = SLT_MEASURE_AT_LAST;
    }
}

/* The curve of a fit, its metric, and its series, which are the fit's. */
static void link_curve(const slt_figure_spec *spec, slt_fit_spec *fit)
{
    fit->curve = FIND(spec->curves, spec->curve_count, fit->curve_name);
    if (!fit->curve)
        return;
    for (size_t i = 0; i < fit->curve->of_count; i++)
        if (fit->curve_of ? strcmp(fit->curve_of, fit->curve->of[i].text) == 0
                          : fit->curve->of_count == 1)
            fit->of = &fit->curve->of[i];
    fit->series = fit->curve->series;
    fit->series_count = fit->curve->series_count;
}

static void link_fits(const slt_schema_walk *walk, slt_figure_spec *spec)
{
    for (size_t i = 0; i < spec->fit_count; i++) {
        slt_fit_spec *fit = &spec->fits[i];
        if (fit->points_name)
            fit->points = FIND(spec->points, spec->point_count, fit->points_name);
        if (fit->curve_name)
            link_curve(spec, fit);
        fit->axis = SIZE_MAX;
        for (size_t axis = 0; fit->x && axis < walk->axis_count; axis++)
            if (strcmp(walk->axes[axis], fit->x) == 0)
                fit->axis = axis;
    }
    for (size_t i = 0; i < spec->bootstrap_count; i++) {
        slt_bootstrap_spec *bootstrap = &spec->bootstraps[i];
        bootstrap->fit = slt_figure_spec_fit(spec, bootstrap->fit_name);
    }
}

static void link_comparisons(slt_figure_spec *spec)
{
    for (size_t i = 0; i < spec->comparison_count; i++) {
        slt_comparison_spec *comparison = &spec->comparisons[i];
        comparison->reference =
            slt_figure_spec_reference(spec, comparison->reference_name);
    }
}

static void link_panel(const slt_figure_spec *spec, slt_panel_spec *panel)
{
    switch (panel->kind) {
    case SLT_PANEL_ROWS:
    case SLT_PANEL_HEATMAP: /* rows that are a single map have no name to look for */
        panel->rows = spec->row_count && !*spec->rows->name
                          ? spec->rows
                          : FIND(spec->rows, spec->row_count, panel->name);
        break;
    case SLT_PANEL_POINTS:
        panel->points = FIND(spec->points, spec->point_count, panel->name);
        break;
    case SLT_PANEL_HISTOGRAM:
        panel->histogram = FIND(spec->histograms, spec->histogram_count, panel->name);
        break;
    case SLT_PANEL_CURVES:
        panel->curves = FIND(spec->curves, spec->curve_count, panel->name);
        break;
    case SLT_PANEL_TRACE:
    case SLT_PANEL_RANKS:
    case SLT_PANEL_AUTOCORRELATION:
        panel->chains = FIND(spec->chains, spec->chain_count, panel->name);
        break;
    case SLT_PANEL_SLOPES:
        panel->slopes = slt_figure_spec_fit(spec, panel->name);
        break;
    }
}

slt_status slt_manifest_fill_figure(slt_manifest *manifest, slt_error *err)
{
    const slt_schema_walk walk = {.file = manifest->path,
                                  .axes = manifest->sweep.names,
                                  .axis_count = manifest->sweep.axis_count,
                                  .err = err,
                                  .arena = &manifest->memory};
    slt_figure_spec *spec = &manifest->figure_spec;
    slt_schema_fill(&walk, slt_schema_field(&slt_schema_manifest, "cite"), manifest->cite,
                    &manifest->cite_spec);
    slt_schema_fill(&walk, slt_schema_field(&slt_schema_manifest, "figure"),
                    manifest->figure, spec);
    if (manifest->memory.failed)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory", manifest->path);
    for (size_t i = 0; i < spec->statistic_count; i++)
        if (!spec->statistics[i].name) /* written as text, not as a map */
            spec->statistics[i].name = spec->statistics[i].of;
    link_values(spec);
    link_measures(spec);
    link_fits(&walk, spec);
    link_comparisons(spec);
    for (size_t i = 0; i < spec->panel_count; i++)
        if (spec->panels[i].name) /* a panel without one is refused later */
            link_panel(spec, &spec->panels[i]);
    return SLT_OK;
}
