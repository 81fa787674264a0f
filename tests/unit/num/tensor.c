#include "num/tensor.h"

#include <math.h>

#include "num/convert.h"
#include "random.h"
#include "tap.h"

static slt_tensor make(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    slt_tensor tensor;
    if (slt_tensor_create(&tensor, arithmetic, rows, cols, NULL) != SLT_OK)
        tap_bail("no memory");
    return tensor;
}

static void test_create(void)
{
    for (int a = SLT_F32; a <= SLT_INDEX; a++) {
        slt_tensor t = make((slt_arithmetic)a, 3, 5);
        bool zero = true;
        for (size_t e = 0; e < 15; e++)
            zero &= slt_tensor_get(&t, e).bits == 0;
        TAP_OK(zero && (uintptr_t)t.data % SLT_TENSOR_ALIGNMENT == 0,
               "%s: zeros, aligned", slt_arithmetic_name((slt_arithmetic)a));
        slt_tensor_free(&t);
    }
    slt_tensor t;
    slt_error err = {0};
    TAP_OK(slt_tensor_create(&t, SLT_F32, SIZE_MAX / 2, 3, &err) == SLT_RESOURCE &&
               !t.data,
           "a size beyond memory is refused: %s", err.text);
    TAP_OK(slt_tensor_create(&t, SLT_F64, SIZE_MAX / 8, 1, NULL) == SLT_RESOURCE,
           "a size at the border of memory too");
    t = make(SLT_F64, 0, 7);
    TAP_OK(slt_tensor_count(&t) == 0 && slt_tensor_bytes(&t) == 0, "no rows");
    slt_tensor_free(&t);
}

static void test_bytes(void)
{
    static const uint8_t want32[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0x80};
    static const uint8_t want64[] = {0, 0, 0, 0, 0, 0, 0xf0, 0xbf};
    static const uint8_t wantx[] = {40, 0, 0, 0, 0, 0,    0,    0,
                                    0,  0, 0, 0, 0, 0xfe, 0xff, 0xff};
    uint8_t bytes[16];
    slt_tensor t = make(SLT_F32, 1, 2);
    slt_tensor_set(&t, 0, slt_real_of(1));
    slt_tensor_set(&t, 1, slt_real_of(-0.0));
    slt_tensor_store(&t, bytes);
    TAP_OK(slt_tensor_bytes(&t) == 8 && !memcmp(bytes, want32, 8),
           "f32 is little-endian");
    slt_tensor_free(&t);
    t = make(SLT_F64, 1, 1);
    slt_tensor_set(&t, 0, slt_real_of(-1));
    slt_tensor_store(&t, bytes);
    TAP_OK(slt_tensor_bytes(&t) == 8 && !memcmp(bytes, want64, 8),
           "f64 is little-endian");
    slt_tensor_free(&t);
    t = make(SLT_FIXED, 1, 1);
    t.frac = 40;
    slt_tensor_set(&t, 0, slt_real_of(-2));
    slt_tensor_store(&t, bytes);
    TAP_OK(slt_tensor_bytes(&t) == 16 && !memcmp(bytes, wantx, 16),
           "fixed: the binary point, then elements");
    slt_tensor_free(&t);
}

static void test_round_trip(void)
{
    for (int a = SLT_F32; a <= SLT_INDEX; a++) {
        slt_tensor from = make((slt_arithmetic)a, 7, 3),
                   to = make((slt_arithmetic)a, 7, 3);
        from.frac = a == SLT_FIXED ? 20 : 0;
        for (size_t e = 0; e < 21; e++)
            slt_tensor_set(&from, e, slt_real_of((double)e - 9));
        uint8_t bytes[8 + 21 * 8];
        size_t size = slt_tensor_bytes(&from);
        slt_tensor_store(&from, bytes);
        bool ok = slt_tensor_load(&to, bytes, size, NULL) == SLT_OK;
        for (size_t e = 0; e < 21; e++)
            ok &= slt_tensor_get(&to, e).bits == slt_real_of((double)e - 9).bits;
        TAP_OK(ok && to.frac == from.frac, "%s: stored and loaded",
               slt_arithmetic_name((slt_arithmetic)a));
        TAP_OK(slt_tensor_load(&to, bytes, size - 1, NULL) == SLT_FORMAT,
               "a byte short is refused");
        slt_tensor_zero(&to);
        slt_tensor_copy(&to, &from);
        TAP_OK(slt_tensor_ulp(&to, &from, 20) == 0 && to.frac == from.frac, "copied");
        slt_tensor_free(&from);
        slt_tensor_free(&to);
    }
}

