#include "codec/digest.h"

#include <string.h>

#define XXH_STATIC_LINKING_ONLY /* a state on the stack */
#include <xxhash.h>

#include "base/assert.h"

static slt_digest canonical(XXH128_hash_t hash)
{
    XXH128_canonical_t form;
    slt_digest digest;
    XXH128_canonicalFromHash(&form, hash);
    memcpy(digest.bytes, form.digest, sizeof digest.bytes);
    return digest;
}

slt_digest slt_digest_of(const void *bytes, size_t size)
{
    return canonical(XXH3_128bits(bytes, size));
}

slt_digest slt_digest_chain(slt_digest previous, const void *bytes, size_t size)
{
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_128bits_reset(&state);
    XXH3_128bits_update(&state, previous.bytes, sizeof previous.bytes);
    XXH3_128bits_update(&state, bytes, size);
    return canonical(XXH3_128bits_digest(&state));
}

/* A record ends with two bytes of msgpack, which announce a hash, and the hash. */
slt_digest slt_digest_body(const uint8_t *bytes, size_t size)
{
    const size_t tail = 2 + sizeof(slt_digest);
    SLT_ASSERT(size > tail);
    return slt_digest_of(bytes, size - tail);
}

bool slt_digest_equal(slt_digest a, slt_digest b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

void slt_digest_text(slt_digest digest, char text[SLT_DIGEST_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof digest.bytes; i++) {
        text[2 * i] = digits[digest.bytes[i] >> 4];
        text[2 * i + 1] = digits[digest.bytes[i] & 15];
    }
    text[2 * sizeof digest.bytes] = 0;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool slt_digest_parse(const char *text, slt_digest *digest)
{
    for (size_t i = 0; i < sizeof digest->bytes; i++) {
        int high = digit_of(text[2 * i]);
        int low = high < 0 ? -1 : digit_of(text[2 * i + 1]);
        if (low < 0)
            return false;
        digest->bytes[i] = (uint8_t)(high << 4 | low);
    }
    return text[2 * sizeof digest->bytes] == 0;
}

uint32_t slt_digest_prefix(slt_digest digest)
{
    const uint8_t *b = digest.bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
