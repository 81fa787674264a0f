#include "report/show.h"

#include <string.h>

#include "base/escape.h"
#include "codec/json.h"
#include "codec/pack.h"

slt_status slt_show_take(slt_buffer *out, char **text, slt_error *err)
{
    slt_buffer_text(out);
    if (out->failed) {
        slt_buffer_free(out);
        return slt_fail(err, SLT_RESOURCE, "no memory for what is to be shown");
    }
    *text = (char *)out->data;
    return SLT_OK;
}

static void put_scalar(slt_buffer *out, const slt_pack_item *item)
{
    char text[SLT_REAL_TEXT_MAX];
    switch (item->kind) {
    case SLT_PACK_BOOL:
        slt_buffer_printf(out, item->truth ? "true" : "false");
        break;
    case SLT_PACK_UINT:
        slt_buffer_printf(out, "%llu", (unsigned long long)item->value);
        break;
    case SLT_PACK_NEGATIVE:
        slt_buffer_printf(out, "-%llu", (unsigned long long)item->value);
        break;
    case SLT_PACK_REAL:
        slt_real_text(item->real, text);
        slt_buffer_printf(out, "%s", text);
        break;
    case SLT_PACK_BIN:
        slt_buffer_printf(out, "\"%zu bytes\"", item->span.size);
        break;
    default:
        slt_buffer_printf(out, "null");
    }
}

/* ---- JSON -------------------------------------------------------------------------- */

static void put_json(slt_pack_reader *reader, slt_json *json)
{
    slt_pack_item item = slt_pack_read(reader);
    bool map = item.kind == SLT_PACK_MAP;
    char size[40];
    switch (item.kind) {
    case SLT_PACK_TEXT:
        slt_json_bytes(json, item.span.bytes, item.span.size);
        break;
    case SLT_PACK_MAP:
    case SLT_PACK_ARRAY:
        slt_json_open(json, map ? '{' : '[');
        for (size_t i = 0; i < item.count && !reader->failed; i++) {
            if (map) {
                slt_pack_span key = slt_pack_read_key(reader);
                slt_json_key_bytes(json, key.bytes, key.size);
            }
            put_json(reader, json);
        }
        slt_json_close(json, map ? '}' : ']');
        break;
    case SLT_PACK_UINT:
        slt_json_uint(json, item.value);
        break;
    case SLT_PACK_NEGATIVE:
        slt_json_negative(json, item.value);
        break;
    case SLT_PACK_BOOL:
        slt_json_bool(json, item.truth);
        break;
    case SLT_PACK_REAL:
        slt_json_real(json, item.real);
        break;
    case SLT_PACK_BIN:
        snprintf(size, sizeof size, "%zu bytes", item.span.size);
        slt_json_text(json, size);
        break;
    default:
        slt_json_null(json);
    }
}

void slt_show_packed_json(const uint8_t *bytes, size_t size, slt_json *json)
{
    slt_pack_reader reader;
    slt_pack_reader_init(&reader, bytes, size, "run");
    put_json(&reader, json);
}

/* ---- YAML -------------------------------------------------------------------------- */

/* How many levels of containers the next item has; the item is not consumed. */
static size_t height_of(const slt_pack_reader *reader)
{
    slt_pack_reader ahead = *reader;
    size_t base = ahead.depth, height = 0;
    do {
        size_t depth = ahead.depth - base;
        slt_pack_item item = slt_pack_read(&ahead);
        bool container = item.kind == SLT_PACK_MAP || item.kind == SLT_PACK_ARRAY;
        if (container && depth + 1 > height)
            height = depth + 1;
    } while (!ahead.failed && ahead.depth > base);
    return height;
}

/* Writes an item on one line: {a: 1, b: [2, 3]} */
static void put_flow(slt_pack_reader *reader, slt_buffer *out)
{
    slt_pack_item item = slt_pack_read(reader);
    bool map = item.kind == SLT_PACK_MAP;
    if (item.kind == SLT_PACK_TEXT)
        slt_escape_word(out, item.span.bytes, item.span.size);
    else if (!map && item.kind != SLT_PACK_ARRAY)
        put_scalar(out, &item);
    else {
        slt_buffer_byte(out, map ? '{' : '[');
        for (size_t i = 0; i < item.count && !reader->failed; i++) {
            slt_buffer_printf(out, i ? ", " : "");
            slt_pack_span key = map ? slt_pack_read_key(reader) : (slt_pack_span){0};
            if (map) {
                slt_escape_word(out, key.bytes, key.size);
                slt_buffer_printf(out, ": ");
            }
            put_flow(reader, out);
        }
        slt_buffer_byte(out, map ? '}' : ']');
    }
}

/* Whether the next item is better shown over several lines: if containers are nested
 * three deep, or it is a list of containers. */
static bool is_tall(const slt_pack_reader *reader)
{
    size_t height = height_of(reader);
    return height > 2 || (height == 2 && slt_pack_peek(reader) == SLT_PACK_ARRAY);
}

static void put_block(slt_pack_reader *reader, int indent, slt_buffer *out)
{
    slt_pack_item item = slt_pack_read(reader);
    for (size_t i = 0; i < item.count && !reader->failed; i++) {
        slt_buffer_printf(out, "%*s", indent, "");
        if (item.kind == SLT_PACK_ARRAY) {
            slt_buffer_printf(out, "- ");
            put_flow(reader, out);
            slt_buffer_byte(out, '\n');
            continue;
        }
        slt_pack_span key = slt_pack_read_key(reader);
        slt_escape_word(out, key.bytes, key.size);
        bool tall = is_tall(reader);
        slt_buffer_printf(out, tall ? ":\n" : ": ");
        if (tall) {
            put_block(reader, indent + 2, out);
            continue;
        }
        put_flow(reader, out);
        slt_buffer_byte(out, '\n');
    }
}

void slt_show_packed_yaml(const uint8_t *bytes, size_t size, int indent, slt_buffer *out)
{
    slt_pack_reader reader;
    slt_pack_reader_init(&reader, bytes, size, "run");
    if (slt_pack_peek(&reader) == SLT_PACK_MAP) {
        put_block(&reader, indent, out);
        return;
    }
    slt_buffer_printf(out, "%*s", indent, "");
    put_flow(&reader, out);
    slt_buffer_byte(out, '\n');
}