/* Bits of every exponent, at and beside ties. */
static uint64_t make_number(uint64_t i)
{
    uint64_t mantissa = random_word() >> 12, kept = mantissa >> 29 << 29;
    uint64_t tie = kept | UINT64_C(1) << 28;
    uint64_t mantissas[] = {mantissa,
                            tie,
                            tie + 1,
                            tie - 1,
                            kept,
                            0,
                            (UINT64_C(1) << 52) - 1,
                            UINT64_C(1) << (random_word() % 52)};
    /* Half of them in binary32's range. */
    uint64_t exponent = i & 8 ? 870 + random_word() % 290 : random_word() % 2048;
    return i << 63 | exponent << 52 | mantissas[i / 16 % 8];
}

static void test_binary32(void)
{
    enum { TRIES = 1 << 20 };
    size_t narrower = 0, wider = 0;
    for (uint64_t i = 0; i < TRIES; i++) {
        slt_real value = {make_number(i)};
        uint32_t bits = (uint32_t)random_word() & (i % 4 ? UINT32_MAX : 0x807fffff);
        volatile double from = slt_real_double(value);
        volatile float to = (float)from, single;
        memcpy((void *)&single, &bits, sizeof bits);
        float rounded = to;
        uint32_t expected, found = slt_real_to_f32(value);
        memcpy(&expected, &rounded, sizeof expected);
        narrower += isnan(from) ? (found & 0x7fc00000) != 0x7fc00000 : found != expected;
        slt_real wide = slt_real_from_f32(bits);
        wider += isnan(single) ? !isnan(slt_real_double(wide))
                               : wide.bits != slt_real_of((double)single).bits;
    }
    TAP_OK(narrower == 0, "binary64 to binary32, %d times as the machine", TRIES);
    TAP_OK(wider == 0, "binary32 to binary64, %d times as the machine", TRIES);
    TAP_OK(slt_real_to_f32((slt_real){0x47efffffefffffff}) == 0x7f7fffff &&
               slt_real_to_f32((slt_real){0x47efffffe0000000}) == 0x7f7fffff &&
               slt_real_to_f32((slt_real){0x47effffff0000000}) == 0x7f800000,
           "the border of infinity");
    TAP_OK(slt_real_to_f32((slt_real){0xb690000000000000}) == 0x80000000 &&
               slt_real_to_f32((slt_real){0x3690000000000001}) == 1 &&
               slt_real_to_f32((slt_real){0x36b8000000000000}) == 3 &&
               slt_real_from_f32(0x80000001).bits == 0xb6a0000000000000,
           "subnormals");
}

static void test_hostile(void)
{
    static const uint8_t nan32[] = {0, 0, 0, 0, 1, 0, 0x80, 0x7f};
    static const uint8_t inf64[] = {0, 0, 0, 0, 0, 0, 0xf0, 0xff};
    static const uint8_t frac[16] = {0, 0, 0, 0, 1};
    slt_error err = {0};
    slt_tensor t = make(SLT_F32, 2, 1);
    TAP_OK(slt_tensor_load(&t, nan32, 8, &err) == SLT_FORMAT &&
               strstr(err.text, "element 1"),
           "NaN is refused: %s", err.text);
    slt_tensor_free(&t);
    t = make(SLT_F64, 1, 1);
    TAP_OK(slt_tensor_load(&t, inf64, 8, NULL) == SLT_FORMAT, "infinity is refused");
    slt_tensor_free(&t);
    t = make(SLT_FIXED, 1, 1);
    TAP_OK(slt_tensor_load(&t, frac, 16, &err) == SLT_FORMAT,
           "a wild binary point is refused: %s", err.text);
    slt_tensor_free(&t);
}

