#include "num/draw.h"

#include "base/assert.h"
#include "num/kernels.h"
#include "num/philox.h"

/* Block indices have 32 bits. */
#define WORDS_MAX (UINT64_C(4) << 32)

/* Whether a stream has enough words for so many things of `each` words. */
static bool are_countable(uint64_t things, unsigned each)
{
    return things <= WORDS_MAX / each;
}

slt_stream slt_stream_of(uint64_t seed, slt_purpose purpose, uint32_t tensor,
                         uint32_t chain, uint32_t step, uint32_t ordinal)
{
    SLT_ASSERT(tensor <= SLT_DRAW_TENSOR_MAX && chain <= SLT_DRAW_CHAIN_MAX);
    return (slt_stream){
        .key = seed,
        .c1 = step,
        .c2 = (uint32_t)purpose << 24 | tensor << 12 | chain,
        .c3 = ordinal,
    };
}

static slt_philox_block draw_block(slt_stream stream, uint64_t index)
{
    return slt_philox_of((uint32_t)index, stream.c1, stream.c2, stream.c3,
                         (uint32_t)stream.key, (uint32_t)(stream.key >> 32));
}

void slt_draw_words(slt_stream stream, uint64_t first, uint32_t *words, size_t count)
{
    SLT_ASSERT(first <= WORDS_MAX && WORDS_MAX - first >= count);
    for (size_t done = 0; done < count;) {
        slt_philox_block block = draw_block(stream, (first + done) / 4);
        for (uint64_t lane = (first + done) % 4; lane < 4 && done < count; lane++)
            words[done++] = block.word[lane];
    }
}

/* floor(u n / 2^64) by halves of 32 bits: some targets have no 128-bit integers. */
static uint64_t scale_draw(uint64_t u, uint64_t n)
{
    uint64_t low = (u & UINT32_MAX) * (n & UINT32_MAX);
    uint64_t cross = (u >> 32) * (n & UINT32_MAX) + (low >> 32);
    uint64_t other = (u & UINT32_MAX) * (n >> 32) + (cross & UINT32_MAX);
    return (u >> 32) * (n >> 32) + (cross >> 32) + (other >> 32);
}

uint64_t slt_draw_bounded(slt_stream stream, uint64_t index, uint64_t n)
{
    SLT_ASSERT(n >= 1 && index < WORDS_MAX / 2);
    slt_philox_block block = draw_block(stream, index / 2);
    const uint32_t *pair = block.word + index % 2 * 2;
    return scale_draw(pair[0] | (uint64_t)pair[1] << 32, n);
}

void slt_draw_shuffle(slt_stream stream, size_t n, size_t count, uint32_t *order)
{
    SLT_ASSERT(count <= n && n <= UINT32_MAX);
    slt_kernels_of(SLT_FIXED)->shuffle(stream, n, count, order);
}

void slt_draw_uniform(slt_stream stream, slt_tensor *tensor, slt_real lo, slt_real hi)
{
    SLT_ASSERT(are_countable(slt_tensor_count(tensor), 1));
    slt_kernels_of(tensor->arithmetic)->uniforms(stream, lo, hi, tensor);
}

void slt_draw_normal(slt_stream stream, slt_tensor *tensor, slt_real std)
{
    SLT_ASSERT(are_countable(slt_tensor_count(tensor), 1));
    slt_kernels_of(tensor->arithmetic)->normals(stream, std, tensor);
}

void slt_draw_exponential(slt_stream stream, slt_tensor *tensor, slt_real from)
{
    SLT_ASSERT(are_countable(slt_tensor_count(tensor), 1));
    slt_kernels_of(tensor->arithmetic)->exponentials(stream, from, tensor);
}

void slt_draw_exponential_abreast(slt_stream first, slt_tensor *tensor, slt_real from)
{
    SLT_ASSERT(are_countable(tensor->rows, 1));
    slt_kernels_of(tensor->arithmetic)->exponentials_abreast(first, from, tensor);
}

void slt_draw_normal_abreast(slt_stream first, slt_tensor *tensor)
{
    SLT_ASSERT(are_countable(tensor->rows, 1));
    slt_kernels_of(tensor->arithmetic)->normals_abreast(first, tensor);
}

void slt_draw_signs(slt_stream stream, slt_tensor *tensor)
{
    const slt_real signs[] = {slt_real_of(1), slt_real_of(-1)};
    const size_t count = slt_tensor_count(tensor);
    uint32_t words[256];
    SLT_ASSERT(are_countable(count, 1));
    for (size_t e = 0; e < count; e++) {
        const size_t at = e % 256;
        if (at == 0)
            slt_draw_words(stream, e, words, count - e < 256 ? count - e : 256);
        slt_tensor_set(tensor, e, signs[words[at] >> 31]);
    }
}
