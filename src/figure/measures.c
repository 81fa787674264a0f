#include "figure/measures.h"

#include <stdlib.h>

#include "base/world.h"
#include "figure/figure.h"
#include "learn/quantity.h"
#include "manifest/manifest.h"
#include "num/convert.h"
#include "num/scalar.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's measures");
}

slt_real slt_measures_time(const slt_measures_times *times, uint64_t step)
{
    if (!times->count)
        return slt_real_from_u64(step);
    return step < times->count && slt_real_finite(times->at[step]) ? times->at[step]
                                                                   : slt_real_absent();
}

/* ---- Expressions ------------------------------------------------------------------- */

/* The run, and the item of a list or the checkpoint of its, in which an expression is
 * evaluated. */
typedef struct expression_context {
    const slt_measures *measures;
    slt_figure_scope scope;
    size_t run, item;
    uint64_t step;
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
    return item < items->count ? items->values[item * items->fields + name->field]
                               : slt_real_absent();
}

static slt_expression_name find_name(void *context, const char *text, size_t *size,
                                     slt_real *value, slt_error *why)
{
    const expression_context *at = context;
    const slt_measures *m = at->measures;
    slt_figure_name name = slt_figure_name_read(&at->scope, text);
    *size = name.size;
    switch (name.kind) {
    case SLT_FIGURE_STEP:
        *value = slt_real_from_u64(at->step);
        break;
    case SLT_FIGURE_TIME:
        *value = slt_measures_time(&m->times[at->run], at->step);
        break;
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
        slt_fail(why, SLT_FORMAT, "no measure, sweep axis or list has this name");
        return SLT_NAME_UNKNOWN;
    }
    return slt_real_finite(*value) ? SLT_NAME_KNOWN : SLT_NAME_ABSENT;
}

static slt_status value_in(expression_context *at, const char *text, slt_real *value,
                           slt_error *err)
{
    const slt_expression_names names = {at, find_name};
    bool absent;
    slt_status status = slt_expression_value(text, &names, value, &absent, err);
    if (absent || !slt_real_finite(*value))
        *value = slt_real_absent();
    return status;
}

slt_status slt_measures_value(const slt_measures *measures, const char *text, size_t run,
                              size_t item, slt_real *value, slt_error *err)
{
    expression_context at = {
        .measures = measures, .scope = measures->scope, .run = run, .item = item};
    return value_in(&at, text, value, err);
}

slt_status slt_measures_value_at(const slt_measures *measures, const char *text,
                                 size_t run, uint64_t step, slt_real *value,
                                 slt_error *err)
{
    expression_context at = {
        .measures = measures, .scope = measures->scope, .run = run, .step = step};
    at.scope.along = true;
    return value_in(&at, text, value, err);
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

/* Finds the items that an expression is over. */
static slt_status find_items(const slt_measures *m, const char *text, size_t run,
                             size_t *count, slt_error *err)
{
    slt_figure_expression about = {0};
    slt_status status = slt_figure_expression_check(&m->scope, text, &about, err);
    *count = about.has_list ? m->items[run * m->lists + about.list].count : 0;
    return status;
}

static slt_status mean_value(const slt_measures *m, const slt_measure_spec *spec,
                             size_t run, slt_real *value, slt_error *err)
{
    size_t items, count = 0;
    slt_status status = find_items(m, spec->of.text, run, &items, err);
    if (status)
        return status;
    slt_real *values = slt_world.calloc(items + 1, sizeof *values);
    if (!values)
        return no_memory(err);
    for (size_t i = 0; i < items && !status; i++) {
        status = slt_measures_value(m, spec->of.text, run, i, &values[count], err);
        count += !status && slt_real_finite(values[count]);
    }
    if (count && !status)
        *value = slt_real_mean(values, count);
    free(values);
    return status;
}

/* max, min: the value of `give` at the first item at which the expression is greatest, or
 * least. */
static slt_status extreme_value(const slt_measures *m, const slt_measure_spec *spec,
                                size_t run, slt_real *value, slt_error *err)
{
    size_t items, best = SIZE_MAX;
    slt_real found, least = slt_real_absent();
    slt_status status = find_items(m, spec->of.text, run, &items, err);
    for (size_t i = 0; i < items && !status; i++) {
        status = slt_measures_value(m, spec->of.text, run, i, &found, err);
        if (status || !slt_real_finite(found))
            continue;
        found = spec->form == SLT_MEASURE_MIN ? found : slt_real_neg(found);
        if (best == SIZE_MAX || slt_real_less(found, least)) {
            least = found;
            best = i;
        }
    }
    if (status || best == SIZE_MAX)
        return status;
    return slt_measures_value(m, spec->give ? spec->give : spec->of.text, run, best,
                              value, err);
}

/* Whether the measure's `if` holds, where it has one. */
static slt_status check_condition(const slt_measures *m, const slt_measure_spec *spec,
                                  size_t run, bool *holds, slt_error *err)
{
    slt_real value;
    *holds = true;
    if (!spec->condition)
        return SLT_OK;
    slt_status status =
        slt_measures_value(m, spec->condition, run, SIZE_MAX, &value, err);
    *holds = slt_real_finite(value) && value.bits << 1;
    return status;
}

static slt_status measure_value(const slt_measures *m, const slt_measure_spec *spec,
                                size_t run, slt_real *value, slt_error *err)
{
    const slt_outcome *outcome = &m->outcomes[run];
    bool holds;
    slt_status status = check_condition(m, spec, run, &holds, err);
    if (status || !holds)
        return status;
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
    case SLT_MEASURE_MEAN:
        return mean_value(m, spec, run, value, err);
    case SLT_MEASURE_MAX:
    case SLT_MEASURE_MIN:
        return extreme_value(m, spec, run, value, err);
    }
    return SLT_OK;
}

