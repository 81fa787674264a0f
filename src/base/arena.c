#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"

typedef struct slt_arena_block {
    struct slt_arena_block *before;
    max_align_t memory[];
} slt_arena_block;

void slt_arena_free(slt_arena *arena)
{
    for (slt_arena_block *block = arena->last, *before; block; block = before) {
        before = block->before;
        free(block);
    }
    *arena = (slt_arena){0};
}

void *slt_arena_take(slt_arena *arena, size_t count, size_t size)
{
    size_t bytes = sizeof(slt_arena_block);
    bool fits = !__builtin_mul_overflow(count, size, &count) &&
                !__builtin_add_overflow(bytes, count, &bytes);
    slt_arena_block *block = fits ? slt_world.calloc(1, bytes) : NULL;
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    block->before = arena->last;
    arena->last = block;
    return block->memory;
}

char *slt_arena_text(slt_arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = slt_arena_take(arena, size, 1);
    return copy ? memcpy(copy, text, size) : NULL;
}
