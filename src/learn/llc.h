/* The chains of a sampler and the LLC estimate.
 *
 * Chain c of estimate o (ordinal, from 0) starts at w*.  Update s = 0, 1, ... takes the
 * gradient on batch s at w_s; when s >= num_burnin_steps and (s - num_burnin_steps) is a
 * multiple of num_steps_bw_draws the loss at w_s is recorded, before the update.  The
 * chain ends with its last recorded loss. */
#ifndef SLT_LEARN_LLC_H
#define SLT_LEARN_LLC_H

#include "learn/slots.h"
#include "learn/spec.h"
#include "net/net.h"

typedef enum slt_chain_status {
    SLT_CHAIN_DONE,
    SLT_CHAIN_DIVERGED,
    SLT_CHAIN_OVERFLOW
} slt_chain_status;

/* Derived settings of an estimate, fixed before its chains run. */
typedef struct slt_llc_setup {
    slt_real nbeta;     /* n / log(n) in binary64, or as given */
    slt_real init_loss; /* L_n(w*): on the full data, or the mean over the chains of the
                           loss of batch 0 of each */
    uint64_t moving;    /* the dimensions that its chains move in: the numbers that move,
                           less one where they are held in a hyperplane */
    uint64_t observed;  /* the samples whose losses its chains record; 0: none */
} slt_llc_setup;

/* Sums over the draws made so far, those of a chain cut into batches of draws one after
 * the other: with g the gradient on the batch of the draw's update, of g.(w - w*), of
 * |w - w*|^2, with a prior w.(w - w*), and of |g|^2 (learn/stein.h). */
#define SLT_STEIN_BATCHES 16
typedef struct slt_stein {
    slt_real drift[SLT_STEIN_BATCHES], pull[SLT_STEIN_BATCHES], square[SLT_STEIN_BATCHES];
} slt_stein;

/* Of the dual averaging of a step size: the mean of how far acceptances fell short, and
 * that of the logs of the step sizes that followed. */
typedef struct slt_adaptation {
    slt_real error, log_step;
} slt_adaptation;

/* The state of a chain between two updates; together with the run it decides everything
 * that follows.
 * updates, draws, losses, observed, energy, energies, weights, slots, acceptance_sum,
 * adapted, stein and exchange_sum are what a snapshot must hold. */
typedef struct slt_chain {
    uint64_t updates;   /* done so far */
    uint64_t draws;     /* losses recorded so far */
    slt_real *losses;   /* num_draws of them; zero where not yet recorded */
    slt_real *observed; /* of single samples, a draw that is due after the other
                           (learn/observe.h); NULL: none are asked for */
    slt_real energy;    /* of the last update's trajectory, where it is recorded */
    slt_real *energies; /* num_draws of them, or NULL */
    slt_params weights;
    slt_slots slots; /* what the sampler keeps beside them, or with tempering the weights
                        of the other replicas */
    /* If acceptance is recorded: its sum over the updates done, in order, without those
     * that adapt the step size. */
    slt_real acceptance_sum;
    slt_adaptation adapted; /* if it is adapted */
    slt_stein stein;        /* if it is recorded */
    /* Of each pair of neighbouring replicas: the sum of the probabilities with which it
     * was exchanged, in order. */
    slt_real exchange_sum[SLT_TEMPERING_MAX];
    slt_chain_status status;
    bool ended;
    char overflowed[SLT_STATE_NAME_MAX]; /* the tensor, after SLT_CHAIN_OVERFLOW */
} slt_chain;

/* The ordinal of an estimate at a checkpoint, which gives it random streams of its own.
 * llc: its index in the run's list; checkpoint: which of its checkpoints, from 0. */
static inline size_t slt_llc_ordinal(size_t llc, size_t checkpoint)
{
    return llc + SLT_LLC_MAX * checkpoint;
}

/* Needs the run, the data and w*, all borrowed and unchanging while in use.  Settings
 * that a manifest cannot hold (no draws, an update index above SLT_UPDATES_MAX,
 * fields that the sampler does not take together) are asserted.  SLT_FORMAT if nbeta
 * or L_n(w*) is not finite. */
