/* What the chains of an estimate must give at w* if the loss were its quadratic
 * approximation there, and where they left it.  Advisory. */
#ifndef SLT_FIGURE_PREDICTION_H
#define SLT_FIGURE_PREDICTION_H

#include "figure/estimates.h"
#include "figure/spectrum.h"

/* What the gradients of batches add to an estimate is not in the prediction: it is told
 * beside it. */
typedef enum slt_batch_noise {
    SLT_BATCH_NOISE_NONE,  /* gradients are of the full data */
    SLT_BATCH_NOISE_ADDED, /* batches are independent: about as much as told */
    SLT_BATCH_NOISE_BOUND  /* pieces of a shuffle: no more than told, since the noise of
                              the batches of an epoch adds up to 0 */
} slt_batch_noise;

/* Absent numbers, and infinite ones, are those that leave binary64: chains that run away
 * for ever. */
typedef struct slt_prediction {
    slt_real llc;        /* what the chains, as they are run, must give */
    slt_real curved;     /* of it, what curvature and the sampler's noise give ... */
    slt_real sloped;     /* ... and what the slope at w* takes away */
    slt_real error;      /* standard error of llc over the probes; 0: none, exact;
                            absent: one probe */
    slt_real coarse;     /* llc by half of the Lanczos steps */
    slt_real stationary; /* llc of long chains; infinite where there is no limit */
    slt_real stein_drift, stein_pull; /* expected terms of the Stein ratio */
    slt_batch_noise noise;
    slt_real noisy;             /* what batches' gradients add to llc: see `noise` */
    slt_real trace;             /* of the Hessian */
    slt_real least, largest;    /* curvature, of those that were found */
    slt_real growing, unstable; /* directions: see slt_sgld_law */
} slt_prediction;

/* SLT_FORMAT, the message the end of a sentence, if theory has no law for the run's
 * estimate llc (from 0). */
slt_status slt_prediction_check(const slt_run_spec *run, size_t llc, slt_error *err);

/* For that estimate, made with this nbeta. */
slt_status slt_prediction_make(slt_point *point, const slt_spectrum *spectrum, size_t llc,
                               slt_real nbeta, slt_prediction *prediction,
                               slt_error *err);

/* Where the chains of an estimate left the quadratic (slt_theory_departure). Chains are
 * compared in their mean, each draw less its batch's loss at w*. */
typedef struct slt_departure {
    slt_real apart; /* measured less predicted LLC, in standard errors of both; not
                       finite if an error is not known */
    bool known; /* false: the trace does not hold the losses, or a chain ended early */
    bool left;
    uint64_t draw;     /* if left: the first of those draws, from 0 ... */
    slt_real found;    /* ... the chains' mean loss there, less L(w*) ... */
    slt_real expected; /* ... and what the law expects */
    slt_real last_found, last_expected; /* the same at the last draw */
} slt_departure;

/* What both say of an estimate of the run.  place: its checkpoint among its own, from
 * 0. */
slt_status slt_prediction_compare(slt_point *point, const slt_spectrum *spectrum,
                                  const slt_estimate *estimate, size_t place,
                                  slt_prediction *prediction, slt_departure *departure,
                                  slt_error *err);

#endif
