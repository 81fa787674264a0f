#include "run/plan_memory.h"

#include "learn/metric.h"
#include "learn/observe.h"
#include "learn/optimizer.h"
#include "learn/sampler.h"
#include "net/ensemble.h"
#include "net/plant.h"
#include "net/second.h"
#include "num/members.h"
#include "run/execute_internal.h"

/* Tensors that a chain has beside its weights: a gradient; where proposals are judged
 * another one, and the weights before the step; along a trajectory a momentum, and how
 * far the weights are from the pull's centre.  Each further replica has two gradients. */
enum { CHAIN_COPIES = 1, JUDGED_COPIES = 3, TRAJECTORY_COPIES = 5 };

static uint64_t product(uint64_t a, uint64_t b)
{
    uint64_t both;
    return __builtin_mul_overflow(a, b, &both) ? UINT64_MAX : both;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t larger_size(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

uint64_t slt_plan_copies(const slt_run_spec *run)
{
    return 1 + slt_optimizer_slot_count(&run->train.optimizer);
}

/* Of all weights, trained or not. */
static uint64_t weight_bytes(const slt_run_spec *run)
{
    uint64_t numbers = 0;
    for (size_t i = 0; i < run->model.weight_count; i++) {
        const slt_weight_spec *weight = &run->model.weights[i];
        if (!weight->tied[0])
            numbers = sum(numbers, product(weight->rows, weight->cols));
    }
    return product(numbers, slt_arithmetic_size(run->arithmetic));
}

/* One row of all tables. */
static uint64_t row_bytes(const slt_batch *shape)
{
    const slt_tensor *target = &shape->target;
    uint64_t bytes = target->cols * slt_arithmetic_size(target->arithmetic);
    for (size_t i = 0; i < shape->inputs; i++)
        bytes += shape->input[i].cols * slt_arithmetic_size(shape->input[i].arithmetic);
    return bytes;
}

/* A batch that is picked out of the data, with the order of the samples, or is drawn,
 * with what is between. */
static uint64_t batch_bytes(const slt_run_spec *run, const slt_batch_spec *batch,
                            size_t samples, const slt_batch *shape)
{
    const uint64_t room =
        slt_data_room_numbers(&run->data) * slt_arithmetic_size(run->arithmetic);
    if (batch->order == SLT_BATCH_FULL)
        return 0;
    if (batch->order == SLT_BATCH_STREAM)
        return product(batch->size, sum(row_bytes(shape), room));
    return sum(product(slt_batcher_rows_max(batch, samples), row_bytes(shape)),
               4 * samples);
}

/* What probes of the Hessian take: a network and its batch, a probe and what is found
 * along it; for differences weights beside w* too. */
static slt_status probe_bytes(const slt_run_spec *run, const slt_hessian_spec *spec,
                              const slt_batch *shape, uint64_t *bytes, slt_error *err)
{
    const slt_batch_spec all = {.order = SLT_BATCH_FULL};
    const slt_batch_spec *batch = spec->last ? &run->train.batch : &all;
    const size_t samples = slt_data_samples(&run->data);
    const size_t rows = slt_batcher_rows_max(batch, samples);
    const bool exact = spec->method == SLT_HESSIAN_EXACT;
    *bytes = 0;
    if (!spec->probes)
        return SLT_OK;
    slt_status status =
        exact ? slt_second_bytes(&run->model, shape, rows, run->arithmetic, bytes, err)
              : slt_net_bytes(&run->model, shape, rows, run->arithmetic, bytes, err);
    *bytes = sum(*bytes, product(exact ? 2 : 3, weight_bytes(run)));
    *bytes = sum(*bytes, batch_bytes(run, batch, samples, shape));
    return status;
}

static uint64_t chain_copies(const slt_llc_spec *llc)
{
    if (slt_sampler_of(llc)->trajectory)
        return TRAJECTORY_COPIES;
    return slt_sampler_accepts(llc) ? JUDGED_COPIES : CHAIN_COPIES;
}

/* What the chains of an estimate take that are held at once, and its probes, which come
 * when these have ended. */
static slt_status chain_bytes(const slt_run_spec *run, const slt_llc_spec *llc,
                              const slt_batch *shape, uint64_t *bytes, slt_error *err)
{
    const size_t samples = slt_llc_samples(llc, run);
    const uint64_t weights = weight_bytes(run), chains = llc->num_chains;
    const uint64_t side = chains < SLT_WAVE_MAX ? chains : SLT_WAVE_MAX;
    uint64_t values = 0;
    const uint64_t state = product(1 + slt_sampler_slot_count(llc), weights);
    const uint64_t own = product(1 + llc->observables.energies, llc->num_draws);
    const uint64_t losses = sum(own, slt_observed_numbers(llc, &run->data));
    *bytes = product(chains, sum(state, product(8, losses)));
    uint64_t work = product(chain_copies(llc) + 2 * llc->tempering.rungs, weights);
    /* Chains in a group share a network that takes the data in small blocks. */
    bool grouped = llc->batch.order != SLT_BATCH_STREAM &&
                   slt_ensemble_fits(&run->model, shape, run->arithmetic) &&
                   chains >= slt_ensemble_members_min(run->arithmetic);
    slt_status status =
        grouped ? SLT_OK
                : slt_net_bytes_rows(&run->model, shape, slt_chain_rows(llc, samples),
                                     run->arithmetic, &values, err);
    work = sum(work, sum(values, batch_bytes(run, &llc->batch, samples, shape)));
    if (!status)
        status = slt_observer_bytes(llc, run, shape, &values, err);
    work = sum(work, values);
    uint64_t probes = 0;
    if (!status)
        status = probe_bytes(run, &llc->hessian, shape, &probes, err);
    *bytes = sum(*bytes, larger_size(product(side, work), probes));
    return status;
}

/* Weights that are kept until training ends: a checkpoint's once, whatever the number of
 * estimates that stand at it; estimates at chosen steps and marks are taken as apart. */
static uint64_t kept_bytes(const slt_run_spec *run)
{
    uint64_t series = 0, single = 0;
    for (size_t i = 0; i < run->llc_count; i++) {
        uint64_t places = slt_llc_checkpoints(run, &run->llc[i]);
        if (run->llc[i].made_at == SLT_LLC_AT_CHECKPOINTS)
            series = larger_size(series, places);
        else if (run->llc[i].made_at != SLT_LLC_AT_LAST)
            single += places;
    }
    return product(series + single, weight_bytes(run));
}

/* The largest record; one of losses is made while its buffer grows. */
static uint64_t record_bytes(const slt_run_spec *run, uint64_t state)
{
    const bool stores = run->train.state_every || run->train.state != SLT_STATE_NONE;
    uint64_t bytes = stores ? state : 0;
    for (size_t i = 0; i < run->llc_count; i++) {
        const slt_llc_spec *llc = &run->llc[i];
        const bool losses = llc->store_losses != SLT_STORE_LOSSES_NONE;
        const uint64_t numbers =
            sum(losses ? llc->num_draws : 0, slt_observed_numbers(llc, &run->data));
        bytes = larger_size(bytes, product(16, numbers));
    }
    return bytes;
}

static uint64_t samples_held(const slt_data_spec *data)
{
    return sum(slt_data_samples(data), slt_data_validation(data));
}

slt_status slt_plan_memory_of(const slt_run_spec *run, slt_plan_memory *memory,
                              slt_error *err)
{
    slt_batch shape;
    const size_t samples = slt_data_samples(&run->data);
    uint64_t held = samples_held(&run->data);
    for (size_t i = 0; i < run->other_count; i++)
        held = sum(held, samples_held(&run->other[i]));
    slt_data_shape(&run->data, run->arithmetic, &shape);
    const uint64_t row = row_bytes(&shape), weights = weight_bytes(run);
    const uint64_t copies = slt_plan_copies(run);
    *memory = (slt_plan_memory){
        .data =
            sum(product(held, row), batch_bytes(run, &run->train.batch, samples, &shape)),
        .state = product(copies + 1, weights),
        .kept = kept_bytes(run)};
    slt_status status = slt_net_bytes_rows(&run->model, &shape, slt_trainer_rows(run),
                                           run->arithmetic, &memory->values, err);
    const slt_optimizer_type *optimizer = slt_optimizer_of(&run->train.optimizer);
    if (optimizer->bytes)
        memory->values = sum(memory->values, optimizer->bytes(run));
    for (size_t i = 0; i < run->train.metric_count && !status; i++) {
        const slt_hessian_spec spec = slt_metric_probes(&run->train.metrics[i]);
        uint64_t probes;
        status = probe_bytes(run, &spec, &shape, &probes, err);
        memory->values = sum(memory->values, probes);
        const slt_metric_type *type = slt_metric_type_of(&run->train.metrics[i]);
        uint64_t own = 0;
        if (!status && type->bytes)
            status = type->bytes(&run->train.metrics[i], run, &shape, &own, err);
        memory->values = sum(memory->values, own);
    }
    for (size_t i = 0; i < run->llc_count && !status; i++) {
        uint64_t chains;
        status = chain_bytes(run, &run->llc[i], &shape, &chains, err);
        memory->chains = larger_size(memory->chains, chains);
    }
    memory->writing = sum(sum(product(copies, weights), memory->kept),
                          record_bytes(run, product(copies, weights)));
    uint64_t planting = 0;
    if (!status)
        status = slt_plant_bytes(&run->model, &shape, &planting, err);
    const uint64_t later = sum(sum(memory->kept, memory->chains), memory->writing);
    memory->planting = planting > later ? planting - later : 0;
    return status;
}
