/* Dead Simple Signing Envelopes (DSSE 1.0): a JSON object that holds bytes, what they
 * are, and signatures of both. */
#ifndef SLT_CODEC_DSSE_H
#define SLT_CODEC_DSSE_H

#include <sltrace/signature.h>

#include "codec/json.h"
#include "codec/value.h"

/* Writes the envelope of `size` bytes of this type, signed by Ed25519 over the
 * specification's encoding of both.  The keyid is the key's number. */
slt_status slt_dsse_put(slt_json *json, const slt_secret_key *key, const char *type,
                        const void *payload, size_t size, slt_error *err);

/* Reads an envelope, which messages call `name`, of bytes of this type.  With `key` (may
 * be NULL) one of its signatures must be that key's: SLT_DIFFERS, "signed by another key"
 * or "forged".  keyid: of the signature that holds; without a key, of the first, which
 * nobody has checked.  SLT_FORMAT if it is no such envelope. */
slt_status slt_dsse_read(const slt_value *envelope, const char *name, const char *type,
                         const slt_public_key *key, slt_buffer *payload,
                         char keyid[SLT_KEY_NAME_MAX], slt_error *err);

#endif
