#include "audit/places.h"

#include <stdlib.h>
#include <string.h>

#include "codec/digest.h"

void slt_places_free(slt_places *places)
{
    free(places->slots);
    *places = (slt_places){0};
}

size_t *slt_places_find(const slt_places *places, uint64_t hash, slt_places_same same,
                        const void *context)
{
    size_t mask = places->size - 1;
    for (size_t at = (size_t)hash & mask; places->size && places->slots[at].taken;
         at = (at + 1) & mask) {
        slt_place *slot = &places->slots[at];
        if (slot->hash == hash && same(context, slot->place))
            return &slot->place;
    }
    return NULL;
}

static void places_put(slt_places *places, uint64_t hash, size_t place)
{
    size_t mask = places->size - 1, at = (size_t)hash & mask;
    while (places->slots[at].taken)
        at = (at + 1) & mask;
    places->slots[at] = (slt_place){hash, place, true};
}

slt_status slt_places_add(slt_places *places, uint64_t hash, size_t place, slt_error *err)
{
    if (2 * (places->count + 1) > places->size) {
        slt_places wider = {.size = places->size ? 4 * places->size : 64};
        wider.slots = calloc(wider.size, sizeof *wider.slots);
        if (!wider.slots)
            return slt_fail(err, SLT_RESOURCE, "no memory for a set of %zu",
                            places->count);
        for (size_t i = 0; i < places->size; i++)
            if (places->slots[i].taken)
                places_put(&wider, places->slots[i].hash, places->slots[i].place);
        wider.count = places->count;
        slt_places_free(places);
        *places = wider;
    }
    places_put(places, hash, place);
    places->count++;
    return SLT_OK;
}

uint64_t slt_places_hash(const void *bytes, size_t size)
{
    slt_digest digest = slt_digest_of(bytes, size);
    uint64_t word;
    memcpy(&word, digest.bytes, sizeof word);
    return word;
}

uint64_t slt_places_hash_text(const char *text)
{
    return slt_places_hash(text, strlen(text));
}

uint64_t slt_places_join(uint64_t before, const char *text)
{
    const uint64_t both[2] = {before, slt_places_hash_text(text)};
    return slt_places_hash(both, sizeof both);
}
