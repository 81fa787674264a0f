/* Losses of single samples along chains, told: predictions of samples left out, and
 * covariances. */
#include <sltrace/influence.h>

#include <inttypes.h>
#include <stdlib.h>

#include "base/endian.h"
#include "base/fpenv.h"
#include "base/later.h"
#include "base/pool.h"
#include "base/world.h"
#include "figure/estimates.h"
#include "learn/diagnostics_covariance.h"
#include "learn/diagnostics_predictive.h"
#include "learn/observe.h"
#include "manifest/manifest.h"
#include "num/scalar.h"

typedef struct influence {
    const slt_influence_options *options;
    const slt_influence_page *page;
    const char *path;
    slt_trace *trace;
    slt_run_spec *run;
    slt_estimates estimates;
    slt_pool *pool;
    /* The estimate at hand. */
    uint64_t loss_samples; /* that its loss is of */
    slt_influence found;
    /* By sample, then by chain, then by draw; the mean of all last.  Centred once samples
     * are predicted. */
    slt_real *losses; /* then the metrics, where they are the observables */
    const char *metrics[SLT_METRIC_SPECS_MAX];
    slt_covariance *susceptibility;
    slt_status *ended; /* of the task of each sample */
    slt_predictive *sample;
    slt_covariance *covariance;
} influence;

/* ---- The losses -------------------------------------------------------------------- */

static slt_real *losses_of(const influence *f, size_t sample, size_t chain)
{
    const slt_influence *at = &f->found;
    return f->losses + (sample * at->chains + chain) * at->draws;
}

/* Of losses, their mean, and metrics. */
static size_t rows_of(const slt_influence *at)
{
    return at->samples + 1 + (at->metrics ? at->observables : 0);
}

static void read_draw(influence *f, const slt_estimate *e, size_t chain, size_t draw)
{
    const size_t samples = f->found.samples;
    const uint8_t *from = e->chain[chain]->observed + 8 * draw * samples;
    slt_real sum = slt_real_of(0);
    for (size_t i = 0; i < samples; i++) {
        const slt_real loss = {slt_load_le64(from + 8 * i)};
        losses_of(f, i, chain)[draw] = loss;
        sum = slt_real_add(sum, loss);
    }
    losses_of(f, samples, chain)[draw] = slt_real_div(sum, slt_real_from_u64(samples));
    const size_t metrics = (size_t)e->chain[chain]->measured_metrics;
    for (size_t m = 0; f->options->of_metrics && m < metrics; m++)
        losses_of(f, samples + 1 + m, chain)[draw].bits =
            slt_load_le64(e->chain[chain]->measured + 8 * (draw * metrics + m));
}

static slt_status read_losses(influence *f, const slt_estimate *e, slt_error *err)
{
    const slt_influence *at = &f->found;
    f->losses = slt_world.calloc(rows_of(at) * at->chains * at->draws, sizeof *f->losses);
    if (!f->losses)
        return slt_fail(err, SLT_RESOURCE, "no memory for the losses of %zu samples",
                        at->samples);
    for (size_t c = 0; c < at->chains; c++)
        for (size_t t = 0; t < at->draws; t++)
            read_draw(f, e, c, t);
    return SLT_OK;
}

/* ---- Tasks, one a sample ----------------------------------------------------------- */

static bool is_cancelled(const influence *f)
{
    return f->options->cancel && *f->options->cancel;
}

/* Runs the task of each sample, which leaves its status. */
static slt_status each_sample(influence *f, slt_task task, slt_error *err)
{
    slt_pool_each(f->pool, f->found.samples, task, f);
    if (is_cancelled(f))
        return slt_fail(err, SLT_INTERRUPTED, "stopped before all was told");
    for (size_t i = 0; i < f->found.samples; i++)
        if (f->ended[i])
            return slt_fail(err, f->ended[i], "no memory for the draws of sample %zu", i);
    return SLT_OK;
}

/* ---- Samples left out -------------------------------------------------------------- */

/* Of the log likelihoods of a sample, -temperature times its losses. */
static slt_status predict_by(influence *f, size_t sample, slt_real *logs,
                             const slt_real **chains)
{
    const slt_influence *at = &f->found;
    const size_t all = at->chains * at->draws;
    const slt_real scale = slt_real_neg(at->temperature);
    slt_real efficiency = slt_real_of(1);
    for (size_t i = 0; i < all; i++)
        logs[i] = slt_real_mul(scale, losses_of(f, sample, 0)[i]);
    for (size_t c = 0; c < at->chains; c++)
        chains[c] = logs + c * at->draws;
    slt_status status =
        slt_predictive_efficiency(chains, at->chains, at->draws, &efficiency, NULL);
    return status
               ? status
               : slt_predictive_sample(logs, all, efficiency, &f->sample[sample], NULL);
}

static void predict_sample(void *context, size_t sample)
{
    influence *f = context;
    const slt_influence *at = &f->found;
    slt_real *logs = slt_world.calloc(at->chains * at->draws, sizeof *logs);
    const slt_real **chains = slt_world.calloc(at->chains, sizeof *chains);
    f->ended[sample] = is_cancelled(f)  ? SLT_INTERRUPTED
                       : logs && chains ? predict_by(f, sample, logs, chains)
                                        : SLT_RESOURCE;
    free(logs);
    free(chains);
}

