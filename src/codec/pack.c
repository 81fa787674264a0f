#include "codec/pack.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* One row for each first byte from 0xc0 to 0xdf: how many bytes of argument (a value or
 * a length) follow, and the least argument that needs so many. */
typedef struct form {
    slt_pack_kind kind;
    uint8_t width;
    uint64_t least;
} form;

static const form forms[32] = {
    {SLT_PACK_NIL, 0, 0},
    {SLT_PACK_NONE, 0, 0},
    {SLT_PACK_BOOL, 0, 0},
    {SLT_PACK_BOOL, 0, 0},
    {SLT_PACK_BIN, 1, 0},
    {SLT_PACK_BIN, 2, 0x100},
    {SLT_PACK_BIN, 4, 0x10000},
    {SLT_PACK_NONE, 0, 0}, /* ext 8, 16, 32 */
    {SLT_PACK_NONE, 0, 0},
    {SLT_PACK_NONE, 0, 0},
    {SLT_PACK_NONE, 0, 0}, /* float 32 */
    {SLT_PACK_REAL, 8, 0},
    {SLT_PACK_UINT, 1, 0x80},
    {SLT_PACK_UINT, 2, 0x100},
    {SLT_PACK_UINT, 4, 0x10000},
    {SLT_PACK_UINT, 8, 0x100000000},
    {SLT_PACK_NEGATIVE, 1, 0x21}, /* arguments of negative integers: their magnitudes */
    {SLT_PACK_NEGATIVE, 2, 0x81},
    {SLT_PACK_NEGATIVE, 4, 0x8001},
    {SLT_PACK_NEGATIVE, 8, 0x80000001},
    {SLT_PACK_NONE, 0, 0}, /* fixext 1, 2, 4, 8, 16 */
    {SLT_PACK_NONE, 0, 0},
    {SLT_PACK_NONE, 0, 0},
    {SLT_PACK_NONE, 0, 0},
    {SLT_PACK_NONE, 0, 0},
    {SLT_PACK_TEXT, 1, 0x20},
    {SLT_PACK_TEXT, 2, 0x100},
    {SLT_PACK_TEXT, 4, 0x10000},
    {SLT_PACK_ARRAY, 2, 0x10},
    {SLT_PACK_ARRAY, 4, 0x10000},
    {SLT_PACK_MAP, 2, 0x10},
    {SLT_PACK_MAP, 4, 0x10000},
};

/* The row of a first byte; *embedded is the argument that the byte itself contains. */
static form form_of(uint8_t first, uint64_t *embedded)
{
    *embedded = 0;
    if (first >= 0xc0 && first <= 0xdf)
        return forms[first - 0xc0];
    if (first < 0x80) {
        *embedded = first;
        return (form){SLT_PACK_UINT, 0, 0};
    }
    if (first >= 0xe0) {
        *embedded = 0x100u - first;
        return (form){SLT_PACK_NEGATIVE, 0, 0};
    }
    *embedded = first < 0xa0 ? first & 0x0f : first & 0x1f;
    if (first < 0x90)
        return (form){SLT_PACK_MAP, 0, 0};
    return (form){first < 0xa0 ? SLT_PACK_ARRAY : SLT_PACK_TEXT, 0, 0};
}

const char *slt_pack_kind_words(slt_pack_kind kind)
{
    static const char *const words[] = {"nothing",
                                        "nil",
                                        "a boolean",
                                        "an unsigned integer",
                                        "a negative integer",
                                        "a real number",
                                        "a text",
                                        "bytes",
                                        "an array",
                                        "a map"};
    return words[kind];
}

void slt_pack_reader_init(slt_pack_reader *reader, const void *bytes, size_t size,
                          const char *name)
{
    *reader = (slt_pack_reader){.bytes = bytes, .size = size, .name = name};
}

void slt_pack_reader_fail(slt_pack_reader *reader, size_t offset, const char *format, ...)
{
    if (reader->failed)
        return;
    char what[SLT_ERROR_TEXT_MAX / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    reader->failed = true;
    reader->failed_at = offset;
    slt_fail(&reader->error, SLT_FORMAT, "%s: byte %zu: %s", reader->name, offset, what);
}

slt_status slt_pack_reader_end(slt_pack_reader *reader, slt_error *err)
{
    if (reader->at != reader->size)
        slt_pack_reader_fail(reader, reader->at, "expected the end, found %zu more bytes",
                             reader->size - reader->at);
    if (!reader->failed)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "%s", reader->error.text);
}

