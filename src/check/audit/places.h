/* Members of a list, found by what they are: a set of their places by hash. */
#ifndef SLT_CHECK_AUDIT_PLACES_H
#define SLT_CHECK_AUDIT_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

typedef struct slt_places {
    uint32_t *slots; /* 1 + place; 0: empty */
    size_t size;     /* a power of two, or 0 */
} slt_places;

/* Room for so many members, known before: a set has at least as many empty slots. */
slt_status slt_places_create(slt_places *places, size_t members, slt_error *err);
void slt_places_free(slt_places *places);

/* Whether the member at a place is the one looked for. */
typedef bool (*slt_places_same)(const void *context, size_t place);
/* The slot of the member of that hash which is the same; else the empty one that it
 * belongs into. */
uint32_t *slt_places_slot(const slt_places *places, uint64_t hash, slt_places_same same,
                          const void *context);

/* Hashes: of bytes, and of a text joined to what came before. */
uint64_t slt_places_hash(const void *bytes, size_t size);
uint64_t slt_places_join(uint64_t before, const char *text);

#endif
