#include "learn/observe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/metric.h"
#include "learn/sampler.h"
#include "net/net.h"
#include "net/op.h"
#include "num/math.h"
#include "num/scalar.h"

static size_t samples_there(const slt_llc_spec *spec, const slt_data_spec *data)
{
    return spec->observables.of_validation ? slt_data_validation(data)
                                           : slt_data_samples(data);
}

size_t slt_observed_samples(const slt_llc_spec *spec, const slt_data_spec *data)
{
    const slt_observables_spec *asked = &spec->observables;
    if (!asked->given)
        return 0;
    return asked->first ? (size_t)asked->first : samples_there(spec, data);
}

size_t slt_observed_width(const slt_llc_spec *spec, const slt_data_spec *data)
{
    return slt_observed_samples(spec, data) + spec->observables.metric_count;
}

/* Metric i of those asked for; NULL: the run has none of that name. */
static const slt_metric_spec *observed_metric(const slt_llc_spec *spec,
                                              const slt_run_spec *run, size_t i)
{
    for (size_t m = 0; m < run->train.metric_count; m++)
        if (!strcmp(run->train.metrics[m].name, spec->observables.metrics[i]))
            return &run->train.metrics[m];
    return NULL;
}

uint64_t slt_observed_draws(const slt_llc_spec *spec, uint64_t draws)
{
    const slt_observables_spec *asked = &spec->observables;
    return asked->given && draws ? (draws - 1) / asked->every + 1 : 0;
}

uint64_t slt_observed_numbers(const slt_llc_spec *spec, const slt_data_spec *data)
{
    uint64_t numbers;
    return __builtin_mul_overflow(slt_observed_draws(spec, spec->num_draws),
                                  slt_observed_width(spec, data), &numbers)
               ? UINT64_MAX
               : numbers;
}

static slt_status check_metrics(const slt_llc_spec *spec, const slt_run_spec *run,
                                slt_error *err)
{
    const slt_observables_spec *asked = &spec->observables;
    for (size_t i = 0; i < asked->metric_count; i++) {
        const slt_metric_spec *metric = observed_metric(spec, run, i);
        if (!metric)
            return slt_fail(err, SLT_FORMAT, "metrics: train.metrics has no %s",
                            asked->metrics[i]);
        if (!slt_metric_of_weights(metric))
            return slt_fail(err, SLT_FORMAT,
                            "metrics: %s is of kind %s, expected a number of weights "
                            "alone",
                            metric->name, slt_metric_type_of(metric)->name);
        for (size_t j = 0; j < i; j++)
            if (observed_metric(spec, run, j) == metric)
                return slt_fail(err, SLT_FORMAT, "metrics: %s stands there twice",
                                metric->name);
    }
    return SLT_OK;
}

slt_status slt_observe_check(const slt_llc_spec *spec, const slt_run_spec *run,
                             slt_error *err)
{
    const slt_observables_spec *asked = &spec->observables;
    const char *of = asked->of_validation ? "validation" : "train";
    const size_t samples = samples_there(spec, &run->data);
    if (!asked->given)
        return asked->metric_count
                   ? slt_fail(err, SLT_FORMAT, "metrics: expected losses beside them")
                   : SLT_OK;
    if (!samples)
        return slt_fail(err, SLT_FORMAT,
                        "losses: of: validation: the data have no samples for "
                        "validation");
    if (asked->first > samples)
        return slt_fail(err, SLT_FORMAT,
                        "losses: first: expected at most %zu, the samples of %s, found "
                        "%" PRIu64,
                        samples, of, asked->first);
    if (run->model.loss.centre == SLT_CENTRE_SAMPLES)
        return slt_fail(err, SLT_FORMAT,
                        "losses: a sample has no loss of its own where centre is "
                        "samples");
    const uint64_t numbers = slt_observed_numbers(spec, &run->data);
    if (numbers > SLT_OBSERVED_MAX)
        return slt_fail(err, SLT_FORMAT,
                        "losses: %" PRIu64 " losses of samples in a chain, at most "
                        "%" PRIu64 " are supported",
                        numbers, SLT_OBSERVED_MAX);
    return check_metrics(spec, run, err);
}

slt_status slt_observe_adds_up(const slt_llc_spec *spec, const slt_run_spec *run,
                               bool *adds, slt_error *err)
{
    const slt_observables_spec *asked = &spec->observables;
    const bool full = spec->batch.order == SLT_BATCH_FULL || spec->losses_full;
    slt_batch shape;
    *adds = false;
    if (!asked->given ||
        spec->loss_on !=
            (asked->of_validation ? SLT_LOSS_ON_VALIDATION : SLT_LOSS_ON_TRAIN) ||
        !full || slt_observed_samples(spec, &run->data) != slt_llc_samples(spec, run))
        return SLT_OK;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    return slt_net_adds_up(&run->model, &shape, run->arithmetic, adds, err);
}

