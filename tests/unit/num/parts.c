/* Parts of samples, by hand: two samples of three positions of two columns. */
#include "nets.h"

static slt_tensor whole, part;

static bool holds(const slt_tensor *tensor, const double *values)
{
    for (size_t e = 0; e < slt_tensor_count(tensor); e++)
        if (slt_real_double(slt_tensor_get(tensor, e)) != values[e])
            return false;
    return true;
}

static void test_parts(slt_arithmetic arithmetic)
{
    const char *name = slt_arithmetic_name(arithmetic);
    whole = nets_tensor(arithmetic, 6, 2);
    part = nets_tensor(arithmetic, 2, 2);
    nets_fill(&whole, (const double[]){1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    slt_num_take_part(&whole, 2, 2, &part);
    TAP_OK(holds(&part, (const double[]){3, 4, 9, 10}), "%s: a position is taken", name);
    slt_num_put_part(&part, 2, 4, &whole);
    TAP_OK(holds(&whole, (const double[]){1, 2, 3, 4, 3, 4, 7, 8, 9, 10, 9, 10}),
           "%s: and put elsewhere", name);
    slt_num_position_sums(&whole, &part);
    TAP_OK(holds(&part, (const double[]){7, 10, 25, 28}), "%s: positions are summed",
           name);
    slt_num_position_repeat(&part, &whole);
    TAP_OK(holds(&whole, (const double[]){7, 10, 7, 10, 7, 10, 25, 28, 25, 28, 25, 28}),
           "%s: and each gets the same", name);
    slt_tensor_free(&whole);
    slt_tensor_free(&part);
}

/* Of fixed point the exponent goes with the numbers. */
static void test_exponents(void)
{
    whole = nets_tensor(SLT_FIXED, 6, 2);
    part = nets_tensor(SLT_FIXED, 2, 2);
    whole.frac = 20;
    whole.overflow = true;
    slt_num_take_part(&whole, 2, 0, &part);
    TAP_OK(part.frac == 20 && part.overflow, "fixed: the exponent, and an overflow");
    slt_tensor_free(&whole);
    slt_tensor_free(&part);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    test_parts(SLT_F32);
    test_parts(SLT_F64);
    test_parts(SLT_FIXED);
    test_exponents();
    return tap_done();
}
