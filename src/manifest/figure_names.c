#include "manifest/figure_names.h"

#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static bool is_same(const char *name, const char *text, size_t size)
{
    return strlen(name) == size && strncmp(name, text, size) == 0;
}

static slt_figure_name read_field(const slt_transitions_spec *list, size_t index,
                                  const char *text)
{
    static const char *const names[] = {
#define SLT_ITEM_FIELD_NAME(field, name) name,
        SLT_ITEM_FIELD_MAP(SLT_ITEM_FIELD_NAME)
#undef SLT_ITEM_FIELD_NAME
    };
    size_t head = strlen(list[index].name) + 1;
    size_t size = strspn(text + head, LETTERS);
    slt_figure_name found = {.kind = SLT_FIGURE_NOTHING, .size = head};
    for (size_t i = 0; i < SLT_ITEM_FIELDS; i++)
        if (is_same(names[i], text + head, size))
            found = (slt_figure_name){.kind = SLT_FIGURE_ITEM,
                                      .index = index,
                                      .field = (slt_item_field)i,
                                      .size = head + size};
    return found;
}

static slt_figure_name read_item(const slt_figure_scope *scope, const char *text,
                                 size_t size)
{
    const slt_transitions_spec *list = scope->figure->transitions;
    for (size_t i = 0; i < scope->figure->transition_count; i++)
        if (is_same(list[i].name, text, size))
            return read_field(list, i, text);
    return (slt_figure_name){.kind = SLT_FIGURE_NOTHING};
}

slt_figure_name slt_figure_name_read(const slt_figure_scope *scope, const char *text)
{
    const slt_figure_spec *figure = scope->figure;
    size_t size = strspn(text, LETTERS);
    if (text[size] == '.')
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
                 name.size ? "expected step, r, df, dlambda, dloss or loss"
                           : "no measure, sweep axis or field of transitions has this "
                             "name, or only one further down");
        return SLT_NAME_UNKNOWN;
    }
    if (name.kind != SLT_FIGURE_ITEM)
        return SLT_NAME_ABSENT;
    if (c->found->has_list && c->found->list != name.index) {
        *size = 0;
        slt_fail(why, SLT_FORMAT, "transitions of two lists do not go together");
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
