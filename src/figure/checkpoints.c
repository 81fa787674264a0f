/* figure.checkpoints: what the checkpoints of a run show, an item each. */
#include "figure/measures.h"

#include <stdlib.h>

#include "manifest/figure_names.h"
#include "num/scalar.h"

/* Where each field's values come from: a metric's curve, or the results of an estimate at
 * checkpoints; and the next of its points. */
typedef struct field_source {
    slt_curve made; /* of results; freed at the end */
    const slt_curve *curve;
    size_t next;
} field_source;

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the checkpoints of a run");
}

static slt_status open_sources(const slt_checkpoints_spec *spec,
                               const slt_outcome *outcome, field_source *sources,
                               slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < spec->field_count && !status; i++) {
        field_source *source = &sources[i];
        status = slt_outcome_along(outcome, &spec->fields[i].of, &source->made,
                                   &source->curve, err);
        while (!status && source->curve && source->next < source->curve->count &&
               source->curve->points[source->next].step < spec->from)
            source->next++;
    }
    return status;
}

/* The least step that a source has still to come; false at the end of all. */
static bool next_step(const field_source *sources, size_t count, uint64_t *step)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const slt_curve *curve = sources[i].curve;
        if (!curve || sources[i].next == curve->count)
            continue;
        const uint64_t own = curve->points[sources[i].next].step;
        *step = !any || own < *step ? own : *step;
        any = true;
    }
    return any;
}

static void take_item(field_source *sources, size_t count, uint64_t step, slt_real *item)
{
    item[SLT_CHECKPOINT_STEP] = slt_real_from_u64(step);
    for (size_t i = 0; i < count; i++) {
        const slt_curve *curve = sources[i].curve;
        item[1 + i] = slt_real_absent();
        if (curve && sources[i].next < curve->count &&
            curve->points[sources[i].next].step == step)
            item[1 + i] = curve->points[sources[i].next++].value;
    }
}

static slt_status make_items(const slt_checkpoints_spec *spec, field_source *sources,
                             slt_items *items, slt_error *err)
{
    size_t room = 0;
    uint64_t step = 0;
    for (size_t i = 0; i < spec->field_count; i++)
        room += sources[i].curve ? sources[i].curve->count : 0;
    items->fields = 1 + spec->field_count;
    items->values = calloc(room * items->fields + 1, sizeof *items->values);
    if (!items->values)
        return no_memory(err);
    while (next_step(sources, spec->field_count, &step)) {
        take_item(sources, spec->field_count, step,
                  &items->values[items->count * items->fields]);
        items->count += step % spec->every == 0;
    }
    return SLT_OK;
}

slt_status slt_checkpoints_find(const slt_checkpoints_spec *spec,
                                const slt_outcome *outcome, slt_items *items,
                                slt_error *err)
{
    field_source *sources = calloc(spec->field_count, sizeof *sources);
    *items = (slt_items){0};
    if (!sources)
        return no_memory(err);
    slt_status status = open_sources(spec, outcome, sources, err);
    if (!status)
        status = make_items(spec, sources, items, err);
    for (size_t i = 0; i < spec->field_count; i++)
        free(sources[i].made.points);
    free(sources);
    return status;
}
