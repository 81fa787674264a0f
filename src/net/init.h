/* Initial values of weights. */
#ifndef SLT_NET_INIT_H
#define SLT_NET_INIT_H

#include "net/model.h"
#include "net/params.h"

/* What initial values are made from, beside their specs. */
typedef struct slt_init_source {
    uint64_t seed;
    /* The data's teacher, W1* [rank, inputs] and W2* [outputs, rank], or A [1, terms] and
     * an empty tensor; NULL where the data has none. */
    const slt_tensor *teacher;
    const char *folder; /* files are relative to it; NULL or "": the working directory */
} slt_init_source;

/* Gives every owned weight its initial value, in order; frozen ones too.  Draws are
 * SLT_DRAW_INIT with tensor = the weight's index.  SLT_FORMAT where a file's size or
 * SHA-256 is not the one given, a weight does not fit the teacher, or a value does not
 * fit fixed point; SLT_FILE where a file cannot be read.  Messages name the weight. */
slt_status slt_params_init(const slt_model_spec *model, const slt_init_source *source,
                           slt_params *params, slt_error *err);

/* Columns 0 .. corners - 1 of a weight [2, cols] on a regular polygon of radius `length`
 * at a random angle, the other columns +0, then normals of standard deviation `noise`
 * added where that is above 0.  The angle is drawn at c1 = 1, the normals at c1 = 0.
 * SLT_FORMAT where the weight does not fit. */
slt_status slt_init_polygon(const slt_init_spec *spec, uint64_t seed, uint32_t index,
                            slt_tensor *weight, slt_error *err);

/* The teacher's product B = W2* W1* = U S V' in binary64 as
 * balanced factors, rounded once to the arithmetic of `weight`: "W1" is sqrt(S) V'
 * [hidden, inputs], "W2" is U sqrt(S) [outputs, hidden].  Of the singular values the
 * first min(hidden, rank) are used; further rows of W1 and columns of W2 are +0. */
typedef struct slt_teacher_factors {
    bool made;
    size_t rank;
    slt_tensor u, v, root; /* outputs x k, inputs x k, 1 x k; k = min(outputs, inputs) */
} slt_teacher_factors;
slt_status slt_teacher_factors_make(const slt_tensor teacher[2],
                                    slt_teacher_factors *planted, slt_error *err);
void slt_teacher_factors_free(slt_teacher_factors *planted);
/* SLT_FORMAT where factor is neither "W1" nor "W2" or the weight's shape does not fit. */
slt_status slt_teacher_factors_factor(const slt_teacher_factors *planted,
                                      const char *factor, slt_tensor *weight,
                                      slt_error *err);

#endif
