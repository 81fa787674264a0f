/* The samplers' steps of every member, each with noise of its own stream: Philox blocks
 * of the same index side by side, made into normals as in docs/spec/03-random-numbers.md.
 */
#include "num/float/kernels/members.h"
#include "num/float/kernels/noisy.h"
#include "num/float/kernels/normals.h"
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

/* Vectors that the members fill. */
#define VECTORS (MEMBERS / LANES)

/* z[element * VECTORS + v], element by element: of every pair of words one gives the
 * radius and one the direction.  Step by step for all of them: the steps of one wait for
 * each other. */
SLT_INLINE void make_normals(uint32_t word[4][BLOCKS], size_t blocks, vec *z)
{
    const size_t count = blocks * VECTORS;
    vec square[2][BLOCKS / LANES];
    for (size_t i = 0; i < count; i++) {
        square[0][i] = squares_at(word[0] + i * LANES);
        square[1][i] = squares_at(word[2] + i * LANES);
    }
    for (size_t i = 0; i < count; i++) {
        vec *to = z + i / VECTORS * 4 * VECTORS + i % VECTORS;
        for (int pair = 0; pair < 2; pair++, to += 2 * VECTORS) {
            const directions direction = directions_at(word[2 * pair + 1] + i * LANES);
            const vec radius = vec_sqrt(square[pair][i]);
            to[0] = radius * direction.cosine;
            to[VECTORS] = radius * direction.sine;
        }
    }
}

SLT_INLINE bool noisy_members(noisy_kind kind, const noisy_step *c,
                              const slt_stream *stream, const noisy_tensors *at,
                              size_t count)
{
    vec z[4 * BLOCKS / LANES];
    uint32_t word[4][BLOCKS];
    spoils all = {0};
    streams s;
    spread_streams(stream, &s);
    for (size_t e = 0; e < count; e += 4 * BLOCKS) {
        const size_t left = count - e < 4 * BLOCKS ? count - e : 4 * BLOCKS;
        const size_t blocks = (left / MEMBERS + 3) / 4;
        draw_blocks(&s, e / MEMBERS / 4, blocks, word);
        make_normals(word, blocks, z);
        noisy_some(kind, c, z, at, e, left, &all);
    }
    return is_unspoilt(all);
}

bool SLT_KERNEL(members_sgld)(const slt_sgld_step *step, const slt_stream *stream,
                              const slt_tensor *g, const slt_tensor *w0, slt_tensor *w)
{
    const noisy_step c = noisy_sgld(step);
    const noisy_tensors at = noisy_tensors_of(g, w0, NULL, w);
    return noisy_members(NOISY_SGLD, &c, stream, &at, slt_tensor_count(w));
}

bool SLT_KERNEL(members_underdamped)(const slt_underdamped_step *step,
                                     const slt_stream *stream, const slt_tensor *g,
                                     const slt_tensor *w0, slt_tensor *p, slt_tensor *w)
{
    const noisy_step c = noisy_underdamped(step);
    const noisy_tensors at = noisy_tensors_of(g, w0, p, w);
    return noisy_members(NOISY_UNDERDAMPED, &c, stream, &at, slt_tensor_count(w));
}

bool SLT_KERNEL(members_thermostat)(const slt_underdamped_step *step,
                                    const slt_stream *stream, const slt_tensor *g,
                                    const slt_tensor *w0, slt_tensor *p, slt_tensor *x,
                                    slt_tensor *w)
{
    const noisy_step c = noisy_underdamped(step);
    noisy_tensors at = noisy_tensors_of(g, w0, p, w);
    at.heat = x->data;
    return noisy_members(NOISY_THERMOSTAT, &c, stream, &at, slt_tensor_count(w));
}

bool SLT_KERNEL(members_preconditioned)(const slt_preconditioned_step *step,
                                        const slt_stream *stream, const slt_tensor *g,
                                        const slt_tensor *w0, slt_tensor *m,
                                        slt_tensor *v, slt_tensor *w)
{
    const noisy_step c = noisy_preconditioned(step);
    noisy_tensors at = noisy_tensors_of(g, w0, v, w);
    if (!m)
        return noisy_members(NOISY_PRECONDITIONED, &c, stream, &at, slt_tensor_count(w));
    at.mean = m->data;
    return noisy_members(NOISY_ADAM, &c, stream, &at, slt_tensor_count(w));
}
