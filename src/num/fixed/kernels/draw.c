/* Tensors of random numbers. */
#include "num/fixed/constants.h"
#include "num/fixed/kernels/parts.h"
#include "num/fixed/kernels/root.h"
#include "num/fixed/kernels/scale.h"
#include "num/philox_lanes.h"

/* Blocks of four words that are drawn at once, each two pairs of words. */
#define BLOCKS 16
#define PAIRS (2 * BLOCKS)
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* Words 0 and 2 of blocks from `first`, then words 1 and 3. */
static void draw_blocks(slt_stream stream, uint32_t first, int64_t word[2][PAIRS])
{
    const lanes low = lanes_of(UINT32_MAX);
    int64_t number[BLOCKS];
    for (uint32_t b = 0; b < BLOCKS; b++)
        number[b] = (uint32_t)(first + b);
    for (size_t b = 0; b < BLOCKS; b += LANES) {
        philox_lanes drawn = philox_lanes_of(stream, lanes_load(number + b, LANES));
        lanes_store(word[0] + b, drawn.word[0] & low, LANES);
        lanes_store(word[1] + b, drawn.word[1] & low, LANES);
        lanes_store(word[0] + BLOCKS + b, drawn.word[2] & low, LANES);
        lanes_store(word[1] + BLOCKS + b, drawn.word[3] & low, LANES);
    }
}

/* What looking up and counting leave of -ln of u = (2 a + 1) 2^-33 for lanes to do. */
typedef struct logee {
    int64_t beyond[PAIRS];  /* u 2^k less 1, at 62 bits */
    int64_t inverse[PAIRS]; /* close to 1 / (u 2^k) */
    int64_t offset[PAIRS];  /* k ln 2 + ln inverse, at 57 bits */
} logee;

static void look_up(const int64_t *word, logee *out)
{
    const uint64_t ln2_high = SLT_FIXED_LN2 >> 5, ln2_low = SLT_FIXED_LN2 & 31;
    for (int i = 0; i < PAIRS; i++) {
        uint64_t n = 2 * (uint64_t)word[i] + 1;
        int bits = slt_bits_u64(n);
        uint64_t y = n << (63 - bits), k = (uint64_t)(34 - bits);
        size_t at = y >> 55 & 127;
        out->beyond[i] = (int64_t)(y - ((uint64_t)1 << 62));
        out->inverse[i] = fixed_inverse[at];
        out->offset[i] =
            (int64_t)(k * ln2_high + ((k * ln2_low + 16) >> 5)) - fixed_inverse_log[at];
    }
}

/* slt_fixed_neg_log. 1 as a factor of 62 bits is taken out of both products. */
static void logarithms(const logee *in, int64_t *out)
{
    for (size_t i = 0; i < PAIRS; i += LANES) {
        lanes inverse = lanes_load(in->inverse + i, LANES);
        lanes rest = inverse +
                     mul_62(lanes_load(in->beyond + i, LANES), parts_of(inverse)) -
                     lanes_of((uint64_t)1 << 62);
        parts x = parts_of(rest);
        lanes p = lanes_of((uint64_t)fixed_reciprocal[COUNT(fixed_reciprocal) - 1]);
        for (int j = COUNT(fixed_reciprocal) - 2; j >= 1; j--)
            p = lanes_of((uint64_t)fixed_reciprocal[j]) - mul_62(p, x);
        lanes log = rest + mul_62(0 - mul_62(p, x), x);
        lanes_store(out + i,
                    lanes_load(in->offset + i, LANES) - lanes_sra(log + lanes_of(16), 5),
                    LANES);
    }
}

static void draw_roots(int64_t *v)
{
    int64_t x[PAIRS], start[PAIRS], half[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
        rootee from = rootee_of((uint64_t)v[i]);
        x[i] = (int64_t)from.x;
        start[i] = (int64_t)from.start;
        half[i] = from.half;
    }
    for (size_t i = 0; i < PAIRS; i += LANES)
        lanes_store(v + i,
                    root_of(lanes_load(x + i, LANES), lanes_load(start + i, LANES)) >>
                        lanes_load(half + i, LANES),
                    LANES);
}

