/* The SGLD step of every member, each with noise of its own stream: Philox blocks of the
 * same index side by side, then REPRODUCING.md, "Normals". */
#include "num/float/kernels/ensemble.h"
#include "num/float/kernels/lanes.h"
#include "num/philox.h"

/* Blocks of every member at a time, and of all. */
#define ABREAST ((size_t)(128 / MEMBERS))
#define BLOCKS (ABREAST * MEMBERS)

/* The streams' words by lane. */
typedef struct streams {
    uint32_t k0[MEMBERS], k1[MEMBERS], c1[MEMBERS], c2[MEMBERS], c3[MEMBERS];
} streams;

SLT_INLINE void spread_streams(const slt_stream *stream, streams *to)
{
    for (size_t m = 0; m < MEMBERS; m++) {
        to->k0[m] = (uint32_t)stream[m].key;
        to->k1[m] = (uint32_t)(stream[m].key >> 32);
        to->c1[m] = stream[m].c1;
        to->c2[m] = stream[m].c2;
        to->c3[m] = stream[m].c3;
    }
}

/* word[j][b * MEMBERS + m] is word j of block first + b of member m. */
SLT_INLINE void draw_blocks(const streams *s, size_t first, size_t blocks,
                            uint32_t word[4][BLOCKS])
{
    for (size_t b = 0; b < blocks; b++) {
        SLT_SIMD
        for (size_t m = 0; m < MEMBERS; m++) {
            slt_philox_block block = slt_philox_of(
                (uint32_t)(first + b), s->c1[m], s->c2[m], s->c3[m], s->k0[m], s->k1[m]);
            word[0][b * MEMBERS + m] = block.word[0];
            word[1][b * MEMBERS + m] = block.word[1];
            word[2][b * MEMBERS + m] = block.word[2];
            word[3][b * MEMBERS + m] = block.word[3];
        }
    }
}

/* (word + 1/2) 2^-32, exact; by way of a signed integer, which every vector unit
 * converts. */
SLT_INLINE double unit_of(uint32_t word)
{
    return ((double)(int32_t)(word ^ UINT32_C(0x80000000)) + 0x1.00000001p31) * 0x1p-32;
}

SLT_INLINE void radii(const uint32_t *word, size_t count, real *radius)
{
    double u[BLOCKS];
    SLT_SIMD
    for (size_t b = 0; b < count; b++)
        u[b] = unit_of(word[b]);
    lanes_log_f64(u, u, count);
    SLT_SIMD
    for (size_t b = 0; b < count; b++)
        radius[b] = real_sqrt((real)(-2 * u[b]));
}

SLT_INLINE void directions(const uint32_t *word, size_t count, real *sine, real *cosine)
{
    SLT_SIMD
    for (size_t b = 0; b < count; b++)
        sine[b] = (real)(int32_t)word[b] * (real)0x1p-31;
    lanes_sincospi(sine, sine, cosine, count);
}

/* Normals `place` and `place` + 1 of each block of four. */
SLT_INLINE void pairs(const uint32_t *radius_word, const uint32_t *angle_word,
                      size_t count, real *noise)
{
    real radius[BLOCKS], sine[BLOCKS], cosine[BLOCKS];
    radii(radius_word, count, radius);
    directions(angle_word, count, sine, cosine);
    for (size_t b = 0; b < count; b += MEMBERS) {
        SLT_SIMD
        for (size_t m = 0; m < MEMBERS; m++) {
            noise[4 * b + m] = radius[b + m] * cosine[b + m];
            noise[4 * b + MEMBERS + m] = radius[b + m] * sine[b + m];
        }
    }
}

SLT_INLINE void move(const slt_sgld_step *step, const real *z, const real *g,
                     const real *w0, real *w, size_t count)
{
    const real half = -real_of(step->half), root = real_of(step->root);
    const real nbeta = real_of(step->nbeta), gamma = real_of(step->gamma);
    SLT_SIMD
    for (size_t e = 0; e < count; e++) {
        real pull = gamma * (w[e] - w0[e]);
        real drift = real_fma(nbeta, g[e], pull);
        w[e] = real_fma(root, z[e], real_fma(half, drift, w[e]));
    }
}

bool SLT_KERNEL(ensemble_sgld)(const slt_sgld_step *step, const slt_stream *stream,
                               const slt_tensor *g, const slt_tensor *w0, slt_tensor *w)
{
    const real *slope = g->data, *centre = w0->data;
    real *weight = w->data, noise[4 * BLOCKS];
    uint32_t word[4][BLOCKS];
    const size_t count = slt_tensor_count(w);
    streams s;
    spread_streams(stream, &s);
    for (size_t e = 0; e < count; e += 4 * BLOCKS) {
        const size_t left = count - e < 4 * BLOCKS ? count - e : 4 * BLOCKS;
        const size_t blocks = (left / MEMBERS + 3) / 4;
        draw_blocks(&s, e / MEMBERS / 4, blocks, word);
        pairs(word[0], word[1], blocks * MEMBERS, noise);
        pairs(word[2], word[3], blocks * MEMBERS, noise + 2 * MEMBERS);
        move(step, noise, slope + e, centre + e, weight + e, left);
    }
    return real_all_finite(weight, count);
}
