/* Dead Simple Signing Envelopes (DSSE 1.0): a JSON object that holds bytes, what they
 * are, and signatures of both. */
#ifndef SLT_CODEC_DSSE_H
#define SLT_CODEC_DSSE_H

#include <sltrace/signature.h>

#include "codec/json.h"

/* Writes the envelope of `size` bytes of this type, signed by Ed25519 over the
 * specification's encoding of both.  The keyid is the key's number. */
slt_status slt_dsse_put(slt_json *json, const slt_secret_key *key, const char *type,
                        const void *payload, size_t size, slt_error *err);

#endif
