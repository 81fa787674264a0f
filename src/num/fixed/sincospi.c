/* sin(pi x) and cos(pi x): x is a number of half turns. */
#include "num/fixed/fixed.h"
#include "num/fixed/functions.h"

/* x = m 2^-frac in quarter turns at 61 bits, whole pairs of turns left out. */
static uint64_t quarters_of(int64_t m, int frac)
{
    int shift = 62 - frac;
    if (shift < 0)
        return (uint64_t)slt_round_shift(m, -shift);
    return shift > 63 ? 0 : (uint64_t)m << shift;
}

void slt_fixed_sincospi(const slt_tensor *x, slt_tensor *sine, slt_tensor *cosine)
{
    const int64_t *m = x->data;
    int64_t *to = sine->data, *other = cosine->data;
    int frac = x->frac;
    sine->overflow |= x->overflow;
    cosine->overflow |= x->overflow;
    for (size_t e = 0, n = slt_tensor_count(x); e < n; e++) {
        uint64_t turn = quarters_of(m[e], frac);
        uint64_t quarters = (turn + ((uint64_t)1 << 60)) >> 61;
        int64_t rest = (int64_t)(turn - (quarters << 61));
        int64_t c, s;
        slt_fixed_turn((unsigned)quarters, rest, &c, &s);
        to[e] = s;
        other[e] = c;
    }
    sine->frac = cosine->frac = SLT_SINCOSPI_FRAC;
}
