/* Values by their schema: fields, defaults, alternatives, equality. */
#include "manifest/schema.h"

#include <string.h>

#include "base/assert.h"

static bool is_called(const slt_schema *field, const char *key)
{
    return *field->key == *key && strcmp(field->key, key) == 0;
}

/* The first field of an OWN's kinds that is called key, as slt_schema_next comes to them:
 * those that are `behind` last. */
static const slt_schema *own_called(const slt_schema *own, const char *key)
{
    const slt_schema *behind = NULL;
    const slt_schema *const *list;
    for (size_t kind = 0; (list = own->own_of(kind)) != NULL; kind++)
        for (; *list; list++) {
            if (!is_called(*list, key))
                continue;
            if (!(*list)->behind)
                return *list;
            behind = behind ? behind : *list;
        }
    return behind;
}

const slt_schema *slt_schema_field(const slt_schema *row, const char *key)
{
    for (size_t i = 0; i < row->field_count; i++) {
        const slt_schema *field = &row->fields[i];
        if (field->type == SLT_SCHEMA_OWN)
            field = own_called(field, key);
        else if (!is_called(field, key))
            field = NULL;
        if (field)
            return field;
    }
    return NULL;
}

const slt_schema *slt_schema_field_in(const slt_schema_walk *walk, const slt_schema *row,
                                      const slt_value *map, const char *key)
{
    const slt_schema *first = slt_schema_field(row, key), *field;
    if (!first || slt_schema_applies(walk, row, first, map))
        return first;
    for (slt_schema_fields at = {.row = row, .walk = walk, .map = map};
         (field = slt_schema_next(&at));)
        if (is_called(field, key))
            return field;
    return first;
}

static bool list_has(const slt_schema *const *list, const slt_schema *field)
{
    while (*list && *list != field)
        list++;
    return *list != NULL;
}

/* The OWN through which a map has the field; NULL if it is a field of the map's row. */
static const slt_schema *own_of_field(const slt_schema *row, const slt_schema *field)
{
    const slt_schema *own = NULL;
    for (size_t i = 0; i < row->field_count; i++) {
        if (&row->fields[i] == field)
            return NULL;
        if (row->fields[i].type == SLT_SCHEMA_OWN)
            own = &row->fields[i];
    }
    return own;
}

/* Whether an earlier kind lists the field. */
static bool listed_before(const slt_schema *own, size_t kind, const slt_schema *field)
{
    for (size_t i = 0; i < kind; i++)
        if (list_has(own->own_of(i), field))
            return true;
    return false;
}

/* The fields of the kind that the map chooses; none where it chooses no known one. */
static const slt_schema *const *kind_fields(const slt_schema_walk *walk,
                                            const slt_schema *row, const slt_schema *own,
                                            const slt_value *map)
{
    static const slt_schema *const none[] = {NULL};
    const slt_schema *tag = slt_schema_field(row, own->key);
    const slt_value *value = slt_schema_value(walk, row, tag, map);
    const size_t kind = value && value->kind == SLT_VALUE_TEXT
                            ? slt_schema_word_index(tag, value->text)
                            : SIZE_MAX;
    return kind != SIZE_MAX ? own->own_of(kind) : none;
}

static bool when_holds(const slt_schema_walk *walk, const slt_schema *row,
                       const slt_schema *field, const slt_value *map)
{
    if (!field->when)
        return true;
    const slt_schema *tag = slt_schema_field(row, field->when);
    SLT_ASSERT(tag);
    const slt_value *value = slt_schema_value(walk, row, tag, map);
    return value && value->kind == SLT_VALUE_TEXT && strcmp(value->text, field->is) == 0;
}

/* The next field of an OWN's kinds; NULL after the last. */
static const slt_schema *next_own(slt_schema_fields *at, const slt_schema *row)
{
    const slt_schema *field;
    const slt_schema *const *list;
    if (at->map && !at->chosen)
        at->chosen = kind_fields(at->walk, at->row, row, at->map);
    do {
        for (; (list = row->own_of(at->kind)) != NULL; at->kind++, at->own = 0)
            while ((field = list[at->own]) != NULL) {
                at->own++;
                at->follow |= field->behind;
                if (field->behind == at->behind &&
                    (!at->map || list_has(at->chosen, field)) &&
                    !listed_before(row, at->kind, field))
                    return field;
            }
        at->kind = 0;
        at->behind = at->follow && !at->behind;
    } while (at->behind);
    at->chosen = NULL;
    at->follow = false;
    return NULL;
}

const slt_schema *slt_schema_next(slt_schema_fields *at)
{
    while (at->next < at->row->field_count) {
        const slt_schema *row = &at->row->fields[at->next], *field = row;
        const bool own = row->type == SLT_SCHEMA_OWN;
        if (own)
            field = next_own(at, row);
        if (!own || !field)
            at->next++;
        if (!field || (at->map && !when_holds(at->walk, at->row, field, at->map)))
            continue;
        at->optional = own || field->when;
        return field;
    }
    return NULL;
}

static bool all_kinds_have(const slt_schema *own, const slt_schema *field)
{
    for (size_t kind = 0; own->own_of(kind); kind++)
        if (!list_has(own->own_of(kind), field))
            return false;
    return true;
}

bool slt_schema_conditional(const slt_schema *row, const slt_schema *field)
{
    const slt_schema *own = own_of_field(row, field);
    return field->when || (own && !all_kinds_have(own, field));
}

