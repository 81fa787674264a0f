/* Signatures for those who keep them in other files than minisign's. */
#ifndef SLT_CODEC_MINISIGN_H
#define SLT_CODEC_MINISIGN_H

#include <sltrace/signature.h>

#include "base/buffer.h"

/* Appends bytes in base64, with padding. */
void slt_base64(slt_buffer *out, const void *bytes, size_t size);

/* The Ed25519 signature of `size` bytes, of which none is hashed before. */
#define SLT_SIGNATURE_BYTES 64
slt_status slt_sign_bytes(const slt_secret_key *key, const void *bytes, size_t size,
                          uint8_t signature[SLT_SIGNATURE_BYTES], slt_error *err);

#endif
