/* What a run will take, counted from its fields without computing it.  Advisory. */
#include <sltrace/study.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "learn/ends.h"
#include "learn/marks.h"
#include "learn/metric.h"
#include "learn/observe.h"
#include "learn/optimizer.h"
#include "learn/sampler.h"
#include "learn/tally.h"
#include "learn/train_group.h"
#include "manifest/manifest.h"
#include "net/net.h"
#include "num/math.h"
#include "num/ops.h"
#include "run/plan_cost.h"
#include "run/plan_memory.h"
#include "run/trial.h"

/* What an update of one tensor costs beside its numbers. */
enum { TENSOR_NS = 120 };
/* For a run: making, naming and syncing its files and writing its provenance. */
enum { RUN_NS = 1000000 };
/* For a trial beside its training: its draws, a new network and data, its tallies; and
 * for all of a trial where many are counted side by side. */
enum { TRIAL_NS = 8000, ABREAST_NS = 1000 };

/* Bytes of a trace beside state and losses: for a record, and for a tensor's name and
 * hash. */
enum { RECORD_BYTES = 160, TENSOR_BYTES = 64 };

static uint64_t batch_rows(const slt_batch_spec *batch, size_t samples)
{
    const size_t rows = slt_batcher_rows_max(batch, samples);
    return rows > samples && batch->order != SLT_BATCH_STREAM ? samples : rows;
}

static uint64_t stored_states(const slt_train_spec *train, uint64_t checkpoints)
{
    if (train->state_every)
        return train->steps / train->state_every + 1;
    return train->state == SLT_STATE_ALL    ? checkpoints
           : train->state == SLT_STATE_LAST ? 1
                                            : 0;
}

/* Counts are summed in binary64, whose range no manifest exceeds, and limited to 64 bits
 * at the end. */
static uint64_t whole(double count)
{
    return count < 0x1p63 ? (uint64_t)count : UINT64_C(1) << 63;
}

typedef struct sums {
    double work, ns, bytes, updates, draws;
} sums;

static void add_cost(sums *all, double times, slt_plan_cost cost)
{
    all->work += times * (double)cost.madds;
    all->ns += times * (double)cost.ps * 1e-3;
}

/* What is summed so far is one trial's. */
static slt_status plan_trials(const slt_run_spec *run, slt_plan *plan, sums *all,
                              slt_error *err)
{
    const double count = (double)run->trials.count;
    slt_tally_layout layout;
    slt_ends *ends = NULL;
    slt_status status = slt_tally_layout_of(run, &layout, err);
    if (!status)
        status = slt_ends_create(run, &ends, err);
    if (status)
        return status;
    const bool abreast = ends != NULL;
    slt_ends_free(ends);
    plan->checkpoints = slt_trial_blocks(run);
    all->work = abreast ? 0 : count * all->work;
    all->ns = RUN_NS + count * (abreast ? ABREAST_NS : all->ns - RUN_NS + TRIAL_NS);
    all->bytes =
        (double)plan->checkpoints * (RECORD_BYTES + TENSOR_BYTES * (double)layout.count +
                                     (double)sizeof(uint64_t) * (double)layout.numbers);
    return SLT_OK;
}

/* How many samples go through the network for the metrics of a checkpoint, repetitions
 * included. */
static uint64_t metric_rows(const slt_run_spec *run)
{
    uint64_t samples = slt_data_samples(&run->data) + slt_data_validation(&run->data);
    return samples * (slt_net_loss_classifies(run->model.loss.op) ? 2 : 1);
}

/* Of each place.  A probe takes two gradients, or a product with the Hessian, which costs
 * as much; exact products of one place also share a gradient. */
static void add_probes(const slt_run_spec *run, const slt_plan_rates *rates,
                       const slt_hessian_spec *probes, double places, sums *all)
{
    const slt_batch_spec full = {.order = SLT_BATCH_FULL};
    const slt_batch_spec *batch = probes->last ? &run->train.batch : &full;
    const uint64_t rows = batch_rows(batch, slt_data_samples(&run->data));
    const double gradients =
        2 * (double)probes->probes + (probes->method == SLT_HESSIAN_EXACT);
    if (probes->probes)
        add_cost(all, gradients * places,
                 slt_plan_gradient(rates, rows, batch->order != SLT_BATCH_FULL));
}

