/* A hash set of indices into a list, to find members of the list by their contents. */
#ifndef SLT_AUDIT_INDEX_SET_H
#define SLT_AUDIT_INDEX_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

typedef struct slt_index_slot {
    uint64_t hash;
    size_t index;
    bool taken;
} slt_index_slot;

/* All zero is the empty set. */
typedef struct slt_index_set {
    slt_index_slot *slots;
    size_t size, count; /* size: a power of two, at least twice count; or 0 */
} slt_index_set;

void slt_index_set_free(slt_index_set *set);

/* Whether the member at an index of the list is the one looked for. */
typedef bool (*slt_index_set_same)(const void *context, size_t index);
/* Finds the member with this hash for which `same` is true: where its index is stored, or
 * NULL if there is none. Valid until something is added. */
size_t *slt_index_set_find(const slt_index_set *set, uint64_t hash,
                           slt_index_set_same same, const void *context);
/* Adds a member that is not in the set yet. */
slt_status slt_index_set_add(slt_index_set *set, uint64_t hash, size_t index,
                             slt_error *err);

/* Hashes of bytes, of a text, and of a text combined with the hash of what came
 * before. */
uint64_t slt_index_set_hash(const void *bytes, size_t size);
uint64_t slt_index_set_hash_text(const char *text);
uint64_t slt_index_set_hash_join(uint64_t before, const char *text);

#endif
