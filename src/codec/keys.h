/* The keys of one map that were read so far.  It finds repeated keys in time linear in
 * their number. */
#ifndef SLT_CODEC_KEYS_H
#define SLT_CODEC_KEYS_H

#include <stdbool.h>

#include "codec/pack.h"

typedef struct slt_keys {
    slt_pack_span *slots; /* open addressing; empty where bytes is NULL */
    size_t capacity;      /* a power of two, or 0 */
    size_t count;
    bool failed; /* memory was short */
} slt_keys;

void slt_keys_free(slt_keys *keys);
/* Adds a key, whose bytes must live as long as the set; false if it is in the set
 * already. */
bool slt_keys_add(slt_keys *keys, slt_pack_span key);

#endif
