/* Everything that decides the bits of one run. manifest/ fills it from a manifest or from
 * a trace's header; nothing else does. */
#ifndef SLT_LEARN_SPEC_H
#define SLT_LEARN_SPEC_H

#include <sltrace/quantity.h>

#include "data/data.h"
#include "learn/metric_kinds.h"
#include "learn/optimizers.h"
#include "learn/samplers.h"
#include "learn/tallies.h"
#include "net/model.h"

#define SLT_OPTIMIZER_KIND(constant, name) SLT_OPTIMIZER_##constant,
typedef enum slt_optimizer_kind { SLT_OPTIMIZERS(SLT_OPTIMIZER_KIND) } slt_optimizer_kind;

#define SLT_SCHEDULE_MAX 16
#define SLT_POWERS_MAX 2
#define SLT_LEARN_OWN_MAX 8
#define SLT_STEPS_AT_MAX 512
#define SLT_TIMES_MAX 1024
#define SLT_LLC_MAX 8
#define SLT_HESSIAN_PROBES_MAX 65536
#define SLT_MARKS_MAX 8
#define SLT_METRIC_SPECS_MAX SLT_LOSSES_MAX
#define SLT_TALLIES_MAX 16
/* Checkpoints that one estimate is made at. */
#define SLT_LLC_CHECKPOINTS_MAX 65536

typedef struct slt_optimizer_spec {
    slt_optimizer_kind kind;
    slt_real lr;
    slt_real momentum;          /* sgd */
    slt_real beta1, beta2, eps; /* adam */
    slt_real weight_decay;
    bool decoupled;                  /* decay: coupled (default) | decoupled */
    slt_real l1, l2, tolerance;      /* l2, tolerance: flow */
    uint64_t own[SLT_LEARN_OWN_MAX]; /* other parameters, as the kind's file lays them */
    struct {
        uint64_t from; /* first step (0-based update) that uses lr */
        slt_real lr;
    } schedule[SLT_SCHEDULE_MAX]; /* ascending in from; before the first: lr above */
    size_t schedule_count;
} slt_optimizer_spec;

typedef enum slt_state_kept {
    SLT_STATE_NONE,
    SLT_STATE_LAST,
    SLT_STATE_ALL
} slt_state_kept;

#define SLT_METRIC_KIND(constant, name) SLT_METRIC_##constant,
typedef enum slt_metric_kind { SLT_METRIC_KINDS(SLT_METRIC_KIND) } slt_metric_kind;

/* A number that checkpoints record beside loss and accuracy. */
typedef struct slt_metric_spec {
    char name[SLT_NAME_MAX];
    slt_metric_kind kind;
    slt_loss_spec loss;        /* of kinds that are a loss, ... */
    size_t other;              /* ... which is model.others[other] */
    char weight[SLT_NAME_MAX]; /* of kinds that are a number of a weight, ... */
    size_t at;                 /* ... which is model.weights[at] */
    char bias[SLT_NAME_MAX];   /* population-error: a second weight, or "", ... */
    size_t bias_at;            /* ... which is model.weights[bias_at] */
    char value[SLT_NAME_MAX];  /* of kinds that are a number of a value */
    slt_centre centre;         /* effective-dimension: what is taken off the value */
    bool of_rows;              /* ipr: of rows, else of columns */
    uint64_t probes;           /* of kinds that probe the Hessian, ... */
    bool last;                 /* ... as slt_hessian_spec has it */
} slt_metric_spec;

/* A bound on a metric of a checkpoint. */
typedef struct slt_bound_spec {
    slt_quantity metric;
    /* One of them: metric >= at_least, metric > above, or metric < below. */
    bool has_at_least, has_above, has_below;
    slt_real at_least, above, below;
} slt_bound_spec;

/* The first checkpoint whose metric satisfies a bound, or the last. */
typedef struct slt_mark_spec {
    char name[SLT_NAME_MAX];
    slt_bound_spec bound;
    uint64_t every; /* only checkpoints at multiples of it, including 0; 0: all */
    bool last;      /* the last, which is known when training has ended */
    slt_real width; /* where checkpoints stand at times: how near the time of the crossing
                       is found, relative to it */
} slt_mark_spec;

/* Where training ends before its last step, by one of three rules. */
typedef struct slt_stop_spec {
    bool given;
    uint64_t after; /* not before this step (default 0) */
    bool has_loss_below;
    slt_real loss_below; /* before update t when the loss of step t is below */
    bool has_metric;
    slt_bound_spec
        bound; /* at a checkpoint when the last `checkpoints` of them meet it */
    uint64_t checkpoints;
    char mark[SLT_NAME_MAX]; /* so many updates after this mark; "": no such rule */
    uint64_t steps;
} slt_stop_spec;

