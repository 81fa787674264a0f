/* Roots without digits against roots digit by digit, and against what a floor is. */
#define SLT_VARIANT scalar
#define SLT_VARIANT_SCALAR

#include "fixed_reference.h"
#include "num/fixed/kernels/root.h"

static uint64_t root(uint64_t v)
{
    rootee from = rootee_of(v);
    return v ? root_of(from.x, from.start) >> from.half : 0;
}

/* r^2 <= v 2^64 < (r + 1)^2, in 128 bits: the root of v < 2^62 is below 2^63. */
static bool is_floor(uint64_t v, uint64_t r)
{
    slt_wide whole = {0, (int64_t)v}, below = slt_wide_mul_u64(r, r);
    slt_wide above = slt_wide_mul_u64(r + 1, r + 1);
    return !slt_wide_negative(slt_wide_add(whole, slt_wide_neg(below))) &&
           slt_wide_negative(slt_wide_add(whole, slt_wide_neg(above)));
}

static size_t judge(uint64_t v)
{
    uint64_t r = root(v);
    return !is_floor(v, r) ||
           (v < UINT64_C(1) << 62 && r != (uint64_t)slt_fixed_sqrt((int64_t)v));
}

int main(void)
{
    size_t wrong = 0;
    for (uint64_t v = 0; v < 5000; v++)
        wrong += judge(v);
    TAP_OK(wrong == 0, "small numbers (%zu wrong)", wrong);
    wrong = 0;
    for (int i = 0; i < 400000; i++)
        wrong += judge(ref_random() >> 2 >> ref_below(62));
    TAP_OK(wrong == 0, "random numbers of all sizes (%zu wrong)", wrong);
    wrong = 0;
    for (int i = 0; i < 200000; i++) {
        uint64_t k = ref_random() >> 33 >> ref_below(31);
        for (uint64_t beside = 0; beside < 3; beside++)
            wrong += k * k + beside > 0 && judge(k * k + beside - 1);
    }
    TAP_OK(wrong == 0, "squares and their neighbours (%zu wrong)", wrong);
    wrong = 0;
    for (int bits = 0; bits < 62; bits++)
        for (uint64_t beside = 0; beside < 5; beside++)
            wrong += judge((UINT64_C(1) << bits) + beside - (bits > 1 ? 2 : 0));
    wrong += judge((UINT64_C(1) << 62) - 1);
    TAP_OK(wrong == 0, "powers of two and their neighbours (%zu wrong)", wrong);
    wrong = 0;
    for (uint64_t at = 64; at < 256; at++) /* where the start is worst */
        for (uint64_t beside = 0; beside < 64; beside++)
            wrong += judge((at << 54) + beside) + judge((at << 54) - 1 - beside);
    TAP_OK(wrong == 0, "ends of the intervals that share a start (%zu wrong)", wrong);
    return tap_done();
}
