/* The Jacobian of a run's residual over its training set by its trainable weights, made
 * by the net's own backward passes. */
#ifndef SLT_LEARN_JACOBIAN_H
#define SLT_LEARN_JACOBIAN_H

#include "learn/spec.h"
#include "net/net.h"

/* What it looks like: samples * residual.outputs rows, `weights` columns, so many bytes
 * in memory (UINT64_MAX: more than can be counted). */
typedef struct slt_jacobian_form {
    size_t samples;
    slt_net_residual residual;
    size_t weights;
    uint64_t bytes;
} slt_jacobian_form;

/* Finds the form without data and without the matrix. */
slt_status slt_jacobian_look(const slt_run_spec *run, slt_jacobian_form *form,
                             slt_error *err);

/* Makes it at `weights`, which have the arithmetic that it is computed in, SLT_F64 or
 * SLT_MODULAR (whose models slt_net_polynomial admits): row i outputs + j has the
 * derivatives of output j of sample i, columns are the weights' elements in the order of
 * the manifest, tied ones once.  It is centred as the loss's residual is: the rows of a
 * sample over the outputs, or those of an output over the samples, lose their mean.
 * `data` is the run's, in its arithmetic, and of at least one sample. */
slt_status slt_jacobian_make(const slt_run_spec *run, const slt_batch *data,
                             const slt_params *weights, slt_tensor *jacobian,
                             slt_error *err);

#endif
