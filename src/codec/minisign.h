/* Signatures for those who keep them in other files than minisign's. */
#ifndef SLT_CODEC_MINISIGN_H
#define SLT_CODEC_MINISIGN_H

#include <sltrace/signature.h>

#include "base/buffer.h"

/* Appends bytes in base64, with padding. */
void slt_base64(slt_buffer *out, const void *bytes, size_t size);
/* Appends the bytes that a text of base64 with padding stands for; false, with nothing
 * appended, where it is none, or memory is short (out->failed). */
bool slt_base64_read(const char *text, slt_buffer *out);

/* The Ed25519 signature of `size` bytes, of which none is hashed before. */
#define SLT_SIGNATURE_BYTES 64
slt_status slt_sign_bytes(const slt_secret_key *key, const void *bytes, size_t size,
                          uint8_t signature[SLT_SIGNATURE_BYTES], slt_error *err);
/* Whether this is the key's signature of these bytes. */
bool slt_signs(const uint8_t signature[SLT_SIGNATURE_BYTES], const void *bytes,
               size_t size, const slt_public_key *key);

#endif