/* A time, or the end of all times. */
typedef struct slt_time {
    slt_real at; /* +infinity at the end */
    bool end;
} slt_time;

/* The times of the checkpoints, in place of steps: a step is then an index into them. */
typedef struct slt_times {
    slt_time list[SLT_TIMES_MAX]; /* ascending; only the last may be the end */
    size_t count;                 /* 0: training goes by steps */
    struct {
        slt_real from, to;
        uint64_t count; /* 0: `list` is as written */
        bool log;
        bool end; /* the end comes after `to` */
    } spread;     /* as written, for what `list` then holds */
} slt_times;

typedef struct slt_train_spec {
    slt_optimizer_spec optimizer;
    slt_batch_spec batch;
    uint64_t steps;
    slt_times times;
    slt_stop_spec stop;
    uint64_t every; /* checkpoints at multiples of it; 0: none but at[] and last */
    uint64_t at[SLT_STEPS_AT_MAX]; /* ascending; 0 is the initial state */
    size_t at_count;
    slt_state_kept state; /* which checkpoints hold the state, ... */
    uint64_t state_every; /* ... unless this is not 0: multiples of it, and the last */
    bool joint_hashes;    /* one hash for all tensors if the state is not kept */
    slt_mark_spec marks[SLT_MARKS_MAX];
    size_t mark_count;
    slt_metric_spec metrics[SLT_METRIC_SPECS_MAX];
    size_t metric_count;
} slt_train_spec;

#define SLT_SAMPLER_KIND(constant, name) SLT_SAMPLER_##constant,
typedef enum slt_sampler_kind { SLT_SAMPLERS(SLT_SAMPLER_KIND) } slt_sampler_kind;

/* How a product with the Hessian is made: a central difference of gradients, or exactly,
 * by the second derivatives of the ops. */
typedef enum slt_hessian_method {
    SLT_HESSIAN_DIFFERENCE,
    SLT_HESSIAN_EXACT
} slt_hessian_method;

/* The trace of the Hessian of a loss. */
typedef struct slt_hessian_spec {
    uint64_t probes; /* 0: it is not taken */
    slt_hessian_method method;
    bool last; /* on the batch of training's last update, else on all samples */
} slt_hessian_spec;

typedef enum slt_init_loss { SLT_INIT_LOSS_FULL, SLT_INIT_LOSS_BATCHES } slt_init_loss;

/* Which checkpoints an estimate is made at. */
typedef enum slt_llc_at {
    SLT_LLC_AT_STEP,        /* that of step `at` */
    SLT_LLC_AT_LAST,        /* the last */
    SLT_LLC_AT_CHECKPOINTS, /* every one from step `from` on */
    SLT_LLC_AT_MARK,        /* that of mark `at_mark` */
    SLT_LLC_AT_STEPS        /* those of `steps` that training reached */
} slt_llc_at;

/* An item of a list of checkpoints: that of a step, or the last. */
typedef struct slt_llc_step {
    uint64_t step;
    bool last;
} slt_llc_step;

/* Steps from one to another in about equal ratios. */
typedef struct slt_llc_spread {
    uint64_t from, to, count; /* count 0: not given */
} slt_llc_spread;

/* What nbeta is x/ln(x) of. */
typedef enum slt_nbeta_of {
    SLT_NBETA_GIVEN,   /* of nothing: it is a number */
    SLT_NBETA_SAMPLES, /* the number of training samples */
    SLT_NBETA_BATCH    /* the samples in a batch of the estimate */
} slt_nbeta_of;

typedef enum slt_store_losses {
    SLT_STORE_LOSSES_ALL,
    SLT_STORE_LOSSES_LAST, /* those of the estimate's last checkpoint */
    SLT_STORE_LOSSES_NONE
} slt_store_losses;

/* What chains are restricted to: some weights, and some blocks of the model; where it
 * names neither, all numbers that are trained. */
#define SLT_RESTRICT_NAMES_MAX 64
typedef struct slt_restrict_spec {
    char weights[SLT_RESTRICT_NAMES_MAX][SLT_NAME_MAX];
    char blocks[SLT_RESTRICT_NAMES_MAX][SLT_NAME_MAX];
    size_t weight_count, block_count;
} slt_restrict_spec;

/* The estimate is made only if the marks were reached, and far enough apart. */
typedef struct slt_llc_when {
    bool given;
    char mark[SLT_NAME_MAX];
    char then[SLT_NAME_MAX]; /* "": only `mark` is required */
    uint64_t apart;          /* step(then) - step(mark) must exceed it */
} slt_llc_when;