typedef struct slt_sampler slt_sampler;
slt_status slt_sampler_create(const slt_run_spec *run, size_t ordinal,
                              const slt_data *data, const slt_params *start,
                              slt_sampler **sampler, slt_error *err);
void slt_sampler_free(slt_sampler *sampler);
const slt_llc_setup *slt_sampler_setup(const slt_sampler *sampler);

/* A worker holds what one chain needs while it runs (net, gradient, batches); chains of
 * one sampler run in as many threads as there are workers. */
typedef struct slt_chain_worker slt_chain_worker;
slt_status slt_chain_worker_create(slt_sampler *sampler, uint32_t chain,
                                   slt_chain_worker **worker, slt_error *err);
void slt_chain_worker_free(slt_chain_worker *worker);
/* slt_net_share of its net. */
void slt_chain_worker_share(slt_chain_worker *worker, slt_pool *pool);
/* What a worker's net sees: batches, and where losses are taken apart all samples. */
slt_net_rows slt_chain_rows(const slt_llc_spec *spec, size_t samples);

/* Allocates a chain of the estimate; slt_chain_create also puts it at w*, before its
 * first update. */
slt_status slt_chain_room(const slt_run_spec *run, const slt_llc_spec *spec,
                          slt_chain *chain, slt_error *err);
slt_status slt_chain_create(const slt_sampler *sampler, slt_chain *chain, slt_error *err);
void slt_chain_free(slt_chain *chain);
/* At most `updates_max` further updates (recording the last loss counts as one);
 * chain->ended says when it is over.  Stopping and continuing, also with another worker
 * for the same chain, change no bit.  A chain whose loss or weights leave the finite
 * numbers at update s ends with status SLT_CHAIN_DIVERGED and updates = s. */
void slt_chain_advance(slt_chain_worker *worker, slt_chain *chain, uint64_t updates_max);

/* The mean acceptance of the chain's steps, without those that adapt the step size; 1 if
 * it made none. */
slt_real slt_chain_acceptance(const slt_llc_spec *spec, const slt_chain *chain);

/* Most chains of one estimate: the chain's number has 12 bits in the counter. */
#define SLT_LLC_CHAINS_MAX 4096

/* Results of an estimate, canonical: per chain nbeta (mean loss - init_loss) [binary64:
 * slt_real_mean, sub, mul], their slt_real_mean and, for two or more, slt_real_sd. */
typedef struct slt_llc_result {
    slt_real mean;
    slt_real sd;
    bool has_sd;
    slt_real chain[SLT_LLC_CHAINS_MAX];
} slt_llc_result;
/* The place of an estimate's data among the run's other data; their number if it is of
 * none of them. */
size_t slt_llc_other(const slt_llc_spec *spec, const slt_run_spec *run);
/* How many samples the data of an estimate have: those for training or, where its loss is
 * theirs, those for validation, or those of other data; and these data, which borrow from
 * the run's. */
size_t slt_llc_samples(const slt_llc_spec *spec, const slt_run_spec *run);
slt_data slt_llc_data(const slt_llc_spec *spec, const slt_run_spec *run,
                      const slt_data *data);
/* As given, or n / log(n), n the number of samples or that of a batch, which is
 * what slt_llc_nbeta_samples gives. */
size_t slt_llc_nbeta_samples(const slt_llc_spec *spec, size_t samples);
slt_real slt_llc_nbeta(const slt_llc_spec *spec, size_t samples);
/* The result of one chain, from its losses. */
slt_real slt_llc_of_chain(const slt_llc_setup *setup, const slt_real *losses,
                          uint64_t draws);
/* Mean and sd of the chains' results that are in result->chain. */
void slt_llc_combine(size_t chains, slt_llc_result *result);
void slt_llc_estimate(const slt_llc_spec *spec, const slt_llc_setup *setup,
                      const slt_real *const *losses, slt_llc_result *result);

#endif
