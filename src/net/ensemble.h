/* A net for the members of an ensemble (num/members.h): one model, as many sets of
 * weights and batches as there are members, and for each of them the loss and gradient of
 * slt_net, in every bit.
 *
 * For models so small that a step of one would leave vectors half empty and spend its
 * time on calls.  A batch goes through in blocks of rows that stay in the first cache;
 * sums over the samples go on from block to block. */
#ifndef SLT_NET_ENSEMBLE_H
#define SLT_NET_ENSEMBLE_H

#include "net/batch.h"
#include "net/params.h"
#include "num/members.h"

/* Whether such a model can run as an ensemble here and gains by it: a float arithmetic
 * with kernels of members, and vectors to run them in; ops and a loss that have bodies
 * for members; at most SLT_ENSEMBLE_PRODUCTS_MAX multiplications a sample in the forward
 * products.  Conditions for speed alone change no bit. */
#define SLT_ENSEMBLE_PRODUCTS_MAX 128
bool slt_ensemble_fits(const slt_model_spec *model, const slt_batch *shape,
                       slt_arithmetic arithmetic);
/* The fewest members for which an ensemble is faster than running them one by one: five
 * of eight lanes busy. */
size_t slt_ensemble_members_min(slt_arithmetic arithmetic);

/* Tensors for the weights, gradients or moments of all members, all zero. */
slt_status slt_ensemble_params(const slt_model_spec *model, slt_arithmetic arithmetic,
                               slt_params *params, slt_error *err);
/* One member in, out, and whether all its numbers are finite. */
void slt_ensemble_params_put(const slt_params *from, size_t member, slt_params *to);
void slt_ensemble_params_take(const slt_params *from, size_t member, slt_params *to);
bool slt_ensemble_params_finite(const slt_params *params, size_t member);

/* The members' batches, of equally many rows: those of member m are the rows of all[m]
 * that index[m] names.  index[0] is NULL if all members take the same rows, the first
 * ones of all[0]. */
typedef struct slt_ensemble_batch {
    size_t rows;
    const slt_batch *all[SLT_MEMBERS_MAX];
    const uint32_t *index[SLT_MEMBERS_MAX];
    size_t target_input; /* slt_batch_target_input of every member's data, which then is
                            fetched once for both; else SIZE_MAX */
} slt_ensemble_batch;
/* An empty batch of these members' data: sets `all` and target_input. */
void slt_ensemble_batch_begin(slt_arithmetic arithmetic, const slt_batch *const *all,
                              slt_ensemble_batch *batch);

typedef struct slt_ensemble_net slt_ensemble_net;
/* Asserts slt_ensemble_fits.  SLT_FORMAT as slt_net_create. */
slt_status slt_ensemble_net_create(const slt_model_spec *model, const slt_batch *shape,
                                   slt_arithmetic arithmetic, slt_ensemble_net **net,
                                   slt_error *err);
void slt_ensemble_net_free(slt_ensemble_net *net);
/* losses[m] of every member (with `verdict` a number that is finite where its loss is, in
 * place of the loss); and where gradients is not NULL the gradients. */
void slt_ensemble_net_gradient(slt_ensemble_net *net, const slt_params *weights,
                               const slt_ensemble_batch *batch, slt_params *gradients,
                               bool verdict, slt_real *losses);

#endif