/* A normal law of each number around 0, in place of a pull to w*. */
typedef struct slt_prior_spec {
    bool given, has_gaussian, has_precision;
    slt_real gaussian, precision; /* as written, for what `localization` then holds */
} slt_prior_spec;

/* What chains record beside their losses: the losses of single samples, metrics, and the
 * energy of the trajectory that leads to a draw. */
typedef struct slt_observables_spec {
    bool any;
    bool energies;
    bool given;         /* losses */
    bool of_validation; /* of the samples for validation, else of those for training */
    uint64_t first;     /* of so many of them; 0: of all */
    uint64_t every;     /* at draws that are multiples of it */
    /* Names of train.metrics, which are numbers of the weights, at the same draws. */
    char metrics[SLT_METRIC_SPECS_MAX][SLT_NAME_MAX];
    size_t metric_count;
} slt_observables_spec;

/* The step size is adapted in the burn-in. */
typedef struct slt_adapt_spec {
    bool given;
    bool has_acceptance;
    slt_real acceptance; /* towards this one, or that of the sampler */
} slt_adapt_spec;

/* Replicas of a chain at other nbeta, which exchange their weights with their neighbours:
 * rung r of the ladder above the chain's own is item r - 1 of the lists. */
#define SLT_TEMPERING_MAX 15
typedef struct slt_tempering_spec {
    bool given;
    size_t rungs, lrs; /* as many as the lists have */
    slt_real nbeta[SLT_TEMPERING_MAX], lr[SLT_TEMPERING_MAX];
    uint64_t every; /* updates between exchanges */
} slt_tempering_spec;

/* Whose loss the chains of an estimate follow. */
typedef enum slt_loss_on {
    SLT_LOSS_ON_TRAIN,
    SLT_LOSS_ON_VALIDATION,
    SLT_LOSS_ON_OTHER
} slt_loss_on;

typedef struct slt_llc_spec {
    slt_llc_at made_at;
    uint64_t at;
    char at_mark[SLT_NAME_MAX];
    slt_llc_spread spread;                /* as written, for what `steps` then holds */
    slt_llc_step steps[SLT_STEPS_AT_MAX]; /* ascending; the last, if it is there, ends
                                             them */
    size_t step_count;
    slt_sampler_kind sampler;
    slt_real lr;
    slt_adapt_spec adapt;
    slt_real localization; /* the pull's strength: to w*, with a prior to 0 */
    slt_prior_spec prior;
    slt_real noise_level; /* what the noise of an update is multiplied by */
    bool has_box;
    slt_real box; /* how far from w* a number may get */
    slt_nbeta_of nbeta_of;
    slt_real nbeta; /* SLT_NBETA_GIVEN: its value */
    size_t num_chains;
    uint64_t num_draws, num_burnin_steps, num_steps_bw_draws;
    slt_loss_on loss_on;
    char other[SLT_NAME_MAX]; /* SLT_LOSS_ON_OTHER: which of the run's other data */
    slt_batch_spec batch;     /* of the gradient */
    bool losses_full;     /* recorded losses: on the gradient's batch, or full data */
    slt_init_loss
        init_loss;        /* L_n(w*): full data, or mean over the chains' first batches*/
    bool mala_acceptance; /* record the acceptance of its steps as MALA proposals */
    bool orthogonal;      /* restrict: every update stays orthogonal to the gradient of
                             the full-data loss at w* */
    slt_restrict_spec restricted; /* restrict: only these numbers move */
    bool stein;                   /* record the Stein ratio */
    slt_observables_spec observables;
    slt_tempering_spec tempering; /* 0 rungs: none */
    slt_hessian_spec hessian;     /* at w* */
    uint64_t from;                /* at: checkpoints: the first step */
    slt_llc_when when;
    slt_store_losses store_losses;   /* which chains' records hold their losses */
    uint64_t own[SLT_LEARN_OWN_MAX]; /* a sampler's other parameters, by its own file */
} slt_llc_spec;

#define SLT_TALLY_KIND(constant, name) SLT_TALLY_##constant,
typedef enum slt_tally_kind { SLT_TALLIES(SLT_TALLY_KIND) } slt_tally_kind;

/* What is added up of the trials that finish. */
typedef struct slt_tally_spec {
    char name[SLT_NAME_MAX];
    slt_tally_kind kind;
    slt_quantity of;          /* a result of training; of a curve a metric */
    char since[SLT_NAME_MAX]; /* of a result: the mark that is taken off it; "": none */
    /* count: which trials; all of these must hold, and the trial must have the result */
    bool has_at_least, has_below, has_equals;
    slt_real at_least, below, equals;
    /* histogram: bins of equal width */
    slt_real from, to;
    uint64_t bins;
    char before[SLT_NAME_MAX]; /* curve: the mark that trials are aligned at; "": none */
    bool hold;                 /* curve: a trial is what it began as before it began */
} slt_tally_spec;

