/* The curvatures of a quadratic form, all of them or as a quadrature samples them, each
 * with what lies in the directions that have it.  Advisory. */
#ifndef SLT_THEORY_CURVATURES_H
#define SLT_THEORY_CURVATURES_H

#include "theory/lanczos.h"

typedef struct slt_curvature {
    double value;      /* h, an eigenvalue of the Hessian, of either sign */
    double directions; /* how many have it; a weight where the spectrum is sampled */
    double slope;      /* squared length of the gradient at w* in them */
    double noise;      /* variance, in them, of the gradient of a batch at w* */
} slt_curvature;

typedef struct slt_curvatures {
    slt_curvature *list;
    size_t count;
} slt_curvatures;

/* All curvatures of the matrix, by LAPACK from as many products, ascending, with the
 * gradient's parts; list has room for matrix->size of them.  SLT_UNFIT if no LAPACK can
 * be loaded, SLT_RESOURCE above SLT_SPECTRUM_MAX or without memory; an error of a product
 * ends it. */
slt_status slt_theory_curvatures_all(const slt_theory_matrix *matrix,
                                     const double *gradient, slt_curvature *list,
                                     slt_error *err);

/* Adds the nodes of the Lanczos quadrature of at most `steps` steps from a start that is
 * not 0, over which `whole`, what the start stands for, is shared out; and to `half`,
 * unless NULL, those of half of these steps.  Both have room for `steps` more.  *steps
 * becomes the number that were made.  Errors are those of slt_theory_lanczos and
 * slt_tridiagonal_gauss. */
slt_status slt_theory_curvatures_add(const slt_theory_matrix *matrix, const double *start,
                                     const slt_curvature *whole, size_t *steps,
                                     slt_curvatures *all, slt_curvatures *half,
                                     slt_error *err);

#endif
