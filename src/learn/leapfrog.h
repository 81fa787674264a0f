/* Trajectories of Hamiltonian dynamics of unit mass, by leapfrog steps of length h =
 * sqrt(lr). */
#ifndef SLT_LEARN_LEAPFROG_H
#define SLT_LEARN_LEAPFROG_H

#include "learn/sampler.h"

/* What is beside the weights along a trajectory, in the form of the gradient; the
 * momentum is +0 where numbers stay. */
typedef struct slt_leapfrog {
    slt_params momentum;
    slt_params away; /* room: w - w0 */
} slt_leapfrog;

slt_status slt_leapfrog_create(const slt_sampler *sampler, slt_leapfrog *at,
                               slt_error *err);
void slt_leapfrog_free(slt_leapfrog *at);

/* The momentum that an update of a chain begins with: its noise. */
void slt_leapfrog_draw(const slt_sampler *sampler, uint32_t chain, uint64_t update,
                       slt_leapfrog *at);
/* A kick by the gradient at the weights, half of one at a trajectory's ends; and the
 * weights moved along the momentum.  Whether what was written is finite (fixed: nothing
 * overflowed). */
bool slt_leapfrog_kick(const slt_sampler *sampler, bool half, const slt_params *weights,
                       const slt_params *gradient, slt_leapfrog *at);
bool slt_leapfrog_drift(const slt_sampler *sampler, const slt_leapfrog *at,
                        slt_params *weights);

/* An end of a trajectory: U of the loss and weights there, and |p|^2, the reductions of
 * the weights that move, added in manifest order from +0. */
typedef struct slt_leapfrog_end {
    slt_real potential, square;
} slt_leapfrog_end;
slt_leapfrog_end slt_leapfrog_end_at(const slt_sampler *sampler,
                                     const slt_chain_point *point,
                                     const slt_leapfrog *at);
/* U + |p|^2 / 2. */
slt_real slt_leapfrog_energy(slt_leapfrog_end at);
/* The acceptance of an end, of log alpha = U - U1 + (|p|^2 - |p1|^2) / 2. */
slt_real slt_leapfrog_acceptance(slt_leapfrog_end from, slt_leapfrog_end to);

#endif
