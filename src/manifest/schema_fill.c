/* Fills structs from checked values. */
#include "manifest/schema.h"

#include <string.h>

#include <sltrace/quantity.h>

#include "base/assert.h"
#include "manifest/figure_spec.h"
#include "manifest/sweep.h"

static void store_number(void *base, size_t offset, size_t size, uint64_t value)
{
    char *at = (char *)base + offset;
    if (size == 8)
        memcpy(at, &value, 8);
    else if (size == 4)
        memcpy(at, &(uint32_t){(uint32_t)value}, 4);
    else if (size == 1)
        memcpy(at, &(uint8_t){(uint8_t)value}, 1);
}

static void store_pointer(void *base, size_t offset, const void *pointer)
{
    memcpy((char *)base + offset, &pointer, sizeof pointer);
}

static void fill_text(const slt_schema_walk *walk, const slt_schema *row,
                      const char *text, void *base)
{
    char *at = (char *)base + row->offset;
    if (row->owned) {
        store_pointer(base, row->offset, text ? slt_arena_text(walk->arena, text) : NULL);
        return;
    }
    size_t length = text ? strlen(text) : 0;
    SLT_ASSERT(length < row->size);
    if (length)
        memcpy(at, text, length);
    at[length] = 0;
}

static void fill_metric(const slt_schema *row, const slt_value *value, void *base)
{
    slt_quantity quantity = {0};
    SLT_ASSERT(row->size == sizeof quantity);
    SLT_ASSERT(!value || !slt_quantity_read(value->text, &quantity, NULL));
    memcpy((char *)base + row->offset, &quantity, sizeof quantity);
}

static void fill_word(const slt_schema_walk *walk, const slt_schema *row,
                      const slt_value *value, void *base)
{
    if (row->size > 8)
        fill_text(walk, row, value ? value->text : NULL, base);
    else
        store_number(base, row->offset, row->size,
                     value ? slt_schema_word_index(row, value->text) + row->first : 0);
}

/* The index of the axis of this name, which there is. */
static size_t axis_of(const slt_schema_walk *walk, const char *name)
{
    size_t axis = 0;
    while (strcmp(walk->axes[axis], name) != 0) {
        axis++;
        SLT_ASSERT(axis < walk->axis_count);
    }
    return axis;
}

static void fill_axis(const slt_schema_walk *walk, const slt_schema *row,
                      const slt_value *value, void *base)
{
    bool reference = row->type == SLT_SCHEMA_AXIS_REFERENCE; /* $name */
    store_number(base, row->offset, row->size,
                 value ? axis_of(walk, value->text + reference) : 0);
}

static void fill_where(const slt_schema_walk *walk, const slt_schema *row,
                       const slt_value *value, void *base)
{
    slt_where where = {.count = value ? value->count : 0};
    slt_buffer text = {0};
    if (where.count)
        where.items = slt_arena_take(walk->arena, where.count, sizeof *where.items);
    for (size_t i = 0; where.items && i < where.count; i++) {
        slt_buffer_clear(&text);
        slt_sweep_print_scalar(&value->items[i], &text);
        where.items[i].axis = axis_of(walk, value->keys[i]);
        where.items[i].value = slt_arena_text(walk->arena, slt_buffer_text(&text));
        walk->arena->failed |= text.failed;
    }
    slt_buffer_free(&text);
    memcpy((char *)base + row->offset, &where, sizeof where);
}

/* Makes room for the items of an array, all 0, and stores how many there are. */
static char *make_items(const slt_schema_walk *walk, const slt_schema *row, size_t size,
                        size_t *count, void *base)
{
    char *items = (char *)base + row->offset;
    if (row->owned) {
        items = *count ? slt_arena_take(walk->arena, *count, size) : NULL;
        *count = items ? *count : 0;
        store_pointer(base, row->offset, items);
    } else {
        memset(items, 0, *count * size);
    }
    store_number(base, row->count_offset, row->count_size, *count);
    return items;
}

static void fill_name(const slt_schema_walk *walk, const char *name, char *slot)
{
    static const slt_schema row = {.size = SLT_NAME_MAX};
    fill_text(walk, &row, name, slot);
}

/* Fields that not every map has are zeroed first, because kinds may share members. */
static void fill_fields(const slt_schema_walk *walk, const slt_schema *row,
                        const slt_value *map, void *inside)
{
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));)
        if (!map || at.optional)
            slt_schema_fill(walk, field, NULL, inside);
    slt_schema_fields at = {.row = row, .walk = walk, .map = map};
    while (map && (field = slt_schema_next(&at)))
        slt_schema_fill(walk, field, slt_schema_given(walk, field, map), inside);
}

