/* Rotary positions on every instruction set: each pair against its definition, one
 * operation at a time; the angles against the C library's; back undoes it.  In fixed
 * point near what floats give. */
#include "fixed_reference.h"
#include "num/scalar.h"

/* The cosine and the sine of a pair at a position. */
static void turn(const slt_rotary *by, size_t width, size_t position, size_t pair,
                 double *cosine, double *sine)
{
    const double log_base = slt_real_double(slt_real_log(by->base));
    const double share = (double)(2 * pair) / (double)width;
    const double each =
        slt_real_double(slt_real_exp(slt_real_of(-(share * log_base))));
    const slt_real_sincos both =
        slt_real_sincospi(slt_real_of((double)position * each / 0x1.921fb54442d18p+1));
    *cosine = slt_real_double(both.cosine);
    *sine = slt_real_double(both.sine);
}

static slt_rotary draw(size_t i)
{
    return (slt_rotary){.positions = 1 + ref_below(i % 5 ? 6 : 40),
                        .heads = 1 + ref_below(4),
                        .base = slt_real_of(i % 3 ? 10000 : 1 + (double)ref_below(50)),
                        .neighbours = i % 2};
}

/* Numbers of one call that are not as they are defined. */
static size_t wrong_of(slt_arithmetic a, const slt_rotary *by, size_t pairs,
                       size_t samples, ref_mix mix)
{
    const bool back = ref_below(2);
    const size_t width = 2 * pairs;
    size_t wrong = 0;
    slt_tensor x = ref_filled(a, by->positions * samples, by->heads * width, mix);
    slt_tensor y = ref_tensor(a, x.rows, x.cols);
    slt_num_rotary(by, back, &x, &y);
    for (size_t e = 0; e < slt_tensor_count(&x) / 2; e++) {
        const size_t row = e / (x.cols / 2), head = e / pairs % by->heads;
        const size_t pair = e % pairs, step = by->neighbours ? 2 : 1;
        const size_t one = row * x.cols + head * width + pair * step;
        const size_t two = one + (by->neighbours ? 1 : pairs);
        double c, s;
        turn(by, width, row % by->positions, pair, &c, &s);
        c = ref_round(a, c);
        s = ref_round(a, back ? -s : s);
        const double p = ref_get(&x, one), q = ref_get(&x, two);
        wrong += !ref_same(ref_get(&y, one), ref_fma(a, p, c, -ref_mul(a, q, s)));
        wrong += !ref_same(ref_get(&y, two), ref_fma(a, q, c, ref_mul(a, p, s)));
    }
    ref_free(&x);
    ref_free(&y);
    return wrong;
}

static size_t definition(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 80; i++) {
        const slt_rotary by = draw(i);
        const size_t pairs = 1 + ref_below(i % 4 ? 9 : 40);
        wrong += wrong_of(a, &by, pairs, 1 + ref_below(3), (ref_mix)(i % REF_MIXES));
    }
    return wrong;
}

/* Calls that differ in one thing each, over and over: tables that are held are those of
 * the call.  Some have more than there is room for. */
static size_t again(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < tap_times(120, 40); i++) {
        const bool large = i % 40 == 39;
        const slt_rotary by = {.positions = (large ? 2100 : 5) + ref_below(2),
                               .heads = 1 + ref_below(2),
                               .base = slt_real_of(ref_below(2) ? 10000 : 100),
                               .neighbours = ref_below(2)};
        const slt_arithmetic other = a == SLT_F32 ? SLT_F64 : SLT_F32;
        wrong += wrong_of(ref_below(2) ? a : other, &by, (large ? 40 : 3) + ref_below(2),
                          1, (ref_mix)(i % REF_MIXES));
    }
    return wrong;
}

static size_t angles(slt_arithmetic a)
{
    size_t wrong = 0;
    (void)a;
    for (size_t i = 0; i < 300; i++) {
        const slt_rotary by = draw(i);
        const size_t width = 2 * (1 + ref_below(40)), pair = ref_below(width / 2);
        const size_t position = ref_below(5000);
        double c, s;
        turn(&by, width, position, pair, &c, &s);
        const double angle = (double)position * pow(slt_real_double(by.base),
                                                    -2.0 * (double)pair / (double)width);
        wrong += fabs(c - cos(angle)) > 1e-11 || fabs(s - sin(angle)) > 1e-11;
    }
    return wrong;
}

/* In fixed point: what f64 gives, and back again what was there. */
static size_t in_fixed_point(void)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 40; i++) {
        const slt_rotary by = draw(i);
        const size_t width = 2 * (1 + ref_below(9));
        slt_tensor x = fixed_filled(by.positions * 2, by.heads * width,
                                    i % 8 ? FIXED_PLAIN : FIXED_ZEROS, 48);
        slt_tensor y = ref_tensor(SLT_FIXED, x.rows, x.cols);
        slt_tensor again = ref_tensor(SLT_FIXED, x.rows, x.cols);
        x.overflow = i % 3 == 0;
        slt_num_rotary(&by, false, &x, &y);
        slt_num_rotary(&by, true, &y, &again);
        wrong += y.overflow != x.overflow || again.overflow != x.overflow;
        for (size_t e = 0; e < slt_tensor_count(&x); e++) {
            const size_t row = e / x.cols, column = e % x.cols % width;
            const size_t half = width / 2, step = by.neighbours ? 1 : half;
            const bool first = by.neighbours ? column % 2 == 0 : column < half;
            double c, s;
            turn(&by, width, row % by.positions,
                 by.neighbours ? column / 2 : column % half, &c, &s);
            const double own = ldexp((double)((int64_t *)x.data)[e], -x.frac);
            const double other = ldexp(
                (double)((int64_t *)x.data)[first ? e + step : e - step], -x.frac);
            const double want = own * c + (first ? -other : other) * s;
            const double got = ldexp((double)((int64_t *)y.data)[e], -y.frac);
            const double back = ldexp((double)((int64_t *)again.data)[e], -again.frac);
            wrong += fabs(got - want) > 1e-14 || fabs(back - own) > 1e-14;
        }
        ref_free(&x);
        ref_free(&y);
        ref_free(&again);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("each pair", definition);
    ref_each_copy("tables that are held", again);
    ref_each_copy("its angle", angles);
    fixed_each_copy("in fixed point", in_fixed_point);
    return tap_done();
}
