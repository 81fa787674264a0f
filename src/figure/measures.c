#include "figure/measures.h"

#include <stdlib.h>

#include "figure/figure.h"
#include "learn/quantity.h"
#include "num/convert.h"
#include "num/scalar.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's measures");
}

/* ---- Expressions ------------------------------------------------------------------- */

/* The run, and the item of its transitions, in which an expression is evaluated. */
typedef struct expression_context {
    const slt_measures *measures;
    size_t run, item;
} expression_context;

static slt_real axis_value(const slt_measures *m, size_t run, size_t axis)
{
    slt_real value;
    return slt_real_parse(slt_manifest_value(m->manifest, run, axis), &value)
               ? value
               : slt_real_absent();
}

static slt_real item_value(const slt_measures *m, size_t run, size_t item,
                           const slt_figure_name *name)
{
    const slt_items *items = &m->items[run * m->lists + name->index];
    return item < items->count ? items->items[item].field[name->field]
                               : slt_real_absent();
}

static slt_expression_name find_name(void *context, const char *text, size_t *size,
                                     slt_real *value, slt_error *why)
{
    const expression_context *at = context;
    const slt_measures *m = at->measures;
    slt_figure_name name = slt_figure_name_read(&m->scope, text);
    *size = name.size;
    switch (name.kind) {
    case SLT_FIGURE_MEASURE:
        *value = m->values[at->run * m->count + name.index];
        break;
    case SLT_FIGURE_AXIS:
        *value = axis_value(m, at->run, name.index);
        break;
    case SLT_FIGURE_ITEM:
        *value = item_value(m, at->run, at->item, &name);
        break;
    default:
        slt_fail(why, SLT_FORMAT, "no measure, sweep axis or transition has this name");
        return SLT_NAME_UNKNOWN;
    }
    return slt_real_finite(*value) ? SLT_NAME_KNOWN : SLT_NAME_ABSENT;
}

slt_status slt_measures_value(const slt_measures *measures, const char *text, size_t run,
                              size_t item, slt_real *value, slt_error *err)
{
    expression_context at = {measures, run, item};
    const slt_expression_names names = {&at, find_name};
    bool absent;
    slt_status status = slt_expression_value(text, &names, value, &absent, err);
    if (absent || !slt_real_finite(*value))
        *value = slt_real_absent();
    return status;
}

/* ---- Each form --------------------------------------------------------------------- */

static bool is_below(slt_real value, const slt_measure_spec *spec)
{
    return !spec->has_below || slt_real_less(value, spec->below);
}

static const slt_curve *find_curve(const slt_outcome *outcome,
                                   const slt_figure_value *metric)
{
    return metric->is_quantity ? slt_outcome_curve(outcome, &metric->quantity) : NULL;
}

/* first: the step of the first checkpoint at which the metric is at least, or below, a
 * bound. */
static slt_real first_step(const slt_measure_spec *spec, const slt_outcome *outcome)
{
    const slt_curve *curve = find_curve(outcome, &spec->of);
    for (size_t i = 0; curve && i < curve->count; i++) {
        const slt_curve_point *point = &curve->points[i];
        if (point->step % spec->every)
            continue;
        if (spec->has_at_least ? !slt_real_less(point->value, spec->at_least)
                               : is_below(point->value, spec))
            return slt_real_from_u64(point->step);
    }
    return slt_real_absent();
}

/* The step that `at` names; false if it is a measure that is absent. */
static bool find_step(const slt_measures *m, const slt_measure_spec *spec, size_t run,
                      uint64_t *step)
{
    if (spec->at == SLT_MEASURE_AT_STEP) {
        *step = spec->step;
        return true;
    }
    if (spec->at == SLT_MEASURE_AT_LAST) {
        *step = m->outcomes[run].step;
        return m->outcomes[run].has_step;
    }
    slt_real value = m->values[run * m->count + spec->measure];
    int64_t nearest = 0;
    bool found = !slt_real_less(value, slt_real_of(0)) &&
                 slt_real_less(value, slt_real_of(0x1p53)) &&
                 slt_real_to_fixed(value, 0, &nearest);
    *step = (uint64_t)nearest;
    return found && slt_real_from_u64(*step).bits << 1 == value.bits << 1;
}

static slt_real metric_value(const slt_measures *m, const slt_measure_spec *spec,
                             size_t run)
{
    uint64_t step;
    const slt_curve *curve = find_curve(&m->outcomes[run], &spec->of);
    const slt_real *value =
        find_step(m, spec, run, &step) ? slt_curve_at(curve, step) : NULL;
    return value ? *value : slt_real_absent();
}

/* result: a result or, with `at`, that of one checkpoint. */
static slt_real result_value(const slt_measures *m, const slt_measure_spec *spec,
                             size_t run)
{
    const bool at = spec->at != SLT_MEASURE_AT_NONE;
    slt_quantity quantity = spec->of.quantity;
    uint64_t step;
    if (!spec->of.is_quantity || (at && !find_step(m, spec, run, &step)))
        return slt_real_absent();
    if (at)
        quantity = slt_quantity_at(quantity, step);
    const slt_real *found = slt_outcome_find(&m->outcomes[run], &quantity);
    return found ? *found : slt_real_absent();
}

