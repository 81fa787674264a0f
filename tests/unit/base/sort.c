/* base: sort.c: order, and that equal items keep theirs. */
#include "tap.h"

#include "base/sort.h"

#define MOST 70

typedef struct item {
    unsigned char key, place, filler;
} item;

/* Orders by the key, or by none where the context says so. */
static int by_key(const void *context, const void *left, const void *right)
{
    const item *a = left, *b = right;
    return *(const bool *)context ? (a->key > b->key) - (a->key < b->key) : 0;
}

static bool in_order(const item *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (items[i - 1].key > items[i].key ||
            (items[i - 1].key == items[i].key && items[i - 1].place > items[i].place))
            return false;
    return true;
}

int main(void)
{
    const bool keyed = true, none = false;
    size_t sorted = 0, kept = 0, seen = 0;
    for (size_t count = 0; count < MOST; count++)
        for (unsigned keys = 1; keys < 9; keys++) {
            item items[MOST], room[MOST + 1];
            unsigned state = (unsigned)count * 77 + keys, places[9] = {0}, after[9] = {0};
            for (size_t i = 0; i < count; i++) {
                state = state * 1103515245u + 12345u;
                items[i] =
                    (item){(unsigned char)((state >> 16) % keys), (unsigned char)i, 7};
                places[items[i].key]++;
            }
            room[count] = (item){1, 2, 3};
            slt_sort(items, room, count, sizeof *items, by_key, &keyed);
            for (size_t i = 0; i < count; i++)
                after[items[i].key] += items[i].filler == 7;
            sorted += in_order(items, count);
            kept += memcmp(places, after, sizeof places) == 0 && room[count].filler == 3;
            item before[MOST];
            memcpy(before, items, sizeof before);
            slt_sort(items, room, count, sizeof *items, by_key, &none);
            kept += memcmp(before, items, count * sizeof *items) == 0;
            seen++;
        }
    TAP_EQ_U64(sorted, seen, "ascending, equal keys as they stood");
    TAP_EQ_U64(kept, 2 * seen,
               "none is lost, nothing beyond the room is written, and where "
               "all are equal nothing moves");
    return tap_done();
}