/* Of a metric at each place that it is measured at. */
static slt_status add_metric(const slt_run_spec *run, const slt_plan_rates *rates,
                             const slt_metric_spec *metric, double places, sums *all,
                             slt_error *err)
{
    const slt_metric_type *type = slt_metric_type_of(metric);
    const slt_hessian_spec probes = slt_metric_probes(metric);
    add_probes(run, rates, &probes, places, all);
    if (!type->cost)
        return SLT_OK;
    slt_batch shape;
    slt_cost cost;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    add_cost(all, places, slt_plan_loss(rates, slt_data_samples(&run->data)));
    slt_status status = type->cost(metric, run, &shape, &cost, err);
    if (!status)
        add_cost(all, places, slt_plan_cost_of(&cost));
    return status;
}

/* Updates, or ways along a path, which is made once. */
static void add_steps(const slt_run_spec *run, const slt_plan_rates *rates, double looks,
                      sums *all)
{
    const slt_train_spec *train = &run->train;
    const slt_optimizer_type *optimizer = slt_optimizer_of(&train->optimizer);
    const uint64_t rows = batch_rows(&train->batch, slt_data_samples(&run->data));
    const double parameters = (double)slt_model_parameters(&run->model);
    if (optimizer->path_work) {
        uint64_t make, reach;
        optimizer->path_work(run, &make, &reach);
        all->work += (double)make + ((double)train->steps + looks) * (double)reach;
        return;
    }
    add_cost(all, (double)train->steps,
             slt_plan_gradient(rates, rows, train->batch.order != SLT_BATCH_FULL));
    all->work += (double)train->steps * (double)optimizer->work * parameters;
    all->ns += (double)train->steps * (double)run->model.weight_count * TENSOR_NS;
}

static slt_status plan_training(const slt_run_spec *run, const slt_plan_rates *rates,
                                slt_plan *plan, sums *all, slt_error *err)
{
    const slt_train_spec *train = &run->train;
    double parameters = (double)slt_model_parameters(&run->model);
    double tensors = (double)run->model.weight_count;
    double copies = (double)slt_plan_copies(run);
    double state = copies * parameters * (double)slt_arithmetic_size(run->arithmetic);
    plan->parameters = slt_model_parameters(&run->model);
    plan->steps = train->steps;
    plan->checkpoints = slt_train_checkpoints(train, 0);
    double checkpoints = (double)plan->checkpoints, looks = 0;
    for (size_t i = 0; i < train->mark_count; i++)
        looks += (double)slt_mark_looks(train, &train->marks[i]);
    add_steps(run, rates, looks, all);
    add_cost(all, checkpoints + looks, slt_plan_loss(rates, metric_rows(run)));
    slt_status status = SLT_OK;
    for (size_t i = 0; i < train->metric_count && !status; i++)
        status =
            add_metric(run, rates, &train->metrics[i], checkpoints + looks, all, err);
    double stored = (double)stored_states(train, plan->checkpoints);
    double hashed = train->joint_hashes ? stored : checkpoints;
    all->bytes += checkpoints * RECORD_BYTES + hashed * copies * tensors * TENSOR_BYTES +
                  stored * state;
    return status;
}

/* How many estimates store their losses in the trace. */
static uint64_t stored_places(const slt_llc_spec *llc, uint64_t places)
{
    return llc->store_losses == SLT_STORE_LOSSES_ALL    ? places
           : llc->store_losses == SLT_STORE_LOSSES_LAST ? 1
                                                        : 0;
}

static void plan_estimate(const slt_run_spec *run, const slt_plan_rates *rates,
                          const slt_llc_spec *llc, sums *all)
{
    size_t samples = slt_llc_samples(llc, run);
    uint64_t rows = batch_rows(&llc->batch, samples);
    bool picked = llc->batch.order != SLT_BATCH_FULL;
    uint64_t places = slt_llc_checkpoints(run, llc);
    double chains = (double)llc->num_chains * (double)places;
    double draws = chains * (double)llc->num_draws;
    double updates =
        chains * (double)llc->num_burnin_steps + draws * (double)llc->num_steps_bw_draws;
    double parameters = (double)slt_model_parameters(&run->model);
    all->draws += draws;
    double gradients = updates * (double)slt_sampler_gradients(llc);
    all->updates += updates;
    add_cost(all, gradients, slt_plan_gradient(rates, rows, picked));
    all->work += gradients * (double)slt_sampler_of(llc)->work * parameters;
    all->ns += gradients * (double)run->model.weight_count * TENSOR_NS;
    if (llc->stein) { /* three sums a draw; a gradient at the last, too */
        all->work += 3 * draws * parameters;
        add_cost(all, chains, slt_plan_gradient(rates, rows, picked));
    }
    if (llc->losses_full && picked)
        add_cost(all, draws, slt_plan_loss(rates, samples));
    add_cost(all, chains * (double)slt_observed_draws(llc, llc->num_draws),
             slt_plan_loss(rates, slt_observed_samples(llc, &run->data)));
    add_probes(run, rates, &llc->hessian, (double)places, all);
    all->bytes += 8 * chains * (double)slt_observed_numbers(llc, &run->data);
    all->bytes += 8 * draws * llc->observables.energies;
    all->bytes += 8 * (double)stored_places(llc, places) * (double)llc->num_chains *
                      (double)llc->num_draws +
                  chains * RECORD_BYTES;
}

