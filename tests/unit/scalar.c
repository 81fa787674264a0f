#include "num/scalar.h"

#include <math.h>

#include "base/cpu.h"
#include "tap.h"

#define R(x) slt_real_of(x)
#define SAME(a, b) ((a).bits == slt_real_of(b).bits)

static void test_operations(void)
{
    TAP_OK(SAME(slt_real_add(R(0.1), R(0.2)), 0.30000000000000004), "0.1 + 0.2");
    TAP_OK(SAME(slt_real_sub(R(0.3), R(0.1)), 0.19999999999999998), "0.3 - 0.1");
    TAP_OK(SAME(slt_real_mul(R(0.1), R(3)), 0.30000000000000004), "0.1 * 3");
    TAP_OK(SAME(slt_real_div(R(1), R(3)), 0x1.5555555555555p-2), "1 / 3");
    TAP_OK(SAME(slt_real_sqrt(R(2)), 0x1.6a09e667f3bcdp0), "sqrt 2");
    TAP_OK(SAME(slt_real_neg(R(0)), -0.0), "-0");
    TAP_OK(SAME(slt_real_fma(R(1 + 0x1p-30), R(1 - 0x1p-30), R(-1)), -0x1p-60),
           "fma rounds once");
    TAP_OK(SAME(slt_real_fma(R(0x1p-600), R(0x1p-474), R(0x1p-1074)), 0x1p-1073),
           "fma among subnormals");
    TAP_OK(SAME(slt_real_fma(R(0x1.fffffffffffffp1023), R(2), R(-INFINITY)), -INFINITY),
           "fma does not overflow inside");
}

static void test_comparison(void)
{
    TAP_OK(slt_real_less(R(-1), R(1)) && !slt_real_less(R(1), R(1)), "less");
    TAP_OK(!slt_real_less(R(-0.0), R(0)), "zeros are equal");
    TAP_OK(!slt_real_less(R(NAN), R(1)) && !slt_real_less(R(1), R(NAN)),
           "NaN is not less");
}

static void test_from_u64(void)
{
    TAP_OK(SAME(slt_real_from_u64(9007199254740993u), 9007199254740992.0) &&
               SAME(slt_real_from_u64(9007199254740995u), 9007199254740996.0) &&
               SAME(slt_real_from_u64(UINT64_MAX), 0x1p64),
           "integers beyond 2^53 round to even");
}

/* The definition, written down once more: 64 partial sums and the tree. */
static double sum_again(const slt_real *v, size_t n)
{
    double partial[64] = {0};
    for (size_t j = 0; j < 64; j++)
        for (size_t i = j; i < n; i += 64)
            partial[j] = partial[j] + slt_real_double(v[i]);
    for (int w = 32; w; w /= 2)
        for (int j = 0; j < w; j++)
            partial[j] = partial[j] + partial[j + w];
    return partial[0];
}

static void test_sums(void)
{
    enum { MAX = 333 };
    slt_real v[MAX];
    bool same = true, close = true;
    for (size_t n = 0; n <= MAX; n++) {
        long double plain = 0;
        for (size_t i = 0; i < n; i++) {
            v[i] = R(1.0 / (double)(i + 3) - (i % 7 ? 0 : 0.7));
            plain += slt_real_double(v[i]);
        }
        same &= SAME(slt_real_sum(v, n), sum_again(v, n));
        close &= fabsl((long double)slt_real_double(slt_real_sum(v, n)) - plain) < 1e-13L;
    }
    TAP_OK(same, "sums have the order of the definition");
    TAP_OK(close, "and are sums");
    slt_real four[] = {R(2), R(4), R(4), R(6)};
    TAP_OK(SAME(slt_real_mean(four, 4), 4), "mean");
    TAP_OK(SAME(slt_real_sd(four, 4), sqrt(8.0 / 3.0)), "standard deviation");
}

static void test_elementary(void)
{
    if (!slt_cpu_has_fma()) {
        tap_skip("log and exp", "no fma on this CPU");
        return;
    }
    TAP_OK(SAME(slt_real_log(R(1)), 0) && SAME(slt_real_exp(R(0)), 1), "log 1 and exp 0");
    TAP_OK(fabs(slt_real_double(slt_real_log(R(500))) - 6.214608098422191) < 1e-15,
           "log 500");
    TAP_OK(fabs(slt_real_double(slt_real_exp(R(1))) - 2.718281828459045) < 5e-16, "e");
}

int main(void)
{
    test_operations();
    test_comparison();
    test_from_u64();
    test_sums();
    test_elementary();
    return tap_done();
}
