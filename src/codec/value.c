#include "codec/value.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

const slt_value *slt_value_get(const slt_value *map, const char *key)
{
    if (!map || map->kind != SLT_VALUE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (*map->keys[i] == *key && strcmp(map->keys[i], key) == 0)
            return &map->items[i];
    return NULL;
}

void slt_value_free(slt_value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        if (value->keys)
            free(value->keys[i]);
        slt_value_free(&value->items[i]);
    }
    free(value->keys);
    free(value->key_lines);
    free(value->key_columns);
    free(value->items);
    free(value->text);
    *value = (slt_value){0};
}

/* Arrays double whenever their count reaches a power of two from 4 on, so that no
 * capacity needs to be stored. */
static bool array_grow(void *array, size_t count, size_t size)
{
    void **pointer = array;
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return true;
    void *grown = slt_world.realloc(*pointer, (count ? 2 * count : 4) * size);
    if (grown)
        *pointer = grown;
    return grown != NULL;
}

slt_value *slt_value_append(slt_value *list)
{
    if (!array_grow(&list->items, list->count, sizeof *list->items))
        return NULL;
    slt_value *item = &list->items[list->count++];
    *item = (slt_value){0};
    return item;
}

slt_value *slt_value_append_key(slt_value *map, const char *key, int line, int column)
{
    size_t at = map->count;
    if (!array_grow(&map->keys, at, sizeof *map->keys) ||
        !array_grow(&map->key_lines, at, sizeof *map->key_lines) ||
        !array_grow(&map->key_columns, at, sizeof *map->key_columns))
        return NULL;
    char *copy = slt_world.strdup(key);
    slt_value *item = copy ? slt_value_append(map) : NULL;
    if (!item) {
        free(copy);
        return NULL;
    }
    map->keys[at] = copy;
    map->key_lines[at] = line;
    map->key_columns[at] = column;
    return item;
}

static bool copy_items(const slt_value *value, slt_value *copy)
{
    for (size_t i = 0; i < value->count; i++) {
        slt_value *item =
            value->keys ? slt_value_append_key(copy, value->keys[i], value->key_lines[i],
                                               value->key_columns[i])
                        : slt_value_append(copy);
        if (!item || !slt_value_copy(&value->items[i], item))
            return false;
    }
    return true;
}

bool slt_value_copy(const slt_value *value, slt_value *copy)
{
    *copy = *value;
    copy->items = NULL;
    copy->keys = NULL;
    copy->key_lines = copy->key_columns = NULL;
    copy->count = 0;
    copy->text = value->text ? slt_world.strdup(value->text) : NULL;
    if ((!value->text || copy->text) && copy_items(value, copy))
        return true;
    slt_value_free(copy);
    return false;
}

void slt_value_drop(slt_value *map, size_t i)
{
    const size_t left = --map->count - i;
    free(map->keys[i]);
    slt_value_free(&map->items[i]);
    memmove(map->keys + i, map->keys + i + 1, left * sizeof *map->keys);
    memmove(map->items + i, map->items + i + 1, left * sizeof *map->items);
    memmove(map->key_lines + i, map->key_lines + i + 1, left * sizeof *map->key_lines);
    memmove(map->key_columns + i, map->key_columns + i + 1,
            left * sizeof *map->key_columns);
}

static bool resolve_int(slt_value *value)
{
    const char *digit = value->text;
    bool negative = *digit == '-';
    digit += negative;
    if (*digit < '0' || *digit > '9' || (*digit == '0' && digit[1]))
        return false;
    uint64_t magnitude = 0;
    for (; *digit; digit++) {
        if (*digit < '0' || *digit > '9' ||
            __builtin_mul_overflow(magnitude, UINT64_C(10), &magnitude) ||
            __builtin_add_overflow(magnitude, (uint64_t)(*digit - '0'), &magnitude))
            return false;
    }
    if (negative && magnitude > UINT64_C(1) << 63)
        return false;
    value->negative = negative;
    value->magnitude = magnitude;
    return slt_real_parse(value->text, &value->real);
}

void slt_value_resolve_plain(slt_value *value)
{
    const char *text = value->text;
    if (!*text || strcmp(text, "~") == 0 || strcmp(text, "null") == 0)
        value->kind = SLT_VALUE_NULL;
    else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        value->kind = SLT_VALUE_BOOL;
        value->truth = *text == 't';
    } else if (resolve_int(value))
        value->kind = SLT_VALUE_INT;
    else if (slt_real_parse(text, &value->real))
        value->kind = SLT_VALUE_REAL;
}

static void print_real(slt_real real, slt_buffer *out)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_real_text(real, text);
    slt_buffer_printf(out, "%s", text);
}

static void print_items(const slt_value *value, slt_buffer *out)
{
    for (size_t i = 0; i < value->count; i++) {
        slt_buffer_printf(out, "%s", i ? ", " : "");
        if (value->kind == SLT_VALUE_MAP)
            slt_buffer_printf(out, "%s: ", value->keys[i]);
        slt_value_print(&value->items[i], out);
    }
}

void slt_value_print(const slt_value *value, slt_buffer *out)
{
    switch (value->kind) {
    case SLT_VALUE_NULL:
        slt_buffer_printf(out, "null");
        break;
    case SLT_VALUE_BOOL:
        slt_buffer_printf(out, "%s", value->truth ? "true" : "false");
        break;
    case SLT_VALUE_INT:
        slt_buffer_printf(out, "%s%" PRIu64,
                          value->negative && value->magnitude ? "-" : "",
                          value->magnitude);
        break;
    case SLT_VALUE_REAL:
        print_real(value->real, out);
        break;
    case SLT_VALUE_TEXT:
        slt_buffer_printf(out, "%s", value->text);
        break;
    case SLT_VALUE_LIST:
    case SLT_VALUE_MAP:
        slt_buffer_byte(out, value->kind == SLT_VALUE_LIST ? '[' : '{');
        print_items(value, out);
        slt_buffer_byte(out, value->kind == SLT_VALUE_LIST ? ']' : '}');
        break;
    }
}
