/* Samplers, which move the chains of an estimate: the table of their kinds, and what the
 * files that run chains know of an estimate's sampler besides learn/llc.h. */
#ifndef SLT_LEARN_SAMPLER_H
#define SLT_LEARN_SAMPLER_H

#include "base/schema.h"
#include "learn/llc.h"
#include "learn/quantity.h"
#include "learn/refine.h"
#include "num/update.h"

typedef struct slt_sampler_type slt_sampler_type;

struct slt_sampler {
    const slt_sampler_type *type;
    const slt_run_spec *run;
    const slt_llc_spec *spec;
    slt_data data;            /* what the loss is of, as `train` (slt_llc_data) */
    slt_batch observed;       /* samples whose losses chains record, if they do */
    const slt_params *start;  /* w* */
    const slt_params *centre; /* of the pull: w*, or with a prior `origin` */
    slt_params origin;
    slt_params low, high;   /* with a box: its sides */
    slt_refinement refined; /* what moves; gradients are those of its model */
    uint32_t ordinal;       /* slt_llc_ordinal + 1: counter word c3 */
    slt_llc_setup setup;
    slt_real lr;                /* the estimate's, or what a chain has adapted */
    slt_sgld_step step;         /* of lr, nbeta and localization */
    slt_underdamped_step glide; /* by the type's rule, if it has one */
    slt_params normal;          /* orthogonal: the gradient of the full loss at w* */
    slt_real normal_square;     /* the reduction of its squares */
    struct slt_rung *rungs;     /* of the ladder, if there is one (learn/tempering.h) */
};

/* Weights move that a gradient has (slt_params_moves of it, not of the chain's weights),
 * and of those that move in part what stays has a gradient of +0. */

/* A chain before an update: its weights, and the loss and gradient at them. */
typedef struct slt_chain_point {
    const slt_params *weights, *gradient;
    slt_real loss;
} slt_chain_point;

/* Chains side by side before an update, each a member of its tensors: member m is chain
 * first + m, and those from `count` on are chain `first` once more. */
typedef struct slt_chain_members {
    uint32_t first;
    size_t count, members;
    uint64_t update;
    const slt_params *centre, *gradient;
    slt_params *weights;
    slt_slots *slots;
} slt_chain_members;

/* A weight that moves, or that weight of all members, and what a step of it takes. */
typedef struct slt_step_tensors {
    const slt_tensor *gradient;
    const slt_tensor *centre;        /* of the pull */
    slt_tensor *slot[SLT_SLOTS_MAX]; /* of the type's slots */
    slt_tensor *weight;
    const slt_preconditioned_step *scaled; /* by the type's `scale` */
} slt_step_tensors;

/* All that the program knows of a kind of sampler.  For every chain the loss before each
 * update that is a draw is recorded and, if `accepts`, the acceptance. */
struct slt_sampler_type {
    const char *name;                /* the manifest's word */
    const char *title;               /* as sentences name it; NULL: this word */
    const char *meaning;             /* of this word */
    const slt_schema *const *fields; /* of an estimate, besides those of all samplers */
    /* The tensors that a chain keeps beside its weights; the first without a name ends
     * the list.  They are zero at w*, and hashed and resumed with the weights. */
    slt_slot_type slots[SLT_SLOTS_MAX];
    /* Whether its fields go together; SLT_FORMAT saying what does not.  NULL: always. */
    slt_status (*fit)(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                      slt_error *err);
    /* The coefficients of a step with a momentum, made once an estimate, the noise before
     * it is multiplied by the noise level; NULL: it makes no such step. */
    slt_underdamped_step (*rule)(const slt_llc_spec *spec, slt_real nbeta);
    /* The coefficients of a preconditioned step, made once an update, which is numbered
     * from 0; NULL: it makes no such step. */
    slt_preconditioned_step (*scale)(const slt_sampler *sampler, uint64_t update);
    /* The leapfrog steps of the trajectory whose end an update proposes, each of which
     * takes a gradient; NULL: `step` makes the update, with one. */
    uint64_t (*trajectory)(const slt_llc_spec *spec);
    /* The update of one weight.  Returns whether it and its slots are finite (fixed:
     * nothing overflowed). */
    bool (*step)(const slt_sampler *sampler, slt_stream noise,
                 const slt_step_tensors *at);
    /* The same for members side by side, noise for each, with the same bits; NULL: chains
     * run one by one. */
    bool (*step_members)(const slt_sampler *sampler, const slt_stream *noise,
                         const slt_step_tensors *at);
    /* Whether the estimate records an acceptance (NULL: only if it corrects); and the
     * acceptance of one step, from 0 to 1, whose mean over a chain is recorded. */
    bool (*accepts)(const slt_llc_spec *spec);
    slt_real (*acceptance)(const slt_sampler *sampler, const slt_chain_point *from,
                           const slt_chain_point *to);
    slt_quantity_kind acceptance_kind; /* the result that this mean is */
    bool corrects; /* a step is taken with the probability of its acceptance, which every
                      estimate records; else the chain stays where it is */
    slt_real adapts_to; /* the acceptance, if it may adapt lr and the estimate has none */
    bool langevin; /* it moves by w' = w - (lr/2)(nbeta g + gamma (w - w0)) + sqrt(lr) N,
                      whose law around a quadratic theory knows where w0 is w* */
    bool biased;   /* the law of its settled chains is not the target's, however small the
                      step and exact the gradients */
    unsigned work; /* multiply-adds that an update of one number costs a gradient */
    slt_function_set functions; /* with a fingerprint, that it calls besides those of its
                                   noise and of an acceptance */
};

