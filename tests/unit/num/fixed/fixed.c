/* Fixed point: wide integers, scalars, the pieces of the normals, blocks and updates. */
#include <float.h>
#include <math.h>

#include "base/cpu.h"
#include "num/fixed/fixed.h"
#include "num/math.h"
#include "num/scalar.h"
#include "tap.h"

#define N 4097

static uint64_t seed = 0x9e3779b97f4a7c15u;

static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* A signed number of at most `bits` bits, all sizes about equally likely. */
static int64_t number(int bits)
{
    return (int64_t)next() >> (64 - 1 - (int)(next() % (unsigned)bits));
}

static slt_real real(double value)
{
    return slt_real_of(value);
}

static void test_wide(void)
{
    int bad = 0;
#ifdef __SIZEOF_INT128__
    for (int i = 0; i < 200000; i++) {
        int64_t a = number(64), b = number(64);
        __int128 p = (__int128)a * b;
        slt_wide w = slt_wide_mul(a, b);
        bad += w.low != (uint64_t)p || w.high != (int64_t)(p >> 64);
        int shift = (int)(next() % 126) + 1;
        __int128 q = p >> shift, rest = p - q * ((__int128)1 << shift),
                 half = (__int128)1 << (shift - 1);
        q += rest > half || (rest == half && (q & 1));
        slt_wide r = slt_wide_round(w, shift);
        bad += r.low != (uint64_t)q || r.high != (int64_t)(q >> 64);
    }
#endif
    TAP_OK(bad == 0, "128-bit products and roundings equal the compiler's (%d differ)",
           bad);
    TAP_OK(slt_round_shift(5, 1) == 2 && slt_round_shift(7, 1) == 4 &&
               slt_round_shift(-5, 1) == -2 && slt_round_shift(-7, 1) == -4 &&
               slt_round_shift(INT64_MIN, 64) == 0 &&
               slt_wide_round((slt_wide){1, INT64_MIN}, 127).high == -1 &&
               slt_wide_round((slt_wide){0, INT64_MAX}, 127).low == 1 &&
               slt_round_shift(3, 2) == 1,
           "ties go to even, for both signs");
    TAP_OK(slt_mul_shift(3, 1, 1) == 2 && slt_mul_shift(-3, 1, 1) == -1,
           "the polynomial's step rounds halves up");
}

static void test_scalars(void)
{
    static const double values[] = {0.0,
                                    -0.0,
                                    1.0,
                                    -1.5,
                                    0.1,
                                    1e300,
                                    -1e-300,
                                    5e-324,
                                    2.2250738585072014e-308,
                                    3.141592653589793};
    int bad = 0;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        slt_scalar s = slt_scalar_of(real(values[i]));
        slt_real back = slt_fixed_real(slt_wide_of(s.mantissa), -s.exponent);
        bad += slt_real_double(back) != values[i];
    }
    for (int i = 0; i < 100000; i++) {
        int64_t m = number(64);
        int frac = (int)(next() % 80);
        double want = ldexp((double)m, -frac); /* exact power: one rounding */
        bad += slt_real_double(slt_fixed_real(slt_wide_of(m), frac)) != want;
    }
    /* Below the normal range: one rounding too. */
    for (int i = 0; i < 100000; i++) {
        int64_t m = number(53);
        int frac = 1040 + (int)(next() % 90);
        bad += slt_real_double(slt_fixed_real(slt_wide_of(m), frac)) !=
               ldexp((double)m, -frac);
    }
    TAP_OK(bad == 0, "binary64 in and out, subnormals too (%d differ)", bad);

    int64_t result;
    TAP_OK(slt_fixed_scale(slt_scalar_of(real(0.5)), 3, 0, 0, &result) && result == 2,
           "scaling rounds 1.5 to the even 2");
    TAP_OK(!slt_fixed_scale(slt_scalar_of(real(1e300)), 1, 0, 0, &result) && result == 0,
           "a scaling that does not fit is told");
    TAP_OK(slt_fixed_scale(slt_scalar_of(real(-2)), INT64_C(1) << 62, 0, 0, &result) &&
               result == INT64_MIN,
           "the most negative number fits");
    TAP_OK(!slt_fixed_scale(slt_scalar_of(real(2)), INT64_C(1) << 62, 0, 0, &result),
           "its negative does not");
}

