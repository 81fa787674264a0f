#include "base/sha256.h"

#include <string.h>

void slt_sha256_begin(slt_sha256 *sum)
{
    crypto_hash_sha256_init(sum);
}

void slt_sha256_add(slt_sha256 *sum, const void *bytes, size_t size)
{
    crypto_hash_sha256_update(sum, bytes, size);
}

void slt_sha256_end(slt_sha256 *sum, char text[SLT_SHA256_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final(sum, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * sizeof digest] = 0;
}

void slt_sha256_of(const void *bytes, size_t size, char text[SLT_SHA256_TEXT_MAX])
{
    slt_sha256 sum;
    slt_sha256_begin(&sum);
    slt_sha256_add(&sum, bytes, size);
    slt_sha256_end(&sum, text);
}

bool slt_sha256_valid(const char *text)
{
    return strspn(text, "0123456789abcdef") == 64 && text[64] == 0;
}
