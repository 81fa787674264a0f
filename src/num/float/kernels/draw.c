/* Uniforms and normals: Philox blocks in lanes, then REPRODUCING.md, "Normals". */
#include "base/assert.h"
#include "num/float/kernels/body.h"
#include "num/float/kernels/lanes.h"
#include "num/philox.h"

#define BLOCKS 128 /* at a time: all arrays below stay in the first cache */

/* Words of consecutive blocks by lane: word[j][b] is word j of block b. */
typedef struct drawn {
    uint32_t word[4][BLOCKS];
} drawn;

SLT_INLINE void draw_blocks(slt_stream stream, uint32_t first, drawn *to)
{
    uint32_t k0 = (uint32_t)stream.key, k1 = (uint32_t)(stream.key >> 32);
    SLT_SIMD
    for (uint32_t b = 0; b < BLOCKS; b++) {
        slt_philox_block block =
            slt_philox_of(first + b, stream.c1, stream.c2, stream.c3, k0, k1);
        to->word[0][b] = block.word[0];
        to->word[1][b] = block.word[1];
        to->word[2][b] = block.word[2];
        to->word[3][b] = block.word[3];
    }
}

/* (word + 1/2) 2^-32, exact; by way of a signed integer, which every vector unit
 * converts. */
SLT_INLINE double unit_of(uint32_t word)
{
    return ((double)(int32_t)(word ^ UINT32_C(0x80000000)) + 0x1.00000001p31) * 0x1p-32;
}

SLT_INLINE void copy_out(const real *from, real *to, size_t first, size_t count)
{
    size_t size = count - first < 4 * BLOCKS ? count - first : 4 * BLOCKS;
    memcpy(to + first, from, size * sizeof *to);
}

void SLT_KERNEL(uniforms)(slt_stream stream, slt_real lo, slt_real hi, slt_tensor *z)
{
    double low = slt_real_double(lo), width = slt_real_double(hi) - low;
    size_t count = slt_tensor_count(z);
    drawn blocks;
    real chunk[4 * BLOCKS];
    for (size_t e = 0; e < count; e += 4 * BLOCKS) {
        draw_blocks(stream, (uint32_t)(e / 4), &blocks);
        SLT_SIMD
        for (size_t b = 0; b < BLOCKS; b++)
            for (size_t j = 0; j < 4; j++)
                chunk[4 * b + j] =
                    (real)__builtin_fma(width, unit_of(blocks.word[j][b]), low);
        copy_out(chunk, z->data, e, count);
    }
}

SLT_INLINE void radii(const uint32_t *word, real *radius)
{
    double u[BLOCKS];
    SLT_SIMD
    for (size_t b = 0; b < BLOCKS; b++)
        u[b] = unit_of(word[b]);
    lanes_log_f64(u, u, BLOCKS);
    SLT_SIMD
    for (size_t b = 0; b < BLOCKS; b++)
        radius[b] = real_sqrt((real)(-2 * u[b]));
}

SLT_INLINE void directions(const uint32_t *word, real *sine, real *cosine)
{
    SLT_SIMD
    for (size_t b = 0; b < BLOCKS; b++)
        sine[b] = (real)(int32_t)word[b] * (real)0x1p-31;
    lanes_sincospi(sine, sine, cosine, BLOCKS);
}

/* chunk[4 b + place], + 1: the pair of one radius and one angle. */
SLT_INLINE void pairs(const uint32_t *radius_word, const uint32_t *angle_word,
                      real *chunk)
{
    real radius[BLOCKS], sine[BLOCKS], cosine[BLOCKS];
    radii(radius_word, radius);
    directions(angle_word, sine, cosine);
    SLT_SIMD
    for (size_t b = 0; b < BLOCKS; b++) {
        chunk[4 * b] = radius[b] * cosine[b];
        chunk[4 * b + 1] = radius[b] * sine[b];
    }
}

void SLT_KERNEL(normals)(slt_stream stream, uint64_t first, slt_real std, slt_tensor *z)
{
    SLT_ASSERT(first % 4 == 0);
    size_t count = slt_tensor_count(z);
    real scale = real_of(std), chunk[4 * BLOCKS];
    drawn blocks;
    for (size_t e = 0; e < count; e += 4 * BLOCKS) {
        draw_blocks(stream, (uint32_t)((first + e) / 4), &blocks);
        pairs(blocks.word[0], blocks.word[1], chunk);
        pairs(blocks.word[2], blocks.word[3], chunk + 2);
        SLT_SIMD
        for (size_t i = 0; i < 4 * BLOCKS; i++)
            chunk[i] *= scale;
        copy_out(chunk, z->data, e, count);
    }
}