static slt_predictive_sum sum_of(const influence *f, size_t member, slt_real *room)
{
    for (size_t i = 0; i < f->found.samples; i++) {
        const slt_predictive *s = &f->sample[i];
        const slt_real members[] = {s->elpd_waic, s->p_waic, s->elpd_loo, s->p_loo};
        room[i] = members[member];
    }
    return slt_predictive_sum_of(room, f->found.samples);
}

static slt_status predict_all(influence *f, slt_error *err)
{
    slt_influence *at = &f->found;
    slt_status status = each_sample(f, predict_sample, err);
    slt_real *room = slt_world.calloc(at->samples, sizeof *room);
    if (!status && !room)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu samples", at->samples);
    if (!status) {
        at->sample = f->sample;
        at->elpd_waic = sum_of(f, 0, room);
        at->p_waic = sum_of(f, 1, room);
        at->elpd_loo = sum_of(f, 2, room);
        at->p_loo = sum_of(f, 3, room);
    }
    for (size_t i = 0; i < at->samples && !status; i++)
        at->doubtful += slt_real_double(f->sample[i].pareto_k) > SLT_PARETO_K_MOST;
    free(room);
    return status;
}

/* ---- Covariances ------------------------------------------------------------------- */

/* Of an observable with a sample, whose place in the matrix is `at`. */
static slt_status relate(influence *f, size_t observable, size_t sample, size_t at)
{
    const slt_influence *of = &f->found;
    return is_cancelled(f)
               ? SLT_INTERRUPTED
               : slt_covariance_find(losses_of(f, observable, 0), losses_of(f, sample, 0),
                                     of->chains, of->draws, &f->covariance[at], NULL);
}

/* Of the one observable with a sample. */
static void relate_sample(void *context, size_t sample)
{
    influence *f = context;
    const slt_influence *at = &f->found;
    const bool mean = at->first == SLT_OBSERVABLE_MEAN;
    f->ended[sample] = relate(f, mean ? at->samples : (size_t)at->first, sample, sample);
}

/* Of a sample with those from it on: a matrix that is symmetric. */
static void relate_row(void *context, size_t row)
{
    influence *f = context;
    const size_t samples = f->found.samples;
    f->ended[row] = SLT_OK;
    for (size_t i = row; i < samples && !f->ended[row]; i++) {
        f->ended[row] = relate(f, row, i, row * samples + i);
        f->covariance[i * samples + row] = f->covariance[row * samples + i];
    }
}

/* Of a metric with the loss of a sample less the mean loss: what the metric's mean
 * changes by where the sample takes a share of the data from all, by this share. */
static slt_status respond(influence *f, size_t metric, size_t sample, slt_real *less)
{
    const slt_influence *at = &f->found;
    const size_t all = at->chains * at->draws, place = metric * at->samples + sample;
    const slt_real samples = slt_real_from_u64(f->loss_samples);
    const slt_real scale = slt_real_mul(at->temperature, samples);
    slt_covariance found;
    for (size_t i = 0; i < all; i++)
        less[i] =
            slt_real_sub(losses_of(f, sample, 0)[i], losses_of(f, at->samples, 0)[i]);
    const slt_status status =
        slt_covariance_find(losses_of(f, at->samples + 1 + metric, 0), less, at->chains,
                            at->draws, &found, NULL);
    f->susceptibility[place] = (slt_covariance){
        slt_real_neg(slt_real_mul(scale, found.value)), slt_real_mul(scale, found.error)};
    return status;
}

/* Of each metric with a sample. */
static void relate_metrics(void *context, size_t sample)
{
    influence *f = context;
    const slt_influence *at = &f->found;
    slt_real *less = slt_world.calloc(at->chains * at->draws, sizeof *less);
    f->ended[sample] = less ? SLT_OK : SLT_RESOURCE;
    for (size_t m = 0; m < at->observables && !f->ended[sample]; m++) {
        f->ended[sample] =
            relate(f, at->samples + 1 + m, sample, m * at->samples + sample);
        if (!f->ended[sample])
            f->ended[sample] = respond(f, m, sample, less);
    }
    free(less);
}

static slt_status relate_all(influence *f, slt_error *err)
{
    const size_t all = f->found.chains * f->found.draws;
    for (size_t i = 0; i < rows_of(&f->found); i++)
        slt_covariance_centre(losses_of(f, i, 0), all);
    f->found.covariance = f->covariance;
    f->found.susceptibility = f->susceptibility;
    return each_sample(f,
                       f->found.metrics     ? relate_metrics
                       : f->options->of_all ? relate_row
                                            : relate_sample,
                       err);
}

/* ---- An estimate ------------------------------------------------------------------- */

