/* log, exp, sine and cosine of scalars: SLEEF 3.5.1's sequences of operations, which
 * docs/spec/04-functions.md lists, made of the operations of scalar.c, so that a derived
 * hyper-parameter asks neither for SLEEF nor for an fma of the CPU's. */
#include "num/convert.h"
#include "num/scalar.h"

#define BITS(bits) ((slt_real){UINT64_C(bits)})
#define ONE BITS(0x3ff0000000000000)
#define HALF BITS(0x3fe0000000000000)
#define INFINITE BITS(0x7ff0000000000000)
#define NOT_A_NUMBER BITS(0x7ff8000000000000)
#define EXPONENT_MASK UINT64_C(0x7ff)

static slt_real add(slt_real a, slt_real b)
{
    return slt_real_add(a, b);
}

static slt_real sub(slt_real a, slt_real b)
{
    return slt_real_sub(a, b);
}

static slt_real mul(slt_real a, slt_real b)
{
    return slt_real_mul(a, b);
}

static slt_real fma_of(slt_real a, slt_real b, slt_real c)
{
    return slt_real_fma(a, b, c);
}

static slt_real power_of_two(int64_t exponent)
{
    return (slt_real){(uint64_t)(exponent + 1023) << 52};
}

/* The sum of coefficient[i] s^i, i = 0 .. 9, in Estrin's order. */
static slt_real exp_polynomial(slt_real s, slt_real s2)
{
    static const slt_real coefficient[10] = {{0x3fc555555555555e}, {0x3fa55555555554f9},
                                             {0x3f8111111110e7a5}, {0x3f56c16c16c3396b},
                                             {0x3f2a01a01b4421fd}, {0x3efa01a0127f883a},
                                             {0x3ec71ddef633fb47}, {0x3e927e5d38a23654},
                                             {0x3e5af6c36f75740c}, {0x3e21e0c670afff06}};
    slt_real pair[5], s4 = mul(s2, s2), s8 = mul(s4, s4);
    for (int i = 0; i < 5; i++)
        pair[i] = fma_of(coefficient[2 * i + 1], s, coefficient[2 * i]);
    slt_real high = fma_of(s2, pair[3], pair[2]), low = fma_of(s2, pair[1], pair[0]);
    return fma_of(s8, pair[4], fma_of(s4, high, low));
}

slt_real slt_real_exp(slt_real a)
{
    if (!slt_real_finite(a) && a.bits << 12)
        return NOT_A_NUMBER;
    if (slt_real_less(BITS(0x40862e42fe102c83), a))
        return INFINITE;
    if (slt_real_less(a, BITS(0xc08f400000000000)))
        return BITS(0);
    int64_t q = 0;
    slt_real_to_fixed(mul(a, BITS(0x3ff71547652b82fe)), 0, &q);
    slt_real u = slt_real_from_fixed(q, 0);
    slt_real s = fma_of(u, BITS(0xbfe62e42fefa3000), a);
    s = fma_of(u, BITS(0xbd53de6af278ece6), s);
    u = fma_of(exp_polynomial(s, mul(s, s)), s, HALF);
    u = fma_of(fma_of(u, s, ONE), s, ONE);
    int64_t half = (q - (q & 1)) / 2;
    return mul(mul(u, power_of_two(half)), power_of_two(q - half));
}

typedef struct two {
    slt_real high, low; /* the number is their sum */
} two;

/* a + b and what its rounding lost. */
static two add_exactly(slt_real a, slt_real b)
{
    slt_real sum = add(a, b), v = sub(sum, a);
    return (two){sum, add(sub(b, v), sub(a, sub(sum, v)))};
}

static two divide_two(two n, two d)
{
    slt_real t = slt_real_div(ONE, d.high), minus = slt_real_neg(t);
    slt_real quotient = mul(n.high, t);
    slt_real rest = fma_of(t, n.high, slt_real_neg(quotient));
    slt_real v = fma_of(minus, d.low, fma_of(minus, d.high, ONE));
    return (two){quotient, fma_of(quotient, v, fma_of(t, n.low, rest))};
}

/* The sum of coefficient[i] x2^i, i = 0 .. 6, in Estrin's order. */
static slt_real log_polynomial(slt_real x2)
{
    static const slt_real coefficient[7] = {{0x3fe55555555557ae}, {0x3fd99999998f92ea},
                                            {0x3fd249249a68a245}, {0x3fcc71c0a65ecd8e},
                                            {0x3fc747353a506035}, {0x3fc3872e67fe8e84},
                                            {0x3fc39c4f5407567e}};
    slt_real pair[3], x4 = mul(x2, x2);
    for (int i = 0; i < 3; i++)
        pair[i] = fma_of(x2, coefficient[2 * i + 1], coefficient[2 * i]);
    slt_real high = fma_of(x4, coefficient[6], pair[2]);
    return fma_of(mul(x4, x4), high, fma_of(x4, pair[1], pair[0]));
}

