/* A value tree: what YAML and msgpack are read into, with places for messages. */
#ifndef SLT_CODEC_VALUE_H
#define SLT_CODEC_VALUE_H

#include <stddef.h>

#include <sltrace/status.h>

#include "base/buffer.h"
#include "base/value.h"

/* The value under key of a map, NULL where absent. */
const slt_value *slt_value_get(const slt_value *map, const char *key);
void slt_value_free(slt_value *value); /* what it owns, not the struct itself */

/* Room for one more item of a list, or key and item of a map: a zeroed value to fill,
 * counted at once; NULL where memory is short.  The key is copied. */
slt_value *slt_value_append(slt_value *list);
slt_value *slt_value_append_key(slt_value *map, const char *key, int line, int column);
/* Takes the first entry out of a map that has one. */
void slt_value_drop_first(slt_value *map);

/* Gives a TEXT value the kind that a plain scalar of its spelling has: null (empty, `~`,
 * `null`), true, false, a whole decimal number of 64 bits without leading zeros, a real
 * (slt_real_parse); else it stays text. */
void slt_value_resolve_plain(slt_value *value);

/* The value in canonical words: whole numbers and shortest reals, bare text, flow lists
 * and maps. */
void slt_value_print(const slt_value *value, slt_buffer *out);

#endif
