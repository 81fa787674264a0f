#include "tap.h"

#include "codec/digest.h"

static const char *text_of(slt_digest digest)
{
    static char text[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(digest, text);
    return text;
}

/* The sanity buffer of the published XXH3 test vectors. */
static void fill_vector(uint8_t *bytes, size_t size)
{
    uint64_t generator = 2654435761U;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(generator >> 56);
        generator *= 11400714785074694797ULL;
    }
}

static void test_known_answers(void)
{
    uint8_t bytes[512];
    fill_vector(bytes, sizeof bytes);
    TAP_EQ_TEXT(text_of(slt_digest_of("", 0)), "99aa06d3014798d86001c324468d497f",
                "nothing");
    TAP_EQ_TEXT(text_of(slt_digest_of(bytes, 1)), "a6cd5e9392000f6ac44bdff4074eecdb",
                "1 byte");
    TAP_EQ_TEXT(text_of(slt_digest_of(bytes, 512)), "18d2d110dcc9bca1617e49599013cb6b",
                "512 bytes");
}

static void test_chain(void)
{
    uint8_t joined[16 + 5] = {0};
    memcpy(joined + 16, "body!", 5);
    slt_digest zero = {{0}};
    slt_digest first = slt_digest_chain(zero, "body!", 5);
    TAP_OK(slt_digest_equal(first, slt_digest_of(joined, sizeof joined)),
           "the first record's digest follows 16 zero bytes");
    memcpy(joined, first.bytes, 16);
    TAP_OK(slt_digest_equal(slt_digest_chain(first, "body!", 5),
                            slt_digest_of(joined, sizeof joined)),
           "the next one's follows the first's");
    TAP_OK(!slt_digest_equal(first, slt_digest_chain(first, "body!", 5)), "they differ");
}

static void test_text(void)
{
    slt_digest digest = {{0}};
    const char *text = "99aa06d3014798d86001c324468d497f";
    TAP_OK(slt_digest_parse(text, &digest), "parse");
    TAP_EQ_TEXT(text_of(digest), text, "and back");
    TAP_EQ_U64(slt_digest_prefix(digest), 0x99aa06d3, "prefix");
    TAP_OK(!slt_digest_parse("", &digest), "nothing");
    TAP_OK(!slt_digest_parse("99aa06d3014798d86001c324468d497", &digest),
           "a digit short");
    TAP_OK(!slt_digest_parse("99aa06d3014798d86001c324468d497f0", &digest), "one more");
    TAP_OK(!slt_digest_parse("99AA06d3014798d86001c324468d497f", &digest), "upper case");
}

int main(void)
{
    test_known_answers();
    test_chain();
    test_text();
    return tap_done();
}
