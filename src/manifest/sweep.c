#include "manifest/sweep.h"

#include <string.h>

#include "codec/word.h"
#include "manifest/suggest.h"
#include "num/scalar.h"

static slt_value counted_value(const slt_sweep_axis *axis, size_t index)
{
    uint64_t value = axis->from + index * axis->step;
    return (slt_value){
        .kind = SLT_VALUE_INT, .magnitude = value, .real = slt_real_from_u64(value)};
}

/* Whether a text can be a value in --only, where values follow '=' and end at a comma. */
static bool is_plain_text(const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f || *at == ',' || *at == '=')
            return false;
    return *text && *text != '$';
}

static slt_status read_list(const slt_schema_walk *walk, const slt_schema_path *path,
                            const slt_value *list, slt_sweep_axis *axis)
{
    if (list->count == 0)
        return slt_schema_fail(walk, path, list, "expected at least one value");
    for (size_t i = 0; i < list->count; i++) {
        const slt_schema_path item = {path, NULL, i};
        const slt_value *value = &list->items[i];
        if (value->kind == SLT_VALUE_NULL || value->kind >= SLT_VALUE_LIST)
            return slt_schema_fail(walk, &item, value, "expected a number, text or bool");
        if (value->kind == SLT_VALUE_TEXT && !is_plain_text(value->text))
            return slt_schema_fail(walk, &item, value,
                                   "expected text of printable characters without "
                                   "commas, = or a leading $");
    }
    axis->list = list;
    axis->count = list->count;
    return SLT_OK;
}

typedef struct count_spec {
    uint64_t from, count, step;
} count_spec;

static const slt_schema count_fields[] = {
    {.key = "from",
     .type = SLT_SCHEMA_INT,
     .least = 0,
     .most = UINT64_MAX,
     .offset = offsetof(count_spec, from),
     .size = 8,
     .also = "start|first",
     .meaning = "the first value"},
    {.key = "count",
     .type = SLT_SCHEMA_INT,
     .least = 1,
     .most = SLT_SWEEP_RUNS_MAX,
     .offset = offsetof(count_spec, count),
     .size = 8,
     .also = "n|number",
     .meaning = "how many values"},
    {.key = "step",
     .type = SLT_SCHEMA_INT,
     .least = 1,
     .most = UINT32_MAX,
     .offset = offsetof(count_spec, step),
     .size = 8,
     .also = "by",
     .preset = &(const slt_value){.kind = SLT_VALUE_INT, .magnitude = 1},
     .meaning = "from each to the next"},
};

static const slt_schema count_row = {
    .type = SLT_SCHEMA_MAP, .fields = count_fields, .field_count = 3};

static slt_status read_count(const slt_schema_walk *walk, const slt_schema_path *path,
                             const slt_value *map, slt_sweep_axis *axis)
{
    count_spec spec;
    slt_status status = slt_schema_check(walk, &count_row, path, map);
    if (status)
        return status;
    slt_schema_fill(walk, &count_row, map, &spec);
    if (spec.from > UINT64_MAX - (spec.count - 1) * spec.step)
        return slt_schema_fail(walk, path, map, "values go beyond 64 bits");
    axis->from = spec.from;
    axis->step = spec.step;
    axis->count = (size_t)spec.count;
    return SLT_OK;
}

static const slt_schema along_fields[] = {
    {.key = "with",
     .type = SLT_SCHEMA_AXIS,
     .also = "along|zip",
     .meaning = "the earlier axis that it goes along with"},
    {.key = "values",
     .type = SLT_SCHEMA_APART,
     .also = "list",
     .meaning = "its values, one for each value of that axis"},
};

static const slt_schema along_row = {
    .type = SLT_SCHEMA_MAP, .fields = along_fields, .field_count = 2};

/* {with, values}: the axis does not multiply the runs; it takes its i-th value when the
 * axis `with` takes its i-th. */
