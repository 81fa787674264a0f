#include "manifest/figure_names.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static bool is_same(const char *name, const char *text, size_t size)
{
    return strlen(name) == size && strncmp(name, text, size) == 0;
}

/* ---- Lists of items ---------------------------------------------------------------- */

static const char *const transition_fields[] = {
#define SLT_ITEM_FIELD_NAME(field, name) name,
    SLT_ITEM_FIELD_MAP(SLT_ITEM_FIELD_NAME)
#undef SLT_ITEM_FIELD_NAME
};

/* The checkpoints that a list is; NULL if it is of transitions. */
static const slt_checkpoints_spec *checkpoints_of(const slt_figure_spec *spec,
                                                  size_t list)
{
    return list < spec->transition_count
               ? NULL
               : &spec->checkpoints[list - spec->transition_count];
}

size_t slt_figure_lists(const slt_figure_spec *spec)
{
    return spec->transition_count + spec->checkpoint_count;
}

static size_t list_fields(const slt_figure_spec *spec, size_t list)
{
    const slt_checkpoints_spec *checkpoints = checkpoints_of(spec, list);
    return checkpoints ? SLT_CHECKPOINT_OWN + checkpoints->field_count : SLT_ITEM_FIELDS;
}

static const char *list_name(const slt_figure_spec *spec, size_t list)
{
    const slt_checkpoints_spec *checkpoints = checkpoints_of(spec, list);
    return checkpoints ? checkpoints->name : spec->transitions[list].name;
}

static const char *field_name(const slt_figure_spec *spec, size_t list, size_t field)
{
    const slt_checkpoints_spec *checkpoints = checkpoints_of(spec, list);
    if (!checkpoints)
        return transition_fields[field];
    if (field < SLT_CHECKPOINT_OWN)
        return field == SLT_CHECKPOINT_STEP ? "step" : "time";
    return checkpoints->fields[field - SLT_CHECKPOINT_OWN].name;
}

/* ---- Reading ----------------------------------------------------------------------- */

static slt_figure_name read_field(const slt_figure_spec *spec, size_t list,
                                  const char *text)
{
    size_t head = strlen(list_name(spec, list)) + 1;
    size_t size = strspn(text + head, LETTERS);
    for (size_t i = 0; i < list_fields(spec, list); i++)
        if (is_same(field_name(spec, list, i), text + head, size))
            return (slt_figure_name){
                .kind = SLT_FIGURE_ITEM, .index = list, .field = i, .size = head + size};
    return (slt_figure_name){.kind = SLT_FIGURE_NOTHING, .index = list, .size = head};
}

static slt_figure_name read_item(const slt_figure_scope *scope, const char *text,
                                 size_t size)
{
    for (size_t i = 0; i < slt_figure_lists(scope->figure); i++)
        if (is_same(list_name(scope->figure, i), text, size))
            return read_field(scope->figure, i, text);
    return (slt_figure_name){.kind = SLT_FIGURE_NOTHING};
}

slt_figure_name slt_figure_name_read(const slt_figure_scope *scope, const char *text)
{
    const slt_figure_spec *figure = scope->figure;
    size_t size = strspn(text, LETTERS);
    if (scope->along && is_same("step", text, size))
        return (slt_figure_name){.kind = SLT_FIGURE_STEP, .size = size};
    if (scope->along && is_same("time", text, size))
        return (slt_figure_name){.kind = SLT_FIGURE_TIME, .size = size};
    if (text[size] == '.' && !scope->along)
        return read_item(scope, text, size);
    for (size_t i = 0; i < figure->measure_count && i < scope->measures; i++)
        if (is_same(figure->measures[i].name, text, size))
            return (slt_figure_name){
                .kind = SLT_FIGURE_MEASURE, .index = i, .size = size};
    for (size_t i = 0; i < scope->axis_count; i++)
        if (is_same(scope->axes[i], text, size))
            return (slt_figure_name){.kind = SLT_FIGURE_AXIS, .index = i, .size = size};
    return (slt_figure_name){.kind = SLT_FIGURE_NOTHING};
}

/* ---- Checking ---------------------------------------------------------------------- */

/* An expression being checked. */
typedef struct expression_check {
    const slt_figure_scope *scope;
    slt_figure_expression *found;
} expression_check;

static slt_expression_name find_name(void *context, const char *text, size_t *size,
                                     slt_real *value, slt_error *why)
{
    const expression_check *c = context;
    slt_figure_name name = slt_figure_name_read(c->scope, text);
    (void)value;
    *size = name.size;
    if (name.kind == SLT_FIGURE_NOTHING) {
        slt_fail(why, SLT_FORMAT, "%s",
                 c->scope->along
                     ? "no measure or sweep axis has this name; `step` is the "
                       "checkpoint's"
                 : !name.size ? "no measure, sweep axis or field of transitions or "
                                "checkpoints has this name, or only one further down"
                 : name.index < c->scope->figure->transition_count
                     ? "expected step, r, df, dlambda, dloss or loss"
                     : "expected step, time, or a field of these checkpoints");
        return SLT_NAME_UNKNOWN;
    }
    if (name.kind != SLT_FIGURE_ITEM)
        return SLT_NAME_ABSENT;
    if (c->found->has_list && c->found->list != name.index) {
        *size = 0;
        slt_fail(why, SLT_FORMAT, "items of two lists do not go together");
        return SLT_NAME_UNKNOWN;
    }
    c->found->has_list = true;
    c->found->list = name.index;
    return SLT_NAME_ABSENT;
}

slt_status slt_figure_expression_check(const slt_figure_scope *scope, const char *text,
                                       slt_figure_expression *found, slt_error *err)
{
    expression_check c = {scope, found};
    const slt_expression_names names = {&c, find_name};
    return slt_expression_check(text, &names, err);
}