typedef enum slt_trials_over {
    SLT_TRIALS_BOTH,
    SLT_TRIALS_DATA,
    SLT_TRIALS_INIT
} slt_trials_over;

/* The run repeated: what is drawn once for a run is drawn anew for each trial. */
typedef struct slt_trials_spec {
    uint64_t count; /* 0: no trials, one plain run */
    uint64_t block; /* trials that a record adds up */
    slt_trials_over over;
    slt_tally_spec tally[SLT_TALLIES_MAX];
    size_t tally_count;
} slt_trials_spec;

#define SLT_OTHER_DATA_MAX 4
typedef struct slt_run_spec {
    slt_arithmetic arithmetic;
    uint64_t seed;
    slt_data_spec data;
    slt_data_spec other[SLT_OTHER_DATA_MAX]; /* of the shapes of data */
    size_t other_count;
    slt_train_spec train;
    slt_llc_spec llc[SLT_LLC_MAX];
    size_t llc_count;
    slt_trials_spec trials;
    uint32_t trial; /* which trial this is, where trials.count is 0; 0: the plain run */
    /* Not part of the bits: the folder that init files are relative to. */
    char folder[SLT_PATH_MAX];
    slt_model_spec model; /* the last member */
} slt_run_spec;

/* One that is cleared, to be freed; NULL if memory is short. */
slt_run_spec *slt_run_spec_create(void);
/* All members 0, but for ops and weights, of which there are none. */
void slt_run_spec_clear(slt_run_spec *run);
/* *to = *from, without what lies beyond the counts of ops and weights. */
void slt_run_spec_copy(const slt_run_spec *from, slt_run_spec *to);

/* What the data and the initial values of the run, which may be a trial, are drawn from.
 */
slt_seed slt_run_data_seed(const slt_run_spec *run);
slt_seed slt_run_init_seed(const slt_run_spec *run);

/* Makes a run with trials one of its trials: a run like any other. */
void slt_run_become_trial(slt_run_spec *run, uint32_t trial);

/* The fingerprinted functions that this run calls. */
slt_function_set slt_run_functions(const slt_run_spec *run);

/* Counters of random numbers hold 32 bits: no run has a step above this, and no chain an
 * update. */
#define SLT_UPDATES_MAX UINT32_MAX

/* Updates that a whole chain makes: num_burnin_steps + (num_draws - 1) *
 * num_steps_bw_draws; UINT64_MAX if that overflows.  Needs num_draws and
 * num_steps_bw_draws of at least 1. */
uint64_t slt_llc_updates(const slt_llc_spec *llc);

/* Whether training that reaches `step` has a checkpoint there. */
bool slt_checkpoint_due(const slt_train_spec *train, uint64_t step);
/* The first step not before `from` for which the run asks for a checkpoint; UINT64_MAX if
 * there is none. */
uint64_t slt_checkpoint_next(const slt_train_spec *train, uint64_t from);
/* Whether the checkpoint of `step` holds its state; last: training finished there. */
bool slt_checkpoint_stored(const slt_train_spec *train, uint64_t step, bool last);
/* How many checkpoints training has from step `from` on, if it finishes. */
uint64_t slt_train_checkpoints(const slt_train_spec *train, uint64_t from);
/* At how many checkpoints an estimate is made, if training finishes and reaches its
 * marks. */
uint64_t slt_llc_checkpoints(const slt_run_spec *run, const slt_llc_spec *llc);
/* The same of an estimate at a list of steps, if training ends at step `end`; place: the
 * step of one of them. */
uint64_t slt_llc_steps_until(const slt_llc_spec *llc, uint64_t end);
uint64_t slt_llc_step_of(const slt_llc_spec *llc, uint64_t place, uint64_t end);
/* Whether its chains have the noise of a posterior at nbeta. */
bool slt_llc_noise_is_whole(const slt_llc_spec *llc);
/* Whether its chains are restricted, to some numbers or to a hyperplane. */
bool slt_llc_restricts(const slt_llc_spec *llc);
/* Whether an estimate is made at several checkpoints, so that its results have steps. */
bool slt_llc_is_series(const slt_llc_spec *llc);
/* Whether the records of an estimate's chains hold their losses; last: whether they are
 * those of its last checkpoint. */
bool slt_llc_stores_losses(const slt_llc_spec *llc, bool last);

/* The learning rate of update `step` (0-based): that of the last schedule entry with
 * from <= step, or lr if there is none. */
slt_real slt_optimizer_lr(const slt_optimizer_spec *optimizer, uint64_t step);

#endif