/* Vectors whose polynomials are made side by side: each waits long for its last step. */
#ifdef SLT_VARIANT_AVX512
#define ABREAST 2
#else
#define ABREAST 1
#endif

/* Cosine and sine of a part of a quarter turn, twice it at 62 bits, its square at 61. */
SLT_INLINE void polynomials(const parts *twice, const parts *square, lanes *cosine,
                            lanes *sine)
{
    const int most = COUNT(fixed_sine) - 1;
    for (int v = 0; v < ABREAST; v++) {
        cosine[v] = lanes_of((uint64_t)fixed_cosine[most + 1]);
        sine[v] = lanes_of((uint64_t)fixed_sine[most]);
    }
    for (int k = most; k >= 0; k--)
        for (int v = 0; v < ABREAST; v++) {
            cosine[v] =
                lanes_of((uint64_t)fixed_cosine[k]) + mul_62(cosine[v], square[v]);
            if (k < most)
                sine[v] = lanes_of((uint64_t)fixed_sine[k]) + mul_62(sine[v], square[v]);
        }
    for (int v = 0; v < ABREAST; v++)
        sine[v] = mul_62(sine[v], twice[v]);
}

/* slt_fixed_cos_sin: a at 61 bits, cosine and sine of its part of a quarter turn, then
 * the quarters turned by. */
SLT_INLINE void turn(const int64_t *word, lanes *cosine, lanes *sine)
{
    lanes quarter[ABREAST];
    parts twice[ABREAST], square[ABREAST];
    for (int v = 0; v < ABREAST; v++) {
        lanes from = lanes_load(word + v * LANES, LANES);
        quarter[v] = (from + lanes_of((uint64_t)1 << 29)) >> 30;
        lanes a = (from - (quarter[v] << 30)) << 31;
        twice[v] = parts_of(a << 1);
        square[v] = parts_of(mul_62(a, twice[v]) << 1);
    }
    polynomials(twice, square, cosine, sine);
    for (int v = 0; v < ABREAST; v++) {
        lanes one = lanes_of(1), odd = 0 - (quarter[v] & one);
        lanes differ = (cosine[v] ^ sine[v]) & odd;
        cosine[v] = lanes_negate(cosine[v] ^ differ, 0 - ((quarter[v] + one) >> 1 & one));
        sine[v] = lanes_negate(sine[v] ^ differ, 0 - (quarter[v] >> 1 & one));
    }
}

/* Radii at 60 bits, less than 2^63, times cosine and sine. */
static void directions(const int64_t *radius, const int64_t *angle, int64_t *first,
                       int64_t *second)
{
    for (size_t i = 0; i < PAIRS; i += ABREAST * LANES) {
        lanes c[ABREAST], s[ABREAST];
        turn(angle + i, c, s);
        for (size_t v = 0; v < ABREAST; v++) {
            size_t at = i + v * LANES;
            parts by =
                parts_of(lanes_load(radius + at, LANES) - lanes_of((uint64_t)1 << 62));
            lanes_store(first + at, (c[v] << 1) + mul_61(c[v], by), LANES);
            lanes_store(second + at, (s[v] << 1) + mul_61(s[v], by), LANES);
        }
    }
}

/* Normals 4 b + 0 .. 3 of BLOCKS blocks of words. */
static void blocks_of_normals(slt_stream stream, uint32_t first, int64_t *out)
{
    int64_t pair[2][PAIRS], radius[PAIRS], x[PAIRS], y[PAIRS];
    logee log;
    draw_blocks(stream, first, pair);
    look_up(pair[0], &log);
    logarithms(&log, radius);
    draw_roots(radius);
    directions(radius, pair[1], x, y);
    for (size_t b = 0; b < BLOCKS; b++) {
        out[4 * b] = x[b];
        out[4 * b + 1] = y[b];
        out[4 * b + 2] = x[BLOCKS + b];
        out[4 * b + 3] = y[BLOCKS + b];
    }
}

