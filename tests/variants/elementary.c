/* Elementary functions and draws: every copy has the bits of the scalar definition, at
 * any alignment, in every tail, for corners of the format.  SLT_LONG=1 goes through all
 * 2^32 binary32 numbers. */
#include "num/float/elementary.h"
#include "num/kernels.h"
#include "reference.h"

static size_t size_of(size_t i)
{
    static const size_t larger[] = {191, 1000, 1024, 3001};
    return i <= 71 ? i : larger[i - 72];
}
#define SIZES 76

typedef void (*kernel)(const slt_tensor *, slt_tensor *);

/* A quarter corners, a quarter any bits, the rest numbers near 1. */
static void fill(slt_tensor *x)
{
    ref_fill(x, REF_INFINITE);
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        if (ref_below(4) == 0) {
            uint64_t bits = ref_random();
            size_t size = slt_arithmetic_size(x->arithmetic);
            memcpy((char *)x->data + e * size, &bits, size);
        }
}

static size_t compare(slt_arithmetic a, kernel call,
                      double (*want)(slt_arithmetic, double))
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        slt_tensor x = ref_tensor(a, 1, size_of(i)), y = ref_tensor(a, 1, size_of(i));
        fill(&x);
        call(&x, &y);
        for (size_t e = 0; e < size_of(i); e++)
            wrong += !ref_same(ref_get(&y, e), want(a, ref_get(&x, e)));
        call(&x, &x);
        wrong += ref_differing(&x, &y);
        ref_free(&x);
        ref_free(&y);
    }
    return wrong;
}

#define CASES(name)                                                                      \
    static double name##_want(slt_arithmetic a, double x)                                \
    {                                                                                    \
        return a == SLT_F32 ? (double)slt_##name##f((float)x) : slt_##name(x);           \
    }                                                                                    \
    static size_t name##_cases(slt_arithmetic a)                                         \
    {                                                                                    \
        return compare(a, slt_kernels_of(a)->name, name##_want);                         \
    }

CASES(exp)
CASES(log)
CASES(tanh)
CASES(erf)

static slt_sincos sincospi_want(slt_arithmetic a, double x)
{
    if (a == SLT_F64)
        return slt_sincospi(x);
    slt_sincosf both = slt_sincospif((float)x);
    return (slt_sincos){both.sin, both.cos};
}

static size_t sincospi_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        size_t n = size_of(i);
        slt_tensor x = ref_tensor(a, 1, n), s = ref_tensor(a, 1, n),
                   c = ref_tensor(a, 1, n);
        fill(&x);
        slt_kernels_of(a)->sincospi(&x, &s, &c);
        for (size_t e = 0; e < n; e++) {
            slt_sincos want = sincospi_want(a, ref_get(&x, e));
            wrong += !ref_same(ref_get(&s, e), want.sin);
            wrong += !ref_same(ref_get(&c, e), want.cos);
        }
        ref_free(&x);
        ref_free(&s);
        ref_free(&c);
    }
    return wrong;
}

/* Every 4099th binary32 number, or all, in runs of 4096. */
static size_t sweep(slt_arithmetic a, kernel call, double (*want)(slt_arithmetic, double))
{
    enum { RUN = 4096 };
    uint64_t stride = getenv("SLT_LONG") ? 1 : 4099, bits = 0;
    size_t wrong = 0;
    slt_tensor x = ref_tensor(a, 1, RUN), y = ref_tensor(a, 1, RUN);
    while (bits <= UINT32_MAX && a == SLT_F32) {
        for (size_t e = 0; e < RUN; e++, bits += stride) {
            uint32_t low = (uint32_t)bits;
            memcpy((float *)x.data + e, &low, sizeof low);
        }
        call(&x, &y);
        for (size_t e = 0; e < RUN; e++)
            wrong += !ref_same(ref_get(&y, e), want(a, ref_get(&x, e)));
    }
    ref_free(&x);
    ref_free(&y);
    return wrong;
}

#define SWEEP(name)                                                                      \
    static size_t name##_sweep(slt_arithmetic a)                                         \
    {                                                                                    \
        return sweep(a, slt_kernels_of(a)->name, name##_want);                           \
    }

SWEEP(exp)
SWEEP(log)
SWEEP(tanh)
SWEEP(erf)

/* How many of n draws under the kernels in use differ from the scalar copy's. */
static size_t draws_differing(slt_arithmetic a, slt_stream s, size_t n, slt_real std)
{
    slt_isa isa = slt_num_isa();
    slt_tensor z[4];
    for (int k = 0; k < 4; k++)
        z[k] = ref_tensor(a, 1, n);
    slt_draw_normal(s, &z[0], std);
    slt_draw_uniform(s, &z[1], slt_real_of(-1), slt_real_of(0.7));
    ref_switch(SLT_ISA_SCALAR);
    slt_draw_normal(s, &z[2], std);
    slt_draw_uniform(s, &z[3], slt_real_of(-1), slt_real_of(0.7));
    ref_switch(isa);
    size_t differing = ref_differing(&z[0], &z[2]) + ref_differing(&z[1], &z[3]);
    for (int k = 0; k < 4; k++)
        ref_free(&z[k]);
    return differing;
}

static size_t draw_cases(slt_arithmetic a)
{
    const slt_real one = slt_real_of(1);
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        slt_stream s = slt_stream_of(ref_random(), SLT_DRAW_SGLD, (uint32_t)i, 5, 77, 2);
        wrong += draws_differing(a, s, size_of(i), i % 3 ? slt_real_of(0.3) : one);
    }
    /* Directions of all kinds. */
    wrong +=
        draws_differing(a, slt_stream_of(2, SLT_DRAW_INIT, 0, 0, 0, 0), 1 << 18, one);
    /* Word 12 is b8b454f3, the one whose squared radius binary32 rounds otherwise than it
     * does a number 8 units in the last place of binary64 away. */
    slt_stream torn = slt_stream_of(1, SLT_DRAW_SGLD, 0, 0, 786937816, 1);
    uint32_t word;
    slt_draw_words(torn, 12, &word, 1);
    wrong += word != UINT32_C(0xb8b454f3);
    return wrong + draws_differing(a, torn, 100, one);
}

int main(void)
{
    ref_each_copy("exp", exp_cases);
    ref_each_copy("log", log_cases);
    ref_each_copy("tanh", tanh_cases);
    ref_each_copy("erf", erf_cases);
    ref_each_copy("sincospi", sincospi_cases);
    ref_each_copy("exp over the format", exp_sweep);
    ref_each_copy("log over the format", log_sweep);
    ref_each_copy("tanh over the format", tanh_sweep);
    ref_each_copy("erf over the format", erf_sweep);
    ref_each_copy("draws", draw_cases);
    return tap_done();
}
