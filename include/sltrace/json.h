/* Writes JSON (RFC 8259), always UTF-8.  Every document that sltrace prints is made here.
 *
 * A document is an object whose first member, "schema", names its form and version, such
 * as "sltrace.doctor/1".  The writer places the commas.  It latches its first failure:
 * later calls do nothing, and slt_json_write returns it. */
#ifndef SLTRACE_JSON_H
#define SLTRACE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

SLT_C_BEGIN

typedef struct slt_json slt_json;

SLT_API slt_status slt_json_create(slt_json **json, slt_error *err);
SLT_API void slt_json_free(slt_json *json);

/* Opens a document: '{' and the member "schema". */
SLT_API void slt_json_begin(slt_json *json, const char *schema);
/* How many brackets are open: 0 before a document begins, 1 between its members. */
SLT_API size_t slt_json_depth(const slt_json *json);
/* Discards everything written, and a failure. */
SLT_API void slt_json_clear(slt_json *json);
/* Closes the document, whose outermost brace alone is still open, and prints it with a
 * line end.  SLT_RESOURCE, with nothing printed, if memory ran out.  Write errors stay in
 * the stream, for the caller to check. */
SLT_API slt_status slt_json_write(slt_json *json, FILE *out, slt_error *err);

/* '{' and '}', or '[' and ']'. */
SLT_API void slt_json_open(slt_json *json, char bracket);
SLT_API void slt_json_close(slt_json *json, char bracket);
SLT_API void slt_json_key(slt_json *json, const char *key);
/* NULL is null; bytes that are not UTF-8 become U+FFFD. */
SLT_API void slt_json_text(slt_json *json, const char *text);
/* Integers.  Those beyond 2^53 - 1, which readers that use doubles would change, become
 * strings. */
SLT_API void slt_json_uint(slt_json *json, uint64_t value);
SLT_API void slt_json_int(slt_json *json, int64_t value);
/* The shortest decimal that reads back to the same bits; null if it is not finite. */
SLT_API void slt_json_real(slt_json *json, slt_real value);
SLT_API void slt_json_bool(slt_json *json, bool value);
SLT_API void slt_json_null(slt_json *json);

/* A key and its value. */
SLT_API void slt_json_key_open(slt_json *json, const char *key, char bracket);
SLT_API void slt_json_key_text(slt_json *json, const char *key, const char *value);
SLT_API void slt_json_key_uint(slt_json *json, const char *key, uint64_t value);
SLT_API void slt_json_key_int(slt_json *json, const char *key, int64_t value);
SLT_API void slt_json_key_real(slt_json *json, const char *key, slt_real value);
SLT_API void slt_json_key_bool(slt_json *json, const char *key, bool value);
SLT_API void slt_json_key_null(slt_json *json, const char *key);

SLT_C_END

#endif
