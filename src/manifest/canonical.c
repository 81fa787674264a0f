#include "manifest/canonical.h"

#include "codec/pack.h"

/* Whether a field that the map has is written: it decides bits, and its value is not its
 * default. */
static bool is_written(const slt_schema_walk *walk, const slt_schema *field,
                       const slt_value *value)
{
    return value && !field->unhashed &&
           !(field->preset && slt_schema_equal(walk, field, value, field->preset));
}

static void canonical_encode_fields(const slt_schema_walk *walk, const slt_schema *row,
                                    const slt_value *map, const char *name,
                                    slt_buffer *out)
{
    size_t count = name != NULL;
    const slt_schema *field;
    const slt_schema_fields all = {.row = row, .walk = walk, .map = map};
    for (slt_schema_fields at = all; (field = slt_schema_next(&at));)
        count += is_written(walk, field, slt_schema_given(walk, field, map));
    slt_pack_map(out, count);
    if (name) {
        slt_pack_text(out, "name");
        slt_pack_text(out, name);
    }
    for (slt_schema_fields at = all; (field = slt_schema_next(&at));) {
        const slt_value *value = slt_schema_given(walk, field, map);
        if (!is_written(walk, field, value))
            continue;
        slt_pack_text(out, field->key);
        slt_canonical_encode(walk, field, value, out);
    }
}

static void encode_list(const slt_schema_walk *walk, const slt_schema *row,
                        const slt_value *value, slt_buffer *out)
{
    const slt_value *items;
    size_t count = slt_schema_items(value, &items);
    slt_pack_array(out, count);
    for (size_t i = 0; i < count; i++)
        slt_canonical_encode(walk, &row->fields[0], &items[i], out);
}

static void encode_named(const slt_schema_walk *walk, const slt_schema *row,
                         const slt_value *value, slt_buffer *out)
{
    slt_pack_array(out, value->count);
    for (size_t i = 0; i < value->count; i++)
        canonical_encode_fields(walk, &row->fields[0], &value->items[i], value->keys[i],
                                out);
}

static void encode_set(const slt_schema_walk *walk, const slt_schema *row,
                       const slt_value *value, slt_buffer *out)
{
    bool has[64] = {false};
    for (size_t i = 0; i < value->count; i++)
        has[slt_schema_word_index(
            row, slt_schema_resolve(walk, &value->items[i])->text)] = true;
    slt_pack_array(out, value->count);
    const char *word;
    for (size_t i = 0; (word = slt_schema_word(row, i)) != NULL; i++)
        if (has[i])
            slt_pack_text(out, word);
}

void slt_canonical_encode(const slt_schema_walk *walk, const slt_schema *row,
                          const slt_value *value, slt_buffer *out)
{
    value = slt_schema_resolve(walk, value);
    row = slt_schema_choose(row, value);
    switch (row->type) {
    case SLT_SCHEMA_INT:
        slt_pack_uint(out, value->magnitude);
        break;
    case SLT_SCHEMA_REAL:
        slt_pack_real(out, value->real);
        break;
    case SLT_SCHEMA_BOOL:
        slt_pack_bool(out, value->truth);
        break;
    case SLT_SCHEMA_MAP:
        canonical_encode_fields(walk, row, value, NULL, out);
        break;
    case SLT_SCHEMA_LIST:
        encode_list(walk, row, value, out);
        break;
    case SLT_SCHEMA_NAMED:
        encode_named(walk, row, value, out);
        break;
    case SLT_SCHEMA_SET:
        encode_set(walk, row, value, out);
        break;
    default:
        slt_pack_text(out, value->text);
    }
}
