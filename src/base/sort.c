#include "base/sort.h"

#include <stdbool.h>
#include <string.h>

typedef struct sorting {
    size_t size;
    slt_order_of order;
    const void *context;
} sorting;

/* Merges sorted parts of `from`, of `half` and count - half items, into `to`. */
static void merge_halves(const sorting *s, const char *from, size_t half, size_t count,
                         char *to)
{
    const char *left = from, *middle = from + half * s->size, *right = middle;
    const char *end = from + count * s->size;
    for (; left < middle || right < end; to += s->size) {
        const bool first =
            right == end || (left < middle && s->order(s->context, left, right) <= 0);
        memcpy(to, first ? left : right, s->size);
        *(first ? &left : &right) += s->size;
    }
}

void slt_sort(void *items, void *room, size_t count, size_t size, slt_order_of order,
              const void *context)
{
    const sorting s = {size, order, context};
    char *from = items, *to = room;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width) {
            const size_t here = count - i < 2 * width ? count - i : 2 * width;
            merge_halves(&s, from + i * size, here < width ? here : width, here,
                         to + i * size);
        }
        memcpy(from, to, count * size);
    }
}
