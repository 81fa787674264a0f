/* Random numbers in integers: the same Philox words as the float arithmetics, the same
 * real number, rounded to fixed point. */
#include "num/fixed/fixed.h"

#define XXH_STATIC_LINKING_ONLY /* a state on the stack */
#include <xxhash.h>

#include "base/assumptions.h"
#include "base/endian.h"
#include "num/fixed/constants.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

int64_t slt_fixed_log_near_one(int64_t f)
{
    int64_t p = fixed_reciprocal[COUNT(fixed_reciprocal) - 1];
    for (int j = COUNT(fixed_reciprocal) - 2; j >= 0; j--)
        p = fixed_reciprocal[j] - slt_mul_shift(p, f, 62);
    return slt_mul_shift(p, f, 62);
}

int64_t slt_fixed_neg_log(uint32_t a)
{
    uint64_t n = 2 * (uint64_t)a + 1; /* u = n 2^-33 */
    int k = slt_bits_u64(n) - 1;
    int64_t y = (int64_t)(n << (62 - k)); /* n 2^-k in [1, 2) at 62 bits */
    int i = (int)(y >> 55 & 127);
    int64_t f = slt_mul_shift(y, fixed_inverse[i], 62) - ((int64_t)1 << 62);
    return slt_mul_shift(33 - k, SLT_FIXED_LN2, 5) - fixed_inverse_log[i] -
           ((slt_fixed_log_near_one(f) + 16) >> 5);
}

/* floor(sqrt(x)) digit by digit. */
static uint64_t root_of_u64(uint64_t x)
{
    uint64_t root = 0;
    for (uint64_t bit = (uint64_t)1 << 62; bit; bit >>= 2) {
        uint64_t trial = root + bit;
        root >>= 1;
        if (x >= trial) {
            x -= trial;
            root += bit;
        }
    }
    return root;
}

int64_t slt_fixed_sqrt(int64_t v)
{
    if (v == 0)
        return 0;
    int shift = (62 - slt_bits_u64((uint64_t)v)) & ~1;
    uint64_t x = (uint64_t)v << shift; /* its root has 31 bits: h, then 32 more */
    uint64_t h = root_of_u64(x);
    uint64_t root = (h << 32) + ((x - h * h) << 31) / h;
    slt_wide whole = {0, (int64_t)x};
    for (;;) { /* the division leaves out the square of the low half: at most one off */
        slt_wide square = slt_wide_mul_u64(root, root);
        if (!slt_wide_negative(slt_wide_add(whole, slt_wide_neg(square))))
            break;
        root--;
    }
    return (int64_t)(root >> (shift / 2));
}

/* from + E at the exponent of state: two numbers, each rounded. */
void slt_fixed_exponentials(slt_stream stream, slt_real from, slt_tensor *z)
{
    const slt_scalar start = slt_scalar_of(from), one = {1, 0};
    int64_t *out = z->data, low, exponential;
    const bool fits = slt_fixed_scale(start, 1, 0, SLT_FIXED_FRAC, &low);
    z->frac = SLT_FIXED_FRAC;
    for (size_t e = 0; e < slt_tensor_count(z); e++) {
        uint32_t word;
        slt_draw_words(stream, e, &word, 1);
        slt_fixed_scale(one, slt_fixed_neg_log(word), 57, SLT_FIXED_FRAC, &exponential);
        z->overflow |= !fits || __builtin_add_overflow(low, exponential, &out[e]);
    }
}

static int64_t horner(const int64_t *coefficients, int count, int64_t x)
{
    int64_t p = coefficients[count - 1];
    for (int k = count - 2; k >= 0; k--)
        p = coefficients[k] + slt_mul_shift(p, x, 61);
    return p;
}

void slt_fixed_turn(unsigned quarters, int64_t a, int64_t *cosine, int64_t *sine)
{
    int64_t square = slt_mul_shift(a, a, 61);
    int64_t c = horner(fixed_cosine, COUNT(fixed_cosine), square);
    int64_t s = slt_mul_shift(horner(fixed_sine, COUNT(fixed_sine), square), a, 61);
    switch (quarters & 3) {
    case 0:
        *cosine = c, *sine = s;
        break;
    case 1:
        *cosine = -s, *sine = c;
        break;
    case 2:
        *cosine = -c, *sine = -s;
        break;
    default:
        *cosine = s, *sine = -c;
    }
}

void slt_fixed_cos_sin(uint32_t p, int64_t *cosine, int64_t *sine)
{
    uint32_t quarter = (p + (UINT32_C(1) << 29)) >> 30;
    int32_t rest = (int32_t)(p - (quarter << 30)); /* of a quarter turn, at 30 bits */
    slt_fixed_turn(quarter, (int64_t)rest * ((int64_t)1 << 31), cosine, sine);
}

uint64_t slt_fixed_fingerprint(void)
{
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_64bits_reset(&state);
    for (uint32_t i = 0; i < 4096; i++) {
        /* A grid over all words: the golden-ratio stride visits high and low bits. */
        uint32_t word = i * UINT32_C(2654435769);
        int64_t part[4];
        part[0] = slt_fixed_neg_log(word);
        part[1] = slt_fixed_sqrt(part[0]);
        slt_fixed_cos_sin(word, &part[2], &part[3]);
        uint8_t bytes[sizeof part];
        for (int j = 0; j < 4; j++)
            slt_store_le64(bytes + 8 * j, (uint64_t)part[j]);
        XXH3_64bits_update(&state, bytes, sizeof bytes);
    }
    return XXH3_64bits_digest(&state);
}
