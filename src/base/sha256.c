#include "base/sha256.h"

#include <string.h>

void slt_sha256_init(slt_sha256 *hash)
{
    crypto_hash_sha256_init(&hash->state);
}

void slt_sha256_update(slt_sha256 *hash, const void *bytes, size_t size)
{
    if (size)
        crypto_hash_sha256_update(&hash->state, bytes, size);
}

void slt_sha256_text(const slt_sha256 *hash, char text[SLT_SHA256_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state = hash->state;
    crypto_hash_sha256_final(&state, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * sizeof digest] = 0;
}

void slt_sha256_of(const void *bytes, size_t size, char text[SLT_SHA256_TEXT_MAX])
{
    slt_sha256 hash;
    slt_sha256_init(&hash);
    slt_sha256_update(&hash, bytes, size);
    slt_sha256_text(&hash, text);
}

bool slt_sha256_valid(const char *text)
{
    return strspn(text, "0123456789abcdef") == 64 && text[64] == 0;
}