static slt_status read_along(const slt_schema_walk *walk, const slt_schema_path *path,
                             const slt_value *map, const slt_sweep *sweep,
                             slt_sweep_axis *axis)
{
    slt_schema_walk earlier = *walk;
    earlier.axes = sweep->names;
    earlier.axis_count = sweep->axis_count;
    slt_status status = slt_schema_check(&earlier, &along_row, path, map);
    if (status)
        return status;
    const slt_schema_path here = {path, "values", 0};
    const slt_value *with = slt_value_get(map, "with");
    const slt_value *list = slt_value_get(map, "values");
    for (size_t i = 0; i < sweep->axis_count; i++)
        if (strcmp(sweep->names[i], with->text) == 0)
            axis->with = &sweep->axes[i];
    if (axis->with->broken)
        return SLT_FORMAT; /* already reported */
    if (list->kind != SLT_VALUE_LIST)
        return slt_schema_fail(walk, &here, list, "expected a list of values");
    if (list->count != axis->with->count)
        return slt_schema_fail(walk, &here, list,
                               "expected %zu values, one for each of %s; found %zu",
                               axis->with->count, axis->with->name, list->count);
    return read_list(walk, &here, list, axis);
}

static slt_status read_axis(const slt_schema_walk *walk, const slt_schema_path *path,
                            const slt_value *value, const slt_sweep *sweep,
                            slt_sweep_axis *axis)
{
    static const slt_schema name = {.type = SLT_SCHEMA_NAME};
    const slt_value key = {.kind = SLT_VALUE_TEXT,
                           .text = (char *)axis->name,
                           .line = value->line,
                           .column = value->column};
    slt_status status = slt_schema_check(walk, &name, path, &key);
    if (status)
        return status;
    if (strcmp(axis->name, "status") == 0)
        return slt_schema_fail(walk, path, value,
                               "expected another name: goldens have a column status");
    if (value->kind == SLT_VALUE_LIST)
        return read_list(walk, path, value, axis);
    if (value->kind == SLT_VALUE_MAP && slt_value_get(value, "with"))
        return read_along(walk, path, value, sweep, axis);
    if (value->kind == SLT_VALUE_MAP)
        return read_count(walk, path, value, axis);
    return slt_schema_fail(walk, path, value,
                           "expected a list of values, {from, count, step} or "
                           "{with, values}");
}

/* The last axis changes with every run; one that goes along changes with its axis. */
static void set_strides(slt_sweep *sweep)
{
    size_t stride = 1;
    for (size_t i = sweep->axis_count; i-- > 0;) {
        sweep->axes[i].stride = stride;
        stride *= sweep->axes[i].with ? 1 : sweep->axes[i].count;
    }
    for (size_t i = 0; i < sweep->axis_count; i++)
        if (sweep->axes[i].with)
            sweep->axes[i].stride = sweep->axes[i].with->stride;
}

slt_status slt_sweep_read(const slt_schema_walk *walk, const slt_value *map,
                          slt_sweep *sweep)
{
    const slt_schema_path path = {NULL, "sweep", 0};
    slt_status status = SLT_OK;
    *sweep = (slt_sweep){.runs = 1};
    if (!map)
        return SLT_OK;
    if (map->kind != SLT_VALUE_MAP)
        return slt_schema_fail(walk, &path, map, "expected a map of axis to values");
    if (map->count > SLT_GOLDEN_AXES_MAX)
        return slt_schema_fail(walk, &path, map, "more than 8 axes");
    for (size_t i = 0; i < map->count; i++) {
        const slt_schema_path here = {&path, map->keys[i], 0};
        slt_sweep_axis *axis = &sweep->axes[i];
        *axis = (slt_sweep_axis){.name = map->keys[i], .at = &map->items[i]};
        slt_status one = read_axis(walk, &here, &map->items[i], sweep, axis);
        if (!one && !axis->with && axis->count > SLT_SWEEP_RUNS_MAX / sweep->runs)
            one = slt_schema_fail(walk, &here, axis->at,
                                  "the sweep has more than 1000000 points");
        status = slt_status_worse(status, one);
        if (!slt_schema_goes_on(walk, status))
            return status;
        if (one)
            *axis = (slt_sweep_axis){
                .name = axis->name, .at = axis->at, .count = 1, .broken = true};
        sweep->names[i] = axis->name;
        sweep->axis_count = i + 1;
        sweep->runs *= axis->with ? 1 : axis->count;
    }
    set_strides(sweep);
    return status;
}

