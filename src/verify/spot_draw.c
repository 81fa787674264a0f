#include "verify/spot_draw.h"

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "base/world.h"
#include "num/draw.h"
#include "num/scalar.h"

/* Chances are told in parts of so many; what rounding may take from one is 1e-12. */
#define SPOT_PARTS 10000

static uint64_t spot_byte(const char *digits)
{
    const char pair[3] = {digits[0], digits[1], 0};
    return strtoull(pair, NULL, 16);
}

uint64_t slt_spot_key(const char *text, const char *runs_sha256)
{
    char digest[SLT_SHA256_TEXT_MAX];
    uint64_t key = 0;
    slt_sha256 sum;
    slt_sha256_begin(&sum);
    slt_sha256_add(&sum, text, strlen(text));
    slt_sha256_add(&sum, "\n", 1);
    slt_sha256_add(&sum, runs_sha256, strlen(runs_sha256));
    slt_sha256_end(&sum, digest);
    for (size_t i = 0; i < 8; i++)
        key |= spot_byte(digest + 2 * i) << (8 * i);
    return key;
}

slt_status slt_spot_draw(uint64_t key, size_t stretches, size_t count, uint32_t **drawn,
                         slt_error *err)
{
    const bool few = stretches < UINT32_MAX;
    uint32_t *order = few ? slt_world.calloc(stretches + 1, sizeof *order) : NULL;
    bool *chosen = few ? slt_world.calloc(stretches + 1, sizeof *chosen) : NULL;
    size_t next = 0;
    *drawn = order;
    if (!order || !chosen) {
        free(order);
        free(chosen);
        return slt_fail(err, SLT_RESOURCE, "no memory for a draw of %zu stretches",
                        stretches);
    }
    slt_draw_shuffle(slt_stream_of(key, SLT_DRAW_SPOT, 0, 0, 0, 0), stretches, count,
                     order);
    for (size_t i = 0; i < count; i++)
        chosen[order[i]] = true;
    for (size_t i = 0; i < stretches; i++)
        if (chosen[i])
            order[next++] = (uint32_t)i;
    free(chosen);
    return SLT_OK;
}

/* The chance that none of the changed ones is met, C(M - k, N) / C(M, N): the product of
 * (M - N - i) / (M - i) over i < k, and with k and N exchanged. */
static slt_real spot_missed(size_t stretches, size_t changed, size_t count)
{
    const size_t less = changed < count ? changed : count;
    const size_t more = changed < count ? count : changed;
    slt_real missed = slt_real_from_u64(1);
    for (size_t i = 0; i < less; i++) {
        if (stretches - more <= i)
            return slt_real_from_u64(0);
        missed =
            slt_real_mul(missed, slt_real_div(slt_real_from_u64(stretches - more - i),
                                              slt_real_from_u64(stretches - i)));
    }
    return missed;
}

/* Whether the chance to meet one is at least part / 10000. */
static bool spot_meets(size_t stretches, size_t changed, size_t count, uint64_t part)
{
    const slt_real all = slt_real_from_u64(SPOT_PARTS);
    const slt_real rest = slt_real_div(slt_real_from_u64(SPOT_PARTS - part), all);
    return !slt_real_less(slt_real_add(rest, slt_real_of(1e-12)),
                          spot_missed(stretches, changed, count));
}

slt_real slt_spot_caught(size_t stretches, size_t changed, size_t count)
{
    uint64_t part = 0, above = SPOT_PARTS + 1;
    while (above - part > 1) {
        const uint64_t middle = part + (above - part) / 2;
        if (spot_meets(stretches, changed, count, middle))
            part = middle;
        else
            above = middle;
    }
    return slt_real_div(slt_real_from_u64(part), slt_real_from_u64(SPOT_PARTS));
}

size_t slt_spot_least(size_t stretches, size_t count)
{
    size_t below = 0, least = stretches;
    while (least - below > 1) {
        const size_t middle = below + (least - below) / 2;
        if (spot_meets(stretches, middle, count, SPOT_PARTS / 20 * 19))
            least = middle;
        else
            below = middle;
    }
    return least;
}
