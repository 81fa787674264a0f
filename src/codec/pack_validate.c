#include "codec/pack.h"

#include <string.h>

#include "codec/keys.h"

static void copy_item(slt_pack_reader *reader, slt_buffer *again);

static void copy_map(slt_pack_reader *reader, size_t count, slt_buffer *again)
{
    slt_keys keys = {0};
    slt_pack_map(again, count);
    for (size_t i = 0; i < count && !reader->failed; i++) {
        size_t offset = reader->at;
        slt_pack_span key = slt_pack_read_key(reader);
        if (!reader->failed && !slt_keys_add(&keys, key))
            slt_pack_reader_fail(reader, offset, "key '%.*s' is repeated",
                                 (int)(key.size < 64 ? key.size : 64), key.bytes);
        again->failed = again->failed || keys.failed;
        slt_pack_text_span(again, key);
        copy_item(reader, again);
    }
    slt_keys_free(&keys);
}

static void copy_array(slt_pack_reader *reader, size_t count, slt_buffer *again)
{
    slt_pack_array(again, count);
    for (size_t i = 0; i < count && !reader->failed; i++)
        copy_item(reader, again);
}

/* Reads one item and writes it again.  The reader bounds the recursion's depth. */
static void copy_item(slt_pack_reader *reader, slt_buffer *again)
{
    slt_pack_item item = slt_pack_read(reader);
    switch (item.kind) {
    case SLT_PACK_NONE:
        break;
    case SLT_PACK_NIL:
        slt_pack_nil(again);
        break;
    case SLT_PACK_BOOL:
        slt_pack_bool(again, item.truth);
        break;
    case SLT_PACK_UINT:
        slt_pack_uint(again, item.value);
        break;
    case SLT_PACK_NEGATIVE:
        slt_pack_int(again, (int64_t)(~item.value + 1)); /* at most 2^63 below 0 */
        break;
    case SLT_PACK_REAL:
        slt_pack_real(again, item.real);
        break;
    case SLT_PACK_TEXT:
        slt_pack_text_span(again, item.span);
        break;
    case SLT_PACK_BIN:
        slt_pack_bin(again, item.span.bytes, item.span.size);
        break;
    case SLT_PACK_ARRAY:
        copy_array(reader, item.count, again);
        break;
    case SLT_PACK_MAP:
        copy_map(reader, item.count, again);
        break;
    }
}

/* The offset of the first byte in which two byte strings differ. */
static size_t first_difference(const slt_pack_reader *reader, const slt_buffer *again)
{
    size_t at = 0;
    while (at < reader->size && at < again->size && reader->bytes[at] == again->data[at])
        at++;
    return at;
}

slt_status slt_pack_validate(const void *bytes, size_t size, const char *name,
                             slt_error *err)
{
    slt_pack_reader reader;
    slt_buffer again = {0};
    slt_pack_reader_init(&reader, bytes, size, name);
    slt_buffer_extend(&again, size); /* at once */
    slt_buffer_clear(&again);
    copy_item(&reader, &again);
    size_t same = first_difference(&reader, &again);
    if (!reader.failed && !again.failed && reader.at == size &&
        (same != size || again.size != size))
        slt_pack_reader_fail(&reader, same, "expected the canonical encoding");
    bool short_of_memory = again.failed;
    slt_buffer_free(&again);
    if (short_of_memory)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to check it", name);
    return slt_pack_reader_end(&reader, err);
}