static void test_normals(void)
{
    long double worst_log = 0, worst_turn = 0, worst_z = 0;
    int bad_root = 0;
    for (int i = 0; i < 200000; i++) {
        uint32_t a = (uint32_t)next(), b = (uint32_t)next();
        if (i < 64)
            a = i < 32 ? (uint32_t)i : UINT32_MAX - (uint32_t)(i - 32);
        long double u = ((long double)a + 0.5L) / 4294967296.0L;
        long double want = -(u < 0.5L ? logl(u) : log1pl(-(1 - u)));
        int64_t v = slt_fixed_neg_log(a);
        long double off = fabsl((long double)v - want * 0x1p57L);
        worst_log = off > worst_log ? off : worst_log;

        int64_t r = slt_fixed_sqrt(v), c, s;
        slt_wide x = {0, v};
        slt_wide low = slt_wide_mul_u64((uint64_t)r, (uint64_t)r);
        slt_wide high = slt_wide_mul_u64((uint64_t)r + 1, (uint64_t)r + 1);
        bad_root += slt_wide_negative(slt_wide_add(x, slt_wide_neg(low))) ||
                    !slt_wide_negative(slt_wide_add(x, slt_wide_neg(high)));

        slt_fixed_cos_sin(b, &c, &s);
        long double angle = (long double)b * (2 * 3.141592653589793238462643L / 0x1p32L);
        long double off_c = fabsl((long double)c - cosl(angle) * 0x1p61L);
        long double off_s = fabsl((long double)s - sinl(angle) * 0x1p61L);
        worst_turn = off_c > worst_turn ? off_c : worst_turn;
        worst_turn = off_s > worst_turn ? off_s : worst_turn;

        long double z = sqrtl(2 * want) * cosl(angle);
        long double got = (long double)slt_mul_shift(r, c, 61) / 0x1p60L;
        long double off_z = fabsl(got - z);
        worst_z = off_z > worst_z ? off_z : worst_z;
    }
    tap_note("worst error: log %.2Lf x 2^-57, turn %.2Lf x 2^-61, normal %.3Lg",
             worst_log, worst_turn, worst_z);
    TAP_OK(bad_root == 0, "roots are floors of exact roots (%d are not)", bad_root);
    if (LDBL_MANT_DIG < 64) {
        tap_skip("bounds of errors", "long double has no more digits than double");
        return;
    }
    TAP_OK(worst_log <= 4, "-ln u within 4 units of 2^-57");
    TAP_OK(worst_turn <= 16, "cosine and sine within 16 units of 2^-61");
    TAP_OK(worst_z <= 0x1p-40L, "normals within 2^-40");
}

static slt_tensor tensor(size_t rows, size_t cols, int bits, int frac)
{
    slt_tensor t = {0};
    if (slt_tensor_create(&t, SLT_FIXED, rows, cols, NULL) != SLT_OK)
        tap_bail("out of memory");
    int64_t *m = t.data;
    for (size_t e = 0; e < rows * cols; e++)
        m[e] = bits ? number(bits) : 0;
    t.frac = frac;
    return t;
}

static double value(const slt_tensor *t, size_t e)
{
    return slt_real_double(slt_tensor_get(t, e));
}

static double largest(const slt_tensor *t)
{
    double most = 0;
    for (size_t e = 0; e < slt_tensor_count(t); e++)
        most = fmax(most, fabs(value(t, e)));
    return most;
}