slt_pack_kind slt_pack_peek(const slt_pack_reader *reader)
{
    uint64_t embedded;
    if (reader->failed || reader->at == reader->size)
        return SLT_PACK_NONE;
    return form_of(reader->bytes[reader->at], &embedded).kind;
}

static size_t bytes_left(const slt_pack_reader *reader)
{
    return reader->size - reader->at;
}

static uint64_t load_big_endian(const uint8_t *at, size_t width)
{
    uint64_t value = 0;
    for (size_t i = 0; i < width; i++)
        value = value << 8 | at[i];
    return value;
}

/* Reads the bytes of the argument; that of a negative integer is turned into its
 * magnitude. */
static uint64_t read_argument(slt_pack_reader *reader, size_t offset, form f)
{
    if (bytes_left(reader) < f.width) {
        slt_pack_reader_fail(reader, offset, "cut short: %s of %zu bytes, found %zu",
                             slt_pack_kind_words(f.kind), (size_t)f.width + 1,
                             reader->size - offset);
        return 0;
    }
    uint64_t value = load_big_endian(reader->bytes + reader->at, f.width);
    reader->at += f.width;
    bool shortest = value >= f.least;
    if (f.kind == SLT_PACK_NEGATIVE) {
        uint64_t sign = (uint64_t)1 << (8 * f.width - 1);
        uint64_t magnitude = sign - (value & (sign - 1));
        shortest = value & sign && magnitude >= f.least;
        value = magnitude;
    }
    if (!shortest)
        slt_pack_reader_fail(reader, offset, "expected the shortest encoding of %s",
                             slt_pack_kind_words(f.kind));
    return value;
}

/* Counts the item in the containers that are open, and closes those that are full. */
static void count_item(slt_pack_reader *reader)
{
    if (reader->depth > 0)
        reader->left[reader->depth - 1]--;
}

static void close_full(slt_pack_reader *reader)
{
    while (reader->depth > 0 && reader->left[reader->depth - 1] == 0)
        reader->depth--;
}

static void read_span(slt_pack_reader *reader, slt_pack_item *item, uint64_t size)
{
    if (size > bytes_left(reader)) {
        slt_pack_reader_fail(reader, item->offset,
                             "cut short: %s of %llu bytes, %zu bytes left",
                             slt_pack_kind_words(item->kind), (unsigned long long)size,
                             bytes_left(reader));
        return;
    }
    item->span = (slt_pack_span){reader->bytes + reader->at, (size_t)size};
    reader->at += (size_t)size;
    if (item->kind == SLT_PACK_TEXT && !slt_utf8_valid(item->span.bytes, item->span.size))
        slt_pack_reader_fail(reader, item->offset, "expected a text in UTF-8");
}

static void open_container(slt_pack_reader *reader, slt_pack_item *item, uint64_t count)
{
    uint64_t items = item->kind == SLT_PACK_MAP ? 2 * count : count;
    if (items > bytes_left(reader))
        slt_pack_reader_fail(reader, item->offset,
                             "cut short: %s of %llu items, %zu bytes left",
                             slt_pack_kind_words(item->kind), (unsigned long long)items,
                             bytes_left(reader));
    else if (reader->depth == SLT_PACK_DEPTH_MAX)
        slt_pack_reader_fail(reader, item->offset, "more than %d containers deep",
                             SLT_PACK_DEPTH_MAX);
    else {
        item->count = (size_t)count;
        reader->left[reader->depth++] = items;
    }
}

static void read_body(slt_pack_reader *reader, slt_pack_item *item, uint64_t argument)
{
    switch (item->kind) {
    case SLT_PACK_BOOL:
        item->truth = reader->bytes[item->offset] & 1;
        break;
    case SLT_PACK_UINT:
    case SLT_PACK_NEGATIVE:
        item->value = argument;
        break;
    case SLT_PACK_REAL:
        item->real.bits = argument;
        if (!slt_real_finite(item->real))
            slt_pack_reader_fail(reader, item->offset, "expected a finite number");
        break;
    case SLT_PACK_TEXT:
    case SLT_PACK_BIN:
        read_span(reader, item, argument);
        break;
    case SLT_PACK_ARRAY:
    case SLT_PACK_MAP:
        open_container(reader, item, argument);
        break;
    case SLT_PACK_NIL:
    case SLT_PACK_NONE:
        break;
    }
}

