/* What chain.c sees of a sampler beside learn/llc.h. */
#ifndef SLT_LEARN_SAMPLER_H
#define SLT_LEARN_SAMPLER_H

#include "learn/llc.h"
#include "num/update.h"

struct slt_sampler {
    const slt_run_spec *run;
    const slt_llc_spec *spec;
    const slt_batch *all;
    const slt_params *start; /* w* */
    uint32_t ordinal;        /* slt_llc_ordinal + 1: counter word c3 */
    slt_llc_setup setup;
    slt_sgld_step step;
    slt_params normal;      /* orthogonal: the gradient of the full loss at w* */
    slt_real normal_square; /* the reduction of its squares */
};

/* Whether the loss before this update is a draw. */
static inline bool slt_draw_is_due(const slt_llc_spec *spec, uint64_t update)
{
    return update >= spec->num_burnin_steps &&
           (update - spec->num_burnin_steps) % spec->num_steps_bw_draws == 0;
}

/* The batches that gradients of a chain are taken on. */
slt_status slt_sampler_batches(const slt_sampler *sampler, uint32_t chain,
                               slt_batcher **batcher, slt_error *err);

#endif
