#include "theory/rational.h"

#include <inttypes.h>

/* Aoyagi & Watanabe 2005: the four regions of (M, H, N, r). The first holds where each of
 * M, N, H plus r is at most the sum of the other two. */
enum { WIDEST = INT32_MAX };

static slt_status check_network(int64_t in, int64_t hidden, int64_t out, int64_t rank,
                                slt_error *err)
{
    if (in < 1 || hidden < 1 || out < 1 || in > WIDEST || hidden > WIDEST || out > WIDEST)
        return slt_fail(err, SLT_USAGE,
                        "theory rrr: in, hidden and out must lie between 1 and %d",
                        WIDEST);
    int64_t least = in < out ? in : out;
    least = hidden < least ? hidden : least;
    if (rank < 0 || rank > least)
        return slt_fail(
            err, SLT_USAGE,
            "theory rrr: rank must lie between 0 and the smallest of in, hidden "
            "and out, %" PRId64 "; it is %" PRId64,
            least, rank);
    return SLT_OK;
}

/* [2 (H + r)(M + N) - (M - N)^2 - (H + r)^2] / 8, plus 1/8 where the sum is odd. */
static slt_exact balanced(slt_exact m, slt_exact h, slt_exact n, slt_exact r, bool odd)
{
    slt_exact held = slt_exact_add(h, r), across = slt_exact_sub(m, n);
    slt_exact twice =
        slt_exact_mul(slt_exact_of(2), slt_exact_mul(held, slt_exact_add(m, n)));
    slt_exact eight = slt_exact_sub(slt_exact_sub(twice, slt_exact_mul(across, across)),
                                    slt_exact_mul(held, held));
    return slt_exact_div(slt_exact_add(eight, slt_exact_of(odd)), 8);
}

/* [H side + r (other - H)] / 2, side and other being M and N in either order. */
static slt_exact lopsided(slt_exact h, slt_exact side, slt_exact other, slt_exact r)
{
    slt_exact twice =
        slt_exact_add(slt_exact_mul(h, side), slt_exact_mul(r, slt_exact_sub(other, h)));
    return slt_exact_div(twice, 2);
}

slt_status slt_theory_rrr(int64_t in, int64_t hidden, int64_t out, int64_t rank,
                          slt_lambda *result, slt_error *err)
{
    slt_status status = check_network(in, hidden, out, rank, err);
    if (status)
        return status;
    slt_exact m = slt_exact_of(in), h = slt_exact_of(hidden), n = slt_exact_of(out);
    slt_exact r = slt_exact_of(rank), value;
    int64_t multiplicity = 1;
    if (in + hidden < out + rank) {
        value = lopsided(h, m, n, r);
    } else if (out + hidden < in + rank) {
        value = lopsided(h, n, m, r);
    } else if (in + out < hidden + rank) {
        value = slt_exact_div(slt_exact_mul(m, n), 2);
    } else {
        bool odd = (in + hidden + out + rank) % 2;
        value = balanced(m, h, n, r, odd);
        multiplicity = odd ? 2 : 1;
    }
    return slt_exact_result(value, multiplicity, "rrr", result, err);
}
