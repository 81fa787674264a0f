#include "theory/rational.h"

/* Watanabe 2009: the largest pole of the zeta function of a normal crossing, and its
 * order. */
slt_status slt_theory_crossing(const int64_t *k, const int64_t *h, size_t count,
                               slt_lambda *result, slt_error *err)
{
    slt_exact least = {0, 1, false};
    int64_t ties = 0;
    for (size_t j = 0; j < count; j++) {
        if (k[j] < 0 || h[j] < 0 || k[j] > INT32_MAX || h[j] > INT32_MAX)
            return slt_fail(err, SLT_USAGE,
                            "theory crossing: exponents must lie between 0 and %d",
                            INT32_MAX);
        if (k[j] == 0)
            continue;
        slt_exact pole = slt_exact_div(slt_exact_of(h[j] + 1), 2 * k[j]);
        if (ties == 0 || slt_exact_less(pole, least)) {
            least = pole;
            ties = 1;
        } else if (!slt_exact_less(least, pole)) {
            ties++;
        }
    }
    if (ties == 0)
        return slt_fail(err, SLT_USAGE,
                        "theory crossing: at least one k must be above 0: K is constant");
    return slt_exact_result(least, ties, "crossing", result, err);
}
