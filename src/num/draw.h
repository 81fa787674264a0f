/* Random numbers: Philox4x32-10 blocks addressed by what they are for, never by how many
 * were drawn before.  Key = seed; counter = (c0, c1, c2, c3):
 *   c0  block index within the tensor: word w of a stream is lane w % 4 of block w / 4
 *   c1  training step, epoch, or update of the chain
 *   c2  purpose << 24 | tensor << 12 | chain
 *   c3  ordinal of the LLC estimate within the run plus 1; 0 in training */
#ifndef SLT_NUM_DRAW_H
#define SLT_NUM_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "num/tensor.h"

/* Purposes: part of the bits.  Never renumber. */
typedef enum slt_purpose {
    SLT_DRAW_INIT = 1,  /* initial weights; tensor = weight's place in the manifest */
    SLT_DRAW_DATA = 2,  /* data; tensor numbered by each data kind */
    SLT_DRAW_SPLIT = 3, /* train / validation split */
    SLT_DRAW_BATCH = 4, /* training batches; c1 = step or epoch */
    SLT_DRAW_SGLD = 5,  /* SGLD noise; tensor = weight, c1 = update */
    SLT_DRAW_SGLD_BATCH = 6, /* SGLD batches; c1 = step or epoch, chain = chain */
    SLT_DRAW_BOOTSTRAP = 7,  /* bootstrap resampling */
    SLT_DRAW_VOLUME = 8,     /* Monte Carlo volumes */
    SLT_DRAW_SAMPLE = 9,     /* verify --sample N:KEY */
    SLT_DRAW_HESSIAN = 10    /* probes of the Hessian; tensor = weight, c1 = probe */
} slt_purpose;

#define SLT_DRAW_TENSOR_MAX 4095u
#define SLT_DRAW_CHAIN_MAX 4095u

typedef struct slt_stream {
    uint64_t key;
    uint32_t c1, c2, c3;
} slt_stream;

/* tensor and chain at most 4095 (asserted: specs are checked where they are read). */
slt_stream slt_stream_of(uint64_t seed, slt_purpose purpose, uint32_t tensor,
                         uint32_t chain, uint32_t step, uint32_t ordinal);

/* count words of the stream from word `first`. */
void slt_draw_words(slt_stream stream, uint64_t first, uint32_t *words, size_t count);

/* floor(u n / 2^64), u = word[2 index] + 2^32 word[2 index + 1]; n >= 1. */
uint64_t slt_draw_bounded(slt_stream stream, uint64_t index, uint64_t n);

/* order = 0 .. n - 1 after Fisher-Yates from the front: for i = 0 .. count - 1 swap item
 * i with item i + bounded(i, n - i).  The first `count` of the n items are then a draw
 * without replacement; count = n shuffles all.  Asserts that slt_num_start has
 * succeeded. */
void slt_draw_shuffle(slt_stream stream, size_t n, size_t count, uint32_t *order);

/* Element e = lo + (hi - lo) u_e, u_e = (word[e] + 1/2) 2^-32: width = hi - lo in
 * binary64, one fma in binary64, rounded once to the tensor's arithmetic. */
void slt_draw_uniform(slt_stream stream, slt_tensor *tensor, slt_real lo, slt_real hi);

/* Standard normals by Box-Muller: pair i takes words 2i (radius) and 2i + 1 (angle) and
 * gives elements 2i (cosine) and 2i + 1 (sine); the last sine is dropped where the count
 * is odd.  Then one multiplication by std in the tensor's arithmetic (none where std is
 * exactly 1). The exact operations: docs/spec/03-random-numbers.md. */
void slt_draw_normal(slt_stream stream, slt_tensor *tensor, slt_real std);

/* Element e = 1 where word e is below 2^31, else -1. */
void slt_draw_signs(slt_stream stream, slt_tensor *tensor);

#endif
