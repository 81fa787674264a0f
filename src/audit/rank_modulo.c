/* The rank of a Jacobian modulo primes: no threshold, no rounding. */
#include "audit/rank_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/pool.h"
#include "net/init.h"
#include "num/element.h"

slt_status slt_rank_check_modulo(const slt_rank_job *job, slt_error *err)
{
    slt_status status = slt_net_polynomial(&job->spec->model, err);
    if (!status && job->options->prime)
        status = slt_modular_start(job->options->prime, 1, err);
    return status;
}

/* ---- Weights ----------------------------------------------------------------------- */

/* What element e of weight i was without rounding; false if its init does not tell. */
static bool exact_element(const slt_rank_job *job, size_t i, size_t e,
                          slt_modular_number *number)
{
    const slt_run_spec *spec = job->spec;
    const slt_init_source source = {.seed = {.key = spec->seed}, .folder = spec->folder};
    return slt_init_exact(&spec->model.weights[i].init, &source, i,
                          &job->state.weights.tensor[i], e, number);
}

/* Whether the init tells, and the weight is still what it made, in every bit: neither
 * planted nor trained. */
static slt_status find_exact(slt_rank_job *job, size_t i, slt_error *err)
{
    const slt_run_spec *spec = job->spec;
    const slt_init_source source = {.seed = {.key = spec->seed}, .folder = spec->folder};
    const slt_tensor *weight = &job->state.weights.tensor[i];
    slt_modular_number number;
    slt_tensor first;
    if (!exact_element(job, i, 0, &number))
        return SLT_OK;
    slt_status status =
        slt_tensor_create(&first, weight->arithmetic, weight->rows, weight->cols, err);
    if (status)
        return status;
    status = slt_params_init_one(&spec->model, &source, i, &first, err);
    job->found.exact[i] =
        !status && first.frac == weight->frac &&
        memcmp(first.data, weight->data,
               slt_tensor_count(weight) * slt_arithmetic_size(weight->arithmetic)) == 0;
    slt_tensor_free(&first);
    return status;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Makes found->order a multiple of that of each element of weight i. */
static slt_status add_orders(slt_rank_job *job, size_t i, slt_error *err)
{
    uint64_t *order = &job->found.order;
    for (size_t e = 0; e < slt_tensor_count(&job->state.weights.tensor[i]); e++) {
        slt_modular_number number;
        exact_element(job, i, e, &number);
        uint64_t more = number.order / common_divisor(number.order, *order);
        if (more > SLT_MODULAR_ORDER_MAX / *order)
            return slt_fail(err, SLT_RESOURCE,
                            "weight %s: expected roots of unity of an order up to 2^50 "
                            "in all, found more",
                            job->spec->model.weights[i].name);
        *order *= more;
    }
    return SLT_OK;
}

static slt_status find_order(slt_rank_job *job, slt_error *err)
{
    const slt_params *weights = &job->state.weights;
    slt_status status = SLT_OK;
    job->found.order = 1;
    for (size_t i = 0; i < weights->count && !status; i++) {
        if (weights->owned[i])
            status = find_exact(job, i, err);
        if (!status && job->found.exact[i])
            status = add_orders(job, i, err);
    }
    return status;
}

static void put_weights(const slt_rank_job *job, slt_params *to)
{
    const slt_params *from = &job->state.weights;
    for (size_t i = 0; i < from->count; i++) {
        if (!from->owned[i])
            continue;
        slt_num_convert(&from->tensor[i], &to->tensor[i]);
        for (size_t e = 0; job->found.exact[i] && e < slt_tensor_count(&to->tensor[i]);
             e++) {
            slt_modular_number number;
            exact_element(job, i, e, &number);
            slt_modular_put(&number, &to->tensor[i], e);
        }
    }
}

/* ---- Ranks ------------------------------------------------------------------------- */

/* Of a job: which of its primes is at work. */
typedef struct elimination {
    const slt_rank_job *job;
    uint64_t prime, primes;
} elimination;

static void tell_elimination(void *context, uint64_t done, uint64_t all)
{
    const elimination *at = context;
    slt_rank_tell(at->job, 1, at->prime * all + done, at->primes * all);
}

static slt_status rank_modulo(slt_rank_job *job, slt_pool *pool, uint64_t prime,
                              const elimination *at, size_t *rank, slt_error *err)
{
    const slt_modular_watch watch = {tell_elimination, (void *)at};
    slt_params weights = {0};
    slt_tensor jacobian = {0};
    slt_status status = slt_modular_start(prime, job->found.order, err);
    if (!status)
        status = slt_params_create(&job->spec->model, SLT_MODULAR, &weights, err);
    if (!status) {
        put_weights(job, &weights);
        status = slt_jacobian_make(job->spec, &slt_trainer_data(job->trainer)->train,
                                   &weights, &jacobian, err);
    }
    slt_params_free(&weights);
    if (!status)
        *rank = slt_modular_rank(&jacobian, pool, &watch);
    slt_tensor_free(&jacobian);
    return status;
}

static slt_status choose_primes(slt_rank_job *job, slt_error *err)
{
    slt_rank_found *found = &job->found;
    uint64_t end = SLT_MODULAR_END;
    if (job->options->prime) {
        found->primes[found->prime_count++] = job->options->prime;
        return SLT_OK;
    }
    while (found->prime_count < SLT_RANK_PRIMES) {
        end = slt_modular_prime(end, found->order);
        if (!end)
            return slt_fail(err, SLT_RESOURCE,
                            "no two primes are 1 modulo %" PRIu64
                            ", the order of the roots of unity in the weights",
                            found->order);
        found->primes[found->prime_count++] = end;
    }
    return SLT_OK;
}

slt_status slt_rank_by_primes(slt_rank_job *job, slt_error *err)
{
    slt_rank_found *found = &job->found;
    slt_pool *pool = NULL;
    slt_status status = find_order(job, err);
    if (!status)
        status = choose_primes(job, err);
    if (!status)
        status = slt_pool_create(job->options->jobs, &pool, err);
    for (size_t i = 0; i < found->prime_count && !status; i++) {
        const elimination at = {job, i, found->prime_count};
        status = rank_modulo(job, pool, found->primes[i], &at, &found->ranks[i], err);
        if (!status && found->ranks[i] > found->rank)
            found->rank = found->ranks[i];
    }
    slt_pool_free(pool);
    return status;
}
