#include "base/sha256.h"

#include <string.h>

#include <sodium/crypto_hash_sha256.h>

void slt_sha256_of(const void *bytes, size_t size, char text[SLT_SHA256_TEXT_MAX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, bytes, size);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * sizeof digest] = 0;
}

bool slt_sha256_valid(const char *text)
{
    return strspn(text, "0123456789abcdef") == 64 && text[64] == 0;
}
