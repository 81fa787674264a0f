/* base: arena.c: memory that is given back all at once. */
#include "tap.h"

#include "base/arena.h"

int main(void)
{
    slt_arena arena = {0};
    unsigned char *bytes = slt_arena_take(&arena, 1000, 3);
    double *reals = slt_arena_take(&arena, 2, sizeof *reals);
    bool zero = bytes && reals;
    for (size_t i = 0; zero && i < 3000; i++)
        zero = bytes[i] == 0;
    TAP_OK(zero && reals[0] == 0 && reals[1] == 0, "what is taken is zero");
    TAP_OK((uintptr_t)reals % _Alignof(max_align_t) == 0, "and aligned for any type");
    if (bytes)
        memset(bytes, 1, 3000);
    TAP_EQ_TEXT(slt_arena_text(&arena, "kept"), "kept", "a text is copied");
    TAP_OK(!arena.failed, "there was memory for them");
    TAP_OK(!slt_arena_take(&arena, SIZE_MAX / 2, 3) && arena.failed,
           "more than can be addressed fails");
    TAP_OK(slt_arena_take(&arena, 1, 1) && arena.failed, "which stays known");
    slt_arena_free(&arena);
    TAP_OK(!arena.last && !arena.failed, "all is given back");
    return tap_done();
}