/* The title of the sampler of all estimates; NULL if they have several.  A run without
 * estimates gets the default's. */
static const char *sampler_title(const slt_run_spec *run)
{
    size_t kind = 0;
    while (strcmp(slt_sampler_name(kind), slt_sampler_default) != 0)
        kind++;
    for (size_t i = 0; i < run->llc_count; i++) {
        if (i && run->llc[i].sampler != kind)
            return NULL;
        kind = run->llc[i].sampler;
    }
    return slt_sampler_title(kind);
}

static uint64_t total(const slt_plan_memory *memory)
{
    return whole((double)memory->data + (double)memory->state + (double)memory->values +
                 (double)memory->kept + (double)memory->chains + (double)memory->writing +
                 (double)memory->planting);
}

slt_status slt_study_plan(slt_manifest *manifest, size_t run, slt_plan *plan,
                          slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status status = slt_num_available(SLT_FIXED, err); /* whether anything is */
    if (status)
        return status;
    slt_run_spec *spec = slt_run_spec_create();
    if (!spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_plan_rates rates;
    status = slt_manifest_run(manifest, run, spec, err);
    if (status == SLT_OK)
        status = slt_plan_rates_of(spec, &rates, err);
    if (status == SLT_OK) {
        sums all = {.bytes = 4 * RECORD_BYTES, .ns = RUN_NS};
        *plan = (slt_plan){0};
        status = plan_training(spec, &rates, plan, &all, err);
        for (size_t i = 0; i < spec->llc_count; i++)
            plan_estimate(spec, &rates, &spec->llc[i], &all);
        if (!status && spec->trials.count)
            status = plan_trials(spec, plan, &all, err);
        plan->sampler = sampler_title(spec);
        plan->updates = whole(all.updates);
        plan->draws = whole(all.draws);
        plan->work = whole(all.work);
        plan->beside_ns = whole(all.ns);
        plan->trace_bytes = whole(all.bytes);
        plan->together = slt_train_group_width(spec) ? slt_train_group_width(spec) : 1;
        if (status == SLT_OK)
            status = slt_plan_memory_of(spec, &plan->memory, err);
        plan->memory_bytes = total(&plan->memory);
    }
    free(spec);
    return status;
}

/* The processor time of this thread, which does not depend on what else the machine
 * does. */
static uint64_t nanoseconds(void)
{
    struct timespec now;
    slt_world.clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Times products of the size that small networks have, for about 20 ms. */
static slt_status measure_speed(slt_arithmetic arithmetic, uint64_t *speed,
                                slt_error *err)
{
    enum { ROWS = 256, INNER = 64, COLS = 128, SPAN = 20000000 };
    slt_tensor a = {0}, b = {0}, c = {0};
    slt_status status = slt_tensor_create(&a, arithmetic, ROWS, INNER, err);
    if (status == SLT_OK)
        status = slt_tensor_create(&b, arithmetic, INNER, COLS, err);
    if (status == SLT_OK)
        status = slt_tensor_create(&c, arithmetic, ROWS, COLS, err);
    if (status == SLT_OK) {
        uint64_t times = 0, begin = nanoseconds(), spent;
        do {
            slt_num_product(SLT_PLAIN, SLT_PLAIN, &a, &b, &c);
            times++;
            spent = nanoseconds() - begin;
        } while (spent < SPAN);
        *speed = times * ROWS * INNER * COLS * 1000 / (spent / 1000000);
    }
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    slt_tensor_free(&c);
    return status;
}

slt_status slt_study_speed(slt_manifest *manifest, size_t run, uint64_t *speed,
                           slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_run_spec *spec = slt_run_spec_create();
    if (!spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_error unfit = {.status = SLT_OK};
    *speed = 0;
    slt_status status = slt_manifest_run(manifest, run, spec, err);
    if (status == SLT_OK && slt_num_available(spec->arithmetic, &unfit) == SLT_OK)
        status = measure_speed(spec->arithmetic, speed, err);
    free(spec);
    return status;
}
