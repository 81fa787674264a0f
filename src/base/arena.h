/* Memory that is given back all at once.  Taking latches failure, as buffers do. */
#ifndef SLT_BASE_ARENA_H
#define SLT_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct slt_arena {
    struct slt_arena_block *last; /* NULL: nothing was taken */
    bool failed;
} slt_arena;

void slt_arena_free(slt_arena *arena);
/* `count` zeroed items of `size` bytes, aligned for any type; NULL if memory is short
 * (latched). */
void *slt_arena_take(slt_arena *arena, size_t count, size_t size);
/* A copy of the text; NULL likewise. */
char *slt_arena_text(slt_arena *arena, const char *text);

#endif
