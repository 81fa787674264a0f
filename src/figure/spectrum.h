/* What SGLD must give at a trained point if the loss were its quadratic approximation
 * there: from the gradient and the spectrum of the Hessian of the training loss at w*, in
 * binary64 whatever the run's arithmetic is.  Advisory.
 *
 * With d weights that move, sums over the spectrum are exact (LAPACK, from d products of
 * the Hessian with the unit vectors) or sampled: stochastic Lanczos quadrature, sum_i
 * f(h_i) = d/n sum over n probes of random signs z of z'f(H)z / z'z, each from a number
 * of Lanczos steps. */
#ifndef SLT_FIGURE_SPECTRUM_H
#define SLT_FIGURE_SPECTRUM_H

#include "learn/spec.h"
#include "net/params.h"
#include "theory/sgld_law.h"

/* How the spectrum is found. */
typedef struct slt_spectrum_options {
    size_t probes, steps; /* of the quadrature, 1 and 2 at least */
    size_t exact_max;     /* exact up to this d, at most SLT_SPECTRUM_MAX, where LAPACK
                             is installed; 0: never */
    /* Called with the share of the products done; what it returns, unless SLT_OK, ends
     * the work.  May be NULL. */
    slt_status (*tell)(void *context, unsigned percent, slt_error *err);
    void *context;
} slt_spectrum_options;

/* What a program does that is asked for nothing else. */
extern const slt_spectrum_options slt_spectrum_usual;

/* A point of a run: its data, its net, its weights. */
typedef struct slt_point slt_point;
/* Makes the data and copies the weights, which may be of any arithmetic.  SLT_UNFIT where
 * this machine or this program has no binary64; SLT_FORMAT where an op or loss of the
 * model has no second order, or loss or gradient at the weights are not finite. */
slt_status slt_point_create(const slt_run_spec *run, const slt_params *weights,
                            slt_point **point, slt_error *err);
void slt_point_free(slt_point *point);
/* Its run, in binary64. */
const slt_run_spec *slt_point_run(const slt_point *point);
/* L(w*) on the training data. */
slt_real slt_point_loss(const slt_point *point);

/* The curvatures at a point: where the quadrature made them, those of each probe one
 * after the other, then those that the gradient has. */
typedef struct slt_spectrum {
    size_t size;   /* d */
    size_t probes; /* 0: exact */
    size_t steps;  /* of the quadrature; the most that were made */
    size_t products;
    slt_curvature *list;
    size_t count;
    size_t *ends;        /* of each probe, in list; NULL where exact */
    slt_curvature *half; /* the same from half of the steps; NULL where exact */
    size_t half_count;
    slt_real slope; /* length of the gradient at w* */
} slt_spectrum;

/* SLT_RESOURCE without memory, naming what it takes; what options->tell returns. */
slt_status slt_spectrum_make(slt_point *point, const slt_spectrum_options *options,
                             slt_spectrum *spectrum, slt_error *err);
void slt_spectrum_free(slt_spectrum *spectrum);

/* ---- The batches of the run's estimate llc, from 0 --------------------------------- */

/* What the noise of its batches' gradients at w* is spread over, as a list to be freed:
 * as if every batch were drawn independently of the others.  Empty where gradients are of
 * the full data. */
slt_status slt_point_noise(slt_point *point, size_t llc, slt_curvature **list,
                           size_t *count, slt_error *err);

/* The loss at w* of the batch that each recorded draw of a chain is a loss of: num_draws
 * of them.  place: the estimate's checkpoint, among its own, from 0. */
slt_status slt_point_draw_losses(slt_point *point, size_t llc, size_t place,
                                 uint32_t chain, slt_real *losses, slt_error *err);

/* The standard deviation of z'H_B z over batches B, H_B the Hessian of a batch's loss, in
 * units of z'Hz; z is of random signs.  0 where losses are recorded on the full data. */
slt_status slt_point_batch_spread(slt_point *point, size_t llc, slt_real *spread,
                                  slt_error *err);

#endif
