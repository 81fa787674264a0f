/* Random numbers: blocks of Philox4x32-10, addressed by what they are for and never by
 * how many were drawn before.  The key is the seed; the counter is (c0, c1, c2, c3):
 *   c0  block index within the tensor: word w of a stream is lane w % 4 of block w / 4
 *   c1  training step, epoch, or update of the chain; of what is drawn once, the trial
 *   c2  purpose << 24 | tensor << 12 | chain
 *   c3  1 + the number of the LLC estimate within the run; 0 in training */
#ifndef SLT_NUM_DRAW_H
#define SLT_NUM_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "num/tensor.h"

/* The purposes.  Their numbers decide bits: never renumber. */
typedef enum slt_purpose {
    SLT_DRAW_INIT = 1, /* initial weights; tensor = the weight's number in the manifest */
    SLT_DRAW_DATA = 2, /* data; every kind of data numbers its tensors */
    SLT_DRAW_SPLIT = 3,      /* train / validation split */
    SLT_DRAW_BATCH = 4,      /* training batches; c1 = step or epoch */
    SLT_DRAW_SGLD = 5,       /* SGLD noise; tensor = weight, c1 = update */
    SLT_DRAW_SGLD_BATCH = 6, /* SGLD batches; c1 = step or epoch, chain = chain */
    SLT_DRAW_BOOTSTRAP = 7,  /* bootstrap resampling */
    SLT_DRAW_VOLUME = 8,     /* Monte Carlo volumes */
    SLT_DRAW_SAMPLE = 9,     /* verify --sample N:KEY */
    SLT_DRAW_HESSIAN = 10,   /* probes of the Hessian; tensor = weight, c1 = probe */
    SLT_DRAW_ACCEPT = 11,    /* whether a proposal is taken; c1 = update */
    SLT_DRAW_EXCHANGE = 12,  /* whether replicas are exchanged; c1 = updates made */
    SLT_DRAW_SPOT = 13       /* verify --spot N:KEY */
} slt_purpose;

#define SLT_DRAW_TENSOR_MAX 4095u
#define SLT_DRAW_CHAIN_MAX 4095u

typedef struct slt_stream {
    uint64_t key;
    uint32_t c1, c2, c3;
} slt_stream;

/* What everything that is drawn once for a run is drawn from: its key, and the trial that
 * stands in c1, 0 in a run without trials. */
typedef struct slt_seed {
    uint64_t key;
    uint32_t trial;
} slt_seed;

/* The stream of a purpose.  tensor and chain are at most 4095; larger ones are refused
 * where manifests are read and asserted here. */
slt_stream slt_stream_of(uint64_t seed, slt_purpose purpose, uint32_t tensor,
                         uint32_t chain, uint32_t step, uint32_t ordinal);

/* Draws `count` words of the stream, from number `first` on. */
void slt_draw_words(slt_stream stream, uint64_t first, uint32_t *words, size_t count);

/* A whole number below n >= 1: floor(u n / 2^64) with u = word[2 index] + 2^32 word[2
 * index + 1]. */
uint64_t slt_draw_bounded(slt_stream stream, uint64_t index, uint64_t n);

/* Shuffles 0 .. n - 1 into `order` by Fisher-Yates from the front: for i = 0 .. count -
 * 1 item i is swapped with item i + bounded(i, n - i).  The first `count` items are then
 * a draw without replacement; count = n shuffles all.  Asserts that slt_num_start has
 * succeeded. */
void slt_draw_shuffle(slt_stream stream, size_t n, size_t count, uint32_t *order);

/* Uniforms: element e = lo + (hi - lo) u_e with u_e = (word[e] + 1/2) 2^-32.  hi - lo is
 * computed in binary64, then one fma in binary64 is rounded once to the tensor's
 * arithmetic. */
void slt_draw_uniform(slt_stream stream, slt_tensor *tensor, slt_real lo, slt_real hi);

/* Normals of standard deviation std, by Box-Muller.  Pair i takes the words 2i (radius)
 * and 2i + 1 (angle) and gives the elements 2i (cosine) and 2i + 1 (sine); of an odd
 * count the last sine is dropped.  Then each is multiplied by std once in the tensor's
 * arithmetic, unless std is exactly 1.  The exact operations:
 * docs/spec/03-random-numbers.md. */
void slt_draw_normal(slt_stream stream, slt_tensor *tensor, slt_real std);

/* Exponentials: element e = from + E_e with E_e = -log(u_e), u_e = (word[e] + 1/2) 2^-32:
 * log and sum in binary64, then rounded once to the tensor's arithmetic. */
void slt_draw_exponential(slt_stream stream, slt_tensor *tensor, slt_real from);

/* The same of streams side by side, floats only: column t has what the stream with c1 + t
 * gives, the normals of deviation 1. */
void slt_draw_exponential_abreast(slt_stream first, slt_tensor *tensor, slt_real from);
void slt_draw_normal_abreast(slt_stream first, slt_tensor *tensor);

/* Random signs: element e is 1 where word e is below 2^31, else -1. */
void slt_draw_signs(slt_stream stream, slt_tensor *tensor);

#endif
