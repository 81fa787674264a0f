/* Members of a list, found by what they are: a set of their places by hash. */
#ifndef SLT_AUDIT_PLACES_H
#define SLT_AUDIT_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

typedef struct slt_place {
    uint64_t hash;
    size_t place;
    bool taken;
} slt_place;

/* All zero: empty. */
typedef struct slt_places {
    slt_place *slots;
    size_t size, count; /* size: a power of two, at least twice count; or 0 */
} slt_places;

void slt_places_free(slt_places *places);

/* Whether the member at a place is the one looked for. */
typedef bool (*slt_places_same)(const void *context, size_t place);
/* Where the place of the member stands that has this hash and is the same; NULL where
 * there is none.  Good until something is added. */
size_t *slt_places_find(const slt_places *places, uint64_t hash, slt_places_same same,
                        const void *context);
/* Adds a member that is not there yet. */
slt_status slt_places_add(slt_places *places, uint64_t hash, size_t place,
                          slt_error *err);

/* Hashes: of bytes, of a text, and of a text joined to what came before. */
uint64_t slt_places_hash(const void *bytes, size_t size);
uint64_t slt_places_hash_text(const char *text);
uint64_t slt_places_join(uint64_t before, const char *text);

#endif
