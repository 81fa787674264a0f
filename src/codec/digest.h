/* XXH3-128 digests in their canonical (big-endian) form, and the chain of records. */
#ifndef SLT_CODEC_DIGEST_H
#define SLT_CODEC_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/trace.h>

slt_digest slt_digest_of(const void *bytes, size_t size);
/* H_k of a record: the digest of the 16 bytes of `previous`, which is H_(k-1) or all
 * zero before the first record, followed by the bytes of its kind and body. */
slt_digest slt_digest_chain(slt_digest previous, const void *bytes, size_t size);
/* The digest of the bytes of a record's kind and body alone, without its hash and what
 * came before; false if the trace has no such record. */
bool slt_trace_body(const slt_trace *trace, size_t index, slt_digest *digest);
/* The same, from the bytes of one record. */
slt_digest slt_digest_body(const uint8_t *bytes, size_t size);
bool slt_digest_equal(slt_digest a, slt_digest b);
/* Reads a digest of exactly 32 lower-case hexadecimal digits; false if text is
 * anything else. */
bool slt_digest_parse(const char *text, slt_digest *digest);
/* The first 8 hexadecimal digits as a number, which is what a trail holds. */
uint32_t slt_digest_prefix(slt_digest digest);

#endif
