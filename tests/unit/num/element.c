/* Elements from tensor to tensor, rounded once. */
#include "num/element.h"

#include <string.h>

#include "nets.h"

static int64_t mantissa(const slt_tensor *tensor, size_t e)
{
    return ((const int64_t *)tensor->data)[e];
}

static void put_mantissa(slt_tensor *tensor, size_t e, int64_t m)
{
    ((int64_t *)tensor->data)[e] = m;
}

/* a 2^-frac_a b 2^-frac_b at exponent 48. */
static int64_t product(int64_t a, int frac_a, int64_t b, int frac_b, bool *overflow)
{
    slt_tensor x = nets_tensor(SLT_FIXED, 1, 2), y = nets_tensor(SLT_FIXED, 1, 3),
               z = nets_tensor(SLT_FIXED, 2, 2);
    x.frac = frac_a, y.frac = frac_b;
    put_mantissa(&x, 1, a);
    put_mantissa(&y, 2, b);
    slt_num_put_product(&x, 1, &y, 2, &z, 3);
    int64_t m = mantissa(&z, 3);
    TAP_OK(z.frac == 48 && mantissa(&z, 0) == 0 && mantissa(&z, 2) == 0,
           "nothing else is written");
    *overflow = z.overflow;
    slt_tensor_free(&x);
    slt_tensor_free(&y);
    slt_tensor_free(&z);
    return m;
}

static void test_fixed_product(void)
{
    const int64_t one = INT64_C(1) << 48;
    bool overflow;
    TAP_EQ_U64(product(3 * one, 48, -5 * one, 48, &overflow), (uint64_t)(-15 * one),
               "3 times -5");
    TAP_OK(!overflow, "fits");
    /* 63-bit factors: a binary64 would lose their low bits. */
    const int64_t odd = (INT64_C(1) << 60) + 1;
    TAP_EQ_U64(product(odd, 48, one, 48, &overflow), odd, "times 1 nothing is lost");
    TAP_EQ_U64(product(3, 48, one / 2, 48, &overflow), 2,
               "a tie goes to the even one up");
    TAP_EQ_U64(product(5, 48, one / 2, 48, &overflow), 2, "and down");
    TAP_EQ_U64(product(-5, 48, one / 2, 48, &overflow), -2, "and for negative ones");
    TAP_EQ_U64(product(odd, 60, 1 << 20, 20, &overflow), one, "other exponents");
    product(INT64_C(1) << 61, 48, 4 * one, 48, &overflow);
    TAP_OK(overflow, "what does not fit latches");
}

static void test_fixed_put(void)
{
    slt_tensor x = nets_tensor(SLT_FIXED, 1, 1), y = nets_tensor(SLT_FIXED, 1, 1);
    x.frac = 61;
    put_mantissa(&x, 0, (INT64_C(1) << 61) + (INT64_C(3) << 12));
    slt_num_put(&x, 0, &y, 0);
    TAP_EQ_U64(mantissa(&y, 0), (INT64_C(1) << 48) + 2, "61 bits to 48, to the even one");
    x.frac = 2;
    slt_num_put(&x, 0, &y, 0);
    TAP_OK(y.overflow, "too large for 48 fractional bits");
    y.overflow = false;
    x.frac = 61;
    x.overflow = true;
    slt_num_put(&x, 0, &y, 0);
    TAP_OK(y.overflow, "what is spoiled spoils");
    slt_tensor_free(&x);
    slt_tensor_free(&y);
}

static void test_floats(void)
{
    slt_tensor x = nets_tensor(SLT_F32, 1, 2), y = nets_tensor(SLT_F32, 1, 1);
    slt_tensor_set(&x, 0, slt_real_of(0x1.000002p0));
    slt_tensor_set(&x, 1, slt_real_of(0x1.000006p0));
    slt_num_put_product(&x, 0, &x, 1, &y, 0);
    TAP_OK(slt_real_double(slt_tensor_get(&y, 0)) ==
               (double)(0x1.000002p0f * 0x1.000006p0f),
           "f32: one rounding");
    slt_num_put(&x, 1, &y, 0);
    TAP_EQ_U64(slt_tensor_get(&y, 0).bits, slt_tensor_get(&x, 1).bits, "f32: as it is");
    slt_tensor_free(&x);
    slt_tensor_free(&y);
}

int main(void)
{
    test_fixed_product();
    test_fixed_put();
    test_floats();
    return tap_done();
}
