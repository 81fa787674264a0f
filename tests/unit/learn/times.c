/* learn/times.c: lists of times. */
#include <math.h>

#include "learn/times.h"
#include "tap.h"

static slt_times times;

static bool spread(double from, double to, uint64_t count, bool log, bool end)
{
    times = (slt_times){0};
    times.spread.from = slt_real_of(from);
    times.spread.to = slt_real_of(to);
    times.spread.count = count;
    times.spread.log = log;
    times.spread.end = end;
    return slt_times_fill(&times);
}

static double at(size_t i)
{
    return slt_real_double(times.list[i].at);
}

static void test_spreads(void)
{
    TAP_OK(spread(0, 1, 5, false, false) && times.count == 5 && at(0) == 0 &&
               at(1) == 0.25 && at(4) == 1,
           "equal differences");
    TAP_OK(spread(0.1, 1000, 5, true, true) && times.count == 6 && at(0) == 0.1 &&
               fabs(at(2) - 10) < 1e-12 && at(4) == 1000 && isinf(at(5)),
           "equal ratios, and the end");
    TAP_OK(!spread(0, 1, 3, true, false), "no ratio begins at 0");
    TAP_OK(!spread(1, 1, 2, false, false) && !spread(2, 1, 4, true, false),
           "they ascend");
}

static void test_lists(void)
{
    times = (slt_times){.count = 2, .list = {{.at = slt_real_of(1)}, {.end = true}}};
    TAP_OK(slt_times_fill(&times) && isinf(at(1)), "the end comes last");
    times = (slt_times){.count = 2, .list = {{.end = true}, {.at = slt_real_of(1)}}};
    TAP_OK(!slt_times_fill(&times), "and nowhere else");
    times = (slt_times){.count = 1, .list = {{.end = true}}};
    TAP_OK(slt_times_fill(&times) && isinf(at(0)), "it may be alone");
}

int main(void)
{
    test_spreads();
    test_lists();
    return tap_done();
}