/* c against the sum in double, its error below what rounding the operands allows. */
static int product_errors(slt_transpose ta, slt_transpose tb, size_t m, size_t n,
                          size_t k, int bits)
{
    slt_tensor a = tensor(ta ? k : m, ta ? m : k, bits, 50);
    slt_tensor b = tensor(tb ? n : k, tb ? k : n, bits, 44);
    slt_tensor c = tensor(m, n, 0, 0);
    slt_fixed_product(ta, tb, &a, &b, &c);
    int bad = 0;
    int place = (62 - (k > 1 ? 64 - __builtin_clzll(k - 1) : 0)) / 2;
    double unit = ldexp(1, -(place > 30 ? 30 : place));
    double bound = 2.1 * (double)(k ? k : 1) * largest(&a) * largest(&b) * unit + 1e-300;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t p = 0; p < k; p++)
                sum += value(&a, ta ? p * m + i : i * k + p) *
                       value(&b, tb ? j * k + p : p * n + j);
            bad += !(fabs(value(&c, i * n + j) - sum) <= bound);
        }
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    slt_tensor_free(&c);
    return bad;
}

static void test_products(void)
{
    int bad = 0;
    static const int sizes[] = {1, 2, 3, 17, 64};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 5; j++)
            for (int k = 0; k < 5; k++)
                for (int t = 0; t < 4; t++)
                    for (int bits = 1; bits < 64; bits += 20)
                        bad += product_errors((slt_transpose)(t & 1),
                                              (slt_transpose)(t >> 1), (size_t)sizes[i],
                                              (size_t)sizes[j], (size_t)sizes[k], bits);
    bad += product_errors(SLT_PLAIN, SLT_PLAIN, 2, 2, 0, 9);
    TAP_OK(bad == 0, "products of all transpositions (%d elements off)", bad);

    /* Order of k does not matter: the columns of a and rows of b reversed. */
    slt_tensor a = tensor(5, 77, 63, 48), b = tensor(77, 6, 63, 48),
               c = tensor(5, 6, 0, 0);
    slt_tensor ra = tensor(5, 77, 0, 48), rb = tensor(77, 6, 0, 48),
               rc = tensor(5, 6, 0, 0);
    for (size_t k = 0; k < 77; k++) {
        for (size_t i = 0; i < 5; i++)
            ((int64_t *)ra.data)[i * 77 + 76 - k] = ((int64_t *)a.data)[i * 77 + k];
        for (size_t j = 0; j < 6; j++)
            ((int64_t *)rb.data)[(76 - k) * 6 + j] = ((int64_t *)b.data)[k * 6 + j];
    }
    slt_fixed_product(SLT_PLAIN, SLT_PLAIN, &a, &b, &c);
    slt_fixed_product(SLT_PLAIN, SLT_PLAIN, &ra, &rb, &rc);
    TAP_OK(memcmp(c.data, rc.data, 30 * sizeof(int64_t)) == 0 && c.frac == rc.frac,
           "a product is free of the order of its sum");
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    slt_tensor_free(&c);
    slt_tensor_free(&ra);
    slt_tensor_free(&rb);
    slt_tensor_free(&rc);
}

static void test_elementwise(void)
{
    int bad = 0;
    for (int round = 0; round < 200; round++) {
        int frac_x = 30 + (int)(next() % 30), frac_y = 30 + (int)(next() % 30);
        slt_tensor x = tensor(3, 7, 1 + round % 62, frac_x);
        slt_tensor y = tensor(3, 7, 1 + round * 7 % 62, frac_y);
        slt_tensor out = tensor(3, 7, 0, 0);
        double unit = (largest(&x) + largest(&y)) * 0x1p-50;
        slt_fixed_add(&x, &y, &out);
        for (size_t e = 0; e < 21; e++)
            bad += !(fabs(value(&out, e) - (value(&x, e) + value(&y, e))) <= unit);
        slt_fixed_square_back(&x, &y, &out);
        unit = largest(&x) * largest(&y) * 0x1p-48;
        for (size_t e = 0; e < 21; e++)
            bad += !(fabs(value(&out, e) - 2 * value(&x, e) * value(&y, e)) <= unit);
        slt_fixed_times(real(-0.37), &x, &out);
        unit = largest(&x) * 0x1p-50;
        for (size_t e = 0; e < 21; e++)
            bad += !(fabs(value(&out, e) + 0.37 * value(&x, e)) <= unit);
        slt_real sum = slt_fixed_squared_error(&x, &y, real(0.25), &out);
        double want = 0, most = largest(&x) + largest(&y);
        for (size_t e = 0; e < 21; e++) {
            double error = value(&x, e) - value(&y, e);
            want += error * error;
            bad += !(fabs(value(&out, e) - error / 4) <= most * 0x1p-46);
        }
        bad += !(fabs(slt_real_double(sum) - want) <= 21 * most * most * 0x1p-44);
        slt_tensor_free(&x);
        slt_tensor_free(&y);
        slt_tensor_free(&out);
    }
    TAP_OK(bad == 0, "sums, products, squared errors near their real values (%d off)",
           bad);
}

