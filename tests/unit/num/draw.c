#include "num/draw.h"

#include <math.h>

#include "num/float/elementary.h"
#include "num/math.h"
#include "num/philox.h"
#include "tap.h"

static slt_tensor make(slt_arithmetic arithmetic, size_t count)
{
    slt_tensor tensor;
    if (slt_tensor_create(&tensor, arithmetic, 1, count, NULL) != SLT_OK)
        tap_bail("no memory");
    return tensor;
}

static void test_stream(void)
{
    slt_stream s = slt_stream_of(0x0123456789abcdef, SLT_DRAW_SGLD, 7, 4095, 99, 3);
    TAP_OK(s.key == 0x0123456789abcdef && s.c1 == 99 && s.c2 == 0x05007fff && s.c3 == 3,
           "counter words");
    slt_philox_block block = slt_philox_of(2, 99, 0x05007fff, 3, 0x89abcdef, 0x01234567);
    uint32_t words[16];
    slt_draw_words(s, 0, words, 16);
    TAP_EQ_BYTES(words + 8, block.word, sizeof block.word,
                 "word w is lane w % 4 of block w / 4");
    bool same = true;
    for (uint64_t first = 0; first < 9; first++)
        for (size_t count = 0; count + first <= 16; count++) {
            uint32_t part[16];
            slt_draw_words(s, first, part, count);
            same &= memcmp(part, words + first, count * sizeof *part) == 0;
        }
    TAP_OK(same, "any stretch of a stream");
}

/* floor(u n / 2^64) by long multiplication of bytes. */
static uint64_t scale_again(uint64_t u, uint64_t n)
{
    unsigned digit[17] = {0};
    for (int i = 0; i < 8; i++) {
        unsigned carry = 0;
        for (int j = 0; j < 8; j++) {
            unsigned sum = digit[i + j] + carry +
                           (unsigned)(u >> 8 * i & 255) * (unsigned)(n >> 8 * j & 255);
            digit[i + j] = sum & 255;
            carry = sum >> 8;
        }
        digit[i + 8] += carry;
    }
    uint64_t high = 0;
    for (int i = 15; i >= 8; i--)
        high = high << 8 | digit[i];
    return high;
}

static void test_bounded(void)
{
    slt_stream s = slt_stream_of(3, SLT_DRAW_BATCH, 0, 0, 1, 0);
    static const uint64_t bounds[] = {1,         2, 3, 500, UINT32_MAX, UINT64_C(1) << 63,
                                      UINT64_MAX};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        bool same = true, below = true;
        for (uint64_t i = 0; i < 1000; i++) {
            uint32_t pair[2];
            slt_draw_words(s, 2 * i, pair, 2);
            uint64_t got = slt_draw_bounded(s, i, bounds[b]);
            same &= got == scale_again(pair[0] | (uint64_t)pair[1] << 32, bounds[b]);
            below &= got < bounds[b];
        }
        TAP_OK(same && below, "bounded by %" PRIu64, bounds[b]);
    }
}

static void test_shuffle(void)
{
    enum { N = 257 };
    uint32_t items[N], again[N], part[N];
    slt_stream s = slt_stream_of(11, SLT_DRAW_BATCH, 0, 0, 5, 0);
    for (uint32_t i = 0; i < N; i++)
        again[i] = i;
    slt_draw_shuffle(s, N, N, items);
    slt_draw_shuffle(s, N, 33, part);
    for (uint64_t i = 0; i < N; i++) {
        uint64_t j = i + slt_draw_bounded(s, i, N - i);
        uint32_t kept = again[i];
        again[i] = again[j];
        again[j] = kept;
    }
    TAP_EQ_BYTES(items, again, sizeof items, "Fisher-Yates from the front");
    TAP_EQ_BYTES(items, part, 33 * sizeof *items, "a part is the whole's beginning");
    bool seen[N] = {false};
    size_t different = 0;
    for (size_t i = 0; i < N; i++) {
        seen[items[i]] = true;
        different += items[i] != i;
    }
    size_t all = 0;
    for (size_t i = 0; i < N; i++)
        all += seen[i];
    TAP_OK(all == N && different > 200, "a permutation that moves things");
}

static void test_uniform(slt_arithmetic arithmetic, size_t count, double lo, double hi)
{
    slt_stream s = slt_stream_of(1, SLT_DRAW_DATA, 2, 0, 0, 0);
    slt_tensor t = make(arithmetic, count);
    slt_draw_uniform(s, &t, slt_real_of(lo), slt_real_of(hi));
    bool same = true;
    for (size_t e = 0; e < count; e++) {
        uint32_t word;
        slt_draw_words(s, e, &word, 1);
        double want = fma(hi - lo, ((double)word + 0.5) / 4294967296.0, lo);
        if (arithmetic == SLT_F32)
            want = (double)(float)want;
        same &= slt_tensor_get(&t, e).bits == slt_real_of(want).bits;
    }
    TAP_OK(same, "%s: %zu uniforms in [%g, %g]", slt_arithmetic_name(arithmetic), count,
           lo, hi);
    slt_tensor_free(&t);
}