static bool is_seed(const slt_schema_path *path)
{
    return path->key && strcmp(path->key, "seed") == 0 && !path->up->up;
}

static slt_status bind_scalar(const slt_schema_walk *walk, slt_sweep *sweep,
                              const slt_schema_path *path, slt_value *value)
{
    slt_suggestion near = slt_suggestion_for(value->text + 1);
    for (size_t i = 0; i < sweep->axis_count; i++) {
        if (strcmp(sweep->axes[i].name, value->text + 1) == 0) {
            sweep->axes[i].used = true;
            sweep->axes[i].shapes |= !is_seed(path);
            value->axis = sweep->axes[i].broken ? -1 : (int)i + 1;
            return SLT_OK;
        }
        slt_suggestion_offer(&near, sweep->axes[i].name, NULL);
    }
    slt_buffer found = {0};
    slt_schema_print_found(value, &found);
    value->axis = -1;
    slt_status status =
        slt_schema_fail(walk, path, value, "%s names no axis of the sweep%s%s%s",
                        slt_buffer_text(&found), near.best ? "; did you mean '$" : "",
                        near.best ? near.best : "", near.best ? "'?" : "");
    slt_buffer_free(&found);
    return status;
}

slt_status slt_sweep_bind(const slt_schema_walk *walk, slt_sweep *sweep,
                          const slt_schema_path *path, slt_value *value)
{
    if (value->kind == SLT_VALUE_TEXT && value->text[0] == '$')
        return bind_scalar(walk, sweep, path, value);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < value->count && slt_schema_goes_on(walk, status); i++) {
        const slt_schema_path item = {path, value->keys ? value->keys[i] : NULL, i};
        status = slt_status_worse(status,
                                  slt_sweep_bind(walk, sweep, &item, &value->items[i]));
    }
    return status;
}

slt_status slt_sweep_check_used(const slt_schema_walk *walk, const slt_sweep *sweep)
{
    const slt_schema_path path = {NULL, "sweep", 0};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sweep->axis_count && slt_schema_goes_on(walk, status); i++) {
        const slt_schema_path here = {&path, sweep->axes[i].name, 0};
        if (!sweep->axes[i].used && !sweep->axes[i].broken && !sweep->axes[i].with)
            status = slt_schema_fail(walk, &here, sweep->axes[i].at,
                                     "nothing in run uses $%s", sweep->axes[i].name);
    }
    return status;
}

size_t slt_sweep_index(const slt_sweep *sweep, size_t run, size_t axis)
{
    return run / sweep->axes[axis].stride % sweep->axes[axis].count;
}

slt_value slt_sweep_value(const slt_sweep_axis *axis, size_t index)
{
    return axis->list ? axis->list->items[index] : counted_value(axis, index);
}

void slt_sweep_values(const slt_sweep *sweep, size_t run,
                      slt_value values[SLT_GOLDEN_AXES_MAX])
{
    for (size_t i = 0; i < sweep->axis_count; i++)
        values[i] = slt_sweep_value(&sweep->axes[i], slt_sweep_index(sweep, run, i));
}

void slt_sweep_print_scalar(const slt_value *value, slt_buffer *out)
{
    if (value->kind == SLT_VALUE_TEXT)
        slt_word_print(value->text, out);
    else
        slt_value_print(value, out);
}

void slt_sweep_print_value(const slt_sweep_axis *axis, size_t index, slt_buffer *out)
{
    slt_value value = slt_sweep_value(axis, index);
    slt_sweep_print_scalar(&value, out);
}

void slt_sweep_print(const slt_sweep *sweep, size_t run, size_t axis, slt_buffer *out)
{
    slt_sweep_print_value(&sweep->axes[axis], slt_sweep_index(sweep, run, axis), out);
}

void slt_sweep_label(const slt_sweep *sweep, size_t run, slt_buffer *out)
{
    for (size_t i = 0; i < sweep->axis_count; i++) {
        slt_buffer_printf(out, "%s%s=", i ? " " : "", sweep->axes[i].name);
        slt_sweep_print(sweep, run, i, out);
    }
}
