#include "num/clip.h"

#include <string.h>

#include "base/assert.h"
#include "num/fixed/fixed.h"
#include "num/scalar.h"

static void box_fixed(slt_real half, const slt_tensor *w0, slt_tensor *low,
                      slt_tensor *high)
{
    const int64_t *at = w0->data;
    int64_t *from = low->data, *to = high->data, size;
    const bool fits =
        slt_fixed_scale(slt_scalar_of(half), 1, 0, SLT_FIXED_FRAC, &size);
    SLT_ASSERT(w0->frac == SLT_FIXED_FRAC);
    low->frac = high->frac = SLT_FIXED_FRAC;
    for (size_t e = 0; e < slt_tensor_count(w0); e++) {
        if (!fits || __builtin_sub_overflow(at[e], size, &from[e]))
            from[e] = INT64_MIN;
        if (!fits || __builtin_add_overflow(at[e], size, &to[e]))
            to[e] = INT64_MAX;
    }
}

void slt_num_box(slt_real half, const slt_tensor *w0, slt_tensor *low, slt_tensor *high)
{
    SLT_ASSERT(slt_tensor_count(low) == slt_tensor_count(w0) &&
               slt_tensor_count(high) == slt_tensor_count(w0));
    if (w0->arithmetic == SLT_FIXED) {
        box_fixed(half, w0, low, high);
        return;
    }
    /* A difference or sum of two binary32 numbers, rounded to binary64 and then to
     * binary32, is what one rounding gives. */
    for (size_t e = 0; e < slt_tensor_count(w0); e++) {
        slt_tensor_set(low, e, half);
        const slt_real size = slt_tensor_get(low, e), at = slt_tensor_get(w0, e);
        slt_tensor_set(low, e, slt_real_sub(at, size));
        slt_tensor_set(high, e, slt_real_add(at, size));
    }
}

/* Numbers in the order of their values: bits of floats as integers. */
static int32_t order32(const void *data, size_t e)
{
    int32_t bits;
    memcpy(&bits, (const char *)data + e * sizeof bits, sizeof bits);
    return bits < 0 ? INT32_MIN - bits : bits;
}

static int64_t order64(const void *data, size_t e, bool floats)
{
    int64_t bits;
    memcpy(&bits, (const char *)data + e * sizeof bits, sizeof bits);
    return floats && bits < 0 ? INT64_MIN - bits : bits;
}

static const slt_tensor *side_of(const slt_tensor *low, const slt_tensor *high,
                                 const slt_tensor *w, size_t e)
{
    if (w->arithmetic == SLT_F32) {
        const int32_t at = order32(w->data, e);
        return at < order32(low->data, e)    ? low
               : at > order32(high->data, e) ? high
                                             : NULL;
    }
    const bool floats = w->arithmetic == SLT_F64;
    const int64_t at = order64(w->data, e, floats);
    return at < order64(low->data, e, floats)    ? low
           : at > order64(high->data, e, floats) ? high
                                                 : NULL;
}

bool slt_num_clip(const slt_tensor *low, const slt_tensor *high, slt_tensor *w)
{
    const size_t size = slt_arithmetic_size(w->arithmetic);
    bool within = true;
    SLT_ASSERT(slt_tensor_count(low) == slt_tensor_count(w) &&
               slt_tensor_count(high) == slt_tensor_count(w));
    SLT_ASSERT(w->arithmetic != SLT_FIXED || w->frac == SLT_FIXED_FRAC);
    for (size_t e = 0; e < slt_tensor_count(w); e++) {
        const slt_tensor *side = side_of(low, high, w, e);
        if (!side)
            continue;
        memcpy((char *)w->data + e * size, (const char *)side->data + e * size, size);
        within = false;
    }
    return within;
}
