#include "learn/spread.h"

#include "base/assert.h"
#include "num/scalar.h"

/* The greatest whole number up to x; 0 <= x < 2^33. */
static uint64_t floor_of(slt_real x)
{
    uint64_t least = 0, most = UINT64_C(1) << 33;
    while (most - least > 1) {
        const uint64_t middle = least + (most - least) / 2;
        if (slt_real_less(x, slt_real_from_u64(middle)))
            most = middle;
        else
            least = middle;
    }
    return least;
}

/* Number i of them, not yet rounded; the ends are exact. */
static slt_real spread_number(const slt_llc_spread *spread, uint64_t i)
{
    const slt_real from = slt_real_from_u64(spread->from);
    const slt_real to = slt_real_from_u64(spread->to);
    if (i == 0 || i == spread->count - 1)
        return i ? to : from;
    const slt_real start = slt_real_log(from);
    const slt_real range = slt_real_sub(slt_real_log(to), start);
    const slt_real share =
        slt_real_div(slt_real_from_u64(i), slt_real_from_u64(spread->count - 1));
    return slt_real_exp(slt_real_fma(range, share, start));
}

void slt_spread_steps(uint64_t every, uint64_t most, slt_llc_spec *llc)
{
    const slt_llc_spread *spread = &llc->spread;
    static const slt_real half = {UINT64_C(0x3fe0000000000000)};
    SLT_ASSERT(every >= 1 && every <= most && most <= UINT32_MAX);
    SLT_ASSERT(spread->count >= 2 && spread->count <= SLT_STEPS_AT_MAX);
    llc->step_count = 0;
    uint64_t before = 0;
    for (uint64_t i = 0; i < spread->count; i++) {
        const slt_real multiples =
            slt_real_div(spread_number(spread, i), slt_real_from_u64(every));
        uint64_t times = floor_of(slt_real_add(multiples, half));
        times = times > most / every ? most / every : times ? times : 1;
        if (times * every > before)
            llc->steps[llc->step_count++] = (slt_llc_step){.step = times * every};
        before = times * every > before ? times * every : before;
    }
}

slt_function_set slt_spread_functions(void)
{
    return (slt_function_set)1 << SLT_FN_log | (slt_function_set)1 << SLT_FN_exp;
}
