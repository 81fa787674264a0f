#include "num/scalar.h"

#include <float.h>
#include <math.h>

#include "base/cpu.h"
#include "random.h"
#include "tap.h"

#ifdef SLT_FLOAT
#include "num/float/elementary.h"
#endif

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
static slt_real sum_again(const slt_real *v, size_t n)
{
    slt_real partial[64] = {{0}};
    for (size_t j = 0; j < 64; j++)
        for (size_t i = j; i < n; i += 64)
            partial[j] = slt_real_add(partial[j], v[i]);
    for (int w = 32; w; w /= 2)
        for (int j = 0; j < w; j++)
            partial[j] = slt_real_add(partial[j], partial[j + w]);
    return partial[0];
}

static void test_sums(void)
{
    enum { MAX = 333 };
    slt_real v[MAX];
    bool same = true, close = true;
    for (size_t n = 1; n <= MAX; n++) {
        long double plain = 0;
        for (size_t i = 0; i < n; i++) {
            v[i] = R(1.0 / (double)(i + 3) - (i % 7 ? 0 : 0.7));
            plain += slt_real_double(v[i]);
        }
        slt_real mean = slt_real_mean(v, n), count = slt_real_from_u64(n);
        same &= mean.bits == slt_real_div(sum_again(v, n), count).bits;
        close &= fabsl((long double)slt_real_double(mean) * n - plain) < 1e-13L;
    }
    TAP_OK(same, "means have the order of the definition");
    TAP_OK(close, "and are means");
    slt_real four[] = {R(2), R(4), R(4), R(6)};
    TAP_OK(SAME(slt_real_mean(four, 4), 4), "mean");
    TAP_OK(SAME(slt_real_sd(four, 4), sqrt(8.0 / 3.0)), "standard deviation");
    slt_real five[] = {R(1), R(-2), R(0.5), R(3)};
    TAP_OK(SAME(slt_real_products(four, five, 4), 14), "sum of products");
    TAP_OK(SAME(slt_real_products(four, five, 0), 0), "of none");
    slt_real a[65] = {R(1)}, b[65] = {R(-1. / 3 * (1. / 3))};
    a[64] = b[64] = R(1. / 3);
    TAP_OK(SAME(slt_real_products(a, b, 65), fma(1. / 3, 1. / 3, -1. / 3 * (1. / 3))),
           "each added by one fma");
}

/* One line of tests/kat/binary64.txt. */
static bool agrees(const char *line)
{
    char op[8];
    uint64_t w[4] = {0};
    int words = sscanf(line, "%7s %" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64, op,
                       &w[0], &w[1], &w[2], &w[3]) -
                1;
    slt_real a = {w[0]}, b = {w[1]}, c = {w[2]}, found = {0};
    if (strcmp(op, "add") == 0)
        found = slt_real_add(a, b);
    else if (strcmp(op, "mul") == 0)
        found = slt_real_mul(a, b);
    else if (strcmp(op, "div") == 0)
        found = slt_real_div(a, b);
    else if (strcmp(op, "sqrt") == 0)
        found = slt_real_sqrt(a);
    else if (strcmp(op, "fma") == 0)
        found = slt_real_fma(a, b, c);
    else
        return false;
    return words >= 2 && found.bits == w[words - 1];
}

static void test_known_answers(void)
{
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/binary64.txt", "r");
    if (!file)
        tap_bail("tests/kat/binary64.txt is missing");
    char line[128];
    size_t lines = 0, wrong = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        lines++;
        if (!agrees(line) && wrong++ < 5)
            tap_note("%s", line);
    }
    fclose(file);
    TAP_OK(lines == 960 && wrong == 0, "%zu results of whole-number arithmetic", lines);
}

static void test_not_finite(void)
{
    slt_real inf = R(INFINITY), none = R(NAN), minus = R(-INFINITY), zero = R(0);
    TAP_OK(!slt_real_finite(slt_real_sub(inf, inf)) &&
               isnan(slt_real_double(slt_real_sub(inf, inf))) &&
               isnan(slt_real_double(slt_real_mul(inf, zero))) &&
               isnan(slt_real_double(slt_real_div(zero, zero))) &&
               isnan(slt_real_double(slt_real_div(inf, minus))) &&
               isnan(slt_real_double(slt_real_fma(inf, zero, R(1)))) &&
               isnan(slt_real_double(slt_real_fma(inf, R(1), minus))) &&
               isnan(slt_real_double(slt_real_sqrt(R(-1)))) &&
               isnan(slt_real_double(slt_real_add(none, R(1)))),
           "what no number is");
    TAP_OK(SAME(slt_real_div(R(-1), zero), -INFINITY) &&
               SAME(slt_real_div(R(-1), inf), -0.0) &&
               SAME(slt_real_add(R(1), minus), -INFINITY) &&
               SAME(slt_real_sqrt(inf), INFINITY) && SAME(slt_real_sqrt(R(-0.0)), -0.0) &&
               SAME(slt_real_mul(minus, R(-2)), INFINITY),
           "infinities and zeros");
    TAP_OK(SAME(slt_real_sub(R(1), R(1)), 0) &&
               SAME(slt_real_add(R(-0.0), R(-0.0)), -0.0) &&
               SAME(slt_real_fma(R(1), R(-0.0), R(-0.0)), -0.0) &&
               SAME(slt_real_fma(R(2), R(3), R(-6)), 0),
           "the sign of a sum that is 0");
}