static void test_updates(void)
{
    slt_tensor w = tensor(1, 50, 48, SLT_FIXED_FRAC), g = tensor(1, 50, 60, 61);
    slt_tensor m = tensor(1, 50, 0, SLT_FIXED_FRAC), before = tensor(1, 50, 0, 0);
    slt_tensor_copy(&before, &w);
    slt_sgd_step sgd = {real(0.1), real(0.9), real(0.01)};
    int bad = 0;
    TAP_OK(slt_fixed_sgd(&sgd, &g, &m, &w), "a small step fits");
    for (size_t e = 0; e < 50; e++) {
        double d = value(&g, e) + 0.01 * value(&before, e);
        bad += !(fabs(value(&m, e) - d) < 1e-13);
        bad += !(fabs(value(&w, e) - (value(&before, e) - 0.1 * d)) < 1e-13);
    }
    TAP_OK(bad == 0, "sgd with momentum and decay (%d off)", bad);

    slt_tensor home = tensor(1, 50, 48, SLT_FIXED_FRAC);
    slt_stream stream = slt_stream_of(7, SLT_DRAW_SGLD, 1, 2, 3, 4);
    int64_t z[50];
    slt_fixed_normals(stream, 0, z, 50);
    slt_tensor_copy(&before, &w);
    slt_sgld_step sgld = {real(0.005), real(0.1), real(80), real(2)};
    bad = 0;
    TAP_OK(slt_fixed_sgld(&sgld, stream, &g, &home, &w), "an SGLD step fits");
    for (size_t e = 0; e < 50; e++) {
        double force = 80 * value(&g, e) + 2 * (value(&before, e) - value(&home, e));
        double want = value(&before, e) - 0.005 * force +
                      0.1 * ldexp((double)z[e], -SLT_NORMAL_FRAC);
        bad += !(fabs(value(&w, e) - want) < 1e-12);
    }
    TAP_OK(bad == 0, "sgld (%d off)", bad);

    ((int64_t *)w.data)[49] = INT64_MAX;
    ((int64_t *)g.data)[49] = -(INT64_C(1) << 62);
    g.frac = 30;
    slt_sgd_step large = {real(1), real(0), real(0)};
    TAP_OK(!slt_fixed_sgd(&large, &g, NULL, &w) && w.overflow, "an overflow latches");
    TAP_OK(((int64_t *)w.data)[49] == INT64_MAX, "and leaves the weight as it was");
    slt_tensor_free(&w);
    slt_tensor_free(&g);
    slt_tensor_free(&m);
    slt_tensor_free(&before);
    slt_tensor_free(&home);
}

