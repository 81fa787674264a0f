/* learn/spread.c, and the lists of steps in learn/spec.c. */
#include <math.h>

#include "learn/spread.h"
#include "tap.h"

static slt_llc_spec llc;

static void spread(uint64_t from, uint64_t to, uint64_t count, uint64_t every,
                   uint64_t most)
{
    llc = (slt_llc_spec){.made_at = SLT_LLC_AT_STEPS, .spread = {from, to, count}};
    slt_spread_steps(every, most, &llc);
}

static void expect(const uint64_t *steps, size_t count, const char *what)
{
    bool same = llc.step_count == count;
    for (size_t i = 0; i < count && same; i++)
        same = llc.steps[i].step == steps[i] && !llc.steps[i].last;
    if (!TAP_OK(same, "%s", what))
        for (size_t i = 0; i < llc.step_count; i++)
            tap_note("%llu", (unsigned long long)llc.steps[i].step);
}

static void test_steps(void)
{
    static const uint64_t decades[] = {1, 10, 100, 1000, 10000};
    spread(1, 10000, 5, 1, 10000);
    expect(decades, 5, "powers of ten");
    static const uint64_t hundreds[] = {100, 200, 300, 600, 1000};
    spread(100, 1000, 5, 100, 1000); /* 100, 177.8, 316.2, 562.3, 1000 */
    expect(hundreds, 5, "rounded to multiples of 100");
    static const uint64_t few[] = {10, 20, 30};
    spread(10, 30, 40, 10, 30);
    expect(few, 3, "doubles are left out");
    static const uint64_t least[] = {50, 100};
    spread(1, 100, 3, 50, 149); /* 1, 10, 100 */
    expect(least, 2, "at least one multiple");
    static const uint64_t most[] = {100};
    spread(160, 190, 2, 100, 199); /* 2 times 100 is beyond */
    expect(most, 1, "not beyond the last multiple");
    static const uint64_t half[] = {20};
    spread(15, 15, 2, 10, 40);
    expect(half, 1, "halves go up");
    static const uint64_t last[] = {UINT32_MAX};
    spread(UINT32_MAX, UINT32_MAX, 2, UINT32_MAX, UINT32_MAX);
    expect(last, 1, "the largest step");
}

static void test_ratios(void)
{
    spread(100, 100000, 40, 100, 100000);
    size_t at = 0, wrong = 0;
    uint64_t before = 0;
    for (int i = 0; i < 40; i++) {
        const double x = 100 * pow(1000, i / 39.0);
        const uint64_t step = 100 * (uint64_t)(x / 100 + 0.5);
        if (step > before && (at >= llc.step_count || llc.steps[at++].step != step))
            wrong++;
        before = step > before ? step : before;
    }
    TAP_OK(!wrong && at == llc.step_count && at > 30, "%zu of 40 steps, as by pow", at);
}

static void test_lists(void)
{
    llc = (slt_llc_spec){.made_at = SLT_LLC_AT_STEPS,
                         .step_count = 3,
                         .steps = {{.step = 0}, {.step = 20}, {.last = true}}};
    TAP_EQ_U64(slt_llc_steps_until(&llc, 10), 2, "step 0 and the end");
    TAP_EQ_U64(slt_llc_steps_until(&llc, 20), 2, "the end is one of the steps");
    TAP_EQ_U64(slt_llc_steps_until(&llc, 30), 3, "all");
    TAP_EQ_U64(slt_llc_step_of(&llc, 1, 10), 10, "the end comes in place of step 20");
    TAP_EQ_U64(slt_llc_step_of(&llc, 1, 30), 20, "which is there");
    TAP_EQ_U64(slt_llc_step_of(&llc, 2, 30), 30, "before the end");
    llc.step_count = 2;
    TAP_EQ_U64(slt_llc_steps_until(&llc, 10), 1, "without the last: none at the end");
    TAP_OK(slt_llc_is_series(&llc), "its results have steps");
}

int main(void)
{
    test_steps();
    test_ratios();
    test_lists();
    return tap_done();
}
