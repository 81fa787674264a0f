#include "figure/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "num/convert.h"
#include "num/scalar.h"

/* Merges from[first, middle) and from[middle, end), both in order, into to[first, end).
 */
static void order_merge(const slt_real *values, const size_t *from, size_t *to,
                        size_t first, size_t middle, size_t end)
{
    size_t left = first, right = middle;
    for (size_t i = first; i < end; i++) {
        bool take_right =
            left == middle ||
            (right < end && slt_real_less(values[from[right]], values[from[left]]));
        to[i] = take_right ? from[right++] : from[left++];
    }
}

static slt_status no_memory(size_t count, slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory to sort %zu values", count);
}

slt_status slt_order_find(const slt_real *values, size_t count, size_t *order,
                          slt_error *err)
{
    size_t *scratch = slt_world.calloc(count + 1, sizeof *scratch), *from = order,
           *to = scratch;
    if (!scratch)
        return no_memory(count, err);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t first = 0; first < count; first += 2 * width) {
            size_t middle = first + width < count ? first + width : count;
            size_t end = middle + width < count ? middle + width : count;
            order_merge(values, from, to, first, middle, end);
        }
        size_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != order)
        memcpy(order, from, count * sizeof *order);
    free(scratch);
    return SLT_OK;
}

slt_status slt_order_sort(slt_real *values, size_t count, slt_error *err)
{
    size_t *order = slt_world.calloc(count + 1, sizeof *order);
    slt_real *copy = slt_world.calloc(count + 1, sizeof *copy);
    slt_status status =
        order && copy ? slt_order_find(values, count, order, err) : no_memory(count, err);
    for (size_t i = 0; i < count && !status; i++)
        copy[i] = values[order[i]];
    if (!status && count)
        memcpy(values, copy, count * sizeof *values);
    free(order);
    free(copy);
    return status;
}

/* Rounded down; 0 <= h < 2^63. */
static size_t floor_of(slt_real h)
{
    int64_t nearest = 0;
    SLT_ASSERT(slt_real_to_fixed(h, 0, &nearest) && nearest >= 0);
    return (size_t)nearest - slt_real_less(h, slt_real_from_u64((uint64_t)nearest));
}

slt_real slt_order_quantile(const slt_real *sorted, size_t count, slt_real p)
{
    slt_real h = slt_real_mul(slt_real_from_u64(count - 1), p);
    size_t i = floor_of(h);
    if (i >= count - 1)
        return sorted[count - 1];
    slt_real part = slt_real_sub(h, slt_real_from_u64(i));
    return slt_real_add(sorted[i],
                        slt_real_mul(part, slt_real_sub(sorted[i + 1], sorted[i])));
}

slt_real slt_order_share(slt_real x, slt_real a, slt_real b)
{
    return slt_real_div(slt_real_sub(x, a), slt_real_sub(b, a));
}

slt_real slt_order_between(slt_real a, slt_real b, slt_real share)
{
    return slt_real_add(a, slt_real_mul(share, slt_real_sub(b, a)));
}
