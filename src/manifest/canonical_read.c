/* Reads canonical bytes into a tree or a spec; whatever is not canonical is refused. */
#include "manifest/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/pack.h"
#include "manifest/manifest.h"
#include "manifest/rules.h"

#define NAME "canonical run"
#define CANONICAL_BYTES_MAX (1u << 20)

static bool span_text(slt_pack_reader *reader, const slt_pack_item *item, char **text)
{
    if (memchr(item->span.bytes, 0, item->span.size)) {
        slt_pack_reader_fail(reader, item->offset, "text holds a NUL byte");
        return false;
    }
    *text = slt_world.strndup((const char *)item->span.bytes, item->span.size);
    return *text != NULL;
}

static bool read_value(slt_pack_reader *reader, slt_value *value);

static bool read_list(slt_pack_reader *reader, size_t count, slt_value *value)
{
    value->kind = SLT_VALUE_LIST;
    for (size_t i = 0; i < count && !reader->failed; i++) {
        slt_value *item = slt_value_append(value);
        if (!item || !read_value(reader, item))
            return false;
    }
    return true;
}

static bool read_map(slt_pack_reader *reader, size_t count, slt_value *value)
{
    value->kind = SLT_VALUE_MAP;
    for (size_t i = 0; i < count && !reader->failed; i++) {
        char key[64];
        size_t offset = reader->at;
        slt_pack_span span = slt_pack_read_key(reader);
        if (reader->failed)
            return true;
        if (!slt_pack_span_text(span, key, sizeof key)) {
            slt_pack_reader_fail(reader, offset, "a key of more than 63 bytes");
            return true;
        }
        slt_value *item = slt_value_append_key(value, key, 0, 0);
        if (!item || !read_value(reader, item))
            return false;
    }
    return true;
}

/* False if memory is short; errors in the bytes latch in the reader. */
static bool read_value(slt_pack_reader *reader, slt_value *value)
{
    slt_pack_item item = slt_pack_read(reader);
    switch (item.kind) {
    case SLT_PACK_BOOL:
        value->kind = SLT_VALUE_BOOL;
        value->truth = item.truth;
        return true;
    case SLT_PACK_UINT:
        value->kind = SLT_VALUE_INT;
        value->magnitude = item.value;
        return true;
    case SLT_PACK_REAL:
        value->kind = SLT_VALUE_REAL;
        value->real = item.real;
        return true;
    case SLT_PACK_TEXT:
        value->kind = SLT_VALUE_TEXT;
        return span_text(reader, &item, &value->text) || reader->failed;
    case SLT_PACK_ARRAY:
        return read_list(reader, item.count, value);
    case SLT_PACK_MAP:
        return read_map(reader, item.count, value);
    default:
        slt_pack_reader_fail(reader, item.offset, "%s has no place in a canonical run",
                             slt_pack_kind_words(item.kind));
        return true;
    }
}

/* Turns an array of maps, each beginning with `name`, into a map from the names. */
static slt_status name_items(slt_value *value, slt_error *err)
{
    slt_value named = {.kind = SLT_VALUE_MAP};
    for (size_t i = 0; i < value->count; i++) {
        slt_value *item = &value->items[i];
        bool begins = item->kind == SLT_VALUE_MAP && item->count > 0 &&
                      strcmp(item->keys[0], "name") == 0 &&
                      item->items[0].kind == SLT_VALUE_TEXT;
        if (!begins || slt_value_get(&named, item->items[0].text)) {
            slt_value_free(&named);
            return slt_fail(err, SLT_FORMAT,
                            NAME ": item %zu has no name of its own first", i);
        }
        slt_value *slot = slt_value_append_key(&named, item->items[0].text, 0, 0);
        if (!slot) {
            slt_value_free(&named);
            return slt_fail(err, SLT_RESOURCE, NAME ": out of memory");
        }
        slt_value_drop(item, 0);
        *slot = *item;
        *item = (slt_value){0};
    }
    slt_value_free(value);
    *value = named;
    return SLT_OK;
}

/* Turns every NAMED part into the map from names that YAML has for it. */
static slt_status shape_as_yaml(const slt_schema *row, slt_value *value, slt_error *err)
{
    const slt_schema_walk walk = {.err = err};
    slt_status status = SLT_OK;
    if (row->type == SLT_SCHEMA_NAMED && value->kind == SLT_VALUE_LIST)
        return value->count > row->most
                   ? slt_fail(err, SLT_FORMAT, NAME ": %s: more than %zu entries",
                              row->key, (size_t)row->most)
                   : name_items(value, err);
    if (row->type != SLT_SCHEMA_MAP || value->kind != SLT_VALUE_MAP)
        return SLT_OK;
    for (size_t i = 0; i < value->count && !status; i++) {
        const slt_schema *field =
            slt_schema_field_in(&walk, row, value, value->keys[i]);
        if (field)
            status = shape_as_yaml(field, &value->items[i], err);
    }
    return status;
}

static slt_status compare_encoded_again(const slt_schema_walk *walk, const slt_value *run,
                                        const uint8_t *bytes, size_t size)
{
    slt_buffer again = {0};
    slt_status status = SLT_OK;
    slt_canonical_encode(walk, &slt_schema_run, run, &again);
    if (again.failed)
        status = slt_fail(walk->err, SLT_RESOURCE, NAME ": out of memory");
    else if (again.size != size || memcmp(again.data, bytes, size) != 0) {
        size_t at = 0;
        while (at < size && at < again.size && again.data[at] == bytes[at])
            at++;
        status = slt_fail(walk->err, SLT_FORMAT,
                          NAME ": byte %zu: not the canonical form of what it says", at);
    }
    slt_buffer_free(&again);
    return status;
}

static slt_status read_tree(const uint8_t *bytes, size_t size, slt_value *run,
                            slt_error *err)
{
    slt_pack_reader reader;
    slt_pack_reader_init(&reader, bytes, size, NAME);
    if (!read_value(&reader, run))
        return slt_fail(err, SLT_RESOURCE, NAME ": out of memory");
    return slt_pack_reader_end(&reader, err);
}

slt_status slt_canonical_read(const uint8_t *bytes, size_t size, slt_value *run,
                              slt_error *err)
{
    const slt_schema_walk walk = {.file = NAME, .err = err};
    const slt_schema_path path = {NULL, "run", 0};
    *run = (slt_value){0};
    if (size > CANONICAL_BYTES_MAX)
        return slt_fail(err, SLT_FORMAT, NAME ": larger than 1 MiB");
    slt_status status = read_tree(bytes, size, run, err);
    if (!status)
        status = shape_as_yaml(&slt_schema_run, run, err);
    if (!status)
        status = slt_schema_check(&walk, &slt_schema_run, &path, run);
    if (!status)
        status = compare_encoded_again(&walk, run, bytes, size);
    if (status)
        slt_value_free(run);
    return status;
}

slt_status slt_canonical_decode(const uint8_t *bytes, size_t size, slt_run_spec *spec,
                                slt_error *err)
{
    slt_schema_walk walk = {.file = NAME, .err = err};
    slt_value run;
    slt_status status = slt_canonical_read(bytes, size, &run, err);
    if (status)
        return status;
    slt_run_spec_clear(spec);
    status = slt_rules_fill(&walk, &run, spec);
    slt_value_free(&run);
    return status;
}