static void test_ulp(void)
{
    slt_tensor a = make(SLT_F32, 1, 3), b = make(SLT_F32, 1, 3);
    slt_tensor_set(&a, 0, slt_real_of(1));
    slt_tensor_set(&b, 0, slt_real_of(1 + 0x1p-22));
    slt_tensor_set(&a, 1, slt_real_of(-0x1p-149));
    slt_tensor_set(&b, 1, slt_real_of(0x1p-149));
    slt_tensor_set(&a, 2, slt_real_of(-0.0));
    TAP_EQ_U64(slt_tensor_ulp(&a, &b, 0), 2, "two steps above 1");
    TAP_EQ_U64(slt_tensor_ulp(&a, &b, 1), 2, "across zero");
    TAP_EQ_U64(slt_tensor_ulp(&a, &b, 2), 0, "both zeros");
    slt_tensor_free(&a);
    slt_tensor_free(&b);
}

static void test_set_rounds(void)
{
    slt_tensor t = make(SLT_F32, 1, 1), x = make(SLT_FIXED, 1, 1);
    slt_tensor_set(&t, 0, slt_real_of(1 + 0x1p-24));
    TAP_OK(slt_tensor_get(&t, 0).bits == slt_real_of(1).bits, "f32: a tie goes to even");
    x.frac = 1;
    slt_tensor_set(&x, 0, slt_real_of(1.25));
    TAP_OK(slt_tensor_get(&x, 0).bits == slt_real_of(1).bits,
           "fixed: a tie goes to even");
    slt_tensor_set(&x, 0, slt_real_of(-1.75));
    TAP_OK(slt_tensor_get(&x, 0).bits == slt_real_of(-2).bits && !x.overflow,
           "fixed: below zero too");
    slt_tensor_set(&x, 0, slt_real_of(0x1p62));
    TAP_OK(x.overflow, "fixed: what does not fit latches overflow");
    slt_tensor head = slt_tensor_head(&t, 0);
    TAP_OK(head.rows == 0 && head.data == t.data, "a head shares memory");
    slt_tensor_free(&t);
    slt_tensor_free(&x);
}

/* Integers to reals against the CPU's own conversion; scaling by a power of two is exact.
 */
static void test_convert(void)
{
    uint64_t state = 88172645463325252u;
    bool from = true, to = true;
    for (int i = 0; i < 100000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        int64_t value = (int64_t)state >> (state % 61), back = 1;
        int frac = (int)(state >> 8 & 1023) - 512;
        slt_real got = slt_real_from_fixed(value, frac);
        from &= got.bits == slt_real_of(ldexp((double)value, -frac)).bits;
        double down = ldexp(slt_real_double(got), frac - (int)(state % 9));
        if (fabs(down) < 0x1p62)
            to &= slt_real_to_fixed(got, frac - (int)(state % 9), &back) &&
                  (double)back == (double)(int64_t)nearbyint(down);
    }
    TAP_OK(from, "integers to binary64 as the CPU rounds them");
    TAP_OK(to, "and back to the nearest integer");
    int64_t value = 7;
    TAP_OK(!slt_real_to_fixed(slt_real_of(0x1p63), 0, &value) && value == 7 &&
               !slt_real_to_fixed((slt_real){0x7ff0000000000000}, -900, &value) &&
               !slt_real_to_fixed((slt_real){0x7ff8000000000000}, 0, &value),
           "what does not fit is refused");
    TAP_OK(slt_real_to_fixed(slt_real_of(0), 900, &value) && value == 0 &&
               slt_real_to_fixed((slt_real){1}, 960, &value) && value == 0,
           "zero and the tiniest");
}

int main(void)
{
    random_begin();
    test_create();
    test_bytes();
    test_round_trip();
    test_binary32();
    test_hostile();
    test_ulp();
    test_set_rounds();
    test_convert();
    return tap_done();
}