/* log of a = m 2^e, m in [3/4, 3/2): e log 2 + 2 artanh((m - 1) / (m + 1)). */
static slt_real log_of(slt_real m, int64_t e)
{
    two x = divide_two(add_exactly(BITS(0xbff0000000000000), m), add_exactly(ONE, m));
    slt_real x2 = mul(x.high, x.high), power = slt_real_from_fixed(e, 0);
    slt_real ln2 = BITS(0x3fe62e42fefa39ef), k = mul(power, ln2);
    slt_real k_low = fma_of(power, ln2, slt_real_neg(k));
    k_low = fma_of(power, BITS(0x3c7abc9e3b39803f), k_low);
    slt_real twice = add(x.high, x.high), sum = add(k, twice);
    slt_real low = add(k_low, add(twice, sub(k, sum)));
    low = add(low, add(x.low, x.low));
    slt_real rest = mul(mul(x.high, x2), log_polynomial(x2)), all = add(sum, rest);
    low = add(low, add(rest, sub(sum, all)));
    return add(all, low);
}

slt_real slt_real_log(slt_real a)
{
    if (a.bits << 1 == 0)
        return slt_real_neg(INFINITE);
    if (a.bits >= INFINITE.bits)
        return a.bits == INFINITE.bits ? a : NOT_A_NUMBER;
    int64_t scaled = a.bits >> 52 ? 0 : 64;
    if (scaled)
        a = mul(a, power_of_two(scaled));
    uint64_t exponent = mul(a, BITS(0x3ff5555555555555)).bits >> 52 & EXPONENT_MASK;
    slt_real m = {a.bits + ((UINT64_C(1023) - exponent) << 52)};
    return log_of(m, (int64_t)exponent - 1023 - scaled);
}

static slt_real scalar_horner(const slt_real *coefficient, size_t count, slt_real x)
{
    slt_real sum = coefficient[0];
    for (size_t i = 1; i < count; i++)
        sum = fma_of(sum, x, coefficient[i]);
    return sum;
}

/* The even number nearest to u that is not nearer to 0 by 1: of 0 <= u < 1 it is 0, of
 * 1 <= u < 3 it is 2, and so on, the same with a sign. */
static int64_t even_near(slt_real u)
{
    slt_real size = {u.bits & INT64_MAX};
    int64_t whole = 0;
    slt_real_to_fixed(size, 0, &whole);
    whole -= slt_real_less(size, slt_real_from_fixed(whole, 0));
    whole = (whole + 1) & ~INT64_C(1);
    return u.bits >> 63 ? -whole : whole;
}

slt_real_sincos slt_real_sincospi(slt_real a)
{
    static const slt_real of_sine[] = {{0x3d9e42e923057d6c}, {0xbe1e3011ca3f21b5},
                                       {0x3e9507830918116c}, {0xbf032d2cce398cae},
                                       {0x3f6466bc677591c5}, {0xbfb4abbce625be43},
                                       {0x3fe921fb54442d18}};
    static const slt_real of_cosine[] = {{0xbd5b29cfed2a85b3}, {0x3ddf9cd01c42c7cd},
                                         {0xbe5a6d1ed7b66707}, {0x3ece1f50684ad332},
                                         {0xbf355d3c7e3c9fcf}, {0x3f903c1f081b5aaa},
                                         {0xbfd3bd3cc9be45de}, {0x3ff0000000000000}};
    if (!slt_real_finite(a))
        return (slt_real_sincos){NOT_A_NUMBER, NOT_A_NUMBER};
    if (slt_real_less(BITS(0x41adcd6500000000), (slt_real){a.bits & INT64_MAX}))
        return (slt_real_sincos){BITS(0), BITS(0)};
    slt_real u = mul(a, BITS(0x4010000000000000));
    int64_t q = even_near(u);
    slt_real t = sub(u, slt_real_from_fixed(q, 0)), t2 = mul(t, t);
    slt_real sine = mul(scalar_horner(of_sine, 7, t2), t),
             cosine = scalar_horner(of_cosine, 8, t2);
    slt_real_sincos both = {q & 2 ? cosine : sine, q & 2 ? sine : cosine};
    if (q & 4)
        both.sine = slt_real_neg(both.sine);
    if ((q + 2) & 4)
        both.cosine = slt_real_neg(both.cosine);
    return both;
}