void SLT_FIXED(normals)(slt_stream stream, uint64_t first, int64_t *out, size_t count)
{
    int64_t chunk[4 * BLOCKS];
    size_t skip = first % 4;
    for (size_t done = 0; done < count;) {
        size_t size = 4 * BLOCKS - skip < count - done ? 4 * BLOCKS - skip : count - done;
        blocks_of_normals(stream, (uint32_t)((first + done) / 4), chunk);
        memcpy(out + done, chunk + skip, size * sizeof *out);
        done += size;
        skip = 0;
    }
}

/* A chunk of elements at a time; if one may not fit, element by element. */
#define CHUNK 64

static bool scale_one(slt_scalar scale, int64_t normal, int64_t *out)
{
    return slt_fixed_scale(scale, normal, SLT_NORMAL_FRAC, SLT_FIXED_FRAC, out);
}

void SLT_FIXED(fill_normals)(slt_stream stream, slt_real std, slt_tensor *z)
{
    slt_scalar scale = slt_scalar_of(std);
    scaling by = scaling_of(scale, SLT_NORMAL_FRAC, SLT_FIXED_FRAC);
    int64_t *out = z->data, normals[CHUNK];
    z->frac = SLT_FIXED_FRAC;
    for (size_t at = 0, n = slt_tensor_count(z); at < n; at += CHUNK) {
        size_t count = n - at < CHUNK ? n - at : CHUNK;
        reach all = {lanes_of(0), lanes_of(0)};
        SLT_FIXED(normals)(stream, at, normals, count);
        for (size_t e = 0; e < count; e += LANES)
            lanes_store(out + at + e,
                        scaled(&by, lanes_load(normals + e, count - e), &all), count - e);
        for (size_t e = 0; !reach_within(&all, 63) && e < count; e++)
            z->overflow |= !scale_one(scale, normals[e], &out[at + e]);
    }
}

/* lo (1 - u) + hi u with u = odd 2^-33: two products, each rounded. */
static bool uniform_one(slt_scalar lo, slt_scalar hi, int64_t odd, int64_t *out)
{
    int64_t a, b;
    bool fits = slt_fixed_scale(lo, ((int64_t)1 << 33) - odd, 33, SLT_FIXED_FRAC, &a);
    fits = slt_fixed_scale(hi, odd, 33, SLT_FIXED_FRAC, &b) && fits;
    return !__builtin_add_overflow(a, b, out) && fits;
}

void SLT_FIXED(uniforms)(slt_stream stream, slt_real lo, slt_real hi, slt_tensor *z)
{
    slt_scalar from = slt_scalar_of(lo), to = slt_scalar_of(hi);
    scaling by_rest = scaling_of(from, 33, SLT_FIXED_FRAC);
    scaling by_u = scaling_of(to, 33, SLT_FIXED_FRAC);
    int64_t *out = z->data, odd[CHUNK];
    uint32_t words[CHUNK];
    z->frac = SLT_FIXED_FRAC;
    for (size_t at = 0, n = slt_tensor_count(z); at < n; at += CHUNK) {
        size_t count = n - at < CHUNK ? n - at : CHUNK;
        reach all = {lanes_of(0), lanes_of(0)};
        slt_draw_words(stream, at, words, count);
        for (size_t e = 0; e < count; e++)
            odd[e] = 2 * (int64_t)words[e] + 1;
        for (size_t e = 0; e < count; e += LANES) {
            lanes u = lanes_load(odd + e, count - e);
            lanes rest = lanes_of((uint64_t)1 << 33) - u;
            lanes sum = scaled(&by_rest, rest, &all) + scaled(&by_u, u, &all);
            lanes_store(out + at + e, sum, count - e);
        }
        for (size_t e = 0; !reach_within(&all, 61) && e < count; e++)
            z->overflow |= !uniform_one(from, to, odd[e], &out[at + e]);
    }
}
