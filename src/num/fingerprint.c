/* Fingerprints of functions: XXH3-64 over results on a grid.  REPRODUCING.md,
 * "Fingerprints", defines the grid; it covers special values, every exponent, and densely
 * the part of the domain where the function does its work. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/assert.h"
#include "base/float_assumptions.h"
#include "num/fixed/fixed.h"
#include "num/kernels.h"
#include "num/math.h"

enum {
    SPARSE = 65536, /* bit patterns over the whole format */
    DENSE = 65536,  /* multiples of a step */
    SPECIAL = 10,   /* and their negatives */
    GRID_MAX = SPARSE + DENSE + 2 * SPECIAL
};

typedef struct domain {
    slt_arithmetic arithmetic;
    double step;   /* dense: multiples j step, rounded once */
    bool negative; /* holds numbers below zero */
    bool infinite; /* holds infinities */
} domain;

#define ROOT2 0x1.6a09e667f3bcdp0

/* fixed has none: its fingerprint is its own. */
static const domain domains[SLT_FN_COUNT] = {
    [SLT_FN_erf] = {SLT_F64, ROOT2 * 0x1p-13, true, true},
    [SLT_FN_erff] = {SLT_F32, ROOT2 * 0x1p-13, true, true},
    [SLT_FN_exp] = {SLT_F64, ROOT2 * 0x1p-6, true, true},
    [SLT_FN_expf] = {SLT_F32, ROOT2 * 0x1p-9, true, true},
    [SLT_FN_log] = {SLT_F64, ROOT2 * 0x1p-14, false, true},
    [SLT_FN_logf] = {SLT_F32, ROOT2 * 0x1p-14, false, true},
    [SLT_FN_sincospi] = {SLT_F64, ROOT2 * 0x1p-14, true, false},
    [SLT_FN_sincospif] = {SLT_F32, ROOT2 * 0x1p-14, true, false},
    [SLT_FN_tanh] = {SLT_F64, ROOT2 * 0x1p-11, true, true},
    [SLT_FN_tanhf] = {SLT_F32, ROOT2 * 0x1p-11, true, true},
};

/* +0, least and greatest subnormal, least normal, greatest, infinity, 1/2, and 1 with its
 * neighbours. */
static const uint32_t specials32[SPECIAL] = {
    0x00000000, 0x00000001, 0x007fffff, 0x00800000, 0x7f7fffff,
    0x7f800000, 0x3f000000, 0x3f7fffff, 0x3f800000, 0x3f800001};
static const uint64_t specials64[SPECIAL] = {
    0x0000000000000000, 0x0000000000000001, 0x000fffffffffffff, 0x0010000000000000,
    0x7fefffffffffffff, 0x7ff0000000000000, 0x3fe0000000000000, 0x3fefffffffffffff,
    0x3ff0000000000000, 0x3ff0000000000001};

static uint64_t sparse_bits(slt_arithmetic arithmetic, uint64_t i)
{
    if (arithmetic == SLT_F32)
        return i << 16 | (i * 0x9e37 & 0xffff);
    return i << 48 | (i * UINT64_C(0x9e3779b97f4a7c15) >> 16);
}

static double of_bits(slt_arithmetic arithmetic, uint64_t bits)
{
    uint32_t low = (uint32_t)bits;
    float single;
    memcpy(&single, &low, sizeof single);
    return arithmetic == SLT_F32 ? (double)single : slt_real_double((slt_real){bits});
}

/* Minus zero is not below zero. */
static bool in_domain(const domain *d, double x)
{
    slt_real bits = slt_real_of(x);
    bool infinite = bits.bits << 1 == UINT64_C(0x7ff) << 53;
    return (slt_real_finite(bits) || (infinite && d->infinite)) &&
           (d->negative || !(x < 0));
}

static void put(const domain *d, slt_tensor *x, double value)
{
    if (in_domain(d, value)) {
        x->cols++;
        slt_tensor_set(x, x->cols - 1, slt_real_of(value));
    }
}

/* x comes with room for GRID_MAX elements and cols 0. */
static void fill_grid(const domain *d, slt_tensor *x)
{
    slt_arithmetic a = d->arithmetic;
    for (int i = 0; i < SPECIAL; i++) {
        double value = of_bits(a, a == SLT_F32 ? specials32[i] : specials64[i]);
        put(d, x, value);
        put(d, x, -value);
    }
    for (uint64_t i = 0; i < SPARSE; i++)
        put(d, x, of_bits(a, sparse_bits(a, i)));
    double step = a == SLT_F32 ? (double)(float)d->step : d->step;
    int first = d->negative ? -DENSE / 2 : 1;
    for (int j = first; j < first + DENSE; j++)
        put(d, x, j * step);
}

static slt_tensor make_tensor(slt_arithmetic arithmetic)
{
    slt_tensor tensor;
    SLT_ASSERT(slt_tensor_create(&tensor, arithmetic, 1, GRID_MAX, NULL) == SLT_OK);
    tensor.cols = 0;
    return tensor;
}

static void add_results(XXH3_state_t *state, const slt_tensor *y)
{
    size_t size = slt_tensor_bytes(y);
    uint8_t *bytes = malloc(size);
    SLT_ASSERT(bytes);
    slt_tensor_store(y, bytes);
    XXH3_64bits_update(state, bytes, size);
    free(bytes);
}

/* False where the function has one result: cosine is then not written. */
static bool call(slt_function function, const slt_tensor *x, slt_tensor *y,
                 slt_tensor *cosine)
{
    const slt_kernels *kernels = slt_kernels_of(x->arithmetic);
    y->cols = cosine->cols = x->cols;
    if (function == SLT_FN_erf || function == SLT_FN_erff)
        kernels->erf(x, y);
    else if (function == SLT_FN_exp || function == SLT_FN_expf)
        kernels->exp(x, y);
    else if (function == SLT_FN_log || function == SLT_FN_logf)
        kernels->log(x, y);
    else if (function == SLT_FN_tanh || function == SLT_FN_tanhf)
        kernels->tanh(x, y);
    else
        kernels->sincospi(x, y, cosine);
    return function == SLT_FN_sincospi || function == SLT_FN_sincospif;
}

static uint64_t take(slt_function function)
{
    if (function == SLT_FN_fixed)
        return slt_fixed_fingerprint();
    const domain *d = &domains[function];
    slt_tensor x = make_tensor(d->arithmetic), y = make_tensor(d->arithmetic);
    slt_tensor cosine = make_tensor(d->arithmetic);
    XXH3_state_t *state = XXH3_createState();
    SLT_ASSERT(state);
    XXH3_64bits_reset(state);
    fill_grid(d, &x);
    bool two = call(function, &x, &y, &cosine);
    add_results(state, &y);
    if (two)
        add_results(state, &cosine);
    uint64_t hash = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    slt_tensor_free(&x);
    slt_tensor_free(&y);
    slt_tensor_free(&cosine);
    return hash;
}

void slt_fingerprint(slt_function function, char text[SLT_FINGERPRINT_MAX])
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct {
        bool taken;
        uint64_t hash;
    } known[SLT_ISA_COUNT][SLT_FN_COUNT];
    SLT_ASSERT(function < SLT_FN_COUNT);
    slt_isa isa = slt_num_isa();
    pthread_mutex_lock(&mutex);
    if (!known[isa][function].taken) {
        known[isa][function].hash = take(function);
        known[isa][function].taken = true;
    }
    uint64_t hash = known[isa][function].hash;
    pthread_mutex_unlock(&mutex);
    snprintf(text, SLT_FINGERPRINT_MAX, "%016llx", (unsigned long long)hash);
}
