/* Units in the last place between two numbers, over zero and signs. */
#include "verify/compare.h"

#include "tap.h"

static void apart(double a, double b, uint64_t want, const char *name)
{
    TAP_EQ_U64(slt_compare_ulp(slt_real_of(a), slt_real_of(b)), want, name);
    TAP_EQ_U64(slt_compare_ulp(slt_real_of(b), slt_real_of(a)), want,
               "the other way round");
}

int main(void)
{
    apart(1, 1, 0, "a number and itself");
    apart(1, 1 + 0x1p-52, 1, "neighbours");
    apart(-1, -1 - 0x1p-52, 1, "neighbours below 0");
    apart(1, 2, UINT64_C(1) << 52, "a binade");
    apart(0, -0.0, 0, "both zeros");
    apart(0, 0x1p-1074, 1, "zero and the least number");
    apart(-0x1p-1074, 0x1p-1074, 2, "over zero");
    apart(-1, 1, UINT64_C(2) * 0x3ff0000000000000, "from -1 to 1");
    return tap_done();
}
