/* Losses of single samples, and metrics, that the chains of an estimate record at some of
 * their draws (docs/spec/10-llc.md, section 10.16). */
#ifndef SLT_LEARN_OBSERVE_H
#define SLT_LEARN_OBSERVE_H

#include "learn/llc.h"

/* Most losses of single samples and metrics that one chain records. */
#define SLT_OBSERVED_MAX ((uint64_t)1 << 26)

/* Of how many samples, how many numbers of a draw (these losses, then the metrics), at
 * how many of a chain's first `draws` draws, and how many numbers a whole chain records
 * (saturates); 0 where the estimate asks for none. */
size_t slt_observed_samples(const slt_llc_spec *spec, const slt_data_spec *data);
size_t slt_observed_width(const slt_llc_spec *spec, const slt_data_spec *data);
uint64_t slt_observed_draws(const slt_llc_spec *spec, uint64_t draws);
uint64_t slt_observed_numbers(const slt_llc_spec *spec, const slt_data_spec *data);
/* SLT_FORMAT saying why, and which field, if a run has no such numbers. */
slt_status slt_observe_check(const slt_llc_spec *spec, const slt_run_spec *run,
                             slt_error *err);
/* Whether a chain's losses are the means of what it observes in every bit: losses on all
 * data, which are those observed, each sample with one term in the loss's sum. */
slt_status slt_observe_adds_up(const slt_llc_spec *spec, const slt_run_spec *run,
                               bool *adds, slt_error *err);
/* How much the loss of one sample counts in the estimate's loss: 1 / n of a mean, 1 of a
 * sum; not finite where samples count differently, as a class may be ignored. */
slt_real slt_observe_share(const slt_llc_spec *spec, const slt_run_spec *run);
/* Those samples, which borrow from the run's data. */
slt_batch slt_observe_batch(const slt_llc_spec *spec, const slt_data *data);

/* Takes the losses of one chain after the other.  *observer is NULL where the estimate
 * asks for none. */
typedef struct slt_observer slt_observer;
slt_status slt_observer_create(const slt_sampler *sampler, slt_observer **observer,
                               slt_error *err);
void slt_observer_free(slt_observer *observer);
/* slt_net_share of its net. */
void slt_observer_share(slt_observer *observer, slt_pool *pool);
/* Bytes that it takes, without making it; saturates. */
slt_status slt_observer_bytes(const slt_llc_spec *spec, const slt_run_spec *run,
                              const slt_batch *shape, uint64_t *bytes, slt_error *err);
/* Whether losses are taken at a draw; false without an observer. */
bool slt_observer_is_due(const slt_observer *observer, uint64_t draw);
/* At a draw that is due: the losses at `weights`, then the metrics, into their place
 * among the chain's.  A loss is not finite where a value overflows. */
void slt_observer_take(slt_observer *observer, uint64_t draw, const slt_params *weights,
                       slt_chain *chain);

#endif
