/* Where a call can fail: every call of every scenario, in every way, at every number. */
#ifndef SLT_TESTS_INJECT_PLACES_H
#define SLT_TESTS_INJECT_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include "world_calls.h"

extern const char *const way_names[];

/* The places of one call of one scenario by one error, in one way: numbers 0 to count. */
typedef struct place_group {
    size_t scenario;
    int call;
    world_way way;
    int reason; /* errno */
    long count;
} place_group;

typedef struct place {
    uint32_t group;
    uint32_t at;
} place;

typedef struct place_list {
    place_group *groups;
    place *places; /* in the order in which they are tried */
    size_t group_count, count;
} place_list;

/* Adds every way in which the calls of a scenario, by its number, can fail that were seen
 * in it. */
void places_add(place_list *list, size_t number, const world_counts *seen);
/* Takes `sample` places, of every command and call one where that suffices, then of every
 * group, then evenly of all; they follow from `seed` and the names of the groups.  0: all
 * of them. */
void places_choose(place_list *list, uint64_t seed, size_t sample);
/* The fault of a place. */
world_fault place_fault(const place_group *group, long at);

#endif