/* In fixed point lr is at least this, 2^-64: with less the standard deviation of an
 * update's noise would be below 2^16 steps of the state. */
#define SLT_FIXED_LR_LEAST ((slt_real){UINT64_C(0x3bf0000000000000)})
#define SLT_FIXED_NOISE_LEAST ((slt_real){UINT64_C(0x3df0000000000000)}) /* 2^-32 */

const slt_sampler_type *slt_sampler_of(const slt_llc_spec *spec);
extern const char slt_sampler_default[]; /* the word if a manifest has none */
/* The table: word, meaning and own fields by number; NULL past the last. */
const char *slt_sampler_name(size_t kind);
const char *slt_sampler_meaning(size_t kind);
/* As sentences name it. */
const char *slt_sampler_title(size_t kind);
const slt_schema *const *slt_sampler_fields(size_t kind);
/* What chains keep beside their weights: the type's slots or, with tempering, one for
 * each replica. */
const slt_slot_type *slt_sampler_slots(const slt_llc_spec *spec);
size_t slt_sampler_slot_count(const slt_llc_spec *spec);
bool slt_sampler_accepts(const slt_llc_spec *spec);
/* Functions with a fingerprint that its chains call. */
slt_function_set slt_sampler_functions(const slt_llc_spec *spec,
                                       slt_arithmetic arithmetic);
/* The leapfrog steps of an update, or 1; and the gradients that an update takes, those of
 * all replicas. */
uint64_t slt_sampler_steps(const slt_llc_spec *spec);
uint64_t slt_sampler_gradients(const slt_llc_spec *spec);

/* Why the law of SGLD around w*, which theory knows, is not that of such chains; NULL
 * where it is. */
const char *slt_sampler_lawless(const slt_llc_spec *spec);

/* Makes its steps those of an lr; without a `rule` and a `scale`. */
void slt_sampler_tune(slt_sampler *sampler, slt_real lr);

/* Whether the loss before this update is a draw. */
static inline bool slt_draw_is_due(const slt_llc_spec *spec, uint64_t update)
{
    return update >= spec->num_burnin_steps &&
           (update - spec->num_burnin_steps) % spec->num_steps_bw_draws == 0;
}

/* The batches that gradients of a chain are taken on. */
slt_status slt_sampler_batches(const slt_sampler *sampler, uint32_t chain,
                               slt_batcher **batcher, slt_error *err);
/* The noise of a weight at an update of a chain. */
slt_stream slt_sampler_noise(const slt_sampler *sampler, size_t weight, uint32_t chain,
                             uint64_t update);
/* Update chain->updates of the chain of that number, with the gradient at its weights:
 * the type's step of each weight that moves; and of all members.  Whether every weight
 * and slot is finite afterwards (fixed: nothing overflowed). */
bool slt_sampler_step(const slt_sampler *sampler, const slt_params *gradient,
                      uint32_t number, slt_chain *chain);
bool slt_sampler_step_members(const slt_sampler *sampler, const slt_chain_members *at);

/* Brings weights back into the box around w*, if there is one, whose sides are the
 * sampler's or those of members.  Whether nothing changed. */
bool slt_sampler_clip(const slt_sampler *sampler, const slt_params *low,
                      const slt_params *high, slt_params *weights);

/* Whether the proposal of an update of a chain is taken: whether a uniform number of its
 * own is below its acceptance. */
bool slt_sampler_takes(const slt_sampler *sampler, slt_real acceptance, uint32_t chain,
                       uint64_t update);

#endif
