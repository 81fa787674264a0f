#include "learn/times.h"

#include "num/scalar.h"

static const slt_real infinite = {UINT64_C(0x7ff0000000000000)};

/* Time i of the spread; the ends are exact. */
static slt_real times_number(const slt_times *times, uint64_t i)
{
    const slt_real from = times->spread.from, to = times->spread.to;
    if (i == 0 || i == times->spread.count - 1)
        return i ? to : from;
    const bool log = times->spread.log;
    const slt_real start = log ? slt_real_log(from) : from;
    const slt_real range = slt_real_sub(log ? slt_real_log(to) : to, start);
    const slt_real share =
        slt_real_div(slt_real_from_u64(i), slt_real_from_u64(times->spread.count - 1));
    const slt_real at = slt_real_fma(range, share, start);
    return log ? slt_real_exp(at) : at;
}

bool slt_times_fill(slt_times *times)
{
    const uint64_t count = times->spread.count;
    const slt_real zero = {0};
    if (count && times->spread.log && !slt_real_less(zero, times->spread.from))
        return false;
    for (uint64_t i = 0; i < count; i++)
        times->list[i] = (slt_time){.at = times_number(times, i)};
    if (count)
        times->count = (size_t)count;
    if (times->spread.end)
        times->list[times->count++] = (slt_time){.end = true};
    for (size_t i = 0; i < times->count; i++) {
        slt_time *time = &times->list[i];
        if (time->end)
            time->at = infinite;
        if (i && !slt_real_less(time[-1].at, time->at))
            return false;
    }
    return true;
}

slt_function_set slt_times_functions(const slt_times *times)
{
    const bool log = times->spread.count && times->spread.log;
    return log ? (slt_function_set)1 << SLT_FN_log | (slt_function_set)1 << SLT_FN_exp
               : 0;
}