slt_real slt_observe_share(const slt_llc_spec *spec, const slt_run_spec *run)
{
    const slt_loss_spec *loss = &run->model.loss;
    const bool mean =
        loss->mean_samples || slt_loss_find(loss->op)->terms == SLT_LOSS_OF_ROWS;
    const slt_real n = slt_real_from_u64(slt_llc_samples(spec, run));
    if (loss->ignores)
        return slt_real_absent();
    return mean ? slt_real_div(slt_real_of(1), n) : slt_real_of(1);
}

slt_batch slt_observe_batch(const slt_llc_spec *spec, const slt_data *data)
{
    const slt_batch *all =
        spec->observables.of_validation ? &data->validation : &data->train;
    slt_batch batch = *all;
    batch.rows = slt_observed_samples(spec, data->spec);
    for (size_t i = 0; i < batch.inputs; i++)
        batch.input[i] = slt_tensor_part(&all->input[i], 0, batch.rows);
    batch.target = slt_tensor_part(&all->target, 0, batch.rows);
    return batch;
}

/* ---- The observer ------------------------------------------------------------------ */

struct slt_observer {
    const slt_sampler *sampler;
    slt_net *net;
    void *rooms[SLT_METRIC_SPECS_MAX]; /* of the metrics */
};

static slt_net_rows rows_of(size_t samples)
{
    return (slt_net_rows){.gradient = 0, .loss = samples};
}

slt_status slt_observer_create(const slt_sampler *sampler, slt_observer **observer,
                               slt_error *err)
{
    *observer = NULL;
    if (!sampler->spec->observables.given)
        return SLT_OK;
    slt_observer *made = slt_world.calloc(1, sizeof *made);
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for losses of samples");
    made->sampler = sampler;
    slt_status status = slt_net_create_rows(sampler->refined.model, &sampler->observed,
                                            rows_of(sampler->observed.rows),
                                            sampler->run->arithmetic, &made->net, err);
    for (size_t i = 0; i < sampler->spec->observables.metric_count && !status; i++) {
        const slt_metric_spec *metric = observed_metric(sampler->spec, sampler->run, i);
        const slt_metric_type *type = slt_metric_type_of(metric);
        if (type->make)
            status =
                type->make(metric, sampler->run, &sampler->data, &made->rooms[i], err);
    }
    if (status)
        slt_observer_free(made);
    else
        *observer = made;
    return status;
}

void slt_observer_free(slt_observer *observer)
{
    if (!observer)
        return;
    const slt_sampler *sampler = observer->sampler;
    for (size_t i = 0; i < sampler->spec->observables.metric_count; i++)
        if (observer->rooms[i])
            slt_metric_type_of(observed_metric(sampler->spec, sampler->run, i))
                ->drop(observer->rooms[i]);
    slt_net_free(observer->net);
    free(observer);
}

void slt_observer_share(slt_observer *observer, slt_pool *pool)
{
    if (observer)
        slt_net_share(observer->net, pool);
}

slt_status slt_observer_bytes(const slt_llc_spec *spec, const slt_run_spec *run,
                              const slt_batch *shape, uint64_t *bytes, slt_error *err)
{
    *bytes = 0;
    if (!spec->observables.given)
        return SLT_OK;
    return slt_net_bytes_rows(&run->model, shape,
                              rows_of(slt_observed_samples(spec, &run->data)),
                              run->arithmetic, bytes, err);
}

bool slt_observer_is_due(const slt_observer *observer, uint64_t draw)
{
    return observer && draw % observer->sampler->spec->observables.every == 0;
}

void slt_observer_take(slt_observer *observer, uint64_t draw, const slt_params *weights,
                       slt_chain *chain)
{
    const slt_sampler *sampler = observer->sampler;
    const slt_batch *samples = &sampler->observed;
    const slt_observables_spec *asked = &sampler->spec->observables;
    slt_real *losses =
        chain->observed + draw / asked->every * (samples->rows + asked->metric_count);
    char name[SLT_NAME_MAX];
    slt_net_loss(observer->net, weights, samples);
    slt_net_sample_losses(observer->net, losses);
    if (slt_net_overflowed(observer->net, name))
        losses[0] = slt_real_absent();
    slt_num_integers_alone(sampler->run->arithmetic == SLT_FIXED);
    for (size_t i = 0; i < asked->metric_count; i++) {
        const slt_metric_spec *metric = observed_metric(sampler->spec, sampler->run, i);
        losses[samples->rows + i] =
            slt_metric_type_of(metric)->measure(metric, weights, 0, observer->rooms[i]);
    }
    slt_num_integers_alone(false);
}
