/* A tree of values, which YAML and msgpack are read into; each value knows its line and
 * column for messages. */
#ifndef SLT_CODEC_VALUE_H
#define SLT_CODEC_VALUE_H

#include <stddef.h>

#include <sltrace/status.h>

#include "base/buffer.h"
#include "base/value.h"

/* The value under key of a map, NULL where absent. */
const slt_value *slt_value_get(const slt_value *map, const char *key);
void slt_value_free(slt_value *value); /* what it owns, not the struct itself */

/* Makes *copy, whose content is lost, a copy; whether memory sufficed: if not, it is
 * zero. */
bool slt_value_copy(const slt_value *value, slt_value *copy);

/* Adds an item to a list, or a key with its value to a map, and returns the new value,
 * zeroed, for the caller to fill; NULL if memory is short.  The key is copied. */
slt_value *slt_value_append(slt_value *list);
slt_value *slt_value_append_key(slt_value *map, const char *key, int line, int column);
/* Removes entry i of a map. */
void slt_value_drop(slt_value *map, size_t i);

/* Turns a TEXT value into what a plain YAML scalar of its spelling is: null (empty, `~`,
 * `null`), true, false, a whole decimal number of 64 bits without leading zeros, or a
 * real (slt_real_parse).  Any other stays text. */
void slt_value_resolve_plain(slt_value *value);

/* Writes the value in canonical words: whole numbers, shortest reals, bare text, flow
 * lists and maps. */
void slt_value_print(const slt_value *value, slt_buffer *out);

#endif