slt_pack_item slt_pack_read(slt_pack_reader *reader)
{
    slt_pack_item item = {.offset = reader->at};
    if (!reader->failed && bytes_left(reader) == 0)
        slt_pack_reader_fail(reader, reader->at, "expected more, found the end");
    if (reader->failed)
        return item;
    uint64_t argument;
    form f = form_of(reader->bytes[reader->at++], &argument);
    if (f.kind == SLT_PACK_NONE)
        slt_pack_reader_fail(reader, item.offset,
                             "type byte 0x%02x is not in the profile",
                             reader->bytes[item.offset]);
    else if (f.width > 0)
        argument = read_argument(reader, item.offset, f);
    if (!reader->failed) {
        item.kind = f.kind;
        count_item(reader);
        read_body(reader, &item, argument);
        close_full(reader);
    }
    if (reader->failed)
        return (slt_pack_item){.offset = item.offset};
    return item;
}

static slt_pack_item read_kind(slt_pack_reader *reader, slt_pack_kind kind)
{
    slt_pack_kind found = slt_pack_peek(reader);
    if (!reader->failed && found != SLT_PACK_NONE && found != kind)
        slt_pack_reader_fail(reader, reader->at, "expected %s, found %s",
                             slt_pack_kind_words(kind), slt_pack_kind_words(found));
    return slt_pack_read(reader);
}

void slt_pack_read_nil(slt_pack_reader *reader)
{
    read_kind(reader, SLT_PACK_NIL);
}

uint64_t slt_pack_read_uint(slt_pack_reader *reader)
{
    return read_kind(reader, SLT_PACK_UINT).value;
}

slt_real slt_pack_read_real(slt_pack_reader *reader)
{
    return read_kind(reader, SLT_PACK_REAL).real;
}

slt_pack_span slt_pack_read_text(slt_pack_reader *reader)
{
    return read_kind(reader, SLT_PACK_TEXT).span;
}

slt_pack_span slt_pack_read_bin(slt_pack_reader *reader)
{
    return read_kind(reader, SLT_PACK_BIN).span;
}

size_t slt_pack_read_array(slt_pack_reader *reader)
{
    return read_kind(reader, SLT_PACK_ARRAY).count;
}

size_t slt_pack_read_map(slt_pack_reader *reader)
{
    return read_kind(reader, SLT_PACK_MAP).count;
}

slt_pack_span slt_pack_read_key(slt_pack_reader *reader)
{
    slt_pack_item item = read_kind(reader, SLT_PACK_TEXT);
    bool printable = item.span.size > 0;
    for (size_t i = 0; i < item.span.size; i++)
        printable = printable && item.span.bytes[i] >= ' ' && item.span.bytes[i] <= '~';
    if (!printable)
        slt_pack_reader_fail(reader, item.offset, "expected a key of printable ASCII");
    return reader->failed ? (slt_pack_span){0} : item.span;
}

static bool span_is(slt_pack_span span, const char *text)
{
    return span.size && strlen(text) == span.size &&
           memcmp(span.bytes, text, span.size) == 0;
}

void slt_pack_expect_key(slt_pack_reader *reader, const char *key)
{
    size_t offset = reader->at;
    slt_pack_span found = slt_pack_read_key(reader);
    if (!reader->failed && !span_is(found, key))
        slt_pack_reader_fail(reader, offset, "expected key '%s', found '%.*s'", key,
                             (int)(found.size < 64 ? found.size : 64), found.bytes);
}

bool slt_pack_accept_key(slt_pack_reader *reader, const char *key)
{
    if (slt_pack_peek(reader) != SLT_PACK_TEXT)
        return false;
    const size_t at = reader->at, depth = reader->depth;
    const uint64_t left = depth ? reader->left[depth - 1] : 0;
    if (span_is(slt_pack_read_key(reader), key)) /* empty if it failed */
        return true;
    reader->at = at;
    reader->depth = depth;
    if (depth)
        reader->left[depth - 1] = left;
    reader->failed = false;
    return false;
}

bool slt_pack_span_text(slt_pack_span span, char *text, size_t text_max)
{
    if (span.size >= text_max || (span.size && memchr(span.bytes, 0, span.size)))
        return false;
    if (span.size)
        memcpy(text, span.bytes, span.size);
    text[span.size] = 0;
    return true;
}
