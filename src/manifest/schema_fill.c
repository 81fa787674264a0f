/* Filling the structs of the rooms below from checked values. */
#include "manifest/schema.h"

#include <string.h>

#include "base/assert.h"

static void store(void *base, size_t offset, size_t size, uint64_t value)
{
    char *at = (char *)base + offset;
    if (size == 8)
        memcpy(at, &value, 8);
    else if (size == 4)
        memcpy(at, &(uint32_t){(uint32_t)value}, 4);
    else if (size == 1)
        memcpy(at, &(uint8_t){(uint8_t)value}, 1);
}

static void fill_text(const slt_schema *row, const char *text, void *base)
{
    char *at = (char *)base + row->offset;
    size_t length = text ? strlen(text) : 0;
    SLT_ASSERT(length < row->size);
    memset(at, 0, row->size);
    if (length)
        memcpy(at, text, length);
}

static void fill_word(const slt_schema *row, const slt_value *value, void *base)
{
    if (row->size > 8)
        fill_text(row, value ? value->text : NULL, base);
    else
        store(base, row->offset, row->size,
              value ? slt_schema_word_index(row, value->text) + row->first : 0);
}

static void fill_map(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *map, void *base)
{
    char *inside = (char *)base + row->offset;
    for (size_t i = 0; i < row->field_count; i++) {
        const slt_schema *field = &row->fields[i];
        slt_schema_fill(walk, field, slt_schema_value(walk, row, field, map), inside);
    }
}

/* The alternatives share members: all are zeroed, then the chosen one is filled. */
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
    char *slot = (char *)base + row->offset;
    for (size_t i = 0; i < count; i++, slot += item->size)
        slt_schema_fill(walk, item, &items[i], slot);
    store(base, row->count_offset, row->count_size, count);
}

static void fill_named(const slt_schema_walk *walk, const slt_schema *row,
                       const slt_value *value, void *base)
{
    static const slt_schema name = {.size = 32};
    const slt_schema *item = &row->fields[0];
    size_t count = value ? value->count : 0;
    char *slot = (char *)base + row->offset;
    for (size_t i = 0; i < count; i++, slot += item->size) {
        fill_text(&name, value->keys[i], slot);
        slt_schema_fill(walk, item, &value->items[i], slot);
    }
    store(base, row->count_offset, row->count_size, count);
}

static void fill_set(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *value, void *base)
{
    for (size_t i = 0; slt_schema_word(row, i); i++)
        store(base, row->offset + i, sizeof(bool), 0);
    for (size_t i = 0; value && i < value->count; i++) {
        const slt_value *word = slt_schema_resolve(walk, &value->items[i]);
        store(base, row->offset + slt_schema_word_index(row, word->text), sizeof(bool),
              1);
    }
}

void slt_schema_fill(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *value, void *base)
{
    value = slt_schema_resolve(walk, value);
    if (row->flag_size)
        store(base, row->flag_offset, row->flag_size, value != NULL);
    switch (row->type) {
    case SLT_SCHEMA_INT:
        store(base, row->offset, row->size, value ? value->magnitude : 0);
        break;
    case SLT_SCHEMA_REAL:
        store(base, row->offset, row->size, value ? value->real.bits : 0);
        break;
    case SLT_SCHEMA_BOOL:
        store(base, row->offset, row->size, value && value->truth);
        break;
    case SLT_SCHEMA_WORD:
        fill_word(row, value, base);
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
    default:
        fill_text(row, value ? value->text : NULL, base);
    }
}
