/* SHA-256 (libsodium), streaming and as hexadecimal text. */
#ifndef SLT_BASE_SHA256_H
#define SLT_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sodium/crypto_hash_sha256.h>

#define SLT_SHA256_TEXT_MAX 65 /* 64 lower-case hex digits and NUL */

/* A plain value: a copy of it goes on separately. */
typedef struct slt_sha256 {
    crypto_hash_sha256_state state;
} slt_sha256;

void slt_sha256_init(slt_sha256 *hash);
void slt_sha256_update(slt_sha256 *hash, const void *bytes, size_t size);
/* The digest of everything so far; hash itself may go on. */
void slt_sha256_text(const slt_sha256 *hash, char text[SLT_SHA256_TEXT_MAX]);
/* The same for bytes at hand. */
void slt_sha256_of(const void *bytes, size_t size, char text[SLT_SHA256_TEXT_MAX]);

/* Exactly 64 lower-case hexadecimal digits. */
bool slt_sha256_valid(const char *text);

#endif
