/* Which numbers the chains of an estimate move: all that are trained or, for a refined
 * LLC, those of some weights and blocks (docs/spec/10-llc.md, section 10.8). */
#ifndef SLT_LEARN_REFINE_H
#define SLT_LEARN_REFINE_H

#include "learn/spec.h"
#include "net/params.h"

/* Where rows and columns of a weight meet; both counts are above 0. */
typedef struct slt_refined_part {
    size_t weight;
    slt_range rows, columns;
} slt_refined_part;

typedef struct slt_refinement {
    const slt_model_spec *model; /* in which weights without a number that moves are not
                                    trainable */
    slt_model_spec *own;         /* it, where it is not the one given */
    uint64_t moving;             /* numbers that move */
    /* Of weights of which some numbers move and some stay, by weight, ascending. */
    slt_refined_part *parts;
    size_t part_count;
} slt_refinement;

/* Of names that reading the manifest has checked.  The model is borrowed.  SLT_RESOURCE
 * if memory is short. */
slt_status slt_refine_create(const slt_model_spec *model, const slt_restrict_spec *spec,
                             slt_refinement *refined, slt_error *err);
void slt_refine_free(slt_refinement *refined);

/* Makes numbers of the gradient, or of a direction, +0 where the weight's number stays,
 * in weights of which others move; and such numbers of the weights those of `start`.
 * Tensors of members side by side (num/members.h) too. */
void slt_refine_gradient(const slt_refinement *refined, slt_params *gradient);
void slt_refine_weights(const slt_refinement *refined, const slt_params *start,
                        slt_params *weights);

#endif
