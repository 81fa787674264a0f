/* Fractions of 64 bits: exact, or latched as failed. */
#include "theory/rational.h"

#include "tap.h"

static void test_exact(void)
{
    slt_exact third = slt_exact_div(slt_exact_of(1), 3);
    slt_exact sixth = slt_exact_div(slt_exact_of(-1), 6);
    slt_exact sum = slt_exact_add(third, sixth);
    TAP_OK(sum.numerator == 1 && sum.denominator == 6 && !sum.failed, "1/3 - 1/6 = 1/6");
    slt_exact huge = slt_exact_of(INT64_MAX);
    TAP_OK(slt_exact_add(huge, slt_exact_of(1)).failed,
           "a sum beyond 64 bits is latched");
    TAP_OK(slt_exact_mul(huge, huge).failed, "a product beyond 64 bits is latched");
    TAP_OK(slt_exact_of(INT64_MIN).failed, "-2^63 has no negative and is refused");
    slt_exact late = slt_exact_sub(slt_exact_mul(huge, huge), slt_exact_mul(huge, huge));
    TAP_OK(late.failed, "a latched failure stays");
    slt_exact whole = slt_exact_mul(slt_exact_div(huge, 3), slt_exact_of(3));
    TAP_OK(whole.numerator == INT64_MAX && !whole.failed,
           "factors cancel before a product");
    int wrong = 0;
    for (int64_t a = -7; a <= 7; a++)
        for (int64_t b = 1; b <= 7; b++)
            for (int64_t c = -7; c <= 7; c++)
                for (int64_t d = 1; d <= 7; d++)
                    wrong += slt_exact_less(slt_exact_div(slt_exact_of(a), b),
                                            slt_exact_div(slt_exact_of(c), d)) !=
                             (a * d < c * b);
    TAP_OK(wrong == 0, "less agrees with cross products");
    TAP_OK(slt_exact_less((slt_exact){INT64_MAX - 1, INT64_MAX, false}, slt_exact_of(1)),
           "less at the edge of 64 bits");
}

int main(void)
{
    test_exact();
    return tap_done();
}
