#include "check/audit/places.h"

#include <stdlib.h>
#include <string.h>

#include "record/digest.h"

slt_status slt_places_create(slt_places *places, size_t members, slt_error *err)
{
    size_t size = 64;
    while (size < 2 * members)
        size *= 2;
    *places = (slt_places){calloc(size, sizeof *places->slots), size};
    return places->slots ? SLT_OK
                         : slt_fail(err, SLT_RESOURCE, "no memory for %zu rows", members);
}

void slt_places_free(slt_places *places)
{
    free(places->slots);
    *places = (slt_places){0};
}

uint32_t *slt_places_slot(const slt_places *places, uint64_t hash, slt_places_same same,
                          const void *context)
{
    size_t at = (size_t)hash & (places->size - 1);
    while (places->slots[at] && !same(context, places->slots[at] - 1))
        at = (at + 1) & (places->size - 1);
    return &places->slots[at];
}

uint64_t slt_places_hash(const void *bytes, size_t size)
{
    slt_digest digest = slt_digest_of(bytes, size);
    uint64_t word;
    memcpy(&word, digest.bytes, sizeof word);
    return word;
}

uint64_t slt_places_join(uint64_t before, const char *text)
{
    const uint64_t both[2] = {before, slt_places_hash(text, strlen(text))};
    return slt_places_hash(both, sizeof both);
}
