/* A stable sort. */
#ifndef SLT_BASE_SORT_H
#define SLT_BASE_SORT_H

#include <stddef.h>

/* Below, at or above 0 where a belongs before b, either way, or after it. */
typedef int (*slt_order_of)(const void *context, const void *a, const void *b);

/* Sorts items of `size` bytes by merging; equal ones keep their order, so there is one
 * result, whatever the C library.  `room` has space for as many. */
void slt_sort(void *items, void *room, size_t count, size_t size, slt_order_of order,
              const void *context);

#endif