/* ---- All runs ---------------------------------------------------------------------- */

/* Whether the figure asks for the times of checkpoints. */
static bool asks_for_times(const slt_figure_spec *spec)
{
    bool asks = spec->checkpoint_count > 0;
    for (size_t i = 0; i < spec->curve_count; i++)
        asks |= spec->curves[i].x != NULL;
    return asks;
}

static slt_status read_times(slt_measures *m, size_t run, slt_run_spec *spec,
                             slt_error *err)
{
    slt_measures_times *times = &m->times[run];
    slt_status status = slt_manifest_run(m->manifest, run, spec, err);
    if (status || !spec->train.times.count)
        return status;
    times->at = slt_world.calloc(spec->train.times.count, sizeof *times->at);
    if (!times->at)
        return no_memory(err);
    for (size_t i = 0; i < spec->train.times.count; i++)
        times->at[times->count++] = spec->train.times.list[i].at;
    return SLT_OK;
}

static slt_status read_all_times(slt_measures *m, slt_error *err)
{
    if (!asks_for_times(m->spec))
        return SLT_OK;
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status = spec ? SLT_OK : no_memory(err);
    for (size_t run = 0; run < m->runs && !status; run++)
        status = read_times(m, run, spec, err);
    free(spec);
    return status;
}

static slt_status find_list(const slt_measures *m, size_t list, size_t run,
                            slt_items *items, slt_error *err)
{
    const slt_figure_spec *spec = m->spec;
    const slt_outcome *outcome = &m->outcomes[run];
    return list < spec->transition_count
               ? slt_transitions_find(&spec->transitions[list], outcome, items, err)
               : slt_checkpoints_find(&spec->checkpoints[list - spec->transition_count],
                                      outcome, &m->times[run], items, err);
}

static slt_status measure_run(slt_measures *m, size_t run, slt_error *err)
{
    const slt_figure_spec *spec = m->spec;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < m->count; i++)
        m->values[run * m->count + i] = slt_real_absent();
    if (m->outcomes[run].status != SLT_RUN_DONE)
        return SLT_OK;
    for (size_t i = 0; i < m->lists && !status; i++)
        status = find_list(m, i, run, &m->items[run * m->lists + i], err);
    for (size_t i = 0; i < m->count && !status; i++)
        status = measure_value(m, &spec->measures[i], run, &m->values[run * m->count + i],
                               err);
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

/* A field of checkpoints may be a result at checkpoints instead. */
static slt_status check_field(const slt_measures *m, const slt_checkpoint_field *field,
                              slt_error *err)
{
    const slt_figure_value *of = &field->of;
    for (size_t run = 0; run < m->runs; run++) {
        slt_curve made;
        const slt_curve *curve;
        slt_status status = slt_outcome_along(&m->outcomes[run], of, &made, &curve, err);
        const bool any = !status && curve && curve->count;
        free(made.points);
        if (status || any)
            return status;
    }
    return slt_fail(err, SLT_FORMAT,
                    "%s:%d:%d: figure.checkpoints: %s: no run has a metric '%s' or "
                    "results '%s@STEP'",
                    slt_manifest_path(m->manifest), of->place.line, of->place.column,
                    field->name, of->text, of->text);
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
    for (size_t i = 0; i < m->spec->transition_count && !status; i++)
        status = check_metric(m, &m->spec->transitions[i].metric, "metric", err);
    for (size_t i = 0; i < m->spec->checkpoint_count; i++)
        for (size_t j = 0; j < m->spec->checkpoints[i].field_count && !status; j++)
            status = check_field(m, &m->spec->checkpoints[i].fields[j], err);
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
                        .lists = slt_figure_lists(spec)};
    for (size_t i = 0; i < slt_manifest_axes(manifest); i++)
        m->axes[i] = slt_manifest_axis(manifest, i);
    m->scope = (slt_figure_scope){.figure = spec,
                                  .axes = m->axes,
                                  .axis_count = slt_manifest_axes(manifest),
                                  .measures = SIZE_MAX};
    m->values = slt_world.calloc(m->runs * m->count + 1, sizeof *m->values);
    m->items = slt_world.calloc(m->runs * m->lists + 1, sizeof *m->items);
    m->times = slt_world.calloc(m->runs + 1, sizeof *m->times);
    slt_status status =
        m->values && m->items && m->times ? check_metrics(m, err) : no_memory(err);
    if (!status)
        status = read_all_times(m, err);
    for (size_t run = 0; run < m->runs && !status; run++)
        status = measure_run(m, run, err);
    if (status)
        slt_measures_free(m);
    return status;
}

void slt_measures_free(slt_measures *m)
{
    for (size_t i = 0; m->items && i < m->runs * m->lists; i++)
        free(m->items[i].values);
    for (size_t i = 0; m->times && i < m->runs; i++)
        free(m->times[i].at);
    free(m->times);
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