static slt_status find_numbers(influence *f, const slt_estimate *e, slt_error *err)
{
    slt_influence *at = &f->found;
    f->ended = slt_world.calloc(at->samples, sizeof *f->ended);
    f->sample = slt_world.calloc(at->samples, sizeof *f->sample);
    f->covariance =
        slt_world.calloc(at->observables * at->samples, sizeof *f->covariance);
    if (at->metrics)
        f->susceptibility =
            slt_world.calloc(at->observables * at->samples, sizeof *f->susceptibility);
    slt_status status =
        f->ended && f->sample && f->covariance && (!at->metrics || f->susceptibility)
            ? read_losses(f, e, err)
            : slt_fail(err, SLT_RESOURCE, "no memory for %zu samples", at->samples);
    if (!status && slt_real_finite(at->temperature))
        status = predict_all(f, err);
    return status ? status : relate_all(f, err);
}

static slt_status choose_observables(influence *f, slt_error *err)
{
    slt_influence *at = &f->found;
    const slt_influence_options *o = f->options;
    at->observables = o->of_all ? at->samples : 1;
    at->first = o->of_all ? 0 : o->of_one ? o->of : SLT_OBSERVABLE_MEAN;
    if (o->of_metrics) {
        const slt_observables_spec *asked = &f->run->llc[at->llc].observables;
        at->observables = asked->metric_count;
        at->first = SLT_OBSERVABLE_METRICS;
        at->metrics = f->metrics;
        for (size_t i = 0; i < asked->metric_count; i++)
            f->metrics[i] = asked->metrics[i];
    }
    if (o->of_one && o->of >= at->samples)
        return slt_fail(err, SLT_USAGE,
                        "%s: estimate %" PRIu32 " has samples 0 to %zu, found %" PRIu64,
                        f->path, at->llc + 1, at->samples - 1, o->of);
    return SLT_OK;
}

/* Whether every chain has its losses of samples, and metrics where they are looked at. */
static bool has_numbers(const influence *f, const slt_estimate *e)
{
    for (size_t c = 0; c < e->chains; c++)
        if (!e->chain[c]->observed_count ||
            (f->options->of_metrics && !e->chain[c]->measured_count))
            return false;
    return true;
}

static slt_status tell_estimate(influence *f, const slt_estimate *e, slt_error *err)
{
    const slt_llc_spec *spec = &f->run->llc[e->llc];
    slt_influence *at = &f->found;
    *at = (slt_influence){
        .trace = f->path,
        .llc = e->llc,
        .at_step = e->at_step,
        .chains = e->chains,
        .draws = (size_t)slt_observed_draws(spec, spec->num_draws),
        .samples = slt_observed_samples(spec, &f->run->data),
        .every = spec->observables.every,
        .of_validation = spec->observables.of_validation,
        .whole = has_numbers(f, e),
        .nbeta = e->chain[0]->nbeta,
        .temperature = slt_real_mul(e->chain[0]->nbeta, slt_observe_share(spec, f->run))};
    f->loss_samples = slt_llc_samples(spec, f->run);
    slt_status status = choose_observables(f, err);
    if (!status && at->whole)
        status = find_numbers(f, e, err);
    if (!status && f->page->estimate)
        f->page->estimate(f->page->context, at);
    free(f->losses);
    free(f->ended);
    free(f->sample);
    free(f->covariance);
    free(f->susceptibility);
    f->losses = NULL;
    f->ended = NULL;
    f->sample = NULL;
    f->covariance = NULL;
    f->susceptibility = NULL;
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static bool is_chosen(const influence *f, const slt_estimate *e)
{
    const uint64_t number = f->options->estimate;
    const slt_observables_spec *asked = &f->run->llc[e->llc].observables;
    return asked->given && (asked->metric_count || !f->options->of_metrics) &&
           (!number || number == e->llc + 1u);
}

static slt_status tell_all(influence *f, slt_error *err)
{
    size_t size, told = 0;
    const uint8_t *canonical = slt_trace_run(f->trace, &size);
    slt_status status = slt_canonical_decode(canonical, size, f->run, err);
    if (!status)
        status = slt_estimates_of_trace(f->trace, &f->estimates, err);
    for (size_t i = 0; i < f->estimates.count && !status; i++)
        if (is_chosen(f, &f->estimates.list[i])) {
            status = tell_estimate(f, &f->estimates.list[i], err);
            told++;
        }
    if (!status && !told)
        return slt_fail(err, SLT_USAGE,
                        "%s: no estimate%s recorded %s: expected observables in its "
                        "manifest",
                        f->path, f->options->estimate ? " of that number" : "",
                        f->options->of_metrics ? "metrics" : "losses of samples");
    return status;
}

slt_status slt_influence_tell(const char *trace_path,
                              const slt_influence_options *options,
                              const slt_influence_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const slt_influence_page none;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    page = page ? page : &none;
    influence f = {.options = options,
                   .page = page,
                   .path = trace_path,
                   .run = slt_run_spec_create()};
    slt_status status =
        f.run ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (!status)
        status = slt_trace_open(trace_path, &f.trace, err);
    if (!status)
        status = slt_pool_create(options->jobs ? options->jobs : 1, &f.pool, err);
    if (!status)
        status = tell_all(&f, err);
    slt_pool_free(f.pool);
    slt_estimates_free(&f.estimates);
    slt_trace_free(f.trace);
    free(f.run);
    return status;
}
