#include "pack_skip.h"
#include "tap.h"

#include <msgpack/unpack.h>

#include "codec/pack.h"

static slt_buffer out;

static const char *hex(const slt_buffer *buffer)
{
    static char text[4096];
    for (size_t i = 0; i < buffer->size && 2 * i + 3 < sizeof text; i++)
        snprintf(text + 2 * i, 3, "%02x", buffer->data[i]);
    text[2 * buffer->size < sizeof text ? 2 * buffer->size : sizeof text - 1] = 0;
    return text;
}

#define WRITES(call, want)                                                               \
    do {                                                                                 \
        slt_buffer_clear(&out);                                                          \
        call;                                                                            \
        TAP_EQ_TEXT(hex(&out), want, #call);                                             \
    } while (0)

static void test_writing(void)
{
    WRITES(slt_pack_nil(&out), "c0");
    WRITES(slt_pack_bool(&out, false), "c2");
    WRITES(slt_pack_bool(&out, true), "c3");
    WRITES(slt_pack_uint(&out, 0), "00");
    WRITES(slt_pack_uint(&out, 127), "7f");
    WRITES(slt_pack_uint(&out, 128), "cc80");
    WRITES(slt_pack_uint(&out, 255), "ccff");
    WRITES(slt_pack_uint(&out, 256), "cd0100");
    WRITES(slt_pack_uint(&out, 65535), "cdffff");
    WRITES(slt_pack_uint(&out, 65536), "ce00010000");
    WRITES(slt_pack_uint(&out, UINT32_MAX), "ceffffffff");
    WRITES(slt_pack_uint(&out, (uint64_t)UINT32_MAX + 1), "cf0000000100000000");
    WRITES(slt_pack_uint(&out, UINT64_MAX), "cfffffffffffffffff");
    WRITES(slt_pack_int(&out, 200), "ccc8");
    WRITES(slt_pack_int(&out, -1), "ff");
    WRITES(slt_pack_int(&out, -32), "e0");
    WRITES(slt_pack_int(&out, -33), "d0df");
    WRITES(slt_pack_int(&out, -128), "d080");
    WRITES(slt_pack_int(&out, -129), "d1ff7f");
    WRITES(slt_pack_int(&out, -32768), "d18000");
    WRITES(slt_pack_int(&out, -32769), "d2ffff7fff");
    WRITES(slt_pack_int(&out, INT32_MIN), "d280000000");
    WRITES(slt_pack_int(&out, (int64_t)INT32_MIN - 1), "d3ffffffff7fffffff");
    WRITES(slt_pack_int(&out, INT64_MIN), "d38000000000000000");
    WRITES(slt_pack_real(&out, (slt_real){0x3ff0000000000000}), "cb3ff0000000000000");
    WRITES(slt_pack_real(&out, (slt_real){0x8000000000000000}), "cb8000000000000000");
    WRITES(slt_pack_text(&out, ""), "a0");
    WRITES(slt_pack_text(&out, "ab"), "a26162");
    WRITES(slt_pack_bin(&out, "\1\2", 2), "c4020102");
    WRITES(slt_pack_array(&out, 15), "9f");
    WRITES(slt_pack_array(&out, 16), "dc0010");
    WRITES(slt_pack_array(&out, 65536), "dd00010000");
    WRITES(slt_pack_map(&out, 2), "82");
    WRITES(slt_pack_map(&out, 16), "de0010");
}

/* What slt_pack_validate says of bytes written as hex: "" where they are right. */
static const char *judge(const char *text)
{
    static slt_error err;
    uint8_t bytes[256];
    size_t size = strlen(text) / 2;
    for (size_t i = 0; i < size; i++) {
        unsigned byte;
        sscanf(text + 2 * i, "%2x", &byte);
        bytes[i] = (uint8_t)byte;
    }
    err.text[0] = 0;
    slt_status status = slt_pack_validate(bytes, size, "x", &err);
    return status == SLT_OK ? "" : err.text;
}

#define REFUSES(text, part)                                                              \
    do {                                                                                 \
        const char *said_ = judge(text);                                                 \
        if (!TAP_OK(strstr(said_, part) != NULL, "%s: %s", text, part))                  \
            tap_note("said '%s'", said_);                                                \
    } while (0)

#define EIGHT_A "6161616161616161"
#define SIXTY_FOUR_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A EIGHT_A

static void test_refusals(void)
{
    REFUSES("", "byte 0: expected more");
    REFUSES("00"
            "00",
            "byte 1: expected the end, found 1 more");
    REFUSES("cc7f", "shortest");
    REFUSES("cd00ff", "shortest");
    REFUSES("ce0000ffff", "shortest");
    REFUSES("cf00000000ffffffff", "shortest");
    REFUSES("d0e0", "shortest");
    REFUSES("d07f", "shortest");
    REFUSES("d1ff80", "shortest");
    REFUSES("d10001", "shortest");
    REFUSES("d2ffff8000", "shortest");
    REFUSES("d3ffffffff80000000", "shortest");
    REFUSES("d90161", "shortest");
    REFUSES("da000161", "shortest");
    REFUSES("c5000161", "shortest");
    REFUSES("dc000100", "shortest");
    REFUSES("de0000", "shortest");
    REFUSES("ca3f800000", "0xca is not in the profile");
    REFUSES("c1", "not in the profile");
    REFUSES("c70100"
            "00",
            "not in the profile");
    REFUSES("d40000", "not in the profile");
    REFUSES("cb7ff0000000000000", "finite");
    REFUSES("cbfff8000000000001", "finite");
    REFUSES("cd01", "cut short");
    REFUSES("a3"
            "6162",
            "cut short: a text of 3 bytes, 2 bytes left");
    REFUSES("c6ffffffff00", "cut short");
    REFUSES("ddffffffff", "cut short");
    REFUSES("dfffffffff", "cut short: a map of 8589934590 items");
    REFUSES("9100"
            "00",
            "found 1 more");
    REFUSES("92"
            "00",
            "cut short");
    REFUSES("81"
            "0000",
            "byte 1: expected a text, found an unsigned integer");
    REFUSES("81"
            "a0"
            "00",
            "printable");
    REFUSES("81"
            "a10a"
            "00",
            "printable");
    REFUSES("81"
            "a2c3a4"
            "00",
            "printable");
    REFUSES("82"
            "a161"
            "00"
            "a161"
            "01",
            "byte 4: key 'a' is repeated");
    REFUSES("a180", "UTF-8");
    REFUSES("a2c080", "UTF-8");
    REFUSES("a3eda080", "UTF-8");
    REFUSES("a4f4908080", "UTF-8");
    REFUSES("a3e28c"
            "00",
            "UTF-8");
    REFUSES(
        "82"
        "d946" SIXTY_FOUR_A "616161616161"
        "00"
        "d946" SIXTY_FOUR_A "616161616161"
        "01",
        "byte 74: key 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' "
        "is repeated");
    TAP_EQ_TEXT(judge("a2c3a4"), "", "two-byte character");
    TAP_EQ_TEXT(judge("a4f48fbfbf"), "", "U+10FFFF");
    TAP_EQ_TEXT(judge("82"
                      "a161"
                      "d080"
                      "a162"
                      "92c0c3"),
                "", "a map");
}

static void test_depth(void)
{
    uint8_t nested[SLT_PACK_DEPTH_MAX + 2];
    memset(nested, 0x91, sizeof nested);
    nested[SLT_PACK_DEPTH_MAX + 1] = 0;
    slt_error err = {0};
    TAP_OK(slt_pack_validate(nested + 1, sizeof nested - 1, "x", NULL) == SLT_OK,
           "32 deep");
    TAP_OK(slt_pack_validate(nested, sizeof nested, "x", &err) == SLT_FORMAT, "33 deep");
    TAP_EQ_TEXT(err.text, "x: byte 32: more than 32 containers deep", "says so");
}

static void write_sample(slt_buffer *to)
{
    static const uint8_t bytes[300] = {1, 2, 3};
    slt_pack_map(to, 4);
    slt_pack_text(to, "list");
    slt_pack_array(to, 20);
    for (int i = 0; i < 20; i++)
        slt_pack_int(to,
                     (int64_t)((uint64_t)0x9e3779b97f4a7c15 >> 3 * i) * (i % 2 ? -1 : 1));
    slt_pack_text(to, "real");
    slt_pack_real(to, slt_real_of(-0.1));
    slt_pack_text(to, "bin");
    slt_pack_bin(to, bytes, sizeof bytes);
    slt_pack_text(to, "none");
    slt_pack_nil(to);
}

/* msgpack-c's own unpacker reads what is written, and writes the same when asked to. */
static void test_against_msgpack(void)
{
    slt_buffer_clear(&out);
    write_sample(&out);
    msgpack_unpacked result;
    msgpack_unpacked_init(&result);
    size_t used = 0;
    msgpack_unpack_return got =
        msgpack_unpack_next(&result, (const char *)out.data, out.size, &used);
    TAP_OK(got == MSGPACK_UNPACK_SUCCESS && used == out.size, "msgpack-c reads it whole");
    TAP_OK(result.data.type == MSGPACK_OBJECT_MAP && result.data.via.map.size == 4,
           "map");
    const msgpack_object_kv *pair = result.data.via.map.ptr;
    TAP_EQ_U64(pair[0].val.via.array.size, 20, "array");
    TAP_OK(pair[0].val.via.array.ptr[1].via.i64 == -(int64_t)(0x9e3779b97f4a7c15 >> 3),
           "a negative item");
    TAP_OK(slt_real_of(pair[1].val.via.f64).bits == slt_real_of(-0.1).bits, "real");
    TAP_OK(pair[2].val.via.bin.size == 300 && pair[2].val.via.bin.ptr[2] == 3, "bin");
    TAP_OK(pair[3].val.type == MSGPACK_OBJECT_NIL, "nil");
    msgpack_unpacked_destroy(&result);
    TAP_OK(slt_pack_validate(out.data, out.size, "x", NULL) == SLT_OK, "and so do we");
}

static void test_cursor(void)
{
    slt_pack_reader reader;
    slt_buffer_clear(&out);
    write_sample(&out);
    slt_pack_uint(&out, 7);
    slt_pack_reader_init(&reader, out.data, out.size, "f");
    TAP_EQ_U64(slt_pack_read_map(&reader), 4, "map of 4");
    TAP_OK(!slt_pack_accept_key(&reader, "none"), "another key is not accepted");
    TAP_OK(slt_pack_accept_key(&reader, "list"), "the key is");
    TAP_EQ_U64(slt_pack_read_array(&reader), 20, "array of 20");
    for (int i = 0; i < 20; i++)
        pack_skip(&reader);
    slt_pack_expect_key(&reader, "real");
    TAP_OK(slt_pack_read_real(&reader).bits == slt_real_of(-0.1).bits, "real");
    slt_pack_expect_key(&reader, "bin");
    TAP_EQ_U64(slt_pack_read_bin(&reader).size, 300, "bin");
    slt_pack_expect_key(&reader, "none");
    slt_pack_read_nil(&reader);
    TAP_EQ_U64(reader.depth, 0, "the map is closed");
    TAP_EQ_U64(slt_pack_read_uint(&reader), 7, "the next item");
    TAP_OK(slt_pack_reader_end(&reader, NULL) == SLT_OK, "the end");
    slt_pack_reader_init(&reader, out.data, out.size, "f");
    pack_skip(&reader);
    TAP_EQ_U64(slt_pack_read_uint(&reader), 7, "skipping a map");
}

/* A key that is not accepted, the last item of two containers, can still be read. */
static void test_not_accepted(void)
{
    slt_pack_reader reader;
    slt_buffer_clear(&out);
    slt_pack_array(&out, 1);
    slt_pack_array(&out, 1);
    slt_pack_text(&out, "step");
    slt_pack_reader_init(&reader, out.data, out.size, "f");
    slt_pack_read_array(&reader);
    slt_pack_read_array(&reader);
    TAP_OK(!slt_pack_accept_key(&reader, "stop"), "another key at the end");
    TAP_EQ_U64(reader.depth, 2, "closes nothing");
    slt_pack_expect_key(&reader, "step");
    TAP_EQ_U64(reader.depth, 0, "read, it does");
    TAP_OK(slt_pack_reader_end(&reader, NULL) == SLT_OK, "the end");
    slt_buffer_clear(&out);
    slt_pack_text(&out, "\n");
    slt_pack_reader_init(&reader, out.data, out.size, "f");
    TAP_OK(!slt_pack_accept_key(&reader, "n") && !reader.failed && reader.at == 0,
           "what is no key is none");
}

/* One byte that is not UTF-8, at every place of texts of every length. */
static void test_utf8(void)
{
    size_t taken = 0;
    for (size_t length = 1; length < 30; length++)
        for (size_t at = 0; at < length; at++) {
            char text[30];
            memset(text, 'a', sizeof text);
            text[length] = 0;
            text[at] = at % 2 ? '\xff' : '\xc3';
            slt_buffer_clear(&out);
            slt_pack_text(&out, text);
            taken += slt_pack_validate(out.data, out.size, "x", NULL) == SLT_OK;
        }
    TAP_EQ_U64(taken, 0, "no text with a byte that is not UTF-8");
}

static void test_latch(void)
{
    slt_error err = {0};
    slt_pack_reader reader;
    slt_buffer_clear(&out);
    slt_pack_map(&out, 1);
    slt_pack_text(&out, "step");
    slt_pack_bool(&out, true);
    slt_pack_reader_init(&reader, out.data, out.size, "f");
    slt_pack_read_map(&reader);
    slt_pack_expect_key(&reader, "stop");
    TAP_EQ_U64(slt_pack_read_uint(&reader), 0, "after an error, nothing");
    TAP_OK(slt_pack_peek(&reader) == SLT_PACK_NONE, "nor a kind");
    TAP_OK(slt_pack_reader_end(&reader, &err) == SLT_FORMAT, "format");
    TAP_EQ_TEXT(err.text, "f: byte 1: expected key 'stop', found 'step'", "first error");
    slt_buffer_clear(&out);
    slt_pack_map(&out, 1);
    slt_pack_text(&out, "0123456789012345678901234567890123456789012345678901234567890123"
                        "and more");
    slt_pack_bool(&out, true);
    slt_pack_reader_init(&reader, out.data, out.size, "f");
    slt_pack_read_map(&reader);
    slt_pack_expect_key(&reader, "stop");
    TAP_OK(slt_pack_reader_end(&reader, &err) == SLT_FORMAT, "of a long key");
    TAP_EQ_TEXT(err.text,
                "f: byte 1: expected key 'stop', found "
                "'0123456789012345678901234567890123456789012345678901234567890123'",
                "64 bytes are told");
    slt_buffer_clear(&out);
    slt_pack_map(&out, 1);
    slt_pack_text(&out, "step");
    slt_pack_bool(&out, true);
    slt_pack_reader_init(&reader, out.data, out.size, "f");
    slt_pack_read_map(&reader);
    slt_pack_expect_key(&reader, "step");
    TAP_OK(!slt_pack_accept_key(&reader, "") && !reader.failed, "no key is empty");
    slt_pack_read_uint(&reader);
    slt_pack_reader_end(&reader, &err);
    TAP_EQ_TEXT(err.text, "f: byte 6: expected an unsigned integer, found a boolean",
                "wrong kind");
}

/* Every one-byte change of valid bytes is either refused or valid with another meaning:
 * what validates re-encodes to itself (checked inside) and nothing reads beyond. */
static void test_changes(void)
{
    slt_buffer_clear(&out);
    write_sample(&out);
    size_t accepted = 0, refused = 0;
    for (size_t i = 0; i < 200; i++) {
        uint8_t was = out.data[i];
        for (int value = 0; value < 256; value++) {
            out.data[i] = (uint8_t)value;
            if (slt_pack_validate(out.data, out.size, "x", NULL) == SLT_OK)
                accepted++;
            else
                refused++;
        }
        out.data[i] = was;
    }
    TAP_OK(accepted > 0 && refused > 0, "%zu accepted, %zu refused", accepted, refused);
    for (size_t size = 0; size < out.size; size++)
        if (slt_pack_validate(out.data, size, "x", NULL) == SLT_OK)
            accepted = 0;
    TAP_OK(accepted > 0, "every truncation is refused");
}

int main(void)
{
    test_writing();
    test_refusals();
    test_depth();
    test_against_msgpack();
    test_cursor();
    test_not_accepted();
    test_utf8();
    test_latch();
    test_changes();
    slt_buffer_free(&out);
    return tap_done();
}
