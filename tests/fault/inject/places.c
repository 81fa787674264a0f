#include "places.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios.h"
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

static void add_ways(place_list *list, size_t number, int call, long count)
{
    place_group g = {number, call, WORLD_ONCE, usual_reason(call), count};
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

void places_add(place_list *list, size_t number, const world_counts *seen)
{
    for (int call = 0; call < WORLD_CALLS; call++)
        if (seen->calls[call] && world_calls[call].failure != WORLD_FAILS_none)
            add_ways(list, number, call, seen->calls[call]);
}

/* ---- A sample ----------------------------------------------------------------------

 * How often a command calls something may differ a little from one time to the next, as
 * threads and clocks have it.  So that the sample does not, each place is drawn by the
 * seed, its group's names and its own number alone: of every 2^k numbers of a group one,
 * with k the least that leaves few enough. */

typedef struct drawn {
    place where;
    unsigned turn;  /* 0: a command's and a call's, 1: a way's, 2: one of many */
    uint64_t order; /* in which places are tried */
} drawn;

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93;
    return hash ^ hash >> 32;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = mix(hash, (unsigned char)*text);
    return hash;
}

static uint64_t seed_of(const place_group *g, uint64_t seed)
{
    uint64_t hash = mix_text(mix(0, seed), scenarios[g->scenario].command);
    hash = mix_text(hash, world_calls[g->call].name);
    return mix(mix(hash, g->way), (uint64_t)g->reason);
}

/* The k of a group of which at most `most` places are taken. */
static unsigned stride_of(const place_group *g, long most)
{
    unsigned k = 0;
    while (g->count >> k >= most)
        k++;
    return k;
}

static size_t count_taken(const place_list *list, long most)
{
    size_t total = 0;
    for (size_t i = 0; i < list->group_count; i++)
        total += (size_t)(list->groups[i].count >>
                          stride_of(&list->groups[i], most)) + 1;
    return total;
}

static int compare_drawn(const void *a, const void *b)
{
    const drawn *x = a, *y = b;
    if (x->turn != y->turn)
        return x->turn < y->turn ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Which of the ways in which a command's call fails is taken before the others: of the
 * groups from `first` on. */
static size_t first_way(const place_list *list, size_t first, uint64_t seed)
{
    const place_group *g = &list->groups[first];
    size_t ways = 1;
    while (first + ways < list->group_count && g[ways].scenario == g->scenario &&
           g[ways].call == g->call)
        ways++;
    return first + mix(seed_of(g, seed), 2) % ways;
}

void places_choose(place_list *list, uint64_t seed, size_t sample)
{
    long most = sample ? 1 : LONG_MAX;
    while (sample && most < 1 << 20 && count_taken(list, most) < sample)
        most *= 2;
    const size_t room = count_taken(list, most);
    drawn *all = calloc(room + 1, sizeof *all);
    list->places = calloc(room + 1, sizeof *list->places);
    if (!all || !list->places)
        tap_bail("no memory");
    size_t count = 0, chosen = 0;
    for (size_t i = 0; i < list->group_count; i++) {
        const place_group *g = &list->groups[i];
        const unsigned k = stride_of(g, most);
        const uint64_t own = seed_of(g, seed);
        if (i == 0 || g->scenario != g[-1].scenario || g->call != g[-1].call)
            chosen = first_way(list, i, seed);
        for (long at = 0; at <= g->count; at += 1L << k) {
            const uint64_t word = mix(own, (uint64_t)at);
            const long taken = at + (long)(word & ((1UL << k) - 1));
            const unsigned turn = at > 0 ? 2 : i != chosen;
            all[count++] = (drawn){{(uint32_t)i, (uint32_t)taken}, turn, mix(word, 1)};
        }
    }
    qsort(all, count, sizeof *all, compare_drawn);
    list->count = sample && sample < count ? sample : count;
    for (size_t i = 0; i < list->count; i++)
        list->places[i] = all[i].where;
    free(all);
}

world_fault place_fault(const place_group *group, long at)
{
    return (world_fault){group->call, at, group->way, group->reason};
}
