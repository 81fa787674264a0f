/* Fingerprints of functions: XXH3-64 over results on the grid of
 * docs/spec/04-functions.md.  It covers special values, every exponent, and densely the
 * part of the domain where the function does its work. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#define XXH_STATIC_LINKING_ONLY /* a state on the stack */
#include <xxhash.h>

#include "base/assert.h"
#include "base/world.h"
#include "num/fingerprints_1.h"
#include "num/fixed/fixed.h"
#include "num/kernels.h"
#include "num/math.h"
#include "num/scalar.h"
#include "num/wide.h"

enum {
    SPARSE = 65536, /* bit patterns over the whole format */
    DENSE = 65536,  /* multiples of a step */
    SPECIAL = 10,   /* and their negatives */
    BLOCK = 512
};

typedef struct domain {
    slt_arithmetic arithmetic;
    int step;      /* dense: multiples j sqrt(2) 2^-step, rounded once */
    bool negative; /* holds numbers below zero */
    bool infinite; /* holds infinities */
} domain;

/* The square root of 2 in binary64 and in binary32, times 2^52. */
#define ROOT2 UINT64_C(0x16a09e667f3bcd)
#define ROOT2_SINGLE UINT64_C(0x16a09e60000000)

static const domain domains[SLT_FN_COUNT] = {
    [SLT_FN_erf] = {SLT_F64, 13, true, true},
    [SLT_FN_erff] = {SLT_F32, 13, true, true},
    [SLT_FN_exp] = {SLT_F64, 6, true, true},
    [SLT_FN_expf] = {SLT_F32, 9, true, true},
    [SLT_FN_log] = {SLT_F64, 14, false, true},
    [SLT_FN_logf] = {SLT_F32, 14, false, true},
    [SLT_FN_sincospi] = {SLT_F64, 14, true, false},
    [SLT_FN_sincospif] = {SLT_F32, 14, true, false},
    [SLT_FN_tanh] = {SLT_F64, 11, true, true},
    [SLT_FN_tanhf] = {SLT_F32, 11, true, true},
    /* Those in integers have grids of their own: slt_fixed_fingerprint_of. */
    [SLT_FN_fixed] = {.arithmetic = SLT_FIXED},
    [SLT_FN_fixed_erf] = {.arithmetic = SLT_FIXED},
    [SLT_FN_fixed_exp] = {.arithmetic = SLT_FIXED},
    [SLT_FN_fixed_log] = {.arithmetic = SLT_FIXED},
    [SLT_FN_fixed_sincospi] = {.arithmetic = SLT_FIXED},
    [SLT_FN_fixed_tanh] = {.arithmetic = SLT_FIXED},
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

/* Whether a number of these bits belongs to the grid; minus zero is not below zero. */
static bool in_domain(const domain *d, uint64_t bits)
{
    const bool single = d->arithmetic == SLT_F32;
    const uint64_t sign = UINT64_C(1) << (single ? 31 : 63);
    const uint64_t infinity = single ? 0x7f800000 : UINT64_C(0x7ff) << 52;
    const uint64_t size = bits & (sign - 1);
    return size < infinity + d->infinite && (d->negative || !(bits & sign) || !size);
}

/* j times the square root of 2 times 2^-step, rounded to the format. */
static uint64_t multiple_bits(const domain *d, uint64_t j)
{
    const bool single = d->arithmetic == SLT_F32;
    const int digits = single ? 24 : 53, bias = single ? 127 : 1023;
    const slt_wide whole = slt_wide_mul_u64(single ? ROOT2_SINGLE : ROOT2, j);
    const int shift = slt_wide_bits(whole) - digits;
    const int exponent = bias + digits - 1 + shift - 52 - d->step;
    if (j == 0)
        return 0;
    uint64_t rounded = slt_wide_floor(whole, shift).low;
    if (shift > 0) { /* ties to even, as slt_round_shift */
        const uint64_t half = UINT64_C(1) << (shift - 1);
        rounded += ((whole.low & (2 * half - 1)) + half - 1 + (rounded & 1)) >> shift;
    }
    /* The leading digit, and a carry out of it, add to the exponent. */
    return ((uint64_t)(exponent - 1) << (digits - 1)) + rounded;
}

/* The grid goes through the function in blocks, so that no memory has to be found. */
typedef struct grid {
    const domain *domain;
    slt_function function;
    bool scalars; /* by scalar.h */
    bool second;  /* the second result is hashed, not the first */
    slt_tensor x, y, cosine;
    uint64_t numbers[3][BLOCK];
    XXH3_state_t state;
} grid;

static slt_tensor block_tensor(slt_arithmetic arithmetic, uint64_t *numbers)
{
    return (slt_tensor){.arithmetic = arithmetic, .rows = 1, .data = numbers};
}

/* Whether the function has two results. */
static bool is_pair(slt_function function)
{
    return function == SLT_FN_sincospi || function == SLT_FN_sincospif;
}

static void call_kernel(slt_function function, const slt_tensor *x, slt_tensor *y,
                        slt_tensor *cosine)
{
    const slt_kernels *kernels = slt_kernels_of(x->arithmetic);
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
}

/* Functions of binary64 in integers (scalar.h). */
static void call_scalars(slt_function function, const slt_tensor *x, slt_tensor *y,
                         slt_tensor *cosine)
{
    for (size_t e = 0; e < x->cols; e++) {
        slt_real value = slt_tensor_get(x, e);
        slt_real_sincos both = {0};
        if (function == SLT_FN_log)
            both.sine = slt_real_log(value);
        else if (function == SLT_FN_exp)
            both.sine = slt_real_exp(value);
        else
            both = slt_real_sincospi(value);
        slt_tensor_set(y, e, both.sine);
        slt_tensor_set(cosine, e, both.cosine);
    }
}

static void hash_block(grid *g)
{
    uint8_t bytes[sizeof g->numbers[0]];
    const slt_tensor *result = g->second ? &g->cosine : &g->y;
    g->y.cols = g->cosine.cols = g->x.cols;
    (g->scalars ? call_scalars : call_kernel)(g->function, &g->x, &g->y, &g->cosine);
    slt_tensor_store(result, bytes);
    XXH3_64bits_update(&g->state, bytes, slt_tensor_bytes(result));
    g->x.cols = 0;
}

/* Leaves out what does not belong to the grid. */
static void put_bits(grid *g, uint64_t bits)
{
    uint32_t single = (uint32_t)bits;
    if (!in_domain(g->domain, bits))
        return;
    size_t at = g->x.cols++;
    if (g->domain->arithmetic == SLT_F32)
        memcpy((uint32_t *)g->x.data + at, &single, sizeof single);
    else
        memcpy((uint64_t *)g->x.data + at, &bits, sizeof bits);
    if (g->x.cols == BLOCK)
        hash_block(g);
}

static void hash_grid(grid *g)
{
    const domain *d = g->domain;
    bool single = d->arithmetic == SLT_F32;
    uint64_t sign = UINT64_C(1) << (single ? 31 : 63);
    for (int i = 0; i < SPECIAL; i++) {
        uint64_t bits = single ? specials32[i] : specials64[i];
        put_bits(g, bits);
        put_bits(g, bits | sign);
    }
    for (uint64_t i = 0; i < SPARSE; i++)
        put_bits(g, sparse_bits(d->arithmetic, i));
    int first = d->negative ? -DENSE / 2 : 1;
    for (int j = first; j < first + DENSE; j++)
        put_bits(g, multiple_bits(d, (uint64_t)(j < 0 ? -j : j)) | (j < 0 ? sign : 0));
    if (g->x.cols)
        hash_block(g);
}

static bool is_fixed(slt_function function)
{
    return domains[function].arithmetic == SLT_FIXED;
}

static uint64_t take_fingerprint(slt_function function, bool scalars)
{
    if (is_fixed(function))
        return slt_fixed_fingerprint_of(function);
    grid g = {.domain = &domains[function], .function = function, .scalars = scalars};
    g.x = block_tensor(g.domain->arithmetic, g.numbers[0]);
    g.y = block_tensor(g.domain->arithmetic, g.numbers[1]);
    g.cosine = block_tensor(g.domain->arithmetic, g.numbers[2]);
    XXH3_INITSTATE(&g.state);
    XXH3_64bits_reset(&g.state);
    hash_grid(&g);
    g.second = true;
    if (is_pair(function))
        hash_grid(&g);
    return XXH3_64bits_digest(&g.state);
}

/* Whether scalar.h has the function too. */
static bool has_scalars(slt_function function)
{
    return function == SLT_FN_log || function == SLT_FN_exp ||
           function == SLT_FN_sincospi;
}

bool slt_function_in_integers(slt_function function)
{
    return is_fixed(function) || has_scalars(function);
}

bool slt_function_here(slt_function function)
{
    return slt_function_in_integers(function) ||
           slt_num_available(SLT_F64, NULL) == SLT_OK;
}

void slt_fingerprint(slt_function function, slt_arithmetic arithmetic,
                     char text[SLT_FINGERPRINT_MAX])
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct {
        bool taken;
        uint64_t hash;
    } known[2][SLT_ISA_COUNT][SLT_FN_COUNT];
    SLT_ASSERT(function < SLT_FN_COUNT && slt_function_here(function));
    bool floats = arithmetic != SLT_FIXED && slt_num_available(SLT_F64, NULL) == SLT_OK;
    bool scalars = has_scalars(function) && !floats;
    slt_isa isa = slt_num_isa();
    slt_world.pthread_mutex_lock(&mutex);
    if (!known[scalars][isa][function].taken) {
        known[scalars][isa][function].hash = take_fingerprint(function, scalars);
        known[scalars][isa][function].taken = true;
    }
    uint64_t hash = known[scalars][isa][function].hash;
    slt_world.pthread_mutex_unlock(&mutex);
    snprintf(text, SLT_FINGERPRINT_MAX, "%016llx", (unsigned long long)hash);
}

const char *slt_fingerprint_expected(slt_function function)
{
    static const char *const expected[SLT_FN_COUNT] = {
#define SLT_EXPECTED(name, hex) [SLT_FN_##name] = hex,
        SLT_FINGERPRINT_MAP(SLT_EXPECTED)
#undef SLT_EXPECTED
    };
    return expected[function];
}
