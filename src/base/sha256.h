/* SHA-256 (libsodium's) as hexadecimal text. */
#ifndef SLT_BASE_SHA256_H
#define SLT_BASE_SHA256_H

#include <stdbool.h>
#include <stddef.h>

#include <sodium/crypto_hash_sha256.h>

#define SLT_SHA256_TEXT_MAX 65 /* 64 lower-case hex digits and NUL */

/* The digest of `size` bytes as text; bytes may be NULL if there are none. */
void slt_sha256_of(const void *bytes, size_t size, char text[SLT_SHA256_TEXT_MAX]);

/* The same of bytes that come in pieces: begin, add each, end. */
typedef crypto_hash_sha256_state slt_sha256;
void slt_sha256_begin(slt_sha256 *sum);
void slt_sha256_add(slt_sha256 *sum, const void *bytes, size_t size);
void slt_sha256_end(slt_sha256 *sum, char text[SLT_SHA256_TEXT_MAX]);

/* Whether text is exactly 64 lower-case hexadecimal digits. */
bool slt_sha256_valid(const char *text);

#endif
