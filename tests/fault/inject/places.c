#include "places.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>

#include "tap.h"

enum { GROUPS_MAX = 1 << 15 };

const char *const way_names[] = {"once", "on", "same", "brief"};

/* ---- Ways -------------------------------------------------------------------------- */

static bool is_call(int call, const char *among)
{
    const char *name = world_calls[call].name;
    size_t length = strlen(name);
    for (const char *at = among; (at = strstr(at, name)); at += length)
        if ((at == among || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

static void add_group(place_list *list, place_group group)
{
    if (!list->groups)
        list->groups = calloc(GROUPS_MAX, sizeof *list->groups);
    if (!list->groups || list->group_count == GROUPS_MAX)
        tap_bail("too many groups");
    list->groups[list->group_count++] = group;
}

static int usual_reason(int call)
{
    const char *kind = world_calls[call].kind;
    if (strcmp(kind, "memory") == 0)
        return ENOMEM;
    return strcmp(kind, "threads") == 0 || strcmp(kind, "children") == 0 ? EAGAIN : EIO;
}

static void add_ways(place_list *list, size_t scenario, int call, long count)
{
    place_group g = {scenario, call, WORLD_ONCE, usual_reason(call), count};
    add_group(list, g);
    g.way = WORLD_ON;
    add_group(list, g);
    g.way = WORLD_SAME;
    g.reason = EMFILE;
    if (is_call(call, "open mkstemp dup fopen tmpfile opendir scandir pipe2"))
        add_group(list, g);
    g.reason = ENOSPC;
    if (is_call(call, "open mkstemp mkdtemp mkdir write ftruncate fsync fflush fclose "
                      "fwrite rename renameat2 link"))
        add_group(list, g);
    g.way = WORLD_ONCE;
    g.reason = EINTR;
    if (is_call(call, "read pread write poll waitpid nanosleep close"))
        add_group(list, g);
    g.way = WORLD_BRIEF;
    g.reason = 0;
    if (is_call(call, "read pread write"))
        add_group(list, g);
}

void places_add(place_list *list, size_t scenario, const world_counts *seen)
{
    for (int call = 0; call < WORLD_CALLS; call++)
        if (seen->calls[call] && world_calls[call].failure != WORLD_FAILS_none)
            add_ways(list, scenario, call, seen->calls[call]);
}

/* ---- A sample ---------------------------------------------------------------------- */

static long taken_of(const place_group *g, long most)
{
    return g->count + 1 < most ? g->count + 1 : most;
}

static size_t count_taken(const place_list *list, long most)
{
    size_t total = 0;
    for (size_t i = 0; i < list->group_count; i++)
        total += (size_t)taken_of(&list->groups[i], most);
    return total;
}

/* How many places of a group are taken, so that all together are about `sample`. */
static long choose_most(const place_list *list, size_t sample)
{
    long most = 1;
    while (most < 1 << 20 && count_taken(list, most) < sample)
        most += 1 + most / 16;
    return most;
}

static uint64_t next_draw(uint64_t *state)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return *state >> 33;
}

static void shuffle_places(place_list *list, uint64_t *state)
{
    for (size_t i = list->count; i > 1; i--) {
        size_t j = next_draw(state) % i;
        place other = list->places[j];
        list->places[j] = list->places[i - 1];
        list->places[i - 1] = other;
    }
}

void places_choose(place_list *list, uint64_t seed, size_t sample)
{
    long most = sample ? choose_most(list, sample) : LONG_MAX;
    list->places = calloc(count_taken(list, most) + 1, sizeof *list->places);
    if (!list->places)
        tap_bail("no memory");
    for (size_t i = 0; i < list->group_count; i++) {
        long count = list->groups[i].count + 1, taken = taken_of(&list->groups[i], most);
        for (long j = 0; j < taken; j++) {
            /* One of each of `taken` equal stretches. */
            long first = count * j / taken, end = count * (j + 1) / taken;
            long at = first + (long)(next_draw(&seed) % (uint64_t)(end - first));
            list->places[list->count++] = (place){(uint32_t)i, (uint32_t)at};
        }
    }
    shuffle_places(list, &seed);
    if (sample && most == 1 && sample < list->count)
        list->count = sample;
}

world_fault place_fault(const place_group *group, long at)
{
    return (world_fault){group->call, at, group->way, group->reason};
}
