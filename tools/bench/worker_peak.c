/* peak TYPE: fused multiply-adds and nothing else, as many independent ones as hide their
 * latency, in the widest registers of the ISA in use.  A unit is a million multiply-adds.
 */
#include <string.h>

#include "num/math.h"
#include "worker.h"

/* Chains side by side; each vector of them is one register. */
#define CHAINS 12
#define UNIT 1000000

typedef void peak_body(uint64_t rounds, const void *factors, void *sums);

#if defined(__x86_64__)
#include <immintrin.h>

/* One body for a width and a type: `rounds` times CHAINS fused multiply-adds. */
#define PEAK_BODY(name, target_isa, vector, number, load, store, fma)                    \
    __attribute__((target(target_isa))) static void name(                                \
        uint64_t rounds, const void *factors, void *sums)                                \
    {                                                                                    \
        const number *f = factors;                                                       \
        number *s = sums;                                                                \
        const size_t lanes = sizeof(vector) / sizeof(number);                            \
        const vector x = load(f), y = load(f + lanes);                                   \
        vector acc[CHAINS];                                                              \
        for (int j = 0; j < CHAINS; j++)                                                 \
            acc[j] = load(s + (size_t)j * lanes);                                        \
        for (uint64_t r = 0; r < rounds; r++)                                            \
            for (int j = 0; j < CHAINS; j++)                                             \
                acc[j] = fma(acc[j], x, y);                                              \
        for (int j = 0; j < CHAINS; j++)                                                 \
            store(s + (size_t)j * lanes, acc[j]);                                        \
    }

#define AVX512 "avx512f"
#define AVX2 "avx2,fma"
PEAK_BODY(peak_f32_avx512, AVX512, __m512, float, _mm512_loadu_ps, _mm512_storeu_ps,
          _mm512_fmadd_ps)
PEAK_BODY(peak_f64_avx512, AVX512, __m512d, double, _mm512_loadu_pd, _mm512_storeu_pd,
          _mm512_fmadd_pd)
PEAK_BODY(peak_f32_avx2, AVX2, __m256, float, _mm256_loadu_ps, _mm256_storeu_ps,
          _mm256_fmadd_ps)
PEAK_BODY(peak_f64_avx2, AVX2, __m256d, double, _mm256_loadu_pd, _mm256_storeu_pd,
          _mm256_fmadd_pd)
#define LOAD_ONE(p) (*(p))
#define STORE_ONE(p, v) (*(p) = (v))
PEAK_BODY(peak_f32_scalar, "fma", float, float, LOAD_ONE, STORE_ONE, __builtin_fmaf)
PEAK_BODY(peak_f64_scalar, "fma", double, double, LOAD_ONE, STORE_ONE, __builtin_fma)

static peak_body *const bodies[2][SLT_ISA_COUNT] = {
    {[SLT_ISA_SCALAR] = peak_f32_scalar,
     [SLT_ISA_AVX2] = peak_f32_avx2,
     [SLT_ISA_AVX512] = peak_f32_avx512},
    {[SLT_ISA_SCALAR] = peak_f64_scalar,
     [SLT_ISA_AVX2] = peak_f64_avx2,
     [SLT_ISA_AVX512] = peak_f64_avx512},
};
static const size_t register_bytes[SLT_ISA_COUNT] = {
    [SLT_ISA_AVX2] = 32, [SLT_ISA_AVX512] = 64};

#else

/* Vectors of 16 bytes, which the compiler makes of the inner loop. */
#define PEAK_BODY(name, number, lanes, fma)                                              \
    static void name(uint64_t rounds, const void *factors, void *sums)                   \
    {                                                                                    \
        const number *f = factors;                                                       \
        number acc[CHAINS * lanes];                                                      \
        memcpy(acc, sums, sizeof acc);                                                   \
        for (uint64_t r = 0; r < rounds; r++)                                            \
            for (int j = 0; j < CHAINS * lanes; j++)                                     \
                acc[j] = fma(acc[j], f[j % lanes], f[lanes + j % lanes]);                \
        memcpy(sums, acc, sizeof acc);                                                   \
    }

PEAK_BODY(peak_f32, float, 4, __builtin_fmaf)
PEAK_BODY(peak_f64, double, 2, __builtin_fma)
static peak_body *const bodies[2][SLT_ISA_COUNT] = {
    {[SLT_ISA_SCALAR] = peak_f32, [SLT_ISA_NEON] = peak_f32},
    {[SLT_ISA_SCALAR] = peak_f64, [SLT_ISA_NEON] = peak_f64},
};
static const size_t register_bytes[SLT_ISA_COUNT] = {
    [SLT_ISA_SCALAR] = 16, [SLT_ISA_NEON] = 16};

#endif

typedef struct peak {
    peak_body *body;
    size_t lanes;
    union {
        float f32[16 * CHAINS];
        double f64[8 * CHAINS];
    } factors, sums;
} peak;

static double time_peak(void *self, uint64_t count)
{
    peak *p = self;
    double start = cpu_seconds();
    p->body(count * UNIT / (CHAINS * p->lanes), &p->factors, &p->sums);
    return cpu_seconds() - start;
}

task make_peak(const words *asked)
{
    peak *p = take_memory(sizeof *p);
    bool f64 = !strcmp(asked->word[1], "f64");
    size_t bytes = register_bytes[slt_num_isa()], number = f64 ? 8 : 4;
    p->body = bodies[f64][slt_num_isa()];
    p->lanes = bytes ? bytes / number : 1;
    for (size_t i = 0; i < p->lanes; i++) { /* x -> x / 2 + 1 stays near 2 */
        if (f64)
            p->factors.f64[i] = 0.5, p->factors.f64[p->lanes + i] = 1;
        else
            p->factors.f32[i] = 0.5f, p->factors.f32[p->lanes + i] = 1;
    }
    return (task){p, time_peak};
}
