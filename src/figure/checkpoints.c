/* figure.checkpoints: what the checkpoints of a run show, an item each. */
#include "figure/measures.h"

#include <stdlib.h>

#include "base/world.h"
#include "figure/along.h"
#include "manifest/figure_names.h"
#include "num/scalar.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the checkpoints of a run");
}

static slt_status open_fields(const slt_checkpoints_spec *spec,
                              const slt_outcome *outcome, slt_along *fields,
                              slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < spec->field_count && !status; i++)
        status =
            slt_along_open(outcome, &spec->fields[i].of, spec->from, &fields[i], err);
    return status;
}

static void take_item(slt_along *fields, size_t count, const slt_measures_times *times,
                      uint64_t step, slt_real *item)
{
    item[SLT_CHECKPOINT_STEP] = slt_real_from_u64(step);
    item[SLT_CHECKPOINT_TIME] = slt_measures_time(times, step);
    for (size_t i = 0; i < count; i++) {
        const slt_real *value = slt_along_take(&fields[i], step);
        item[SLT_CHECKPOINT_OWN + i] = value ? *value : slt_real_absent();
    }
}

static slt_status make_items(const slt_checkpoints_spec *spec, slt_along *fields,
                             const slt_measures_times *times, slt_items *items,
                             slt_error *err)
{
    size_t room = 0;
    uint64_t step = 0;
    for (size_t i = 0; i < spec->field_count; i++)
        room += fields[i].curve ? fields[i].curve->count : 0;
    items->fields = SLT_CHECKPOINT_OWN + spec->field_count;
    items->values = slt_world.calloc((room + 1) * items->fields, sizeof *items->values);
    if (!items->values)
        return no_memory(err);
    while (slt_along_next(fields, spec->field_count, &step)) {
        take_item(fields, spec->field_count, times, step,
                  &items->values[items->count * items->fields]);
        items->count += step % spec->every == 0;
    }
    return SLT_OK;
}

slt_status slt_checkpoints_find(const slt_checkpoints_spec *spec,
                                const slt_outcome *outcome,
                                const slt_measures_times *times, slt_items *items,
                                slt_error *err)
{
    slt_along *fields = slt_world.calloc(spec->field_count, sizeof *fields);
    *items = (slt_items){0};
    if (!fields)
        return no_memory(err);
    slt_status status = open_fields(spec, outcome, fields, err);
    if (!status)
        status = make_items(spec, fields, times, items, err);
    for (size_t i = 0; i < spec->field_count; i++)
        slt_along_close(&fields[i]);
    free(fields);
    return status;
}