/* The definition of a pair, one operation at a time. */
static void pair_again(slt_arithmetic arithmetic, slt_stream s, uint64_t pair, double std,
                       double z[2])
{
    uint32_t word[2];
    slt_draw_words(s, 2 * pair, word, 2);
    double u = ((double)word[0] + 0.5) / 4294967296.0;
    double square = -2 * slt_log(u);
    if (arithmetic == SLT_F64) {
        slt_sincos v = slt_sincospi((double)(int32_t)word[1] / 2147483648.0);
        double r = sqrt(square);
        z[0] = r * v.cos * std;
        z[1] = r * v.sin * std;
    } else {
        slt_sincosf v = slt_sincospif((float)(int32_t)word[1] / 2147483648.0f);
        float r = sqrtf((float)square), scale = (float)std;
        z[0] = (double)(r * v.cos * scale);
        z[1] = (double)(r * v.sin * scale);
    }
}

static void test_normal(slt_arithmetic arithmetic, size_t count, double std)
{
    slt_stream s = slt_stream_of(UINT64_MAX - 5, SLT_DRAW_INIT, 1, 0, 0, 0);
    slt_tensor t = make(arithmetic, count);
    slt_draw_normal(s, &t, slt_real_of(std));
    bool same = true;
    for (size_t e = 0; e < count; e++) {
        double z[2];
        pair_again(arithmetic, s, e / 2, std, z);
        same &= slt_tensor_get(&t, e).bits == slt_real_of(z[e % 2]).bits;
    }
    TAP_OK(same, "%s: %zu normals of deviation %g", slt_arithmetic_name(arithmetic),
           count, std);
    slt_tensor_free(&t);
}

static void test_exponential(slt_arithmetic arithmetic, size_t count, double from)
{
    slt_stream s = slt_stream_of(77, SLT_DRAW_DATA, 1, 0, 3, 0);
    slt_tensor t = make(arithmetic, count);
    slt_draw_exponential(s, &t, slt_real_of(from));
    bool same = true;
    for (size_t e = 0; e < count; e++) {
        uint32_t word;
        slt_draw_words(s, e, &word, 1);
        double want = from - slt_log(((double)word + 0.5) / 4294967296.0);
        if (arithmetic == SLT_F32)
            want = (double)(float)want;
        same &= slt_tensor_get(&t, e).bits == slt_real_of(want).bits;
    }
    TAP_OK(same, "%s: %zu exponentials from %g on", slt_arithmetic_name(arithmetic),
           count, from);
    slt_tensor_free(&t);
}

static void test_definitions(void)
{
    static const size_t counts[] = {0, 1, 2, 3, 5, 511, 512, 513, 1500};
    for (int a = SLT_F32; a <= SLT_F64; a++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            test_uniform((slt_arithmetic)a, counts[c], -0.1, 3);
            test_normal((slt_arithmetic)a, counts[c], c % 2 ? 1 : 0.1);
            test_exponential((slt_arithmetic)a, counts[c], c % 2 ? 0 : 1.1);
        }
}

/* One real number, rounded twice: the two differ by a few units of binary32, relative to
 * the radius (a cosine near zero has its angle's error). */
static void test_one_number(void)
{
    enum { N = 1 << 18 };
    slt_stream s = slt_stream_of(42, SLT_DRAW_SGLD, 0, 0, 0, 1);
    slt_tensor single = make(SLT_F32, N), twice = make(SLT_F64, N);
    slt_draw_normal(s, &single, slt_real_of(1));
    slt_draw_normal(s, &twice, slt_real_of(1));
    const float *a = single.data;
    const double *b = twice.data;
    double worst = 0;
    for (size_t i = 0; i < N; i += 2) {
        double radius = hypot(b[i], b[i + 1]);
        for (size_t j = i; j < i + 2; j++)
            worst = fmax(worst, fabs((double)a[j] - b[j]) / radius);
    }
    TAP_OK(worst < 0x1p-21, "f32 and f64 draw the same real numbers");
    tap_note("largest difference %.3g of the radius, 2^%.2f", worst, log2(worst));
    slt_tensor_free(&single);
    slt_tensor_free(&twice);
}

typedef struct moments {
    double sum[5], lag[3], tail[4];
} moments;