static slt_real part_value(const slt_measure_spec *spec, const slt_outcome *outcome)
{
    for (size_t i = 0; i < outcome->part_count; i++) {
        const slt_part *part = &outcome->parts[i];
        if (part->llc == spec->llc - 1 && part->part == spec->part &&
            part->of == spec->parts)
            return part->value;
    }
    return slt_real_absent();
}

static slt_status expression_value(const slt_measures *m, const slt_measure_spec *spec,
                                   size_t run, slt_real *value, slt_error *err)
{
    slt_status status = slt_measures_value(m, spec->of.text, run, SIZE_MAX, value, err);
    if (status || !slt_real_finite(*value) ||
        ((!spec->has_above || slt_real_less(spec->above, *value)) &&
         is_below(*value, spec)))
        return status;
    *value = slt_real_absent();
    return SLT_OK;
}

static slt_status measure_value(const slt_measures *m, const slt_measure_spec *spec,
                                size_t run, slt_real *value, slt_error *err)
{
    const slt_outcome *outcome = &m->outcomes[run];
    switch (spec->form) {
    case SLT_MEASURE_FIRST:
        *value = first_step(spec, outcome);
        break;
    case SLT_MEASURE_METRIC:
        *value = metric_value(m, spec, run);
        break;
    case SLT_MEASURE_RESULT:
        *value = result_value(m, spec, run);
        break;
    case SLT_MEASURE_PART:
        *value = part_value(spec, outcome);
        break;
    case SLT_MEASURE_VALUE:
        return expression_value(m, spec, run, value, err);
    }
    return SLT_OK;
}

/* ---- All runs ---------------------------------------------------------------------- */

static slt_status measure_run(slt_measures *m, size_t run, slt_error *err)
{
    const slt_figure_spec *spec = m->spec;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < m->count; i++)
        m->values[run * m->count + i] = slt_real_absent();
    if (m->outcomes[run].status != SLT_RUN_DONE)
        return SLT_OK;
    for (size_t i = 0; i < m->count && !status; i++)
        status = measure_value(m, &spec->measures[i], run, &m->values[run * m->count + i],
                               err);
    for (size_t i = 0; i < m->lists && !status; i++)
        status = slt_transitions_find(&spec->transitions[i], &m->outcomes[run],
                                      &m->items[run * m->lists + i], err);
    return status;
}

/* A metric that no checkpoint of any run has is taken for a misspelt name. */
static slt_status check_metric(const slt_measures *m, const slt_figure_value *name,
                               const char *key, slt_error *err)
{
    for (size_t run = 0; run < m->runs; run++) {
        const slt_curve *curve = find_curve(&m->outcomes[run], name);
        if (curve && curve->count)
            return SLT_OK;
    }
    return slt_fail(err, SLT_FORMAT,
                    "%s:%d:%d: %s: no checkpoint of any run has a metric '%s'",
                    slt_manifest_path(m->manifest), name->place.line, name->place.column,
                    key, name->text);
}

static slt_status check_metrics(const slt_measures *m, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < m->count && !status; i++) {
        const slt_measure_spec *spec = &m->spec->measures[i];
        if (spec->form == SLT_MEASURE_FIRST || spec->form == SLT_MEASURE_METRIC)
            status = check_metric(
                m, &spec->of, spec->form == SLT_MEASURE_FIRST ? "first" : "metric", err);
    }
    for (size_t i = 0; i < m->lists && !status; i++)
        status = check_metric(m, &m->spec->transitions[i].metric, "metric", err);
    return status;
}

slt_status slt_measures_make(slt_manifest *manifest, const slt_figure_spec *spec,
                             const slt_outcome *outcomes, slt_measures *m, slt_error *err)
{
    *m = (slt_measures){.manifest = manifest,
                        .spec = spec,
                        .outcomes = outcomes,
                        .runs = slt_manifest_runs(manifest),
                        .count = spec->measure_count,
                        .lists = spec->transition_count};
    for (size_t i = 0; i < slt_manifest_axes(manifest); i++)
        m->axes[i] = slt_manifest_axis(manifest, i);
    m->scope = (slt_figure_scope){spec, m->axes, slt_manifest_axes(manifest), SIZE_MAX};
    m->values = calloc(m->runs * m->count + 1, sizeof *m->values);
    m->items = calloc(m->runs * m->lists + 1, sizeof *m->items);
    slt_status status = m->values && m->items ? check_metrics(m, err) : no_memory(err);
    for (size_t run = 0; run < m->runs && !status; run++)
        status = measure_run(m, run, err);
    if (status)
        slt_measures_free(m);
    return status;
}

void slt_measures_free(slt_measures *m)
{
    for (size_t i = 0; m->items && i < m->runs * m->lists; i++)
        free(m->items[i].items);
    free(m->items);
    free(m->values);
    *m = (slt_measures){0};
}

const slt_real *slt_measures_find(const slt_measures *m, size_t run,
                                  const slt_figure_value *wanted)
{
    if (m->outcomes[run].status != SLT_RUN_DONE)
        return NULL;
    if (wanted->is_quantity)
        return slt_outcome_find(&m->outcomes[run], &wanted->quantity);
    if (!wanted->is_measure)
        return NULL;
    const slt_real *value = &m->values[run * m->count + wanted->measure];
    return slt_real_finite(*value) ? value : NULL;
}
