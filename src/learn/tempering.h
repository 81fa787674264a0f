/* Parallel tempering: replicas of a chain on a ladder of nbeta, the chain itself on its
 * lowest rung and the hotter ones above, of which neighbours exchange their weights with
 * the probability that leaves the joint law as it is. */
#ifndef SLT_LEARN_TEMPERING_H
#define SLT_LEARN_TEMPERING_H

#include "learn/sampler.h"

/* "rung1", ...: the weights of the replicas, one for each rung above the chain's own. */
extern const slt_slot_type slt_tempering_slots[SLT_TEMPERING_MAX];

/* SLT_FORMAT saying what of the ladder of an estimate, whose own nbeta is `nbeta`, does
 * not go together. */
slt_status slt_tempering_check(const slt_llc_spec *spec, slt_arithmetic arithmetic,
                               slt_real nbeta, slt_error *err);

/* The sampler of a rung: the estimate's with the rung's nbeta and lr, and random streams
 * of its own.  It borrows from the estimate's. */
typedef struct slt_rung {
    slt_llc_spec spec;
    slt_sampler sampler;
} slt_rung;
/* Makes those of a sampler that has all else; slt_tempering_free frees them. */
slt_status slt_tempering_create(slt_sampler *sampler, slt_error *err);
void slt_tempering_free(slt_sampler *sampler);

/* Whether pair `pair`, of replicas `pair` and `pair` + 1, is offered an exchange once
 * `updates` updates are made, at least 1; and how often it was up to then. */
bool slt_tempering_offers(const slt_tempering_spec *spec, uint64_t updates, size_t pair);
uint64_t slt_tempering_offered(const slt_tempering_spec *spec, uint64_t updates,
                               size_t pair);
/* The probability of an exchange between replicas at nbeta and nbeta1, whose weights have
 * these losses on all samples. */
slt_real slt_tempering_probability(slt_real nbeta, slt_real nbeta1, slt_real loss,
                                   slt_real loss1);
/* Whether a pair is exchanged: whether a uniform number of its own is below that. */
bool slt_tempering_takes(const slt_sampler *sampler, slt_real probability, uint32_t chain,
                         uint64_t updates, size_t pair);
/* The exchange rate of a pair: exchange_sum / offers; 1 if there were none. */
slt_real slt_tempering_rate(const slt_tempering_spec *spec, const slt_chain *chain,
                            size_t pair);

#endif
