/* The spectrum of a symmetric matrix that is known by its products alone: stochastic
 * Lanczos quadrature (Golub & Meurant 1994; Ubaru, Chen & Saad 2017).  Advisory. */
#ifndef SLT_THEORY_LANCZOS_H
#define SLT_THEORY_LANCZOS_H

#include <stddef.h>

#include <sltrace/status.h>

/* A symmetric matrix of size x size: `apply` sets y = H x. */
typedef struct slt_theory_matrix {
    size_t size;
    slt_status (*apply)(void *context, const double *x, double *y, slt_error *err);
    void *context;
} slt_theory_matrix;

/* The matrix in the Krylov space of a vector: `steps` numbers on the diagonal, and beside
 * each but the last one on the next. */
typedef struct slt_tridiagonal {
    size_t steps;
    double *diagonal, *beside;
} slt_tridiagonal;

/* At most `steps` >= 1 steps from `start`, which is not 0, each new vector orthogonalised
 * against all before it; fewer where the space is closed under H, as it is after `size`
 * steps.  SLT_RESOURCE without memory for the basis; an error of `apply` ends it. To be
 * freed even after an error. */
slt_status slt_theory_lanczos(const slt_theory_matrix *matrix, const double *start,
                              size_t steps, slt_tridiagonal *found, slt_error *err);
void slt_tridiagonal_free(slt_tridiagonal *tridiagonal);

/* The Gauss quadrature of the first 1 <= steps <= found->steps steps: with u = start /
 * |start|, u'f(H)u is sum_k weight[k] f(node[k]), exact for polynomials f of degree up to
 * 2 steps - 1, and for any f once the space is closed.  Nodes have no order, weights sum
 * to 1.  Both have room for `steps` numbers. SLT_RESOURCE if the implicit QL iteration
 * does not converge, or without memory. */
slt_status slt_tridiagonal_gauss(const slt_tridiagonal *found, size_t steps, double *node,
                                 double *weight, slt_error *err);

#endif
