/* msgpack in the strict profile: what is taken, written item by item as it is read, gives
 * the same bytes; and cut or continued by a byte it is refused. */
#include "fuzz.h"

#include "codec/pack.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const int64_t edges[] = {
        0,    127,  128,    255,    256,       65535,     65536,     -32, -33,
        -128, -129, -32768, -32769, 1LL << 32, INT64_MIN, INT64_MAX, -1,  -65537};
    const size_t count = sizeof edges / sizeof *edges;
    char text[300];
    memset(text, 'x', sizeof text);
    text[31 + n] = 0;
    slt_pack_map(bytes, 7);
    slt_pack_text(bytes, "integers");
    slt_pack_array(bytes, count);
    for (size_t i = 0; i < count; i++)
        slt_pack_int(bytes, edges[i]);
    slt_pack_text(bytes, "text");
    slt_pack_text(bytes, text);
    slt_pack_text(bytes, "bytes");
    slt_pack_bin(bytes, text, 250 + 2 * n);
    slt_pack_text(bytes, "real");
    slt_pack_real(bytes, slt_real_of(-0.0));
    slt_pack_text(bytes, "flags");
    slt_pack_array(bytes, 3);
    slt_pack_bool(bytes, true);
    slt_pack_bool(bytes, false);
    slt_pack_nil(bytes);
    slt_pack_text(bytes, "unicode");
    slt_pack_text(bytes, "\xc3\xa9 \xe2\x88\x82 \xf0\x9f\x8e\xb2");
    slt_pack_text(bytes, "deep");
    for (size_t i = 0; i < 28 + n; i++)
        slt_pack_array(bytes, 1);
    slt_pack_nil(bytes);
}

/* Writes the next item of a cursor as it is. */
static void copy(slt_pack_reader *from, slt_buffer *to)
{
    const slt_pack_item item = slt_pack_read(from);
    const slt_pack_kind kind = item.kind;
    if (kind == SLT_PACK_NIL)
        slt_pack_nil(to);
    if (kind == SLT_PACK_BOOL)
        slt_pack_bool(to, item.truth);
    if (kind == SLT_PACK_UINT)
        slt_pack_uint(to, item.value);
    if (kind == SLT_PACK_NEGATIVE)
        slt_pack_int(to, (int64_t)(0 - item.value));
    if (kind == SLT_PACK_REAL)
        slt_pack_real(to, item.real);
    if (kind == SLT_PACK_TEXT)
        slt_pack_text_span(to, item.span);
    if (kind == SLT_PACK_BIN)
        slt_pack_bin(to, item.span.bytes, item.span.size);
    if (kind == SLT_PACK_ARRAY)
        slt_pack_array(to, item.count);
    if (kind == SLT_PACK_MAP)
        slt_pack_map(to, item.count);
}

static void check_ends(const uint8_t *bytes, size_t size)
{
    slt_buffer longer = {0};
    slt_buffer_append(&longer, bytes, size);
    slt_buffer_byte(&longer, 0xc0);
    FUZZ_REQUIRE(slt_pack_validate(longer.data, size + 1, "x", NULL), "taken with a nil");
    FUZZ_REQUIRE(slt_pack_validate(bytes, size - 1, "x", NULL), "taken cut short");
    slt_buffer_free(&longer);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_pack_reader reader;
    slt_buffer again = {0};
    slt_error err = {0};
    slt_status status = slt_pack_validate(bytes, size, "x", &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x: byte ");
        return false;
    }
    slt_pack_reader_init(&reader, bytes, size, "x");
    while (!reader.failed && reader.at < size)
        copy(&reader, &again);
    FUZZ_REQUIRE(slt_pack_reader_end(&reader, NULL) == SLT_OK && reader.depth == 0 &&
                     fuzz_same(&again, bytes, size),
                 "written again it is other bytes");
    check_ends(bytes, size);
    slt_buffer_free(&again);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    (void)said;
    return slt_pack_validate(bytes, size, "x", NULL);
}

static const fuzz_target fuzz_this = {.name = "pack",
                                      .mutants = 50000,
                                      .seeds = 4,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
