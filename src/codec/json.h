/* JSON (RFC 8259) into a buffer.  Commas are put where they belong; braces and brackets
 * are the caller's: slt_json_open(out, '{'), ..., slt_json_close(out, '}'). */
#ifndef SLT_CODEC_JSON_H
#define SLT_CODEC_JSON_H

#include <sltrace/real.h>

#include "base/buffer.h"

/* Before a value that the caller writes: the comma, if one belongs there. */
void slt_json_comma(slt_buffer *out);
void slt_json_open(slt_buffer *out, char bracket);
void slt_json_close(slt_buffer *out, char bracket);
void slt_json_key(slt_buffer *out, const char *key);
/* Texts as base/escape.h writes them. */
void slt_json_bytes(slt_buffer *out, const void *bytes, size_t size);
void slt_json_text(slt_buffer *out, const char *text);
/* A whole number: beyond 2^53 - 1, where readers of doubles get another one, a string. */
void slt_json_uint(slt_buffer *out, uint64_t value);
void slt_json_negative(slt_buffer *out, uint64_t magnitude);
void slt_json_real(slt_buffer *out, slt_real value); /* null where it is not finite */
void slt_json_bool(slt_buffer *out, bool value);
void slt_json_null(slt_buffer *out);

/* A key and its value. */
void slt_json_key_text(slt_buffer *out, const char *key, const char *value);
void slt_json_key_uint(slt_buffer *out, const char *key, uint64_t value);
void slt_json_key_real(slt_buffer *out, const char *key, slt_real value);

#endif