/* ---- Against hardware -------------------------------------------------------------- */

#if FLT_EVAL_METHOD == 0
/* Bits of a number near some corner, or of any. */
static uint64_t make_operand(void)
{
    static const uint64_t exponents[] = {0,    0,    1,    2,    52,   53,   54,
                                         500,  969,  1021, 1022, 1023, 1024, 1075,
                                         1076, 1546, 2045, 2046, 2047};
    uint64_t mask = (UINT64_C(1) << 52) - 1, word = random_word(),
             mantissa = random_word();
    uint64_t exponent = exponents[random_below(sizeof exponents / sizeof *exponents)];
    if (word & 1)
        exponent = word >> 32 & 0x7ff;
    switch (word >> 8 & 7) {
    case 0:
        mantissa = word >> 16 & 3;
        break;
    case 1:
        mantissa = mask - (word >> 16 & 3);
        break;
    case 2:
        mantissa = UINT64_C(1) << (word >> 16) % 52;
        break;
    case 3:
        mantissa = (UINT64_C(1) << 51) + (word >> 16 & 3) - 1;
        break;
    default:
        break;
    }
    return (word & 2) << 62 | exponent << 52 | (mantissa & mask);
}

/* A number whose exponent is near that of `bits`, now and then its exact negative. */
static uint64_t make_neighbour(uint64_t bits, unsigned apart)
{
    uint64_t exponent = bits >> 52 & 0x7ff, other = make_operand();
    if (other >> 54 & 1)
        return bits ^ UINT64_C(1) << 63;
    exponent += random_below(2 * apart + 1) - apart;
    return (other & ~(UINT64_C(0x7ff) << 52)) | (exponent & 0x7ff) << 52;
}

static bool same(slt_real found, double expected)
{
    slt_real bits = slt_real_of(expected);
    return found.bits == bits.bits ||
           (isnan(expected) && (found.bits & INT64_MAX) > UINT64_C(0x7ff) << 52);
}

typedef enum operation { ADD, SUB, MUL, DIV, SQRT, FMA, LESS, OPERATIONS } operation;

static bool try_operation(operation op, slt_real ra, slt_real rb, slt_real rc)
{
    volatile double a = slt_real_double(ra), b = slt_real_double(rb);
    switch (op) {
    case ADD:
        return same(slt_real_add(ra, rb), a + b);
    case SUB:
        return same(slt_real_sub(ra, rb), a - b);
    case MUL:
        return same(slt_real_mul(ra, rb), a * b);
    case DIV:
        return same(slt_real_div(ra, rb), a / b);
    case SQRT:
        return same(slt_real_sqrt(ra), sqrt(a));
    case FMA:
        return same(slt_real_fma(ra, rb, rc), fma(a, b, slt_real_double(rc)));
    case LESS:
        return slt_real_less(ra, rb) == (a < b);
    case OPERATIONS:
        break;
    }
    return false;
}

/* A number of addends near the first: of a product in an fma, else of an operand. */
static slt_real make_addend(operation op, slt_real a, slt_real b)
{
    static const unsigned aparts[] = {0, 1, 2, 54, 110};
    uint64_t near = op == FMA ? slt_real_mul(a, b).bits : a.bits;
    size_t which = random_below(sizeof aparts / sizeof *aparts + 1);
    return (slt_real){which < 5 ? make_neighbour(near, aparts[which]) : make_operand()};
}

static void test_against_hardware(void)
{
    enum { TRIES = 700000 };
    static const char *const names[] = {"+", "-", "*", "/", "sqrt", "fma", "<"};
    for (operation op = 0; op < OPERATIONS; op++) {
        size_t wrong = 0;
        for (int i = 0; i < TRIES; i++) {
            slt_real a = {make_operand()}, b = {make_operand()};
            if (op == ADD || op == SUB || op == LESS)
                b = make_addend(op, a, b);
            slt_real c = op == FMA ? make_addend(op, a, b) : b;
            if (!try_operation(op, a, b, c) && wrong++ < 5)
                tap_note("%016" PRIx64 " %016" PRIx64 " %016" PRIx64, a.bits, b.bits,
                         c.bits);
        }
        TAP_OK(wrong == 0, "%s: %d times the machine's bits", names[op], TRIES);
    }
}
#else
static void test_against_hardware(void)
{
    tap_skip("the machine's bits", "it computes in more than binary64");
}
#endif