static void fill_map(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *map, void *base)
{
    if (!row->owned) {
        fill_fields(walk, row, map, (char *)base + row->offset);
        return;
    }
    size_t count = !map ? 0 : row->each ? map->count : 1;
    size_t size = row->item_size;
    char *slot = make_items(walk, row, size, &count, base);
    for (size_t i = 0; i < count; i++, slot += size) {
        if (!row->each) {
            fill_fields(walk, row, map, slot);
            continue;
        }
        fill_name(walk, map->keys[i], slot);
        slt_schema_fill(walk, slt_schema_field(row, map->keys[i]), &map->items[i], slot);
    }
}

/* Alternatives share members: all are zeroed, then the chosen one is filled. */
static void fill_either(const slt_schema_walk *walk, const slt_schema *row,
                        const slt_value *value, void *base)
{
    char *inside = (char *)base + row->offset;
    for (size_t i = 0; i < row->field_count; i++)
        slt_schema_fill(walk, &row->fields[i], NULL, inside);
    if (value)
        slt_schema_fill(walk, slt_schema_choose(row, value), value, inside);
}

static void fill_items(const slt_schema_walk *walk, const slt_schema *row,
                       const slt_value *value, void *base)
{
    const slt_schema *item = &row->fields[0];
    const slt_value *items = NULL;
    size_t count = value ? slt_schema_items(value, &items) : 0;
    size_t size = row->owned ? row->item_size : item->size;
    char *slot = make_items(walk, row, size, &count, base);
    for (size_t i = 0; i < count; i++, slot += size)
        slt_schema_fill(walk, item, &items[i], slot);
}

static void fill_named(const slt_schema_walk *walk, const slt_schema *row,
                       const slt_value *value, void *base)
{
    const slt_schema *item = &row->fields[0];
    size_t count = value ? value->count : 0;
    size_t size = row->owned ? row->item_size : item->size;
    char *slot = make_items(walk, row, size, &count, base);
    for (size_t i = 0; i < count; i++, slot += size) {
        fill_name(walk, value->keys[i], slot);
        slt_schema_fill(walk, item, &value->items[i], slot);
    }
}

static void fill_set(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *value, void *base)
{
    for (size_t i = 0; slt_schema_word(row, i); i++)
        store_number(base, row->offset + i, sizeof(bool), 0);
    for (size_t i = 0; value && i < value->count; i++) {
        const slt_value *word = slt_schema_resolve(walk, &value->items[i]);
        store_number(base, row->offset + slt_schema_word_index(row, word->text),
                     sizeof(bool), 1);
    }
}

static void fill_place(const slt_schema *row, const slt_value *value, void *base)
{
    const slt_manifest_place place = {value ? value->line : 0, value ? value->column : 0};
    memcpy((char *)base + row->place_offset, &place, sizeof place);
}

void slt_schema_fill(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *value, void *base)
{
    value = slt_schema_resolve(walk, value);
    if (!value && row->shared)
        return;
    if (row->flag_size)
        store_number(base, row->flag_offset, row->flag_size, value != NULL);
    if (row->tag_size)
        store_number(base, row->tag_offset, row->tag_size, value ? row->tag : 0);
    if (row->place_size)
        fill_place(row, value, base);
    switch (row->type) {
    case SLT_SCHEMA_INT:
        store_number(base, row->offset, row->size, value ? value->magnitude : 0);
        break;
    case SLT_SCHEMA_REAL:
        store_number(base, row->offset, row->size, value ? value->real.bits : 0);
        break;
    case SLT_SCHEMA_BOOL:
        store_number(base, row->offset, row->size, value && value->truth);
        break;
    case SLT_SCHEMA_WORD:
        fill_word(walk, row, value, base);
        break;
    case SLT_SCHEMA_METRIC:
        fill_metric(row, value, base);
        break;
    case SLT_SCHEMA_MAP:
        fill_map(walk, row, value, base);
        break;
    case SLT_SCHEMA_EITHER:
        fill_either(walk, row, value, base);
        break;
    case SLT_SCHEMA_LIST:
        fill_items(walk, row, value, base);
        break;
    case SLT_SCHEMA_NAMED:
        fill_named(walk, row, value, base);
        break;
    case SLT_SCHEMA_SET:
        fill_set(walk, row, value, base);
        break;
    case SLT_SCHEMA_AXIS:
    case SLT_SCHEMA_AXIS_REFERENCE:
        fill_axis(walk, row, value, base);
        break;
    case SLT_SCHEMA_WHERE:
        fill_where(walk, row, value, base);
        break;
    default:
        fill_text(walk, row, value ? value->text : NULL, base);
    }
}