/* Adam over several steps against the same formulas in double. */
static void test_adam(void)
{
    enum { SIZE = 40, STEPS = 50 };
    slt_tensor w = tensor(1, SIZE, 48, SLT_FIXED_FRAC), g = tensor(1, SIZE, 0, 60);
    slt_tensor m = tensor(1, SIZE, 0, SLT_FIXED_FRAC),
               v = tensor(1, SIZE, 0, SLT_FIXED_FRAC);
    double x[SIZE], mx[SIZE] = {0}, vx[SIZE] = {0}, worst = 0;
    for (size_t e = 0; e < SIZE; e++)
        x[e] = value(&w, e);
    bool fits = true;
    for (int t = 1; t <= STEPS; t++) {
        double rate = 1e-2 / (1 - pow(0.9, t)), root = 1 / sqrt(1 - pow(0.999, t));
        slt_adam_step step = {real(0.9),
                              real(0.999),
                              real(1 - 0.9),
                              real(1 - 0.999),
                              real(1e-8),
                              real(rate),
                              real(root),
                              real(t % 2 ? 0.01 : 0),
                              real(t % 3 ? 1 : 0.999)};
        if (t % 2 && t % 3 == 0)
            step.weight_decay = real(0);
        double decay = slt_real_double(step.weight_decay);
        int64_t *gradient = g.data;
        for (size_t e = 0; e < SIZE; e++) /* a range of 2^20 in one block */
            gradient[e] = t == 1 ? 0 : number(60) >> (e % 20);
        for (size_t e = 0; e < SIZE; e++) {
            double d = value(&g, e) + decay * x[e];
            mx[e] = 0.9 * mx[e] + (1 - 0.9) * d;
            vx[e] = 0.999 * vx[e] + (1 - 0.999) * d * d;
            x[e] = x[e] * slt_real_double(step.shrink) -
                   rate * mx[e] / (sqrt(vx[e]) * root + 1e-8);
        }
        fits = slt_fixed_adam(&step, &g, &m, &v, &w) && fits;
    }
    for (size_t e = 0; e < SIZE; e++)
        worst = fmax(worst, fabs(value(&w, e) - x[e]));
    tap_note("largest distance from double after %d steps: %.3g", STEPS, worst);
    TAP_OK(fits, "Adam fits");
    /* A block has 61 bits: beside moments of order 1e-4 the root of one of 1e-19 has 12.
     */
    TAP_OK(worst < 1e-6, "Adam follows its formulas");
    slt_tensor_free(&w);
    slt_tensor_free(&g);
    slt_tensor_free(&m);
    slt_tensor_free(&v);
}

static void test_draws(void)
{
    slt_stream stream = slt_stream_of(11, SLT_DRAW_INIT, 3, 0, 0, 0);
    slt_tensor z = tensor(1, 1001, 0, 0), f = {0};
    slt_num_start(SLT_ISA_COUNT);
    if (slt_tensor_create(&f, SLT_F64, 1, 1001, NULL) != SLT_OK)
        tap_bail("cannot start");
    slt_draw_normal(stream, &z, real(0.42));
    TAP_OK(z.frac == SLT_FIXED_FRAC && !z.overflow, "normals have the state's exponent");
    bool floats = slt_num_available(SLT_F64, NULL) == SLT_OK;
    double worst = 0;
    if (floats) {
        slt_draw_normal(stream, &f, real(0.42));
        for (size_t e = 0; e < 1001; e++)
            worst = fmax(worst, fabs(value(&z, e) - value(&f, e)));
        tap_note("fixed and f64 normals differ by at most %.3g", worst);
    }
    TAP_OK(worst < 1e-11, "f64 and fixed round the same real numbers");
    slt_draw_uniform(stream, &z, real(-0.25), real(0.5));
    if (floats) {
        slt_draw_uniform(stream, &f, real(-0.25), real(0.5));
        for (size_t e = 0; e < 1001; e++)
            worst = fmax(worst, fabs(value(&z, e) - value(&f, e)));
    }
    TAP_OK(worst < 1e-11, "uniforms too");
    slt_draw_normal(stream, &z, real(1e6));
    TAP_OK(z.overflow, "a normal that does not fit is told");
    slt_tensor_free(&z);
    slt_tensor_free(&f);
}

int main(void)
{
    test_wide();
    test_scalars();
    test_normals();
    test_products();
    test_elementwise();
    test_updates();
    test_adam();
    test_draws();
    return tap_done();
}