static void test_elementary(void)
{
    TAP_OK(SAME(slt_real_log(R(1)), 0) && SAME(slt_real_exp(R(0)), 1), "log 1 and exp 0");
    TAP_OK(fabs(slt_real_double(slt_real_log(R(500))) - 6.214608098422191) < 1e-15,
           "log 500");
    TAP_OK(fabs(slt_real_double(slt_real_exp(R(1))) - 2.718281828459045) < 5e-16, "e");
    TAP_OK(SAME(slt_real_log(R(0)), -INFINITY) &&
               SAME(slt_real_log(R(INFINITY)), INFINITY) &&
               !slt_real_finite(slt_real_log(R(-1))) &&
               !slt_real_finite(slt_real_log(R(NAN))),
           "log where it is no number");
    TAP_OK(SAME(slt_real_exp(R(710)), INFINITY) && SAME(slt_real_exp(R(-1001)), 0) &&
               SAME(slt_real_exp(R(-746)), 0) && SAME(slt_real_exp(R(-INFINITY)), 0) &&
               !slt_real_finite(slt_real_exp(R(NAN))),
           "exp out of range");
    slt_real_sincos quarter = slt_real_sincospi(R(0.25)), one = slt_real_sincospi(R(1));
    TAP_OK(fabs(slt_real_double(quarter.sine) - 0.7071067811865476) < 3e-16 &&
               fabs(slt_real_double(quarter.cosine) - 0.7071067811865476) < 3e-16,
           "sine and cosine of a quarter of pi");
    TAP_OK(SAME(one.sine, -0.0) && SAME(one.cosine, -1), "of pi");
    quarter = slt_real_sincospi(R(INFINITY));
    one = slt_real_sincospi(R(1e300));
    TAP_OK(SAME(one.sine, 0) && SAME(one.cosine, 0) && !slt_real_finite(quarter.sine) &&
               !slt_real_finite(quarter.cosine),
           "of what is too large and of infinity");
}

#ifdef SLT_FLOAT
static bool same_sincospi(slt_real x)
{
    slt_sincos wanted = slt_sincospi(slt_real_double(x));
    slt_real_sincos found = slt_real_sincospi(x);
    return same(found.sine, wanted.sin) && same(found.cosine, wanted.cos);
}
#endif

/* SLEEF's own functions are the definition. */
static void test_against_sleef(void)
{
#ifdef SLT_FLOAT
    if (!slt_cpu_has_fma()) {
        tap_skip("log as SLEEF's", "no fma on this CPU");
        tap_skip("exp as SLEEF's", "no fma on this CPU");
        tap_skip("sincospi as SLEEF's", "no fma on this CPU");
        return;
    }
    enum { TRIES = 300000 };
    size_t wrong_log = 0, wrong_exp = 0, wrong_sincospi = 0;
    for (int i = 0; i < TRIES; i++) {
        slt_real a = {make_operand()};
        slt_real near = R(1 + (double)(int64_t)random_word() * 0x1p-64);
        slt_real b = R((double)(int64_t)random_word() * 0x1p-63 * (i % 2 ? 1000 : 2));
        wrong_log += !same(slt_real_log(a), slt_log(slt_real_double(a)));
        wrong_log += !same(slt_real_log(near), slt_log(slt_real_double(near)));
        wrong_exp += !same(slt_real_exp(a), slt_exp(slt_real_double(a)));
        wrong_exp += !same(slt_real_exp(b), slt_exp(slt_real_double(b)));
        if (slt_real_finite(a))
            wrong_sincospi += !same_sincospi(a);
        wrong_sincospi += !same_sincospi(b);
    }
    TAP_OK(wrong_log == 0, "log: %d times SLEEF's bits", 2 * TRIES);
    TAP_OK(wrong_exp == 0, "exp: %d times SLEEF's bits", 2 * TRIES);
    TAP_OK(wrong_sincospi == 0, "sincospi: %d times SLEEF's bits", 2 * TRIES);
#else
    tap_skip("log, exp and sincospi as SLEEF's", "this build has no SLEEF");
#endif
}

int main(void)
{
    random_begin();
    test_operations();
    test_comparison();
    test_from_u64();
    test_sums();
    test_known_answers();
    test_not_finite();
    test_against_hardware();
    test_elementary();
    test_against_sleef();
    return tap_done();
}