void slt_schema_print_when(const slt_schema *row, const slt_schema *field,
                           slt_buffer *out)
{
    const slt_schema *own = own_of_field(row, field);
    const char *before = "=";
    if (own && !all_kinds_have(own, field)) {
        const slt_schema *tag = slt_schema_field(row, own->key);
        slt_buffer_printf(out, "%s", own->key);
        for (size_t kind = 0; own->own_of(kind); kind++) {
            if (!list_has(own->own_of(kind), field))
                continue;
            slt_buffer_printf(out, "%s%s", before, slt_schema_word(tag, kind));
            before = "|";
        }
    }
    if (field->when)
        slt_buffer_printf(out, "%s%s=%s", *before == '|' ? " and " : "", field->when,
                          field->is);
}

bool slt_schema_applies(const slt_schema_walk *walk, const slt_schema *row,
                        const slt_schema *field, const slt_value *map)
{
    const slt_schema *own = own_of_field(row, field);
    if (own && !list_has(kind_fields(walk, row, own, map), field))
        return false;
    return when_holds(walk, row, field, map);
}

const slt_value *slt_schema_given(const slt_schema_walk *walk, const slt_schema *field,
                                  const slt_value *map)
{
    const slt_value *given = slt_value_get(map, field->key);
    return given ? slt_schema_resolve(walk, given) : field->preset;
}

const slt_value *slt_schema_value(const slt_schema_walk *walk, const slt_schema *row,
                                  const slt_schema *field, const slt_value *map)
{
    return slt_schema_applies(walk, row, field, map) ? slt_schema_given(walk, field, map)
                                                     : NULL;
}

static bool row_takes(const slt_schema *row, slt_value_kind kind)
{
    switch (row->type) {
    case SLT_SCHEMA_INT:
        return kind == SLT_VALUE_INT;
    case SLT_SCHEMA_REAL:
        return kind == SLT_VALUE_INT || kind == SLT_VALUE_REAL;
    case SLT_SCHEMA_MAP:
    case SLT_SCHEMA_NAMED:
        return kind == SLT_VALUE_MAP;
    case SLT_SCHEMA_LIST:
    case SLT_SCHEMA_SET:
        return kind == SLT_VALUE_LIST;
    default:
        return kind == SLT_VALUE_TEXT;
    }
}

const slt_schema *slt_schema_choose(const slt_schema *row, const slt_value *value)
{
    if (row->type != SLT_SCHEMA_EITHER)
        return row;
    for (size_t i = 0; i < row->field_count; i++)
        if (row_takes(&row->fields[i], value->kind))
            return &row->fields[i];
    return NULL;
}

const char *slt_schema_word(const slt_schema *row, size_t index)
{
    return row->word_of ? row->word_of(index) : row->words[index];
}

size_t slt_schema_word_index(const slt_schema *row, const char *word)
{
    const char *known;
    for (size_t i = 0; (known = slt_schema_word(row, i)) != NULL; i++)
        if (*known == *word && strcmp(known, word) == 0)
            return i;
    return SIZE_MAX;
}

size_t slt_schema_items(const slt_value *list, const slt_value **items)
{
    if (list->kind == SLT_VALUE_LIST) {
        *items = list->items;
        return list->count;
    }
    *items = list;
    return 1;
}

static bool equal_list(const slt_schema_walk *walk, const slt_schema *row,
                       const slt_value *a, const slt_value *b)
{
    const slt_value *item_a, *item_b;
    size_t count = slt_schema_items(a, &item_a);
    if (count != slt_schema_items(b, &item_b))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!slt_schema_equal(walk, &row->fields[0], &item_a[i], &item_b[i]))
            return false;
    return true;
}

static bool equal_named(const slt_schema_walk *walk, const slt_schema *row,
                        const slt_value *a, const slt_value *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->keys[i], b->keys[i]) != 0 ||
            !slt_schema_equal(walk, &row->fields[0], &a->items[i], &b->items[i]))
            return false;
    return true;
}

static bool equal_map(const slt_schema_walk *walk, const slt_schema *row,
                      const slt_value *a, const slt_value *b)
{
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));) {
        if (!slt_schema_equal(walk, field, slt_schema_value(walk, row, field, a),
                              slt_schema_value(walk, row, field, b)))
            return false;
    }
    return true;
}

static bool set_has(const slt_schema_walk *walk, const slt_value *set, const char *word)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(slt_schema_resolve(walk, &set->items[i])->text, word) == 0)
            return true;
    return false;
}

static bool equal_set(const slt_schema_walk *walk, const slt_value *a, const slt_value *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!set_has(walk, b, slt_schema_resolve(walk, &a->items[i])->text))
            return false;
    return true;
}

bool slt_schema_equal(const slt_schema_walk *walk, const slt_schema *row,
                      const slt_value *a, const slt_value *b)
{
    a = slt_schema_resolve(walk, a);
    b = slt_schema_resolve(walk, b);
    if (!a || !b)
        return a == b;
    const slt_schema *chosen = slt_schema_choose(row, a);
    if (chosen != slt_schema_choose(row, b))
        return false;
    switch (chosen->type) {
    case SLT_SCHEMA_INT:
        return a->magnitude == b->magnitude;
    case SLT_SCHEMA_REAL:
        return a->real.bits == b->real.bits;
    case SLT_SCHEMA_BOOL:
        return a->truth == b->truth;
    case SLT_SCHEMA_LIST:
        return equal_list(walk, chosen, a, b);
    case SLT_SCHEMA_NAMED:
        return equal_named(walk, chosen, a, b);
    case SLT_SCHEMA_MAP:
        return equal_map(walk, chosen, a, b);
    case SLT_SCHEMA_SET:
        return equal_set(walk, a, b);
    default:
        return strcmp(a->text, b->text) == 0;
    }
}