static moments measure(const double *z, size_t n)
{
    static const double edges[] = {1, 2, 3, 4};
    moments m = {{0}, {0}, {0}};
    for (size_t i = 0; i < n; i++) {
        double power = 1;
        for (int p = 1; p <= 4; p++)
            m.sum[p] += power *= z[i];
        for (int t = 0; t < 4; t++)
            m.tail[t] += fabs(z[i]) > edges[t];
    }
    for (size_t i = 0; i + 1 < n; i += 2) {
        m.lag[0] += z[i] * z[i + 1];
        m.lag[1] += (z[i] * z[i] - 1) * (z[i + 1] * z[i + 1] - 1);
        m.lag[2] += i + 2 < n ? z[i + 1] * z[i + 2] : 0;
    }
    return m;
}

/* The seed is fixed, so these hold or not for good; bounds are 4.5 standard errors. */
static void test_statistics(slt_arithmetic arithmetic)
{
    enum { N = 1 << 20 };
    const char *name = slt_arithmetic_name(arithmetic);
    slt_tensor t = make(arithmetic, N);
    slt_draw_normal(slt_stream_of(7, SLT_DRAW_SGLD, 3, 2, 100, 1), &t, slt_real_of(1));
    double *z = malloc(N * sizeof *z);
    for (size_t i = 0; i < N; i++)
        z[i] = slt_real_double(slt_tensor_get(&t, i));
    moments m = measure(z, N);
    static const double mean[] = {1, 0, 1, 0, 3}, variance[] = {0, 1, 2, 15, 96};
    for (int p = 1; p <= 4; p++)
        TAP_OK(fabs(m.sum[p] / N - mean[p]) < 4.5 * sqrt(variance[p] / N),
               "%s: moment %d is %.5f", name, p, m.sum[p] / N);
    for (int t4 = 0; t4 < 4; t4++) {
        double p = erfc((t4 + 1) / sqrt(2));
        TAP_OK(fabs(m.tail[t4] - N * p) < 4.5 * sqrt(N * p), "%s: %g beyond %d", name,
               m.tail[t4], t4 + 1);
    }
    double root = sqrt(N / 2.0);
    TAP_OK(fabs(m.lag[0]) < 4.5 * root, "%s: cosine and sine do not correlate", name);
    TAP_OK(fabs(m.lag[1]) < 9 * root, "%s: neither do their squares", name);
    TAP_OK(fabs(m.lag[2]) < 4.5 * root, "%s: nor neighbouring pairs", name);
    free(z);
    slt_tensor_free(&t);
}

/* A radius of 23 bits would end at 5.8; 32 bits reach 6.76. */
static void test_tails(void)
{
    enum { N = 1 << 20, ROUNDS = 48 };
    slt_tensor t = make(SLT_F32, N);
    const float *z = t.data;
    size_t beyond = 0;
    float largest = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        slt_draw_normal(slt_stream_of(1, SLT_DRAW_SGLD, 0, 0, round, 1), &t,
                        slt_real_of(1));
        for (size_t i = 0; i < N; i++) {
            beyond += fabsf(z[i]) > 5;
            largest = fmaxf(largest, fabsf(z[i]));
        }
    }
    double expected = (double)N * ROUNDS * erfc(5 / sqrt(2));
    TAP_OK(fabs((double)beyond - expected) < 4 * sqrt(expected),
           "%zu of %d beyond 5 (%.1f expected)", beyond, N * ROUNDS, expected);
    TAP_OK(largest > 5.3f && largest < 6.77f, "the largest is %.3f", (double)largest);
    slt_tensor_free(&t);
}

static void test_signs(void)
{
    slt_stream s = slt_stream_of(4, SLT_DRAW_HESSIAN, 1, 0, 9, 1);
    slt_tensor t;
    size_t wrong = 0;
    uint32_t word;
    if (slt_tensor_create(&t, SLT_F32, 3, 211, NULL))
        tap_bail("out of memory");
    slt_draw_signs(s, &t);
    for (size_t e = 0; e < slt_tensor_count(&t); e++) {
        slt_draw_words(s, e, &word, 1);
        wrong += slt_real_double(slt_tensor_get(&t, e)) != (word >> 31 ? -1 : 1);
    }
    TAP_EQ_U64(wrong, 0, "signs by the top bits of the words");
    slt_tensor_free(&t);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT);
    test_stream();
    test_bounded();
    test_shuffle();
    test_signs();
    if (slt_num_available(SLT_F32, NULL) == SLT_OK) {
        test_definitions();
        test_one_number();
        test_statistics(SLT_F32);
        test_statistics(SLT_F64);
        test_tails();
    } else {
        tap_skip("float draws", "no fma on this CPU");
    }
    return tap_done();
}
