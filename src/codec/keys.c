#include "codec/keys.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/world.h"

void slt_keys_free(slt_keys *keys)
{
    free(keys->slots);
    *keys = (slt_keys){0};
}

/* The slot of this key, or the empty one where it belongs. */
static slt_pack_span *keys_find(const slt_keys *keys, slt_pack_span key)
{
    size_t mask = keys->capacity - 1;
    size_t slot = (size_t)XXH3_64bits(key.bytes, key.size) & mask;
    while (keys->slots[slot].bytes &&
           (keys->slots[slot].size != key.size ||
            memcmp(keys->slots[slot].bytes, key.bytes, key.size) != 0))
        slot = (slot + 1) & mask;
    return &keys->slots[slot];
}

static bool keys_grow(slt_keys *keys)
{
    slt_keys wider = {.capacity = keys->capacity ? 2 * keys->capacity : 16};
    wider.slots = slt_world.calloc(wider.capacity, sizeof *wider.slots);
    if (!wider.slots)
        return false;
    for (size_t i = 0; i < keys->capacity; i++)
        if (keys->slots[i].bytes)
            *keys_find(&wider, keys->slots[i]) = keys->slots[i];
    wider.count = keys->count;
    free(keys->slots);
    *keys = wider;
    return true;
}

bool slt_keys_add(slt_keys *keys, slt_pack_span key)
{
    if (keys->failed)
        return true;
    if (2 * (keys->count + 1) > keys->capacity && !keys_grow(keys)) {
        keys->failed = true;
        return true;
    }
    slt_pack_span *slot = keys_find(keys, key);
    if (slot->bytes)
        return false;
    *slot = key;
    keys->count++;
    return true;
}
