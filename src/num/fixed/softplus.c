/* Softplus: ln(1 + e^x) = max(x, 0) + ln(1 + q), q = e^-|x|: the sum of two blocks. */
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"
#include "num/scratch.h"

#define ONE ((int64_t)1 << SLT_EXP_FRAC)

/* ln(1 + q) at exponent 60. */
static int64_t log_of(uint64_t size, int frac)
{
    const int64_t q = slt_power_down(slt_power_argument(size, frac));
    const slt_wide log = slt_log_of(slt_wide_of(ONE + q), SLT_EXP_FRAC);
    return (int64_t)slt_wide_floor(slt_wide_add(log, slt_wide_of(2)), 2).low;
}

static void softplus_values(const slt_tensor *x, slt_tensor *y)
{
    const int64_t *m = x->data;
    const size_t count = slt_tensor_count(x);
    int64_t *room = slt_kernel_scratch(2 * count * sizeof *room);
    slt_tensor log = *x, above = *x;
    log.data = room;
    log.frac = SLT_EXP_FRAC;
    above.data = room + count;
    for (size_t e = 0; e < count; e++) {
        room[e] = log_of(slt_fixed_size(m[e]), x->frac);
        room[count + e] = m[e] > 0 ? m[e] : 0;
    }
    slt_fixed_add(&above, &log, y);
}

void slt_fixed_softplus(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    if (slope)
        slt_fixed_sigmoid(x, slope, NULL);
    if (y)
        softplus_values(x, y);
}
